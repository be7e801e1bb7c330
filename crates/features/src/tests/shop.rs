//! A small shop to fold: makers of facts, and any history of it.

use crate::{FeatureOptions, Features};
use commerce::*;
use proptest::prelude::*;

pub(super) const START_S: i64 = 1_700_000_000;

pub(super) fn at(s: i64) -> At {
    At::from_s(START_S + s)
}

pub(super) fn item(n: u32) -> ItemId {
    ItemId::new(&format!("item-{n}")).unwrap()
}

pub(super) fn by_customer(n: u32) -> Who {
    Who::customer(CustomerId::new(&format!("c{n}")).unwrap())
}

pub(super) fn by_device(n: u32) -> Who {
    Who { device: Some(DeviceId::new(&format!("d{n}")).unwrap()), ..Who::default() }
}

pub(super) fn in_session(n: u32) -> Who {
    Who { session: Some(SessionId::new(&format!("s{n}")).unwrap()), ..Who::default() }
}

pub(super) fn fact(at_s: i64, body: Body) -> Fact {
    let at = at(at_s);
    Fact { id: FactId::new("f").unwrap(), at, received_at: at, body }
}

pub(super) fn event(at_s: i64, who: Who, kind: EventKind, items: &[u32]) -> Fact {
    let mut event = Event::new(kind, who);
    event.lines = items.iter().map(|&n| Line::one(item(n))).collect();
    fact(at_s, Body::Event(event))
}

/// The same event changed by `change`.
pub(super) fn but(mut fact: Fact, change: impl FnOnce(&mut Event)) -> Fact {
    if let Body::Event(event) = &mut fact.body {
        change(event);
    }
    fact
}

pub(super) fn link(at_s: i64, device: u32, customer: u32, linked: bool) -> Fact {
    let change = IdentityChange {
        device: by_device(device).device.unwrap(),
        customer: by_customer(customer).customer.unwrap(),
        linked,
        by: "test".into(),
    };
    fact(at_s, Body::Identity(change))
}

pub(super) fn consent(at_s: i64, who: Who, purpose: Purpose, granted: bool) -> Fact {
    fact(at_s, Body::Consent(ConsentChange { who, purpose, granted }))
}

pub(super) fn kettle(n: u32) -> Item {
    let mut one = Item::bare(item(n));
    one.category = vec!["Home".into(), "Kitchen".into()];
    one.brand = Some("Haier".into());
    one.price = Some(Money::new(12_900, Currency::CNY));
    one.stock = Some(3);
    one
}

/// Folds `facts` from offset 0 and publishes.
pub(super) fn folded(facts: &[Fact]) -> Features {
    folded_by(FeatureOptions::default(), facts)
}

pub(super) fn folded_by(options: FeatureOptions, facts: &[Fact]) -> Features {
    let features = Features::new(options);
    for (offset, fact) in (0..).zip(facts) {
        features.fold(offset, fact);
    }
    features.publish();
    features
}

/// Options so small that every bound is met.
pub(super) fn cramped() -> FeatureOptions {
    FeatureOptions {
        touches_kept: 8,
        shown_kept: 8,
        companions_kept: 4,
        leaders_kept: 16,
        contexts_kept: 3,
        visit_kept_hours: 1,
        ..FeatureOptions::default()
    }
}

/// Everything about a state, as canonical bytes.
pub(super) fn bytes(features: &Features) -> Vec<u8> {
    let mut bytes = Vec::new();
    features.save(&mut bytes).unwrap();
    bytes
}

pub(super) fn any_who() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => (0..4u32).prop_map(by_customer),
        4 => (0..4u32).prop_map(by_device),
        1 => (0..2u32).prop_map(in_session),
        2 => (0..4u32, 0..4u32, 0..3u32).prop_map(|(c, d, s)| Who {
            customer: by_customer(c).customer,
            device: by_device(d).device,
            session: in_session(s).session,
        }),
        1 => Just(Who::default()),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let lines = prop::collection::vec((0..24u32, 0..4u32, prop::option::of(1..500i64)), 0..4);
    let word = || prop::option::of(prop_oneof![Just("web"), Just("app"), Just("ad")]);
    let kind = prop::sample::select(EventKind::ALL.to_vec());
    let detail = (word(), word(), prop::option::of(0..900_000u32), prop::option::of(0.0..5.0f32));
    (kind, any_who(), lines, detail).prop_map(|(kind, who, lines, detail)| {
        let (place, channel, dwell_ms, rating) = detail;
        let mut event = Event::new(kind, who);
        for (n, quantity, minor) in lines {
            let price = minor.map(|minor| Money::new(minor, Currency::CNY));
            event.lines.push(Line { item: item(n), quantity, price });
        }
        event.context.place = place.map(Into::into);
        event.context.channel = channel.map(Into::into);
        event.dwell_ms = dwell_ms;
        event.rating = rating;
        event
    })
}

fn any_body() -> impl Strategy<Value = Body> {
    let purpose = prop::sample::select(Purpose::ALL.to_vec());
    let customer = (0..4u32).prop_map(|n| Customer {
        id: by_customer(n).customer.unwrap(),
        interests: vec!["Home".into()],
        place: None,
        attributes: Vec::new(),
    });
    let stock = prop_oneof![
        (0..24u32, 0..9u32).prop_map(|(n, left)| StockMove::Counted { item: item(n), left }),
        (0..24u32, -9..9i32).prop_map(|(n, change)| StockMove::Moved { item: item(n), change }),
    ];
    let upsert = (0..30u32, 0..3usize).prop_map(|(n, brand)| Item {
        brand: Some(["Haier", "Midea", "Supor"][brand].into()),
        ..kettle(n)
    });
    prop_oneof![
        24 => any_event().prop_map(Body::Event),
        2 => upsert.prop_map(Body::Item),
        1 => (0..24u32).prop_map(|n| Body::ItemGone(item(n))),
        1 => stock.prop_map(Body::Stock),
        1 => customer.prop_map(Body::Customer),
        2 => (any_who(), purpose, any::<bool>()).prop_map(|(who, purpose, granted)| {
            Body::Consent(ConsentChange { who, purpose, granted })
        }),
        3 => (0..4u32, 0..3u32, any::<bool>())
            .prop_map(|(device, customer, linked)| link(0, device, customer, linked).body),
    ]
}

/// Any history of `n` facts, mostly in order of time, some late, some from a clock ahead.
pub(super) fn any_history(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Fact>> {
    let step = prop_oneof![8 => 0..900i64, 1 => -90_000..0i64, 1 => 0..200_000i64];
    prop::collection::vec((step, any_body()), n).prop_map(|steps| {
        let mut now = 0;
        let mut told = Vec::with_capacity(steps.len());
        for (step, body) in steps {
            now += step.clamp(0, 20_000);
            told.push(fact(now + if step < 0 { step } else { 0 }, body));
        }
        told
    })
}
