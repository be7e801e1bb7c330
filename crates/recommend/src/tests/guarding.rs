//! Does anything get past a guard?

use super::shop::*;
use crate::*;
use commerce::{At, Body, EventKind, Money, StockMove};
use features::Items;
use proptest::prelude::*;

#[test]
fn what_cannot_be_sold_is_never_shown() {
    let mut shop = Shop::new(120, 60, 500);
    let policy = policy(Models::none());
    let shown = shop.ask(&policy, &home("c1"));
    let mut facts = Vec::new();
    for (at, choice) in shown.chosen.iter().enumerate().take(9) {
        let gone = id(&choice.what);
        facts.push(fact(
            shop.now,
            match at % 3 {
                0 => Body::ItemGone(gone),
                1 => Body::Stock(StockMove::Counted { item: gone, left: 0 }),
                _ => {
                    let row = shop.features.items();
                    let row = row.row(row.ix(&gone).unwrap());
                    let mut item = (*row.item).clone();
                    item.active = false;
                    Body::Item(item)
                }
            },
        ));
    }
    let hidden: Vec<String> = shown.chosen[..9].iter().map(|c| c.what.to_string()).collect();
    shop.tell(facts);
    let mut ask = home("c1");
    // Not even by a pin.
    ask.pins.push(PinnedItem { item: id(&hidden[0]), at: 0 });
    let then = shop.ask(&policy, &ask);
    assert!(names(&then).iter().all(|name| !hidden.contains(&(*name).to_owned())));
    let why = ::decide::Refusal::OutOfTime;
    let ctx = shop.ctx(&ask.who, true, 1);
    let fallback = ::decide::Decider::fallback(&policy, &ctx, &ask, &why);
    assert!(!fallback.chosen.is_empty());
    assert!(names(&fallback).iter().all(|name| !hidden.contains(&(*name).to_owned())));
}

#[test]
fn bought_things_stay_away_until_they_are_due() {
    let mut shop = Shop::empty();
    let tea = |n: u32| item(&format!("tea{n}"), &["Tea"]);
    let kettle = |n: u32| item(&format!("kettle{n}"), &["Kettles"]);
    let start = shop.now;
    shop.tell(
        (0..4).flat_map(|n| [tea(n), kettle(n)]).map(|i| fact(start, Body::Item(i))).collect(),
    );
    let mut facts = Vec::new();
    for customer in 0..40 {
        for month in 0..3 {
            for name in ["tea0", if month == 0 { "kettle0" } else { "tea1" }] {
                let at = start.plus_ms((month * 30 + customer / 10) * At::DAY_MS);
                let who = who(&format!("c{customer}"));
                let event = commerce::Event::new(EventKind::Purchase, who).with_item(id(name));
                facts.push(fact(at, Body::Event(event)));
            }
        }
    }
    facts.sort_by_key(|fact| fact.at);
    shop.tell(facts);
    shop.now = start.plus_ms(66 * At::DAY_MS);
    let facts = shop.facts.clone();
    let source = || facts.iter().enumerate().map(|(at, fact)| (at as u64, fact));
    let training = TrainOptions { threads: 1, ..TrainOptions::default() };
    let options = RecommendOptions::default();
    let progress = learn::progress::Progress::SILENT;
    let trained = train(&shop.features, source, &options, &training, progress).unwrap();
    let policy = steady(trained.models);

    // Tea five days after the last: too early. Kettles: never again.
    let early = names(&shop.ask(&policy, &home("c1"))).join(" ");
    assert!(!early.contains("tea0") && !early.contains("kettle0"), "{early}");
    shop.now = start.plus_ms(88 * At::DAY_MS);
    let due = shop.ask(&policy, &home("c1"));
    assert!(names(&due).contains(&"tea0"), "{:?}", names(&due));
    let again = RecommendAsk::new(who("c1"), Surface::BuyAgain, 5);
    let again = shop.ask(&policy, &again);
    assert_eq!(names(&again)[0], "tea0");
    let reason = &again.chosen[0].reasons[0];
    assert_eq!((&*reason.code, &*reason.evidence[0]), ("due_again", "28"));
    assert!(!names(&again).contains(&"kettle0"), "{:?}", names(&again));
}

fn allowed(items: &Items, name: &str, filter: &ItemFilter) -> bool {
    let row = items.row(items.ix(&id(name)).unwrap());
    let category = |c: &str| row.item.category.iter().any(|level| **level == *c);
    let above = filter.price_min.is_none_or(|least| row.price().unwrap().minor >= least.minor);
    let below = filter.price_max.is_none_or(|most| row.price().unwrap().minor <= most.minor);
    (filter.categories.is_empty() || filter.categories.iter().any(|c| category(c)))
        && above
        && below
        && !filter.exclude.iter().any(|excluded| excluded.as_str() == name)
        && (filter.brands.is_empty()
            || row.item.brand.as_ref().is_some_and(|b| filter.brands.contains(b)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn no_filter_lets_anything_else_through(
        pick in 0u32..120, by_category: bool, by_brand: bool, low in 0i64..20_000, wide in 0i64..50_000, priced: bool, surface in 0usize..7,
    ) {
        static SHOP: std::sync::OnceLock<Shop> = std::sync::OnceLock::new();
        let shop = SHOP.get_or_init(|| Shop::new(120, 60, 500));
        let items = shop.features.items();
        let like = &items.row(pick).item;
        let mut ask = RecommendAsk::new(who("c1"), Surface::ALL[surface], 10).about([like.id.clone()]);
        ask.candidates = (0..60).map(|ix| items.row(ix).id().clone()).collect();
        if by_category {
            ask.filter.categories.extend(like.category.last().cloned());
        }
        if by_brand {
            ask.filter.brands.extend(like.brand.clone());
        }
        if priced && let Some(price) = like.price {
            ask.filter.price_min = Some(Money::new(low, price.currency));
            ask.filter.price_max = Some(Money::new(low + wide, price.currency));
        }
        ask.filter.exclude.push(items.row((pick + 1) % 120).id().clone());
        let decided = shop.ask(&policy(Models::none()), &ask);
        for name in names(&decided) {
            prop_assert!(allowed(&items, name, &ask.filter), "{name} past {:?}", ask.filter);
        }
        // A category that has items is never answered with an empty home feed.
        if surface == 0 && by_category && !by_brand && !priced {
            let others = items.rows().filter(|(_, row)| {
                allowed(&items, row.id().as_str(), &ask.filter) && row.sellable()
            });
            prop_assert!(!decided.chosen.is_empty() || others.count() < 2);
        }
    }
}
