//! min Σ_{(u,i) seen} w_ui (p_u·q_i − 1)² + α Σ_{all u,i} (p_u·q_i)² + λ (Σ_u s_u |p_u|² + Σ_i s_i |q_i|²).
//!
//! s_u = (|x_u| + α·items)^ν and s_i = (|x_i| + α·customers)^ν. Hu, Koren & Volinsky (ICDM 2008) in
//! the form of Rendle et al., "Revisiting the performance of iALS on item recommendation
//! benchmarks" (RecSys 2022), whose frequency-scaled λ is what makes it competitive.
//!
//! Alternating exact solves by Cholesky: one sweep costs nnz f² + (customers + items) f³ / 6
//! multiplies on all cores; memory 4 f (customers + items) bytes and 4 f² per core. Where many rows
//! are equally short (n ≤ f / 4 entries), as those of most customers are, they share all of their
//! system but n outer products; by the matrix inversion lemma each then costs f n² + n³ / 6, and
//! the copy of the other side that this takes is made one length after another. Left out: the block
//! solver iALS++ (Rendle 2021), which pays from about 256 factors on.

use crate::{
    dense::{add_outer, add_scaled, dot, solve_spd, solve_spd_rows},
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
    /// What [`Ials::fold_in`] needs of the item side: the lower triangle of α QᵀQ.
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

    /// The same without the factors of the fit's customers, for serving, which folds in whoever
    /// asks: most of the memory, where customers are many.
    #[must_use]
    pub fn without_customers(mut self) -> Self {
        self.customers = Vec::new();
        self
    }

    /// The factors of a customer of the fit. Panics for one that it does not hold.
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
        let side = Side { other: &self.items, gram: &self.item_gram, options: self.options };
        side.solve_row(row, &mut matrix, &mut factors)?;
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
    let gram = gram(other, options.factors, options.unseen_weight);
    let side = Side { other, gram: &gram, options };
    let short = side.short_lengths(seen);
    out.par_chunks_mut(options.factors).enumerate().try_for_each_init(
        Vec::new,
        |matrix, (row, x)| {
            let row = seen.row(row);
            if short.contains(&row.len()) { Ok(()) } else { side.solve_row(row, matrix, x) }
        },
    )?;
    short.iter().try_for_each(|&length| side.solve_short(seen, length, out))
}

/// The side that stays as it is while rows of the other are solved against it.
#[derive(Clone, Copy)]
struct Side<'a> {
    other: &'a [f32],
    /// The lower triangle of α QᵀQ.
    gram: &'a [f32],
    options: IalsOptions,
}

impl Side<'_> {
    /// S = α QᵀQ + λ s I of a row with `length` entries, into `matrix`.
    fn start(&self, length: usize, matrix: &mut Vec<f32>) {
        matrix.clear();
        matrix.extend_from_slice(self.gram);
        let everything = (self.other.len() / self.options.factors) as f32;
        let size = length as f32 + self.options.unseen_weight * everything;
        let ridge = self.options.ridge * size.powf(self.options.ridge_power);
        matrix.iter_mut().step_by(self.options.factors + 1).for_each(|cell| *cell += ridge);
    }

    /// (S + Σ w q qᵀ) x = Σ w q.
    fn solve_row(
        &self,
        row: Row<'_>,
        matrix: &mut Vec<f32>,
        x: &mut [f32],
    ) -> Result<(), FitError> {
        x.fill(0.0);
        if row.is_empty() {
            return Ok(());
        }
        self.start(row.len(), matrix);
        add_outer(matrix, x, self.other, row.columns, row.values);
        solve_spd(matrix, x)
    }

    /// The lengths whose rows are cheaper solved in as many unknowns as they have entries.
    fn short_lengths(&self, seen: &Csr) -> Vec<usize> {
        let n = self.options.factors;
        let mut rows = vec![0; n / 4 + 1];
        for row in seen.iter().filter(|row| row.len() <= n / 4) {
            rows[row.len()] += 1;
        }
        let whole = |length: usize| n * n * (length / 2 + n / 6);
        let pays = |length: &usize| rows[*length] * whole(*length) > 2 * n * self.other.len();
        (1..rows.len()).filter(pays).collect()
    }

    /// The rows of `length` entries, which share S: x = Σ √w z p over their entries, where
    /// p = S⁻¹ q and (I + [√w √w' q·p']) z = √w, by the matrix inversion lemma.
    fn solve_short(&self, seen: &Csr, length: usize, out: &mut [f32]) -> Result<(), FitError> {
        let n = self.options.factors;
        let mut shared = Vec::new();
        self.start(length, &mut shared);
        let mut solved = self.other.to_vec();
        solved.par_chunks_mut(1024 * n).try_for_each_init(Vec::new, |matrix, rows| {
            matrix.clone_from(&shared);
            solve_spd_rows(matrix, n, rows)
        })?;
        let rows = out.par_chunks_mut(n).enumerate().map(|(row, x)| (seen.row(row), x));
        let rows = rows.filter(|(row, _)| row.len() == length);
        rows.try_for_each_init(Vec::new, |matrix, (row, x)| {
            self.solve_among_entries(row, &solved, matrix, x)
        })
    }

    fn solve_among_entries(
        &self,
        row: Row<'_>,
        solved: &[f32],
        matrix: &mut Vec<f32>,
        x: &mut [f32],
    ) -> Result<(), FitError> {
        let n = x.len();
        let at = |index: u32| index as usize * n..(index as usize + 1) * n;
        let mut z: Vec<f32> = row.values.iter().map(|weight| weight.sqrt()).collect();
        matrix.clear();
        matrix.resize(z.len() * z.len(), 0.0);
        for (i, &own) in row.columns.iter().enumerate() {
            let p = &solved[at(own)];
            for (j, &other) in row.columns[..=i].iter().enumerate() {
                matrix[i * z.len() + j] = z[i] * z[j] * dot(&self.other[at(other)], p);
            }
            matrix[i * z.len() + i] += 1.0;
        }
        let roots = z.clone();
        solve_spd(matrix, &mut z)?;
        x.fill(0.0);
        for ((&index, root), z) in row.columns.iter().zip(roots).zip(z) {
            add_scaled(x, root * z, &solved[at(index)]);
        }
        Ok(())
    }
}

/// The lower triangle of α AᵀA of a row-major `rows × n` matrix; summed in fixed blocks, so threads
/// do not change it.
fn gram(rows: &[f32], n: usize, scale: f32) -> Vec<f32> {
    let sum_of = |block: &[f32]| {
        let (mut product, mut unused) = (vec![0.0; n * n], vec![0.0; n]);
        let picks: Vec<u32> = (0..(block.len() / n) as u32).collect();
        add_outer(&mut product, &mut unused, block, &picks, &vec![scale; picks.len()]);
        product
    };
    let blocks: Vec<Vec<f32>> = rows.par_chunks(n * 1024).map(sum_of).collect();
    let mut total = vec![0.0; n * n];
    for block in &blocks {
        add_scaled(&mut total, 1.0, block);
    }
    total
}
