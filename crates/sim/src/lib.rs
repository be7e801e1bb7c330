//! What would a shop do? A seeded shop to learn from, to demonstrate with and to measure on.
//!
//! Nothing about a customer or an item is stored: each is a pure function of the seed and its
//! number, so a shop of a million customers costs no memory and the same seed gives the same
//! bytes. Customers have favourite categories, a style within each, a feeling for prices and a
//! rhythm; sessions follow them, and purchases in one category call for another (a kettle for
//! tea). A model that learns these gets better lists than popularity can.

mod customers;
mod dice;
mod items;
mod sessions;
mod words;

pub use sessions::Sessions;

use commerce::{At, Item, Merchant};
use std::ops::Range;

/// How large a shop, and which.
#[derive(Clone, Debug, PartialEq)]
pub struct SimOptions {
    /// The same seed gives the same shop.
    pub seed: u64,
    /// Items in the catalogue; at least 1.
    pub items: u32,
    /// Customers who may come; at least 1.
    pub customers: u32,
    /// When the first session starts.
    pub from: At,
    /// How long the shop's history is, in days; at least 1.
    pub days: u32,
    /// How many sessions there are in that time.
    pub sessions: u64,
    /// How often a category is looked into by a list, 0 to 1: a `view_item_list` in the order
    /// shown, and a `select_item` for what was picked of it. Higher places are looked at more.
    pub lists: f64,
}

impl Default for SimOptions {
    /// A small shop: 2,000 items, 3,000 customers, about 100,000 events in 60 days.
    fn default() -> Self {
        Self {
            seed: 7,
            items: 2_000,
            customers: 3_000,
            from: At::from_s(1_790_000_000),
            days: 60,
            sessions: 20_000,
            lists: 0.3,
        }
    }
}

/// The shop.
#[derive(Clone, Debug)]
pub struct Shop {
    pub(crate) options: SimOptions,
    /// The items of each leaf category, as ranges of item numbers.
    pub(crate) shelves: Vec<Range<u32>>,
}

impl Shop {
    /// Opens the shop that `options` describe.
    #[must_use]
    pub fn new(options: SimOptions) -> Self {
        let shelves = items::shelves(options.items.max(1));
        Self { options, shelves }
    }

    /// The whole catalogue, in order of item number.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        (0..self.options.items.max(1)).map(|number| items::item(self, number))
    }

    /// Who sells: every merchant that an item may name.
    pub fn merchants(&self) -> impl Iterator<Item = Merchant> {
        items::merchants()
    }

    /// What customers do: facts in the order in which sessions start. About five events a session.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions::new(self)
    }
}

#[cfg(test)]
mod tests;
