//! Does training make the lists better, and is everything it makes kept?

use super::shop::*;
use crate::*;
use ::decide::Decider;
use commerce::{At, Body, Event, EventKind};
use learn::progress::{Progress, Step};
use std::ops::ControlFlow;

fn quick() -> TrainOptions {
    TrainOptions {
        threads: 2,
        asks_max: 1_500,
        hits_min: 100,
        trees_max: 60,
        ..TrainOptions::default()
    }
}

fn trained(shop: &Shop) -> Trained {
    let source = || shop.facts.iter().enumerate().map(|(at, fact)| (at as u64, fact));
    let options = RecommendOptions::default();
    train(&shop.features, source, &options, &quick(), Progress::SILENT).unwrap()
}

/// Customers who walk round a ring of 60 items, a step each day, from different places.
fn ring() -> Shop {
    let mut facts = Vec::new();
    let start = At::from_s(1_780_000_000);
    for (customer, from) in (0..400_u32).map(|customer| (customer, customer * 17 % 60)) {
        for step in 0..12_u32 {
            let item = id(&format!("i{}", (from + step) % 60));
            let event =
                Event::new(EventKind::ViewItem, who(&format!("c{customer}"))).with_item(item);
            let at = start.plus_ms(i64::from(step) * 86_400_000 + i64::from(customer) * 1_000);
            facts.push(fact(at, Body::Event(event)));
        }
    }
    facts.sort_by_key(|fact| fact.at);
    let shop = Shop { now: start.plus_ms(13 * 86_400_000), ..Shop::empty() };
    shop.with(facts)
}

#[test]
fn where_order_matters_the_linear_channel_learns_it_if_it_may() {
    let shop = ring();
    let told = trained(&shop).report.notes.join("\n");
    let foreseen = |method: &str| -> f64 {
        let (_, rest) = told.split_once(method).unwrap_or_else(|| panic!("{told}"));
        rest.split([',', '\n']).next().unwrap().trim().parse().unwrap()
    };
    assert!(foreseen("nDCG@20): EASE") < foreseen(", SLIST"), "{told}");
    assert!(told.contains("linear model: SLIST over 60 items"), "{told}");

    let source = || shop.facts.iter().enumerate().map(|(at, fact)| (at as u64, fact));
    let mut training = quick();
    training.channels.sequential_mb = 0;
    let options = RecommendOptions::default();
    let trained = train(&shop.features, source, &options, &training, Progress::SILENT).unwrap();
    let told = trained.report.notes.join("\n");
    assert!(told.contains("SLIST was not tried: it may take"), "{told}");
    assert!(told.contains("linear model: EASE over 60 items"), "{told}");
}

#[test]
fn a_trained_policy_beats_popularity_and_survives_its_bytes() {
    let shop = Shop::new(400, 300, 5_000);
    let trained = trained(&shop);
    let report = &trained.report;
    let metric = |name: &str| report.metric(name).unwrap_or_else(|| panic!("{name}: {report:?}"));
    assert!(metric("ndcg@10") > 1.5 * metric("popularity.ndcg@10"), "{report:?}");
    assert!(metric("ndcg@10") > metric("blend.ndcg@10") * 0.95, "{report:?}");
    assert!(metric("ece") < 0.02, "{report:?}");
    assert!(trained.models.ranker.is_some(), "{report:?}");
    assert!(trained.models.fits(&shop.features.items()));
    assert!(!trained.models.fits(&Shop::new(399, 10, 20).features.items()));
    let figures = report.metrics.clone();

    let kept = Models::decode(&trained.models.encode().unwrap()).unwrap();
    let (live, again) = (policy(trained.models), policy(kept));
    let ask = home(&shop.regular());
    let decided = shop.ask(&live, &ask);
    assert_eq!(decided.chosen, shop.ask(&again, &ask).chosen);
    let channels: u32 = decided.considered.iter().fold(0, |all, one| all | one.sources);
    assert!(channels.count_ones() >= 6, "{:?}", Channel::of_sources(channels).collect::<Vec<_>>());
    for choice in &decided.chosen {
        let sum: f32 = choice.parts.iter().map(|part| part.value).sum();
        assert!((sum - choice.score).abs() <= 1e-4, "{sum} {}", choice.score);
        assert!((0.0..=1.0).contains(&choice.score));
    }
    assert!(figures.iter().all(|(_, value)| value.is_finite()), "{figures:?}");
    for surface in Surface::ALL {
        let mut ask = RecommendAsk::new(ask.who.clone(), surface, 10).about([shop
            .features
            .items()
            .row(3)
            .id()
            .clone()]);
        ask.candidates = (0..40).map(|ix| shop.features.items().row(ix).id().clone()).collect();
        let decided = shop.ask(&live, &ask);
        assert!(surface == Surface::BuyAgain || !decided.chosen.is_empty(), "{surface:?}");
        let said = live.explain(&record_of(&live, &ask, &decided), ::decide::Language::Zh, &Ids);
        assert!(said.len() >= decided.chosen.len().min(ask.count.into()));
    }
}

/// Calls everything by its id.
struct Ids;

impl ::decide::Names for Ids {
    fn item(&self, id: &str) -> String {
        id.into()
    }

    fn merchant(&self, id: &str) -> String {
        id.into()
    }
}

fn record_of(
    policy: &Recommender,
    ask: &RecommendAsk,
    decided: &::decide::Decided<RecommendAnswer>,
) -> commerce::DecisionRecord {
    commerce::DecisionRecord {
        id: commerce::DecisionId::from_parts(0, 0),
        kind: policy.kind(ask).into(),
        at: At::from_s(0),
        who: ask.who.clone(),
        ask: policy.encode_ask(ask),
        as_of: commerce::AsOf::default(),
        seed: 0,
        consent: commerce::ConsentUse::default(),
        arms: Vec::new(),
        policy: policy.policy(),
        models: policy.models(),
        considered_total: decided.considered_total,
        considered: decided.considered.clone(),
        stopped: decided.stopped.clone(),
        chosen: decided.chosen.clone(),
        reasons: decided.reasons.clone(),
        degraded: None,
        cut_at: None,
        took_us: 0,
    }
}

#[test]
fn little_or_nothing_trains_without_an_error() {
    for shop in [Shop::empty(), Shop::new(5, 2, 3)] {
        let trained = trained(&shop);
        assert!(trained.models.ranker.is_none());
        assert!(!trained.report.notes.is_empty());
        shop.ask(&policy(trained.models), &home("c1"));
    }
}

#[test]
fn training_stops_when_told() {
    let shop = Shop::new(100, 80, 800);
    let source = || shop.facts.iter().enumerate().map(|(at, fact)| (at as u64, fact));
    let stop = |_: Step<'_>| ControlFlow::Break(());
    let options = RecommendOptions::default();
    let made = train(&shop.features, source, &options, &quick(), Progress::to(&stop));
    assert!(matches!(made, Err(RecommendError::Cancelled)));
}
