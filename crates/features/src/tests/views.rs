//! Does a view tell what the history says?

use super::shop::*;
use crate::{Signal, Span};
use commerce::*;

#[test]
fn a_view_follows_the_very_next_click() {
    let features = folded(&[event(0, by_customer(1), EventKind::ViewItem, &[7])]);
    let now = At::from_s(START_S + 1);
    let view = features.customer(&by_customer(1), now);
    assert!(view.known);
    assert_eq!(view.as_of, 1);
    assert_eq!(view.sequence(5), [0]);
    let items = features.items();
    assert_eq!(items.ix(&item(7)), Some(0));
    assert!((items.decayed(0, Signal::View, Span::Short, now) - 1.0).abs() < 1e-4);
    assert!(!features.customer(&by_customer(2), now).known);
}

#[test]
fn linking_merges_and_parting_restores() {
    let mut facts = vec![
        event(0, by_device(1), EventKind::ViewItem, &[1]),
        event(5, by_customer(1), EventKind::ViewItem, &[2]),
        event(9, by_device(1), EventKind::ViewItem, &[3]),
    ];
    let now = At::from_s(START_S + 10);
    let apart = folded(&facts);
    let (device, customer) = (by_device(1), by_customer(1));
    facts.push(link(10, 1, 1, true));
    let joined = folded(&facts);
    let view = joined.customer(&customer, now);
    assert_eq!(view.sequence(9), [0, 1, 2]);
    assert_eq!(view, joined.customer(&device, now));
    assert_eq!(view.as_of, 4);
    facts.push(link(10, 1, 1, false));
    let parted = folded(&facts);
    for who in [device, customer] {
        let mut before = apart.customer(&who, now);
        before.as_of = 5;
        assert_eq!(parted.customer(&who, now), before);
    }
}
