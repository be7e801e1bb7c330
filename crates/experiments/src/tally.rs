//! What did each arm bring? A fold over the log: decisions say which arms answered, events that
//! name a decision say what came of it.
//!
//! Counted twice over: by answers (the click-through rate that shops know) and by units (who
//! clicked at all). Arms are drawn by unit, so only counts by unit are independent draws, and only
//! they carry the tests in `results`.

use crate::assign::{digest, unit_of};
use crate::{Experiments, Unit};
use commerce::{ArmRef, Body, Currency, DecisionId, DecisionRecord, Event, EventKind, Fact, Money};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Bits of what a unit did.
const SEEN: u8 = 1;
const CLICKED: u8 = 2;
const CARTED: u8 = 4;
const BOUGHT: u8 = 8;

/// What one arm brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArmCounts {
    /// Answers given under this arm.
    pub answers: u64,
    /// Answers of which at least one item was touched.
    pub answers_clicked: u64,
    /// Touches of items of its answers.
    pub clicks: u64,
    /// Times that items went into a cart from its answers.
    pub carts: u64,
    /// Purchases that name one of its answers.
    pub purchases: u64,
    /// What those purchases were worth, by currency, refunds taken off.
    pub value: BTreeMap<Currency, i64>,
    /// Distinct units that got an answer.
    pub units: u64,
    /// Distinct units that touched something.
    pub units_clicked: u64,
    /// Distinct units that put something into a cart.
    pub units_carted: u64,
    /// Distinct units that bought something.
    pub units_bought: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Counted {
    arms: BTreeMap<Box<str>, ArmCounts>,
    /// What each unit did under each arm, by the hash of both.
    units: HashMap<u64, u8>,
}

/// An answer whose outcomes may still come.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Open {
    /// The options it was made under.
    policy: u64,
    /// Experiment, arm, hash of the unit.
    shown: Vec<(Box<str>, Box<str>, u64)>,
    clicked: bool,
}

/// Answers given under a policy, and of these those of which at least one item was touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyCounts {
    /// Answers given.
    pub answers: u64,
    /// Answers clicked.
    pub clicked: u64,
}

/// The fold. Memory: about 20 bytes for each unit of each experiment, about 100 (with arms 200) for
/// each answer whose outcomes may still come, of which at most `open_max` are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tally {
    experiments: BTreeMap<Box<str>, Counted>,
    policies: BTreeMap<u64, PolicyCounts>,
    open: HashMap<DecisionId, Open>,
    order: VecDeque<DecisionId>,
    open_max: usize,
    unmatched: u64,
}

impl Tally {
    /// An empty tally that waits for outcomes of the `open_max` latest answers.
    #[must_use]
    pub fn new(open_max: usize) -> Self {
        Self {
            experiments: BTreeMap::new(),
            policies: BTreeMap::new(),
            open: HashMap::new(),
            order: VecDeque::new(),
            open_max,
            unmatched: 0,
        }
    }

    /// Takes the next fact of the log. `experiments` says which unit each arm was drawn for.
    pub fn fold(&mut self, experiments: &Experiments, fact: &Fact) {
        match &fact.body {
            Body::Decision(record) => self.answered(experiments, record),
            Body::Event(event) => self.came_of(event),
            _ => {}
        }
    }

    /// The counts of one arm so far.
    #[must_use]
    pub fn arm(&self, experiment: &str, arm: &str) -> Option<&ArmCounts> {
        self.experiments.get(experiment)?.arms.get(arm)
    }

    /// What each policy brought so far, by the hash of its options.
    pub fn policies(&self) -> impl Iterator<Item = (u64, PolicyCounts)> + '_ {
        self.policies.iter().map(|(policy, counts)| (*policy, *counts))
    }

    /// Outcomes that named an answer that is not known or no longer waited for.
    #[must_use]
    pub fn unmatched(&self) -> u64 {
        self.unmatched
    }

    fn answered(&mut self, experiments: &Experiments, record: &DecisionRecord) {
        if self.open.contains_key(&record.id) {
            return; // told twice
        }
        let mut shown = Vec::with_capacity(record.arms.len());
        for arm in &record.arms {
            let unit = unit_hash(experiments, arm, record);
            self.experiments.entry(arm.experiment.clone()).or_default().answered(arm, unit);
            shown.push((arm.experiment.clone(), arm.arm.clone(), unit));
        }
        self.policies.entry(record.policy).or_default().answers += 1;
        self.open.insert(record.id, Open { policy: record.policy, shown, clicked: false });
        self.order.push_back(record.id);
        while self.order.len() > self.open_max {
            if let Some(oldest) = self.order.pop_front() {
                self.open.remove(&oldest);
            }
        }
    }

    fn came_of(&mut self, event: &Event) {
        let Some(decision) = event.decision else { return };
        let Some(open) = self.open.get_mut(&decision) else {
            self.unmatched += 1;
            return;
        };
        let first_click = event.kind == EventKind::SelectItem && !open.clicked;
        open.clicked |= first_click;
        if first_click && let Some(counts) = self.policies.get_mut(&open.policy) {
            counts.clicked += 1;
        }
        for (experiment, arm, unit) in &open.shown {
            if let Some(counted) = self.experiments.get_mut(experiment) {
                counted.came_of(arm, *unit, event, first_click);
            }
        }
    }
}

impl Counted {
    fn answered(&mut self, arm: &ArmRef, unit: u64) {
        let first = self.mark_first(mixed(&arm.arm, unit), SEEN);
        let counts = self.arms.entry(arm.arm.clone()).or_default();
        counts.answers += 1;
        counts.units += first;
    }

    fn came_of(&mut self, arm: &str, unit: u64, event: &Event, first_click: bool) {
        let key = mixed(arm, unit);
        let bit = match event.kind {
            EventKind::SelectItem => CLICKED,
            EventKind::AddToCart => CARTED,
            EventKind::Purchase => BOUGHT,
            _ => 0,
        };
        let first = if bit == 0 { 0 } else { self.mark_first(key, bit) };
        let Some(counts) = self.arms.get_mut(arm) else { return };
        match event.kind {
            EventKind::SelectItem => {
                counts.clicks += 1;
                counts.answers_clicked += u64::from(first_click);
                counts.units_clicked += first;
            }
            EventKind::AddToCart => {
                counts.carts += 1;
                counts.units_carted += first;
            }
            EventKind::Purchase => {
                counts.purchases += 1;
                counts.units_bought += first;
                counts.add_value(event, 1);
            }
            EventKind::Refund => counts.add_value(event, -1),
            _ => {}
        }
    }

    /// 1 when this is the first time that the unit did this, else 0.
    fn mark_first(&mut self, key: u64, bit: u8) -> u64 {
        let did = self.units.entry(key).or_default();
        let first = *did & bit == 0;
        *did |= bit;
        u64::from(first)
    }
}

impl ArmCounts {
    fn add_value(&mut self, event: &Event, sign: i64) {
        let worth = |money: Money, pieces: u32| {
            (money.currency, money.minor.saturating_mul(i64::from(pieces)).saturating_mul(sign))
        };
        let mut add = |(currency, minor): (Currency, i64)| {
            let sum = self.value.entry(currency).or_default();
            *sum = sum.saturating_add(minor);
        };
        if let Some(total) = event.value {
            add(worth(total, 1));
        } else {
            for line in &event.lines {
                if let Some(price) = line.price {
                    add(worth(price, line.quantity));
                }
            }
        }
    }
}

/// Units are told apart by a 64-bit hash that is the same in every release, because snapshots of
/// the tally outlive the process.
fn unit_hash(experiments: &Experiments, arm: &ArmRef, record: &DecisionRecord) -> u64 {
    let named = experiments.unit_of(&arm.experiment, &record.who);
    let anybody = || unit_of(&[Unit::Customer, Unit::Device, Unit::Session], &record.who);
    digest("unit", named.or_else(anybody).map_or(&[], |(_, id)| id.as_bytes()))
}

fn mixed(arm: &str, unit: u64) -> u64 {
    digest(arm, &unit.to_be_bytes())
}
