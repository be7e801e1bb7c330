//! How does any decision run?

pub mod slate;
