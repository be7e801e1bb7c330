//! What is popular now, and what is becoming popular?
//!
//! ```text
//! count_h(i, now) = Σ over events of i:  w · 2^−((now − t) / h)          h = half-life
//! trend(i)        = (c_short(i) + κ) / (c_long(i) · S / L + κ)           S, L = totals over items
//! ```
//!
//! Events are weighed forward from a landmark (Cormode, Shkapenyuk, Srivastava, Xu, "Forward
//! decay", ICDE 2009): `w · 2^((t − landmark) / h)` never has to be aged, late events need no care,
//! and two counters add. When the exponents grow the landmark moves by a whole number of
//! half-lives, which multiplies by a power of two and so loses nothing.
//!
//! The trend compares an item's share of the recent events with its share of the older ones, so a
//! busy hour of the whole shop makes nothing trend. κ events of prior agreement keep rare items at
//! 1. Left out: seasons; a per-hour profile belongs to the caller's choice of half-lives.
//!
//! Cost: 16 bytes an item; an event costs two `exp2`.

#[cfg(test)]
mod tests;

use crate::{error::FitError, topk};
use serde::{Deserialize, Serialize};

/// Exponents up to this are kept; `f64` overflows at 1024.
const EXPONENT_MAX: f64 = 256.0;

/// How fast counts fade and how much evidence a trend needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PopularityOptions {
    /// Half-life of the recent count in days, > 0.
    pub short_days: f64,
    /// Half-life of the older count in days, above `short_days`.
    pub long_days: f64,
    /// κ: events of prior agreement in a trend, > 0. With 10, an item that was never seen before
    /// needs 10 fresh events to reach a trend of 2.
    pub prior_events: f64,
}

impl Default for PopularityOptions {
    fn default() -> Self {
        Self { short_days: 1.0, long_days: 14.0, prior_events: 10.0 }
    }
}

/// Exponentially decayed counts of items; additions commute and counters add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecayedCounts {
    half_life_s: f64,
    /// Where weights are 1, in whole half-lives since 1970.
    landmark: f64,
    weights: Vec<f64>,
    total: f64,
}

impl DecayedCounts {
    /// No events yet, over items `0 .. item_count`. `half_life_s` in seconds.
    ///
    /// # Errors
    /// [`FitError::Input`] unless the half-life is finite and positive.
    pub fn new(item_count: usize, half_life_s: f64) -> Result<Self, FitError> {
        if !(half_life_s.is_finite() && half_life_s > 0.0) {
            return Err(FitError::Input(format!("half-life of {half_life_s} s, want above 0")));
        }
        Ok(Self { half_life_s, landmark: 0.0, weights: vec![0.0; item_count], total: 0.0 })
    }

    /// Counts `weight` (≥ 0) for `item` at `at_s`; unknown items make room for themselves.
    pub fn add(&mut self, item: u32, weight: f64, at_s: i64) {
        let at = at_s as f64 / self.half_life_s;
        if self.total == 0.0 {
            self.landmark = at.floor();
        } else if at - self.landmark > EXPONENT_MAX {
            self.move_landmark(at.floor());
        }
        let weight = weight * (at - self.landmark).exp2();
        let item = item as usize;
        if item >= self.weights.len() {
            self.weights.resize(item + 1, 0.0);
        }
        self.weights[item] += weight;
        self.total += weight;
    }

    /// Adds the events of `other`.
    ///
    /// # Errors
    /// [`FitError::Input`] when the half-lives differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), FitError> {
        if self.half_life_s.to_bits() != other.half_life_s.to_bits() {
            let (ours, theirs) = (self.half_life_s, other.half_life_s);
            return Err(FitError::Input(format!("half-life of {theirs} s into one of {ours} s")));
        }
        if self.total == 0.0 {
            self.landmark = other.landmark;
        } else if other.total > 0.0 && other.landmark > self.landmark {
            self.move_landmark(other.landmark);
        }
        if other.weights.len() > self.weights.len() {
            self.weights.resize(other.weights.len(), 0.0);
        }
        let scale = (other.landmark - self.landmark).exp2();
        for (weight, more) in self.weights.iter_mut().zip(&other.weights) {
            *weight += more * scale;
        }
        self.total += other.total * scale;
        Ok(())
    }

    /// Decayed count of `item` at `now_s`; events after `now_s` count more than 1.
    pub fn count(&self, item: u32, now_s: i64) -> f64 {
        self.weight(item) * self.scale(now_s)
    }

    /// Decayed count of all items at `now_s`.
    pub fn total(&self, now_s: i64) -> f64 {
        self.total * self.scale(now_s)
    }

    /// The `count` items with the highest counts and these counts at `now_s`, best first; items
    /// that `keep` refuses and items never seen are left out.
    pub fn top(
        &self,
        count: usize,
        now_s: i64,
        mut keep: impl FnMut(u32) -> bool,
    ) -> Vec<(u32, f64)> {
        let largest = self.weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let shares: Vec<f32> =
            self.weights.iter().map(|weight| (weight / largest) as f32).collect();
        topk::top_k_where(&shares, count, |item| self.weight(item) > 0.0 && keep(item))
            .into_iter()
            .map(|(item, _)| (item, self.count(item, now_s)))
            .collect()
    }

    fn weight(&self, item: u32) -> f64 {
        self.weights.get(item as usize).copied().unwrap_or(0.0)
    }

    fn scale(&self, now_s: i64) -> f64 {
        (self.landmark - now_s as f64 / self.half_life_s).exp2()
    }

    /// Both landmarks are whole, so this multiplies by a power of two: exact, unless a weight is so
    /// old that it fades below 2⁻¹⁰²².
    fn move_landmark(&mut self, to: f64) {
        let scale = (self.landmark - to).exp2();
        for weight in &mut self.weights {
            *weight *= scale;
        }
        self.total *= scale;
        self.landmark = to;
    }
}

/// A recent and an older count side by side: what is hot, and what is getting hotter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Popularity {
    options: PopularityOptions,
    short: DecayedCounts,
    long: DecayedCounts,
}

impl Popularity {
    /// No events yet, over items `0 .. item_count`.
    ///
    /// # Errors
    /// [`FitError::Input`] unless `0 < short_days < long_days` and `prior_events > 0`.
    pub fn new(item_count: usize, options: PopularityOptions) -> Result<Self, FitError> {
        if options.long_days <= options.short_days || options.prior_events <= 0.0 {
            return Err(FitError::Input(format!(
                "popularity wants short_days < long_days and prior_events > 0, not {options:?}"
            )));
        }
        Ok(Self {
            options,
            short: DecayedCounts::new(item_count, options.short_days * 86_400.0)?,
            long: DecayedCounts::new(item_count, options.long_days * 86_400.0)?,
        })
    }

    /// Counts `weight` (≥ 0) for `item` at `at_s`, in seconds since 1970.
    pub fn add(&mut self, item: u32, weight: f64, at_s: i64) {
        self.short.add(item, weight, at_s);
        self.long.add(item, weight, at_s);
    }

    /// Adds the events of `other`.
    ///
    /// # Errors
    /// [`FitError::Input`] when the half-lives differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), FitError> {
        self.short.merge(&other.short)?;
        self.long.merge(&other.long)
    }

    /// The recent count.
    pub fn short(&self) -> &DecayedCounts {
        &self.short
    }

    /// The older count.
    pub fn long(&self) -> &DecayedCounts {
        &self.long
    }

    /// How much more of the recent events `item` has than of the older ones at `now_s`: 1 = as
    /// ever, above 1 = rising; > 0.
    pub fn trend(&self, item: u32, now_s: i64) -> f64 {
        let (short, long) = (self.short.total(now_s), self.long.total(now_s));
        let expected = if long > 0.0 { self.long.count(item, now_s) * short / long } else { 0.0 };
        let prior = self.options.prior_events;
        (self.short.count(item, now_s) + prior) / (expected + prior)
    }

    /// The `count` items with the highest trend above 1, best first.
    pub fn trending(
        &self,
        count: usize,
        now_s: i64,
        mut keep: impl FnMut(u32) -> bool,
    ) -> Vec<(u32, f64)> {
        let items = self.short.weights.len().max(self.long.weights.len()) as u32;
        let trends: Vec<f32> = (0..items).map(|item| self.trend(item, now_s) as f32).collect();
        topk::top_k_where(&trends, count, |item| trends[item as usize] > 1.0 && keep(item))
            .into_iter()
            .map(|(item, trend)| (item, f64::from(trend)))
            .collect()
    }
}
