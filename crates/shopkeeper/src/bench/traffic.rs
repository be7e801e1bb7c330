//! What do a shop's programs send? Requests as bytes, made before the clock runs.

use super::http::{get, post};
use commerce::{Body, Event, Fact};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};
use sim::Shop;

/// Items on a page.
const COUNT: u32 = 10;
/// Items of a visit that are sent with a session ask: its last ones.
const VISIT_ITEMS: usize = 5;

/// Customers who come, some often: the same law by which the simulated shop is visited.
pub(crate) struct Visitors {
    dice: Pcg64Mcg,
    customers: u32,
}

impl Visitors {
    pub(crate) fn new(customers: u32, seed: u64) -> Self {
        Self { dice: Pcg64Mcg::seed_from_u64(seed), customers }
    }

    /// The id of the next one.
    pub(crate) fn next(&mut self) -> String {
        let place = self.dice.random::<f64>().powi(2) * f64::from(self.customers);
        format!("c{}", (place as u32).min(self.customers - 1))
    }
}

/// The target of a home ask.
pub(crate) fn home(customer: &str) -> String {
    format!("/v1/recommend/home?customer_id={customer}&count={COUNT}")
}

/// Session asks of nobody in particular, one for each of `count` visits.
pub(crate) fn session_asks(shop: &Shop, count: usize) -> Vec<Vec<u8>> {
    let mut visits: Vec<(String, Vec<String>)> = Vec::new();
    for fact in shop.sessions() {
        let Body::Event(Event { who, lines, .. }) = fact.body else { continue };
        let session = who.session.map_or_else(String::new, |id| id.to_string());
        if visits.last().is_none_or(|(last, _)| *last != session) {
            if visits.len() == count {
                break;
            }
            visits.push((session, Vec::new()));
        }
        if let Some((_, items)) = visits.last_mut() {
            items.extend(lines.iter().map(|line| line.item.to_string()));
        }
    }
    let ask = |(_, items): &(String, Vec<String>)| {
        let from = items.len().saturating_sub(VISIT_ITEMS);
        get(&format!("/v1/recommend/session?items={}&count={COUNT}", items[from..].join(",")))
    };
    visits.iter().map(ask).collect()
}

/// Posts of `batch` events each, durable before they are answered. `run` keeps their ids apart from
/// those of every other run.
pub(crate) fn event_posts(shop: &Shop, run: u64, batch: usize, posts: usize) -> Vec<Vec<u8>> {
    let mut facts = shop.sessions();
    let mut one = || {
        let events: Vec<Value> = facts.by_ref().take(batch).filter_map(|f| wire(&f, run)).collect();
        let body = Value::Array(events).to_string();
        post("/v1/events?ack=disk&results=rejected", &body)
    };
    (0..posts).map(|_| one()).collect()
}

/// A post that says that `customer` does not want to see `item`.
pub(crate) fn dismissal(customer: &str, item: &str, run: u64, number: usize) -> Vec<u8> {
    let event = json!({
        "event_id": format!("bench{run}-dismiss{number}"),
        "event": "dismiss_item",
        "customer_id": customer,
        "items": [{"item_id": item}],
    });
    post("/v1/events?ack=disk", &event.to_string())
}

/// A fact as a shop would send it the moment it happens.
fn wire(fact: &Fact, run: u64) -> Option<Value> {
    let Body::Event(event) = &fact.body else { return None };
    let line = |line: &commerce::Line| {
        let price = line.price.map(|price| price.minor as f64 / 100.0);
        json!({"item_id": line.item.as_str(), "quantity": line.quantity, "price": price})
    };
    let id = |id: Option<&str>, tail: &str| id.map(|id| format!("{id}{tail}"));
    let live = format!("-bench{run}");
    let context = &event.context;
    let mut out = json!({
        "event_id": format!("{}{live}", fact.id),
        "event": event.kind.name(),
        "customer_id": id(event.who.customer.as_ref().map(AsRef::as_ref), ""),
        "device_id": id(event.who.device.as_ref().map(AsRef::as_ref), ""),
        "session_id": id(event.who.session.as_ref().map(AsRef::as_ref), &live),
        "transaction_id": id(event.order.as_ref().map(AsRef::as_ref), &live),
        "items": event.lines.iter().map(line).collect::<Vec<_>>(),
        "dwell_ms": event.dwell_ms,
        "context": {
            "place": context.place,
            "channel": context.channel,
            "referrer": context.referrer,
            "device_class": context.device_class,
        },
    });
    if let Some(fields) = out.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::SimOptions;

    fn shop() -> Shop {
        Shop::new(SimOptions { sessions: 200, ..SimOptions::default() })
    }

    #[test]
    fn posts_hold_whole_events_with_ids_of_their_run() {
        let posts = event_posts(&shop(), 42, 10, 5);
        assert_eq!(posts.len(), 5);
        let mut ids = std::collections::BTreeSet::new();
        for request in &posts {
            let text = std::str::from_utf8(request).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}", body.len())));
            let events: Vec<Value> = serde_json::from_str(body).unwrap();
            assert_eq!(events.len(), 10);
            for event in events {
                assert!(event["items"][0]["item_id"].is_string() && event["event"].is_string());
                assert!(event.as_object().unwrap().values().all(|value| !value.is_null()));
                let id = event["event_id"].as_str().unwrap().to_owned();
                assert!(id.ends_with("-bench42") && ids.insert(id));
            }
        }
    }

    #[test]
    fn session_asks_name_the_last_items_of_different_visits() {
        let asks = session_asks(&shop(), 50);
        assert_eq!(asks.len(), 50);
        for ask in asks {
            let text = String::from_utf8(ask).unwrap();
            let items = text.split("items=").nth(1).unwrap().split('&').next().unwrap();
            let items: Vec<_> = items.split(',').collect();
            assert!((1..=VISIT_ITEMS).contains(&items.len()), "{text}");
            assert!(items.iter().all(|item| item.starts_with('i')));
        }
    }

    #[test]
    fn visitors_come_within_the_shop_and_some_come_often() {
        let mut visitors = Visitors::new(1_000, 5);
        let numbers: Vec<u32> = (0..2_000).map(|_| visitors.next()[1..].parse().unwrap()).collect();
        assert!(numbers.iter().all(|number| *number < 1_000));
        let often = numbers.iter().filter(|number| **number < 250).count();
        assert!((900..1_100).contains(&often), "{often}"); // the square root of a quarter
    }
}
