//! What do the folds know? Everything that is made of the log, and how a fact changes it.

use commerce::{Body, EventKind, Fact, MerchantId, Policy};
use experiments::{Experiments, Tally};
use features::Features;
use govern::Govern;
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Answers with arms whose outcomes are waited for.
const OPEN_ANSWERS_MAX: usize = 200_000;

/// Everything that is made of the log. Folded by the log's writer alone, read by everybody.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) features: Features,
    pub(crate) govern: RwLock<Govern>,
    pub(crate) experiments: Experiments,
    pub(crate) side: Mutex<Side>,
}

/// What no answer waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Side {
    /// This and `govern` hold every fact before this offset.
    pub(crate) folded: u64,
    pub(crate) tally: Tally,
    /// The options that decisions ran under, by hash.
    pub(crate) policies: BTreeMap<u64, Policy>,
    /// What merchants are called.
    pub(crate) merchants: BTreeMap<MerchantId, Box<str>>,
    pub(crate) counts: Counts,
}

/// How many facts of each kind the log holds: what the doctor looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// By event kind, in the stored order of kinds.
    events: [u64; EventKind::ALL.len()],
    pub(crate) decisions: u64,
    /// Events without a customer, without a session.
    pub(crate) nameless: u64,
    pub(crate) sessionless: u64,
    /// Purchases none of whose lines has a price.
    pub(crate) priceless_purchases: u64,
    /// Events that name the decision they came of.
    pub(crate) attributed: u64,
}

impl State {
    pub(crate) fn new(features: Features, govern: Govern, experiments: Experiments) -> Self {
        let side = Side {
            folded: 0,
            tally: Tally::new(OPEN_ANSWERS_MAX),
            policies: BTreeMap::new(),
            merchants: BTreeMap::new(),
            counts: Counts::default(),
        };
        Self { features, govern: RwLock::new(govern), experiments, side: Mutex::new(side) }
    }

    /// Takes the next fact of the log. Facts that a snapshot already held change nothing.
    pub(crate) fn fold(&self, offset: u64, fact: &Fact) {
        self.features.fold(offset, fact);
        let mut side = self.side.lock();
        if offset < side.folded {
            return;
        }
        side.folded = offset + 1;
        side.counts.fold(&fact.body);
        match &fact.body {
            Body::Event(_) | Body::Decision(_) => side.tally.fold(&self.experiments, fact),
            Body::Consent(_) | Body::Identity(_) | Body::Audit(_) => {
                self.govern.write().fold(offset, fact);
            }
            Body::Policy(policy) => {
                side.policies.insert(policy.hash, policy.clone());
            }
            Body::Merchant(merchant) => {
                side.merchants.insert(merchant.id.clone(), merchant.name.clone());
            }
            _ => {}
        }
    }
}

impl Counts {
    fn fold(&mut self, body: &Body) {
        match body {
            Body::Event(event) => {
                self.events[event.kind as usize] += 1;
                self.nameless += u64::from(event.who.customer.is_none());
                self.sessionless += u64::from(event.who.session.is_none());
                self.attributed += u64::from(event.decision.is_some());
                let bought = event.kind == EventKind::Purchase;
                let priced = event.lines.iter().any(|line| line.price.is_some());
                self.priceless_purchases += u64::from(bought && !priced);
            }
            Body::Decision(_) => self.decisions += 1,
            _ => {}
        }
    }

    /// Events of `kind`.
    pub(crate) fn of(&self, kind: EventKind) -> u64 {
        self.events[kind as usize]
    }

    /// Events of all kinds.
    pub(crate) fn all(&self) -> u64 {
        self.events.iter().sum()
    }
}
