//! Do live visitors choose by what they are shown, and by what is true?

use crate::{Asks, Shop, SimOptions, Stock, Visitor, truth};
use commerce::{At, Body, DecisionId, EventKind, Fact, ItemId};

const VISITS: u64 = 600;

fn shop() -> Shop {
    Shop::new(SimOptions { items: 600, customers: 300, ..SimOptions::default() })
}

fn now() -> At {
    At::parse("2026-09-20T12:00:00+08:00").unwrap()
}

/// What comes of visits that are shown what `list` says.
fn visit(shop: &Shop, list: impl Fn(&Visitor<'_>, &Asks) -> Vec<ItemId>) -> Vec<Fact> {
    let mut stock = Stock::at_first(shop);
    let mut facts = Vec::new();
    for number in 0..VISITS {
        let mut visitor = Visitor::new(shop, number, now());
        for step in 0_u128.. {
            let Some(asks) = visitor.asks().cloned() else { break };
            let slate = list(&visitor, &asks);
            let decision = DecisionId::from_parts(now().ms(), (u128::from(number) << 8) | step);
            facts.extend(visitor.see(&slate, Some(decision), now(), &mut stock));
            assert!(step < 30, "a visit ends");
        }
    }
    facts
}

fn earned(facts: &[Fact]) -> i64 {
    let value = |fact: &Fact| match &fact.body {
        Body::Event(event) if event.kind == EventKind::Purchase => event.value.map(|v| v.minor),
        _ => None,
    };
    facts.iter().filter_map(value).sum()
}

fn count(facts: &[Fact], kind: EventKind) -> usize {
    facts.iter().filter(|fact| matches!(&fact.body, Body::Event(e) if e.kind == kind)).count()
}

#[test]
fn the_same_visits_and_lists_bring_the_same_facts() {
    let shop = shop();
    let list = |_: &Visitor<'_>, _: &Asks| shop.items().take(20).map(|item| item.id).collect();
    assert_eq!(visit(&shop, list), visit(&shop, list));
}

#[test]
fn better_lists_earn_more() {
    let shop = shop();
    let any: Vec<ItemId> = shop.items().step_by(30).map(|item| item.id).collect();
    let indifferent = visit(&shop, |_, _| any.clone());
    let best =
        visit(&shop, |visitor, _| truth::best(&shop, visitor.customer(), 20, now(), |_| true).0);
    let (most, any) = (earned(&best), earned(&indifferent));
    assert!(most * 10 > any * 16, "{most} against {any}");
    for kind in [EventKind::SelectItem, EventKind::Purchase] {
        let (most, any) = (count(&best, kind), count(&indifferent, kind));
        assert!(most > 2 * any, "{kind}: {most} against {any}");
    }
}

#[test]
fn every_outcome_names_the_list_that_it_followed() {
    let shop = shop();
    let facts =
        visit(&shop, |visitor, _| truth::best(&shop, visitor.customer(), 10, now(), |_| true).0);
    let mut shown: std::collections::HashMap<DecisionId, Vec<ItemId>> = Default::default();
    for fact in facts {
        let Body::Event(event) = fact.body else { continue };
        let items: Vec<ItemId> = event.lines.into_iter().map(|line| line.item).collect();
        let decision = event.decision.expect("all follows from a list");
        if event.kind == EventKind::ViewItemList {
            shown.insert(decision, items);
        } else {
            assert!(items.iter().all(|item| shown[&decision].contains(item)), "{}", event.kind);
        }
    }
}

#[test]
fn what_is_liked_more_is_clicked_more_and_higher_places_are_clicked_more() {
    let shop = shop();
    let any: Vec<ItemId> = shop.items().step_by(30).map(|item| item.id).collect();
    let (mut seen, mut clicked, mut places) = ([0_u32; 2], [0_u32; 2], [0_u32; 20]);
    for number in 0..6_000 {
        let mut visitor = Visitor::new(&shop, number, now());
        let facts = visitor.see(&any, None, now(), &mut Stock::endless());
        let liked =
            |item: &ItemId| truth::utility(&shop, visitor.customer(), item, now()).unwrap() > 0.5;
        any.iter().for_each(|item| seen[usize::from(liked(item))] += 1);
        for fact in facts {
            let Body::Event(event) = fact.body else { continue };
            if event.kind == EventKind::SelectItem {
                let item = &event.lines[0].item;
                clicked[usize::from(liked(item))] += 1;
                places[any.iter().position(|shown| shown == item).unwrap()] += 1;
            }
        }
    }
    let rate = |which: usize| f64::from(clicked[which]) / f64::from(seen[which]);
    assert!(rate(1) > 3.0 * rate(0), "{} against {}", rate(1), rate(0));
    let (top, bottom): (u32, u32) = (places[..5].iter().sum(), places[15..].iter().sum());
    assert!(top > bottom, "{places:?}");
}

#[test]
fn what_is_not_there_is_not_bought() {
    let shop = shop();
    let mut stock = Stock::at_first(&shop);
    let item = shop.items().find(|item| item.stock == Some(0)).unwrap().id;
    for number in 0..2_000 {
        let mut visitor = Visitor::new(&shop, number, now());
        let facts = visitor.see(std::slice::from_ref(&item), None, now(), &mut stock);
        assert_eq!(count(&facts, EventKind::AddToCart) + count(&facts, EventKind::Purchase), 0);
    }
}

#[test]
fn the_truth_answers() {
    let shop = shop();
    let item = shop.items().next().unwrap().id;
    let utility = truth::utility(&shop, 3, &item, now()).unwrap();
    assert!((-8.0..8.0).contains(&utility));
    assert!(truth::elasticity(&shop, 3, &item, now()).unwrap() <= 0.0);
    let (list, worth) = truth::best(&shop, 3, 10, now(), |number| number != 5);
    assert_eq!(list.len(), 10);
    assert!((truth::worth(&shop, 3, &list, 10, now()) - worth).abs() < 1e-9);
    assert!(truth::worth(&shop, 3, &list[5..], 10, now()) < worth);
    assert!(truth::utility(&shop, 3, &crate::ids::item(9_999).unwrap(), now()).is_none());
}

#[test]
fn what_is_expected_of_a_list_is_what_it_brings_on_average() {
    let shop = shop();
    let mut stock = Stock::endless();
    let (mut picks, mut yuan, mut facts) = (0.0, 0.0, Vec::new());
    for number in 0..20_000 {
        let mut visitor = Visitor::new(&shop, number, now());
        // One item, so that a pick is always opened.
        let list = truth::best(&shop, visitor.customer(), 1, now(), |_| true).0;
        let expected = visitor.expects(&list, &stock);
        picks += expected.picks;
        yuan += expected.yuan;
        facts.extend(visitor.see(&list, None, now(), &mut stock));
        if visitor.asks().is_some() {
            facts.extend(visitor.see(&[], None, now(), &mut stock));
        }
    }
    let picked = count(&facts, EventKind::SelectItem) as f64;
    assert!((picked / picks - 1.0).abs() < 0.1, "{picked} picks against {picks}");
    let earned = earned(&facts) as f64 / 100.0;
    assert!((earned / yuan - 1.0).abs() < 0.25, "{earned} yuan against {yuan}");
}
