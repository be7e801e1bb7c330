//! What may be set on VMIS-kNN, and the weights that fall with distance.

use crate::error::FitError;
use serde::{Deserialize, Serialize};

/// A weight that falls with a distance in clicks, 0 = the latest click.
///
/// The published variants of session kNN differ in little else.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Decay {
    /// 1 at any distance (S-kNN).
    Flat,
    /// `(len − d) / len`: from 1 at the latest click to `1 / len` at the first (VMIS-kNN).
    ToStart,
    /// `max(0, 1 − step · (d + 1))` (VS-kNN's `linear`; step .1 in VMIS-kNN's first-match weight).
    Linear(f32),
    /// `1 / (d + 1)` (VS-kNN's `div`).
    Harmonic,
    /// `1 / (d + 1)²` (VS-kNN's `quadratic`).
    Quadratic,
    /// `1 / log10(d + 2.7)` (VS-kNN's `log`).
    Logarithmic,
    /// `exp(−d / clicks)` (STAN); the field is the e-folding distance in clicks, > 0.
    Exponential(f32),
}

impl Decay {
    /// Weight at `distance` clicks from the end of a session of `length` clicks; in [0, 2.4].
    #[must_use]
    pub fn weight(self, distance: usize, length: usize) -> f32 {
        let d = distance as f32;
        match self {
            Self::Flat => 1.0,
            Self::ToStart => (length as f32 - d).max(0.0) / (length as f32).max(1.0),
            Self::Linear(step) => (1.0 - step * (d + 1.0)).max(0.0),
            Self::Harmonic => 1.0 / (d + 1.0),
            Self::Quadratic => 1.0 / ((d + 1.0) * (d + 1.0)),
            Self::Logarithmic => 1.0 / (d + 2.7).log10(),
            Self::Exponential(clicks) => (-d / clicks).exp(),
        }
    }

    fn is_valid(self) -> bool {
        match self {
            Self::Linear(step) => (0.0..=1.0).contains(&step),
            Self::Exponential(clicks) => clicks > 0.0,
            _ => true,
        }
    }
}

/// How neighbours are found and what they are worth.
///
/// The defaults are VMIS-kNN as published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VmisOptions {
    /// `m`: most recent sessions looked at, per item and per ask; 1..=65 535. More finds rarer
    /// company and costs time linearly.
    pub recent_sessions: usize,
    /// `k`: neighbours that vote, 1..=`recent_sessions`.
    pub neighbours: usize,
    /// Latest clicks of the asking session that count, 1..=65 535.
    pub last_items: usize,
    /// Sessions with more distinct items than this are not indexed: they are robots or lists.
    pub session_items_max: usize,
    /// Weight of a shared item by its distance from the end of the asking session.
    pub position: Decay,
    /// Weight of a neighbour by the distance of the latest item it shares.
    pub first_match: Decay,
    /// `p`: 0 ignores how common the recommended item is, 1 multiplies by its idf.
    pub idf_power: f32,
    /// e-folding age of a neighbour in days, > 0; infinite = age does not count.
    pub recency_days: f32,
    /// `q`: 0 ignores a neighbour's length, 0.5 is the cosine's share.
    pub length_power: f32,
    /// e-folding distance, inside a neighbour, from the latest shared item, > 0; infinite = off.
    /// Items five times as far get nothing.
    pub reach: f32,
    /// Factor on items clicked before that shared item in the neighbour, 0..=1; 1 = order is
    /// ignored.
    pub backward: f32,
}

impl Default for VmisOptions {
    fn default() -> Self {
        Self {
            recent_sessions: 500,
            neighbours: 100,
            last_items: 9,
            session_items_max: 1_000,
            position: Decay::ToStart,
            first_match: Decay::Linear(0.1),
            idf_power: 1.0,
            recency_days: f32::INFINITY,
            length_power: 0.0,
            reach: f32::INFINITY,
            backward: 1.0,
        }
    }
}

impl VmisOptions {
    /// Checks every range.
    ///
    /// # Errors
    /// [`FitError::Input`] names the first option that lies outside.
    pub fn check(&self) -> Result<(), FitError> {
        let counts = 1..=usize::from(u16::MAX);
        let rules = [
            (counts.contains(&self.recent_sessions), "recent_sessions", "1..=65535"),
            (
                (1..=self.recent_sessions).contains(&self.neighbours),
                "neighbours",
                "1..=recent_sessions",
            ),
            (counts.contains(&self.last_items), "last_items", "1..=65535"),
            (self.session_items_max >= 1, "session_items_max", "at least 1"),
            (self.position.is_valid(), "position", "step 0..=1, clicks > 0"),
            (self.first_match.is_valid(), "first_match", "step 0..=1, clicks > 0"),
            ((0.0..=8.0).contains(&self.idf_power), "idf_power", "0..=8"),
            (self.recency_days > 0.0, "recency_days", "> 0 or infinite"),
            ((0.0..=2.0).contains(&self.length_power), "length_power", "0..=2"),
            (self.reach > 0.0, "reach", "> 0 or infinite"),
            ((0.0..=1.0).contains(&self.backward), "backward", "0..=1"),
        ];
        match rules.into_iter().find(|(holds, ..)| !holds) {
            Some((_, option, allowed)) => Err(FitError::Input(format!(
                "VMIS-kNN: {option} is out of range, allowed: {allowed}"
            ))),
            None => Ok(()),
        }
    }

    /// `weight(n)` of a session of `length` distinct items that ended `age_s` seconds before the
    /// newest session of the build (negative for later ones).
    pub(super) fn session_weight(&self, length: usize, age_s: i64) -> f32 {
        let age_days = age_s as f32 / 86_400.0;
        (-age_days / self.recency_days).exp() * (length.max(1) as f32).powf(-self.length_power)
    }
}
