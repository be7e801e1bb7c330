//! What does a list that was shown teach?

use super::*;
use crate::score::INPUTS;
use commerce::{At, CustomerId, FactId, Item, ItemId, Line, Who};
use features::FeatureOptions;

fn item(n: u32) -> Fact {
    let id = ItemId::new(&format!("i{n}")).unwrap();
    Fact { body: Body::Item(Item::bare(id)), ..event(-60, EventKind::Login, &[]) }
}

fn event(at_s: i64, kind: EventKind, items: &[u32]) -> Fact {
    let mut event = Event::new(kind, Who::customer(CustomerId::new("c1").unwrap()));
    let line = |n: &u32| Line::one(ItemId::new(&format!("i{n}")).unwrap());
    event.lines = items.iter().map(line).collect();
    let at = At::from_s(1_790_000_000 + at_s);
    Fact { id: FactId::new("f").unwrap(), at, received_at: at, body: Body::Event(event) }
}

/// The labels of the rows that come of lists.
fn taught(events: &[Fact]) -> Vec<f32> {
    let cases = cases(events, &TrainOptions::default());
    let surface = INPUTS.iter().position(|(name, ..)| *name == "surface").unwrap();
    let rows = cases.grow.inputs.chunks_exact(WIDTH).zip(&cases.grow.labels);
    let listed = rows.filter(|(row, _)| row[surface] == f32::from(Surface::Rank as u8));
    listed.map(|(_, &label)| label).collect()
}

/// What `events` teach in a shop of ten items.
fn cases(events: &[Fact], training: &TrainOptions) -> Cases {
    let mut facts: Vec<Fact> = (0..10).map(item).collect();
    facts.extend_from_slice(events);
    let features = Features::new(FeatureOptions::default());
    (0..).zip(&facts).for_each(|(offset, fact)| features.fold(offset, fact));
    features.publish();
    let plan = Plan {
        options: &RecommendOptions::default(),
        training,
        models: &Models::none(),
        times: Times { labels_s: 0, calibrate_s: u32::MAX, judge_s: u32::MAX },
        touches: facts.len(),
    };
    collect(&features, (0..).zip(&facts), plan, Progress::SILENT).unwrap()
}

#[test]
fn what_stands_below_the_last_touch_is_not_taken_for_passed_over() {
    let shown = event(0, EventKind::ViewItemList, &[5, 3, 1, 4, 2]);
    let other = event(5, EventKind::ViewItem, &[9]);
    let pick = event(10, EventKind::SelectItem, &[3]);
    let again = event(60, EventKind::SelectItem, &[4]);
    assert_eq!(taught(&[shown.clone(), other, pick.clone()]), [0.0, 1.0]);
    assert_eq!(taught(&[shown.clone(), pick.clone(), again]), [0.0, 1.0, 0.0, 1.0]);
    assert_eq!(taught(std::slice::from_ref(&shown)), [0.0; 0]);
    let late = event(LIST_S + 1, EventKind::SelectItem, &[3]);
    assert_eq!(taught(&[shown, late]), [0.0; 0]);
}

#[test]
fn an_ask_that_a_popular_item_answers_counts_less() {
    let known = (0..8).map(|n| event(n, EventKind::ViewItem, &[1 + u32::from(n % 2 == 0)]));
    let rare = [event(20, EventKind::ViewItem, &[3]), event(30, EventKind::ViewItem, &[1])];
    let events: Vec<Fact> =
        known.chain(rare).chain([event(40, EventKind::ViewItem, &[3])]).collect();
    let hits = |power| -> Vec<f32> {
        let training = TrainOptions { popularity_power: power, ..TrainOptions::default() };
        let grow = cases(&events, &training).grow;
        let hits = grow.labels.iter().zip(&grow.weights).filter(|(label, _)| **label > 0.5);
        hits.map(|(_, &weight)| weight).collect()
    };
    let (plain, weighed) = (hits(0.0), hits(0.5));
    assert!(plain.iter().all(|&weight| (weight - 1.0).abs() < f32::EPSILON));
    // The last two asks: the well-known item 1, then item 3.
    let [.., popular, little] = weighed[..] else { unreachable!("two asks at least") };
    assert!(popular < 1.0 && popular < little, "{weighed:?}");
}
