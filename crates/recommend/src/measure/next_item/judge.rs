//! At which rank does a model put what really came next?

use super::{Fit, models::Channel, recent};
use learn::{progress::Progress, sequences::Sequences};
use rayon::prelude::*;

/// Customers between two progress reports.
const STRIDE: usize = 2048;

/// One question: what came before, and what came next.
struct Case {
    /// `(item, places ago)`, the latest first.
    recent: Vec<(u32, f32)>,
    target: u32,
}

/// Questions with known answers.
pub(super) struct Judge {
    cases: Vec<Case>,
    items: usize,
}

impl Judge {
    /// Asks for the `back`-th item from the end of each list (1 = the last) given all before it.
    pub(super) fn new(lists: &Sequences, back: usize) -> Self {
        let long = lists.iter().filter(|list| list.len() > back);
        let case = long.map(|list| {
            let (past, future) = list.items.split_at(list.len() - back);
            Case { recent: recent(past), target: future[0] }
        });
        Self { cases: case.collect(), items: lists.item_count() }
    }

    /// Every `stride`-th question only: for searches.
    pub(super) fn thinned(mut self, stride: usize) -> Self {
        let mut index = 0;
        self.cases.retain(|_| {
            index += 1;
            index % stride == 1 || stride == 1
        });
        self
    }

    /// recall and nDCG at 5 and 10 and the mean reciprocal rank of a weighted sum of channels.
    pub(super) fn measure(
        &self,
        parts: &[(&Channel, f32)],
        progress: Progress<'_>,
    ) -> Fit<Vec<(String, f64)>> {
        let mut ranks = Vec::with_capacity(self.cases.len());
        for (done, cases) in self.cases.chunks(STRIDE).enumerate() {
            progress.step("ranking", (done * STRIDE) as u64, self.cases.len() as u64)?;
            let ranked = cases.par_iter().map_init(
                || (vec![0_f32; self.items], vec![0_f32; self.items]),
                |(sum, one), case| {
                    score(parts, &case.recent, sum, one)?;
                    Ok(rank(case, sum))
                },
            );
            ranks.extend(ranked.collect::<Fit<Vec<_>>>()?);
        }
        Ok(tally(&ranks))
    }

    /// nDCG@10 alone.
    pub(super) fn ndcg(&self, parts: &[(&Channel, f32)]) -> Fit<f64> {
        let metrics = self.measure(parts, Progress::SILENT)?;
        Ok(metrics.iter().find(|(name, _)| name == "ndcg@10").map_or(0.0, |(_, value)| *value))
    }
}

/// `sum` = the weighted sum of the parts' scores; `one` is room for one part.
fn score(
    parts: &[(&Channel, f32)],
    recent: &[(u32, f32)],
    sum: &mut [f32],
    one: &mut [f32],
) -> Fit<()> {
    sum.fill(0.0);
    for (channel, weight) in parts {
        one.fill(0.0);
        channel.score_into(recent, one)?;
        sum.iter_mut().zip(one.iter()).for_each(|(sum, one)| *sum += weight * one);
    }
    Ok(())
}

/// Rank of the target from 1 among the items that are not in the past; ties go against it.
fn rank(case: &Case, scores: &mut [f32]) -> usize {
    for &(item, _) in &case.recent {
        scores[item as usize] = f32::NEG_INFINITY;
    }
    let own = scores[case.target as usize];
    // NaN compares as nothing; a broken model must not win by it.
    scores.iter().filter(|score| **score >= own || score.is_nan() || own.is_nan()).count()
}

fn tally(ranks: &[usize]) -> Vec<(String, f64)> {
    let mean = |value: &dyn Fn(usize) -> f64| {
        ranks.iter().map(|&rank| value(rank)).sum::<f64>() / ranks.len().max(1) as f64
    };
    let recall = |k: usize| mean(&|rank| f64::from(u8::from(rank <= k)));
    let ndcg =
        |k: usize| mean(&|rank| if rank <= k { 1.0 / ((rank + 1) as f64).log2() } else { 0.0 });
    vec![
        ("ndcg@10".into(), ndcg(10)),
        ("recall@10".into(), recall(10)),
        ("ndcg@5".into(), ndcg(5)),
        ("recall@5".into(), recall(5)),
        ("mrr".into(), mean(&|rank| 1.0 / rank as f64)),
    ]
}
