//! What must a shop's brain be able to do for the door to open?
//!
//! One object-safe trait, filled by `app` in the product, by a small fake in the tests, which holds
//! and fails on request, and by a bare log in the bench. What is asked and answered is said in the
//! types of `app` and the domains; `wire` alone puts them on the wire. All calls but
//! [`Shop::ingest`] are synchronous. [`Shop::recommend`] may take milliseconds; what may take longer
//! (a replay, a promotion, a profile) the server runs on threads of its own.

use crate::Problem;
use app::import::{Preview, QuarantinedRow};
use app::{
    App, AppError, AppOptions, CustomerSeen, DecisionQuery, Finding, Health, ImportEntry,
    ItemQuery, ItemSeen, Job, Known, Language, Layout, ModelVersion, Overview, Page, Past, Profile,
    Recommended, Replayed, Upload,
};
use commerce::{At, Audit, CustomerId, DecisionId, DecisionRecord, Fact, ItemId, ModelRef, Who};
use experiments::ExperimentResult;
use govern::{TrailEntry, TrailFilter};
use recommend::RecommendAsk;
use std::io::Read;
use std::sync::Arc;
use store::{Ack, Receipt};

/// Called once with what came of a batch; runs on the log's writer thread, so it must be quick.
pub type Ingested = Box<dyn FnOnce(Result<Vec<Receipt>, Problem>) + Send>;

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
    fn recommend(&self, ask: &RecommendAsk) -> Result<Recommended, Problem>;
    /// The most items on a page of an answer.
    fn count_max(&self) -> u16;
    /// Whether this customer's behaviour may now be used for answers.
    fn may_personalise(&self, who: &Who) -> bool;
    /// The record of a decision.
    ///
    /// # Errors
    /// `internal` when the log cannot be read; an unknown id is `None`.
    fn decision(&self, id: DecisionId) -> Result<Option<Arc<DecisionRecord>>, Problem>;
    /// A record in sentences.
    fn explain(&self, record: &DecisionRecord, language: Language) -> Vec<String>;
    /// Asks again what a record records, in the state it was answered from.
    ///
    /// # Errors
    /// As [`Shop::decision`], and `model_unknown` when a model is no longer kept.
    fn replay(&self, record: &DecisionRecord) -> Result<Replayed, Problem>;
    /// The items that `query` wants.
    fn list_items(&self, query: &ItemQuery) -> Page<ItemSeen>;
    /// One item; `None` when the catalogue has not told about it.
    fn item(&self, id: &ItemId) -> Option<ItemSeen>;
    /// Customers whose id begins with `prefix`.
    fn list_customers(&self, prefix: &str, offset: usize, count: usize) -> Page<CustomerSeen>;
    /// What happened to a customer, newest first.
    ///
    /// # Errors
    /// `internal` when the log cannot be read.
    fn timeline(
        &self,
        id: &CustomerId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Past<Fact>, Problem>;
    /// Decisions, newest first.
    ///
    /// # Errors
    /// `internal` when the log cannot be read.
    fn list_decisions(&self, query: &DecisionQuery) -> Result<Past<Arc<DecisionRecord>>, Problem>;
    /// What was known of a customer at `at`, or is known now.
    ///
    /// # Errors
    /// `internal` when the log cannot be read.
    fn known(&self, id: &CustomerId, at: Option<At>) -> Result<Vec<Known>, Problem>;
    /// The options it was opened with.
    fn options(&self) -> AppOptions;
    /// What an operator sees at a glance.
    fn overview(&self) -> Overview;
    /// What is missing, and how it is mended.
    fn doctor(&self) -> Vec<Finding>;
    /// Whether an item is known.
    fn has_item(&self, id: &ItemId) -> bool;
    /// What is known of a customer; `None` when no fact names them.
    fn profile(&self, id: &CustomerId) -> Option<Profile>;
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
    /// The offset of the next fact.
    fn facts_end(&self) -> u64;
    /// At most `count` facts from offset `from` on, decisions in brief, and where to go on.
    ///
    /// # Errors
    /// `internal` when the log cannot be read.
    fn facts(&self, from: u64, count: usize) -> Result<(Vec<(u64, Fact)>, u64), Problem>;
    /// The fact at `offset`, whole.
    ///
    /// # Errors
    /// `internal` when the log cannot be read.
    fn fact(&self, offset: u64) -> Result<Option<Fact>, Problem>;
    /// Leaves a trace of something done by somebody with rights.
    ///
    /// # Errors
    /// When it cannot be made durable.
    fn note_audit(&self, audit: Audit) -> Result<(), Problem>;
    /// Keeps what `from` holds as the file `name`, to be imported.
    ///
    /// # Errors
    /// `field_invalid` for the name, `body_large`, `disk_full`.
    fn upload(&self, name: &str, bytes_max: u64, from: &mut dyn Read) -> Result<Upload, Problem>;
    /// The files kept to be imported.
    ///
    /// # Errors
    /// `internal` when they cannot be listed.
    fn uploads(&self) -> Result<Vec<Upload>, Problem>;
    /// Forgets such a file.
    ///
    /// # Errors
    /// `upload_unknown`.
    fn remove_upload(&self, name: &str) -> Result<(), Problem>;
    /// What an import would do.
    ///
    /// # Errors
    /// `upload_unknown`, `import_invalid`.
    fn preview(&self, files: &[Box<str>], layout: &Layout) -> Result<Preview, Problem>;
    /// Imports such files beside serving.
    ///
    /// # Errors
    /// `import_busy`, and as [`Shop::preview`].
    fn import(&self, files: &[Box<str>], layout: &Layout, actor: &str) -> Result<Job, Problem>;
    /// What came of imports, newest first.
    ///
    /// # Errors
    /// `internal` when their reports cannot be read.
    fn imports(&self) -> Result<Vec<ImportEntry>, Problem>;
    /// Rows that an import kept away; `None` when no import has this id.
    ///
    /// # Errors
    /// `internal` when they cannot be read.
    fn quarantined(
        &self,
        id: &str,
        offset: usize,
        count: usize,
    ) -> Result<Option<Page<QuarantinedRow>>, Problem>;
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

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Store(error) => error.into(), // without the paths of files
            AppError::Registry(error) => error.into(), // with every gate that failed
            AppError::Ask(wrong) => {
                Self::field("field_invalid", path(wrong.field), wrong.found, wrong.allowed)
            }
            error if error.code() == "internal" => Self::internal(&error),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

/// The wire's name of an ask's field.
fn path(field: &str) -> &str {
    match field {
        "context" | "candidates" => "items",
        field => field,
    }
}

impl Shop for App {
    fn now(&self) -> At {
        self.now()
    }

    fn ingest(&self, facts: Vec<Fact>, ack: Ack, done: Ingested) {
        self.submit(&facts, ack, Box::new(move |receipts| done(receipts.map_err(Problem::from))));
    }

    fn recommend(&self, ask: &RecommendAsk) -> Result<Recommended, Problem> {
        Ok(self.recommend(ask)?)
    }

    fn count_max(&self) -> u16 {
        self.options().recommend.slate_max
    }

    fn may_personalise(&self, who: &Who) -> bool {
        self.may_personalise(who)
    }

    fn decision(&self, id: DecisionId) -> Result<Option<Arc<DecisionRecord>>, Problem> {
        Ok(self.decision(id)?)
    }

    fn explain(&self, record: &DecisionRecord, language: Language) -> Vec<String> {
        self.explain(record, language)
    }

    fn replay(&self, record: &DecisionRecord) -> Result<Replayed, Problem> {
        Ok(self.replay(record)?)
    }

    fn list_items(&self, query: &ItemQuery) -> Page<ItemSeen> {
        self.list_items(query)
    }

    fn item(&self, id: &ItemId) -> Option<ItemSeen> {
        self.item(id)
    }

    fn list_customers(&self, prefix: &str, offset: usize, count: usize) -> Page<CustomerSeen> {
        self.list_customers(prefix, offset, count)
    }

    fn timeline(
        &self,
        id: &CustomerId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Past<Fact>, Problem> {
        Ok(self.timeline(id, before, count)?)
    }

    fn list_decisions(&self, query: &DecisionQuery) -> Result<Past<Arc<DecisionRecord>>, Problem> {
        Ok(self.list_decisions(query)?)
    }

    fn known(&self, id: &CustomerId, at: Option<At>) -> Result<Vec<Known>, Problem> {
        Ok(self.known(id, at)?)
    }

    fn options(&self) -> AppOptions {
        self.options().clone()
    }

    fn overview(&self) -> Overview {
        self.overview()
    }

    fn doctor(&self) -> Vec<Finding> {
        self.doctor()
    }

    fn has_item(&self, id: &ItemId) -> bool {
        self.has_item(id)
    }

    fn profile(&self, id: &CustomerId) -> Option<Profile> {
        self.profile(id)
    }

    fn models(&self) -> Result<Vec<ModelVersion>, Problem> {
        Ok(self.models()?)
    }

    fn promote(
        &self,
        model: &ModelRef,
        by: registry::By<'_>,
    ) -> Result<Vec<registry::Verdict>, Problem> {
        Ok(self.promote(model, by)?)
    }

    fn roll_back(&self, name: &str, by: registry::By<'_>) -> Result<ModelRef, Problem> {
        Ok(self.roll_back(name, by)?)
    }

    fn train(&self, actor: &str) -> Result<Job, Problem> {
        Ok(self.train_beside(actor)?)
    }

    fn facts_end(&self) -> u64 {
        self.facts_end()
    }

    fn facts(&self, from: u64, count: usize) -> Result<(Vec<(u64, Fact)>, u64), Problem> {
        Ok(self.facts(from, count)?)
    }

    fn fact(&self, offset: u64) -> Result<Option<Fact>, Problem> {
        Ok(self.fact(offset)?)
    }

    fn note_audit(&self, audit: Audit) -> Result<(), Problem> {
        Ok(self.note_audit(audit)?)
    }

    fn upload(&self, name: &str, bytes_max: u64, from: &mut dyn Read) -> Result<Upload, Problem> {
        Ok(self.upload(name, bytes_max, from)?)
    }

    fn uploads(&self) -> Result<Vec<Upload>, Problem> {
        Ok(self.uploads()?)
    }

    fn remove_upload(&self, name: &str) -> Result<(), Problem> {
        Ok(self.remove_upload(name)?)
    }

    fn preview(&self, files: &[Box<str>], layout: &Layout) -> Result<Preview, Problem> {
        Ok(self.preview(files, layout)?)
    }

    fn import(&self, files: &[Box<str>], layout: &Layout, actor: &str) -> Result<Job, Problem> {
        Ok(self.import_beside(files, layout, actor)?)
    }

    fn imports(&self) -> Result<Vec<ImportEntry>, Problem> {
        Ok(self.imports()?)
    }

    fn quarantined(
        &self,
        id: &str,
        offset: usize,
        count: usize,
    ) -> Result<Option<Page<QuarantinedRow>>, Problem> {
        Ok(self.quarantined(id, offset, count)?)
    }

    fn jobs(&self) -> Vec<Job> {
        self.jobs()
    }

    fn experiments(&self) -> Vec<ExperimentResult> {
        self.experiments()
    }

    fn trail(&self, filter: &TrailFilter, most: usize) -> Vec<TrailEntry> {
        self.trail(filter, most)
    }

    fn health(&self) -> Health {
        self.health()
    }

    fn flush(&self) -> Result<(), Problem> {
        Ok(self.close()?)
    }
}
