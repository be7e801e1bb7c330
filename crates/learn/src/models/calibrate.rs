//! Does a score of 0.3 mean that it happens three times in ten, and how is it made to?
//!
//! ```text
//! isotonic   the non-decreasing step function nearest to the outcomes (pool adjacent violators,
//!            Ayer et al. 1955), read by linear interpolation between the steps' middles
//! Platt      p = 1 / (1 + e^(a·s + b)), targets (n₊+1)/(n₊+2) and 1/(n₋+2) (Platt 1999), solved by
//!            Newton with backtracking (Lin, Lin, Weng 2007)
//! ECE        Σ over bins  (n_bin / n) · |mean outcome − mean probability|
//! Brier      mean (p − y)²          log-loss   mean −(y ln p + (1 − y) ln(1 − p))
//! ```
//!
//! Isotonic follows any monotone shape and wants some thousand outcomes; Platt has two numbers and
//! is the choice below that. Both answer within [0, 1] and never turn an order around. Fit on rows
//! the model has not seen. Left out: beta calibration, binning by histogram.

#[cfg(test)]
mod tests;

use crate::error::FitError;
use serde::{Deserialize, Serialize};

/// A monotone map from raw scores to probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// Steps found by pooling adjacent violators.
    Isotonic(Isotonic),
    /// Two numbers.
    Platt(Platt),
}

/// A non-decreasing, piecewise linear map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Mean score of each step, ascending.
    scores: Vec<f32>,
    /// Its probability, non-decreasing.
    chances: Vec<f32>,
}

/// `p = 1 / (1 + e^(a·s + b))` with `a ≤ 0`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// Slope, ≤ 0, so that higher scores are likelier.
    pub a: f64,
    /// Intercept.
    pub b: f64,
}

/// How far probabilities are from outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibratedness {
    /// Expected calibration error over bins of equal width, 0..=1.
    pub ece: f64,
    /// Mean squared error, 0..=1.
    pub brier: f64,
    /// Mean negative log-likelihood in nats, ≥ 0; probabilities are kept 10⁻⁷ off 0 and 1.
    pub log_loss: f64,
}

impl Calibration {
    /// Isotonic from `isotonic_min` outcomes of each class upwards, else Platt.
    ///
    /// # Errors
    /// As [`Isotonic::fit`].
    pub fn fit(scores: &[f32], outcomes: &[bool], isotonic_min: usize) -> Result<Self, FitError> {
        let happened = outcomes.iter().filter(|&&outcome| outcome).count();
        if happened.min(outcomes.len() - happened) >= isotonic_min {
            Isotonic::fit(scores, outcomes).map(Self::Isotonic)
        } else {
            Platt::fit(scores, outcomes).map(Self::Platt)
        }
    }

    /// Probability of a raw score, in [0, 1]; NaN counts as the lowest score.
    #[must_use]
    pub fn probability(&self, score: f32) -> f32 {
        match self {
            Self::Isotonic(steps) => steps.probability(score),
            Self::Platt(curve) => curve.probability(score),
        }
    }
}

impl Isotonic {
    /// Fits the steps. O(n log n).
    ///
    /// # Errors
    /// [`FitError::Input`] without outcomes, with a score that is not finite, or when the slices
    /// differ in length.
    pub fn fit(scores: &[f32], outcomes: &[bool]) -> Result<Self, FitError> {
        check(scores, outcomes)?;
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let mut steps: Vec<Step> = Vec::new();
        // Equal scores must get one answer, so they enter as one step.
        for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
            let rows = tied.len() as f64;
            let mut step = Step {
                rows,
                scores: f64::from(scores[tied[0]]) * rows,
                happened: tied.iter().filter(|&&row| outcomes[row]).count() as f64,
            };
            while let Some(below) = steps.pop_if(|below| below.chance() >= step.chance()) {
                step.rows += below.rows;
                step.scores += below.scores;
                step.happened += below.happened;
            }
            steps.push(step);
        }
        Ok(Self {
            scores: steps.iter().map(|step| (step.scores / step.rows) as f32).collect(),
            chances: steps.iter().map(|step| step.chance() as f32).collect(),
        })
    }

    /// Probability of a raw score, in [0, 1]; NaN counts as the lowest score.
    #[must_use]
    pub fn probability(&self, score: f32) -> f32 {
        let above = self.scores.partition_point(|&at| at < score);
        let Some(&high) = self.chances.get(above) else { return self.chances[above - 1] };
        if above == 0 {
            return high;
        }
        let (low, from, to) = (self.chances[above - 1], self.scores[above - 1], self.scores[above]);
        let share = if to > from { (score - from) / (to - from) } else { 1.0 };
        (low + (high - low) * share).clamp(low, high)
    }
}

/// Rows that share an answer.
struct Step {
    rows: f64,
    scores: f64,
    happened: f64,
}

impl Step {
    fn chance(&self) -> f64 {
        self.happened / self.rows
    }
}

impl Platt {
    /// Fits the curve. Scores that rank the wrong way round give a flat one.
    ///
    /// # Errors
    /// As [`Isotonic::fit`].
    pub fn fit(scores: &[f32], outcomes: &[bool]) -> Result<Self, FitError> {
        check(scores, outcomes)?;
        let happened = outcomes.iter().filter(|&&outcome| outcome).count() as f64;
        let not = outcomes.len() as f64 - happened;
        let targets = [1.0 / (not + 2.0), (happened + 1.0) / (happened + 2.0)];
        let rows = || {
            let targets = outcomes.iter().map(move |&outcome| targets[usize::from(outcome)]);
            scores.iter().map(|&score| f64::from(score)).zip(targets)
        };
        let mut at = Self { a: 0.0, b: ((not + 1.0) / (happened + 1.0)).ln() };
        let mut loss = at.loss(rows());
        for _ in 0..100 {
            let Some([da, db]) = at.newton_step(rows()) else { break };
            let mut size = 1.0;
            let next = loop {
                let next = Self { a: at.a + size * da, b: at.b + size * db };
                if next.loss(rows()) < loss {
                    break Some(next);
                }
                size /= 2.0;
                if size < 1e-10 {
                    break None;
                }
            };
            let Some(next) = next else { break };
            at = next;
            loss = at.loss(rows());
        }
        if at.a > 0.0 {
            let base = (happened + 1.0) / (happened + not + 2.0);
            return Ok(Self { a: 0.0, b: ((1.0 - base) / base).ln() });
        }
        Ok(at)
    }

    /// Probability of a raw score, in [0, 1]; NaN counts as the lowest score.
    #[must_use]
    pub fn probability(&self, score: f32) -> f32 {
        let score = if score.is_nan() { f32::MIN } else { score };
        self.chance(f64::from(score)) as f32
    }

    fn chance(&self, score: f64) -> f64 {
        // A slope of 0 must not meet an infinite score.
        let exponent = if self.a == 0.0 { self.b } else { self.a * score + self.b };
        1.0 / (1.0 + exponent.exp())
    }

    fn loss(&self, rows: impl Iterator<Item = (f64, f64)>) -> f64 {
        rows.map(|(score, target)| {
            let exponent = self.a * score + self.b;
            // −t ln p − (1 − t) ln(1 − p) without overflow.
            exponent.max(0.0) - (1.0 - target) * exponent + (-exponent.abs()).exp().ln_1p()
        })
        .sum()
    }

    /// The Newton direction; `None` at the optimum.
    fn newton_step(&self, rows: impl Iterator<Item = (f64, f64)>) -> Option<[f64; 2]> {
        let (mut ga, mut gb) = (0.0, 0.0);
        let (mut haa, mut hab, mut hbb) = (1e-12, 0.0, 1e-12);
        for (score, target) in rows {
            let p = self.chance(score);
            let (slope, bend) = (target - p, p * (1.0 - p));
            ga += score * slope;
            gb += slope;
            haa += score * score * bend;
            hab += score * bend;
            hbb += bend;
        }
        if ga.abs() < 1e-9 && gb.abs() < 1e-9 {
            return None;
        }
        let determinant = haa * hbb - hab * hab;
        let step = [(hab * gb - hbb * ga) / determinant, (hab * ga - haa * gb) / determinant];
        step.iter().all(|part| part.is_finite()).then_some(step)
    }
}

impl Calibratedness {
    /// Measures `probabilities` (in [0, 1]) against what happened, with `bins` ≥ 1 for the ECE.
    /// `None` without rows.
    #[must_use]
    pub fn of(probabilities: &[f32], outcomes: &[bool], bins: usize) -> Option<Self> {
        let bins = bins.max(1);
        let mut gaps = vec![0.0; bins];
        let (mut brier, mut log_loss) = (0.0, 0.0);
        let n = probabilities.len().min(outcomes.len());
        for (&p, &outcome) in probabilities.iter().zip(outcomes) {
            let (p, y) = (f64::from(p), f64::from(u8::from(outcome)));
            gaps[((p * bins as f64) as usize).min(bins - 1)] += y - p;
            brier += (p - y) * (p - y);
            let said = if outcome { p } else { 1.0 - p };
            log_loss -= said.clamp(1e-7, 1.0 - 1e-7).ln();
        }
        let mean = |sum: f64| sum / n as f64;
        (n > 0).then(|| Self {
            ece: mean(gaps.into_iter().map(f64::abs).sum()),
            brier: mean(brier),
            log_loss: mean(log_loss),
        })
    }
}

fn check(scores: &[f32], outcomes: &[bool]) -> Result<(), FitError> {
    if scores.is_empty() || scores.len() != outcomes.len() {
        let (scores, outcomes) = (scores.len(), outcomes.len());
        return Err(FitError::Input(format!("calibrate: {scores} scores, {outcomes} outcomes")));
    }
    match scores.iter().position(|score| !score.is_finite()) {
        Some(row) => Err(FitError::Input(format!("calibrate: score {row} is {}", scores[row]))),
        None => Ok(()),
    }
}
