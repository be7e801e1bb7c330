//! Does a history say what somebody leans to?

use super::*;
use commerce::{Attribute, Body, Fact, FactId, Item, ItemId};
use features::{FeatureOptions, Features};

/// Items `i0`, `i1`, … of these categories and styles.
fn shop(all: &[(&str, &str)]) -> Features {
    let features = Features::new(FeatureOptions::default());
    for (number, (category, style)) in (0..).zip(all) {
        let mut item = Item::bare(ItemId::new(&format!("i{number}")).unwrap());
        item.category = vec!["home".into(), (*category).into()];
        item.attributes = vec![Attribute { name: "style".into(), value: (*style).into() }];
        let (at, body) = (At::from_s(1_790_000_000), Body::Item(item));
        let id = FactId::new("item").unwrap();
        features.fold(number, &Fact { id, at, received_at: at, body });
    }
    features.publish();
    features
}

#[test]
fn what_is_rare_and_touched_often_is_leaned_to_most() {
    let all = [("tea", "retro"), ("lamp", "retro"), ("lamp", "plain"), ("lamp", "plain")];
    let features = shop(&all);
    let items = features.items();
    let anchor = |item| Anchor { item, weight: 0.5, is_wanted: false };
    let leanings = leanings(&[anchor(0), anchor(1)], &items);
    let of = |kind, name| items.term_ix(kind, name).and_then(|term| leanings.get(&term));
    let lean = |kind, name| of(kind, name).map_or(0.0, |leaning| leaning.lean);
    // Of four items all are of the home: 2 touches on a prior of 5; half are retro, a quarter tea.
    let near = |a: f32, b: f32| (a - b).abs() < 1e-6;
    assert!(near(lean(TermKind::Category, "home"), (1.0_f32 + 2.0 / 5.0).ln()));
    assert!(near(lean(TermKind::Attribute, "style=retro"), (1.0_f32 + 2.0 / 2.5).ln()));
    assert!(near(lean(TermKind::Category, "home > tea"), (1.0_f32 + 1.0 / 1.25).ln()));
    assert!(lean(TermKind::Category, "home > lamp") < lean(TermKind::Category, "home > tea"));
    assert_eq!(of(TermKind::Attribute, "style=plain"), None);
    let share = of(TermKind::Attribute, "style=retro").map(|leaning| leaning.share);
    assert!(share.is_some_and(|share| near(share, 1.0)), "{share:?}");
}
