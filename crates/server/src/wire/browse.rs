//! Items, customers, what happened and what was decided: as lists to leaf through.

use super::fields::{Fields, TEXT_MAX, WORD_MAX};
use super::recommend::{ArmOut, ModelOut, arms_out, models_out};
use crate::facade::Shop;
use app::{CustomerSeen, DecisionQuery, ItemOrder, ItemQuery, ItemSeen, Known, Page, Past};
use commerce::{At, Body, CustomerId, DecisionRecord, Event, Fact, ItemId};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Most rows of a page.
const COUNT_MAX: u64 = 200;
const COUNT_DEFAULT: u64 = 20;
/// Rows that may be passed over.
const OFFSET_MAX: u64 = 10_000_000;

fn count(fields: &Fields<'_>) -> usize {
    fields.whole("count", 1, COUNT_MAX).unwrap_or(COUNT_DEFAULT) as usize
}

/// Reads which items are wanted.
pub(crate) fn read_item_query(fields: &Fields<'_>) -> Option<ItemQuery> {
    let order = |name: &str| match name {
        "popular" => Some(ItemOrder::Popular),
        "price" => Some(ItemOrder::Price),
        "newest" => Some(ItemOrder::Newest),
        _ => None,
    };
    Some(ItemQuery {
        ids: fields.ids("ids", COUNT_MAX as usize, ItemId::new),
        text: fields.boxed("query", TEXT_MAX).unwrap_or_default(),
        category: fields.boxed("category", TEXT_MAX),
        brand: fields.boxed("brand", WORD_MAX),
        order: fields.word("sort", order, &["popular", "price", "newest"]).unwrap_or_default(),
        offset: fields.whole("offset", 0, OFFSET_MAX).unwrap_or(0) as usize,
        count: count(fields),
    })
}

/// Reads how many rows are passed over, and how many are wanted.
pub(crate) fn read_rows(fields: &Fields<'_>) -> Option<(usize, usize)> {
    let offset = fields.whole("offset", 0, OFFSET_MAX).unwrap_or(0) as usize;
    Some((offset, count(fields)))
}

/// Reads how a customer's id begins, how many are passed over, how many are wanted.
pub(crate) fn read_customer_query(fields: &Fields<'_>) -> Option<(Box<str>, usize, usize)> {
    let prefix = fields.boxed("prefix", WORD_MAX).unwrap_or_default();
    let (offset, count) = read_rows(fields)?;
    Some((prefix, offset, count))
}

/// Reads where a list of the past goes on, and how much of it is wanted.
pub(crate) fn read_past(fields: &Fields<'_>) -> Option<(Option<u64>, usize)> {
    Some((fields.whole("before", 0, u64::MAX), count(fields)))
}

/// Reads which decisions are wanted.
pub(crate) fn read_decision_query(fields: &Fields<'_>) -> Option<DecisionQuery> {
    let (before, count) = read_past(fields)?;
    Some(DecisionQuery {
        kind: fields.boxed("kind", WORD_MAX),
        customer: fields.id("customer_id", CustomerId::new),
        degraded: fields.flag("degraded").unwrap_or(false),
        before,
        count,
    })
}

/// An item and what has happened to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ItemSeen)]
pub(crate) struct ItemSeenOut {
    /// The shop's id.
    item_id: String,
    title_zh: Option<String>,
    title_en: Option<String>,
    /// Its categories, the widest first.
    category: Vec<String>,
    brand: Option<String>,
    merchant_id: Option<String>,
    /// In major units of `currency`.
    price: Option<f64>,
    currency: Option<String>,
    /// The part of the price that is given back, 0 to 1.
    rebate: f64,
    /// Pieces left, where they are counted.
    stock: Option<u32>,
    active: bool,
    /// What else the shop says of it.
    attributes: Vec<NamedOut>,
    image: Option<String>,
    link: Option<String>,
    /// What has happened to it.
    stats: ItemStatsOut,
}

/// A name and its value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Named)]
struct NamedOut {
    name: String,
    value: String,
}

/// What has happened to an item since the log began.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ItemStats)]
struct ItemStatsOut {
    views: u32,
    carts: u32,
    purchases: u32,
    /// Times shown in lists.
    shown: u32,
    /// Interest of the week, in decayed views.
    popularity: f64,
    /// Interest of now against the long run, in standard deviations.
    trend: f64,
    rating: Option<RatingOut>,
}

/// Ratings of an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rating)]
struct RatingOut {
    count: u32,
    /// 0 to 5.
    mean: f32,
}

impl ItemSeenOut {
    pub(crate) fn new(seen: &ItemSeen) -> Self {
        let item = &*seen.item;
        let text = |text: &Option<Box<str>>| text.as_deref().map(Into::into);
        let [views, carts, purchases, shown] = seen.counts;
        let named = |one: &commerce::Attribute| NamedOut {
            name: one.name.to_string(),
            value: one.value.to_string(),
        };
        Self {
            item_id: item.id.to_string(),
            title_zh: text(&item.title_zh),
            title_en: text(&item.title_en),
            category: item.category.iter().map(ToString::to_string).collect(),
            brand: text(&item.brand),
            merchant_id: item.merchant.as_ref().map(ToString::to_string),
            price: item.price.map(commerce::Money::major),
            currency: item.price.map(|price| price.currency.to_string()),
            rebate: f64::from(item.rebate_ppm) / 1e6,
            stock: item.stock,
            active: item.active,
            attributes: item.attributes.iter().map(named).collect(),
            image: text(&item.image),
            link: text(&item.link),
            stats: ItemStatsOut {
                views,
                carts,
                purchases,
                shown,
                popularity: seen.popularity,
                trend: seen.trend,
                rating: seen.rating.map(|(count, mean)| RatingOut { count, mean }),
            },
        }
    }
}

/// Part of the list of items.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ItemPage)]
pub(crate) struct ItemPageOut {
    /// How many there are in all.
    total: usize,
    offset: usize,
    items: Vec<ItemSeenOut>,
}

impl ItemPageOut {
    pub(crate) fn new(offset: usize, page: &Page<ItemSeen>) -> Self {
        let items = page.rows.iter().map(ItemSeenOut::new).collect();
        Self { total: page.total, offset, items }
    }
}

/// Part of the list of customers, the latest to come first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerPage)]
pub(crate) struct CustomerPageOut {
    total: usize,
    offset: usize,
    customers: Vec<CustomerRowOut>,
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerRow)]
struct CustomerRowOut {
    customer_id: String,
    /// What they did that is kept.
    touches: usize,
    /// When they last did something.
    last_at: Option<String>,
}

impl CustomerPageOut {
    pub(crate) fn new(offset: usize, page: Page<CustomerSeen>) -> Self {
        let row = |one: CustomerSeen| CustomerRowOut {
            customer_id: one.id.into(),
            touches: one.touches,
            last_at: (one.last_s > 0).then(|| At::from_s(one.last_s.into()).to_string()),
        };
        Self { total: page.total, offset, customers: page.rows.into_iter().map(row).collect() }
    }
}

/// What happened to a customer, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineOut {
    entries: Vec<TimelineEntryOut>,
    /// Send it as `before` for what came earlier; none at the beginning. A call reads a bounded
    /// part of the log, so a part may hold fewer entries than asked for, or none.
    next: Option<u64>,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
struct TimelineEntryOut {
    /// Where it stands in the log.
    offset: u64,
    at: String,
    /// The kind of event, or `customer`, `consent`, `identity` for what was said of them.
    event: String,
    /// The items it was about.
    items: Vec<LineOut>,
    /// The order's total in major units.
    value: Option<f64>,
    query: Option<String>,
    /// The decision that it came of.
    decision_id: Option<String>,
    channel: Option<String>,
    place: Option<String>,
    /// What was said: a purpose and yes or no, a device that was joined.
    said: Option<String>,
}

/// An item that something was about, called as it is called now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineItem)]
struct LineOut {
    item_id: String,
    title_zh: Option<String>,
    title_en: Option<String>,
    /// The price then, in major units.
    price: Option<f64>,
}

impl TimelineOut {
    pub(crate) fn new(shop: &dyn Shop, past: Past<Fact>) -> Self {
        let entries =
            past.found.into_iter().map(|(offset, fact)| entry(shop, offset, &fact)).collect();
        Self { entries, next: past.next }
    }
}

fn entry(shop: &dyn Shop, offset: u64, fact: &Fact) -> TimelineEntryOut {
    let said = |event: &str, said: String| TimelineEntryOut {
        offset,
        at: fact.at.to_string(),
        event: event.into(),
        items: Vec::new(),
        value: None,
        query: None,
        decision_id: None,
        channel: None,
        place: None,
        said: (!said.is_empty()).then_some(said),
    };
    match &fact.body {
        Body::Event(event) => done(shop, said(event.kind.name(), String::new()), event),
        Body::Consent(change) => {
            let word = if change.granted { "granted" } else { "declined" };
            said("consent", format!("{} {word}", change.purpose.name()))
        }
        Body::Identity(change) => {
            let word = if change.linked { "joined" } else { "parted" };
            said("identity", format!("{} {word}", change.device))
        }
        _ => said("customer", String::new()),
    }
}

fn done(shop: &dyn Shop, blank: TimelineEntryOut, event: &Event) -> TimelineEntryOut {
    let line = |line: &commerce::Line| {
        let seen = shop.item(&line.item);
        let title = |pick: fn(&commerce::Item) -> &Option<Box<str>>| {
            seen.as_ref().and_then(|seen| pick(&seen.item).as_deref().map(Into::into))
        };
        LineOut {
            item_id: line.item.to_string(),
            title_zh: title(|item| &item.title_zh),
            title_en: title(|item| &item.title_en),
            price: line.price.map(commerce::Money::major),
        }
    };
    TimelineEntryOut {
        items: event.lines.iter().map(line).collect(),
        value: event.value.map(commerce::Money::major),
        query: event.query.as_deref().map(Into::into),
        decision_id: event.decision.map(|id| id.to_string()),
        channel: event.context.channel.as_deref().map(Into::into),
        place: event.context.place.as_deref().map(Into::into),
        ..blank
    }
}

/// What was known of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Features)]
pub(crate) struct FeaturesOut {
    /// When.
    at: String,
    features: Vec<FeatureOut>,
}

/// The value of a feature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feature)]
struct FeatureOut {
    name: &'static str,
    /// The item, category, kind of event, … that it is about.
    about: Option<String>,
    value: f64,
    unit: &'static str,
}

impl FeaturesOut {
    pub(crate) fn new(at: At, known: Vec<Known>) -> Self {
        let out = |one: Known| FeatureOut {
            name: one.name,
            about: one.about,
            value: one.value,
            unit: one.unit,
        };
        Self { at: at.to_string(), features: known.into_iter().map(out).collect() }
    }
}

/// Decisions, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecisionPage)]
pub(crate) struct DecisionPageOut {
    decisions: Vec<DecisionRowOut>,
    /// Send it as `before` for earlier ones; none at the beginning. A call reads a bounded part of
    /// the log, so a part may hold fewer decisions than asked for, or none.
    next: Option<u64>,
}

/// A decision in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecisionRow)]
struct DecisionRowOut {
    decision_id: String,
    at: String,
    kind: String,
    customer_id: Option<String>,
    device_id: Option<String>,
    session_id: Option<String>,
    /// Hash of the options in force.
    policy: String,
    models: Vec<ModelOut>,
    arms: Vec<ArmOut>,
    /// How many were thought of, stopped by guards, chosen.
    considered: u32,
    stopped: u32,
    chosen: usize,
    took_us: u32,
    /// Whether it was made for this customer, or for anybody.
    personal: bool,
    /// Why it is a lesser answer, if it is.
    degraded: Option<String>,
}

impl DecisionPageOut {
    pub(crate) fn new(past: &Past<Arc<DecisionRecord>>) -> Self {
        let decisions = past.found.iter().map(|(_, record)| DecisionRowOut::new(record)).collect();
        Self { decisions, next: past.next }
    }
}

impl DecisionRowOut {
    fn new(record: &DecisionRecord) -> Self {
        let who = &record.who;
        Self {
            decision_id: record.id.to_string(),
            at: record.at.to_string(),
            kind: record.kind.to_string(),
            customer_id: who.customer.as_ref().map(ToString::to_string),
            device_id: who.device.as_ref().map(ToString::to_string),
            session_id: who.session.as_ref().map(ToString::to_string),
            policy: format!("{:016x}", record.policy),
            models: models_out(record),
            arms: arms_out(record),
            considered: record.considered_total,
            stopped: record.stopped.iter().map(|stop| stop.count).sum(),
            chosen: record.chosen.len(),
            took_us: record.took_us,
            personal: record.is_personal(),
            degraded: record.degraded.as_deref().map(Into::into),
        }
    }
}
