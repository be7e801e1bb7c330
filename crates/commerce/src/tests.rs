//! Do the words keep their promises?

use crate::*;
use proptest::prelude::*;

#[test]
fn an_id_says_what_is_wrong_with_it() {
    assert_eq!(ItemId::new(" sku-1 ").unwrap().as_str(), "sku-1");
    assert_eq!(ItemId::new("  "), Err(IdError::Empty { kind: "item_id" }));
    let long = "x".repeat(129);
    assert_eq!(
        CustomerId::new(&long).unwrap_err().to_string(),
        "customer_id has 129 bytes; at most 128 are allowed"
    );
    assert_eq!(
        DeviceId::new("a\u{0}b"),
        Err(IdError::Control { kind: "device_id", found: '\u{0}' })
    );
}

#[test]
fn a_decision_id_carries_its_millisecond_and_sorts_by_it() {
    let early = DecisionId::from_parts(1_700_000_000_000, u128::MAX);
    let late = DecisionId::from_parts(1_700_000_000_001, 0);
    assert_eq!(early.at_ms(), 1_700_000_000_000);
    assert!(early < late);
    assert_eq!(DecisionId::parse(&early.to_string()), Ok(early));
    assert!(DecisionId::parse("not-a-uuid").is_err());
}

#[test]
fn money_reads_and_writes_each_currency_exactly() {
    let yuan = |text| Money::parse(text, Currency::CNY);
    assert_eq!(yuan("12.5").unwrap().to_string(), "CNY 12.50");
    assert_eq!(yuan("-0.07").unwrap().minor, -7);
    assert_eq!(yuan(".5").unwrap().minor, 50);
    assert_eq!(yuan("1.2300").unwrap().minor, 123);
    assert_eq!(
        yuan("1.234").unwrap_err().to_string(),
        "amount \"1.234\" has more than 2 digits after the point, the most CNY has"
    );
    for bad in ["", ".", "-", "1e3", "NaN", "1,000", "１２"] {
        assert!(matches!(yuan(bad), Err(MoneyError::Amount { .. })), "{bad:?}");
    }
    assert_eq!(yuan("99999999999999999999"), Err(MoneyError::Overflow));
    let yen = Currency::parse("jpy").unwrap();
    assert_eq!(Money::parse("120", yen).unwrap().to_string(), "JPY 120");
    assert!(yuan("1").unwrap().checked_add(Money::new(1, yen)).is_err());
}

#[test]
fn times_are_read_in_the_forms_that_shops_send() {
    let ms = |text: &str| At::parse(text).map(At::ms);
    assert_eq!(ms("1700000000"), Ok(1_700_000_000_000));
    assert_eq!(ms("1593536687.25"), Ok(1_593_536_687_250));
    assert_eq!(ms("1700000000123"), Ok(1_700_000_000_123));
    assert_eq!(ms("1700000000123456"), Ok(1_700_000_000_123));
    assert_eq!(ms("2017-01-28 19:06:53"), Ok(1_485_630_413_000));
    assert_eq!(ms("2017-01-28"), Ok(1_485_561_600_000));
    assert_eq!(ms("2026-11-11T20:00:00+08:00"), ms("2026-11-11T12:00:00Z"));
    assert!(At::parse("yesterday").is_err());
    assert!(At::parse("").is_err());
}

#[test]
fn clock_nonsense_is_refused() {
    let now = At::from_s(1_800_000_000);
    assert!(At::from_s(0).believable(now).is_err());
    assert!(now.plus_ms(At::DAY_MS + 1).believable(now).is_err());
    assert_eq!(now.believable(now), Ok(now));
}

#[test]
fn names_on_the_wire_are_unique_and_found() {
    for (place, kind) in EventKind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, place, "stored order");
        assert_eq!(EventKind::named(kind.name()), Some(kind));
    }
    for purpose in Purpose::ALL {
        assert_eq!(Purpose::named(purpose.name()), Some(purpose));
    }
    let mut names: Vec<_> = CODES.iter().map(|code| code.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CODES.len());
    assert_eq!(code("disk_full").status, 507);
}

proptest! {
    #[test]
    fn money_survives_its_own_text(minor in -1_000_000_000_000i64..1_000_000_000_000) {
        for currency in [Currency::CNY, Currency::parse("JPY").unwrap(), Currency::parse("KWD").unwrap()] {
            let money = Money::new(minor, currency);
            let text = money.to_string();
            let (_, amount) = text.split_once(' ').unwrap();
            prop_assert_eq!(Money::parse(amount, currency), Ok(money));
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".*") {
        let _ = At::parse(&text);
        let _ = Money::parse(&text, Currency::CNY);
        let _ = ItemId::new(&text);
        let _ = Currency::parse(&text);
    }
}
