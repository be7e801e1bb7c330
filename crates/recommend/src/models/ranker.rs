//! How likely is a touch? Boosted trees over the inputs, calibrated to a probability.
//!
//! ```text
//! p = σ(a · m + b)        m: the trees' log-odds; a, b: Platt's, fitted on later rows
//! ```
//!
//! **Parts in probabilities.** The trees' contributions `cᶠ` add up in log-odds: m = m₀ + Σ cᶠ.
//! They are carried over by the chord of the sigmoid between m₀ and m,
//! `partᶠ = cᶠ · (p(m) − p(m₀)) / (m − m₀)`, so parts keep their signs and proportions and
//! p(m₀) + Σ partᶠ is p exactly.

use crate::score::{WIDTH, part};
use commerce::Part;
use learn::models::trees::{Forest, TreeScratch};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// Turns log-odds of the trees into probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Slope, > 0.
    pub slope: f32,
    /// Offset.
    pub offset: f32,
}

impl Default for Calibration {
    /// Leaves log-odds as they are.
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0 }
    }
}

impl Calibration {
    /// The probability at `margin` log-odds, in (0, 1).
    #[must_use]
    pub fn probability(&self, margin: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * margin + self.offset)).exp())
    }

    /// Fits slope and offset to `margins` and 0/1 `labels`, each counted `weights` times (empty: all
    /// once), by Newton's method on the log-loss, with Platt's (1999) softened labels, which keep
    /// few rows from promising certainty. The slope stays positive, so calibration never changes an
    /// order.
    #[must_use]
    pub fn fit(margins: &[f32], labels: &[f32], weights: &[f32]) -> Self {
        let weight = |row: usize| weights.get(row).map_or(1.0, |&weight| f64::from(weight));
        let is_hit = |row: usize| labels[row] > 0.5;
        let rows = 0..labels.len().min(margins.len());
        let hits: f64 = rows.clone().filter(|&row| is_hit(row)).map(weight).sum();
        let misses: f64 = rows.clone().filter(|&row| !is_hit(row)).map(weight).sum();
        if hits == 0.0 || misses == 0.0 {
            return Self::default();
        }
        let (yes, no) = ((hits + 1.0) / (hits + 2.0), 1.0 / (misses + 2.0));
        let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
        for _ in 0..50 {
            let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-6, 0.0, 1e-6);
            for row in rows.clone() {
                let (m, w) = (f64::from(margins[row]), weight(row));
                let p = 1.0 / (1.0 + (-(slope * m + offset)).exp());
                let gap = w * (p - if is_hit(row) { yes } else { no });
                let curve = w * p * (1.0 - p);
                ga += gap * m;
                gb += gap;
                haa += curve * m * m;
                hab += curve * m;
                hbb += curve;
            }
            let det = haa * hbb - hab * hab;
            let (da, db) = ((hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det);
            if !da.is_finite() || !db.is_finite() {
                break;
            }
            slope = (slope - da.clamp(-1.0, 1.0)).max(0.05);
            offset -= db.clamp(-2.0, 2.0);
            if da.abs() + db.abs() < 1e-7 {
                break;
            }
        }
        Self { slope: slope as f32, offset: offset as f32 }
    }
}

/// Trees and their calibration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ranker {
    forest: Forest,
    calibration: Calibration,
}

thread_local! {
    static LAID_OUT: RefCell<TreeScratch> = RefCell::default();
}

impl Ranker {
    /// A ranker of `forest`, whose rows are those of the score's inputs.
    #[must_use]
    pub fn new(forest: Forest, calibration: Calibration) -> Self {
        Self { forest, calibration }
    }

    /// The trees.
    #[must_use]
    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// The calibration.
    #[must_use]
    pub fn calibration(&self) -> Calibration {
        self.calibration
    }

    /// The probability of a touch for each row of `inputs`, into `out`.
    pub(crate) fn scores(&self, inputs: &[f32], out: &mut Vec<f32>) {
        out.clear();
        out.resize(inputs.len() / WIDTH, 0.0);
        LAID_OUT.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.forest.score(inputs, &mut scratch, out),
            Err(_) => self.forest.score(inputs, &mut TreeScratch::default(), out),
        });
        for score in out {
            *score = self.calibration.probability(*score);
        }
    }

    /// The parts of one row's probability: the start, then every input that contributes.
    pub(crate) fn parts(&self, row: &[f32]) -> Vec<Part> {
        let mut shares = Vec::new();
        let bias = self.forest.contributions(row, &mut shares) as f32;
        let moved = shares.iter().sum::<f64>() as f32;
        let start = self.calibration.probability(bias);
        let end = self.calibration.probability(bias + moved);
        let chord = if moved.abs() > 1e-4 {
            (end - start) / moved
        } else {
            // The chord of nothing is the tangent.
            self.calibration.slope * start * (1.0 - start)
        };
        let inputs = shares.iter().enumerate().filter(|(_, share)| **share != 0.0);
        let part = |code, value| Part { code, value };
        let mut parts = Vec::with_capacity(1 + shares.len());
        parts.push(part(part::START, start));
        parts
            .extend(inputs.map(|(at, share)| part(part::INPUT + at as u16, *share as f32 * chord)));
        parts
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let (have, want) = (self.forest.feature_count(), WIDTH);
        if have == want && self.calibration.slope > 0.0 {
            return Ok(());
        }
        Err(format!("the ranker reads {have} inputs, this server gives {want}"))
    }
}
