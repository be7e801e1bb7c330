//! How is a model fitted?
//!
//! Pure compute on arrays: nothing here knows of events, customers' names or stores. Rows are
//! customers, sessions or whatever a caller counts from 0; columns are items counted from 0.
//! Every trainer takes a [`progress::Progress`], is deterministic for a seed, and uses all cores
//! of the current rayon pool (a caller caps the cores by `ThreadPool::install`).
//!
//! ```text
//! sparse, sequences       what the facts look like as arrays
//! split, metrics, search  how a model is chosen without touching the test rows
//! votes, warm             what was voted for, and what is read next, while an answer is made
//! topk, progress, error   small parts all trainers share
//! models/                 one method per file; its first line is the formula and the paper
//! ```

pub mod dense;
pub mod error;
pub mod metrics;
pub mod models;
pub mod progress;
pub mod search;
pub mod sequences;
pub mod sparse;
pub mod split;
pub mod topk;
pub mod votes;
pub mod warm;

#[cfg(test)]
mod tests;
