//! How good is a ranked list?
//!
//! Definitions, for one list of ranked items cut at `k`, with `R` the set of relevant items:
//!
//! | measure | formula |
//! |---|---|
//! | precision@k | hits in the first k / k |
//! | recall@k | hits in the first k / \|R\| |
//! | hit rate@k | 1 if there is a hit in the first k |
//! | MRR@k | 1 / rank of the first hit, 0 if none in the first k |
//! | nDCG@k | Σ over hits of 1/log₂(rank+1), divided by the same sum for min(\|R\|, k) hits on top |
//! | MAP@k | Σ over hits of precision at that rank, divided by \|R\| (or by min(\|R\|, k)) |
//!
//! Ranks count from 1. Relevance is binary. Every measure is averaged over the lists that have at
//! least one relevant item, which is what both the Microsoft recommenders repository
//! (`python_evaluation.py`, ranking metrics with `relevancy_method="top_k"`) and `RecBole`
//! (`evaluator/metrics.py`) do. They differ only in MAP: the former divides by |R|, the latter by
//! min(|R|, k); see [`ApBase`].

use std::ops::AddAssign;

/// What average precision is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApBase {
    /// |R|: the Microsoft recommenders repository's `map`.
    Relevant,
    /// min(|R|, k): `RecBole`'s `MAP`, the recommenders repository's `map_at_k`.
    Reachable,
}

/// The hits of one list against its relevant items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Ranks of the hits, from 1, ascending.
    ranks: Vec<usize>,
    relevant: usize,
}

impl Hits {
    /// Looks up each of `ranked` (best first, no repeats) in `relevant` (ascending, no repeats).
    pub fn new(ranked: impl IntoIterator<Item = u32>, relevant: &[u32]) -> Self {
        debug_assert!(relevant.is_sorted(), "relevant must ascend");
        let ranks = ranked
            .into_iter()
            .enumerate()
            .filter(|(_, item)| relevant.binary_search(item).is_ok())
            .map(|(place, _)| place + 1)
            .collect();
        Self { ranks, relevant: relevant.len() }
    }

    fn within(&self, k: usize) -> impl Iterator<Item = usize> + '_ {
        self.ranks.iter().copied().take_while(move |&rank| rank <= k)
    }

    /// Hits among the first `k`, divided by `k`.
    pub fn precision(&self, k: usize) -> f64 {
        self.within(k).count() as f64 / k as f64
    }

    /// Hits among the first `k`, divided by the number of relevant items.
    pub fn recall(&self, k: usize) -> f64 {
        share(self.within(k).count() as f64, self.relevant as f64)
    }

    /// 1 if any of the first `k` is relevant, else 0.
    pub fn hit_rate(&self, k: usize) -> f64 {
        f64::from(u8::from(self.within(k).next().is_some()))
    }

    /// 1 / rank of the first hit, 0 if it is not among the first `k`.
    pub fn reciprocal_rank(&self, k: usize) -> f64 {
        self.within(k).next().map_or(0.0, |rank| 1.0 / rank as f64)
    }

    /// Discounted gain over the best possible one, both cut at `k`.
    pub fn ndcg(&self, k: usize) -> f64 {
        let gain: f64 = self.within(k).map(discount).sum();
        share(gain, (1..=self.relevant.min(k)).map(discount).sum())
    }

    /// Mean of the precisions at the hits among the first `k`, over `base`.
    pub fn average_precision(&self, k: usize, base: ApBase) -> f64 {
        let precisions =
            self.within(k).enumerate().map(|(before, rank)| (before + 1) as f64 / rank as f64);
        let reachable = match base {
            ApBase::Relevant => self.relevant,
            ApBase::Reachable => self.relevant.min(k),
        };
        share(precisions.sum(), reachable as f64)
    }
}

/// 1 / log₂(rank + 1), rank from 1.
fn discount(rank: usize) -> f64 {
    1.0 / ((rank + 1) as f64).log2()
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Means of all list measures over many lists, at one `k`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Means {
    /// Lists that had at least one relevant item.
    pub lists: usize,
    sums: [f64; 6],
}

impl Means {
    /// The measures of one list; a list without relevant items counts as nothing.
    pub fn of(hits: &Hits, k: usize, base: ApBase) -> Self {
        if hits.relevant == 0 {
            return Self::default();
        }
        let sums = [
            hits.ndcg(k),
            hits.precision(k),
            hits.recall(k),
            hits.average_precision(k, base),
            hits.reciprocal_rank(k),
            hits.hit_rate(k),
        ];
        Self { lists: 1, sums }
    }

    /// nDCG.
    pub fn ndcg(&self) -> f64 {
        share(self.sums[0], self.lists as f64)
    }

    /// Every mean with its name, `"ndcg@10"` first.
    pub fn named(&self, k: usize) -> Vec<(String, f64)> {
        ["ndcg", "precision", "recall", "map", "mrr", "hit"]
            .iter()
            .zip(self.sums)
            .map(|(name, sum)| (format!("{name}@{k}"), share(sum, self.lists as f64)))
            .collect()
    }
}

impl AddAssign for Means {
    fn add_assign(&mut self, other: Self) {
        self.lists += other.lists;
        for (sum, more) in self.sums.iter_mut().zip(other.sums) {
            *sum += more;
        }
    }
}

impl std::iter::Sum for Means {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), |mut all, one| {
            all += one;
            all
        })
    }
}

/// Share of `catalogue` items that appear in at least one list; `0 ..= 1`.
pub fn coverage<'a>(lists: impl IntoIterator<Item = &'a [u32]>, catalogue: usize) -> f64 {
    let mut seen = vec![false; catalogue];
    for &item in lists.into_iter().flatten() {
        if let Some(flag) = seen.get_mut(item as usize) {
            *flag = true;
        }
    }
    share(seen.iter().filter(|&&flag| flag).count() as f64, catalogue as f64)
}

/// Area under the ROC curve: the chance that a random positive scores above a random negative,
/// ties counted half. `None` when either class is absent. O(n log n). NaN scores sort last.
pub fn auc(scores: &[f32], is_positive: &[bool]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len().min(is_positive.len())).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let positives = order.iter().filter(|&&i| is_positive[i]).count() as f64;
    let negatives = order.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut rank_sum = 0.0;
    let mut from = 0;
    for group in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let mean_rank = from as f64 + (group.len() + 1) as f64 / 2.0;
        rank_sum += mean_rank * group.iter().filter(|&&i| is_positive[i]).count() as f64;
        from += group.len();
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}
