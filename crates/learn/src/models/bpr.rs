//! max Σ ln σ(p_u·q_i + b_i − p_u·q_j − b_j) − λ‖·‖² over triples: u touched i and did not touch j.
//!
//! Rendle et al., "BPR: Bayesian personalized ranking from implicit feedback" (UAI 2009), by SGD.
//! The schedule is that of Gemulla et al., "Large-scale matrix factorization with distributed
//! stochastic gradient descent" (KDD 2011): customers and items are dealt into blocks, and one
//! round trains pairs of blocks that share neither, negatives coming from the round's own item
//! block. So all cores work without locks or races, and the result is the same for a seed whatever
//! their number. Negatives are drawn in proportion to popularity^power. Left out: the adaptive
//! sampler of Rendle & Freudenthaler (WSDM 2014).
//!
//! Time O(epochs · nnz · f); memory 4 f (customers + items) + 20 nnz bytes.

use crate::{dense::dot, error::FitError, progress::Progress, sparse::Csr};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Blocks per side: the most cores that can work at once.
const BLOCKS: usize = 8;

/// Options of BPR.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BprOptions {
    /// Factors per customer and item, ≥ 1.
    pub factors: usize,
    /// Passes over all interactions, ≥ 1.
    pub epochs: usize,
    /// Step of the first epoch, > 0; falls linearly to a tenth.
    pub rate: f32,
    /// λ ≥ 0, for factors and item biases.
    pub ridge: f32,
    /// Negatives are drawn ∝ popularity^power, 0 ..= 1; 0 is uniform.
    pub negative_power: f32,
    /// Seed of factors, order and negatives.
    pub seed: u64,
}

impl Default for BprOptions {
    fn default() -> Self {
        Self { factors: 64, epochs: 60, rate: 0.05, ridge: 0.005, negative_power: 0.0, seed: 0 }
    }
}

/// Fitted factors and item biases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bpr {
    factors: usize,
    /// Customers × factors.
    customers: Vec<f32>,
    /// Items × (factors + 1); the last column is the bias.
    items: Vec<f32>,
}

impl Bpr {
    /// Fits `history`, customers × items; only which cells are stored counts.
    ///
    /// # Errors
    /// [`FitError::Input`] for options out of range, [`FitError::Cancelled`].
    pub fn fit(
        history: &Csr,
        options: BprOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        check(options)?;
        let mut rng = Pcg64Mcg::seed_from_u64(options.seed);
        let plan = Blocks::deal(history, options, &mut rng);
        let width = options.factors;
        let mut draw = |len: usize| -> Vec<f32> {
            (0..len).map(|_| (rng.random::<f32>() - 0.5) * 0.2 / (width as f32).sqrt()).collect()
        };
        let mut customers = draw(plan.customers.len() * width);
        let mut items = draw(plan.items.len() * (width + 1));
        for bias in items.chunks_exact_mut(width + 1) {
            bias[width] = 0.0;
        }
        for epoch in 0..options.epochs {
            progress.step("bpr: epoch", epoch as u64, options.epochs as u64)?;
            plan.epoch(epoch, options, &mut customers, &mut items);
        }
        progress.step("bpr: epoch", options.epochs as u64, options.epochs as u64)?;
        Ok(Self {
            factors: width,
            customers: restore(&customers, &plan.customers, history.rows(), width),
            items: restore(&items, &plan.items, history.cols(), width + 1),
        })
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.items.len() / (self.factors + 1)
    }

    /// The factors of a customer.
    pub fn customer(&self, customer: u32) -> &[f32] {
        let from = customer as usize * self.factors;
        &self.customers[from..from + self.factors]
    }

    /// The factors of an item, its bias last.
    pub fn item(&self, item: u32) -> &[f32] {
        let from = item as usize * (self.factors + 1);
        &self.items[from..=from + self.factors]
    }

    /// Adds the score of every item for these customer factors to `out` (length = items).
    pub fn score_into(&self, customer: &[f32], out: &mut [f32]) {
        for (slot, item) in out.iter_mut().zip(self.items.chunks_exact(self.factors + 1)) {
            *slot += dot(customer, &item[..self.factors]) + item[self.factors];
        }
    }
}

fn check(options: BprOptions) -> Result<(), FitError> {
    let is_legal = options.factors > 0
        && options.epochs > 0
        && options.rate > 0.0
        && options.ridge >= 0.0
        && (0.0..=1.0).contains(&options.negative_power);
    if is_legal {
        return Ok(());
    }
    Err(FitError::Input(format!(
        "{options:?}: want factors, epochs ≥ 1, rate > 0, ridge ≥ 0, negative_power in 0 ..= 1"
    )))
}

/// Who and what, renumbered so that every block is a run of rows.
struct Blocks {
    /// Old numbers in the new order; `u32::MAX` pads the last blocks.
    customers: Vec<u32>,
    items: Vec<u32>,
    /// `cells[c][i]`: the interactions of customer block c with item block i, new numbers within
    /// the blocks.
    cells: Vec<Vec<Vec<(u32, u32)>>>,
    /// Per item block, running sums of popularity^power.
    weights: Vec<Vec<f32>>,
    /// Per customer block and row, the new numbers touched, ascending.
    touched: Vec<Vec<Vec<u32>>>,
}

impl Blocks {
    fn deal(history: &Csr, options: BprOptions, rng: &mut Pcg64Mcg) -> Self {
        let customers = shuffled(history.rows(), rng);
        let items = shuffled(history.cols(), rng);
        let (height, width) = (customers.len() / BLOCKS, items.len() / BLOCKS);
        let mut place = vec![0_u32; history.cols()];
        for (new, &old) in items.iter().enumerate().filter(|(_, old)| **old != u32::MAX) {
            place[old as usize] = new as u32;
        }
        let counts = history.column_counts();
        let popularity = |old: u32| match old {
            u32::MAX => 0.0,
            old => (counts[old as usize] as f32).powf(options.negative_power),
        };
        let running = |block: &[u32]| {
            let sums = block.iter().scan(0.0, |sum, &old| {
                *sum += popularity(old);
                Some(*sum)
            });
            sums.collect::<Vec<f32>>()
        };
        let mut cells = vec![vec![Vec::new(); BLOCKS]; BLOCKS];
        let mut touched = vec![vec![Vec::new(); height]; BLOCKS];
        for (new, &old) in customers.iter().enumerate().filter(|(_, old)| **old != u32::MAX) {
            let (block, row) = (new / height, new % height);
            let own = history.row(old as usize).columns;
            let mut own: Vec<u32> = own.iter().map(|item| place[*item as usize]).collect();
            own.sort_unstable();
            for &item in &own {
                let (item_block, item_row) = (item as usize / width, item as usize % width);
                cells[block][item_block].push((row as u32, item_row as u32));
            }
            touched[block][row] = own;
        }
        let weights = items.chunks_exact(width.max(1)).map(running).collect();
        Self { customers, items, cells, weights, touched }
    }

    /// Every pair of blocks once, in `BLOCKS` rounds of pairs that share nothing.
    fn epoch(&self, epoch: usize, options: BprOptions, customers: &mut [f32], items: &mut [f32]) {
        let share = epoch as f32 / options.epochs as f32;
        let rate = options.rate * (1.0 - 0.9 * share);
        let (height, width) = (customers.len() / BLOCKS, items.len() / BLOCKS);
        if height == 0 || width == 0 {
            return;
        }
        for round in 0..BLOCKS {
            let mut item_blocks: Vec<_> = items.chunks_exact_mut(width).enumerate().collect();
            item_blocks.rotate_left(round);
            let pairs: Vec<_> = customers.chunks_exact_mut(height).zip(item_blocks).collect();
            pairs.into_par_iter().enumerate().for_each(|(c, (p, (i, q)))| {
                let stream = ((epoch * BLOCKS + round) * BLOCKS + c) as u64;
                let rng = Pcg64Mcg::seed_from_u64(
                    options.seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15),
                );
                self.train(c, i, p, q, rate, options, rng);
            });
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the two blocks, their numbers and the step")]
    fn train(
        &self,
        c: usize,
        i: usize,
        customers: &mut [f32],
        items: &mut [f32],
        rate: f32,
        options: BprOptions,
        mut rng: Pcg64Mcg,
    ) {
        let (f, weights) = (options.factors, &self.weights[i]);
        let total = weights.last().copied().unwrap_or(0.0);
        let first = (i * weights.len()) as u32;
        let mut order = self.cells[c][i].clone();
        order.shuffle(&mut rng);
        for (row, positive) in order {
            let touched = &self.touched[c][row as usize];
            let negative = (0..8).find_map(|_| {
                let drawn = rng.random::<f32>() * total;
                let at = weights.partition_point(|sum| *sum <= drawn).min(weights.len() - 1);
                touched.binary_search(&(first + at as u32)).is_err().then_some(at)
            });
            // A customer who touched nearly the whole block teaches nothing here.
            let Some(negative) = negative else { continue };
            let p = &mut customers[row as usize * f..(row as usize + 1) * f];
            let (good, bad) = two_rows(items, positive as usize, negative, f + 1);
            let margin = dot(p, &good[..f]) + good[f] - dot(p, &bad[..f]) - bad[f];
            let slope = 1.0 / (1.0 + margin.exp());
            for k in 0..f {
                let (x, y, z) = (p[k], good[k], bad[k]);
                p[k] += rate * (slope * (y - z) - options.ridge * x);
                good[k] += rate * (slope * x - options.ridge * y);
                bad[k] += rate * (-slope * x - options.ridge * z);
            }
            good[f] += rate * (slope - options.ridge * good[f]);
            bad[f] += rate * (-slope - options.ridge * bad[f]);
        }
    }
}

fn two_rows(rows: &mut [f32], a: usize, b: usize, width: usize) -> (&mut [f32], &mut [f32]) {
    if a < b {
        let (left, right) = rows.split_at_mut(b * width);
        (&mut left[a * width..(a + 1) * width], &mut right[..width])
    } else {
        let (left, right) = rows.split_at_mut(a * width);
        (&mut right[..width], &mut left[b * width..(b + 1) * width])
    }
}

/// `0..n` in random order, padded with `u32::MAX` to a multiple of [`BLOCKS`].
fn shuffled(n: usize, rng: &mut Pcg64Mcg) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.shuffle(rng);
    order.resize(n.next_multiple_of(BLOCKS), u32::MAX);
    order
}

fn restore(rows: &[f32], order: &[u32], count: usize, width: usize) -> Vec<f32> {
    let mut restored = vec![0.0; count * width];
    for (row, &old) in rows.chunks_exact(width).zip(order).filter(|(_, old)| **old != u32::MAX) {
        restored[old as usize * width..(old as usize + 1) * width].copy_from_slice(row);
    }
    restored
}
