//! May we, who did, and why?
//!
//! Consent is a fold over what customers said, so that every decision can tell on whose word it
//! used what it knew. Whoever acts on the server carries a key with scopes, and what they change
//! leaves a trace. Texts that go to logs are masked here and nowhere else.
//!
//! | room | the question it answers |
//! |---|---|
//! | `consent` | May we use what we know, and who said so? |
//! | `options` | What holds when nobody said anything? |
//! | `keys` | Who is calling, and what may they do? |
//! | `mask` | How is a person named in a log? |
//! | `trail` | Who did what lately? |
//! | `snapshot` | How does this survive a restart? |

mod consent;
mod keys;
mod mask;
mod options;
mod snapshot;
mod trail;

pub use consent::{Consents, Permission, Why};
pub use keys::{Key, KeyError, KeyHash, KeyOptions, Keys, KeysError, Scope, Scopes, new_secret};
pub use mask::{Masked, masked, masked_text};
pub use options::GovernOptions;
pub use snapshot::{Govern, SnapshotError};
pub use trail::{Trail, TrailEntry, TrailFilter};

#[cfg(test)]
mod tests;
