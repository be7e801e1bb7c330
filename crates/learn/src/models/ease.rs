//! B = I − P · diag(1 / diag P), P = (G + λI + d · diag G)⁻¹: a linear item model in closed form.
//!
//! score(u, i) = Σ_j x_uj B_ji with B_ii = 0. G = Σ_u w_u x_u x_uᵀ over customers u. λ is the ridge
//! of Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019); d is the dropout of
//! Steck, "Autoencoders that don't overfit towards the identity" (NeurIPS 2020), d = p / (1 − p).
//!
//! Two weightings of ours change G and nothing else, so they cost nothing at serving time:
//! * w_u = (mean length / length of u)^power keeps a few very long histories from ruling;
//! * the pair (i, j) of one customer may count (far + exp(−|t_i − t_j| / near_s)) / (far + 1), so
//!   that what was touched in one sitting is tied more closely than what is years apart. The
//!   kernel is positive definite, so G stays a Gram matrix and the solve stays safe.
//!
//! Time n³ / 2 multiplies for the inverse of n items plus the pairs of all histories; memory 3 · 4n²
//! bytes while solving, 4n² after. Beyond what that can hold use `local_ease`. Left out: the
//! low-rank refinements of the second paper, which need more solves than they gain here.

use crate::{
    dense::add_scaled,
    error::FitError,
    models::item_weights::ItemWeights,
    progress::Progress,
    sequences::{Sequence, Sequences},
    sparse::{Csr, Row},
    topk::top_k_of,
};
use faer::{
    Accum, MatMut, Par, Spec,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{cholesky::llt, matmul::triangular, triangular_inverse},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Options of the solve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EaseOptions {
    /// λ > 0, in units of the diagonal of G (customers per item).
    pub ridge: f32,
    /// d ≥ 0: the ridge grows by this share of each item's own diagonal.
    pub dropout: f32,
}

impl Default for EaseOptions {
    fn default() -> Self {
        Self { ridge: 200.0, dropout: 0.3 }
    }
}

/// How pairs of one customer count by their distance in time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Nearness {
    /// Seconds after which nearness has fallen to 1/e, > 0.
    pub near_s: f32,
    /// Weight of a pair however far apart, against 1 for nearness itself; ≥ 0.
    pub far: f32,
}

impl Nearness {
    fn weight(self, gap_s: i64) -> f32 {
        (self.far + (-(gap_s.unsigned_abs() as f32) / self.near_s).exp()) / (self.far + 1.0)
    }
}

/// The n × n Gram matrix that a solve needs, kept so that new facts can be added.
///
/// Adding and taking away histories is exact up to rounding: after any number of
/// [`Gram::replace`] calls, a solve equals the solve of a Gram built from scratch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gram {
    items: usize,
    /// Row-major, symmetric.
    cells: Vec<f32>,
}

impl Gram {
    /// Of no history, over `items` items. 4 · items² bytes.
    pub fn empty(items: usize) -> Self {
        Self { items, cells: vec![0.0; items * items] }
    }

    /// Σ_u w_u x_u x_uᵀ with w_u = (mean length / length of u)^`length_power`.
    pub fn of(history: &Csr, length_power: f32) -> Self {
        let mean = history.nnz() as f32 / history.rows().max(1) as f32;
        let scale = |len: usize| (mean / len.max(1) as f32).powf(length_power / 2.0);
        let scaled = history.map(|row, _, value| value * scale(history.row(row as usize).len()));
        Self { items: history.cols(), cells: scaled.gram() }
    }

    /// Σ_u over pairs of u's events of their weights times `nearness` of their times. Each list
    /// should hold an item at most once. All cores; O(Σ_u |x_u|²).
    pub fn near_in_time(lists: &Sequences, nearness: Nearness) -> Self {
        let items = lists.item_count();
        let mut by_item = vec![Vec::new(); items];
        for (list, sequence) in lists.iter().enumerate() {
            for event in sequence.iter() {
                by_item[event.item as usize].push((list, event));
            }
        }
        let mut gram = Self::empty(items);
        gram.cells.par_chunks_mut(items.max(1)).zip(&by_item).for_each(|(out, holders)| {
            for (list, own) in holders {
                for other in lists.list(*list).iter() {
                    let near = nearness.weight(own.at_s - other.at_s);
                    out[other.item as usize] += own.weight * other.weight * near;
                }
            }
        });
        gram
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How much `item` goes with every item; its own weight at its own place.
    pub fn row(&self, item: u32) -> &[f32] {
        &self.cells[item as usize * self.items..(item as usize + 1) * self.items]
    }

    /// Makes room for items that appeared later.
    pub fn grow(&mut self, items: usize) {
        if items <= self.items {
            return;
        }
        let mut grown = Self::empty(items);
        for (row, old) in self.cells.chunks_exact(self.items.max(1)).enumerate() {
            grown.cells[row * items..row * items + self.items].copy_from_slice(old);
        }
        *self = grown;
    }

    /// One customer's history changed from `before` to `after` (either may be empty); weights as
    /// they should count, that is with √w_u multiplied in. O(|before|² + |after|²).
    pub fn replace(&mut self, before: Row<'_>, after: Row<'_>) {
        self.add(before, -1.0);
        self.add(after, 1.0);
    }

    fn add(&mut self, row: Row<'_>, sign: f32) {
        for (i, x) in row.iter() {
            for (j, y) in row.iter() {
                self.cells[i as usize * self.items + j as usize] += sign * x * y;
            }
        }
    }

    /// One customer's list changed from `before` to `after`, with pairs weighed by `nearness`.
    pub fn replace_near(
        &mut self,
        before: Option<Sequence<'_>>,
        after: Option<Sequence<'_>>,
        nearness: Nearness,
    ) {
        for (list, sign) in [(before, -1.0), (after, 1.0)] {
            let Some(list) = list else { continue };
            for a in list.iter() {
                for b in list.iter() {
                    let weight = sign * a.weight * b.weight * nearness.weight(a.at_s - b.at_s);
                    self.cells[a.item as usize * self.items + b.item as usize] += weight;
                }
            }
        }
    }

    /// Solves for the weights.
    ///
    /// # Errors
    /// [`FitError::Input`] for a ridge that is not positive, [`FitError::Numeric`] when the matrix
    /// is not positive definite in f32 (raise the ridge), [`FitError::Cancelled`].
    pub fn solve(&self, options: EaseOptions, progress: Progress<'_>) -> Result<Ease, FitError> {
        let EaseOptions { ridge, dropout } = options;
        if !(ridge > 0.0 && dropout >= 0.0 && ridge.is_finite() && dropout.is_finite()) {
            return Err(FitError::Input(format!(
                "ease with ridge {ridge} and dropout {dropout}, want ridge > 0 and dropout ≥ 0"
            )));
        }
        let n = self.items;
        let mut cells = self.cells.clone();
        for i in 0..n {
            cells[i * n + i] += ridge + dropout * self.cells[i * n + i];
        }
        invert(&mut cells, n, progress)?;
        let diagonal: Vec<f32> = (0..n).map(|i| cells[i * n + i]).collect();
        cells.par_chunks_mut(n.max(1)).enumerate().for_each(|(source, row)| {
            for (cell, own) in row.iter_mut().zip(&diagonal) {
                *cell /= -own;
            }
            row[source] = 0.0;
        });
        progress.step("ease: solve", 3, 3)?;
        Ok(Ease { items: n, weights: cells })
    }
}

/// Replaces the symmetric positive definite `cells` (n × n) by its inverse, using one more buffer
/// of the same size.
pub(super) fn invert(cells: &mut [f32], n: usize, progress: Progress<'_>) -> Result<(), FitError> {
    let par = Par::rayon(0);
    progress.step("solve", 0, 3)?;
    let mut factor = MatMut::from_column_major_slice_mut(cells, n, n);
    let params = Spec::default();
    let mut memory = MemBuffer::new(llt::factor::cholesky_in_place_scratch::<f32>(n, par, params));
    let stack = MemStack::new(&mut memory);
    let regularization = llt::factor::LltRegularization::default();
    llt::factor::cholesky_in_place(factor.as_mut(), regularization, par, stack, params).map_err(
        |llt::factor::LltError::NonPositivePivot { index }| {
            FitError::Numeric(format!("pivot {index} is not positive; raise the ridge"))
        },
    )?;
    progress.step("solve", 1, 3)?;
    let mut inverse = vec![0_f32; n * n];
    let mut inverse = MatMut::from_column_major_slice_mut(&mut inverse, n, n);
    triangular_inverse::invert_lower_triangular(inverse.as_mut(), factor.as_ref(), par);
    progress.step("solve", 2, 3)?;
    triangular::matmul(
        factor.as_mut(),
        triangular::BlockStructure::TriangularLower,
        Accum::Replace,
        inverse.as_ref().transpose(),
        triangular::BlockStructure::TriangularUpper,
        inverse.as_ref(),
        triangular::BlockStructure::TriangularLower,
        1.0,
        par,
    );
    for column in 0..n {
        for row in column + 1..n {
            cells[row * n + column] = cells[column * n + row];
        }
    }
    Ok(())
}

/// Fitted dense weights. 4 · items² bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ease {
    items: usize,
    /// Row = source, column = target, row-major; zero on the diagonal.
    weights: Vec<f32>,
}

impl Ease {
    /// Number of items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// What `source` in the history says for every target.
    pub fn row(&self, source: u32) -> &[f32] {
        let from = source as usize * self.items;
        &self.weights[from..from + self.items]
    }

    /// Adds the score of every item to `out` (length = items); unknown history items are skipped.
    pub fn score_into(&self, history: &[(u32, f32)], out: &mut [f32]) {
        let known = history.iter().filter(|(source, _)| (*source as usize) < self.items);
        for &(source, weight) in known {
            add_scaled(out, weight, self.row(source));
        }
    }

    /// The serving shape: the `top_n` sources of largest absolute weight per target.
    ///
    /// # Errors
    /// None in practice; the type is that of [`ItemWeights::from_targets`].
    pub fn strongest(&self, top_n: usize) -> Result<ItemWeights, FitError> {
        let targets = (0..self.items).into_par_iter().map(|target| {
            let weight = |source: u32| self.weights[source as usize * self.items + target];
            let sources = (0..self.items as u32).filter(|source| weight(*source) != 0.0);
            let strongest = top_k_of(sources.map(|source| (source, weight(source).abs())), top_n);
            strongest.into_iter().map(|(source, _)| (source, weight(source))).collect()
        });
        ItemWeights::from_targets(targets.collect())
    }
}

/// Gram and solve in one call, for `history` of customers × items.
///
/// # Errors
/// As [`Gram::solve`].
pub fn fit(history: &Csr, options: EaseOptions, progress: Progress<'_>) -> Result<Ease, FitError> {
    progress.step("ease: count pairs", 0, 1)?;
    Gram::of(history, 0.0).solve(options, progress)
}
