//! b_i = (G_SS + (λ + d·diag) I)⁻¹ G_Si for every target i, S = its K strongest co-occurring items.
//!
//! EASE for more items than a dense n³ solve can hold: each target's own ridge regression,
//! restricted to the sources that could matter (SLIM's feature selection, Ning & Karypis, ICDM
//! 2011, with EASE's squared loss). When K and the pairs kept reach all items, it is EASE exactly.
//!
//! Pairs are counted once and, per item, the `pairs` strongest kept, K of which become its sources;
//! a pair of sources is there when either side kept it, and counts 0 otherwise. A dropped pair can
//! cost positive definiteness; that target's ridge is then doubled until the solve passes.
//!
//! Time O(Σ_u |x_u|² + n (K·pairs + K³/3)) on all cores; memory 8 · n · (pairs + 2K) bytes and
//! 4K² + 5n per core. Left out: the elastic net's L1 term (K does the selecting).

use crate::{
    dense::solve_spd, error::FitError, models::item_weights::ItemWeights, progress::Progress,
    sparse::Csr, topk::top_k_of,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Options of local EASE.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LocalEaseOptions {
    /// λ > 0.
    pub ridge: f32,
    /// d ≥ 0: the ridge grows by this share of each source's own diagonal.
    pub dropout: f32,
    /// K: sources per target, ≥ 1.
    pub sources: usize,
    /// Pairs remembered per item, ≥ `sources` to be of use.
    pub pairs: usize,
}

impl Default for LocalEaseOptions {
    fn default() -> Self {
        Self { ridge: 100.0, dropout: 0.3, sources: 100, pairs: 400 }
    }
}

/// The strongest pair counts of every item: what the local solves read, kept so that a few targets
/// can be solved again after new facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// Row i: the counts of what item i kept, without the diagonal; i may not be kept by them.
    counts: Csr,
    /// Σ_u x_ui² per item.
    diagonal: Vec<f32>,
}

impl Pairs {
    /// Counts pairs of `history` (customers × items) and keeps the `keep` strongest of each item,
    /// strength being the cosine.
    ///
    #[must_use]
    pub fn count(history: &Csr, keep: usize) -> Self {
        let sums = history.map(|_, _, value| value * value).column_sums();
        let diagonal: Vec<f32> = sums.into_iter().map(|sum| sum as f32).collect();
        let counts = history.gram_rows(|item, row| {
            let others = row.iter().filter(|(other, count)| *other != item && *count != 0.0);
            let strength =
                others.map(|(other, count)| (other, count.abs() / diagonal[other as usize].sqrt()));
            let mut kept: Vec<u32> = top_k_of(strength, keep).into_iter().map(|p| p.0).collect();
            kept.sort_unstable();
            let place = |other: &u32| row.columns.binary_search(other).ok();
            let counts = kept.iter().filter_map(|other| Some((*other, row.values[place(other)?])));
            counts.collect()
        });
        Self { counts, diagonal }
    }

    /// Solves the regressions of `targets`; one list of `(source, weight)` each, sources
    /// ascending. This is also the cheap refresh: after new facts, count again and solve only the
    /// targets whose pairs changed.
    ///
    /// # Errors
    /// [`FitError::Input`] for senseless options, [`FitError::Cancelled`].
    pub fn solve(
        &self,
        targets: &[u32],
        options: LocalEaseOptions,
        progress: Progress<'_>,
    ) -> Result<Vec<Vec<(u32, f32)>>, FitError> {
        let LocalEaseOptions { ridge, dropout, sources, .. } = options;
        if !(ridge > 0.0 && dropout >= 0.0 && sources > 0) {
            return Err(FitError::Input(format!(
                "local ease with ridge {ridge}, dropout {dropout}, {sources} sources; want \
                 ridge > 0, dropout ≥ 0, sources ≥ 1"
            )));
        }
        let done = AtomicU64::new(0);
        let solve = |scratch: &mut Scratch, &target: &u32| {
            let before = done.fetch_add(1, Ordering::Relaxed);
            if before.is_multiple_of(256) {
                progress.step("local ease: solve", before, targets.len() as u64)?;
            }
            Ok(self.solve_one(target, options, scratch))
        };
        targets.par_iter().map_init(Scratch::default, solve).collect()
    }

    fn solve_one(
        &self,
        target: u32,
        options: LocalEaseOptions,
        scratch: &mut Scratch,
    ) -> Vec<(u32, f32)> {
        let row = self.counts.row(target as usize);
        let strength =
            row.iter().map(|(s, count)| (s, count.abs() / self.diagonal[s as usize].sqrt()));
        let mut chosen = top_k_of(strength, options.sources);
        chosen.sort_unstable_by_key(|(source, _)| *source);
        let size = chosen.len();
        let mut extra = 0.0;
        loop {
            scratch.matrix.clear();
            scratch.matrix.resize(size * size, 0.0);
            for (place, &(source, _)) in chosen.iter().enumerate() {
                let out = &mut scratch.matrix[place * size..(place + 1) * size];
                let own = self.diagonal[source as usize];
                gather(self.counts.row(source as usize), &chosen, out);
                out[place] = own + options.ridge + options.dropout * own + extra;
            }
            for place in 0..size {
                for other in 0..place {
                    let kept_by_other = scratch.matrix[other * size + place];
                    let cell = &mut scratch.matrix[place * size + other];
                    if *cell == 0.0 {
                        *cell = kept_by_other; // the lower triangle is what is solved
                    }
                }
            }
            scratch.right.clear();
            let counts = chosen.iter().map(|(s, _)| self.counts.value(target as usize, *s));
            scratch.right.extend(counts.map(|count| count.unwrap_or(0.0)));
            if solve_spd(&mut scratch.matrix, &mut scratch.right).is_ok() {
                let weights = scratch.right.iter().copied();
                return chosen.iter().map(|(source, _)| *source).zip(weights).collect();
            }
            extra = (extra + options.ridge) * 2.0;
        }
    }
}

#[derive(Default)]
struct Scratch {
    matrix: Vec<f32>,
    right: Vec<f32>,
}

/// Writes `row`'s values at the columns of `chosen` (both ascending) into `out`.
fn gather(row: crate::sparse::Row<'_>, chosen: &[(u32, f32)], out: &mut [f32]) {
    let mut cells = row.iter().peekable();
    for (slot, &(wanted, _)) in out.iter_mut().zip(chosen) {
        while cells.next_if(|(column, _)| *column < wanted).is_some() {}
        if let Some((_, value)) = cells.next_if(|(column, _)| *column == wanted) {
            *slot = value;
        }
    }
}

/// Counts pairs and solves every target.
///
/// # Errors
/// As [`Pairs::solve`].
pub fn fit(
    history: &Csr,
    options: LocalEaseOptions,
    progress: Progress<'_>,
) -> Result<ItemWeights, FitError> {
    progress.step("local ease: count pairs", 0, 1)?;
    let pairs = Pairs::count(history, options.pairs);
    let targets: Vec<u32> = (0..history.cols() as u32).collect();
    ItemWeights::from_targets(pairs.solve(&targets, options, progress)?)
}
