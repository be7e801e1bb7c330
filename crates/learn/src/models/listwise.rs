//! L(w) = mean over lists of −Σ_{i relevant} ln (e^(w·x_i) / Σ_j e^(w·x_j)) + λ |w|².
//!
//! One weight per column, fitted so that the relevant rows of each list come out on top: the
//! softmax cross-entropy of `ListNet`'s top-one probabilities (Cao et al., "Learning to rank: from
//! pairwise approach to listwise approach", ICML 2007), which bounds nDCG from below (Bruch et al.,
//! "An analysis of the softmax cost function for learning to rank with binary relevance", ICTIR
//! 2019). Relevant rows are summed and not averaged, so a list weighs by how many it has. x is a
//! row with each column standardised over all rows of the fit and then clipped, so that λ means
//! the same for every column and no stray value rules. What is equal within a list cancels, so
//! there is no intercept, and lists without a relevant row say nothing.
//!
//! L is strictly convex and smooth: L-BFGS (Liu & Nocedal 1989, ten pairs) with a line search that
//! halves and doubles until the Wolfe conditions hold finds its one minimum from anywhere. One
//! evaluation costs 4 · rows · columns multiplies on all cores; memory 4 bytes per value for the
//! standardised rows. Sums are made in fixed blocks, so threads do not change a bit.
//!
//! Left out: graded relevance, weights of lists, columns that cross.

use crate::{error::FitError, progress::Progress};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Pairs of steps and gradient changes that L-BFGS remembers.
const PAIRS: usize = 10;
/// Lists whose loss and gradient are summed as one block.
const BLOCK: usize = 64;

/// What a fit reads: rows, one after the other, in lists.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    /// Values per row, ≥ 1.
    pub columns: usize,
    /// Rows × columns, row-major, finite.
    pub values: &'a [f32],
    /// Which rows are relevant.
    pub is_relevant: &'a [bool],
    /// Rows of each list, in the order of the rows; they sum to the number of rows.
    pub lengths: &'a [usize],
}

/// Options of the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ListwiseOptions {
    /// λ > 0, against a loss that is a mean over lists.
    pub ridge: f64,
    /// Standardised values are cut at ± this, > 0.
    pub clip: f32,
    /// Steps of L-BFGS at most; fewer when nothing can be gained any more.
    pub steps: usize,
}

impl Default for ListwiseOptions {
    fn default() -> Self {
        Self { ridge: 1e-3, clip: 6.0, steps: 60 }
    }
}

/// A fitted linear ranker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listwise {
    means: Vec<f32>,
    /// 1 / standard deviation; 0 for a column that never changes.
    scales: Vec<f32>,
    weights: Vec<f32>,
    clip: f32,
}

impl Listwise {
    /// Fits the weights.
    ///
    /// # Errors
    /// [`FitError::Input`] when shapes do not fit together, a value is not finite, an option is
    /// out of range or no list has a relevant row; [`FitError::Cancelled`].
    pub fn fit(
        lists: &Lists<'_>,
        options: ListwiseOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        check(lists, options)?;
        let (means, scales) = spread(lists);
        let mut model =
            Self { means, scales, weights: vec![0.0; lists.columns], clip: options.clip };
        let loss = Loss::new(lists, &model, options.ridge);
        let weights = minimise(&loss, lists.columns, options.steps, progress)?;
        model.weights = weights.into_iter().map(|weight| weight as f32).collect();
        Ok(model)
    }

    /// The weight of every column, in units of its standard deviation.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Score of a row (one value per column); comparable within a list only.
    pub fn score(&self, row: &[f32]) -> f32 {
        self.parts(row).sum()
    }

    /// What every column adds to [`Self::score`].
    pub fn explain_score(&self, row: &[f32]) -> Vec<f32> {
        self.parts(row).collect()
    }

    fn parts(&self, row: &[f32]) -> impl Iterator<Item = f32> {
        let values = row.iter().enumerate();
        values.zip(&self.weights).map(|((column, value), w)| w * self.standard(column, *value))
    }

    fn standard(&self, column: usize, value: f32) -> f32 {
        ((value - self.means[column]) * self.scales[column]).clamp(-self.clip, self.clip)
    }
}

fn check(lists: &Lists<'_>, options: ListwiseOptions) -> Result<(), FitError> {
    let Lists { columns, values, is_relevant, lengths } = *lists;
    let rows = is_relevant.len();
    if columns == 0 || values.len() != rows * columns || lengths.iter().sum::<usize>() != rows {
        let (values, listed) = (values.len(), lengths.iter().sum::<usize>());
        return Err(FitError::Input(format!(
            "{rows} rows of {columns} columns with {values} values, {listed} of them in lists"
        )));
    }
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        let (row, column, value) = (place / columns, place % columns, values[place]);
        return Err(FitError::Input(format!("row {row}, column {column} is {value}, want finite")));
    }
    if !(options.ridge > 0.0 && options.clip > 0.0) {
        return Err(FitError::Input(format!("{options:?}: want ridge, clip > 0")));
    }
    if !is_relevant.contains(&true) {
        return Err(FitError::Input("no list has a relevant row".to_owned()));
    }
    Ok(())
}

/// Mean and 1 / deviation of every column.
fn spread(lists: &Lists<'_>) -> (Vec<f32>, Vec<f32>) {
    let rows = lists.is_relevant.len() as f64;
    let mut means = vec![0_f64; lists.columns];
    for row in lists.values.chunks_exact(lists.columns) {
        means.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    means.iter_mut().for_each(|sum| *sum /= rows);
    let mut squares = vec![0_f64; lists.columns];
    for row in lists.values.chunks_exact(lists.columns) {
        for ((sum, value), mean) in squares.iter_mut().zip(row).zip(&means) {
            *sum += (f64::from(*value) - mean).powi(2);
        }
    }
    // A column that never changes tells nothing; rounding of its mean must not make it shout.
    let scale = |(sum, mean): (f64, &f64)| {
        let deviation = (sum / rows).sqrt();
        if deviation > 1e-6 * mean.abs() + 1e-12 { (1.0 / deviation) as f32 } else { 0.0 }
    };
    let scales = squares.into_iter().zip(&means).map(scale).collect();
    (means.into_iter().map(|mean| mean as f32).collect(), scales)
}

/// L and its gradient, on the lists that have a relevant row.
pub(crate) struct Loss {
    columns: usize,
    ridge: f64,
    values: Vec<f32>,
    is_relevant: Vec<bool>,
    /// First row of every list, and the number of rows.
    starts: Vec<usize>,
}

impl Loss {
    pub(crate) fn new(lists: &Lists<'_>, model: &Listwise, ridge: f64) -> Self {
        let columns = lists.columns;
        let mut made =
            Self { columns, ridge, values: Vec::new(), is_relevant: Vec::new(), starts: vec![0] };
        let mut from = 0;
        for &length in lists.lengths {
            let rows = from..from + length;
            from += length;
            if !lists.is_relevant[rows.clone()].contains(&true) {
                continue;
            }
            made.is_relevant.extend_from_slice(&lists.is_relevant[rows.clone()]);
            for row in lists.values[rows.start * columns..rows.end * columns].chunks_exact(columns)
            {
                let row = row.iter().enumerate();
                made.values.extend(row.map(|(column, value)| model.standard(column, *value)));
            }
            made.starts.push(made.is_relevant.len());
        }
        made
    }

    /// L(w); its gradient replaces what is in `gradient`.
    pub(crate) fn at(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let lists: Vec<&[usize]> = self.starts.windows(2).collect();
        let blocks: Vec<(f64, Vec<f64>)> = lists
            .par_chunks(BLOCK)
            .map(|block| {
                let (mut loss, mut sums) = (0.0, vec![0.0; self.columns]);
                for bounds in block {
                    loss += self.add_list(bounds[0]..bounds[1], weights, &mut sums);
                }
                (loss, sums)
            })
            .collect();
        let count = lists.len() as f64;
        let mut total = 0.0;
        gradient.fill(0.0);
        for (loss, sums) in blocks {
            total += loss;
            gradient.iter_mut().zip(sums).for_each(|(sum, more)| *sum += more);
        }
        for (slope, weight) in gradient.iter_mut().zip(weights) {
            *slope = *slope / count + 2.0 * self.ridge * weight;
        }
        total / count + self.ridge * weights.iter().map(|weight| weight * weight).sum::<f64>()
    }

    /// One list's loss; its gradient is added to `sums`.
    fn add_list(&self, rows: std::ops::Range<usize>, weights: &[f64], sums: &mut [f64]) -> f64 {
        let values = &self.values[rows.start * self.columns..rows.end * self.columns];
        let is_relevant = &self.is_relevant[rows];
        let score = |row: &[f32]| row.iter().zip(weights).map(|(x, w)| f64::from(*x) * w).sum();
        let scores: Vec<f64> = values.chunks_exact(self.columns).map(score).collect();
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let whole: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
        let relevant = is_relevant.iter().filter(|is_relevant| **is_relevant).count() as f64;
        let mut loss = 0.0;
        let rows = values.chunks_exact(self.columns).zip(scores).zip(is_relevant);
        for ((row, score), &is_relevant) in rows {
            let slope =
                relevant * (score - highest).exp() / whole - f64::from(u8::from(is_relevant));
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += slope * f64::from(*x));
            if is_relevant {
                loss += whole.ln() + highest - score;
            }
        }
        loss
    }
}

/// A point, its loss and its gradient.
#[derive(Clone)]
struct Point {
    at: Vec<f64>,
    loss: f64,
    gradient: Vec<f64>,
}

impl Point {
    fn new(loss: &Loss, at: Vec<f64>) -> Self {
        let mut gradient = vec![0.0; at.len()];
        let value = loss.at(&at, &mut gradient);
        Self { at, loss: value, gradient }
    }
}

fn minimise(
    loss: &Loss,
    columns: usize,
    steps: usize,
    progress: Progress<'_>,
) -> Result<Vec<f64>, FitError> {
    let mut here = Point::new(loss, vec![0.0; columns]);
    let mut pairs: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
    for step in 0..steps {
        progress.step("listwise: step", step as u64, steps as u64)?;
        let direction = downhill(&here.gradient, &pairs);
        let next = walk(loss, &here, &direction);
        // What is left to gain is rounding.
        if here.loss - next.loss <= 1e-9 * here.loss.abs().max(1.0) {
            break;
        }
        let moved = minus(&next.at, &here.at);
        let bent = minus(&next.gradient, &here.gradient);
        if product(&moved, &bent) > 0.0 {
            pairs.push((moved, bent));
            if pairs.len() > PAIRS {
                pairs.remove(0);
            }
        }
        here = next;
    }
    progress.step("listwise: step", steps as u64, steps as u64)?;
    Ok(here.at)
}

/// −H g by the two loops of L-BFGS; −g / |g| before anything is known of H.
fn downhill(gradient: &[f64], pairs: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut d: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let Some((moved, bent)) = pairs.last() else {
        let length = product(gradient, gradient).sqrt().max(f64::MIN_POSITIVE);
        d.iter_mut().for_each(|value| *value /= length);
        return d;
    };
    let mut shares = Vec::with_capacity(pairs.len());
    for (moved, bent) in pairs.iter().rev() {
        let share = product(moved, &d) / product(moved, bent);
        d.iter_mut().zip(bent).for_each(|(value, bent)| *value -= share * bent);
        shares.push(share);
    }
    let scale = product(moved, bent) / product(bent, bent);
    d.iter_mut().for_each(|value| *value *= scale);
    for ((moved, bent), share) in pairs.iter().zip(shares.iter().rev()) {
        let back = product(bent, &d) / product(moved, bent);
        d.iter_mut().zip(moved).for_each(|(value, moved)| *value += (share - back) * moved);
    }
    d
}

/// A point along `direction` that meets the (weak) Wolfe conditions, by bisection; `from` itself
/// when none was found.
fn walk(loss: &Loss, from: &Point, direction: &[f64]) -> Point {
    let slope = product(&from.gradient, direction);
    let (mut low, mut high, mut stride) = (0.0, f64::INFINITY, 1.0);
    let mut best = from.clone();
    for _ in 0..30 {
        let at = from.at.iter().zip(direction).map(|(w, d)| w + stride * d).collect();
        let next = Point::new(loss, at);
        let (is_low_enough, slope_there) =
            (next.loss <= from.loss + 1e-4 * stride * slope, product(&next.gradient, direction));
        if next.loss < best.loss {
            best = next;
        }
        if !is_low_enough {
            high = stride;
        } else if slope_there < 0.9 * slope {
            low = stride;
        } else {
            break;
        }
        stride = if high.is_finite() { f64::midpoint(low, high) } else { 2.0 * stride };
    }
    best
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| x - y).collect()
}

#[cfg(test)]
mod tests;
