//! Which k are best?

use std::cmp::Ordering;

/// One answer of a search. Higher scores are better under every metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The caller's id.
    pub id: u32,
    /// How good: inner product, cosine in [-1, 1], minus the squared distance, or BM25 (≥ 0).
    pub score: f32,
}

/// Best first; equal scores in ascending order of id, so that answers repeat.
#[inline]
pub(crate) fn best_first(a: &Hit, b: &Hit) -> Ordering {
    b.score.total_cmp(&a.score).then(a.id.cmp(&b.id))
}

/// Keeps the `k` best hits offered to it, in order.
///
/// A sorted array: for the few dozen to few hundred kept here, moving a part of it costs less
/// than the unpredictable branches of a heap, and nearly every offer of a scan fails the first
/// comparison. O(1) per refused offer, O(k) per kept one.
#[derive(Debug, Clone)]
pub struct TopK {
    k: usize,
    floor: f32,
    hits: Vec<Hit>,
}

impl TopK {
    /// Room for the `k` best.
    #[must_use]
    pub fn new(k: usize) -> Self {
        let floor = if k == 0 { f32::INFINITY } else { f32::NEG_INFINITY };
        Self { k, floor, hits: Vec::with_capacity(k.min(4096)) }
    }

    /// Offers a hit; true if it is among the best so far. NaN scores are ignored.
    #[inline]
    pub fn offer(&mut self, id: u32, score: f32) -> bool {
        // `>=`: an equal score with a smaller id still belongs in.
        score >= self.floor && self.k > 0 && self.keep(Hit { id, score })
    }

    fn keep(&mut self, hit: Hit) -> bool {
        let at = self.hits.partition_point(|kept| best_first(kept, &hit) == Ordering::Less);
        if at >= self.k {
            return false;
        }
        if self.hits.len() == self.k {
            self.hits.pop();
        }
        self.hits.insert(at, hit);
        if self.hits.len() == self.k {
            self.floor = self.hits[self.k - 1].score;
        }
        true
    }

    /// The score that an offer must reach to be kept; minus infinity while there is room.
    #[inline]
    #[must_use]
    pub fn floor(&self) -> f32 {
        self.floor
    }

    /// How many are kept at most.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// Whether `k` hits are kept.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.hits.len() >= self.k
    }

    /// The best, best first.
    #[must_use]
    pub fn into_hits(self) -> Vec<Hit> {
        self.hits
    }
}
