//! Is every named feature there, and does it tell something?

use super::shop::*;
use crate::{CustomerView, FEATURES, Items, Signal, Span, TermKind};
use commerce::*;

type Read = fn(&CustomerView, &Items, At) -> String;

const DAY_S: f64 = 86_400.0;

/// How each feature is read, and what it gives for the shop below.
const READS: &[(&str, Read, &str)] = &[
    ("customer.bought", |c, _, _| format!("{:?}", c.bought()[0].pieces), "1"),
    ("customer.cart", |c, _, _| format!("{:?}", c.cart()), "[(2, 1)]"),
    ("customer.channels", |c, _, _| format!("{:?}", c.channels(DAY_S)), "[(\"app\", 1.0)]"),
    ("customer.consent", |c, _, _| format!("{:?}", c.consent(Purpose::Marketing)), "Some(false)"),
    ("customer.count", |c, _, _| format!("{}", c.count(EventKind::ViewItem, 60).n), "2"),
    ("customer.decayed", |c, _, _| format!("{:.2}", c.decayed(EventKind::ViewItem, DAY_S)), "2.00"),
    (
        "customer.declared",
        |c, _, _| format!("{:?}", c.declared.as_ref().unwrap().interests),
        "[\"Tea\"]",
    ),
    ("customer.device_classes", |c, _, _| format!("{}", c.device_classes(DAY_S)[0].0), "phone"),
    ("customer.dismissed", |c, _, _| format!("{:?}", c.dismissed()), "[3]"),
    ("customer.fatigue", |c, _, _| format!("{}", c.fatigue(3).shown), "1"),
    ("customer.has_touched", |c, _, _| format!("{}", c.has_touched(0)), "true"),
    ("customer.hours", |c, _, _| format!("{:.3}", c.hours(DAY_S)[6]), "1.000"),
    ("customer.interest", |c, _, _| format!("{:.1}", c.interest(DAY_S)[3].1), "-5.0"),
    ("customer.places", |c, _, _| format!("{}", c.places(DAY_S)[0].0), "Qingdao"),
    ("customer.ratings", |c, _, _| format!("{:?}", c.ratings()), "[(1, 5.0)]"),
    ("customer.referrers", |c, _, _| format!("{}", c.referrers(DAY_S)[0].0), "ad"),
    ("customer.sequence", |c, _, _| format!("{:?}", c.sequence(2)), "[2, 1]"),
    ("customer.session", |c, _, _| format!("{}", c.session().len()), "7"),
    (
        "customer.taste",
        |c, i, _| format!("{:.3}", c.taste(i, TermKind::Brand, DAY_S)[0].1),
        "1.000",
    ),
    ("customer.total", |c, _, _| format!("{}", c.total(EventKind::Purchase)), "1"),
    ("customer.weekdays", |c, _, _| format!("{:.3}", c.weekdays(DAY_S)[2]), "1.000"),
    ("customer.wishlist", |c, _, _| format!("{:?}", c.wishlist()), "[0]"),
    ("item.bought_with", |_, i, t| format!("{}", i.bought_with(1, t)[0].item), "4"),
    ("item.brand", |_, i, _| i.term(i.row(0).brand.unwrap()).unwrap().name.into(), "Haier"),
    ("item.click_rate", |_, i, t| format!("{:.1}", i.click_rate(0, t)), "0.0"),
    ("item.companions", |_, i, t| format!("{}", i.companions(0, t)[0].item), "1"),
    ("item.count", |_, i, t| format!("{:?}", i.count(0, EventKind::ViewItem, 99, t).n), "1"),
    ("item.decayed", |_, i, t| format!("{:.1}", i.decayed(0, Signal::View, Span::Long, t)), "1.0"),
    ("item.first_s", |_, i, _| format!("{}", i64::from(i.row(0).stats.first_s) - START_S), "0"),
    ("item.last_s", |_, i, _| format!("{}", i64::from(i.row(1).stats.last_s) - START_S), "8"),
    ("item.leaf", |_, i, _| i.term(i.row(0).leaf.unwrap()).unwrap().name.into(), "Home > Kitchen"),
    ("item.popular", |_, i, _| format!("{:?}", i.popular(Span::Middle).next()), "Some(1)"),
    ("item.popularity", |_, i, t| format!("{:.1}", i.popularity(1, Span::Long, t)), "13.0"),
    (
        "item.popularity_of_all",
        |_, i, t| format!("{:.0}", i.popularity_of_all(Span::Long, t)),
        "27",
    ),
    ("item.price", |_, i, _| format!("{:?}", i.row(0).price()), "Some(CNY 129.00)"),
    ("item.rating", |_, i, _| format!("{:?}", i.row(1).stats.rating()), "Some((1, 5.0))"),
    ("item.sellable", |_, i, _| format!("{}", i.row(0).sellable()), "true"),
    ("item.stock", |_, i, _| format!("{:?}", i.row(0).stock()), "Some(3)"),
    ("item.terms", |_, i, _| format!("{}", i.row(0).terms.len()), "3"),
    ("item.total", |_, i, _| format!("{}", i.row(1).stats.total(Signal::Purchase)), "2"),
    ("item.trend", |_, i, t| format!("{}", i.trend(1, t) > 3.0), "true"),
    ("item.trending", |_, i, t| format!("{}", i.trending(1, t)[0].0), "1"),
    ("item.with_term", |_, i, _| format!("{:?}", i.with_term(0)), "[0]"),
];

fn shop() -> Vec<Fact> {
    let who = || by_customer(1);
    let app = |event: &mut Event| {
        event.context = Context {
            place: Some("Qingdao".into()),
            channel: Some("app".into()),
            referrer: Some("ad".into()),
            device_class: Some("phone".into()),
        };
    };
    let tea = Customer {
        id: by_customer(1).customer.unwrap(),
        interests: vec!["Tea".into()],
        place: None,
        attributes: Vec::new(),
    };
    vec![
        fact(0, Body::Item(kettle(0))),
        but(event(1, who(), EventKind::ViewItem, &[0]), app),
        event(2, who(), EventKind::ViewItem, &[1]),
        event(3, who(), EventKind::AddToWishlist, &[0]),
        event(4, who(), EventKind::AddToCart, &[2]),
        event(5, who(), EventKind::DismissItem, &[3]),
        event(6, who(), EventKind::ViewItemList, &[3]),
        event(7, who(), EventKind::Purchase, &[1]),
        but(event(8, who(), EventKind::RateItem, &[1]), |e| e.rating = Some(5.0)),
        event(8, by_customer(2), EventKind::Purchase, &[1, 4]),
        consent(9, who(), Purpose::Marketing, false),
        fact(9, Body::Customer(tea)),
    ]
}

#[test]
fn every_feature_is_read_and_tells_something() {
    let features = folded(&shop());
    let (view, items) = (features.customer(&by_customer(1), at(10)), features.items());
    let named: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
    let read: Vec<&str> = READS.iter().map(|&(name, ..)| name).collect();
    assert_eq!(named, read);
    assert!(named.is_sorted());
    for (name, read, expected) in READS {
        assert_eq!(read(&view, &items, at(10)), *expected, "{name}");
    }
}
