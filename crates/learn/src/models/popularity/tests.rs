//! Decayed counts against their definition, and what a trend must not be fooled by.

use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400;

#[test]
fn half_lives_halve() {
    let mut counts = DecayedCounts::new(2, DAY as f64).unwrap();
    counts.add(0, 8.0, 0);
    counts.add(1, 1.0, 3 * DAY);
    assert_eq!(counts.count(0, 3 * DAY), 1.0);
    assert_eq!(counts.top(5, 3 * DAY, |_| true), [(0, 1.0), (1, 1.0)]);
    assert_eq!(counts.top(5, 3 * DAY, |item| item != 0), [(1, 1.0)]);
}

#[test]
fn years_of_events_neither_overflow_nor_vanish() {
    let mut counts = DecayedCounts::new(1, 3_600.0).unwrap();
    for hour in 0..100_000 {
        counts.add(0, 1.0, hour * 3_600);
    }
    // Σ 2^−n = 2 for an endless past.
    assert!((counts.count(0, 99_999 * 3_600) - 2.0).abs() < 1e-9);
}

#[test]
fn a_rising_item_trends_and_a_busy_day_does_not() {
    let mut popularity = Popularity::new(3, PopularityOptions::default()).unwrap();
    for day in 0..60 {
        let crowd = if day == 59 { 50.0 } else { 10.0 };
        popularity.add(0, 5.0 * crowd, day * DAY);
        popularity.add(1, if day == 59 { 100.0 } else { 1.0 }, day * DAY);
    }
    let now = 59 * DAY;
    assert!(popularity.trend(0, now) < 1.0);
    assert!(popularity.trend(1, now) > 2.0);
    assert!((popularity.trend(2, now) - 1.0).abs() < 1e-12);
    let trending: Vec<u32> = popularity.trending(9, now, |_| true).iter().map(|t| t.0).collect();
    assert_eq!(trending, [1]);
}

#[test]
fn names_what_is_out_of_range() {
    assert!(DecayedCounts::new(1, 0.0).is_err());
    let upside_down = PopularityOptions { short_days: 2.0, long_days: 1.0, prior_events: 1.0 };
    assert!(Popularity::new(1, upside_down).is_err());
    let mut day = DecayedCounts::new(1, 1.0).unwrap();
    assert!(day.merge(&DecayedCounts::new(1, 2.0).unwrap()).is_err());
}

proptest! {
    #[test]
    fn any_order_and_any_split_count_the_same(
        events in prop::collection::vec((0..5_u32, 0.1..10.0_f64, 0..4_000 * DAY), 1..60),
        cut in 0..60_usize,
    ) {
        let half_life_s = 3.0 * DAY as f64;
        let now = 4_000 * DAY;
        let cut = cut.min(events.len());
        let count = |events: &[(u32, f64, i64)]| {
            let mut counts = DecayedCounts::new(0, half_life_s).unwrap();
            events.iter().for_each(|&(item, weight, at)| counts.add(item, weight, at));
            counts
        };
        let mut merged = count(&events[..cut]);
        merged.merge(&count(&events[cut..])).unwrap();
        let backwards = count(&events.iter().rev().copied().collect::<Vec<_>>());
        for item in 0..5 {
            let defined: f64 = events.iter().filter(|e| e.0 == item)
                .map(|e| e.1 * (-((now - e.2) as f64) / half_life_s).exp2()).sum();
            for counts in [&merged, &backwards] {
                // Exact but for what fades below the smallest double on the way.
                prop_assert!((counts.count(item, now) - defined).abs() <= 1e-9 * defined + 1e-60);
            }
        }
    }
}
