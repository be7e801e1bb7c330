//! What does an event of a GA4 export tell? The BigQuery schema of `events_YYYYMMDD`: parameters
//! as a list of key and typed value, items as a repeated record, times in microseconds.

use super::{Shared, at_column, kind, price, time};
use crate::import::Rejected;
use crate::import::row::{Row, at_path};
use commerce::{
    At, Body, Context, Currency, CustomerId, DeviceId, Event, EventKind, FactId, ItemId, Line,
    OrderId, SessionId, Who,
};
use serde_json::Value;

pub(super) fn event(
    shared: Shared<'_>,
    line: u64,
    row: Row<'_>,
) -> Result<(FactId, At, Body), Rejected> {
    let need = |column: &str| {
        row.text(column)?.ok_or_else(|| {
            Rejected::new(column, "", "nothing").hint("is this a GA4 export to BigQuery?")
        })
    };
    let name = need("event_name")?;
    let stamp = need("event_timestamp")?;
    let mut event = Event::new(kind("event_name", renamed(&name))?, who(row)?);
    let currency = match parameter(row, "currency") {
        Some(code) => at_column("event_params.currency", &code, Currency::parse(&code))?,
        None => shared.currency,
    };
    for item in row.json("items").and_then(Value::as_array).into_iter().flatten() {
        event.lines.push(item_line(item, currency)?);
    }
    if event.kind.wants_items() && event.lines.is_empty() {
        return Err(
            Rejected::new("items", "[]", "no items").hint(&format!("{name} is about items"))
        );
    }
    event.query = parameter(row, "search_term").map(Into::into);
    event.coupon = parameter(row, "coupon").map(Into::into);
    if let Some(text) = parameter(row, "transaction_id").or(plain(row, "ecommerce.transaction_id")?)
    {
        event.order = Some(at_column("transaction_id", &text, OrderId::new(&text))?);
    }
    if let Some(text) = parameter(row, "engagement_time_msec") {
        event.dwell_ms = text.parse().ok();
    }
    if let Some(text) = parameter(row, "value").filter(|_| event.kind == EventKind::Purchase) {
        event.value = Some(price("event_params.value", &text, currency)?);
    }
    event.context = Context {
        place: plain(row, "geo.city")?.or(plain(row, "geo.country")?).map(Into::into),
        channel: plain(row, "platform")?.map(|text| text.to_ascii_lowercase().into()),
        referrer: plain(row, "traffic_source.medium")?.map(Into::into),
        device_class: plain(row, "device.category")?.map(Into::into),
    };
    let at = time("event_timestamp", &stamp, shared.now)?;
    Ok((shared.fact_id(line, "")?, at, Body::Event(event)))
}

/// GA4 calls a few things by names that we keep for something narrower.
fn renamed(name: &str) -> &str {
    match name {
        "view_search_results" => "search",
        other => other,
    }
}

fn plain(row: Row<'_>, column: &str) -> Result<Option<String>, Rejected> {
    let text = row.text(column)?.filter(|text| !text.starts_with('(')); // "(not set)"
    Ok(text.map(std::borrow::Cow::into_owned))
}

fn who(row: Row<'_>) -> Result<Who, Rejected> {
    let mut who = Who::default();
    if let Some(text) = plain(row, "user_id")? {
        who.customer = Some(at_column("user_id", &text, CustomerId::new(&text))?);
    }
    if let Some(text) = plain(row, "user_pseudo_id")? {
        who.device = Some(at_column("user_pseudo_id", &text, DeviceId::new(&text))?);
    }
    if let (Some(visit), Some(device)) = (parameter(row, "ga_session_id"), &who.device) {
        let text = format!("{device}.{visit}");
        who.session = Some(at_column("ga_session_id", &text, SessionId::new(&text))?);
    }
    if who.is_nobody() {
        return Err(Rejected::new("user_pseudo_id", "", "nobody")
            .hint("user_id or user_pseudo_id is needed"));
    }
    Ok(who)
}

/// The value of an event parameter, whichever of its typed fields holds it.
fn parameter(row: Row<'_>, key: &str) -> Option<String> {
    let list = row.json("event_params")?;
    let list = list.get("list").unwrap_or(list).as_array()?;
    let found =
        list.iter().find(|p| p.get("key").and_then(Value::as_str) == Some(key))?.get("value")?;
    let text = |field: &str| match found.get(field)? {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    ["string_value", "int_value", "double_value", "float_value"].into_iter().find_map(text)
}

fn item_line(item: &Value, currency: Currency) -> Result<Line, Rejected> {
    let text = |field: &str| match at_path(item, field) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let id = text("item_id").unwrap_or_default();
    let mut line = Line::one(at_column("items.item_id", &id, ItemId::new(&id))?);
    if let Some(pieces) = text("quantity") {
        line.quantity = at_column("items.quantity", &pieces, pieces.parse())?;
    }
    if let Some(amount) = text("price") {
        line.price = Some(price("items.price", &amount, currency)?);
    }
    Ok(line)
}
