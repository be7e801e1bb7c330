//! A small shop to fold: makers of facts.

use commerce::*;

pub(super) const START_S: i64 = 1_700_000_000;

pub(super) fn item(n: u32) -> ItemId {
    ItemId::new(&format!("item-{n}")).unwrap()
}

pub(super) fn by_customer(n: u32) -> Who {
    Who::customer(CustomerId::new(&format!("c{n}")).unwrap())
}

pub(super) fn by_device(n: u32) -> Who {
    Who { device: Some(DeviceId::new(&format!("d{n}")).unwrap()), ..Who::default() }
}

pub(super) fn fact(at_s: i64, body: Body) -> Fact {
    let at = At::from_s(START_S + at_s);
    Fact { id: FactId::new("f").unwrap(), at, received_at: at, body }
}

pub(super) fn event(at_s: i64, who: Who, kind: EventKind, items: &[u32]) -> Fact {
    let mut event = Event::new(kind, who);
    event.lines = items.iter().map(|&n| Line::one(item(n))).collect();
    fact(at_s, Body::Event(event))
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
pub(super) fn folded(facts: &[Fact]) -> crate::Features {
    folded_by(crate::FeatureOptions::default(), facts)
}

pub(super) fn folded_by(options: crate::FeatureOptions, facts: &[Fact]) -> crate::Features {
    let features = crate::Features::new(options);
    for (offset, fact) in (0..).zip(facts) {
        features.fold(offset, fact);
    }
    features.publish();
    features
}
