//! Which fact does a row tell? Rows of mapped files become facts, or say precisely why not.

mod ga4;
mod segment;

use super::Rejected;
use super::mapping::{FileMapping, RowShape};
use super::row::Row;
use commerce::{
    At, Attribute, Body, Context, Currency, Customer, CustomerId, DeviceId, Event, EventKind, Fact,
    FactId, Item, ItemId, Line, Merchant, MerchantId, Money, OrderId, SessionId, Who,
};
use std::borrow::Cow;
use std::fmt::Display;

/// What every row of a file shares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub(crate) mapping: &'a FileMapping,
    pub(crate) currency: Currency,
    /// Names the file's content: facts without an id of their own are called `{file}-{line}`, so
    /// that importing the same file twice changes nothing.
    pub(crate) file: &'a str,
    pub(crate) now: At,
}

/// The facts that a row tells. What is wrong is said of the file's column.
pub(crate) fn facts(shared: Shared<'_>, line: u64, row: Row<'_>) -> Result<Vec<Fact>, Rejected> {
    told(shared, line, row).map_err(|rejected| match shared.mapping.column_of(&rejected.column) {
        Some(column) => Rejected { column: column.to_owned(), ..rejected },
        None => rejected,
    })
}

fn told(shared: Shared<'_>, line: u64, row: Row<'_>) -> Result<Vec<Fact>, Rejected> {
    let one = |body: Result<(FactId, At, Body), Rejected>| {
        body.map(|(id, at, body)| vec![Fact { id, at, received_at: shared.now, body }])
    };
    match shared.mapping.row {
        RowShape::Event => one(event(shared, line, row)),
        RowShape::Item => {
            one(item(shared, row).and_then(|item| shared.upsert(line, Body::Item(item))))
        }
        RowShape::Customer => {
            one(customer(shared, row).and_then(|known| shared.upsert(line, Body::Customer(known))))
        }
        RowShape::Merchant => {
            one(merchant(shared, row).and_then(|known| shared.upsert(line, Body::Merchant(known))))
        }
        RowShape::Sequence => sequence(shared, line, row),
        RowShape::AttributeList => {
            one(attribute_list(row).and_then(|item| shared.upsert(line, Body::Item(item))))
        }
        RowShape::Ga4 => one(ga4::event(shared, line, row)),
        RowShape::Segment => one(segment::event(shared, line, row)),
    }
}

impl Shared<'_> {
    fn fact_id(&self, line: u64, part: &str) -> Result<FactId, Rejected> {
        let text = format!("{}-{line}{part}", self.file);
        FactId::new(&text).map_err(|e| Rejected::new("(row)", text, &e.to_string()))
    }

    fn upsert(&self, line: u64, body: Body) -> Result<(FactId, At, Body), Rejected> {
        let part = match body {
            Body::Item(_) => "i",
            Body::Merchant(_) => "m",
            _ => "c",
        };
        Ok((self.fact_id(line, part)?, self.now, body))
    }
}

/// Turns the error of reading `seen` from `column` into a rejection.
pub(crate) fn at_column<T, E: Display>(
    column: &str,
    seen: &str,
    read: Result<T, E>,
) -> Result<T, Rejected> {
    read.map_err(|e| Rejected::new(column, seen, &e.to_string()))
}

pub(crate) fn time(column: &str, text: &str, now: At) -> Result<At, Rejected> {
    at_column(column, text, At::parse(text).and_then(|at| at.believable(now)))
}

pub(crate) fn kind(column: &str, text: &str) -> Result<EventKind, Rejected> {
    EventKind::named(text).ok_or_else(|| {
        let known: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
        Rejected::new(column, text, "not an event that is known")
            .hint(&format!("allowed: {}; map the shop's own names to these", known.join(", ")))
    })
}

/// Reads `12.99`, `12.99 USD` or `USD 12.99`; prices are not negative.
pub(crate) fn price(column: &str, text: &str, default: Currency) -> Result<Money, Rejected> {
    let money = money(column, text, default)?;
    if money.minor < 0 {
        return Err(Rejected::new(column, text, "a negative price").hint("0 or more"));
    }
    Ok(money)
}

fn money(column: &str, text: &str, default: Currency) -> Result<Money, Rejected> {
    let (amount, currency) = match text.split_once(' ') {
        Some((amount, code))
            if code.trim().len() == 3 && amount.contains(|c: char| c.is_ascii_digit()) =>
        {
            (amount, at_column(column, text, Currency::parse(code))?)
        }
        Some((code, amount)) if code.len() == 3 => {
            (amount, at_column(column, text, Currency::parse(code))?)
        }
        _ => (text, default),
    };
    match Money::parse(amount, currency) {
        // Prices computed as floats elsewhere (3.8599999) are rounded to what can be paid.
        Err(commerce::MoneyError::Precision { .. }) => {
            let major: f64 = at_column(column, text, amount.trim().parse())?;
            let minor = (major * 10f64.powi(currency.minor_digits() as i32)).round();
            if minor.abs() > 9e15 {
                return at_column(column, text, Err(commerce::MoneyError::Overflow));
            }
            Ok(Money::new(minor as i64, currency))
        }
        read => at_column(column, text, read),
    }
}

fn number<T: std::str::FromStr>(column: &str, text: &str, what: &str) -> Result<T, Rejected> {
    text.parse().map_err(|_| Rejected::new(column, text, "not a number that fits").hint(what))
}

fn event(shared: Shared<'_>, line: u64, row: Row<'_>) -> Result<(FactId, At, Body), Rejected> {
    let mapping = shared.mapping;
    let name = mapping.wanted(row, "event")?;
    let mut event = Event::new(kind("event", &name)?, who(mapping, row)?);
    let at = time("timestamp", &mapping.wanted(row, "timestamp")?, shared.now)?;
    let currency = match mapping.text(row, "currency")? {
        Some(code) => at_column("currency", &code, Currency::parse(&code))?,
        None => shared.currency,
    };
    if let Some(text) = mapping.text(row, "item_id")? {
        let item = at_column("item_id", &text, ItemId::new(&text))?;
        event.lines.push(order_line(mapping, row, item, currency)?);
    }
    if event.kind.wants_items() && event.lines.is_empty() {
        return Err(Rejected::new("item_id", "", "no item")
            .hint(&format!("{} is about an item", event.kind)));
    }
    fill_details(mapping, row, &mut event)?;
    let id = match mapping.text(row, "event_id")? {
        Some(text) => at_column("event_id", &text, FactId::new(&text))?,
        None => shared.fact_id(line, "")?,
    };
    Ok((id, at, Body::Event(event)))
}

fn who(mapping: &FileMapping, row: Row<'_>) -> Result<Who, Rejected> {
    let read = |field| mapping.text(row, field);
    let mut who = Who::default();
    if let Some(text) = read("customer_id")? {
        who.customer = Some(at_column("customer_id", &text, CustomerId::new(&text))?);
    }
    if let Some(text) = read("device_id")? {
        who.device = Some(at_column("device_id", &text, DeviceId::new(&text))?);
    }
    if let Some(text) = read("session_id")? {
        who.session = Some(at_column("session_id", &text, SessionId::new(&text))?);
    }
    if who.is_nobody() {
        return Err(Rejected::new("customer_id", "", "nobody")
            .hint("a customer_id, device_id or session_id is needed"));
    }
    Ok(who)
}

fn order_line(
    mapping: &FileMapping,
    row: Row<'_>,
    item: ItemId,
    currency: Currency,
) -> Result<Line, Rejected> {
    let mut line = Line::one(item);
    if let Some(text) = mapping.text(row, "quantity")? {
        let pieces: f64 = number("quantity", &text, "a count of pieces, 0 to 1000000")?;
        if !(0.0..=1e6).contains(&pieces) {
            return Err(Rejected::new("quantity", text, "out of range").hint("0 to 1000000"));
        }
        line.quantity = (pieces.round() as u32).max(1);
    }
    if let Some(text) = mapping.text(row, "price")? {
        line.price = Some(price("price", &text, currency)?);
    } else if let Some(text) = mapping.text(row, "total")? {
        let total = price("total", &text, currency)?;
        line.price = Some(Money::new(total.minor / i64::from(line.quantity), total.currency));
    }
    Ok(line)
}

fn fill_details(mapping: &FileMapping, row: Row<'_>, event: &mut Event) -> Result<(), Rejected> {
    let read = |field| mapping.text(row, field);
    let short = |field| read(field).map(|text| text.map(|t: Cow<'_, str>| Box::from(&*t)));
    if let Some(text) = read("order_id")? {
        event.order = Some(at_column("order_id", &text, OrderId::new(&text))?);
    }
    if let Some(text) = read("dwell_ms")? {
        event.dwell_ms = Some(number("dwell_ms", &text, "milliseconds, 0 or more")?);
    }
    if let Some(text) = read("rating")? {
        event.rating = Some(rating("rating", &text)?);
    }
    event.query = short("query")?;
    event.coupon = short("coupon")?;
    event.context = Context {
        place: short("place")?,
        channel: short("channel")?,
        referrer: short("referrer")?,
        device_class: short("device_class")?,
    };
    Ok(())
}

fn rating(column: &str, text: &str) -> Result<f32, Rejected> {
    let stars: f32 = number(column, text, "0 to 5")?;
    if !(0.0..=5.0).contains(&stars) {
        return Err(Rejected::new(column, text, "out of range").hint("0 to 5"));
    }
    Ok(stars)
}

fn item(shared: Shared<'_>, row: Row<'_>) -> Result<Item, Rejected> {
    let mapping = shared.mapping;
    let text = mapping.wanted(row, "item_id")?;
    let mut item = Item::bare(at_column("item_id", &text, ItemId::new(&text))?);
    let read = |field| mapping.text(row, field);
    let short = |field| read(field).map(|text| text.map(|t: Cow<'_, str>| Box::from(&*t)));
    item.title_zh = short("title_zh")?;
    item.title_en = short("title_en")?;
    item.category = mapping.list(row, "category")?;
    item.brand = short("brand")?;
    item.image = short("image")?;
    item.link = short("link")?;
    if let Some(text) = read("merchant_id")? {
        item.merchant = Some(at_column("merchant_id", &text, MerchantId::new(&text))?);
    }
    if let Some(text) = read("price")? {
        item.price = Some(price("price", &text, shared.currency)?);
    }
    if let Some(text) = read("stock")? {
        item.stock = Some(number("stock", &text, "a count of pieces, 0 or more")?);
    }
    if let Some(text) = read("active")? {
        item.active = match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => true,
            "false" | "0" | "no" => false,
            _ => {
                return Err(
                    Rejected::new("active", text, "neither yes nor no").hint("true or false")
                );
            }
        };
    }
    item.attributes = attributes(mapping, row)?;
    Ok(item)
}

fn attributes(mapping: &FileMapping, row: Row<'_>) -> Result<Vec<Attribute>, Rejected> {
    let mut all = Vec::new();
    for (name, place) in &mapping.attributes {
        if let Some(value) = place.text(row)? {
            all.push(Attribute { name: name.as_str().into(), value: (&*value).into() });
        }
    }
    Ok(all)
}

fn customer(shared: Shared<'_>, row: Row<'_>) -> Result<Customer, Rejected> {
    let mapping = shared.mapping;
    let text = mapping.wanted(row, "customer_id")?;
    Ok(Customer {
        id: at_column("customer_id", &text, CustomerId::new(&text))?,
        interests: mapping.list(row, "interests")?,
        place: mapping.text(row, "place")?.map(|t| (&*t).into()),
        attributes: attributes(mapping, row)?,
    })
}

fn merchant(shared: Shared<'_>, row: Row<'_>) -> Result<Merchant, Rejected> {
    let text = shared.mapping.wanted(row, "merchant_id")?;
    let id = at_column("merchant_id", &text, MerchantId::new(&text))?;
    Ok(Merchant { id, name: (&*shared.mapping.wanted(row, "name")?).into() })
}

/// Times that sequences without any are given: one minute apart from 2014-05-13, so that their
/// order is kept.
const SEQUENCE_FROM: At = At::from_s(1_400_000_000);

fn sequence(shared: Shared<'_>, line: u64, row: Row<'_>) -> Result<Vec<Fact>, Rejected> {
    let Row::Record { fields, .. } = row else {
        return Err(Rejected::new("(row)", "", "not a line of blank-separated ids"));
    };
    let field = |place| {
        let bytes = fields.field(place).unwrap_or_default();
        at_column("(row)", &String::from_utf8_lossy(bytes), std::str::from_utf8(bytes))
    };
    let text = field(0)?;
    let who = Who::customer(at_column("customer", text, CustomerId::new(text))?);
    let mut facts = Vec::with_capacity(fields.count);
    for place in 1..fields.count {
        let text = field(place)?;
        if text.is_empty() {
            continue;
        }
        let item = at_column("item", text, ItemId::new(text))?;
        facts.push(Fact {
            id: shared.fact_id(line, &format!("-{place}"))?,
            at: SEQUENCE_FROM.plus_ms(place as i64 * 60 * At::SECOND_MS),
            received_at: shared.now,
            body: Body::Event(Event::new(EventKind::Purchase, who.clone()).with_item(item)),
        });
    }
    Ok(facts)
}

fn attribute_list(row: Row<'_>) -> Result<Item, Rejected> {
    let text = row.text("key")?.unwrap_or_default();
    let mut item = Item::bare(at_column("key", &text, ItemId::new(&text))?);
    let values = row.json("value").and_then(serde_json::Value::as_array);
    let values = values.ok_or_else(|| {
        Rejected::new("value", "", "not a list").hint("expected {\"item\": [attribute, …]}")
    })?;
    let attribute = |value: &serde_json::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Attribute { name: "attribute".into(), value: text.into() }
    };
    item.attributes = values.iter().map(attribute).collect();
    Ok(item)
}
