//! Which settings are best on the validation part?
//!
//! Random points first, then one dial at a time around the best point with a step that halves each
//! round (coordinate refinement). Small, repeatable for a seed, and good enough for the handful of
//! dials that linear and neighbour models have (Bergstra & Bengio 2012 on why random comes first).
//! The evaluation closure gets settings and nothing else: give it training and validation rows
//! only.

use crate::{error::FitError, progress::Progress};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// How a dial moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences count equally.
    Linear,
    /// Equal ratios count equally; both ends must be positive.
    Log,
    /// Whole numbers, equal differences.
    Whole,
}

/// One setting that may be changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dial {
    /// Its name in reports.
    pub name: &'static str,
    /// Smallest value tried.
    pub low: f64,
    /// Largest value tried.
    pub high: f64,
    /// How it moves between them.
    pub scale: Scale,
}

impl Dial {
    fn at(&self, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        match self.scale {
            Scale::Linear => self.low + share * (self.high - self.low),
            Scale::Log => self.low * (self.high / self.low).powf(share),
            Scale::Whole => (self.low + share * (self.high - self.low)).round(),
        }
    }

    fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
            Scale::Linear | Scale::Whole => (value - self.low) / (self.high - self.low),
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// How much searching to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Seed of the random points.
    pub seed: u64,
    /// Random points tried beside the start.
    pub random: usize,
    /// Rounds of coordinate refinement; each tries up to two points per dial.
    pub rounds: usize,
}

/// One evaluated point.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The value of every dial.
    pub at: Vec<f64>,
    /// What the evaluation returned; larger is better.
    pub value: f64,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The best point.
    pub best: Trial,
    /// All points in the order tried, the start first.
    pub tried: Vec<Trial>,
}

/// Looks for the dial values that make `evaluate` largest, starting from `start` (one value per
/// dial). Never tries the same point twice in a row of refinement, and reports each trial as a
/// step called `what`. A trial whose value is not finite loses to every other.
///
/// # Errors
/// Whatever `evaluate` returns, [`FitError::Cancelled`], or [`FitError::Input`] when `start` and
/// `dials` differ in length or a dial is empty.
pub fn search(
    what: &str,
    dials: &[Dial],
    start: &[f64],
    effort: Effort,
    progress: Progress<'_>,
    mut evaluate: impl FnMut(&[f64]) -> Result<f64, FitError>,
) -> Result<Found, FitError> {
    check(dials, start)?;
    let total = (1 + effort.random + effort.rounds * dials.len() * 2) as u64;
    let mut tried: Vec<Trial> = Vec::new();
    let mut best = 0;
    let mut attempt = |at: Vec<f64>, tried: &mut Vec<Trial>, best: &mut usize| {
        progress.step(what, tried.len() as u64, total)?;
        if tried.iter().any(|trial| trial.at == at) {
            return Ok::<bool, FitError>(false);
        }
        let value = evaluate(&at)?;
        tried.push(Trial { at, value });
        let won = tried.len() == 1 || !(value <= tried[*best].value || value.is_nan());
        if won {
            *best = tried.len() - 1;
        }
        Ok(won)
    };
    attempt(start.to_vec(), &mut tried, &mut best)?;
    let mut rng = Pcg64Mcg::seed_from_u64(effort.seed);
    for _ in 0..effort.random {
        let at = dials.iter().map(|dial| dial.at(rng.random::<f64>())).collect();
        attempt(at, &mut tried, &mut best)?;
    }
    let mut stride = 0.125;
    for _ in 0..effort.rounds {
        for (slot, dial) in dials.iter().enumerate() {
            for sign in [1.0, -1.0] {
                let mut at = tried[best].at.clone();
                at[slot] = dial.at(dial.share(at[slot]) + sign * stride);
                if attempt(at, &mut tried, &mut best)? {
                    break;
                }
            }
        }
        stride /= 2.0;
    }
    progress.step(what, total, total)?;
    Ok(Found { best: tried[best].clone(), tried })
}

fn check(dials: &[Dial], start: &[f64]) -> Result<(), FitError> {
    if dials.len() != start.len() {
        let (dials, start) = (dials.len(), start.len());
        return Err(FitError::Input(format!("{dials} dials, but a start of {start} values")));
    }
    for dial in dials {
        let is_log = dial.scale == Scale::Log;
        let is_range = dial.low < dial.high;
        if !is_range || (is_log && dial.low <= 0.0) {
            let Dial { name, low, high, .. } = dial;
            return Err(FitError::Input(format!("dial {name} runs from {low} to {high}")));
        }
    }
    Ok(())
}
