//! min Σ_{(u,i) seen} w_ui (p_u·q_i − 1)² + α Σ_{all u,i} (p_u·q_i)² + λ (Σ_u s_u |p_u|² + Σ_i s_i |q_i|²).
//!
//! s_u = (|x_u| + α·items)^ν and s_i = (|x_i| + α·customers)^ν. Hu, Koren & Volinsky (ICDM 2008) in
//! the form of Rendle et al., "Revisiting the performance of iALS on item recommendation
//! benchmarks" (RecSys 2022), whose frequency-scaled λ is what makes it competitive.
//!
//! Alternating exact solves by Cholesky: one sweep costs (nnz f² / 2 + (customers + items) f³ / 3)·2
//! multiplies on all cores; memory 4 f (customers + items) bytes and 4 f² per core. Left out: the
//! block solver iALS++ (Rendle 2021), which pays from about 256 factors on.

use crate::{
    dense::{dot, solve_spd},
    error::FitError,
    progress::Progress,
    sparse::{Csr, Row},
};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Options of iALS.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IalsOptions {
    /// Factors per customer and item, ≥ 1.
    pub factors: usize,
    /// Sweeps over both sides.
    pub sweeps: usize,
    /// α > 0: weight of every unseen cell against 1 for a seen one.
    pub unseen_weight: f32,
    /// λ > 0.
    pub ridge: f32,
    /// ν, 0 ..= 1: how far the ridge grows with the length of the history.
    pub ridge_power: f32,
    /// Seed of the first factors.
    pub seed: u64,
}

impl Default for IalsOptions {
    fn default() -> Self {
        Self {
            factors: 64,
            sweeps: 12,
            unseen_weight: 0.1,
            ridge: 0.003,
            ridge_power: 1.0,
            seed: 0,
        }
    }
}

/// Fitted factors, row-major.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ials {
    options: IalsOptions,
    /// Customers × factors.
    customers: Vec<f32>,
    /// Items × factors.
    items: Vec<f32>,
    /// What [`Ials::fold_in`] needs of the item side: α QᵀQ.
    item_gram: Vec<f32>,
}

impl Ials {
    /// Fits `history`, customers × items; the values are the weights of the seen cells, ≥ 0.
    ///
    /// # Errors
    /// [`FitError::Input`] for options out of range, [`FitError::Numeric`] when a system is
    /// singular (raise the ridge), [`FitError::Cancelled`].
    pub fn fit(
        history: &Csr,
        options: IalsOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        check(options)?;
        let mut rng = Pcg64Mcg::seed_from_u64(options.seed);
        let scale = 0.3 / (options.factors as f32).sqrt();
        let mut draw = |rows: usize| -> Vec<f32> {
            let cells = rows * options.factors;
            (0..cells).map(|_| scale * (rng.random::<f32>() - 0.5)).collect()
        };
        let (customers, items) = (draw(history.rows()), draw(history.cols()));
        Self { options, customers, items, item_gram: Vec::new() }.sweep(history, progress)
    }

    /// Fits a grown or changed `history` starting from these factors: customers and items keep
    /// their numbers, new ones come last. A couple of sweeps are then enough.
    ///
    /// # Errors
    /// As [`Ials::fit`], and [`FitError::Input`] when `history` is smaller than the factors.
    pub fn refit(
        mut self,
        history: &Csr,
        sweeps: usize,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        let factors = self.options.factors;
        let (rows, cols) = (history.rows() * factors, history.cols() * factors);
        if rows < self.customers.len() || cols < self.items.len() {
            return Err(FitError::Input("ials: the history shrank since the last fit".to_owned()));
        }
        // A new item starts at nothing; the customer side is solved first, from the known items.
        self.customers.resize(rows, 0.0);
        self.items.resize(cols, 0.0);
        self.options.sweeps = sweeps;
        check(self.options)?;
        self.sweep(history, progress)
    }

    fn sweep(mut self, history: &Csr, progress: Progress<'_>) -> Result<Self, FitError> {
        let options = self.options;
        let by_item = history.transpose();
        for sweep in 0..options.sweeps {
            progress.step("ials: sweep", sweep as u64, options.sweeps as u64)?;
            solve_side(history, &self.items, options, &mut self.customers)?;
            solve_side(&by_item, &self.customers, options, &mut self.items)?;
        }
        progress.step("ials: sweep", options.sweeps as u64, options.sweeps as u64)?;
        self.item_gram = gram(&self.items, options.factors, options.unseen_weight);
        Ok(self)
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.items.len() / self.options.factors
    }

    /// The factors of a customer of the fit.
    pub fn customer(&self, customer: u32) -> &[f32] {
        let from = customer as usize * self.options.factors;
        &self.customers[from..from + self.options.factors]
    }

    /// The factors of an item: also an embedding for a vector index (inner product).
    pub fn item(&self, item: u32) -> &[f32] {
        let from = item as usize * self.options.factors;
        &self.items[from..from + self.options.factors]
    }

    /// The factors a history would have, items fixed; what a customer of the fit would get in
    /// another half sweep. `row` holds items of the fit only.
    ///
    /// # Errors
    /// [`FitError::Numeric`] when the system is singular.
    pub fn fold_in(&self, row: Row<'_>) -> Result<Vec<f32>, FitError> {
        let mut factors = vec![0.0; self.options.factors];
        let mut matrix = Vec::new();
        solve_row(row, &self.items, &self.item_gram, self.options, &mut matrix, &mut factors)?;
        Ok(factors)
    }

    /// Adds the score of every item for these customer factors to `out` (length = items).
    pub fn score_into(&self, customer: &[f32], out: &mut [f32]) {
        for (slot, item) in out.iter_mut().zip(self.items.chunks_exact(self.options.factors)) {
            *slot += dot(customer, item);
        }
    }
}

fn check(options: IalsOptions) -> Result<(), FitError> {
    let is_legal = options.factors > 0
        && options.sweeps > 0
        && options.unseen_weight > 0.0
        && options.ridge > 0.0
        && (0.0..=1.0).contains(&options.ridge_power);
    if is_legal {
        return Ok(());
    }
    Err(FitError::Input(format!(
        "{options:?}: want factors, sweeps ≥ 1, unseen_weight, ridge > 0, ridge_power in 0 ..= 1"
    )))
}

/// Solves every row of `out` against the fixed `other` side.
fn solve_side(
    seen: &Csr,
    other: &[f32],
    options: IalsOptions,
    out: &mut [f32],
) -> Result<(), FitError> {
    let shared = gram(other, options.factors, options.unseen_weight);
    out.par_chunks_mut(options.factors)
        .enumerate()
        .try_for_each_init(Vec::new, |matrix, (row, x)| {
            solve_row(seen.row(row), other, &shared, options, matrix, x)
        })
}

/// (α QᵀQ + Σ w q qᵀ + λ s I) x = Σ w q.
fn solve_row(
    row: Row<'_>,
    other: &[f32],
    shared: &[f32],
    options: IalsOptions,
    matrix: &mut Vec<f32>,
    x: &mut [f32],
) -> Result<(), FitError> {
    let n = options.factors;
    matrix.clear();
    matrix.extend_from_slice(shared);
    x.fill(0.0);
    for (index, weight) in row.iter() {
        let q = &other[index as usize * n..(index as usize + 1) * n];
        for i in 0..n {
            let scale = weight * q[i];
            x[i] += scale;
            crate::dense::add_scaled(&mut matrix[i * n..i * n + i + 1], scale, q);
        }
    }
    let everything = (other.len() / n) as f32;
    let size = row.len() as f32 + options.unseen_weight * everything;
    for i in 0..n {
        matrix[i * n + i] += options.ridge * size.powf(options.ridge_power);
    }
    solve_spd(matrix, x)
}

/// α AᵀA of a row-major `rows × n` matrix; summed in fixed blocks, so threads do not change it.
fn gram(rows: &[f32], n: usize, scale: f32) -> Vec<f32> {
    let blocks: Vec<Vec<f32>> = rows
        .par_chunks(n * 1024)
        .map(|block| {
            let mut sum = vec![0.0; n * n];
            for row in block.chunks_exact(n) {
                for i in 0..n {
                    crate::dense::add_scaled(&mut sum[i * n..(i + 1) * n], scale * row[i], row);
                }
            }
            sum
        })
        .collect();
    let mut total = vec![0.0; n * n];
    for block in &blocks {
        crate::dense::add_scaled(&mut total, 1.0, block);
    }
    total
}
