//! Why could a model not be fitted?

use crate::progress::Cancelled;

/// Why a trainer, a split or a search gave no result. The caller can act on each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// The progress hook asked to stop; nothing was kept.
    #[error("fitting was cancelled")]
    Cancelled,
    /// The arrays or options do not make sense together; says which and what is allowed.
    #[error("{0}")]
    Input(String),
    /// The numbers went wrong although the input was legal (for example a singular system).
    #[error("{0}")]
    Numeric(String),
}

impl From<Cancelled> for FitError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}
