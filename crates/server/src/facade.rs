//! What must a shop's brain be able to do for the door to open?
//!
//! One object-safe trait, filled by `app` in the product and by a small fake in the tests. All
//! calls but [`Shop::ingest`] are synchronous. [`Shop::recommend`] may take milliseconds; what may
//! take longer (a replay, a promotion, a profile) the server runs on threads of its own.

use crate::Problem;
use crate::ask::Ask;
use commerce::{
    At, Customer, DecisionId, DecisionRecord, DeviceId, EventKind, Fact, ItemId, ModelRef, Purpose,
};
use experiments::ExperimentResult;
use govern::{Permission, TrailEntry, TrailFilter};
use registry::{Card, State};
use std::sync::Arc;
use store::{Ack, Receipt};

/// Called once with what came of a batch; runs on the log's writer thread, so it must be quick.
pub type Ingested = Box<dyn FnOnce(Result<Vec<Receipt>, Problem>) + Send>;

/// The language of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// An answer, as its record keeps it.
#[derive(Clone, Debug)]
pub struct Recommended {
    /// The record: the whole slate, its scores, parts and reasons.
    pub record: Arc<DecisionRecord>,
    /// How the customer was treated: `new`, `active`, ….
    pub scenario: &'static str,
}

/// What came of asking again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The record that the same ask gives in the same state.
    pub record: DecisionRecord,
    /// The fields in which it differs; empty when it gives the same bytes.
    pub differs: Vec<&'static str>,
}

/// What is known of a customer, for people to look at.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// As the shop describes them.
    pub declared: Option<Customer>,
    /// Devices joined with them.
    pub devices: Vec<DeviceId>,
    /// What we may do, for each purpose.
    pub consents: Vec<(Purpose, Permission)>,
    /// Events of each kind.
    pub counts: Vec<(EventKind, u64)>,
    /// What they touched last, newest first.
    pub recent: Vec<(At, EventKind, ItemId)>,
    /// Categories they like and how much, best first.
    pub categories: Vec<(Box<str>, f64)>,
    /// Brands they like and how much, best first.
    pub brands: Vec<(Box<str>, f64)>,
}

/// One version of a model.
#[derive(Clone, Debug)]
pub struct ModelVersion {
    /// Which.
    pub model: ModelRef,
    /// Where it stands.
    pub state: State,
    /// Its card, or why that cannot be read.
    pub card: Result<Card, String>,
}

/// Something that runs beside serving.
#[derive(Clone, Debug)]
pub struct Job {
    /// Counts up from 1 since the start.
    pub id: u64,
    /// `train`.
    pub kind: &'static str,
    /// `running`, `done` or `failed`.
    pub state: &'static str,
    /// The part done, in [0, 1].
    pub progress: f64,
    /// What it does now, what came of it, or why it failed.
    pub note: String,
    /// When it began.
    pub started_at: At,
    /// When it ended.
    pub ended_at: Option<At>,
}

/// How the shop is.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Why it cannot answer yet, if it cannot.
    pub not_ready: Option<String>,
    /// Facts in the log.
    pub log_facts: u64,
    /// Bytes of the log on disk.
    pub log_bytes: u64,
    /// Serving models and when each was made.
    pub models: Vec<(ModelRef, At)>,
    /// Answers that were lesser ones since the start.
    pub degraded_total: u64,
}

/// Everything that the world can ask of a shop.
pub trait Shop: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> At;
    /// Appends `facts`; `done` gets one receipt for each, in order. Never blocks.
    fn ingest(&self, facts: Vec<Fact>, ack: Ack, done: Ingested);
    /// Answers `ask`.
    ///
    /// # Errors
    /// `field_invalid` for an ask that breaks a limit.
    fn recommend(&self, ask: &Ask) -> Result<Recommended, Problem>;
    /// The names of the bits of a choice's `sources`, from the lowest.
    fn source_names(&self) -> &[&'static str];
    /// The name of a score part.
    fn part_name(&self, code: u16) -> &'static str;
    /// The record of a decision.
    ///
    /// # Errors
    /// `internal` when the log cannot be read; an unknown id is `None`.
    fn decision(&self, id: DecisionId) -> Result<Option<Arc<DecisionRecord>>, Problem>;
    /// A record in sentences.
    ///
    /// # Errors
    /// As [`Shop::decision`].
    fn explain(&self, record: &DecisionRecord, language: Language) -> Result<Vec<String>, Problem>;
    /// Asks again what a record records, in the state it was answered from.
    ///
    /// # Errors
    /// As [`Shop::decision`], and `model_unknown` when a model is no longer kept.
    fn replay(&self, record: &DecisionRecord) -> Result<Replayed, Problem>;
    /// Whether an item is known.
    fn has_item(&self, id: &ItemId) -> bool;
    /// What is known of a customer; `None` when no fact names them.
    fn profile(&self, id: &commerce::CustomerId) -> Option<Profile>;
    /// Every version of every model, newest first.
    ///
    /// # Errors
    /// `internal` when the registry cannot be read.
    fn models(&self) -> Result<Vec<ModelVersion>, Problem>;
    /// Lets a version serve. Returns what each gate said.
    ///
    /// # Errors
    /// `model_gate`, `model_unknown`, `field_invalid` for a missing note.
    fn promote(
        &self,
        model: &ModelRef,
        by: registry::By<'_>,
    ) -> Result<Vec<registry::Verdict>, Problem>;
    /// Lets the version before serve again, and says which that is.
    ///
    /// # Errors
    /// `model_unknown` when there is none.
    fn roll_back(&self, name: &str, by: registry::By<'_>) -> Result<ModelRef, Problem>;
    /// Starts a training beside serving.
    ///
    /// # Errors
    /// `training_busy`.
    fn train(&self, actor: &str) -> Result<Job, Problem>;
    /// Jobs that run or ran lately, newest first.
    fn jobs(&self) -> Vec<Job>;
    /// What every experiment brought so far.
    fn experiments(&self) -> Vec<ExperimentResult>;
    /// Who did what lately, newest first, at most `most`.
    fn trail(&self, filter: &TrailFilter, most: usize) -> Vec<TrailEntry>;
    /// How it is. Cheap: called for every scrape.
    fn health(&self) -> Health;
    /// Puts everything acknowledged on disk, before the process ends.
    ///
    /// # Errors
    /// `disk_full`, `read_only` or `internal`.
    fn flush(&self) -> Result<(), Problem>;
}
