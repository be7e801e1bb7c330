//! How likely is this row, or which of these rows comes first? Boosted decision trees.
//!
//! Each round fits one tree to the gradients `g` and curvatures `h` of the loss at the present
//! scores (Friedman 2001; second order as in Chen, Guestrin, "XGBoost", KDD 2016):
//!
//! ```text
//! leaf value   w = −G / (H + λ)        G, H = sums of g, h over the leaf's rows
//! split gain   G_l² / (H_l + λ) + G_r² / (H_r + λ) − G² / (H + λ)
//! ```
//!
//! Trees grow best leaf first on histograms of at most 254 bins per feature, a sibling's histogram
//! is its parent's minus the other's (Ke et al., "LightGBM", NIPS 2017). A missing value (any that
//! is not finite) goes the way that gains more. Monotone features bound the leaves below them by
//! the middle of a split's two values. Ranking uses LambdaRank (Burges 2010) with LightGBM's
//! normalisation. Left out: categories as such (encode them by what was known before the row),
//! GOSS, feature bundling, dart.
//!
//! Serving is its own small thing: a [`Forest`] is one flat array of 8-byte nodes, scored block by
//! block without a branch on the data, and every score can be taken apart by feature.
//!
//! Cost of fitting: `rows · features` bytes of bins + 20 bytes a row; time per tree about
//! `2 · rows · features` histogram additions over all cores. The same seed and rows give the same
//! forest, whatever the number of threads.
//!
//! docs/decisions/0003-boosted-trees.md says why this is ours and not a crate.

mod bins;
mod explain;
mod fit;
mod forest;
mod grow;
mod histogram;
mod objective;
#[cfg(test)]
mod tests;

pub use fit::Fitted;
pub use forest::{Forest, TreeScratch};
pub use objective::Objective;

use crate::error::FitError;
use serde::{Deserialize, Serialize};

/// Rows to fit or to judge on; borrowed.
#[derive(Debug, Clone, Copy)]
pub struct TreeRows<'a> {
    /// Row-major, `rows × feature_count`; a value that is not finite is missing.
    pub features: &'a [f32],
    /// Features per row, 1..=32 767.
    pub feature_count: usize,
    /// One label per row: 0 or 1 for log-loss, a grade ≥ 0 (at most 31) for ranking, any finite
    /// number for squared error.
    pub labels: &'a [f32],
    /// One weight ≥ 0 per row, or empty: all 1.
    pub weights: &'a [f32],
    /// Sizes of consecutive groups of rows that are ranked against each other; needed by
    /// [`Objective::LambdaRank`] only.
    pub groups: &'a [u32],
}

/// How trees are grown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeOptions {
    /// What is minimised.
    pub objective: Objective,
    /// Most trees, ≥ 1. Early stopping usually keeps fewer.
    pub trees: usize,
    /// Share of each tree's answer that is added, in (0, 1]. Lower is better and slower.
    pub learning_rate: f32,
    /// Most leaves of a tree, 2..=32 767.
    pub leaves: usize,
    /// Deepest leaf, ≥ 1; it bounds the time to score, see [`Forest::score`].
    pub depth: usize,
    /// Fewest rows of a leaf, ≥ 1.
    pub leaf_rows: u32,
    /// Smallest curvature sum of a leaf, ≥ 0.
    pub leaf_curvature: f32,
    /// λ: pulls leaf values to 0, ≥ 0.
    pub ridge: f32,
    /// Smallest gain of a split, ≥ 0.
    pub gain: f32,
    /// Bins per feature, 2..=254.
    pub bins: usize,
    /// Share of the rows (of whole groups, when ranking) each tree sees, in (0, 1].
    pub row_share: f32,
    /// Share of the features each tree sees, in (0, 1].
    pub feature_share: f32,
    /// Per feature +1 = the score may only rise with it, −1 = only fall, 0 = free; or empty.
    pub monotone: Vec<i8>,
    /// Rounds without a better validation loss before stopping, ≥ 1.
    pub patience: usize,
    /// Seed of the row and feature samples.
    pub seed: u64,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self {
            objective: Objective::LogLoss,
            trees: 500,
            learning_rate: 0.05,
            leaves: 31,
            depth: 7,
            leaf_rows: 50,
            leaf_curvature: 1e-3,
            ridge: 1.0,
            gain: 0.0,
            bins: 254,
            row_share: 1.0,
            feature_share: 1.0,
            monotone: Vec::new(),
            patience: 30,
            seed: 1,
        }
    }
}

impl TreeRows<'_> {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    fn weight(&self, row: usize) -> f32 {
        self.weights.get(row).copied().unwrap_or(1.0)
    }

    fn check(&self, objective: Objective) -> Result<(), FitError> {
        let wrong = |what: String| Err(FitError::Input(format!("trees: {what}")));
        let (rows, features) = (self.len(), self.feature_count);
        if rows == 0 || rows > u32::MAX as usize || !(1..=32_767).contains(&features) {
            return wrong(format!("{rows} rows of {features} features"));
        }
        if self.features.len() != rows * features {
            return wrong(format!("{} values, want {rows} × {features}", self.features.len()));
        }
        if !self.weights.is_empty() && self.weights.len() != rows {
            return wrong(format!("{} weights for {rows} rows", self.weights.len()));
        }
        if let Some(row) = self.weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
            return wrong(format!("weight {} of row {row}", self.weights[row]));
        }
        if let Some(row) = self.labels.iter().position(|label| !objective.allows(*label)) {
            return wrong(format!("label {} of row {row} under {objective:?}", self.labels[row]));
        }
        let grouped: u64 = self.groups.iter().map(|&size| u64::from(size)).sum();
        if matches!(objective, Objective::LambdaRank { .. }) && grouped != rows as u64 {
            return wrong(format!("groups hold {grouped} of {rows} rows"));
        }
        Ok(())
    }
}

impl TreeOptions {
    fn check(&self, feature_count: usize) -> Result<(), FitError> {
        let share = |value: f32| value > 0.0 && value <= 1.0;
        let rules = [
            (self.trees >= 1, "trees"),
            (share(self.learning_rate), "learning_rate"),
            ((2..=32_767).contains(&self.leaves), "leaves"),
            (self.depth >= 1, "depth"),
            (self.leaf_rows >= 1, "leaf_rows"),
            (self.leaf_curvature >= 0.0, "leaf_curvature"),
            (self.ridge >= 0.0, "ridge"),
            (self.gain >= 0.0, "gain"),
            ((2..=254).contains(&self.bins), "bins"),
            (share(self.row_share), "row_share"),
            (share(self.feature_share), "feature_share"),
            (self.monotone.is_empty() || self.monotone.len() == feature_count, "monotone"),
            (self.patience >= 1, "patience"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, option)) => Err(FitError::Input(format!("trees: {option} is out of range"))),
            None => Ok(()),
        }
    }

    fn direction(&self, feature: usize) -> i8 {
        self.monotone.get(feature).copied().unwrap_or(0).signum()
    }
}
