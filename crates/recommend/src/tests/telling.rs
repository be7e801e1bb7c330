//! Do asks, options, models and explanations say what they should?

use super::shop::*;
use crate::explain::{CHOICE_CODES, SLATE_CODES};
use crate::*;
use ::decide::{Language, Names};
use commerce::{Choice, Currency, Money, Part, Reason};

fn reason(code: &'static str, evidence: &[&str]) -> Reason {
    Reason { code: code.into(), evidence: evidence.iter().map(|&e| e.into()).collect() }
}

struct Called;

impl Names for Called {
    fn item(&self, id: &str) -> String {
        match id {
            "k1" => "紫砂壶".into(),
            "k2" => "Iron kettle".into(),
            other => other.into(),
        }
    }

    fn merchant(&self, id: &str) -> String {
        if id == "k1" { "Tea House".into() } else { id.into() }
    }
}

#[test]
fn every_reason_has_words_in_both_languages() {
    for code in CHOICE_CODES {
        let reason = reason(code, &["k1", "30"]);
        for language in [Language::Zh, Language::En] {
            let said = phrase(&reason, language, Voice::Operator, &Called);
            assert!(said.as_deref().is_some_and(|said| said.len() > 3), "{code} in {language:?}");
        }
    }
    for code in SLATE_CODES {
        let record = record(vec![reason(code, &["3"])], Vec::new());
        for language in [Language::Zh, Language::En] {
            assert_eq!(sentences(&record, language, &Called).len(), 2, "{code} in {language:?}");
        }
    }
    assert_eq!(
        phrase(&reason("from the future", &[]), Language::En, Voice::Operator, &Called),
        None
    );
}

#[test]
fn reasons_read_like_sentences() {
    let say = |code: &'static str, evidence: &[&str], language, voice| {
        phrase(&reason(code, evidence), language, voice, &Called).unwrap()
    };
    use Language::{En, Zh};
    use Voice::{Customer, Operator};
    assert_eq!(say("similar_to", &["k1"], Zh, Customer), "与您最近看过的“紫砂壶”相似");
    assert_eq!(
        say("similar_to", &["k2"], En, Operator),
        "similar to “Iron kettle”, which the customer looked at recently"
    );
    assert_eq!(
        say("due_again", &["28", "30"], Zh, Customer),
        "您上次购买是 28 天前，通常约 30 天买一次"
    );
    assert_eq!(
        say("same_merchant", &["k1"], En, Customer),
        "sold by “Tea House”, which you came back to"
    );
    assert_eq!(
        say("boosted_merchant", &["k1", "2"], Zh, Operator),
        "店铺规则把商家“Tea House”商品的得分乘以 2"
    );
    assert_eq!(
        say("taste", &["k1", "k2"], Zh, Operator),
        "符合顾客的口味，比如“紫砂壶”和“Iron kettle”"
    );
}

fn record(reasons: Vec<Reason>, chosen: Vec<Choice>) -> commerce::DecisionRecord {
    commerce::DecisionRecord {
        id: commerce::DecisionId::from_parts(0, 0),
        kind: "recommend.home".into(),
        at: commerce::At::from_s(0),
        who: commerce::Who::default(),
        ask: Vec::new(),
        as_of: commerce::AsOf::default(),
        seed: 0,
        consent: commerce::ConsentUse::default(),
        arms: Vec::new(),
        policy: 0,
        models: Vec::new(),
        considered_total: 0,
        considered: Vec::new(),
        stopped: Vec::new(),
        chosen,
        reasons,
        degraded: None,
        cut_at: None,
        took_us: 0,
    }
}

#[test]
fn a_record_is_explained_place_by_place() {
    let choice = Choice {
        what: "k2".into(),
        score: 0.25,
        propensity: 1.0,
        sources: Channel::Hot.bit(),
        parts: vec![Part { code: part::START, value: 0.2 }, Part { code: part::REST, value: 0.05 }],
        reasons: vec![reason("popular", &[])],
    };
    let record = record(vec![reason("no_ranker", &[])], vec![choice]);
    assert_eq!(
        sentences(&record, Language::En, &Called),
        [
            "No ranker is trained yet; a weighted blend of the channels stands in for it.",
            "1. “Iron kettle”: popular these days. Score 0.2500 (start +0.2000, other inputs +0.0500).",
        ]
    );
    assert_eq!(
        sentences(&record, Language::Zh, &Called)[1],
        "第 1 位“Iron kettle”：近期大家都在看。得分 0.2500（起点 +0.2000，其他因素 +0.0500）。"
    );
}

#[test]
fn places_that_were_asked_for_are_told_and_the_rest_is_counted() {
    let choice = Choice {
        what: "k1".into(),
        score: 0.25,
        propensity: 1.0,
        sources: Channel::Hot.bit(),
        parts: Vec::new(),
        reasons: Vec::new(),
    };
    let mut record = record(Vec::new(), vec![choice; 60]);
    record.ask = RecommendAsk { count: 5, ..home("c1") }.encode();
    let told = sentences(&record, Language::En, &Called);
    assert_eq!((told.len(), &*told[5]), (6, "55 more stand on later pages."));
    assert_eq!(sentences(&record, Language::Zh, &Called)[5], "另有 55 个排在后面的页里。");
    record.chosen.truncate(5);
    assert_eq!(sentences(&record, Language::En, &Called).len(), 5);
}

#[test]
fn training_options_out_of_range_are_all_named() {
    assert_eq!(TrainOptions::default().check(), []);
    let mut options = TrainOptions { label_share: f32::NAN, leaves: 0, ..TrainOptions::default() };
    options.channels.dims = 1_000_000;
    let wrong: Vec<String> = options.check().iter().map(ToString::to_string).collect();
    assert_eq!(
        wrong,
        [
            "train.recommend.label_share is NaN; allowed: 0.01 to 0.5",
            "train.recommend.leaves is 0; allowed: 2 to 255",
            "train.recommend.channels.dims is 1000000; allowed: 4 to 256",
        ]
    );
}

#[test]
fn options_out_of_range_are_all_named() {
    assert_eq!(RecommendOptions::default().check(), []);
    let mut options = RecommendOptions { slate_max: 0, ..RecommendOptions::default() };
    options.scenarios.new.diversity = 1.7;
    options.scenarios.active.weights.linear = f32::NAN;
    let wrong: Vec<String> = options.check().iter().map(ToString::to_string).collect();
    assert_eq!(
        wrong,
        [
            "recommend.slate_max is 0; allowed: 1 to 500",
            "recommend.scenarios.new.diversity is 1.7; allowed: 0 to 1",
            "recommend.scenarios.active.weights.linear is NaN; allowed: 0 to 1",
        ]
    );
    assert_ne!(options.hash(), RecommendOptions::default().hash());
}

#[test]
fn asks_out_of_range_are_named_and_kept_asks_come_back() {
    let mut ask = home("c1");
    assert_eq!(ask.check(60), Ok(()));
    assert_eq!(RecommendAsk::decode(&ask.encode()), Ok(ask.clone()));
    assert!(RecommendAsk::decode(&[]).is_err());
    assert!(RecommendAsk::decode(&[9, 1]).unwrap_err().contains("version 9"));
    ask.count = 61;
    assert_eq!(ask.check(60).unwrap_err().to_string(), "count is 61; allowed: 1 to 60");
    ask.count = 5;
    ask.candidates.push(id("a"));
    assert_eq!(
        ask.check(60).unwrap_err().to_string(),
        "candidates is 1 entries; allowed: none on this surface"
    );
    ask.candidates.clear();
    ask.filter.price_min = Some(Money::new(500, Currency::CNY));
    ask.filter.price_max = Some(Money::new(400, Currency::CNY));
    assert_eq!(
        ask.check(60).unwrap_err().to_string(),
        "filter.price_max is CNY 4.00; allowed: CNY 5.00 or more"
    );
    let similar = RecommendAsk::new(who("c"), Surface::Similar, 5);
    assert_eq!(similar.check(60).unwrap_err().field, "context");
}

#[test]
fn bytes_that_are_no_models_are_refused() {
    let none = Models::none().encode().unwrap();
    assert!(Models::decode(&none).is_ok());
    assert!(Models::decode(b"no").is_err());
    assert!(Models::decode(&none[..none.len() - 1]).is_err());
    let mut newer = none;
    newer[7] = 9;
    assert!(Models::decode(&newer).unwrap_err().to_string().contains("version 9"));
}
