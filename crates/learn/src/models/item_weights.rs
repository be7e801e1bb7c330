//! score(i) = Σ over j in the history of x_j · W[j][i]: the serving shape of item-to-item models.
//!
//! Item CF, local EASE and truncated dense EASE all end here. For every *target* item the strongest
//! sources are kept, then the lists are turned round, so that serving walks the rows of the
//! history's items and touches nothing else. Explaining is the same sum, not yet summed.

use crate::{
    error::FitError,
    sparse::{Accumulator, Csr, Row},
    topk::top_k_of,
};
use serde::{Deserialize, Serialize};

/// Sparse item-to-item weights. Memory: 8 (items + 1) + 8 · stored weights bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemWeights {
    /// Row = source item (in the history), column = target item (to be scored).
    by_source: Csr,
}

impl ItemWeights {
    /// From one list of `(source, weight)` per target item.
    ///
    /// # Errors
    /// [`FitError::Input`] when a source is not an item.
    pub fn from_targets(targets: Vec<Vec<(u32, f32)>>) -> Result<Self, FitError> {
        Ok(Self::of(&Csr::from_rows(targets.len(), targets)?))
    }

    /// The same from a matrix with a row per target and a column per source.
    pub(crate) fn of(targets: &Csr) -> Self {
        Self { by_source: targets.transpose() }
    }

    /// The matrix itself: row = source, column = target.
    pub fn into_rows(self) -> Csr {
        self.by_source
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.by_source.rows()
    }

    /// Number of stored weights.
    pub fn stored(&self) -> usize {
        self.by_source.nnz()
    }

    /// The targets that `source` speaks for, targets ascending. Panics when it is no item.
    pub fn row(&self, source: u32) -> Row<'_> {
        self.by_source.row(source as usize)
    }

    /// Adds the score of every item to `out` (length = items). History entries beyond the items
    /// known at training are skipped. O(Σ row lengths of the history).
    pub fn score_into(&self, history: &[(u32, f32)], out: &mut [f32]) {
        for (source, weight) in self.known(history) {
            for (target, value) in self.row(source).iter() {
                out[target as usize] += weight * value;
            }
        }
    }

    /// Scores of the items that the history reaches, targets ascending; the others score 0.
    /// `sums` is scratch of `items` columns, left empty.
    pub fn candidates(
        &self,
        history: &[(u32, f32)],
        sums: &mut Accumulator,
    ) -> (Vec<u32>, Vec<f32>) {
        for (source, weight) in self.known(history) {
            sums.add_row(self.row(source), weight);
        }
        sums.take()
    }

    /// What each history item adds to the score of `target`, largest first; the parts sum to the
    /// score that [`Self::score_into`] gives.
    pub fn explain(&self, history: &[(u32, f32)], target: u32) -> Vec<(u32, f32)> {
        let parts = self.known(history).filter_map(|(source, weight)| {
            self.by_source.value(source as usize, target).map(|value| (source, weight * value))
        });
        top_k_of(parts, history.len())
    }

    fn known<'a>(&self, history: &'a [(u32, f32)]) -> impl Iterator<Item = (u32, f32)> + 'a {
        let items = self.items();
        history.iter().copied().filter(move |(source, _)| (*source as usize) < items)
    }
}
