//! Which features made a row's score what it is?
//!
//! Path attribution (Saabas 2014): walking down a tree, the change of the mean answer at each step
//! belongs to the feature that was asked. The parts telescope, so bias + parts = score, at the cost
//! of one walk. Left out: TreeSHAP, whose parts do not depend on the order of a path's questions;
//! it costs leaves × depth² per tree, a thousand times a walk.

use super::forest::{Forest, step};

/// Trees walked side by side, to hide how long each step waits for its node.
const ABREAST: usize = 8;

impl Forest {
    /// What made the raw score of `row`: returns the mean raw score of the training rows, the bias,
    /// and leaves in `parts[f]` what feature `f` added; bias + Σ parts is the row's raw score within
    /// rounding.
    pub fn contributions(&self, row: &[f32], parts: &mut Vec<f64>) -> f64 {
        parts.clear();
        parts.resize(self.feature_count(), 0.0);
        let mut bias = f64::from(self.base);
        for trees in self.trees.chunks(ABREAST) {
            let depth = trees.iter().map(|tree| tree.depth).max().unwrap_or(0);
            let mut at = [0_usize; ABREAST];
            for (at, tree) in at.iter_mut().zip(trees) {
                *at = tree.first as usize;
                bias += f64::from(self.values[*at]);
            }
            for _ in 0..depth {
                for (at, tree) in at.iter_mut().zip(trees) {
                    let (feature, next) = step(&self.nodes, tree.first as usize, *at, row);
                    // Nothing in a leaf, which leads to itself.
                    parts[feature] += f64::from(self.values[next]) - f64::from(self.values[*at]);
                    *at = next;
                }
            }
        }
        bias
    }
}
