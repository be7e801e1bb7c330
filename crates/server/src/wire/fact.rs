//! What does a fact look like from outside? Its type, and the fields that it was sent with.

use super::decision::{DecisionOut, WhoOut};
use commerce::{Attribute, Body, Event, Fact, Item, Money, StockMove, Who};
use serde_json::{Map, Value, json};

/// What facts of this kind are called: `event.purchase`, `item.changed`, `audit.model.promote`.
/// Some are nobody's business but ours.
pub(crate) fn type_of(body: &Body) -> Option<String> {
    Some(match body {
        Body::Event(event) => format!("event.{}", event.kind),
        Body::Item(_) => "item.changed".into(),
        Body::ItemGone(_) => "item.gone".into(),
        Body::Stock(_) => "stock.changed".into(),
        Body::Customer(_) => "customer.changed".into(),
        Body::Merchant(_) => "merchant.changed".into(),
        Body::Consent(_) => "consent.changed".into(),
        Body::Identity(_) => "identity.changed".into(),
        Body::Decision(_) => "decision.made".into(),
        Body::Audit(audit) => format!("audit.{}", audit.action),
        Body::Shadow(_) | Body::Policy(_) => return None,
    })
}

/// The fields of a fact, by the names under which the API takes them. What is not known is left out.
pub(crate) fn data_of(fact: &Fact) -> Value {
    let fields = match &fact.body {
        Body::Event(event) => event_of(fact, event),
        Body::Item(item) => item_of(item),
        Body::ItemGone(id) => json!({ "item_id": id.as_str() }),
        Body::Stock(StockMove::Counted { item, left }) => {
            json!({ "item_id": item.as_str(), "left": left })
        }
        Body::Stock(StockMove::Moved { item, change }) => {
            json!({ "item_id": item.as_str(), "change": change })
        }
        Body::Customer(customer) => json!({
            "customer_id": customer.id.as_str(),
            "interests": customer.interests,
            "place": customer.place,
            "attributes": attributes(&customer.attributes),
        }),
        Body::Merchant(merchant) => {
            json!({ "merchant_id": merchant.id.as_str(), "name": merchant.name })
        }
        Body::Consent(change) => {
            let mut fields = who(&change.who);
            fields.insert("purpose".into(), change.purpose.name().into());
            fields.insert("granted".into(), change.granted.into());
            Value::Object(fields)
        }
        Body::Identity(change) => json!({
            "device_id": change.device.as_str(),
            "customer_id": change.customer.as_str(),
            "linked": change.linked,
            "by": change.by,
        }),
        Body::Decision(record) => {
            // Nothing in a record cannot be JSON; a test reads one.
            serde_json::to_value(DecisionOut::new(record)).unwrap_or_default()
        }
        Body::Audit(audit) => json!({
            "actor": audit.actor, "action": audit.action,
            "subject": audit.subject, "note": audit.note,
        }),
        Body::Shadow(_) | Body::Policy(_) => Value::Null,
    };
    known(fields)
}

fn event_of(fact: &Fact, event: &Event) -> Value {
    let line = |line: &commerce::Line| {
        known(json!({
            "item_id": line.item.as_str(), "quantity": line.quantity,
            "price": line.price.map(Money::major),
        }))
    };
    let money = event.value.or(event.lines.iter().find_map(|line| line.price));
    let context = &event.context;
    let context = known(json!({
        "place": context.place, "channel": context.channel,
        "referrer": context.referrer, "device_class": context.device_class,
    }));
    let rest = json!({
        "event_id": fact.id.as_str(),
        "event": event.kind.name(),
        "timestamp": fact.at.to_string(),
        "items": event.lines.iter().map(line).collect::<Vec<_>>(),
        "currency": money.map(|money| money.currency.to_string()),
        "value": event.value.map(Money::major),
        "dwell_ms": event.dwell_ms,
        "rating": event.rating,
        "search_term": event.query,
        "transaction_id": event.order.as_ref().map(commerce::OrderId::as_str),
        "coupon": event.coupon,
        "decision_id": event.decision.map(|id| id.to_string()),
        "context": context,
    });
    let mut fields = who(&event.who);
    if let Value::Object(rest) = rest {
        fields.extend(rest);
    }
    Value::Object(fields)
}

fn item_of(item: &Item) -> Value {
    json!({
        "item_id": item.id.as_str(),
        "title_zh": item.title_zh,
        "title_en": item.title_en,
        "category": item.category,
        "brand": item.brand,
        "merchant_id": item.merchant.as_ref().map(commerce::MerchantId::as_str),
        "price": item.price.map(Money::major),
        "currency": item.price.map(|price| price.currency.to_string()),
        "rebate": f64::from(item.rebate_ppm) / 1e6,
        "stock": item.stock,
        "active": item.active,
        "attributes": attributes(&item.attributes),
        "image": item.image,
        "link": item.link,
    })
}

fn who(who: &Who) -> Map<String, Value> {
    match serde_json::to_value(WhoOut::new(who)) {
        Ok(Value::Object(ids)) => ids,
        _ => Map::new(), // three texts are always an object
    }
}

/// Names with their values; a name that comes twice has a list.
fn attributes(all: &[Attribute]) -> Value {
    let mut map = Map::new();
    for Attribute { name, value } in all {
        let value = Value::from(value.to_string());
        match map.get_mut(&**name) {
            None => drop(map.insert(name.to_string(), value)),
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(map)
}

/// Without what is null.
fn known(mut fields: Value) -> Value {
    if let Value::Object(map) = &mut fields {
        map.retain(|_, value| !value.is_null());
    }
    fields
}
