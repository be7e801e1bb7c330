//! What may never be answered, and why was it stopped?
//!
//! The gate is asked about every candidate, those of exploration, pins and the fallback included:
//! nothing reaches an answer past it.

use crate::ask::{ItemFilter, RecommendAsk, Surface};
use crate::models::Models;
use crate::needs::{Known, category_terms};
use crate::options::RecommendOptions;
use commerce::{ItemId, Money};
use features::{ItemRow, Items, TermKind};
use rustc_hash::FxHashSet;

/// Why an item was stopped. By number: a place in [`Guard::NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Guard {
    /// Nothing is known of it.
    Unknown,
    /// The shop does not show it, or it is gone.
    Inactive,
    /// None is left.
    OutOfStock,
    /// The ask's filter does not match it.
    Filtered,
    /// The ask excludes it.
    Excluded,
    /// It is what the ask is about, or in the cart.
    Present,
    /// The customer dismissed it.
    Dismissed,
    /// The customer has it, and it is not one that is bought again so soon.
    Bought,
}

impl Guard {
    /// How many there are.
    pub(crate) const COUNT: usize = 8;

    /// Their names in records, by number.
    pub(crate) const NAMES: [&'static str; Self::COUNT] = [
        "unknown",
        "inactive",
        "out_of_stock",
        "filtered",
        "excluded",
        "present",
        "dismissed",
        "bought",
    ];
}

/// Everything that decides whether an item may be answered to one ask.
pub(crate) struct Gate<'a> {
    items: &'a Items,
    known: &'a Known,
    models: &'a Models,
    options: &'a RecommendOptions,
    filter: Option<Filter<'a>>,
    excluded: FxHashSet<u32>,
    present: FxHashSet<u32>,
    is_about_bought: bool,
}

impl<'a> Gate<'a> {
    pub(crate) fn new(
        items: &'a Items,
        known: &'a Known,
        models: &'a Models,
        options: &'a RecommendOptions,
        ask: &'a RecommendAsk,
    ) -> Self {
        let numbers = |ids: &[ItemId]| ids.iter().filter_map(|id| items.ix(id)).collect();
        let present = match ask.surface {
            Surface::Similar | Surface::Complements | Surface::Cart => numbers(&ask.context),
            Surface::Session => numbers(ask.context.last().map_or(&[][..], std::slice::from_ref)),
            Surface::Home | Surface::BuyAgain | Surface::Rank => FxHashSet::default(),
        };
        Self {
            items,
            known,
            models,
            options,
            filter: (!ask.filter.is_open()).then(|| Filter::new(&ask.filter, items)),
            excluded: numbers(&ask.filter.exclude),
            present,
            is_about_bought: ask.surface.is_about_bought(),
        }
    }

    /// Whether so much is stopped that channels should look deeper to find enough.
    pub(crate) fn is_narrow(&self) -> bool {
        self.filter.as_ref().is_some_and(|filter| filter.narrows)
    }

    /// The terms of the filter's narrowest group, when it has one: who carries any of them are all
    /// that can pass.
    pub(crate) fn narrowest(&self) -> Option<&[u32]> {
        let groups = self.filter.as_ref()?.groups.iter();
        let carriers =
            |group: &&Vec<u32>| group.iter().map(|&t| self.items.with_term(t).len()).sum::<usize>();
        groups.min_by_key(carriers).map(Vec::as_slice)
    }

    /// The first guard that stops `item`, or `None` when it may be answered.
    pub(crate) fn stops(&self, item: u32) -> Option<Guard> {
        if item >= self.items.len() {
            return Some(Guard::Unknown);
        }
        if !self.items.sellable(item) {
            let row = self.items.row(item);
            let listed = row.item.active && !row.gone;
            return Some(if listed { Guard::OutOfStock } else { Guard::Inactive });
        }
        if self.filter.as_ref().is_some_and(|filter| !filter.matches(self.items.row(item))) {
            return Some(Guard::Filtered);
        }
        if self.excluded.contains(&item) {
            return Some(Guard::Excluded);
        }
        if self.present.contains(&item) {
            return Some(Guard::Present);
        }
        self.stops_for_customer(item)
    }

    fn stops_for_customer(&self, item: u32) -> Option<Guard> {
        let past = self.known.past(item)?;
        if self.known.is_dismissed(past, self.options) {
            return Some(Guard::Dismissed);
        }
        if past.in_cart > 0 {
            return Some(Guard::Present);
        }
        if past.bought > 0 && !self.is_about_bought {
            let days = self.known.days_since(past.bought_s);
            let repeats = &self.options.repeats;
            let again =
                self.models.repeats.may_return(item, self.items.row(item).leaf, days, repeats);
            if days <= self.options.feedback.bought_days && !again {
                return Some(Guard::Bought);
            }
        }
        None
    }
}

/// An [`ItemFilter`] with its words looked up.
struct Filter<'a> {
    /// Each group must match: one of its terms is among the item's.
    groups: Vec<Vec<u32>>,
    price_min: Option<Money>,
    price_max: Option<Money>,
    in_stock: bool,
    narrows: bool,
    merchants: &'a [commerce::MerchantId],
}

impl<'a> Filter<'a> {
    fn new(ask: &'a ItemFilter, items: &Items) -> Self {
        let mut groups: Vec<Vec<u32>> = Vec::new();
        if !ask.categories.is_empty() {
            groups.push(ask.categories.iter().flat_map(|c| category_terms(items, c)).collect());
        }
        if !ask.brands.is_empty() {
            let brand = |name: &str| items.term_ix(TermKind::Brand, name);
            groups.push(ask.brands.iter().filter_map(|name| brand(name)).collect());
        }
        let mut names: Vec<&str> = ask.attributes.iter().map(|a| &*a.name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let values = ask.attributes.iter().filter(|a| &*a.name == name);
            let term = |value: &str| items.term_ix(TermKind::Attribute, &format!("{name}={value}"));
            groups.push(values.filter_map(|a| term(&a.value)).collect());
        }
        let priced = ask.price_min.is_some() || ask.price_max.is_some();
        Self {
            narrows: !groups.is_empty() || priced || ask.in_stock || !ask.merchants.is_empty(),
            groups,
            price_min: ask.price_min,
            price_max: ask.price_max,
            in_stock: ask.in_stock,
            merchants: &ask.merchants,
        }
    }

    fn matches(&self, row: &ItemRow) -> bool {
        let carries = |group: &Vec<u32>| group.iter().any(|t| row.terms.binary_search(t).is_ok());
        let sold_by = || row.item.merchant.as_ref().is_some_and(|m| self.merchants.contains(m));
        self.groups.iter().all(carries)
            && (!self.in_stock || row.stock().is_some_and(|left| left > 0))
            && (self.merchants.is_empty() || sold_by())
            && self.price_fits(row)
    }

    fn price_fits(&self, row: &ItemRow) -> bool {
        let at_least = |price: Money, bound: Option<Money>, sign: i64| {
            bound.is_none_or(|bound| {
                price.currency == bound.currency && sign * price.minor >= sign * bound.minor
            })
        };
        if self.price_min.is_none() && self.price_max.is_none() {
            return true;
        }
        row.price()
            .is_some_and(|p| at_least(p, self.price_min, 1) && at_least(p, self.price_max, -1))
    }
}
