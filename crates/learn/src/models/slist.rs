//! Which item comes next, as one linear map in closed form?
//!
//! ```text
//! B = argmin  α ‖X − X B‖² + (1 − α) ‖T − S B‖² + β ‖Z − Z B‖² + λ ‖B‖²,   B_jj ≤ ξ
//!   = P C − P diag(γ),   P = (α XᵀX + (1−α) SᵀS + β ZᵀZ + λ I)⁻¹
//!                        C =  α XᵀX + (1−α) SᵀT + β ZᵀZ
//!     γ_j = max(0, ((P C)_jj − ξ) / P_jj)
//! score(j) = Σ_i exp(−age_i / ask_decay) B_ij
//! ```
//!
//! X: one row per list, the set of its items (SLIS, consistency). S, T: one row per list and place
//! t in it; S holds what came before t, weighted by exp(−age), T what comes from t on (SLIT,
//! transition). Z: one row per attribute, the items that carry it, so that items alike in brand or
//! category lend each other evidence. α mixes the first two (SLIST). Choi, Kim, Lee, Shim, Lee,
//! "Session-aware Linear Item-Item Models for Session-based Recommendation", WWW 2021; with α = 1 and
//! ξ = 0 it is EASE (Steck, WWW 2019). The attribute rows are ours. Left out: the
//! separate decay of the paper's session weights inside one list.
//!
//! What surprises: neither S nor T is ever built. With exponential ages both products are sums over
//! pairs of events with a one-line recursion (see `pairs`), so the cost is Σ |list|², not |list|³.
//!
//! | solve | time | memory while fitting |
//! |---|---|---|
//! | dense | n³ + n·nnz(C) flop on all cores (12 k items: about 1.8 TFLOP) | 8 n² bytes |
//! | local | n·(K³/6 + K·mean row) per K candidates | nnz(A) + nnz(C) entries, 4 K² per core |
//!
//! The result is sparse in both cases: the `keep` largest weights of each row, 8 bytes each.

mod dense;
mod local;
mod options;
pub(super) mod pairs;
#[cfg(test)]
mod tests;

pub use options::{SlistOptions, Solve};

use super::{attributes::unit_rows, sequence_map::SequenceMap};
use crate::{error::FitError, progress::Progress, sequences::Sequences, sparse::Csr};

/// Fits on `sequences`, and on `attributes` (items × attributes, weights ≥ 0) if there are any.
/// Time and memory: see the top of this file; deterministic; the order of the lists does not
/// matter beyond rounding.
///
/// # Errors
/// [`FitError::Input`] for options out of range or attributes of another item count,
/// [`FitError::Numeric`] when the system is not positive definite (λ too small),
/// [`FitError::Cancelled`].
pub fn fit(
    sequences: &Sequences,
    attributes: Option<&Csr>,
    options: &SlistOptions,
    progress: Progress<'_>,
) -> Result<SequenceMap, FitError> {
    options.check()?;
    let items = sequences.item_count();
    if let Some(attributes) = attributes
        && attributes.rows() != items
    {
        let rows = attributes.rows();
        return Err(FitError::Input(format!("attributes of {rows} items, events of {items}")));
    }
    let attributes = attributes.filter(|_| options.attribute_weight > 0.0);
    let attributes = attributes.map(unit_rows);
    let system = pairs::System::build(sequences, attributes, options, progress)?;
    let weights = match options.solve {
        Solve::Dense => dense::solve(&system, options, progress)?,
        Solve::Local { candidates } => local::solve(&system, options, candidates, progress)?,
    };
    Ok(SequenceMap::new(weights, options.ask_decay))
}

/// Peak bytes of a fit beside the events, for [`Solve::Dense`], when the pairs of the events fill
/// `pair_count` cells (at most the sum of squared list lengths).
pub fn dense_bytes(items: usize, pair_count: u64) -> u64 {
    40 * pair_count + 8 * (items as u64).pow(2)
}

/// The same for [`Solve::Local`] with `candidates` per item, on `cores`.
pub fn local_bytes(items: usize, pair_count: u64, candidates: usize, cores: usize) -> u64 {
    let per_core = 12 * (candidates as u64).pow(2) + 20 * items as u64;
    40 * pair_count + 12 * items as u64 * candidates as u64 + cores as u64 * per_core
}
