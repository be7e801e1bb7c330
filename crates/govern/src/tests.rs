//! Is the right word heard, is nothing shown in full, and does each key open only its door?

use crate::*;
use commerce::*;
use proptest::prelude::*;

fn customer(id: &str) -> Who {
    Who::customer(CustomerId::new(id).unwrap())
}

fn device(id: &str) -> Who {
    Who { device: Some(DeviceId::new(id).unwrap()), ..Who::default() }
}

fn fact(at_s: i64, body: Body) -> Fact {
    let at = At::from_s(at_s);
    Fact { id: FactId::new("f").unwrap(), at, received_at: at, body }
}

fn says(at_s: i64, who: Who, purpose: Purpose, granted: bool) -> Fact {
    fact(at_s, Body::Consent(ConsentChange { who, purpose, granted }))
}

use Purpose::{Marketing, Personalisation};

#[test]
fn a_customers_word_holds_over_a_devices_and_both_over_the_default() {
    let mut govern = Govern::new(GovernOptions::default());
    let both = Who { customer: customer("li").customer, ..device("d") };
    assert_eq!(govern.may(Personalisation, &both), Permission { allowed: true, why: Why::Default });
    assert!(!govern.may(Marketing, &both).allowed);
    govern.fold(0, &says(10, device("d"), Personalisation, false));
    let permission = govern.may(Personalisation, &both);
    assert_eq!(permission, Permission { allowed: false, why: Why::Device(At::from_s(10)) });
    assert_eq!(govern.consent_use(&both), ConsentUse { personal: false, declared: true });
    assert!(govern.may(Personalisation, &customer("li")).allowed, "another device");
    govern.fold(1, &says(5, customer("li"), Personalisation, true));
    let permission = govern.may(Personalisation, &both);
    assert_eq!(permission, Permission { allowed: true, why: Why::Customer(At::from_s(5)) });
    assert!(!govern.may(Marketing, &both).allowed, "each purpose by itself");
    assert_eq!(govern.consents.voices(), 2);
}

#[test]
fn the_later_word_holds_whenever_it_arrives() {
    let mut govern = Govern::new(GovernOptions::default());
    govern.fold(0, &says(20, customer("li"), Personalisation, false));
    govern.fold(1, &says(10, customer("li"), Personalisation, true));
    assert!(!govern.may(Personalisation, &customer("li")).allowed);
    govern.fold(2, &says(20, customer("li"), Personalisation, true));
    assert!(govern.may(Personalisation, &customer("li")).allowed, "of one time, the later told");
    govern.fold(3, &says(30, Who::default(), Personalisation, false));
    assert_eq!(govern.consents.voices(), 1, "nobody's word is nobody's");
}

fn audit(actor: &str, action: &str) -> Body {
    let subject = "recommend/1".into();
    Body::Audit(Audit { actor: actor.into(), action: action.into(), subject, note: "".into() })
}

#[test]
fn the_trail_keeps_the_latest_and_filters() {
    let options = GovernOptions { trail_entries: 3, ..GovernOptions::default() };
    let mut govern = Govern::new(options);
    let told = ["model.promote", "model.roll_back", "modelling", "identity.unlink"];
    for (offset, action) in told.iter().enumerate() {
        let actor = if offset % 2 == 0 { "li" } else { "wang" };
        govern.fold(offset as u64, &fact(offset as i64, audit(actor, action)));
    }
    let offsets = |filter: TrailFilter| -> Vec<u64> {
        govern.trail.recent(&filter).map(|entry| entry.offset).collect()
    };
    let any = TrailFilter::default;
    assert_eq!(offsets(any()), [3, 2, 1]);
    assert_eq!(offsets(TrailFilter { actor: Some("wang".into()), ..any() }), [3, 1]);
    assert_eq!(offsets(TrailFilter { action: Some("model".into()), ..any() }), [1]);
    assert_eq!(offsets(TrailFilter { since: Some(At::from_s(2)), ..any() }), [3, 2]);
    assert_eq!(offsets(TrailFilter { before_offset: Some(2), ..any() }), [1]);
    assert_eq!(offsets(TrailFilter { subject: Some("x".into()), ..any() }), [0u64; 0]);
}

#[test]
fn a_snapshot_brings_everything_back_and_damage_is_named() {
    let mut govern = Govern::new(GovernOptions::default());
    govern.fold(0, &says(10, customer("li"), Personalisation, false));
    govern.fold(1, &fact(11, audit("li", "model.promote")));
    let bytes = govern.save().unwrap();
    let loaded = Govern::load(&bytes, GovernOptions::default()).unwrap();
    assert_eq!((&loaded.consents, &loaded.trail), (&govern.consents, &govern.trail));
    let load = |bytes: &[u8]| Govern::load(bytes, GovernOptions::default()).map(|_| ());
    assert!(matches!(load(&bytes[..bytes.len() - 1]), Err(SnapshotError::Damaged { .. })));
    assert_eq!(load(&[9]), Err(SnapshotError::Format { found: 9 }));
    assert!(load(&[]).is_err());
}

#[test]
fn people_are_shortened() {
    let golden = [
        ("13812345678", "138…78"),
        ("customer-42", "cus…42"),
        ("cust-042", "cu…42"),
        ("c-42", "c…"),
        ("c42", "…"),
        ("li.lei@shop.example", "l…@shop.example"),
        ("顾客一二三四五六七", "顾客…六七"),
    ];
    for (text, expected) in golden {
        assert_eq!(masked(text).to_string(), expected, "{text}");
    }
    let golden = [
        ("call 138 1234 5678 or +86-10-1234567.", "call 138…78 or +86…67."),
        ("写信到li.lei@shop.example，谢谢", "写信到l…@shop.example，谢谢"),
        ("card 6222021234567890123", "card 622…23"),
        ("order 1234 of 20 items", "order 1234 of 20 items"),
        ("id: a1b2c3, 3.14", "id: a1b2c3, 3.14"),
        ("１３８１２３４５６７８", "１３８…７８"),
    ];
    for (text, expected) in golden {
        assert_eq!(masked_text(text), expected, "{text}");
    }
}

fn key(name: &str, secret: &str, scopes: &[&str]) -> KeyOptions {
    KeyOptions {
        name: name.into(),
        hash: KeyHash::of(secret).to_string().into(),
        scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
        requests_per_s: 10,
        burst: None,
        expires_at: None,
    }
}

#[test]
fn a_key_opens_its_own_doors_until_it_expires() {
    let mut shop = key("shop", "sk_1", &["events:write", "recommend:read"]);
    shop.expires_at = Some("2026-11-11T00:00:00Z".into());
    let keys = Keys::new(&[shop, key("root", "sk_2", &["admin"])]).unwrap();
    let (before, after) = (At::parse("2026-11-10").unwrap(), At::parse("2026-11-12").unwrap());
    let shop = keys.find("sk_1", before).unwrap();
    assert_eq!((&*shop.name, shop.burst), ("shop", 20));
    assert!(shop.scopes.allow(Scope::EventsWrite) && shop.scopes.allow(Scope::RecommendRead));
    assert!(!shop.scopes.allow(Scope::ModelsWrite) && !shop.scopes.allow(Scope::Admin));
    assert!(matches!(keys.find("sk_1", after), Err(KeyError::Expired { .. })));
    assert_eq!(keys.find("sk_3", before), Err(KeyError::Unknown));
    let root = keys.find("sk_2", after).unwrap();
    assert!(Scope::ALL.into_iter().all(|scope| root.scopes.allow(scope)));
    for scope in Scope::ALL {
        assert_eq!(Scope::named(scope.name()), Some(scope));
    }
}

#[test]
fn a_wrong_key_config_is_named() {
    let says = |options: &[KeyOptions]| Keys::new(options).unwrap_err().to_string();
    let good = || key("shop", "sk_1", &["admin"]);
    assert_eq!(
        says(&[key("shop", "sk_1", &["events:read"])]),
        "key \"shop\": scope \"events:read\" is unknown; allowed: events:write, catalogue:write, \
         recommend:read, decisions:read, models:write, admin"
    );
    assert!(says(&[key("shop", "sk_1", &[])]).contains("scope \"\""));
    assert!(says(&[KeyOptions { hash: "sk_1".into(), ..good() }]).contains("never write the key"));
    let odd = format!("sha256:{}", "é".repeat(32));
    assert!(says(&[KeyOptions { hash: odd.into(), ..good() }]).contains("64 hexadecimal digits"));
    assert!(says(&[good(), good()]).contains("unique"));
    assert!(says(&[good(), key("two", "sk_1", &["admin"])]).contains("same hash"));
    let never = KeyOptions { expires_at: Some("soon".into()), ..good() };
    assert!(says(&[never]).contains("\"soon\" is not an RFC 3339 time"));
    let typed = "name = \"a\"\nhash = \"b\"\nscopes = []\nscope = 1";
    assert!(toml::from_str::<KeyOptions>(typed).is_err());
}

#[test]
fn secrets_are_hashed_as_documented() {
    // printf abc | sha256sum
    let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(KeyHash::of("abc").to_string(), text);
    assert_eq!(KeyHash::parse(text), Some(KeyHash::of("abc")));
    let secret = new_secret([0xa5; 32]);
    assert_eq!(secret, format!("sk_{}", "a5".repeat(32)));
}

proptest! {
    #[test]
    fn masking_never_panics_and_never_shows_a_phone(text in ".*", phone in "1[3-9][0-9]{9}") {
        let _ = masked(&text).to_string();
        let _ = masked_text(&text);
        let within = format!("{text} {phone}");
        prop_assert!(!masked_text(&within).contains(&phone));
        prop_assert!(!masked(&phone).to_string().contains(&phone[3..9]));
    }
}
