//! What can be wrong with what the caller gave, or with stored bytes?

use thiserror::Error;

/// Why an index refused an input. Nothing is changed when one is returned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IndexError {
    /// A vector, or a block of them, has the wrong number of values.
    #[error("read vectors: expected {expected} values, got {got}")]
    Shape {
        /// How many values were needed.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// A value is NaN or infinite, or a weight is not above zero.
    #[error("read values of id {id}: value {position} is not usable ({rule})")]
    Value {
        /// The id the values belong to; `u32::MAX` for a query.
        id: u32,
        /// Position of the first offending value.
        position: usize,
        /// What every value must be.
        rule: &'static str,
    },
    /// Ids are positions in bitsets, so they must stay small.
    #[error("read id {id}: ids must be below {limit}; number them densely from 0")]
    IdTooLarge {
        /// The id seen.
        id: u32,
        /// The first id that is refused.
        limit: u32,
    },
    /// An option lies outside its range.
    #[error("check options: {option} is {got}, allowed is {allowed}")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// Value seen.
        got: usize,
        /// Range in words.
        allowed: &'static str,
    },
    /// Stored bytes are not an index, are damaged, or come from another version.
    #[error("open stored index: {0}; rebuild it from its source")]
    Stored(&'static str),
}
