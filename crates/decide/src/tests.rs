//! Does the runner forget nothing? A small domain that shows the customer's latest items.

use crate::*;
use commerce::*;
use experiments::{ArmOptions, ExperimentOptions, Experiments};
use features::{FeatureOptions, Features};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers with the latest items that the customer touched, or does what the ask says.
struct Latest {
    hash: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct LatestAsk {
    who: Who,
    /// `panic`, `refuse`, `slow` or nothing.
    mood: &'static str,
}

impl Decider for Latest {
    type Ask = LatestAsk;
    type Answer = Vec<String>;
    const DOMAIN: &'static str = "latest";
    const RECORDED: WhenRecorded = WhenRecorded::Before;

    fn kind(&self, _: &LatestAsk) -> &'static str {
        "latest.items"
    }

    fn needs(&self, ask: &LatestAsk) -> Needs {
        Needs { who: ask.who.clone(), customer: true }
    }

    fn decide(&self, ctx: &Ctx, ask: &LatestAsk) -> Result<Decided<Vec<String>>, Refusal> {
        match ask.mood {
            "panic" => panic!("out of cheese"),
            "refuse" => return Err(Refusal::NoModel("none was trained".into())),
            "slow" if ctx.budget.spent() => return Err(Refusal::OutOfTime),
            _ => {}
        }
        let recent = ctx.customer.recent.iter().rev();
        let what: Vec<String> =
            recent.map(|touch| ctx.items.row(touch.item).item.id.to_string()).collect();
        Ok(decided(what, (ctx.seed % 1_000) as f32))
    }

    fn fallback(&self, _: &Ctx, _: &LatestAsk, _: &Refusal) -> Decided<Vec<String>> {
        decided(vec!["spare".into()], 0.0)
    }

    fn encode_ask(&self, ask: &LatestAsk) -> Vec<u8> {
        let customer = ask.who.customer.as_ref().map_or("", CustomerId::as_str);
        format!("{}|{customer}", ask.mood).into_bytes()
    }

    fn decode_ask(&self, bytes: &[u8]) -> Result<LatestAsk, String> {
        let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
        let (mood, customer) = text.split_once('|').ok_or("no bar")?;
        let moods = ["", "panic", "refuse", "slow"];
        let mood = moods.into_iter().find(|known| *known == mood).ok_or("no such mood")?;
        let customer = CustomerId::new(customer).ok();
        Ok(LatestAsk { who: Who { customer, ..Who::default() }, mood })
    }

    fn policy(&self) -> u64 {
        self.hash
    }

    fn models(&self) -> Vec<ModelRef> {
        Vec::new()
    }

    fn explain(&self, record: &DecisionRecord, _: Language, names: &dyn Names) -> Vec<String> {
        record.chosen.iter().map(|choice| names.item(&choice.what)).collect()
    }
}

fn decided(what: Vec<String>, score: f32) -> Decided<Vec<String>> {
    let choice = |what: &String| Choice {
        what: what.as_str().into(),
        score,
        propensity: 1.0,
        sources: 0,
        parts: Vec::new(),
        reasons: Vec::new(),
    };
    Decided {
        considered_total: what.len() as u32,
        considered: Vec::new(),
        stopped: Vec::new(),
        chosen: what.iter().map(choice).collect(),
        reasons: Vec::new(),
        degraded: None,
        answer: what,
    }
}

#[derive(Default)]
struct Kept {
    records: Mutex<Vec<Arc<DecisionRecord>>>,
    full: bool,
}

impl Records for Kept {
    fn keep(&self, record: &Arc<DecisionRecord>, _: WhenRecorded) -> Result<(), String> {
        if self.full {
            return Err("disk full".into());
        }
        self.records.lock().unwrap().push(Arc::clone(record));
        Ok(())
    }
}

struct World {
    features: Features,
    experiments: Experiments,
    kept: Kept,
    personal: bool,
    budget: Duration,
}

impl World {
    fn new() -> Self {
        let features = Features::new(FeatureOptions::default());
        fold_views(&features, 0..3);
        Self {
            features,
            experiments: Experiments::new(&[]).unwrap(),
            kept: Kept::default(),
            personal: true,
            budget: Duration::from_secs(5),
        }
    }

    fn ask(
        &self,
        line: &Lineup<Latest>,
        mood: &'static str,
    ) -> Result<Answered<Vec<String>>, String> {
        let consent = |_: &Who| ConsentUse { personal: self.personal, declared: true };
        let runner = Runner {
            features: &self.features,
            consent: &consent,
            experiments: &self.experiments,
            records: &self.kept,
            budget: self.budget,
        };
        let who = Who::customer(CustomerId::new("ann").unwrap());
        runner.run(line, &LatestAsk { who, mood }, DecisionId::from_parts(1_800_000_100_000, 42))
    }
}

fn fold_views(features: &Features, offsets: std::ops::Range<u64>) {
    for offset in offsets {
        let who = Who::customer(CustomerId::new("ann").unwrap());
        let item = ItemId::new(&format!("i{offset}")).unwrap();
        let at = At::from_s(1_800_000_000 + offset as i64);
        let body = Body::Event(Event::new(EventKind::ViewItem, who).with_item(item));
        let id = FactId::new(&format!("e{offset}")).unwrap();
        features.fold(offset, &Fact { id, at, received_at: at, body });
    }
    features.publish();
}

fn live() -> Lineup<Latest> {
    Lineup::only(Arc::new(Latest { hash: 1 }))
}

#[test]
fn a_decision_is_answered_and_recorded() {
    let world = World::new();
    let answered = world.ask(&live(), "").unwrap();
    assert_eq!(answered.answer, ["i2", "i1", "i0"]);
    let kept = world.kept.records.lock().unwrap();
    assert_eq!(kept[..], [Arc::clone(&answered.record)]);
    assert_eq!(answered.record.as_of, AsOf { items: 3, customers: 3 });
    assert_eq!(&*answered.record.kind, "latest.items");
    assert_eq!(answered.record.degraded, None);
}

#[test]
fn what_may_not_be_used_is_not_even_seen() {
    let world = World { personal: false, ..World::new() };
    let answered = world.ask(&live(), "").unwrap();
    assert_eq!(answered.answer, Vec::<String>::new());
    assert!(!answered.record.consent.personal);
    assert_eq!(answered.record.as_of.customers, 0);
}

#[test]
fn a_panic_and_a_refusal_become_a_lesser_answer_that_says_why() {
    let world = World::new();
    for (mood, why) in [
        ("panic", "the decision panicked: out of cheese"),
        ("refuse", "no model serves: none was trained"),
    ] {
        let answered = world.ask(&live(), mood).unwrap();
        assert_eq!(answered.answer, ["spare"]);
        assert_eq!(answered.record.degraded.as_deref(), Some(why));
    }
}

#[test]
fn without_a_record_there_is_no_answer() {
    let mut world = World::new();
    world.kept.full = true;
    assert_eq!(world.ask(&live(), "").unwrap_err(), "disk full");
}

#[test]
fn a_replay_gives_the_same_bytes_whatever_happened_since() {
    let world = World::new();
    let old = world.ask(&live(), "").unwrap().record;
    let customer = world.features.customer(&old.who, old.at);
    let items = world.features.items();
    fold_views(&world.features, 3..9);
    let same = replay(&Latest { hash: 1 }, &old, items, customer).unwrap();
    assert_eq!(same.differs, Vec::<&str>::new());
    assert_eq!(same.record, *old);
    let later = world.features.customer(&old.who, old.at);
    let other = replay(&Latest { hash: 2 }, &old, world.features.items(), later).unwrap();
    assert_eq!(other.differs, ["as_of", "policy", "considered_total", "chosen"]);
}

#[test]
fn a_replay_runs_out_of_time_at_the_same_place_without_a_clock() {
    let world = World { budget: Duration::ZERO, ..World::new() };
    let old = world.ask(&live(), "slow").unwrap().record;
    assert_eq!(old.cut_at, Some(0));
    let customer = world.features.customer(&old.who, old.at);
    let again = replay(&Latest { hash: 1 }, &old, world.features.items(), customer).unwrap();
    assert_eq!(again.record, *old);
}

#[test]
fn a_budget_once_spent_stays_spent() {
    let budget = Budget::recorded(Some(2));
    let passed: Vec<bool> = (0..4).map(|_| budget.spent()).collect();
    assert_eq!(passed, [false, false, true, true]);
    assert_eq!(budget.cut_at(), Some(2));
    let endless = Budget::lasting(Duration::from_secs(3_600));
    assert!(!endless.spent());
    assert_eq!(endless.cut_at(), None);
}

#[test]
fn an_arm_gets_its_policy_and_the_record_its_propensity() {
    let arm = |name: &str, weight, policy: Option<&str>| ArmOptions {
        name: name.into(),
        weight,
        policy: policy.map(Into::into),
    };
    let experiment = ExperimentOptions {
        name: "test".into(),
        layer: None,
        allocation_percent: 100.0,
        from_percent: None,
        units: vec![experiments::Unit::Customer],
        kinds: Vec::new(),
        arms: vec![arm("old", 0.0001, None), arm("new", 0.9999, Some("brave"))],
    };
    let mut world = World::new();
    world.experiments = Experiments::new(&[experiment]).unwrap();
    let named = BTreeMap::from([("brave".into(), Arc::new(Latest { hash: 77 }))]);
    let line = Lineup { named, ..live() };
    let record = world.ask(&line, "").unwrap().record;
    assert_eq!(record.policy, 77);
    assert_eq!(record.arms[0].arm.as_ref(), "new");
    assert!((record.arms[0].propensity - 0.9999).abs() < 1e-6);
}

#[test]
fn a_shadow_answers_nobody_and_says_how_far_it_agrees() {
    let world = World::new();
    let answered = world.ask(&live(), "").unwrap();
    let ask = LatestAsk { who: answered.record.who.clone(), mood: "refuse" };
    let policy = Latest { hash: 9 };
    let second =
        shadow("brave", &policy, &answered.record, answered.ctx, &ask, Duration::from_secs(1));
    assert_eq!(second.decision, answered.record.id);
    assert_eq!(second.overlap, 0.0);
    assert_eq!(second.failed.as_deref(), Some("no model serves: none was trained"));
    assert_eq!(world.kept.records.lock().unwrap().len(), 1);
}

/// Calls everything by its id.
struct Ids;

impl Names for Ids {
    fn item(&self, id: &str) -> String {
        id.to_owned()
    }

    fn merchant(&self, id: &str) -> String {
        id.to_owned()
    }
}

#[test]
fn an_explanation_reads_well_in_both_languages() {
    let world = World { personal: false, ..World::new() };
    let record = world.ask(&live(), "").unwrap().record;
    let said = |language| explain(&Latest { hash: 1 }, &record, language, &Ids).join("\n");
    assert!(said(Language::Zh).contains("顾客已拒绝个性化"));
    assert!(said(Language::En).contains("declined personalisation"));
    assert_eq!(Language::named("zh-CN"), Some(Language::Zh));
    assert_eq!(Language::named("fr"), None);
}
