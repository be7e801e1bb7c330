//! A small seeded shop, and asks of it.

use crate::{Models, RecommendAnswer, RecommendAsk, RecommendOptions, Recommender, Surface};
use ::decide::{Budget, Ctx, Decided, Decider};
use commerce::{
    ArmRef, At, Body, ConsentUse, CustomerId, DecisionId, Event, EventKind, Fact, FactId, Item,
    ItemId, Who,
};
use features::{CustomerView, FeatureOptions, Features};
use std::sync::Arc;

pub(super) struct Shop {
    pub(super) facts: Vec<Fact>,
    pub(super) features: Features,
    pub(super) now: At,
}

impl Shop {
    /// `items` items, `customers` customers and `sessions` visits in 40 days.
    pub(super) fn new(items: u32, customers: u32, sessions: u64) -> Self {
        let usual = sim::SimOptions::default();
        Self::of(sim::SimOptions { seed: 11, items, customers, sessions, days: 40, ..usual })
    }

    /// The shop that `options` describe, all of its past told.
    pub(super) fn of(options: sim::SimOptions) -> Self {
        let from = options.from;
        let sim = sim::Shop::new(options);
        let mut facts: Vec<Fact> = sim.items().map(|item| fact(from, Body::Item(item))).collect();
        let mut visits: Vec<Fact> = sim.sessions().collect();
        visits.sort_by_key(|fact| fact.at);
        facts.extend(visits);
        let now = facts.last().map_or(from, |fact| fact.at).plus_ms(60_000);
        let shop =
            Self { facts: Vec::new(), features: Features::new(FeatureOptions::default()), now };
        shop.with(facts)
    }

    /// An empty shop.
    pub(super) fn empty() -> Self {
        Self {
            facts: Vec::new(),
            features: Features::new(FeatureOptions::default()),
            now: At::from_s(1_790_000_000),
        }
    }

    pub(super) fn with(mut self, facts: Vec<Fact>) -> Self {
        self.tell(facts);
        self
    }

    /// More facts, folded and visible.
    pub(super) fn tell(&mut self, facts: Vec<Fact>) {
        for fact in facts {
            self.features.fold(self.facts.len() as u64, &fact);
            self.facts.push(fact);
        }
        self.features.publish();
    }

    /// `customer` does `kind` with `item` a minute before now.
    pub(super) fn act(&mut self, customer: &str, kind: EventKind, item: &str) {
        let event = Event::new(kind, who(customer)).with_item(id(item));
        self.tell(vec![fact(self.now.plus_ms(-60_000), Body::Event(event))]);
    }

    pub(super) fn ctx(&self, who: &Who, personal: bool, seed: u64) -> Ctx {
        let customer = if personal {
            self.features.customer(who, self.now)
        } else {
            CustomerView::empty(&Who::default(), self.now, Arc::new(FeatureOptions::default()))
        };
        Ctx {
            decision: DecisionId::from_parts(self.now.ms(), u128::from(seed)),
            now: self.now,
            seed,
            consent: ConsentUse { personal, declared: !personal },
            arms: Vec::<ArmRef>::new(),
            customer,
            items: self.features.items(),
            budget: Budget::recorded(None),
        }
    }

    pub(super) fn ask(&self, policy: &Recommender, ask: &RecommendAsk) -> Decided<RecommendAnswer> {
        policy.decide(&self.ctx(&ask.who, true, 5), ask).unwrap()
    }

    /// The customer with the most touches.
    pub(super) fn regular(&self) -> String {
        let mut best = (0, String::new());
        self.features.histories(|history| {
            if history.touches.len() > best.0 && history.kind == features::PartyKind::Customer {
                best = (history.touches.len(), history.id.to_owned());
            }
        });
        best.1
    }
}

pub(super) fn fact(at: At, body: Body) -> Fact {
    let id = FactId::new("test").unwrap();
    Fact { id, at, received_at: at, body }
}

pub(super) fn id(item: &str) -> ItemId {
    ItemId::new(item).unwrap()
}

pub(super) fn item(name: &str, category: &[&str]) -> Item {
    let mut item = Item::bare(id(name));
    item.category = category.iter().map(|&level| level.into()).collect();
    item
}

pub(super) fn who(customer: &str) -> Who {
    Who::customer(CustomerId::new(customer).unwrap())
}

pub(super) fn home(customer: &str) -> RecommendAsk {
    RecommendAsk::new(who(customer), Surface::Home, 10)
}

pub(super) fn policy(models: Models) -> Recommender {
    Recommender::new(RecommendOptions::default(), Arc::new(models), None).unwrap()
}

/// A policy that explores nothing.
pub(super) fn steady(models: Models) -> Recommender {
    let mut options = RecommendOptions::default();
    for policy in
        [&mut options.scenarios.new, &mut options.scenarios.active, &mut options.scenarios.at_risk]
    {
        policy.explore = 0.0;
    }
    Recommender::new(options, Arc::new(models), None).unwrap()
}

pub(super) fn names(decided: &Decided<RecommendAnswer>) -> Vec<&str> {
    decided.chosen.iter().map(|choice| &*choice.what).collect()
}
