//! What can people leaf through? Items, customers, what happened to them, and decisions.
//!
//! Lists are made when asked for: items and customers from the folds, what happened from the log,
//! backwards from its end. The log has no index by customer, so one call reads a bounded stretch
//! of it and says where the next one goes on.

use crate::decisions::is_decision;
use crate::{App, AppError};
use commerce::{Body, CustomerId, DecisionRecord, Fact, Item, ItemId};
use features::{Items, PartyKind, Rates, Signal, Span, TermKind};
use std::sync::Arc;
use store::codec;

/// Entries of the log that one call looks at, at most.
const LOOKED_AT_MAX: u64 = 400_000;
/// Entries read at a time, going backwards.
const STRETCH: u64 = 4_096;

/// Part of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page<T> {
    /// How long the whole list is.
    pub total: usize,
    /// The part asked for.
    pub rows: Vec<T>,
}

/// In which order items are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ItemOrder {
    /// The most popular of the week first.
    #[default]
    Popular,
    /// The cheapest first; those without a price last.
    Price,
    /// The newest first.
    Newest,
}

/// Which items are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemQuery {
    /// Just these, in this order; then nothing else is asked for.
    pub ids: Vec<ItemId>,
    /// Words that must all be in the titles, the brand or the categories, in any case.
    pub text: Box<str>,
    /// A category: a whole path joined by ` > `, or one level's name.
    pub category: Option<Box<str>>,
    /// A brand.
    pub brand: Option<Box<str>>,
    /// The order.
    pub order: ItemOrder,
    /// How many are passed over.
    pub offset: usize,
    /// How many are wanted.
    pub count: usize,
}

/// An item and what has happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemSeen {
    /// As the shop describes it.
    pub item: Arc<Item>,
    /// Views, put into carts, bought, shown in lists: since the log began.
    pub counts: [u32; 4],
    /// The decayed popularity of the week, and how it rises (1: as always).
    pub popularity: f64,
    /// Popularity of now over that of the long run.
    pub trend: f64,
    /// Number of ratings and their mean.
    pub rating: Option<(u32, f32)>,
}

/// A customer in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerSeen {
    /// The shop's id.
    pub id: Box<str>,
    /// Touches that are kept.
    pub touches: usize,
    /// Unix second of the latest; 0 before any.
    pub last_s: u32,
}

/// Facts from the log, newest first, and the offset before which the next part goes on; none at
/// the log's beginning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past<T> {
    /// The facts and their offsets.
    pub found: Vec<(u64, T)>,
    /// Where to go on.
    pub next: Option<u64>,
}

/// Which decisions are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionQuery {
    /// `recommend.home`, ….
    pub kind: Option<Box<str>>,
    /// Whose.
    pub customer: Option<CustomerId>,
    /// Only lesser answers.
    pub degraded: bool,
    /// Before this offset of the log.
    pub before: Option<u64>,
    /// How many.
    pub count: usize,
}

impl App {
    /// The items that `query` wants.
    #[must_use]
    pub fn list_items(&self, query: &ItemQuery) -> Page<ItemSeen> {
        let items = self.state.features.items();
        let rates = items.rates(self.now());
        if !query.ids.is_empty() {
            let known = query.ids.iter().filter_map(|id| items.ix(id));
            let rows = known.filter(|&ix| items.row(ix).known).map(|ix| seen(&items, &rates, ix));
            let rows: Vec<ItemSeen> = rows.collect();
            return Page { total: rows.len(), rows };
        }
        let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
        let wanted = |ix: &u32| matches(&items, *ix, query, &words);
        let mut found: Vec<(f64, u32)> = (0..items.len())
            .filter(wanted)
            .map(|ix| (key(&items, &rates, query, ix), ix))
            .collect();
        let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        found.sort_unstable_by(order);
        let part = found.iter().skip(query.offset).take(query.count);
        let rows = part.map(|&(_, ix)| seen(&items, &rates, ix)).collect();
        Page { total: found.len(), rows }
    }

    /// One item; `None` when the catalogue has not told about it.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<ItemSeen> {
        let items = self.state.features.items();
        let ix = items.ix(id).filter(|&ix| items.row(ix).known)?;
        Some(seen(&items, &items.rates(self.now()), ix))
    }

    /// Customers whose id begins with `prefix`, the latest to come first.
    #[must_use]
    pub fn list_customers(&self, prefix: &str, offset: usize, count: usize) -> Page<CustomerSeen> {
        let mut found = Vec::new();
        self.state.features.parties(PartyKind::Customer, prefix, |id, touches| {
            let last_s = touches.last().map_or(0, |touch| touch.at_s);
            found.push(CustomerSeen { id: id.into(), touches: touches.len(), last_s });
        });
        found.sort_unstable_by(|a, b| b.last_s.cmp(&a.last_s).then(a.id.cmp(&b.id)));
        let total = found.len();
        Page { total, rows: found.into_iter().skip(offset).take(count).collect() }
    }

    /// What a customer did and what was said of them, newest first; decisions are left out.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn timeline(
        &self,
        customer: &CustomerId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Past<Fact>, AppError> {
        let id = customer.as_str().as_bytes();
        self.look_back(before, count, |entry| {
            // Most entries are somebody else's: the id's bytes must be there before one is decoded.
            if is_decision(entry.id) || !holds(entry.payload, id) {
                return Ok(None);
            }
            let fact = codec::fact_at(entry)?;
            Ok(is_about(&fact, customer).then_some(fact))
        })
    }

    /// Decisions, newest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn list_decisions(
        &self,
        query: &DecisionQuery,
    ) -> Result<Past<Arc<DecisionRecord>>, AppError> {
        self.look_back(query.before, query.count, |entry| {
            if !is_decision(entry.id) {
                return Ok(None);
            }
            let Body::Decision(record) = codec::fact_at(entry)?.body else { return Ok(None) };
            let fits = query.kind.as_ref().is_none_or(|kind| *kind == record.kind)
                && (query.customer.is_none() || query.customer == record.who.customer)
                && (!query.degraded || record.degraded.is_some());
            Ok(fits.then_some(record))
        })
    }

    /// The offset of the next fact.
    #[must_use]
    pub fn facts_end(&self) -> u64 {
        self.log.reader().end()
    }

    /// At most `count` facts from offset `from` on, decisions in brief, and where to go on.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn facts(&self, from: u64, count: usize) -> Result<(Vec<(u64, Fact)>, u64), AppError> {
        let reader = self.log.reader();
        let end = reader.end().min(from.saturating_add(count as u64)).max(from);
        let mut cursor = reader.read(from..end);
        let mut found = Vec::new();
        while let Some(entry) = cursor.next_entry()? {
            found.push((entry.offset, codec::brief_at(&entry)?));
        }
        Ok((found, end))
    }

    /// The fact at `offset`, whole; nothing when there is none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn fact(&self, offset: u64) -> Result<Option<Fact>, AppError> {
        let stored = self.log.reader().get(offset)?;
        Ok(stored.map(|stored| codec::fact_of(&stored.entry)).transpose()?)
    }

    /// What `pick` takes of the log, newest first, before an offset or the end.
    fn look_back<T>(
        &self,
        before: Option<u64>,
        count: usize,
        mut pick: impl FnMut(&store::EntryRef<'_>) -> Result<Option<T>, AppError>,
    ) -> Result<Past<T>, AppError> {
        let reader = self.log.reader();
        let mut end = before.unwrap_or(u64::MAX).min(reader.end());
        let last = end.saturating_sub(LOOKED_AT_MAX);
        let mut past = Past { found: Vec::new(), next: None };
        while end > last && past.found.len() < count {
            let start = end.saturating_sub(STRETCH).max(last);
            let mut stretch = Vec::new();
            let mut cursor = reader.read(start..end);
            while let Some(entry) = cursor.next_entry()? {
                let offset = entry.offset;
                stretch.extend(pick(&entry)?.map(|picked| (offset, picked)));
            }
            past.found.extend(stretch.into_iter().rev());
            end = start;
        }
        if past.found.len() > count {
            past.found.truncate(count);
            end = past.found.last().map_or(end, |(offset, _)| *offset);
        }
        past.next = (end > 0).then_some(end);
        Ok(past)
    }
}

fn matches(items: &Items, ix: u32, query: &ItemQuery, words: &[String]) -> bool {
    let row = items.row(ix);
    let named = |kind, name: &str| {
        let term = items.term_ix(kind, name);
        term.is_some_and(|term| row.terms.binary_search(&term).is_ok())
    };
    let in_category = |name: &str| {
        named(TermKind::Category, name) || row.item.category.iter().any(|level| **level == *name)
    };
    if !row.known || row.gone || !query.category.as_deref().is_none_or(in_category) {
        return false;
    }
    if !query.brand.as_deref().is_none_or(|brand| named(TermKind::Brand, brand)) {
        return false;
    }
    if words.is_empty() {
        return true;
    }
    let item = &row.item;
    let texts = [&item.title_zh, &item.title_en, &item.brand].into_iter().flatten();
    let texts: Vec<String> =
        texts.chain(item.category.iter()).map(|text| text.to_lowercase()).collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
}

/// What items are sorted by, the smallest first.
fn key(items: &Items, rates: &Rates<'_>, query: &ItemQuery, ix: u32) -> f64 {
    let row = items.row(ix);
    match query.order {
        ItemOrder::Popular => -rates.popularity(ix, Span::Middle),
        ItemOrder::Price => row.price().map_or(f64::INFINITY, commerce::Money::major),
        ItemOrder::Newest => -f64::from(row.stats.first_s),
    }
}

fn seen(items: &Items, rates: &Rates<'_>, ix: u32) -> ItemSeen {
    let row = items.row(ix);
    let counted = [Signal::View, Signal::Cart, Signal::Purchase, Signal::Shown];
    ItemSeen {
        item: Arc::clone(&row.item),
        counts: counted.map(|signal| row.stats.total(signal)),
        popularity: rates.popularity(ix, Span::Middle),
        trend: rates.trend(ix),
        rating: row.stats.rating(),
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len().max(1)).any(|window| window == part)
}

fn is_about(fact: &Fact, customer: &CustomerId) -> bool {
    match &fact.body {
        Body::Event(event) => event.who.customer.as_ref() == Some(customer),
        Body::Customer(told) => told.id == *customer,
        Body::Consent(change) => change.who.customer.as_ref() == Some(customer),
        Body::Identity(change) => change.customer == *customer,
        _ => false,
    }
}
