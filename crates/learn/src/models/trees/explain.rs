//! Which features made a row's score what it is?
//!
//! Path attribution (Saabas 2014): walking down a tree, the change of the mean answer at each step
//! belongs to the feature that was asked. The parts telescope, so bias + parts = score, at the cost
//! of one walk. Left out: TreeSHAP, whose parts do not depend on the order of a path's questions;
//! it costs leaves × depth² per tree, a thousand times a walk.

use super::forest::{Forest, step};

impl Forest {
    /// What made the raw score of `row`: returns the mean raw score of the training rows, the bias,
    /// and leaves in `parts[f]` what feature `f` added; bias + Σ parts is the row's raw score within
    /// rounding.
    pub fn contributions(&self, row: &[f32], parts: &mut Vec<f64>) -> f64 {
        parts.clear();
        parts.resize(self.feature_count(), 0.0);
        let mut bias = f64::from(self.base);
        for (_, nodes, values) in self.iter() {
            bias += f64::from(values[0]);
            let mut at = 0;
            while let Some((feature, next)) = step(nodes, at, row) {
                parts[feature] += f64::from(values[next]) - f64::from(values[at]);
                at = next;
            }
        }
        bias
    }
}
