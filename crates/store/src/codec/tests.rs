//! Do the bytes of every kind of fact stay what they were, and come back whole?

use commerce::*;

use super::*;

/// One fact of each kind, with every field set to something.
fn facts() -> Vec<(&'static str, Fact)> {
    let bodies = vec![
        ("event", Body::Event(event())),
        ("bare event", Body::Event(Event::new(EventKind::Login, Who::customer(customer())))),
        ("item", Body::Item(full_item())),
        ("item gone", Body::ItemGone(item())),
        ("stock counted", Body::Stock(StockMove::Counted { item: item(), left: 300 })),
        ("stock moved", Body::Stock(StockMove::Moved { item: item(), change: -2 })),
        ("customer", Body::Customer(full_customer())),
        (
            "merchant",
            Body::Merchant(Merchant {
                id: MerchantId::new("m-1").unwrap(),
                name: "老王杂货".into(),
            }),
        ),
        (
            "consent",
            Body::Consent(ConsentChange {
                who: who(),
                purpose: Purpose::IdentityMerge,
                granted: false,
            }),
        ),
        (
            "identity",
            Body::Identity(IdentityChange {
                device: DeviceId::new("d-1").unwrap(),
                customer: customer(),
                linked: true,
                by: "login".into(),
            }),
        ),
        ("decision", Body::Decision(decision().into())),
        ("shadow", Body::Shadow(Box::new(shadow()))),
        (
            "policy",
            Body::Policy(Policy {
                domain: "recommend".into(),
                hash: u64::MAX - 1,
                options: "[recommend]\nlength = 20\n".into(),
            }),
        ),
        (
            "audit",
            Body::Audit(Audit {
                actor: "ops".into(),
                action: "model.promote".into(),
                subject: "recommend@7".into(),
                note: "won the held-out week".into(),
            }),
        ),
    ];
    let fact = |body| Fact {
        id: FactId::new("f-1").unwrap(),
        at: At::from_ms(1_700_000_000_123),
        received_at: At::from_ms(1_700_000_000_456),
        body,
    };
    bodies.into_iter().map(|(name, body)| (name, fact(body))).collect()
}

fn item() -> ItemId {
    ItemId::new("i-42").unwrap()
}

fn customer() -> CustomerId {
    CustomerId::new("c-7").unwrap()
}

fn who() -> Who {
    Who {
        customer: Some(customer()),
        device: Some(DeviceId::new("d-1").unwrap()),
        session: Some(SessionId::new("s-9").unwrap()),
    }
}

fn event() -> Event {
    Event {
        kind: EventKind::Purchase,
        who: who(),
        lines: vec![
            Line { item: item(), quantity: 2, price: Some(Money::new(12_900, Currency::CNY)) },
            Line::one(item()),
        ],
        context: Context {
            place: Some("杭州".into()),
            channel: Some("app".into()),
            referrer: Some("search".into()),
            device_class: Some("phone".into()),
        },
        dwell_ms: Some(65_000),
        rating: Some(4.5),
        query: Some("kettle".into()),
        order: Some(OrderId::new("o-3").unwrap()),
        value: Some(Money::new(-1, Currency::USD)),
        coupon: Some("SPRING".into()),
        decision: Some(DecisionId::from_parts(1_700_000_000_000, 99)),
    }
}

fn attribute() -> Attribute {
    Attribute { name: "color".into(), value: "red".into() }
}

fn full_item() -> Item {
    Item {
        id: item(),
        title_zh: Some("水壶".into()),
        title_en: Some("Kettle".into()),
        category: vec!["Home".into(), "Kitchen".into()],
        brand: Some("Haier".into()),
        merchant: Some(MerchantId::new("m-1").unwrap()),
        price: Some(Money::new(12_900, Currency::CNY)),
        rebate_ppm: 50_000,
        stock: Some(12),
        active: true,
        attributes: vec![attribute()],
        image: Some("i.png".into()),
        link: Some("/i".into()),
    }
}

fn full_customer() -> Customer {
    Customer {
        id: customer(),
        interests: vec!["Home".into()],
        place: Some("杭州".into()),
        attributes: vec![attribute()],
    }
}

fn decision() -> DecisionRecord {
    let reason = Reason { code: "similar_to".into(), evidence: vec!["i-1".into()] };
    let choice = Choice {
        what: "i-42".into(),
        score: 0.75,
        propensity: 0.9,
        sources: 5,
        parts: vec![Part { code: 3, value: 0.75 }],
        reasons: vec![reason.clone()],
    };
    DecisionRecord {
        id: DecisionId::from_parts(1_700_000_000_000, 99),
        kind: "recommend.home".into(),
        at: At::from_ms(1_700_000_000_000),
        who: who(),
        ask: vec![1, 2, 3],
        as_of: AsOf { items: 70_000, customers: 70_001 },
        seed: 5,
        consent: ConsentUse { personal: true, declared: false },
        arms: vec![ArmRef { experiment: "x".into(), arm: "b".into(), propensity: 0.5 }],
        policy: 77,
        models: vec![ModelRef { name: "recommend".into(), version: 7 }],
        considered_total: 500,
        considered: vec![Considered { what: "i-42".into(), sources: 5, score: 0.75 }],
        stopped: vec![Stop { guard: "seen".into(), count: 3, examples: vec!["i-2".into()] }],
        chosen: vec![choice],
        reasons: vec![reason],
        degraded: Some("late".into()),
        cut_at: Some(2),
        took_us: 1_234,
    }
}

fn shadow() -> ShadowRecord {
    ShadowRecord {
        decision: DecisionId::from_parts(1_700_000_000_000, 99),
        policy_name: "next".into(),
        policy: 78,
        models: vec![ModelRef { name: "recommend".into(), version: 8 }],
        chosen: vec!["i-42".into()],
        overlap: 1.0,
        took_us: 900,
        failed: Some("late".into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Golden payloads, one text per version: `name = hex` lines in the order of [`facts`].
const GOLDEN: [&str; VERSION as usize] = [include_str!("golden/v1.txt")];

#[test]
fn the_bytes_written_now_are_the_golden_bytes_of_this_version() {
    let lines: String = facts()
        .iter()
        .map(|(name, fact)| format!("{name} = {}\n", hex(&entry_of(fact).unwrap().payload)))
        .collect();
    // A difference means that old logs would be misread: add a version, see codec.rs. Only a
    // version that no release has written may be updated (UPDATE_EXPECT=1).
    expect_test::expect_file!["golden/v1.txt"].assert_eq(&lines);
}

#[test]
fn golden_bytes_of_every_version_are_read_as_todays_facts() {
    for golden in GOLDEN {
        for (line, (name, expected)) in golden.lines().zip(facts()) {
            let (golden_name, bytes) = line.split_once(" = ").unwrap();
            assert_eq!(golden_name, name);
            let entry =
                Entry { id: b"f-1".to_vec(), at_ms: expected.at.ms(), payload: unhex(bytes) };
            assert_eq!(fact_of(&entry).unwrap(), expected, "{name}");
        }
    }
}

#[test]
fn a_fact_in_brief_is_the_fact_without_what_no_fold_reads() {
    for (name, fact) in facts() {
        let entry = entry_of(&fact).unwrap();
        let mut expected = fact;
        if let Body::Decision(record) = &mut expected.body {
            let record = std::sync::Arc::make_mut(record);
            assert!(!record.considered.is_empty() && !record.chosen.is_empty());
            record.considered.clear();
            record.stopped.clear();
            record.chosen.clear();
            record.reasons.clear();
            (record.degraded, record.cut_at, record.took_us) = (None, None, 0);
        }
        assert_eq!(brief_of(&entry).unwrap(), expected, "{name}");
    }
}

#[test]
fn bytes_that_are_no_fact_are_refused_with_a_reason() {
    let good = entry_of(&facts()[0].1).unwrap();
    let with = |id: &[u8], payload: &[u8]| {
        fact_of(&Entry { id: id.to_vec(), at_ms: 0, payload: payload.to_vec() })
            .unwrap_err()
            .to_string()
    };
    let cases = [
        (with(b"f", &[]), "there are none"),
        (with(b"f", &[0, 1]), "version 0"),
        (with(b"f", &[9, 1]), "version 9 is not among 1 to 1"),
        (with(b"\xff", &good.payload), "its id"),
        (with(b" ", &good.payload), "its id"),
    ];
    for (message, part) in cases {
        assert!(message.contains(part), "{message}");
    }
    for cut in 1..good.payload.len() {
        let message = with(b"f", &good.payload[..cut]);
        assert!(message.starts_with("stored bytes are not a fact: "), "{message}");
    }
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let mut state = 1_u64;
    for (_, fact) in facts() {
        let good = entry_of(&fact).unwrap();
        for _ in 0..2_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut payload = good.payload.clone();
            let at = 1 + (state >> 33) as usize % (payload.len() - 1);
            payload[at] ^= (state >> 24) as u8;
            drop(fact_of(&Entry { payload, ..good.clone() }));
        }
    }
}
