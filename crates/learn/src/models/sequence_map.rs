//! What should come next for this history, by a sparse map from items to items?
//!
//! ```text
//! score(j) = Σ_i exp(−age_i / ask_decay) W_ij
//! ```
//!
//! The served form of [`super::slist`] and [`super::transition`]: they differ in how W is found,
//! not in how it is asked. 8 bytes per weight; an ask costs the rows of the recent items.

use crate::{
    sparse::{Accumulator, Csr, Row},
    topk::top_k_of,
};
use serde::{Deserialize, Serialize};

/// A fitted map from what was touched to what comes next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SequenceMap {
    /// items × items; row i holds what item i says about every other.
    weights: Csr,
    /// Age at which an item in the ask counts 1/e.
    ask_decay: f32,
}

impl SequenceMap {
    /// A map of items × items `weights`, asked with `ask_decay` > 0 in the unit of the ages.
    pub(super) fn new(weights: Csr, ask_decay: f32) -> Self {
        Self { weights, ask_decay }
    }

    /// Number of items known.
    pub fn item_count(&self) -> usize {
        self.weights.rows()
    }

    /// The map: row i, column j = what having touched i says about j.
    pub fn weights(&self) -> &Csr {
        &self.weights
    }

    /// The same map asked with another decay of ages (> 0, in the unit of the ages).
    #[must_use]
    pub fn with_ask_decay(mut self, ask_decay: f32) -> Self {
        self.ask_decay = ask_decay;
        self
    }

    /// Bytes held while serving.
    pub fn state_bytes(&self) -> usize {
        8 * (self.weights.nnz() + self.weights.rows() + 1)
    }

    /// How much an item of this age (≥ 0; 0 = the latest) counts.
    pub fn age_weight(&self, age: f32) -> f32 {
        (-age / self.ask_decay).exp()
    }

    /// Adds the score of every item to `out` (length `item_count`) for `recent` pairs of
    /// `(item, age)`; items the map does not know are skipped. O(|recent| · keep).
    pub fn score_into(&self, recent: &[(u32, f32)], out: &mut [f32]) {
        for (weight, row) in self.rows_of(recent) {
            for (column, value) in row.iter() {
                out[column as usize] += weight * value;
            }
        }
    }

    /// The `k` best items as `(item, score)`, best first, without those that `is_excluded`.
    /// Touches only the rows asked for: `sums` is left empty for the next ask.
    pub fn recommend(
        &self,
        recent: &[(u32, f32)],
        k: usize,
        sums: &mut Accumulator,
        is_excluded: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        for (weight, row) in self.rows_of(recent) {
            sums.add_row(row, weight);
        }
        let (columns, values) = sums.take();
        let free = columns.into_iter().zip(values).filter(|(item, _)| !is_excluded(*item));
        top_k_of(free, k)
    }

    /// The scores of the caller's `candidates`, in their order. O(|recent| · |candidates| · log
    /// keep).
    pub fn score_candidates(&self, recent: &[(u32, f32)], candidates: &[u32]) -> Vec<f32> {
        candidates
            .iter()
            .map(|&item| self.parts(recent, item).map(|(_, part)| part).sum())
            .collect()
    }

    /// What each recent item adds to the score of `item`: `(recent item, part)`, in the order of
    /// `recent`, zeros left out; the parts sum to the score.
    pub fn explain_score(&self, recent: &[(u32, f32)], item: u32) -> Vec<(u32, f32)> {
        self.parts(recent, item).collect()
    }

    fn parts<'a>(
        &'a self,
        recent: &'a [(u32, f32)],
        item: u32,
    ) -> impl Iterator<Item = (u32, f32)> + 'a {
        recent.iter().filter_map(move |&(from, age)| {
            let known = (from as usize) < self.weights.rows();
            let weight = known.then(|| self.weights.value(from as usize, item)).flatten()?;
            Some((from, weight * self.age_weight(age)))
        })
    }

    fn rows_of<'a>(
        &'a self,
        recent: &'a [(u32, f32)],
    ) -> impl Iterator<Item = (f32, Row<'a>)> + 'a {
        recent
            .iter()
            .filter(|(item, _)| (*item as usize) < self.weights.rows())
            .map(|&(item, age)| (self.age_weight(age), self.weights.row(item as usize)))
    }
}
