//! Does a view tell what the history says?

use super::shop::*;
use crate::{Bought, Fatigue, Signal, Span, TermKind};
use commerce::*;

#[test]
fn a_view_follows_the_very_next_click() {
    let features = folded(&[event(0, by_customer(1), EventKind::ViewItem, &[7])]);
    let view = features.customer(&by_customer(1), at(1));
    assert!(view.known);
    assert_eq!(view.as_of, 1);
    assert_eq!(view.sequence(5), [0]);
    let items = features.items();
    assert_eq!(items.ix(&item(7)), Some(0));
    assert!((items.decayed(0, Signal::View, Span::Short, at(1)) - 1.0).abs() < 1e-4);
    assert!(!features.customer(&by_customer(2), at(1)).known);
}

#[test]
fn linking_merges_and_parting_restores() {
    let mut facts = vec![
        event(0, by_device(1), EventKind::ViewItem, &[1]),
        event(5, by_customer(1), EventKind::ViewItem, &[2]),
        event(9, by_device(1), EventKind::ViewItem, &[3]),
    ];
    let apart = folded(&facts);
    let (device, customer) = (by_device(1), by_customer(1));
    facts.push(link(10, 1, 1, true));
    let joined = folded(&facts);
    let view = joined.customer(&customer, at(10));
    assert_eq!(view.sequence(9), [0, 1, 2]);
    assert_eq!(view.linked.len(), 1);
    assert_eq!(view, joined.customer(&device, at(10)));
    assert_eq!(view.as_of, 4);
    facts.push(link(10, 1, 1, false));
    let parted = folded(&facts);
    for who in [device, customer] {
        let mut before = apart.customer(&who, at(10));
        before.as_of = 5;
        assert_eq!(parted.customer(&who, at(10)), before);
    }
}

#[test]
fn taking_consent_back_parts_the_devices_and_giving_it_lets_them_join_again() {
    let no = |at, who| consent(at, who, Purpose::IdentityMerge, false);
    let mut facts = vec![
        event(0, by_device(1), EventKind::ViewItem, &[1]),
        event(1, by_device(2), EventKind::ViewItem, &[2]),
        event(2, by_customer(1), EventKind::ViewItem, &[3]),
        link(3, 1, 1, true),
        link(3, 2, 1, true),
    ];
    let seen = |facts: &[Fact], who: Who| folded(facts).customer(&who, at(50)).sequence(9);
    assert_eq!(seen(&facts, by_customer(1)), [0, 1, 2]);
    // One device says no: it alone leaves, and another may not take its place by a link.
    facts.push(no(4, by_device(2)));
    assert_eq!(seen(&facts, by_customer(1)), [0, 2]);
    assert_eq!(seen(&facts, by_device(2)), [1]);
    facts.push(link(5, 2, 1, true));
    assert_eq!(seen(&facts, by_customer(1)), [0, 2]);
    // The customer's own word holds over the device's; a no that was said earlier changes nothing.
    facts.push(consent(10, by_customer(1), Purpose::IdentityMerge, true));
    facts.push(no(6, by_customer(1)));
    facts.push(link(11, 2, 1, true));
    assert_eq!(seen(&facts, by_customer(1)), [0, 1, 2]);
    facts.push(no(12, by_customer(1)));
    let parted = folded(&facts);
    for (who, own) in [(by_customer(1), 2), (by_device(1), 0), (by_device(2), 1)] {
        let view = parted.customer(&who, at(50));
        assert_eq!((view.sequence(9), view.linked.len()), (vec![own], 0));
        assert_eq!(view.as_of, facts.len() as u64, "everyone's view changed with that word");
    }
    facts.push(link(13, 1, 1, true));
    assert_eq!(seen(&facts, by_customer(1)), [2], "a no keeps apart");
    facts.push(consent(14, by_customer(1), Purpose::IdentityMerge, true));
    assert_eq!(seen(&facts, by_customer(1)), [2], "a yes alone joins nobody");
    facts.push(link(15, 1, 1, true));
    assert_eq!(seen(&facts, by_customer(1)), [0, 2]);
}

#[test]
fn visits_of_nobody_known_are_forgotten_and_their_memory_returns() {
    let options = || crate::FeatureOptions { visit_kept_hours: 1, ..Default::default() };
    let visits = (0..2_000).map(|n| event(n, in_session(n as u32), EventKind::ViewItem, &[1]));
    let mut facts: Vec<Fact> = visits.collect();
    facts.push(event(2_000, by_customer(1), EventKind::ViewItem, &[1]));
    facts.push(event(2_000, by_device(1), EventKind::ViewItem, &[1]));
    facts.push(consent(2_000, in_session(7), Purpose::Training, false));
    let full = folded_by(options(), &facts).memory();
    assert_eq!(full.parties, 2_002);
    // A sender's clock that runs ahead makes nobody old.
    let mut ahead = event(90_000, by_customer(2), EventKind::ViewItem, &[1]);
    ahead.received_at = at(2_001);
    facts.push(ahead);
    assert_eq!(folded_by(options(), &facts).memory().parties, 2_003);
    facts.push(event(3_000, in_session(0), EventKind::ViewItem, &[2]));
    facts.push(event(6_500, in_session(0), EventKind::ViewItem, &[2]));
    facts.push(event(9_000, by_customer(1), EventKind::ViewItem, &[1]));
    let features = folded_by(options(), &facts);
    let left = features.memory();
    assert_eq!(left.parties, 5, "two customers, a device, who came back, who said a word");
    assert!(left.bytes() < full.bytes() / 4, "{} of {}", left.bytes(), full.bytes());
    let known = |n| features.customer(&in_session(n), at(9_000));
    assert_eq!((known(0).sequence(9), known(1).known, known(7).known), (vec![0, 1], false, true));
    assert_eq!(features.items().row(0).stats.total(Signal::View), 2_004, "counts stay");
}

#[test]
fn a_device_has_one_owner_the_last() {
    let facts = [
        event(0, by_device(1), EventKind::ViewItem, &[1]),
        link(1, 1, 1, true),
        link(2, 1, 2, true),
        link(3, 1, 1, false),
    ];
    let features = folded(&facts);
    assert!(features.customer(&by_customer(1), at(4)).recent.is_empty());
    assert_eq!(features.customer(&by_customer(2), at(4)).recent.len(), 1);
}

#[test]
fn the_cart_holds_what_was_added_and_neither_removed_nor_bought() {
    let who = || by_customer(1);
    let facts = [
        but(event(0, who(), EventKind::AddToCart, &[1, 2]), |e| e.lines[0].quantity = 3),
        event(1, who(), EventKind::RemoveFromCart, &[1]),
        event(2, who(), EventKind::AddToCart, &[3]),
        event(3, who(), EventKind::Purchase, &[2]),
        event(4, who(), EventKind::AddToWishlist, &[2, 4]),
        event(5, who(), EventKind::DismissItem, &[5]),
        event(6, who(), EventKind::Purchase, &[2]),
        event(7, who(), EventKind::Refund, &[2]),
        but(event(8, who(), EventKind::RateItem, &[2]), |e| e.rating = Some(4.5)),
    ];
    let view = folded(&facts).customer(&who(), at(9));
    assert_eq!(view.cart(), [(0, 2), (2, 1)]);
    assert_eq!(view.wishlist(), [3]);
    assert_eq!(view.dismissed(), [4]);
    assert_eq!(view.ratings(), [(1, 4.5)]);
    let start = START_S as u32;
    let bought = Bought { item: 1, times: 2, pieces: 1, first_s: start + 3, last_s: start + 6 };
    assert_eq!(view.bought(), [bought]);
    assert_eq!(bought.gap_s(), Some(3));
}

#[test]
fn a_visit_ends_after_a_quiet_half_hour_unless_its_id_goes_on() {
    let who = |session| Who { session: in_session(session).session, ..by_customer(1) };
    let facts = [
        event(0, by_customer(1), EventKind::ViewItem, &[1]),
        event(2_000, who(1), EventKind::ViewItem, &[2]),
        event(6_000, who(1), EventKind::ViewItem, &[3]),
        event(6_100, by_customer(1), EventKind::ViewItem, &[4]),
    ];
    let features = folded(&facts);
    let session = |now| features.customer(&by_customer(1), at(now)).session().len();
    assert_eq!(session(6_200), 3);
    assert_eq!(session(6_050), 2);
    assert_eq!(session(8_000), 0);
}

#[test]
fn what_is_shown_and_left_untouched_tires() {
    let who = || by_customer(1);
    let facts = [
        event(0, who(), EventKind::ViewItemList, &[1, 2]),
        event(1, who(), EventKind::SelectItem, &[1]),
        event(2, who(), EventKind::ViewItemList, &[1, 2]),
    ];
    let view = folded(&facts).customer(&who(), at(3));
    let last_shown_s = START_S as u32 + 2;
    assert_eq!(view.fatigue(0), Fatigue { shown: 1, last_shown_s, touched: true });
    assert_eq!(view.fatigue(1), Fatigue { shown: 2, last_shown_s, touched: false });
    assert!(view.has_touched(0) && !view.has_touched(1));
    assert_eq!(view.count(EventKind::ViewItemList, 2).n, 2);
}

#[test]
fn the_catalogue_alone_moves_stock_and_price() {
    let facts = [
        event(0, by_customer(1), EventKind::ViewItem, &[1]),
        fact(1, Body::Item(kettle(1))),
        event(2, by_customer(1), EventKind::Purchase, &[1]),
        fact(3, Body::Stock(StockMove::Moved { item: item(1), change: -2 })),
    ];
    let before = folded(&facts[..1]).items();
    assert!(!before.row(0).known && before.row(0).sellable());
    let items = folded(&facts).items();
    let row = items.row(0);
    assert_eq!((row.stock(), row.known, row.sellable()), (Some(1), true, true));
    assert_eq!(row.price(), Some(Money::new(12_900, Currency::CNY)));
    let kitchen = items.term_ix(TermKind::Category, "Home > Kitchen").unwrap();
    assert_eq!(items.term(kitchen).unwrap().name, "Home > Kitchen");
    assert_eq!(items.with_term(kitchen), [0]);
    let mut facts = facts.to_vec();
    facts.push(fact(4, Body::ItemGone(item(1))));
    let items = folded(&facts).items();
    assert!(!items.row(0).sellable() && items.with_term(kitchen).is_empty());
    assert!(!items.row(99).sellable());
}

#[test]
fn an_item_of_this_minute_has_companions() {
    let facts = [
        event(0, by_customer(1), EventKind::ViewItem, &[1]),
        event(10, by_customer(1), EventKind::ViewItem, &[2]),
        event(20, by_customer(1), EventKind::ViewItem, &[2]),
        event(9_000, by_customer(1), EventKind::ViewItem, &[3]),
        event(9_001, by_customer(2), EventKind::Purchase, &[3, 4, 3]),
    ];
    let items = folded(&facts).items();
    let with = |ix| items.companions(ix, at(9_001)).iter().map(|c| c.item).collect::<Vec<_>>();
    assert_eq!((with(0), with(1)), (vec![1], vec![0]));
    assert!((items.companions(0, at(10))[0].weight - 1.0).abs() < 1e-3, "a reload adds nothing");
    let baskets = items.bought_with(2, at(9_001));
    assert_eq!((baskets.len(), baskets[0].item), (1, 3));
    assert!((baskets[0].weight - 1.0).abs() < 1e-5);
}

#[test]
fn who_declines_training_is_in_no_model_of_all() {
    let shelf = |who: fn(u32) -> Who| {
        [event(5, who(1), EventKind::ViewItem, &[1]), event(6, who(1), EventKind::ViewItem, &[2])]
    };
    let mut facts = vec![
        consent(0, by_customer(1), Purpose::Training, true),
        consent(1, by_device(1), Purpose::Training, false),
        link(2, 1, 1, true),
    ];
    facts.extend(shelf(by_customer));
    facts.push(event(7, by_customer(2), EventKind::ViewItem, &[1]));
    let features = folded(&facts);
    let mut who = Vec::new();
    let as_of =
        features.histories(|history| who.push((history.id.to_owned(), history.touches.len())));
    assert_eq!((who, as_of), (vec![("c2".to_owned(), 1)], 6));
    let items = features.items();
    assert!(items.companions(0, at(9)).is_empty());
    assert_eq!(items.row(0).stats.total(Signal::View), 2, "counts name nobody");
    facts.push(consent(8, by_customer(1), Purpose::Training, true));
    let mut parties = 0;
    folded(&facts).histories(|_| parties += 1);
    assert_eq!(parties, 2);
}

#[test]
fn what_is_kept_has_the_size_it_says() {
    assert_eq!(size_of::<crate::Touch>(), 16);
    assert_eq!(size_of::<crate::Shown>(), 8);
    let report = folded(&[event(0, by_customer(1), EventKind::ViewItem, &[1])]).memory();
    assert_eq!((report.parties, report.items, report.touches), (1, 1, 1));
    assert!(report.bytes() > 0);
}
