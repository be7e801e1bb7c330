//! What happened, as a sender tells it? GA4's e-commerce names, in one flat object.

use super::fields::{Fields, TEXT_MAX, WORD_MAX};
use commerce::{
    At, Body, Context, Currency, CustomerId, DecisionId, DeviceId, Event, EventKind, Fact, FactId,
    ItemId, Line, OrderId, SessionId, Who,
};

/// The most items of one event.
const ITEMS_MAX: usize = 500;

/// Reads one event; every mistake goes to the report of `fields`.
pub(crate) fn read_event(fields: &Fields<'_>, now: At, shop_currency: Currency) -> Option<Fact> {
    let id = fields.id_needed("event_id", FactId::new);
    let kind = read_kind(fields);
    let at = fields.time("timestamp", now).unwrap_or(now);
    let who = read_who(fields);
    let currency = fields.currency("currency").unwrap_or(shop_currency);
    let lines = fields.objects("items", ITEMS_MAX, |line| {
        let item = line.id_needed("item_id", ItemId::new);
        let quantity = line.whole_u32("quantity", 1, 1_000_000).unwrap_or(1);
        let price = line.money("price", currency);
        Some(Line { item: item?, quantity, price })
    });
    // Everything is read before anything is given up, so that every mistake is told at once.
    let read = Event {
        value: fields.money("value", currency),
        dwell_ms: fields.whole_u32("dwell_ms", 0, 86_400_000),
        rating: fields.number("rating", 0.0, 5.0).map(|rating| rating as f32),
        decision: fields.id("decision_id", DecisionId::parse),
        query: fields.boxed("search_term", TEXT_MAX),
        order: fields.id("transaction_id", OrderId::new),
        coupon: fields.boxed("coupon", WORD_MAX),
        context: fields.object("context", read_context).unwrap_or_default(),
        lines,
        ..Event::new(EventKind::ViewItem, who)
    };
    let event = Event { kind: kind?, ..read };
    check_kind(fields, &event);
    Some(Fact { id: id?, at, received_at: now, body: Body::Event(event) })
}

fn read_kind(fields: &Fields<'_>) -> Option<EventKind> {
    let names = EventKind::ALL.map(EventKind::name);
    fields.word_needed("event", EventKind::named, &names)
}

/// Whom a message names.
pub(crate) fn read_who(fields: &Fields<'_>) -> Who {
    Who {
        customer: fields.id("customer_id", CustomerId::new),
        device: fields.id("device_id", DeviceId::new),
        session: fields.id("session_id", SessionId::new),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that `Fields::object` takes")]
fn read_context(fields: &Fields<'_>) -> Option<Context> {
    Some(Context {
        place: fields.boxed("place", WORD_MAX),
        channel: fields.boxed("channel", WORD_MAX),
        referrer: fields.boxed("referrer", WORD_MAX),
        device_class: fields.boxed("device_class", WORD_MAX),
    })
}

/// What each kind of event cannot be without.
fn check_kind(fields: &Fields<'_>, event: &Event) {
    let kind = event.kind;
    if kind.wants_items() && event.lines.is_empty() && fields.is_sound() {
        fields.broken("items", format!("at least one item with {kind}"));
    }
    let named = ["customer_id", "device_id", "session_id"].iter().any(|name| fields.has(name));
    if !named {
        fields.broken("customer_id", "customer_id, device_id or session_id is needed");
    }
    if kind == EventKind::RateItem && !fields.has("rating") {
        fields.broken("rating", "0 to 5 with rate_item");
    }
    if kind == EventKind::Search && event.query.is_none() && !fields.has("search_term") {
        fields.broken("search_term", "the words searched for, with search");
    }
    if kind == EventKind::UseCoupon && !fields.has("coupon") {
        fields.broken("coupon", "the coupon's code with use_coupon");
    }
}
