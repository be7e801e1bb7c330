//! How does any decision run?
//!
//! One way for every domain: fetch what the question needs → consent → arm → time budget → decide
//! under a panic guard → record → answer. A domain implements [`Decider`] and forgets nothing,
//! because what must not be forgotten is done here.
//!
//! | room | the question it answers |
//! |---|---|
//! | `decider` | what does a domain have to say? |
//! | `ctx` | what may a decision see? |
//! | `budget` | is there time left, and will a replay agree? |
//! | `run` | how is one decision taken, guarded and recorded? |
//! | `lineup` | which policy answers: the live one, an arm's, a shadow? |
//! | `shadow` | what would another policy have answered? |
//! | `replay` | does the same state still give the same bytes? |
//! | `explain` | how is a record put into sentences? |
//! | `slate` | plain functions that ranking-shaped domains share |

mod budget;
mod ctx;
mod decider;
mod explain;
mod lineup;
mod replay;
mod run;
mod shadow;
pub mod slate;

pub use budget::Budget;
pub use ctx::Ctx;
pub use decider::{Decided, Decider, Needs, Refusal, WhenRecorded};
pub use explain::{Language, Names, explain};
pub use lineup::Lineup;
pub use replay::{Replayed, replay};
pub use run::{Answered, Records, Runner};
pub use shadow::shadow;

#[cfg(test)]
mod tests;
