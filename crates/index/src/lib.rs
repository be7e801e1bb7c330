//! What is near this, or contains it?
//!
//! Knows ids and numbers only: ids are `u32` numbered densely by the caller, attributes are `u32`
//! term ids. Indexes are values that never change; a change gives a new one that shares nearly
//! everything with the old, so readers take no lock.
//!
//! | room | the question it answers |
//! |---|---|
//! | [`vector`] | what is near this vector? |
//! | [`attributes`] | what carries these terms? |
//! | [`live`] | how does an index change while it is read? |
//! | [`filter`] | which ids may be answered? |
//! | [`kernels`] | how alike are these numbers, at the speed of the memory? |

// Rows, ids and links are u32 by design: an index holds fewer than `filter::ID_LIMIT` rows.

pub mod attributes;
mod error;
pub mod filter;
pub mod kernels;
pub mod live;
mod stored;
mod top;
pub mod vector;

pub use attributes::{AttributeChange, AttributeIndex, AttributeOptions, Term};
pub use error::IndexError;
pub use filter::{Bitset, Filter};
pub use live::{Live, Snapshot};
pub use top::{Hit, TopK};
pub use vector::{Metric, Search, VectorChange, VectorIndex, VectorOptions, VectorStats};

#[cfg(test)]
mod tests;
