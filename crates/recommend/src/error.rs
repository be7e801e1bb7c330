//! What can be wrong with what an operator or a caller gave us, or with stored bytes?

use std::fmt::Display;

/// One thing that is wrong with an ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {found}; allowed: {allowed}")]
pub struct AskError {
    /// Which field, as a path.
    pub field: &'static str,
    /// What was seen.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
}

impl AskError {
    pub(crate) fn new(field: &'static str, found: impl Display, allowed: impl Display) -> Self {
        Self { field, found: found.to_string(), allowed: allowed.to_string() }
    }
}

/// One thing that is wrong with the options.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{option} is {found}; allowed: {allowed}")]
pub struct OptionError {
    /// Which option, as a path.
    pub option: String,
    /// What was seen.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
}

/// Why models could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum RecommendError {
    /// Bytes that are no models of this version.
    #[error("these bytes are not recommend models: {0}; train again")]
    Stored(String),
    /// A fit failed.
    #[error("fitting {what}: {why}")]
    Fit {
        /// Which model.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// The progress hook asked to stop; nothing was kept.
    #[error("training was cancelled")]
    Cancelled,
    /// Options out of range.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Options(Vec<OptionError>),
}
