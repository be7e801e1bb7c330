//! What can be set on the sequential linear model?

use crate::error::FitError;
use serde::{Deserialize, Serialize};

/// How the normal equations are solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Solve {
    /// One n × n inverse: exact, 8 n² bytes, n³ time.
    Dense,
    /// Per item, a small ridge over its most telling predecessors; the same answer as `Dense`
    /// when `candidates` reaches the item count and nothing beyond two steps matters.
    Local {
        /// Predecessors per item, ≥ 1.
        candidates: usize,
    },
}

/// Options of [`super::fit`]; `Default` suits shops with some ten events per customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SlistOptions {
    /// α, share of the consistency part, 0 (order is all) ..= 1 (order is nothing: then EASE).
    pub consistency: f32,
    /// λ, > 0. Larger is nearer to counting transitions; 30–100 on sparse shops, less on dense
    /// ones.
    pub ridge: f32,
    /// β, ≥ 0: weight of the attribute rows, each item's row scaled to length 1. 0 = not used.
    pub attribute_weight: f32,
    /// Places after which a past event counts 1/e while fitting, > 0; infinity = all alike.
    pub past_decay: f32,
    /// Places after which a future event counts 1/e while fitting, > 0; near 0 = only the next.
    pub future_decay: f32,
    /// Days between two events after which the earlier counts 1/e, > 0; infinity = time is nothing.
    pub gap_decay_days: f32,
    /// Days before the newest event after which a whole list counts 1/e, > 0; infinity = never.
    pub list_decay_days: f32,
    /// ξ: the largest weight from an item to itself; 0 forbids it, infinity leaves it free.
    pub self_weight: f32,
    /// Age in the ask after which an item counts 1/e, > 0, in the unit of the ages (places).
    pub ask_decay: f32,
    /// Latest events of a list that are looked at, ≥ 2: cost is quadratic in it.
    pub longest: usize,
    /// Weights kept per row, largest in modulus first, ≥ 1; the item count keeps all.
    pub keep: usize,
    /// How to solve.
    pub solve: Solve,
}

impl Default for SlistOptions {
    fn default() -> Self {
        Self {
            consistency: 0.3,
            ridge: 50.0,
            attribute_weight: 0.0,
            past_decay: 1.0,
            future_decay: 1.0,
            gap_decay_days: f32::INFINITY,
            list_decay_days: f32::INFINITY,
            self_weight: f32::INFINITY,
            ask_decay: 2.5,
            longest: 50,
            keep: 1000,
            solve: Solve::Dense,
        }
    }
}

impl SlistOptions {
    pub(in crate::models) fn check(&self) -> Result<(), FitError> {
        let positive = [
            ("ridge", self.ridge),
            ("past_decay", self.past_decay),
            ("future_decay", self.future_decay),
            ("gap_decay_days", self.gap_decay_days),
            ("list_decay_days", self.list_decay_days),
            ("ask_decay", self.ask_decay),
        ];
        if let Some((name, value)) =
            positive.iter().find(|(_, value)| value.is_nan() || *value <= 0.0)
        {
            return Err(FitError::Input(format!("slist {name} is {value}, want above 0")));
        }
        if !(0.0..=1.0).contains(&self.consistency) {
            let value = self.consistency;
            return Err(FitError::Input(format!("slist consistency is {value}, want 0 ..= 1")));
        }
        let free = [self.attribute_weight, self.self_weight];
        if free.iter().any(|value| value.is_nan() || *value < 0.0)
            || !self.attribute_weight.is_finite()
            || !self.ridge.is_finite()
        {
            return Err(FitError::Input(
                "slist attribute_weight and self_weight must be 0 or more, ridge finite".into(),
            ));
        }
        let local = match self.solve {
            Solve::Dense => 1,
            Solve::Local { candidates } => candidates,
        };
        if self.longest < 2 || self.keep == 0 || local == 0 {
            return Err(FitError::Input(
                "slist wants longest of 2 or more, keep and candidates of 1 or more".into(),
            ));
        }
        Ok(())
    }
}
