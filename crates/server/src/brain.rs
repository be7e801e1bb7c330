//! What stands behind the door in the product: the app, in the door's words.

use crate::Problem;
use crate::ask::{Ask, BoostOn as AskedOn, Surface as Asked};
use crate::facade::{
    Health, Ingested, Job, Language, ModelVersion, Profile, Recommended, Replayed, Shop,
};
use app::{App, AppError};
use commerce::{At, CustomerId, DecisionId, DecisionRecord, Fact, ItemId, ModelRef};
use experiments::ExperimentResult;
use govern::{TrailEntry, TrailFilter};
use recommend::{Boost, BoostOn, Channel, ItemFilter, PinnedItem, RecommendAsk, Surface};
use std::sync::Arc;
use store::Ack;

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

    fn recommend(&self, ask: &Ask) -> Result<Recommended, Problem> {
        let app::Recommended { answer, record } = self.recommend(&asked(ask))?;
        Ok(Recommended { record, scenario: answer.scenario.code() })
    }

    fn source_names(&self) -> &[&'static str] {
        const NAMES: [&str; Channel::COUNT] = names();
        &NAMES
    }

    fn part_name(&self, code: u16) -> &'static str {
        recommend::part_name(code, app::Language::En)
    }

    fn decision(&self, id: DecisionId) -> Result<Option<Arc<DecisionRecord>>, Problem> {
        Ok(self.decision(id)?)
    }

    fn explain(&self, record: &DecisionRecord, language: Language) -> Result<Vec<String>, Problem> {
        let language = match language {
            Language::Zh => app::Language::Zh,
            Language::En => app::Language::En,
        };
        Ok(self.explain(record, language))
    }

    fn replay(&self, record: &DecisionRecord) -> Result<Replayed, Problem> {
        let app::Replayed { record, differs } = self.replay(record)?;
        Ok(Replayed { record, differs })
    }

    fn has_item(&self, id: &ItemId) -> bool {
        self.has_item(id)
    }

    fn profile(&self, id: &CustomerId) -> Option<Profile> {
        let app::Profile { declared, devices, consents, counts, recent, categories, brands } =
            self.profile(id)?;
        Some(Profile { declared, devices, consents, counts, recent, categories, brands })
    }

    fn models(&self) -> Result<Vec<ModelVersion>, Problem> {
        let shown = |app::ModelVersion { model, state, card }| ModelVersion { model, state, card };
        Ok(self.models()?.into_iter().map(shown).collect())
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
        Ok(job(self.train_beside(actor)?))
    }

    fn jobs(&self) -> Vec<Job> {
        self.jobs().into_iter().map(job).collect()
    }

    fn experiments(&self) -> Vec<ExperimentResult> {
        self.experiments()
    }

    fn trail(&self, filter: &TrailFilter, most: usize) -> Vec<TrailEntry> {
        self.trail(filter, most)
    }

    fn health(&self) -> Health {
        let health = self.health();
        Health {
            not_ready: None,
            log_facts: health.log_facts,
            log_bytes: health.log_bytes,
            models: health.models,
            degraded_total: health.degraded_total,
        }
    }

    fn flush(&self) -> Result<(), Problem> {
        Ok(self.close()?)
    }
}

/// The channels' names in the order of their bits.
const fn names() -> [&'static str; Channel::COUNT] {
    let mut names = [""; Channel::COUNT];
    let mut at = 0;
    while at < names.len() {
        names[at] = Channel::ALL[at].name();
        at += 1;
    }
    names
}

fn job(job: app::Job) -> Job {
    let app::Job { id, kind, state, progress, note, started_at, ended_at } = job;
    Job { id, kind, state: state.name(), progress, note, started_at, ended_at }
}

fn asked(ask: &Ask) -> RecommendAsk {
    let surface = match ask.surface {
        Asked::Home => Surface::Home,
        Asked::Similar => Surface::Similar,
        Asked::Complements => Surface::Complements,
        Asked::Cart => Surface::Cart,
        Asked::Session => Surface::Session,
        Asked::BuyAgain => Surface::BuyAgain,
        Asked::Rank => Surface::Rank,
    };
    let mut to = RecommendAsk::new(ask.who.clone(), surface, ask.count);
    let items = ask.items.clone();
    if surface == Surface::Rank {
        to.candidates = items;
    } else {
        to.context = items;
    }
    let filter = ask.filter.clone();
    to.filter = ItemFilter {
        categories: filter.categories,
        brands: filter.brands,
        merchants: filter.merchants,
        price_min: filter.price_min,
        price_max: filter.price_max,
        in_stock: filter.in_stock,
        attributes: filter.attributes,
        exclude: filter.exclude,
    };
    to.boosts =
        ask.boosts.iter().map(|(on, factor)| Boost { on: boosted(on), factor: *factor }).collect();
    to.pins =
        ask.pins.iter().map(|(item, at)| PinnedItem { item: item.clone(), at: *at }).collect();
    to.bury.clone_from(&ask.bury);
    to
}

fn boosted(on: &AskedOn) -> BoostOn {
    match on.clone() {
        AskedOn::Item(id) => BoostOn::Item(id),
        AskedOn::Category(name) => BoostOn::Category(name),
        AskedOn::Brand(name) => BoostOn::Brand(name),
        AskedOn::Merchant(id) => BoostOn::Merchant(id),
        AskedOn::Attribute(attribute) => BoostOn::Attribute(attribute),
    }
}
