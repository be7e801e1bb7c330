//! Measures against values computed by hand.

use crate::metrics::{ApBase, Hits, Means, auc, coverage};

/// Hits at ranks 1, 3 and 6; five relevant items.
fn hits() -> Hits {
    Hits::new([10, 1, 11, 2, 3, 12, 4], &[10, 11, 12, 13, 14])
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-9, "{got} is not {want}");
}

#[test]
fn list_measures() {
    let hits = hits();
    near(hits.precision(5), 2.0 / 5.0);
    near(hits.recall(5), 2.0 / 5.0);
    near(hits.recall(10), 3.0 / 5.0);
    near(hits.hit_rate(1), 1.0);
    near(hits.reciprocal_rank(10), 1.0);
    // DCG@5 = 1 + 1/2; ideal = 1 + .6309 + .5 + .4307 + .3869 = 2.9485.
    near(hits.ndcg(5), 1.5 / 2.948_459_118_879_392);
    // Precisions at the hits: 1/1, 2/3, 3/6.
    near(hits.average_precision(10, ApBase::Relevant), (1.0 + 2.0 / 3.0 + 0.5) / 5.0);
    near(hits.average_precision(3, ApBase::Reachable), (1.0 + 2.0 / 3.0) / 3.0);
}

#[test]
fn a_perfect_list_has_ndcg_one_at_every_cut() {
    let hits = Hits::new(0..10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    for k in 1..=10 {
        near(hits.ndcg(k), 1.0);
    }
}

#[test]
fn means_skip_lists_without_relevant_items() {
    let nothing = Hits::new([1, 2], &[]);
    let found = Hits::new([1, 2], &[2]);
    let means: Means =
        [&nothing, &found].into_iter().map(|h| Means::of(h, 10, ApBase::Relevant)).sum();
    assert_eq!(means.lists, 1);
    let named = means.named(10);
    assert_eq!(named[0].0, "ndcg@10");
    near(named[0].1, 1.0 / 3_f64.log2());
    near(named[4].1, 0.5);
}

#[test]
fn area_under_the_curve_counts_ties_half() {
    near(auc(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]).unwrap(), 0.75);
    near(auc(&[1.0, 1.0, 1.0], &[true, false, true]).unwrap(), 0.5);
    assert_eq!(auc(&[1.0], &[true]), None);
}

#[test]
fn coverage_counts_items_once() {
    near(coverage([&[0_u32, 1][..], &[1, 2]], 6), 0.5);
}
