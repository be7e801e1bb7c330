//! Are counts and decayed sums what a plain recount of the facts gives?

use super::shop::*;
use crate::{Features, NO_ITEM, Signal, Span, halved};
use commerce::*;
use proptest::prelude::*;

/// Lines about `n` (any item when none) by `who` (anybody when none): kind and second.
fn lines(facts: &[Fact], who: Option<&Who>, n: Option<u32>) -> Vec<(EventKind, i64)> {
    let mut found = Vec::new();
    for fact in facts {
        let Body::Event(event) = &fact.body else { continue };
        let party = |w: &Who| w.customer.as_ref().map(ToString::to_string);
        if who.is_some_and(|who| party(who) != party(&event.who)) {
            continue;
        }
        for line in &event.lines {
            if n.is_none_or(|n| line.item == item(n)) {
                found.push((event.kind, fact.at.s()));
            }
        }
        if event.lines.is_empty() && n.is_none() && event.kind != EventKind::ViewItemList {
            found.push((event.kind, fact.at.s()));
        }
    }
    found
}

fn recount(lines: &[(EventKind, i64)], kind: EventKind, window_s: u32, now: At) -> u64 {
    let within = |s: i64| s > now.s() - i64::from(window_s) && s <= now.s();
    lines.iter().filter(|&&(k, s)| k == kind && within(s)).count() as u64
}

/// Without changes of identity, which would merge histories.
fn unlinked(facts: Vec<Fact>) -> Vec<Fact> {
    facts.into_iter().filter(|fact| !matches!(fact.body, Body::Identity(_))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_window_counts_what_happened_in_it(
        facts in any_history(1..120).prop_map(unlinked),
        window_s in 1..400_000u32,
        now_s in 0..600_000i64,
    ) {
        let now = at(now_s);
        let who = by_customer(1);
        let (all, about) = (lines(&facts, Some(&who), None), lines(&facts, None, Some(3)));
        for (options, roomy) in [(crate::FeatureOptions::default(), true), (cramped(), false)] {
            let features = folded_by(options, &facts);
            let (view, items) = (features.customer(&who, now), features.items());
            for kind in EventKind::ALL {
                let (count, naive) = (view.count(kind, window_s), recount(&all, kind, window_s, now));
                prop_assert!(count.n <= naive && (!count.exact || count.n == naive), "{kind}");
                prop_assert!(count.exact || !roomy);
                prop_assert_eq!(view.total(kind), all.iter().filter(|l| l.0 == kind).count() as u64);
                if let Some(ix) = items.ix(&item(3)) {
                    let count = items.count(ix, kind, window_s, now);
                    prop_assert_eq!(count.n, recount(&about, kind, window_s, now));
                    prop_assert!(count.exact);
                }
            }
        }
    }

    #[test]
    fn decayed_sums_are_their_formula_in_any_order(
        (facts, shuffled) in any_history(1..60).prop_flat_map(|facts| {
            (Just(facts.clone()), Just(facts).prop_shuffle())
        }),
        ahead_s in 0..3_000_000i64,
    ) {
        let now = at(ahead_s + 1_300_000);
        let options = crate::FeatureOptions::default();
        let naive = |n: u32, signal: Signal, span: Span| -> f64 {
            let h = options.half_life_hours[span as usize] * 3_600.0;
            let mine = lines(&facts, None, Some(n)).into_iter();
            mine.filter(|&(kind, _)| Signal::of(kind) == Some(signal))
                .map(|(_, s)| (-((now.s() - s) as f64) / h).exp2())
                .sum()
        };
        for told in [&facts, &shuffled] {
            let items = folded(told).items();
            for n in 0..24 {
                let Some(ix) = items.ix(&item(n)) else { continue };
                for (signal, span) in Signal::ALL.into_iter().zip(Span::ALL.into_iter().cycle()) {
                    let (kept, plain) = (items.decayed(ix, signal, span, now), naive(n, signal, span));
                    prop_assert!((kept - plain).abs() <= 1e-12 * plain, "{kept} is not {plain}");
                }
            }
        }
    }

    #[test]
    fn leaders_are_the_best_of_all(facts in any_history(1..150)) {
        let items = folded_by(cramped(), &facts).items();
        for span in [Span::Short, Span::Middle] {
            let now = items.clock();
            let mut all: Vec<(u32, f64)> = items
                .rows()
                .map(|(ix, _)| (ix, items.popularity(ix, span, now)))
                .filter(|&(_, popularity)| popularity > 0.0)
                .collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            all.truncate(16);
            let leaders: Vec<u32> = items.popular(span).collect();
            prop_assert_eq!(leaders.len(), all.len());
            for (&led, &(_, best)) in leaders.iter().zip(&all) {
                // Ranks keep 32 bits of a score's fraction.
                prop_assert!((items.popularity(led, span, now) / best - 1.0).abs() < 1e-9);
            }
        }
    }
}

#[test]
fn halves_are_powers_of_two() {
    for days in 0..40 {
        assert_eq!(
            halved(f64::from(days) * 86_400.0, 86_400.0).to_bits(),
            0.5f64.powi(days).to_bits()
        );
    }
    let mut age = 0.3;
    while age < 3.6e6 {
        let (ours, std) = (halved(age, 3_600.0), (-age / 3_600.0).exp2());
        assert!((ours - std).abs() <= 4.0 * f64::EPSILON * std, "{age}: {ours} is not {std}");
        age *= 1.37;
    }
    assert_eq!(halved(-5.0, 1.0).to_bits(), 1f64.to_bits());
    assert_eq!(halved(1e300, 1.0).to_bits(), 0f64.to_bits());
}

#[test]
fn a_window_beyond_what_is_kept_says_so() {
    let facts: Vec<Fact> =
        (0..20).map(|s| event(s, by_customer(1), EventKind::ViewItem, &[1])).collect();
    let view = folded_by(cramped(), &facts).customer(&by_customer(1), at(20));
    assert_eq!(view.total(EventKind::ViewItem), 20);
    assert_eq!(view.count(EventKind::ViewItem, 100), crate::Count { n: 8, exact: false });
    assert_eq!(view.count(EventKind::ViewItem, 6), crate::Count { n: 5, exact: true });
}

#[test]
fn events_about_nothing_are_counted_too() {
    let features = folded(&[event(0, by_customer(1), EventKind::Search, &[])]);
    let view = features.customer(&by_customer(1), at(1));
    assert_eq!(view.recent[0].item, NO_ITEM);
    assert_eq!(view.count(EventKind::Search, 60).n, 1);
    assert!(view.sequence(3).is_empty() && view.interest(1e6).is_empty());
}

#[test]
fn what_nobody_did_still_counts_for_the_item() {
    let features: Features = folded(&[event(0, Who::default(), EventKind::ViewItem, &[1])]);
    assert_eq!(features.items().row(0).stats.total(Signal::View), 1);
    assert!(!features.customer(&Who::default(), at(1)).known);
}
