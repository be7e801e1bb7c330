//! How is the whole built from one config?
//!
//! [`App`] owns the log, everything that is folded from it, the models and the policies, and
//! answers whatever the door or the command line ask. It knows every domain and no protocol.
//!
//! | room | the question it answers |
//! |---|---|
//! | `config` | what may an operator choose? |
//! | `open` | how does it start, from a directory to the first answer? |
//! | `state` | what do the folds know? |
//! | `ingest` | how does a fact get in? |
//! | `ask` | how is a question answered, recorded and shadowed? |
//! | `decisions` | where is the record of this decision? |
//! | `replay` | does the same state still give the same answer? |
//! | `train` | how do models get better beside serving? |
//! | `jobs` | what runs beside serving, and how far is it? |
//! | `models` | which version serves? |
//! | `look` | what can people look at? |
//! | `browse` | what can people leaf through? |
//! | `known` | what was known of a customer at a moment? |
//! | `pulse` | how is it going, moment by moment? |
//! | `doctor` | what is missing, and how is it mended? |
//! | `imports` | which files were brought in, and what came of them? |
//! | `import`, `export` | how does a shop's past get in, and everything out again? |

mod ask;
mod browse;
mod config;
mod decisions;
mod doctor;
mod error;
mod export;
pub mod import;
mod imports;
mod ingest;
mod jobs;
mod known;
mod look;
mod models;
mod open;
mod pulse;
mod replay;
mod state;
mod train;

pub use ask::Recommended;
pub use browse::{CustomerSeen, DecisionQuery, ItemOrder, ItemQuery, ItemSeen, Page, Past};
pub use config::{AppOptions, DecideOptions, StoreOptions, TrainOptions};
pub use doctor::{Finding, Severity};
pub use error::AppError;
pub use imports::{ImportEntry, Layout, Upload};
pub use ingest::Ingested;
pub use jobs::{Job, JobState};
pub use known::Known;
pub use look::{Health, Overview, PolicyClicks, Profile};
pub use models::ModelVersion;
pub use open::App;
pub use pulse::{BEAT_S, Beat, Took};
pub use replay::ReplayCount;
pub use train::TrainingOutcome;

// What the door and the binary need of the rooms below, so that they reach them through here.
pub use decide::{Language, Replayed};
pub use experiments::ExperimentResult;
pub use govern::{
    Key, KeyHash, KeyOptions, Keys, Permission, Scope, Scopes, TrailEntry, TrailFilter,
};
pub use registry::{By, Card, State as ModelState, Verdict};
pub use store::{Ack, Receipt};

#[cfg(test)]
mod tests;
