//! Is the shop the same each time, and worth learning from?

mod live;
mod past;
mod pictures;

use crate::words::LEAVES;
use crate::{Shop, SimOptions};
use commerce::{Body, EventKind, Fact};
use std::collections::HashMap;

fn small() -> Shop {
    Shop::new(SimOptions { sessions: 4_000, ..SimOptions::default() })
}

#[test]
fn the_same_seed_gives_the_same_shop_and_another_seed_another() {
    let (one, two) = (small(), small());
    assert!(one.items().eq(two.items()));
    assert!(one.sessions().eq(two.sessions()));
    let other = Shop::new(SimOptions { seed: 8, ..SimOptions::default() });
    assert!(!one.items().eq(other.items()));
}

#[test]
fn ids_are_unique_and_times_never_leave_the_span() {
    let shop = small();
    let facts: Vec<Fact> = shop.sessions().collect();
    let ids: std::collections::HashSet<_> = facts.iter().map(|fact| fact.id.clone()).collect();
    assert_eq!(ids.len(), facts.len());
    let last = shop.options.from.plus_ms(61 * commerce::At::DAY_MS);
    assert!(facts.iter().all(|fact| fact.at >= shop.options.from && fact.at < last));
    let a_session = facts.len() as f64 / 4_000.0;
    assert!((3.0..8.0).contains(&a_session), "{a_session} events a session");
}

#[test]
fn lists_are_logged_and_higher_places_are_picked_more() {
    let mut picked = [0_u32; 10];
    let (mut lists, mut picks) = (0, 0);
    let mut last: Vec<commerce::ItemId> = Vec::new();
    for fact in small().sessions() {
        let Body::Event(event) = fact.body else { panic!("sessions are events") };
        match event.kind {
            EventKind::ViewItemList => {
                lists += 1;
                last = event.lines.into_iter().map(|line| line.item).collect();
                assert!((2..=10).contains(&last.len()));
            }
            EventKind::SelectItem => {
                picks += 1;
                let item = &event.lines[0].item;
                let place = last.iter().position(|shown| shown == item);
                picked[place.expect("only what is shown is picked")] += 1;
            }
            _ => {}
        }
    }
    assert!(lists > 1_000 && picks * 3 > lists, "{picks} picks of {lists} lists");
    let (top, bottom): (u32, u32) = (picked[..3].iter().sum(), picked[5..8].iter().sum());
    assert!(top > 2 * bottom && bottom > 50, "{picked:?}");
    let silent = SimOptions { lists: 0.0, sessions: 500, ..SimOptions::default() };
    let kinds =
        |fact: Fact| matches!(fact.body, Body::Event(e) if e.kind == EventKind::ViewItemList);
    assert!(!Shop::new(silent).sessions().any(kinds));
}

#[test]
fn customers_have_favourites_and_companions_are_bought_together() {
    let shop = small();
    let leaf_of = |id: &str| usize::from(shop.traits(id[1..].parse().unwrap()).leaf);
    let mut views: HashMap<String, Vec<usize>> = HashMap::new();
    let (mut pairs, mut with) = (0, 0);
    for fact in shop.sessions() {
        let Body::Event(event) = fact.body else { panic!("sessions are events") };
        let leaves: Vec<usize> = event.lines.iter().map(|l| leaf_of(l.item.as_str())).collect();
        match (event.kind, &event.who.customer) {
            (EventKind::ViewItem, Some(customer)) => {
                views.entry(customer.to_string()).or_default().extend(leaves);
            }
            (EventKind::Purchase, _) => {
                for pair in leaves.windows(2) {
                    pairs += 1;
                    with += usize::from(LEAVES[pair[0]].with == LEAVES[pair[1]].en);
                }
            }
            _ => {}
        }
    }
    let shares = views.values().filter(|seen| seen.len() >= 20).map(|seen| {
        let most = (0..LEAVES.len()).map(|l| seen.iter().filter(|&&s| s == l).count()).max();
        most.unwrap() as f64 / seen.len() as f64
    });
    let shares: Vec<f64> = shares.collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!(mean > 0.25, "the favourite category takes {mean} of the views");
    assert!(with * 3 > pairs, "{with} of {pairs} basket pairs go together");
}

#[test]
fn what_is_used_up_is_bought_again() {
    let mut times: HashMap<(String, String), u32> = HashMap::new();
    for fact in Shop::new(SimOptions::default()).sessions() {
        let Body::Event(event) = fact.body else { panic!("sessions are events") };
        let (EventKind::Purchase, Some(customer)) = (event.kind, event.who.customer) else {
            continue;
        };
        for line in event.lines {
            *times.entry((customer.to_string(), line.item.to_string())).or_default() += 1;
        }
    }
    let again = times.values().filter(|&&n| n > 1).count();
    assert!(again * 20 > times.len(), "{again} of {} purchases are repeated", times.len());
}

#[test]
fn a_shop_of_one_item_and_one_customer_opens() {
    let shop =
        Shop::new(SimOptions { items: 1, customers: 1, sessions: 50, ..SimOptions::default() });
    assert_eq!(shop.items().count(), 1);
    assert!(shop.sessions().count() > 10);
}
