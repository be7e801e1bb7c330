//! Who sees which arm, and did it help?
//!
//! An experiment gives each unit (a customer, a device, a session) one of several arms by a hash
//! of the unit's id: no table of assignments, the same arm on every machine and after every
//! restart, and the probability of it known exactly. Decisions record their arms; the outcomes
//! that name those decisions are counted back to the arms by a fold over the log.
//!
//! | room | the question it answers |
//! |---|---|
//! | `options` | What may be configured, and is it sound? |
//! | `assign` | Which arm does this unit see? |
//! | `tally` | What did each arm bring? A fold over facts. |
//! | `results` | Did it help, and can the numbers be trusted? |
//! | `statistics` | Wilson, Newcombe, chi-square: the formulas |

mod assign;
mod error;
mod options;
mod results;
mod statistics;
mod tally;

pub use assign::{Assigned, BUCKETS, Experiments, bucket};
pub use error::ExperimentError;
pub use options::{ArmOptions, ExperimentOptions, Unit};
pub use results::{ArmResult, ExperimentResult, Mismatch};
pub use statistics::{Rate, chi_square_p, difference};
pub use tally::{ArmCounts, PolicyCounts, Tally};

#[cfg(test)]
mod tests;
