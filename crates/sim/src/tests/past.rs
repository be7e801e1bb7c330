//! Does the shop's past hold together: seasons, stock, consent, what comes after?

use crate::seasons::{Phase, day, phase_of};
use crate::{Shop, SimOptions, Stock, ids, truth};
use commerce::{At, Body, EventKind, Fact, ItemId, Purpose, StockMove};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A busy shop over Double 11, so that much is bought and some runs out.
fn busy() -> Shop {
    let from = At::parse("2026-10-12T00:00:00+08:00").unwrap();
    let options = SimOptions {
        items: 400,
        customers: 600,
        sessions: 9_000,
        from,
        days: 40,
        ..SimOptions::default()
    };
    Shop::new(options)
}

#[test]
fn the_same_seed_gives_the_same_past_with_ids_of_its_own() {
    let shop = busy();
    let facts: Vec<Fact> = shop.past().collect();
    assert!(busy().past().eq(facts.iter().cloned()));
    let ids: HashSet<&str> = facts.iter().map(|fact| fact.id.as_str()).collect();
    assert_eq!(ids.len(), facts.len());
    let other = Shop::new(SimOptions { seed: 8, ..shop.options().clone() });
    assert!(!other.past().take(100).eq(shop.past().take(100)));
}

#[test]
fn offers_lower_prices_and_bring_more_visits() {
    let shop = busy();
    let at = |text: &str| At::parse(text).unwrap();
    let (usual, run_up) = (at("2026-10-20T12:00:00+08:00"), at("2026-11-05T12:00:00+08:00"));
    let peak = at("2026-11-11T12:00:00+08:00");
    let mut cheaper = 0;
    for item in shop.items() {
        let price = |at| shop.price(&item.id, at).unwrap().minor;
        assert_eq!(item.price.unwrap().minor, price(usual));
        assert!(price(peak) <= price(run_up) && price(run_up) <= price(usual), "{}", item.id);
        cheaper += u32::from(price(peak) < price(usual));
    }
    assert!((100..250).contains(&cheaper), "{cheaper} of 400 items take part");
    let mut visits: BTreeMap<i64, HashSet<String>> = BTreeMap::new();
    for fact in shop.sessions() {
        let Body::Event(event) = fact.body else { panic!("sessions are events") };
        let session = event.who.session.unwrap().to_string();
        visits.entry(day(fact.at)).or_default().insert(session);
    }
    let on = |at| visits[&day(at)].len();
    assert!(on(peak) > 2 * on(usual) && on(run_up) > on(usual));
}

#[test]
fn the_past_tells_of_price_changes_and_every_line_bears_the_price_of_its_day() {
    let shop = busy();
    let mut prices: HashMap<ItemId, i64> =
        shop.items().map(|item| (item.id, item.price.unwrap().minor)).collect();
    let mut changes = 0;
    for fact in shop.past() {
        match fact.body {
            Body::Item(item) => {
                changes += 1;
                let before = prices.insert(item.id, item.price.unwrap().minor);
                assert_ne!(before, Some(item.price.unwrap().minor), "a change that is none");
            }
            // A visit keeps the prices that it began with, over midnight, too.
            Body::Event(event)
                if event.kind == EventKind::ViewItem
                    && phase_of(day(fact.at)) == phase_of(day(fact.at.plus_ms(-At::HOUR_MS))) =>
            {
                let line = &event.lines[0];
                assert_eq!(Some(line.price.unwrap().minor), prices.get(&line.item).copied());
            }
            _ => {}
        }
    }
    assert!(changes > 300, "{changes}");
    assert_eq!(shop.phase(shop.options().from), Phase::Usual);
}

#[test]
fn stock_never_falls_below_nothing_and_what_ran_out_comes_again() {
    let shop = busy();
    let mut left: HashMap<ItemId, i64> =
        shop.items().map(|item| (item.id, item.stock.unwrap().into())).collect();
    let (mut ran_out, mut came_again) = (HashSet::new(), 0);
    let mut past = shop.past();
    for fact in past.by_ref() {
        let Body::Stock(StockMove::Moved { item, change }) = fact.body else { continue };
        let pieces = left.get_mut(&item).unwrap();
        *pieces += i64::from(change);
        assert!(*pieces >= 0, "{item} has {pieces}");
        if *pieces == 0 {
            ran_out.insert(item);
        } else if change > 1 && ran_out.remove(&item) {
            came_again += 1;
        }
    }
    assert!(came_again > 5, "{came_again}");
    let stock = past.into_stock();
    for (item, pieces) in left {
        assert_eq!(stock.left(shop.number(&item).unwrap()).map(i64::from), Some(pieces));
    }
}

#[test]
fn what_ran_out_was_wanted_more_than_it_was_bought() {
    let shop = busy();
    let wanted: u32 = truth::demand(&shop).values().sum();
    let is_order =
        |fact: &Fact| matches!(&fact.body, Body::Event(e) if e.kind == EventKind::Purchase);
    let lines = |fact: Fact| match fact.body {
        Body::Event(event) => event.lines.len() as u32,
        _ => 0,
    };
    let bought: u32 = shop.past().filter(is_order).map(lines).sum();
    assert!(bought < wanted && bought * 10 > wanted * 8, "{bought} of {wanted}");
    assert_eq!(Stock::endless().left(0), None);
}

#[test]
fn who_declines_is_marked_once_and_before_the_first_view() {
    let shop = busy();
    let mut said: HashMap<(String, Purpose), bool> = HashMap::new();
    let mut described = HashSet::new();
    let (mut interests, mut referred) = (0, 0);
    for fact in shop.past() {
        match fact.body {
            Body::Consent(change) => {
                let key = (change.who.customer.unwrap().to_string(), change.purpose);
                assert_eq!(said.insert(key, change.granted), None);
            }
            Body::Customer(customer) => {
                interests += usize::from(!customer.interests.is_empty());
                referred +=
                    customer.attributes.iter().filter(|a| &*a.name == "referred_by").count();
                assert!(customer.place.is_some() && described.insert(customer.id));
            }
            Body::Event(event) if !event.lines.is_empty() => {
                assert!(event.who.customer.is_none_or(|customer| described.contains(&customer)));
            }
            _ => {}
        }
    }
    let all = described.len();
    assert!(interests * 2 > all && referred * 20 > all && referred < interests);
    let no = said.iter().filter(|((_, p), yes)| *p == Purpose::Personalisation && !**yes).count();
    assert!(no * 30 > all && no * 5 < all, "{no} of {all} decline");
    let marketing = said.iter().filter(|((_, p), _)| *p == Purpose::Marketing).count();
    assert_eq!(marketing, all, "everybody is asked about messages");
}

#[test]
fn ratings_have_words_and_refunds_follow_their_order() {
    let shop = busy();
    let mut orders: HashMap<String, At> = HashMap::new();
    let (mut texts, mut refunds, mut stars) = (HashSet::new(), 0, Vec::new());
    for fact in shop.past() {
        let words = shop.review(&fact);
        let Body::Event(event) = fact.body else { continue };
        assert_eq!(words.is_some(), event.kind == EventKind::RateItem);
        match event.kind {
            EventKind::Purchase => drop(orders.insert(event.order.unwrap().to_string(), fact.at)),
            EventKind::Refund => {
                refunds += 1;
                assert!(fact.at > orders[event.order.unwrap().as_str()]);
            }
            EventKind::RateItem => {
                stars.push(event.rating.unwrap());
                texts.insert(words.unwrap());
            }
            _ => {}
        }
    }
    assert!(refunds > 20 && stars.len() > 100 && texts.len() * 2 > stars.len());
    let mean = stars.iter().sum::<f32>() / stars.len() as f32;
    assert!((3.2..4.8).contains(&mean), "{mean} stars");
}

#[test]
fn the_trade_behind_an_item_is_sound() {
    let shop = busy();
    for item in shop.items() {
        let (price, cost) = (item.price.unwrap(), shop.cost(&item.id).unwrap());
        assert!(cost.minor > 0 && cost.minor < price.minor, "{}", item.id);
        assert!((2..15).contains(&shop.supplier(&item.id).unwrap().lead_time_days));
        for (_, rival) in shop.competitors(&item.id, shop.options().from) {
            assert!(
                (price.minor * 6 / 10 - 100..price.minor * 14 / 10 + 100).contains(&rival.minor)
            );
        }
    }
    assert!(shop.cost(&ids::item(400).unwrap()).is_none());
}
