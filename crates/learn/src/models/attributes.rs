//! Which items are alike by what is written on them?
//!
//! ```text
//! z_ia    = v_ia / √c_a, then each row scaled to length 1
//! score(j) = Σ_i exp(−age_i / ask_decay) z_i · z_j
//! ```
//!
//! v_ia: the weight of attribute a (brand, category, …) on item i; c_a: how many items carry it, so
//! that a shared brand tells more than a shared department (an inverse frequency, as in Salton &
//! Buckley 1988). Items without any order or click are reached too. 16 bytes per attribute of an
//! item; an ask costs the carriers of the attributes of the recent items.

use crate::sparse::{Accumulator, Csr};
use serde::{Deserialize, Serialize};

/// Rows scaled to length 1 (empty rows stay empty), entries of rare attributes first raised: the
/// entry of an attribute that c items carry is divided by √c.
pub(super) fn unit_rows(attributes: &Csr) -> Csr {
    let counts = attributes.column_counts();
    let rare = attributes.map(|_, column, value| value / (counts[column as usize] as f32).sqrt());
    let lengths: Vec<f32> = rare
        .iter()
        .map(|row| row.values.iter().map(|value| value * value).sum::<f32>().sqrt())
        .collect();
    rare.map(|row, _, value| value / lengths[row as usize].max(f32::MIN_POSITIVE))
}

/// Likeness of items by attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeKernel {
    /// items × attributes, rows of length 1.
    items: Csr,
    /// Its transpose.
    carriers: Csr,
    ask_decay: f32,
}

impl AttributeKernel {
    /// From items × attributes (weights ≥ 0); `ask_decay` > 0 as in
    /// [`super::sequence_map::SequenceMap`].
    pub fn new(attributes: &Csr, ask_decay: f32) -> Self {
        let items = unit_rows(attributes);
        let carriers = items.transpose();
        Self { items, carriers, ask_decay }
    }

    /// The same likeness asked with another decay of ages (> 0, in the unit of the ages).
    #[must_use]
    pub fn with_ask_decay(mut self, ask_decay: f32) -> Self {
        self.ask_decay = ask_decay;
        self
    }

    /// Number of items known.
    pub fn item_count(&self) -> usize {
        self.items.rows()
    }

    /// Likeness of two items, 0 ..= 1 (1 = the same attributes).
    pub fn likeness(&self, left: u32, right: u32) -> f32 {
        let right = self.items.row(right as usize);
        let shared = self.items.row(left as usize).iter().filter_map(|(attribute, value)| {
            let slot = right.columns.binary_search(&attribute).ok()?;
            Some(value * right.values[slot])
        });
        shared.sum()
    }

    /// Adds the score of every item to `out` (length `item_count`) for `recent`
    /// pairs of `(item, age)`; unknown items are skipped. `profile` is room for the attributes and
    /// is left empty.
    pub fn score_into(&self, recent: &[(u32, f32)], profile: &mut Accumulator, out: &mut [f32]) {
        for &(item, age) in recent.iter().filter(|(item, _)| (*item as usize) < self.items.rows()) {
            profile.add_row(self.items.row(item as usize), (-age / self.ask_decay).exp());
        }
        let (attributes, sums) = profile.take();
        for (attribute, sum) in attributes.into_iter().zip(sums) {
            for (item, value) in self.carriers.row(attribute as usize).iter() {
                out[item as usize] += sum * value;
            }
        }
    }

    /// An empty profile for [`Self::score_into`], to be reused.
    pub fn profile(&self) -> Accumulator {
        Accumulator::new(self.items.cols())
    }
}

#[cfg(test)]
mod tests;
