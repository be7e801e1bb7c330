//! The smallest shop: it remembers what it was told, answers the items asked about, and fails on
//! request.

use crate::Problem;
use crate::facade::{Ingested, Shop};
use app::import::{Preview, QuarantinedRow};
use app::{
    App, AppOptions, CustomerSeen, DecisionQuery, Finding, Health, ImportEntry, ItemQuery,
    ItemSeen, Job, JobState, Known, Language, Layout, ModelVersion, Overview, Page, Past,
    PolicyClicks, Profile, Recommended, Replayed, Severity, Upload,
};
use commerce::*;
use experiments::ExperimentResult;
use govern::{Permission, TrailEntry, TrailFilter, Why};
use parking_lot::{Condvar, Mutex};
use recommend::{Channel, RecommendAnswer, RecommendAsk, Scenario};
use registry::{Card, State, Verdict, Window};
use std::collections::HashMap;
use std::io::Read;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use store::{Ack, Receipt};

/// The time in tests.
pub(super) const NOW: At = At::from_s(1_800_000_000);

#[derive(Default)]
pub(super) struct FakeShop {
    pub(super) facts: Mutex<Vec<(Fact, Ack)>>,
    pub(super) asks: Mutex<Vec<RecommendAsk>>,
    records: Mutex<HashMap<DecisionId, Arc<DecisionRecord>>>,
    /// What the next write is told.
    pub(super) trouble: Mutex<Option<Problem>>,
    pub(super) training: Mutex<bool>,
    pub(super) flushed: Mutex<u32>,
    /// Where a real shop would keep its files; imports go to one.
    dir: Dir,
    /// How far the clock is beyond [`NOW`], in milliseconds.
    pub(super) later_ms: AtomicI64,
    real: OnceLock<Arc<App>>,
    /// Asks of the customer `held` wait here: how many arrived, and whether they may go.
    gate: Mutex<(u32, bool)>,
    moved: Condvar,
}

/// A directory of its own.
struct Dir(tempfile::TempDir);

impl Default for Dir {
    fn default() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl FakeShop {
    /// A real shop, for what is about files.
    fn real(&self) -> &App {
        self.real.get_or_init(|| App::open(self.options()).unwrap())
    }

    /// Waits until `count` asks are held.
    pub(super) fn wait_held(&self, count: u32) {
        let mut gate = self.gate.lock();
        while gate.0 < count {
            self.moved.wait(&mut gate);
        }
    }

    /// Lets all held asks go.
    pub(super) fn let_go(&self) {
        self.gate.lock().1 = true;
        self.moved.notify_all();
    }

    fn hold(&self) {
        let mut gate = self.gate.lock();
        gate.0 += 1;
        self.moved.notify_all();
        while !gate.1 {
            self.moved.wait(&mut gate);
        }
    }
}

fn seen(item: &Item) -> ItemSeen {
    let item = Arc::new(item.clone());
    ItemSeen { item, counts: [5, 2, 1, 9], popularity: 2.5, trend: 0.5, rating: Some((2, 4.5)) }
}

fn is(who: &Who, name: &str) -> bool {
    who.customer.as_ref().is_some_and(|customer| customer.as_str() == name)
}

impl Shop for FakeShop {
    fn now(&self) -> At {
        NOW.plus_ms(self.later_ms.load(Ordering::Relaxed))
    }

    fn ingest(&self, facts: Vec<Fact>, ack: Ack, done: Ingested) {
        if let Some(problem) = self.trouble.lock().take() {
            return done(Err(problem));
        }
        let mut kept = self.facts.lock();
        let receipts = facts.into_iter().map(|fact| {
            match kept.iter().position(|(other, _)| other.id == fact.id) {
                Some(place) => Receipt::Duplicate { offset: place as u64 },
                None => {
                    kept.push((fact, ack));
                    Receipt::Appended { offset: kept.len() as u64 - 1 }
                }
            }
        });
        let receipts = receipts.collect();
        done(Ok(receipts));
    }

    fn recommend(&self, ask: &RecommendAsk) -> Result<Recommended, Problem> {
        if is(&ask.who, "held") {
            self.hold();
        }
        assert!(!is(&ask.who, "panic"), "the fake shop was asked to panic");
        let mut asks = self.asks.lock();
        asks.push(ask.clone());
        let id = DecisionId::from_parts(NOW.ms(), asks.len() as u128);
        let chosen = (0..25).map(|place| Choice {
            what: format!("item-{place}").into(),
            score: 1.0 - place as f32 / 100.0,
            propensity: 1.0,
            sources: Channel::Hot.bit(),
            parts: vec![Part { code: 0, value: 1.0 }],
            reasons: vec![Reason { code: "trending".into(), evidence: vec!["24 h".into()] }],
        });
        let record = Arc::new(DecisionRecord {
            id,
            kind: ask.surface.kind().into(),
            at: NOW,
            who: ask.who.clone(),
            ask: Vec::new(),
            as_of: AsOf { items: 3, customers: 2 },
            seed: 1,
            consent: ConsentUse { personal: true, declared: false },
            arms: vec![ArmRef { experiment: "x".into(), arm: "a".into(), propensity: 0.5 }],
            policy: 255,
            models: vec![ModelRef { name: "recommend".into(), version: 1 }],
            considered_total: 500,
            considered: vec![Considered { what: "item-0".into(), sources: 3, score: 1.0 }],
            stopped: vec![Stop { guard: "gone".into(), count: 1, examples: Vec::new() }],
            chosen: chosen.collect(),
            reasons: Vec::new(),
            degraded: None,
            cut_at: None,
            took_us: 42,
        });
        self.records.lock().insert(id, Arc::clone(&record));
        let (surface, scenario) = (ask.surface, Scenario::Active);
        let answer = RecommendAnswer { surface, scenario, personal: true, items: Vec::new() };
        Ok(Recommended { answer, record })
    }

    fn count_max(&self) -> u16 {
        60
    }

    fn may_personalise(&self, who: &Who) -> bool {
        !is(who, "declined")
    }

    fn decision(&self, id: DecisionId) -> Result<Option<Arc<DecisionRecord>>, Problem> {
        Ok(self.records.lock().get(&id).cloned())
    }

    fn explain(&self, record: &DecisionRecord, language: Language) -> Vec<String> {
        let count = record.chosen.len();
        vec![match language {
            Language::Zh => format!("选出 {count} 个。"),
            Language::En => format!("{count} chosen."),
        }]
    }

    fn replay(&self, record: &DecisionRecord) -> Result<Replayed, Problem> {
        Ok(Replayed { record: record.clone(), differs: Vec::new() })
    }

    fn has_item(&self, id: &ItemId) -> bool {
        let facts = self.facts.lock();
        facts.iter().any(|(fact, _)| matches!(&fact.body, Body::Item(item) if item.id == *id))
    }

    fn profile(&self, id: &CustomerId) -> Option<Profile> {
        let permission = Permission { allowed: false, why: Why::Customer(NOW) };
        (id.as_str() == "c-1").then(|| Profile {
            consents: vec![(Purpose::Personalisation, permission)],
            counts: vec![(EventKind::ViewItem, 3)],
            recent: vec![(NOW, EventKind::ViewItem, ItemId::new("kettle-1").unwrap())],
            categories: vec![("Kitchen".into(), 3.2)],
            ..Profile::default()
        })
    }

    fn models(&self) -> Result<Vec<ModelVersion>, Problem> {
        let model = ModelRef { name: "recommend".into(), version: 1 };
        let card = Card {
            format: 1,
            name: "recommend".into(),
            version: 1,
            made_at: NOW,
            window: Window::default(),
            metrics: Vec::new(),
            options_hash: 7,
            artefact_bytes: 10,
            artefact_sha256: "ab".into(),
            train_s: 1.0,
            peak_memory_bytes: 1,
            seed: 1,
            notes: "".into(),
        };
        Ok(vec![
            ModelVersion { model: model.clone(), state: State::Serving, card: Ok(card) },
            ModelVersion { model, state: State::Retired, card: Err("it is damaged".into()) },
        ])
    }

    fn promote(&self, model: &ModelRef, by: registry::By<'_>) -> Result<Vec<Verdict>, Problem> {
        let (name, version) = (model.name.to_string(), model.version);
        let verdict = |passed| Verdict {
            metric: "ndcg@10".into(),
            passed,
            text: "ndcg@10 is 0.1000; at least 0.2000 is asked".into(),
        };
        match version {
            1 => Ok(vec![verdict(true)]),
            2 if by.force && by.note.is_empty() => {
                Err(registry::RegistryError::NoteMissing { name, version }.into())
            }
            2 if by.force => Ok(vec![verdict(false)]),
            2 => {
                let verdicts = vec![verdict(true), verdict(false)];
                Err(registry::RegistryError::Gate { name, version, verdicts }.into())
            }
            _ => Err(registry::RegistryError::Unknown { name, version, kept: vec![1, 2] }.into()),
        }
    }

    fn roll_back(&self, name: &str, _by: registry::By<'_>) -> Result<ModelRef, Problem> {
        match name {
            "recommend" => Ok(ModelRef { name: name.into(), version: 1 }),
            _ => Err(registry::RegistryError::NothingServes { name: name.into() }.into()),
        }
    }

    fn train(&self, actor: &str) -> Result<Job, Problem> {
        let mut training = self.training.lock();
        if *training {
            return Err(Problem::new("training_busy", "job 1 runs"));
        }
        *training = true;
        let note = format!("asked for by {actor}");
        Ok(Job {
            id: 1,
            kind: "train",
            state: JobState::Running,
            progress: 0.0,
            note,
            started_at: NOW,
            ended_at: None,
        })
    }

    fn facts_end(&self) -> u64 {
        self.facts.lock().len() as u64
    }

    fn facts(&self, from: u64, count: usize) -> Result<(Vec<(u64, Fact)>, u64), Problem> {
        let facts = self.facts.lock();
        let all = (0..).zip(facts.iter().map(|(fact, _)| fact.clone()));
        let found: Vec<_> = all.skip(from as usize).take(count).collect();
        let next = from + found.len() as u64;
        Ok((found, next))
    }

    fn fact(&self, offset: u64) -> Result<Option<Fact>, Problem> {
        Ok(self.facts.lock().get(offset as usize).map(|(fact, _)| fact.clone()))
    }

    fn note_audit(&self, audit: Audit) -> Result<(), Problem> {
        let mut facts = self.facts.lock();
        let id = FactId::new(&format!("audit-{}", facts.len())).unwrap();
        let fact = Fact { id, at: NOW, received_at: NOW, body: Body::Audit(audit) };
        facts.push((fact, Ack::Disk));
        Ok(())
    }

    fn upload(&self, name: &str, bytes_max: u64, from: &mut dyn Read) -> Result<Upload, Problem> {
        Ok(self.real().upload(name, bytes_max, from)?)
    }

    fn uploads(&self) -> Result<Vec<Upload>, Problem> {
        Ok(self.real().uploads()?)
    }

    fn remove_upload(&self, name: &str) -> Result<(), Problem> {
        Ok(self.real().remove_upload(name)?)
    }

    fn preview(&self, files: &[Box<str>], layout: &Layout) -> Result<Preview, Problem> {
        Ok(self.real().preview(files, layout)?)
    }

    fn import(&self, files: &[Box<str>], layout: &Layout, actor: &str) -> Result<Job, Problem> {
        if &*files[0] == "busy.csv" {
            return Err(app::AppError::ImportBusy { percent: 3 }.into());
        }
        Ok(self.real().import_beside(files, layout, actor)?)
    }

    fn imports(&self) -> Result<Vec<ImportEntry>, Problem> {
        Ok(self.real().imports()?)
    }

    fn quarantined(
        &self,
        id: &str,
        offset: usize,
        count: usize,
    ) -> Result<Option<Page<QuarantinedRow>>, Problem> {
        Ok(self.real().quarantined(id, offset, count)?)
    }

    fn jobs(&self) -> Vec<Job> {
        self.real.get().map(|real| real.jobs()).unwrap_or_default()
    }

    fn experiments(&self) -> Vec<ExperimentResult> {
        let options: Vec<experiments::ExperimentOptions> = vec![
            toml::from_str(
                "name = \"x\"\narms = [{ name = \"a\", weight = 0.5 }, { name = \"b\", weight = 0.5 }]",
            )
            .unwrap(),
        ];
        let set = experiments::Experiments::new(&options).unwrap();
        experiments::Tally::new(10).results(&set)
    }

    fn trail(&self, filter: &TrailFilter, most: usize) -> Vec<TrailEntry> {
        let audit = Audit {
            actor: "ops".into(),
            action: "model.promote".into(),
            subject: "recommend/1".into(),
            note: "".into(),
        };
        let mut trail = govern::Trail::default();
        trail.fold(7, NOW, &audit, 10);
        trail.recent(filter).take(most).cloned().collect()
    }

    fn health(&self) -> Health {
        Health {
            log_facts: self.facts.lock().len() as u64,
            log_bytes: 1,
            models: vec![(ModelRef { name: "recommend".into(), version: 1 }, NOW.plus_ms(-5_000))],
            ..Health::default()
        }
    }

    fn list_items(&self, query: &ItemQuery) -> Page<ItemSeen> {
        let row = |fact: &(Fact, Ack)| match &fact.0.body {
            Body::Item(item) if !query.ids.is_empty() => {
                query.ids.contains(&item.id).then(|| seen(item))
            }
            Body::Item(item) if item.id.as_str().contains(&*query.text) => Some(seen(item)),
            _ => None,
        };
        let rows: Vec<ItemSeen> = self.facts.lock().iter().filter_map(row).collect();
        let total = rows.len();
        Page { total, rows: rows.into_iter().skip(query.offset).take(query.count).collect() }
    }

    fn item(&self, id: &ItemId) -> Option<ItemSeen> {
        self.facts.lock().iter().find_map(|(fact, _)| match &fact.body {
            Body::Item(item) if item.id == *id => Some(seen(item)),
            _ => None,
        })
    }

    fn list_customers(&self, prefix: &str, offset: usize, count: usize) -> Page<CustomerSeen> {
        let all = ["c-1", "c-2"].into_iter().filter(|id| id.starts_with(prefix));
        let row = |id: &str| CustomerSeen { id: id.into(), touches: 3, last_s: 1_800_000_000 };
        let rows: Vec<CustomerSeen> = all.map(row).collect();
        let total = rows.len();
        Page { total, rows: rows.into_iter().skip(offset).take(count).collect() }
    }

    fn timeline(
        &self,
        id: &CustomerId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Past<Fact>, Problem> {
        let facts = self.facts.lock();
        let all = (0..).zip(facts.iter()).filter(|(offset, _)| before.is_none_or(|b| *offset < b));
        let own = all.filter(|(_, (fact, _))| {
            matches!(&fact.body, Body::Event(event) if event.who.customer.as_ref() == Some(id))
        });
        let mut found: Vec<(u64, Fact)> = own.map(|(at, (fact, _))| (at, fact.clone())).collect();
        found.reverse();
        found.truncate(count);
        let next = found.last().map(|(offset, _)| *offset).filter(|offset| *offset > 0);
        Ok(Past { found, next })
    }

    fn list_decisions(&self, query: &DecisionQuery) -> Result<Past<Arc<DecisionRecord>>, Problem> {
        let records = self.records.lock();
        let fits = |record: &&Arc<DecisionRecord>| {
            query.kind.as_ref().is_none_or(|kind| *kind == record.kind)
        };
        let found = records.values().filter(fits).map(|record| (9, Arc::clone(record)));
        Ok(Past { found: found.take(query.count).collect(), next: None })
    }

    fn known(&self, _: &CustomerId, at: Option<At>) -> Result<Vec<Known>, Problem> {
        let value = if at.is_some() { 1.0 } else { 2.0 };
        Ok(vec![Known { name: "customer.session", about: None, value, unit: "event lines" }])
    }

    fn options(&self) -> AppOptions {
        let mut options = AppOptions::default();
        options.store.dir = self.dir.0.path().to_owned();
        options
    }

    fn overview(&self) -> Overview {
        Overview {
            health: self.health(),
            events: 12,
            decisions: 3,
            beats: Vec::new(),
            policies: vec![PolicyClicks {
                name: "live".into(),
                rate: experiments::Rate::new(1, 3),
            }],
            facts_since: Some(4),
        }
    }

    fn doctor(&self) -> Vec<Finding> {
        vec![Finding {
            severity: Severity::Weak,
            about: "orders",
            found: "3 orders".into(),
            mend: "send more".into(),
        }]
    }

    fn flush(&self) -> Result<(), Problem> {
        *self.flushed.lock() += 1;
        Ok(())
    }
}
