//! How are the scores of several models brought together?
//!
//! score(u, i) = Σ_m weight_m · (s_m(u, i) − mean_m(u)) / sd_m(u), mean and deviation over the items
//! the customer does not have yet: scores of different scales become comparable and no model can
//! shout. Weights are not negative: models that see the same facts would otherwise cancel each
//! other on the validation part and nowhere else.

use super::{Known, channels::Channel};
use learn::{
    error::FitError,
    progress::Progress,
    search::{Dial, Effort, Found, Scale, search},
    sparse::Csr,
};
use rayon::prelude::*;

/// A score for every customer and item, row-major.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scores {
    pub(super) items: usize,
    pub(super) cells: Vec<f32>,
}

impl Scores {
    /// Scores of all items for one customer.
    pub(super) fn row(&self, customer: usize) -> &[f32] {
        &self.cells[customer * self.items..(customer + 1) * self.items]
    }

    /// Per customer, mean 0 and deviation 1 over the items that `train` does not hold.
    pub(super) fn standardise(mut self, train: &Csr) -> Self {
        let rows = self.cells.par_chunks_mut(self.items.max(1)).enumerate();
        rows.for_each(|(customer, row)| {
            let own = train.row(customer).columns;
            let (mut sum, mut squares) = (0_f64, 0_f64);
            let mut add = |value: f32, sign: f64| {
                sum += sign * f64::from(value);
                squares += sign * f64::from(value) * f64::from(value);
            };
            row.iter().for_each(|value| add(*value, 1.0));
            own.iter().for_each(|item| add(row[*item as usize], -1.0));
            let count = (row.len() - own.len()).max(1) as f64;
            let mean = sum / count;
            let deviation = (squares / count - mean * mean).max(1e-12).sqrt();
            for value in row {
                *value = ((f64::from(*value) - mean) / deviation) as f32;
            }
        });
        self
    }
}

/// Σ weight · standardised scores.
pub(super) fn blend(parts: &[&Scores], weights: &[f64]) -> Option<Scores> {
    let first = parts.first()?;
    let mut cells = vec![0_f32; first.cells.len()];
    for (part, &weight) in parts.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        for (cell, value) in cells.iter_mut().zip(&part.cells) {
            *cell += weight as f32 * value;
        }
    }
    Some(Scores { items: first.items, cells })
}

/// Searches one channel's dials; `tuning` holds a training part, its validation part, and a seed.
pub(super) fn search_channel(
    channel: &Channel,
    tuning: &[(Known, u64)],
    progress: Progress<'_>,
) -> Result<Found, FitError> {
    let effort = Effort { seed: 1, random: 12, rounds: 2 };
    let what = format!("search: {}", channel.name);
    search(&what, channel.dials, channel.found, effort, progress, |at| {
        let values = tuning.iter().map(|(known, seed)| {
            let scores = (channel.fit)(known, at, *seed)?;
            Ok(known.judge_valid(&scores).ndcg())
        });
        let values: Vec<f64> = values.collect::<Result<_, FitError>>()?;
        Ok(values.iter().sum::<f64>() / values.len() as f64)
    })
}

/// Searches the blend weights of `parts[t][m]`: for every tuning part the standardised scores of
/// every model.
pub(super) fn search_weights(
    names: &[&'static str],
    start: &[f64],
    tuning: &[(Known, u64)],
    parts: &[Vec<Scores>],
    progress: Progress<'_>,
) -> Result<Found, FitError> {
    let dials: Vec<Dial> = names
        .iter()
        .map(|&name| Dial { name, low: 0.0, high: 1.5, scale: Scale::Linear })
        .collect();
    let effort = Effort { seed: 1, random: 0, rounds: 5 };
    search("search: blend", &dials, start, effort, progress, |weights| {
        let values = tuning.iter().zip(parts).filter_map(|((known, _), parts)| {
            let parts: Vec<&Scores> = parts.iter().collect();
            Some(known.judge_valid(&blend(&parts, weights)?).ndcg())
        });
        Ok(values.sum::<f64>() / tuning.len() as f64)
    })
}
