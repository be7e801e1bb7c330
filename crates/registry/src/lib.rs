//! Which model serves, and where did it come from?
//!
//! A training ends with an artefact (bytes that only its domain can read) and a [`Card`] that
//! says what made it and how well it did. The [`Registry`] keeps both under a version that is
//! never used twice, lets a version serve only when its [`Gate`]s pass, and can go back to the
//! one before at any time. A running server holds the serving value in a [`Slot`], which is
//! swapped whole, without a restart and without a lock.
//!
//! ```text
//! models/
//!   .lock                      held while anything below changes, also between processes
//!   recommend/
//!     manifest.json            which version serves, which served before; replaced atomically
//!     1/ artefact.bin card.json
//!     2/ artefact.bin card.json
//! ```
//!
//! | room | the question it answers |
//! |---|---|
//! | `card` | What made this artefact, and how good is it? |
//! | `gates` | Is it good enough to serve? |
//! | `shelf` | Which versions are there, and which one serves? |
//! | `manifest` | What is remembered of serving? |
//! | `files` | How does a file change so that a crash leaves the old or the new one? |
//! | `slot` | How does a running server change its model? |

mod card;
mod error;
mod files;
mod gates;
mod manifest;
mod shelf;
mod slot;

pub use card::{Card, Draft, Metric, Window};
pub use error::RegistryError;
pub use gates::{Better, Gate, Verdict, judge};
pub use shelf::{By, Listed, Loaded, Promoted, Registry, RolledBack, Skipped, State};
pub use slot::{Served, Slot};

#[cfg(test)]
mod tests;
