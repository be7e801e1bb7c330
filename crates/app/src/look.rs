//! What can people look at? Health, customers, experiments, the trail.

use crate::{App, Beat, Job};
use commerce::{At, Customer, CustomerId, DeviceId, EventKind, ItemId, ModelRef, Purpose, Who};
use decide::Decider as _;
use experiments::{ExperimentResult, Rate};
use features::{PartyKind, TermKind};
use govern::{Permission, TrailEntry, TrailFilter};
use std::sync::atomic::Ordering;

/// Touches of a customer that are shown.
const RECENT_SHOWN: usize = 50;
/// Half-life of what counts as taste: 30 days.
const TASTE_HALF_LIFE_S: f64 = 30.0 * 86_400.0;
/// Categories and brands of a customer that are shown.
const TASTES_SHOWN: usize = 10;

/// What is known of a customer, for people to look at.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// As the shop describes them.
    pub declared: Option<Customer>,
    /// Devices joined with them.
    pub devices: Vec<DeviceId>,
    /// What we may do, for each purpose.
    pub consents: Vec<(Purpose, Permission)>,
    /// Events of each kind that happened.
    pub counts: Vec<(EventKind, u64)>,
    /// What they touched last, newest first.
    pub recent: Vec<(At, EventKind, ItemId)>,
    /// Categories they like and how much, best first.
    pub categories: Vec<(Box<str>, f64)>,
    /// Brands they like and how much, best first.
    pub brands: Vec<(Box<str>, f64)>,
}

/// How the shop is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// Why nothing can be stored until a restart, if so.
    pub stopped: Option<String>,
    /// Facts in the log.
    pub log_facts: u64,
    /// Bytes of the log on disk.
    pub log_bytes: u64,
    /// Items that are known.
    pub items: u64,
    /// Serving models and when each was made.
    pub models: Vec<(ModelRef, At)>,
    /// Lesser answers since the start.
    pub degraded_total: u64,
}

/// What an operator sees at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// How it is.
    pub health: Health,
    /// Events, and decisions, since the log began.
    pub events: u64,
    /// Decisions since the log began.
    pub decisions: u64,
    /// The last quarter of an hour, oldest beat first.
    pub beats: Vec<Beat>,
    /// What each policy brought.
    pub policies: Vec<PolicyClicks>,
    /// Facts that came after those that the serving version learned from.
    pub facts_since: Option<u64>,
}

/// Answers of a policy and how many were clicked.
#[derive(Clone, Debug)]
pub struct PolicyClicks {
    /// Its name in the configuration, `live`, or the hash of options of the past.
    pub name: String,
    /// Answers given, answers clicked, and their share with its 95 % interval.
    pub rate: Rate,
}

impl App {
    /// What an operator sees at a glance. Cheap enough to be asked each second.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let health = self.health();
        let (counts, policies) = {
            let side = self.state.side.lock();
            (side.counts, side.tally.policies().collect::<Vec<_>>())
        };
        let lineup = self.lineup.load();
        let name = |hash: u64| {
            let named = lineup.named.iter().find(|(_, policy)| policy.policy() == hash);
            match named {
                _ if lineup.live.policy() == hash => "live".to_owned(),
                Some((name, _)) => name.to_string(),
                None => format!("{hash:016x}"),
            }
        };
        let rates = policies.into_iter().map(|(hash, counts)| PolicyClicks {
            name: name(hash),
            rate: Rate::new(counts.clicked, counts.answers),
        });
        let learned = self.serving().map(|card| card.window.to_offset);
        Overview {
            facts_since: learned.map(|until| health.log_facts.saturating_sub(until)),
            events: counts.all(),
            decisions: counts.decisions,
            beats: self.pulse.beats(self.now()),
            policies: rates.collect(),
            health,
        }
    }

    /// How it is. Cheap: asked at every scrape.
    #[must_use]
    pub fn health(&self) -> Health {
        let stats = self.log.stats();
        // What answers, which is not what was chosen when that is damaged.
        let answering = self.lineup.load().live.models();
        let serving = self.serving().filter(|card| answering.contains(&card.model()));
        Health {
            stopped: self
                .log
                .stopped()
                .map(|_| "the log takes no more facts; see the server's log".into()),
            log_facts: stats.entries,
            log_bytes: stats.disk_bytes,
            items: u64::from(self.state.features.items().len()),
            models: serving.map(|card| (card.model(), card.made_at)).into_iter().collect(),
            degraded_total: self.degraded.load(Ordering::Relaxed),
        }
    }

    /// Whether an item is known.
    #[must_use]
    pub fn has_item(&self, id: &ItemId) -> bool {
        self.state.features.items().ix(id).is_some()
    }

    /// What is known of a customer; `None` when no fact names them.
    #[must_use]
    pub fn profile(&self, id: &CustomerId) -> Option<Profile> {
        let who = Who::customer(id.clone());
        let view = self.state.features.customer(&who, self.now());
        if !view.known && view.declared.is_none() {
            return None;
        }
        let items = self.state.features.items();
        let devices = view.linked.iter().filter(|party| party.kind == PartyKind::Device);
        let taste = |kind| {
            let liked = view.taste(&items, kind, TASTE_HALF_LIFE_S).into_iter().take(TASTES_SHOWN);
            let named = |(term, much): (u32, f64)| Some((items.term(term)?.name.into(), much));
            liked.filter_map(named).collect()
        };
        let govern = self.state.govern.read();
        let kept = view.recent.iter().rev().filter(|touch| touch.item < items.len());
        Some(Profile {
            declared: view.declared.as_deref().cloned(),
            devices: devices.filter_map(|party| DeviceId::new(&party.id).ok()).collect(),
            consents: Purpose::ALL.into_iter().map(|p| (p, govern.may(p, &who))).collect(),
            counts: EventKind::ALL
                .into_iter()
                .map(|kind| (kind, view.total(kind)))
                .filter(|(_, count)| *count > 0)
                .collect(),
            recent: kept
                .take(RECENT_SHOWN)
                .map(|t| (At::from_s(i64::from(t.at_s)), t.kind, items.row(t.item).id().clone()))
                .collect(),
            categories: taste(TermKind::Category),
            brands: taste(TermKind::Brand),
        })
    }

    /// What every experiment brought so far.
    #[must_use]
    pub fn experiments(&self) -> Vec<ExperimentResult> {
        self.state.side.lock().tally.results(&self.state.experiments)
    }

    /// Whether this customer's behaviour may now be used for answers.
    #[must_use]
    pub fn may_personalise(&self, who: &Who) -> bool {
        self.state.govern.read().may(Purpose::Personalisation, who).allowed
    }

    /// Who did what lately, newest first, at most `most`.
    #[must_use]
    pub fn trail(&self, filter: &TrailFilter, most: usize) -> Vec<TrailEntry> {
        self.state.govern.read().trail.recent(filter).take(most).cloned().collect()
    }

    /// Jobs that run or ran lately, newest first.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.jobs.all()
    }
}
