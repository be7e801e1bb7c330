//! How are many scores brought together by what they foretell, and not by fixed weights?
//!
//! 1. Every column of [`columns`] is a score of every item for every customer, from training
//!    ratings only.
//! 2. The training ratings of each customer are dealt into six folds. For each fold the columns
//!    are made from the other five; the customer's 100 unknown items of highest `blend` become
//!    rows, relevant when the item lies in the fold.
//! 3. Two rankers learn from these rows: a listwise linear one over all columns
//!    (`learn::models::listwise`), and weights that are not negative, climbing nDCG@10 from those
//!    of `blend` ([`weights`]). They err differently: one follows every column and knows only a
//!    smooth stand-in of the measure, the other follows the measure and few columns.
//! 4. The answer is the sum of both, each standardised over the customer's 100 candidates; all
//!    other items follow below them in the order of `blend`.
//!
//! Folds, candidates, columns and options were chosen in numpy on validation parts (one of five
//! folds of the training part) of the 75/25 splits of seeds 101, 102 and 103, as said in
//! `docs/recommend.md`; no test part was looked at for them.
//!
//! `--search` says what stacking gains on such parts of any seeds. Each column was checked against
//! the numpy one on the same rows: equal to six digits, but for those of iALS, whose first factors
//! are drawn otherwise.
//!
//! Time: seven times all columns. Memory: 4 bytes × customers × 100 × 6 × columns for the rows,
//! twice more of it while the linear ranker is fitted, and a score of everything for each part of
//! the blend and one column at a time.

mod columns;
#[cfg(test)]
mod tests;
mod weights;

use self::{
    columns::Rows,
    weights::{Labelled, climb},
};
use super::{
    Known, MeasureError, Ratings, Settings, Setup, Split, blend::Scores, cells, facts::Facts,
    group_sizes,
};
use learn::{
    error::FitError,
    metrics::Means,
    models::listwise::{Lists, Listwise, ListwiseOptions},
    progress::Progress,
    sparse::Csr,
    split::folds,
};

/// The row's name.
pub(super) const STACKED: &str = "stacked";

const FOLDS: usize = 6;
/// Items per customer that are ranked anew.
const CANDIDATES: usize = 100;

/// What a fit is made of beside the ratings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe<'a> {
    pub(super) facts: &'a Facts,
    /// Dials of the blend's parts and its weights.
    pub(super) settings: &'a Settings,
    /// Of the folds and of the models.
    pub(super) seed: u64,
}

/// A fit's scores, and those of the blend from which its candidates came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stacked {
    pub(super) scores: Scores,
    pub(super) blend: Scores,
}

impl Recipe<'_> {
    /// Fits and scores; `what` names the work in progress reports.
    pub(super) fn fit(
        self,
        known: &Known,
        what: &str,
        progress: Progress<'_>,
    ) -> Result<Stacked, FitError> {
        let (mut lessons, mut is_relevant) = (Rows::default(), Vec::new());
        let dealt = folds(&group_sizes(&known.list, known.train.rows()), FOLDS, self.seed + 2000);
        for fold in 0..FOLDS {
            progress.step(what, fold as u64, FOLDS as u64 + 1)?;
            let (rest, hidden) = known.without(|slot| dealt[slot] as usize == fold)?;
            let (rows, _) = Rows::new(&rest, self)?;
            is_relevant.extend(rows.is_in(&hidden));
            lessons.append(rows);
        }
        progress.step(what, FOLDS as u64, FOLDS as u64 + 1)?;
        let rankers = Rankers::fit(&lessons, &is_relevant, self.settings)?;
        drop(lessons);
        let (rows, blend) = Rows::new(known, self)?;
        let scores = lay(&rows, &rankers.scores(&rows), &blend, known);
        Ok(Stacked { scores, blend })
    }
}

/// What was learned from rows whose fold was hidden.
struct Rankers {
    listwise: Listwise,
    /// Column and weight.
    weights: Vec<(usize, f32)>,
}

impl Rankers {
    fn fit(rows: &Rows, is_relevant: &[bool], settings: &Settings) -> Result<Self, FitError> {
        let taking_part = weights::start(&rows.names, settings);
        let start: Vec<f32> = taking_part.iter().map(|(_, weight)| *weight).collect();
        let columns: Vec<&[f32]> =
            taking_part.iter().map(|(column, _)| rows.columns[*column].as_slice()).collect();
        let labelled = Labelled::new(&rows.lengths, is_relevant);
        let found = climb(&columns, start, &labelled);
        let weights = taking_part.iter().zip(found).map(|((column, _), w)| (*column, w)).collect();
        let values = rows.by_row();
        let columns = rows.columns.len();
        let lists = Lists { columns, values: &values, is_relevant, lengths: &rows.lengths };
        let listwise = Listwise::fit(&lists, ListwiseOptions::default(), Progress::SILENT)?;
        Ok(Self { listwise, weights })
    }

    /// The sum of both, each standardised within each customer's rows.
    fn scores(&self, rows: &Rows) -> Vec<f32> {
        let values = rows.by_row();
        let mut linear: Vec<f32> = values
            .chunks_exact(rows.columns.len().max(1))
            .map(|row| self.listwise.score(row))
            .collect();
        let mut climbed = vec![0_f32; linear.len()];
        for &(column, weight) in &self.weights {
            for (sum, value) in climbed.iter_mut().zip(&rows.columns[column]) {
                *sum += weight * value;
            }
        }
        let mut from = 0;
        for &length in &rows.lengths {
            standardise(&mut linear[from..from + length]);
            standardise(&mut climbed[from..from + length]);
            from += length;
        }
        linear.iter().zip(climbed).map(|(a, b)| a + b).collect()
    }
}

fn standardise(values: &mut [f32]) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum();
    let deviation = (squares / count).max(1e-12).sqrt();
    for value in values {
        *value = ((f64::from(*value) - mean) / deviation) as f32;
    }
}

/// Scores of all items: the rows as they were scored, everything else below them as `blend` says.
fn lay(rows: &Rows, scored: &[f32], blend: &Scores, known: &Known) -> Scores {
    let mut laid = blend.clone();
    let mut from = 0;
    for (customer, &length) in rows.lengths.iter().enumerate() {
        let slots = from..from + length;
        from += length;
        let row = &mut laid.cells[customer * laid.items..(customer + 1) * laid.items];
        let lowest = scored[slots.clone()].iter().copied().fold(0.0, f32::min);
        let mut is_row = vec![false; row.len()];
        rows.items[slots.clone()].iter().for_each(|item| is_row[*item as usize] = true);
        known.taken(customer).iter().for_each(|item| is_row[*item as usize] = true);
        let others = row.iter().zip(&is_row).filter(|(_, is_row)| !**is_row);
        let highest = others.map(|(value, _)| *value).fold(f32::MIN, f32::max);
        row.iter_mut().for_each(|value| *value += lowest - 1.0 - highest.max(-1e6));
        for (item, score) in rows.items[slots.clone()].iter().zip(&scored[slots]) {
            row[*item as usize] = *score;
        }
    }
    laid
}

/// What stacking gains on parts that no setting of it was fitted on, seed by seed and in all, with
/// the standard error over customers of the mean difference.
pub(super) fn validate(
    ratings: &Ratings,
    split: Split,
    facts: &Facts,
    settings: &Settings,
    setup: &Setup<'_>,
) -> Result<Vec<String>, MeasureError> {
    let mut notes = Vec::new();
    let mut gains = vec![(0.0, 0_u32); ratings.customers];
    for &seed in setup.seeds {
        let (known, hidden) = hide(ratings.split(split, seed)?.0, split, seed)?;
        let recipe = Recipe { facts, settings, seed };
        let what = format!("seed {seed}: validate {STACKED}");
        let fitted = recipe.fit(&known, &what, setup.progress)?;
        let blend = known.judge_each(&fitted.blend, &hidden);
        let stacked = known.judge_each(&fitted.scores, &hidden);
        for ((sum, count), (a, b)) in gains.iter_mut().zip(blend.iter().zip(&stacked)) {
            if a.lists > 0 {
                *sum += b.ndcg() - a.ndcg();
                *count += 1;
            }
        }
        let of = |each: Vec<Means>| each.into_iter().sum::<Means>().ndcg();
        let (blend, stacked) = (of(blend), of(stacked));
        notes.push(format!("{STACKED}, seed {seed}: validation {blend:.4} → {stacked:.4}"));
    }
    let gains: Vec<f64> =
        gains.iter().filter(|(_, n)| *n > 0).map(|(sum, n)| sum / f64::from(*n)).collect();
    let count = gains.len() as f64;
    let mean = gains.iter().sum::<f64>() / count;
    let spread = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / count;
    let error = (spread / count).sqrt();
    notes.push(format!("{STACKED}: validation gain {mean:+.4} ± {error:.4} (standard error)"));
    Ok(notes)
}

/// A training part and what was hidden from it: the protocol's own validation part where it has
/// one, else a fifth of each customer's training ratings.
fn hide(known: Known, split: Split, seed: u64) -> Result<(Known, Csr), FitError> {
    let shape = (known.train.rows(), known.train.cols());
    if split == Split::EightOneOne {
        let hidden = known.valid.clone();
        return Ok((Known::new(shape, known.list, &[], known.base)?, hidden));
    }
    let dealt = folds(&group_sizes(&known.list, shape.0), 5, seed + 3000);
    known.without(|slot| dealt[slot] == 0)
}

impl Known {
    /// The same without the training ratings at the slots that `is_hidden` names, and those. A
    /// validation part is kept from the candidates of both.
    fn without(&self, is_hidden: impl Fn(usize) -> bool) -> Result<(Self, Csr), FitError> {
        let shape = (self.train.rows(), self.train.cols());
        let (mut rest, mut hidden) = (Vec::new(), Vec::new());
        for (slot, rating) in self.list.iter().enumerate() {
            if is_hidden(slot) { hidden.push(*rating) } else { rest.push(*rating) }
        }
        let valid = self.valid.clone();
        let rest = Self { valid, ..Self::new(shape, rest, &[], self.base)? };
        Ok((rest, cells(shape, &hidden)?))
    }
}
