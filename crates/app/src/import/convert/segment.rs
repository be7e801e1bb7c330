//! What does a Segment call tell? Track calls by the e-commerce spec's event names.

use super::{Shared, at_column, price, time};
use crate::import::Rejected;
use crate::import::row::{Row, at_path};
use commerce::{
    At, Body, Context, Currency, CustomerId, DeviceId, Event, EventKind, FactId, ItemId, Line,
    OrderId, Who,
};
use serde_json::Value;

/// Segment's event names, in lower case, and what we call them.
const NAMES: &[(&str, EventKind)] = &[
    ("product viewed", EventKind::ViewItem),
    ("product list viewed", EventKind::ViewItemList),
    ("product clicked", EventKind::SelectItem),
    ("product added", EventKind::AddToCart),
    ("product removed", EventKind::RemoveFromCart),
    ("product added to wishlist", EventKind::AddToWishlist),
    ("checkout started", EventKind::BeginCheckout),
    ("order completed", EventKind::Purchase),
    ("order refunded", EventKind::Refund),
    ("products searched", EventKind::Search),
    ("product shared", EventKind::Share),
    ("product reviewed", EventKind::RateItem),
    ("signed in", EventKind::Login),
    ("signed up", EventKind::SignUp),
    ("coupon applied", EventKind::UseCoupon),
];

pub(super) fn event(
    shared: Shared<'_>,
    line: u64,
    row: Row<'_>,
) -> Result<(FactId, At, Body), Rejected> {
    let call = row.text("type")?.unwrap_or_default();
    if call != "track" {
        return Err(
            Rejected::new("type", call, "not a track call").hint("only track calls are events")
        );
    }
    let name = row.text("event")?.unwrap_or_default();
    let kind =
        NAMES.iter().find(|(theirs, _)| name.eq_ignore_ascii_case(theirs)).map(|(_, kind)| *kind);
    let kind = kind.ok_or_else(|| {
        let known = NAMES.iter().map(|(theirs, _)| *theirs).collect::<Vec<_>>().join(", ");
        Rejected::new("event", &*name, "not an event of the e-commerce spec")
            .hint(&format!("allowed: {known}"))
    })?;
    let mut event = Event::new(kind, who(row)?);
    let currency = match row.text("properties.currency")? {
        Some(code) => at_column("properties.currency", &code, Currency::parse(&code))?,
        None => shared.currency,
    };
    match row.json("properties.products").and_then(Value::as_array) {
        Some(list) => {
            for one in list {
                event.lines.push(item_line("properties.products", one, currency)?);
            }
        }
        None if row.has("properties.product_id") => {
            let properties = row.json("properties").unwrap_or(&Value::Null);
            event.lines.push(item_line("properties", properties, currency)?);
        }
        None => {}
    }
    if kind.wants_items() && event.lines.is_empty() {
        return Err(Rejected::new("properties.product_id", "", "no item")
            .hint(&format!("{name} is about an item")));
    }
    let short = |column| row.text(column).map(|text| text.map(|t| Box::from(&*t)));
    event.query = short("properties.query")?;
    event.coupon = short("properties.coupon")?;
    if let Some(text) = row.text("properties.order_id")? {
        event.order = Some(at_column("properties.order_id", &text, OrderId::new(&text))?);
    }
    if let (Some(text), EventKind::Purchase) = (row.text("properties.total")?, kind) {
        event.value = Some(price("properties.total", &text, currency)?);
    }
    if let (Some(text), EventKind::RateItem) = (row.text("properties.rating")?, kind) {
        event.rating = Some(super::rating("properties.rating", &text)?);
    }
    event.context = Context {
        place: short("context.location.city")?.or(short("context.location.country")?),
        channel: short("context.library.name")?,
        referrer: short("context.page.referrer")?,
        device_class: short("context.device.type")?,
    };
    let stamp = row.text("timestamp")?.or(row.text("originalTimestamp")?).unwrap_or_default();
    let at = time("timestamp", &stamp, shared.now)?;
    let id = match row.text("messageId")? {
        Some(text) => at_column("messageId", &text, FactId::new(&text))?,
        None => shared.fact_id(line, "")?,
    };
    Ok((id, at, Body::Event(event)))
}

fn who(row: Row<'_>) -> Result<Who, Rejected> {
    let mut who = Who::default();
    if let Some(text) = row.text("userId")? {
        who.customer = Some(at_column("userId", &text, CustomerId::new(&text))?);
    }
    if let Some(text) = row.text("anonymousId")? {
        who.device = Some(at_column("anonymousId", &text, DeviceId::new(&text))?);
    }
    if who.is_nobody() {
        return Err(Rejected::new("userId", "", "nobody").hint("userId or anonymousId is needed"));
    }
    Ok(who)
}

fn item_line(path: &str, item: &Value, currency: Currency) -> Result<Line, Rejected> {
    let text = |field: &str| match at_path(item, field) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let id = text("product_id").unwrap_or_default();
    let column = format!("{path}.product_id");
    let mut line = Line::one(at_column(&column, &id, ItemId::new(&id))?);
    if let Some(pieces) = text("quantity") {
        line.quantity = at_column(&format!("{path}.quantity"), &pieces, pieces.parse())?;
    }
    if let Some(amount) = text("price") {
        line.price = Some(price(&format!("{path}.price"), &amount, currency)?);
    }
    Ok(line)
}
