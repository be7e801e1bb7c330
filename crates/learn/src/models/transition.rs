//! What usually follows what? Counted, not solved.
//!
//! ```text
//! W_ij = (f_ij + backward · f_ji) / (n_i + shrink)^power
//! f_ij = Σ over pairs (i before j, m places apart) exp(−(m − 1) / decay)
//! n_i  = Σ_j f_ij
//! ```
//!
//! With `decay` near 0 and `backward` 0 this is the first-order Markov chain; larger decays back
//! off to skipped steps (skip-grams, as in Guthrie et al. 2006), `backward` to pairs seen only in
//! the other order. It is what the sequential linear model becomes as its ridge grows, at the cost
//! of a count: Σ |list|² time, 12 bytes per pair.

use super::{
    sequence_map::SequenceMap,
    slist::{SlistOptions, pairs::System},
};
use crate::{
    error::FitError, progress::Progress, sequences::Sequences, sparse::Csr, topk::top_k_of,
};

/// Options of [`fit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransitionOptions {
    /// Places after which a follower counts 1/e, > 0.
    pub decay: f32,
    /// How much a pair in the other order counts, 0 ..= 1.
    pub backward: f32,
    /// 0 = counts, 1 = shares of the followers of i.
    pub power: f32,
    /// Added to n_i, ≥ 0, so that one sale does not make a rule.
    pub shrink: f32,
    /// Age in the ask after which an item counts 1/e, > 0.
    pub ask_decay: f32,
    /// Followers kept per item, ≥ 1.
    pub keep: usize,
}

impl Default for TransitionOptions {
    fn default() -> Self {
        Self { decay: 1.0, backward: 0.3, power: 0.0, shrink: 1.0, ask_decay: 1.0, keep: 500 }
    }
}

/// Counts what follows what in `sequences`; deterministic.
///
/// # Errors
/// [`FitError::Input`] for options out of range, [`FitError::Cancelled`].
pub fn fit(
    sequences: &Sequences,
    options: &TransitionOptions,
    progress: Progress<'_>,
) -> Result<SequenceMap, FitError> {
    let pair_options = SlistOptions {
        consistency: 0.0,
        past_decay: options.decay,
        future_decay: 1e-3,
        ask_decay: options.ask_decay,
        keep: options.keep,
        ..SlistOptions::default()
    };
    pair_options.check()?;
    let fractions = [("backward", options.backward), ("power", options.power)];
    if let Some((name, value)) = fractions.iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
        return Err(FitError::Input(format!("transition {name} is {value}, want 0 ..= 1")));
    }
    if options.shrink.is_nan() || options.shrink < 0.0 {
        return Err(FitError::Input("transition shrink is negative, want 0 or more".into()));
    }
    let forward = System::build(sequences, None, &pair_options, progress)?.cross;
    let backward = forward.transpose();
    let rows = forward.iter().zip(backward.iter()).map(|(after, before)| {
        let seen: f32 = after.values.iter().sum();
        // A row that nothing follows has only backward weights, which need no share.
        let total = if seen > 0.0 { seen + options.shrink } else { 1.0 };
        let scale = total.powf(-options.power);
        let ahead = after.iter().map(|(item, value)| (item, scale * value));
        let behind = before.iter().map(|(item, value)| (item, scale * options.backward * value));
        ahead.chain(behind.filter(|(_, value)| *value > 0.0)).collect()
    });
    let both = Csr::from_row_iter(forward.cols(), rows);
    let kept = both.iter().map(|row| top_k_of(row.iter(), options.keep));
    let kept = Csr::from_row_iter(forward.cols(), kept);
    Ok(SequenceMap::new(kept, options.ask_decay))
}

#[cfg(test)]
mod tests;
