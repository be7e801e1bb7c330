//! How good is what was learned? Measured on the last part of the log, which nothing was fitted on.
//!
//! One right item per ask: nDCG@10 = 1 / log₂(rank + 1) when it is among the first ten, the hit rate
//! is the share of asks for which it is. Asks whose right item no channel proposed count as misses.
//! Coverage is the share of all items that some list of ten shows. The expected calibration error is
//! Σ over ten bins of equal count of |mean probability − share right|, weighed by their size.

use super::cases::{Cases, Judged};
use crate::models::Ranker;
use decide::slate::best;
use rustc_hash::FxHashSet;

const LIST: usize = 10;

/// The figures by name; empty when there is nothing to measure on.
pub(super) fn judge(cases: &Cases, ranker: Option<&Ranker>, items: u32) -> Vec<(String, f64)> {
    if cases.judged.is_empty() {
        return Vec::new();
    }
    let mut figures = Vec::new();
    let ranked: Option<Vec<Vec<f32>>> = ranker.map(|ranker| {
        let score = |case: &Judged| {
            let mut scores = Vec::new();
            ranker.scores(&case.inputs, &mut scores);
            scores
        };
        cases.judged.iter().map(score).collect()
    });
    let blended = lists(cases, items, |at| &cases.judged[at].blended);
    let popularity = lists(cases, items, |at| &cases.judged[at].popularity);
    let own = ranked.as_ref().map_or(blended, |scores| lists(cases, items, |at| &scores[at]));
    for (prefix, [ndcg, hits, coverage]) in
        [("", own), ("blend.", blended), ("popularity.", popularity)]
    {
        figures.push((format!("{prefix}ndcg@10"), ndcg));
        figures.push((format!("{prefix}hit_rate@10"), hits));
        figures.push((format!("{prefix}coverage@10"), coverage));
    }
    let found = cases.judged.iter().filter(|case| case.right.is_some()).count();
    figures.push(("candidate_recall".into(), found as f64 / cases.judged.len() as f64));
    figures.push(("judged_asks".into(), cases.judged.len() as f64));
    if let Some(scores) = &ranked {
        figures.push(("ece".into(), calibration_error(cases, scores)));
    }
    figures
}

/// nDCG@10, hit rate and coverage of the lists that `scores` make.
fn lists<'a>(cases: &'a Cases, items: u32, scores: impl Fn(usize) -> &'a [f32]) -> [f64; 3] {
    let (mut gain, mut hits) = (0.0, 0.0);
    let mut shown = FxHashSet::default();
    let mut order = Vec::new();
    for (at, case) in cases.judged.iter().enumerate() {
        best(scores(at), LIST, &mut order);
        shown.extend(order.iter().map(|&place| case.items[place as usize]));
        let rank = case.right.and_then(|right| order.iter().position(|&p| p as usize == right));
        if let Some(rank) = rank {
            gain += 1.0 / (rank as f64 + 2.0).log2();
            hits += 1.0;
        }
    }
    let asks = cases.judged.len() as f64;
    [gain / asks, hits / asks, shown.len() as f64 / f64::from(items.max(1))]
}

fn calibration_error(cases: &Cases, scores: &[Vec<f32>]) -> f64 {
    let mut said: Vec<(f32, bool)> = Vec::new();
    for (case, scores) in cases.judged.iter().zip(scores) {
        let right = |place: usize| case.right == Some(place);
        said.extend(scores.iter().enumerate().map(|(place, &p)| (p, right(place))));
    }
    if said.is_empty() {
        return 0.0;
    }
    said.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bins = said.chunks(said.len().div_ceil(10));
    let gap = |bin: &[(f32, bool)]| {
        let mean: f64 = bin.iter().map(|&(p, _)| f64::from(p)).sum();
        let right = bin.iter().filter(|(_, right)| *right).count() as f64;
        (mean - right).abs()
    };
    bins.map(gap).sum::<f64>() / said.len() as f64
}
