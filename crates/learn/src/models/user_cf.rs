//! score(i) = Σ over the n nearest customers v of likeness(u, v)^q · x_vi.
//!
//! likeness = (Σ_i x_ui x_vi / pop_i^d) / (|x_u| |x_v|)^p, so that p = ½ and d = 0 is the cosine.
//! Resnick et al., "GroupLens", CSCW 1994; the discount of popular items is Breese et al.'s inverse
//! frequency (UAI 1998); the power q sharpens the neighbourhood. Left out: rating means, because
//! the histories here are implicit.
//!
//! Nothing is fitted but two index views of the same histories; a new history needs no training.
//! Memory 16 bytes per interaction; one score O(Σ over the history of customers per item).

use crate::{
    error::FitError,
    sparse::{Accumulator, Csr},
    topk::top_k_of,
};
use serde::{Deserialize, Serialize};

/// Options of customer-to-customer CF.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UserCfOptions {
    /// Nearest customers used, ≥ 1.
    pub neighbours: usize,
    /// p: how strongly long histories are discounted, 0 ..= 1.
    pub size_power: f32,
    /// d: how strongly popular items are discounted in the likeness, 0 ..= 1.
    pub popularity_power: f32,
    /// q: how much nearer customers count more, > 0.
    pub sharpness: f32,
}

impl Default for UserCfOptions {
    fn default() -> Self {
        Self { neighbours: 100, size_power: 0.5, popularity_power: 0.3, sharpness: 1.0 }
    }
}

/// The histories, indexed both ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserCf {
    options: UserCfOptions,
    by_customer: Csr,
    /// Items × customers, each value already divided by pop_i^d.
    by_item: Csr,
    /// |x_v|^(2p) per customer.
    sizes: Vec<f32>,
}

impl UserCf {
    /// Indexes `history`, customers × items.
    ///
    /// # Errors
    /// [`FitError::Input`] when no neighbour is allowed.
    pub fn fit(history: &Csr, options: UserCfOptions) -> Result<Self, FitError> {
        if options.neighbours == 0 {
            return Err(FitError::Input("0 neighbours, want at least 1".to_owned()));
        }
        let counts = history.column_counts();
        let discounted = history.map(|_, item, value| {
            value / (counts[item as usize] as f32).powf(options.popularity_power)
        });
        let sizes = history.iter().map(|row| size(row.values, options.size_power)).collect();
        let by_item = discounted.transpose();
        Ok(Self { options, by_customer: history.clone(), by_item, sizes })
    }

    /// The nearest customers to a history, nearest first, without `own` (the row the history
    /// itself has in the index, if any). `sums` is scratch of as many columns as customers.
    pub fn neighbours(
        &self,
        history: &[(u32, f32)],
        own: Option<u32>,
        sums: &mut Accumulator,
    ) -> Vec<(u32, f32)> {
        let known = history.iter().filter(|(item, _)| (*item as usize) < self.by_item.rows());
        for &(item, weight) in known {
            sums.add_row(self.by_item.row(item as usize), weight);
        }
        let (customers, overlaps) = sums.take();
        let values: Vec<f32> = history.iter().map(|(_, weight)| *weight).collect();
        let own_size = size(&values, self.options.size_power);
        let likenesses = customers.into_iter().zip(overlaps).filter(|(v, _)| Some(*v) != own);
        let scaled = likenesses.map(|(v, overlap)| {
            let scale = (own_size * self.sizes[v as usize]).max(f32::MIN_POSITIVE);
            (v, (overlap / scale).powf(self.options.sharpness))
        });
        top_k_of(scaled, self.options.neighbours)
    }

    /// Adds the score of every item to `out` (length = items).
    pub fn score_into(
        &self,
        history: &[(u32, f32)],
        own: Option<u32>,
        sums: &mut Accumulator,
        out: &mut [f32],
    ) {
        for (neighbour, likeness) in self.neighbours(history, own, sums) {
            for (item, value) in self.by_customer.row(neighbour as usize).iter() {
                out[item as usize] += likeness * value;
            }
        }
    }

    /// Scratch for [`Self::score_into`]; one per thread.
    pub fn scratch(&self) -> Accumulator {
        Accumulator::new(self.by_customer.rows())
    }
}

/// |x|^(2p).
fn size(values: &[f32], power: f32) -> f32 {
    values.iter().map(|value| value * value).sum::<f32>().powf(power)
}
