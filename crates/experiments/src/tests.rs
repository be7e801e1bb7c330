//! Are arms drawn as promised, and are outcomes counted to the right ones?

use crate::*;
use commerce::*;

fn config(text: &str) -> Result<Experiments, ExperimentError> {
    #[derive(serde::Deserialize)]
    struct File {
        experiments: Vec<ExperimentOptions>,
    }
    Experiments::new(&toml::from_str::<File>(text).unwrap().experiments)
}

/// One experiment with these extra lines and two even arms.
fn one(name: &str, extra: &str) -> String {
    format!(
        "[[experiments]]\nname = {name:?}\n{extra}\narms = [{{ name = \"old\", weight = 0.5 }}, \
         {{ name = \"new\", weight = 0.5, policy = \"bold\" }}]\n"
    )
}

fn customer(id: &str) -> Who {
    Who::customer(CustomerId::new(id).unwrap())
}

#[test]
fn buckets_are_the_documented_hash() {
    // int(hashlib.sha256(b"arm:ranker/c-42").hexdigest()[:16], 16) % 10000 and so on
    let golden = [
        ("arm:ranker", "c-42", 2425),
        ("arm:ranker", "c-43", 613),
        ("layer:home", "c-42", 470),
        ("layer:home", "顾客一", 2937),
    ];
    for (salt, unit, expected) in golden {
        assert_eq!(bucket(salt, unit), expected, "{salt} {unit}");
    }
}

#[test]
fn arms_are_uniform_and_independent_between_layers() {
    let arms = "arms = [{ name = \"a\", weight = 0.2 }, { name = \"b\", weight = 0.3 }, \
                { name = \"c\", weight = 0.5 }]\n";
    let text = ["x", "y"].map(|n| format!("[[experiments]]\nname = {n:?}\n{arms}")).concat();
    let experiments = config(&text).unwrap();
    let weights = [0.2, 0.3, 0.5];
    let mut joint = [0u64; 9];
    let mut single = [[0u64; 3]; 2];
    for id in 0..100_000 {
        let who = customer(&format!("customer-{id}"));
        let arms: Vec<usize> = experiments
            .assign("recommend.home", &who)
            .map(|one| {
                let place = ["a", "b", "c"].iter().position(|arm| *arm == one.arm).unwrap();
                assert_eq!(one.propensity, weights[place] as f32);
                place
            })
            .collect();
        single[0][arms[0]] += 1;
        single[1][arms[1]] += 1;
        joint[arms[0] * 3 + arms[1]] += 1;
    }
    for counts in single {
        assert!(chi_square_p(&counts, &weights).1 > 0.01, "{counts:?}");
    }
    let shares: Vec<f64> =
        weights.iter().flat_map(|left| weights.iter().map(move |right| left * right)).collect();
    assert!(chi_square_p(&joint, &shares).1 > 0.01, "{joint:?}");
}

#[test]
fn experiments_of_one_layer_share_no_unit_and_take_their_part() {
    let layered = |name: &str, percent: u32| {
        one(name, &format!("layer = \"home\"\nallocation_percent = {percent}"))
    };
    let experiments = config(&(layered("x", 30) + &layered("y", 50))).unwrap();
    let mut counts = [0u64; 3];
    for id in 0..50_000 {
        let who = customer(&format!("c{id}"));
        let names: Vec<_> =
            experiments.assign("recommend.home", &who).map(|one| one.experiment).collect();
        assert!(names.len() <= 1);
        counts[names.first().map_or(2, |name| usize::from(*name == "y"))] += 1;
    }
    assert!(chi_square_p(&counts, &[0.3, 0.5, 0.2]).1 > 0.01, "{counts:?}");
}

#[test]
fn growing_an_experiment_moves_nobody_who_was_in_it() {
    let part = |percent| config(&one("x", &format!("allocation_percent = {percent}"))).unwrap();
    let (small, large) = (part(10), part(40));
    for id in 0..5_000 {
        let who = customer(&format!("c{id}"));
        let arm = |set: &Experiments| set.assign("k", &who).next().map(Assigned::to_ref);
        if let Some(arm_before) = arm(&small) {
            assert_eq!(Some(arm_before), arm(&large));
        }
    }
}

#[test]
fn units_fall_back_in_the_order_stated() {
    let mut who = customer("c");
    who.device = Some(DeviceId::new("d").unwrap());
    let unit = |text: &str, who: &Who| {
        config(&one("x", text)).unwrap().assign("k", who).next().map(|one| one.unit)
    };
    assert_eq!(unit("", &who), Some(Unit::Customer));
    assert_eq!(unit("units = [\"session\", \"device\"]", &who), Some(Unit::Device));
    assert_eq!(unit("units = [\"session\"]", &who), None);
    assert_eq!(unit("", &Who::default()), None);
}

#[test]
fn kinds_limit_an_experiment() {
    let experiments = config(&one("x", "kinds = [\"recommend.home\", \"search\"]")).unwrap();
    let runs = |kind: &str| experiments.assign(kind, &customer("c")).count();
    assert_eq!([runs("recommend.home"), runs("search.items"), runs("recommend.cart")], [1, 1, 0]);
}

#[test]
fn a_wrong_config_is_named_precisely() {
    let says = |text: &str| config(text).unwrap_err().to_string();
    let arms = |arms: &str| format!("[[experiments]]\nname = \"x\"\narms = [{arms}]");
    assert_eq!(
        says(&arms("{ name = \"a\", weight = 0.5 }, { name = \"b\", weight = 0.4 }")),
        "experiment \"x\": the weights of its arms sum to 0.9; they must sum to 1"
    );
    assert_eq!(
        says(&arms("{ name = \"a\", weight = 0.33333 }, { name = \"b\", weight = 0.66667 }")),
        "experiment \"x\", arm \"a\": weight 0.33333 is not allowed; expected more than 0, at \
         most 1, with at most four digits after the point"
    );
    for weight in ["-0.1", "0.0", "1.5", "nan", "inf"] {
        let text = arms(&format!(
            "{{ name = \"a\", weight = {weight} }}, {{ name = \"b\", weight = 1.0 }}"
        ));
        assert!(matches!(config(&text), Err(ExperimentError::Weight { .. })), "{weight}");
    }
    assert!(says(&arms("{ name = \"a\", weight = 1.0 }")).contains("needs at least 2"));
    assert!(
        says(&arms("{ name = \"a\", weight = 0.5 }, { name = \"a\", weight = 0.5 }"))
            .contains("two arms called \"a\"")
    );
    assert!(says(&(one("x", "") + &one("x", ""))).contains("two experiments are called \"x\""));
    assert!(says(&one("X y", "")).contains("experiment name \"X y\""));
    assert!(says(&one("x", "units = []")).contains("units is empty"));
    assert!(says(&one("x", "allocation_percent = 101")).contains("allocation_percent is 101"));
    let at = |name: &str, from: u32| {
        one(name, &format!("layer = \"l\"\nfrom_percent = {from}\nallocation_percent = 60"))
    };
    assert!(says(&at("x", 50)).contains("takes 50 % to 110 % of layer \"l\""));
    assert!(says(&(at("x", 0) + &at("y", 40))).contains("\"x\" and \"y\" overlap"));
}

#[test]
fn statistics_equal_the_references() {
    // Survival of chi-square in closed form: erfc and finite sums with Python's math module.
    let golden = [
        (1, 3.84, 0.050_043_521_248_705_09),
        (2, 0.5, 0.778_800_783_071_404_9),
        (5, 10.0, 0.075_235_246_146_512_16),
        (100, 200.0, 1.178_450_072_097_942_4e-8),
        (1, 40.0, 2.539_628_589_470_86e-10),
    ];
    let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-12;
    for (degrees, statistic, expected) in golden {
        let found = statistics::upper_gamma(degrees, statistic / 2.0);
        assert!(close(found, expected), "{degrees} {statistic} {found}");
    }
    let (statistic, p) = chi_square_p(&[10, 20], &[0.5, 0.5]);
    assert!(close(statistic, 10.0 / 3.0) && close(p, 0.067_889_154_861_829), "{p}");
    assert_eq!(chi_square_p(&[0, 0], &[0.5, 0.5]), (0.0, 1.0));
    // Wilson and Newcombe (1998), the worked example 56/70 against 48/80: .0524 to .3339
    let (value, low, high) = difference(Rate::new(56, 70), Rate::new(48, 80));
    assert!((value - 0.2).abs() < 1e-12);
    assert!((low - 0.0524).abs() < 5e-5 && (high - 0.3339).abs() < 5e-5, "{low} {high}");
    let none = Rate::new(0, 0);
    assert_eq!((none.value, none.low, none.high), (0.0, 0.0, 1.0));
    assert!((Rate::new(0, 20).high - 0.161_125_158).abs() < 1e-9);
}

/// A decision with `arm` of experiment `x`, its id made from `number`.
fn decision(number: u128, customer_id: &str, arm: &str) -> Fact {
    let record = DecisionRecord {
        id: DecisionId::from_parts(1_800_000_000_000, number),
        kind: "recommend.home".into(),
        at: At::from_s(1_800_000_000),
        who: customer(customer_id),
        ask: Vec::new(),
        as_of: AsOf::default(),
        seed: 0,
        consent: ConsentUse::default(),
        arms: vec![ArmRef { experiment: "x".into(), arm: arm.into(), propensity: 0.5 }],
        policy: 0,
        models: Vec::new(),
        considered_total: 0,
        considered: Vec::new(),
        stopped: Vec::new(),
        chosen: Vec::new(),
        reasons: Vec::new(),
        degraded: None,
        cut_at: None,
        took_us: 0,
    };
    fact(Body::Decision(record.into()))
}

fn outcome(number: u128, kind: EventKind, minor: Option<i64>) -> Fact {
    let mut event = Event::new(kind, Who::default());
    event.decision = Some(DecisionId::from_parts(1_800_000_000_000, number));
    event.value = minor.map(|minor| Money::new(minor, Currency::CNY));
    fact(Body::Event(event))
}

fn fact(body: Body) -> Fact {
    let at = At::from_s(1_800_000_000);
    Fact { id: FactId::new("f").unwrap(), at, received_at: at, body }
}

#[test]
fn outcomes_are_counted_to_the_arm_that_answered() {
    let experiments = config(&one("x", "")).unwrap();
    let mut tally = Tally::new(100);
    let told = [
        decision(1, "li", "old"),
        decision(2, "li", "old"),
        decision(3, "wang", "new"),
        decision(3, "wang", "new"), // told twice
        outcome(1, EventKind::SelectItem, None),
        outcome(1, EventKind::SelectItem, None),
        outcome(2, EventKind::AddToCart, None),
        outcome(3, EventKind::SelectItem, None),
        outcome(3, EventKind::Purchase, Some(900)),
        outcome(3, EventKind::Refund, Some(200)),
        outcome(9, EventKind::Purchase, Some(100)),
    ];
    for fact in &told {
        tally.fold(&experiments, fact);
    }
    let old = tally.arm("x", "old").unwrap();
    assert_eq!((old.answers, old.units, old.clicks, old.answers_clicked), (2, 1, 2, 1));
    assert_eq!((old.carts, old.units_carted, old.purchases), (1, 1, 0));
    let new = tally.arm("x", "new").unwrap();
    assert_eq!((new.answers, new.units_bought, new.value[&Currency::CNY]), (1, 1, 700));
    assert_eq!(tally.unmatched(), 1);
    let results = tally.results(&experiments);
    assert_eq!(results[0].arms[0].click_through, Rate::new(1, 2));
    assert_eq!(results[0].arms[0].lift_clicked, None);
    assert_eq!(results[0].arms[1].lift_clicked.unwrap().0, 0.0);
    assert!(!results[0].mismatch.broken);
}

#[test]
fn a_broken_split_and_a_real_lift_are_seen() {
    let experiments = config(&one("x", "")).unwrap();
    let mut tally = Tally::new(10_000);
    for number in 0..3_000u128 {
        let arm = if number % 3 == 0 { "new" } else { "old" };
        tally.fold(&experiments, &decision(number, &format!("c{number}"), arm));
        if number % if arm == "new" { 2 } else { 5 } == 0 {
            tally.fold(&experiments, &outcome(number, EventKind::SelectItem, None));
        }
    }
    let result = tally.results(&experiments).remove(0);
    assert!(result.mismatch.broken, "2 : 1 under even weights");
    let (lift, low, _) = result.arms[1].lift_clicked.unwrap();
    assert!(lift > 0.2 && low > 0.2, "{lift} {low}");
}

#[test]
fn answers_wait_for_outcomes_only_so_many() {
    let experiments = config(&one("x", "")).unwrap();
    let mut tally = Tally::new(2);
    for number in 1..=3 {
        tally.fold(&experiments, &decision(number, "li", "old"));
    }
    for number in 1..=3 {
        tally.fold(&experiments, &outcome(number, EventKind::SelectItem, None));
    }
    assert_eq!((tally.arm("x", "old").unwrap().clicks, tally.unmatched()), (2, 1));
}
