//! What would a shop do? A seeded shop to learn from, to demonstrate with and to measure on.
//!
//! Nothing about a customer is stored: each is a pure function of the seed and their number, so a
//! shop of a million customers costs next to no memory and the same seed gives the same bytes.
//! Customers have favourite categories, a style within each, a brand, a feeling for prices and a
//! rhythm; visits follow them and the seasons, and purchases in one category call for another (a
//! kettle for tea). A model that learns these gets better lists than popularity can.
//!
//! | room | the question it answers |
//! |---|---|
//! | [`Shop::items`], [`Shop::merchants`] | what is on the shelves, and who sells it? |
//! | [`Shop::past`], [`Shop::sessions`] | what happened, with all around it or the visits alone? |
//! | [`Visitor`] | what would a customer do with this list, now? |
//! | [`Shop::picture`] | what does it look like? |
//! | [`Shop::price`], [`Shop::cost`], [`Shop::competitors`], [`Shop::supplier`] | what is it worth, to whom? |
//! | [`truth`] | what is really so? For evaluation, never for models |

mod customers;
mod dice;
mod ids;
mod items;
mod live;
mod past;
mod pictures;
mod reviews;
mod seasons;
mod sessions;
mod stock;
mod teller;
pub mod truth;
mod words;

pub use items::Supplier;
pub use live::{Asks, Expected, Visitor};
pub use past::Past;
pub use seasons::{Phase, SEASONS, Season};
pub use sessions::Sessions;
pub use stock::Stock;

use commerce::{At, Fact, Item, ItemId, Merchant, Money};
use items::Traits;
use seasons::{Rush, day, phase_of};
use std::ops::Range;
use std::sync::Arc;

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

/// The shop. 24 bytes an item; customers cost nothing.
#[derive(Clone, Debug)]
pub struct Shop {
    pub(crate) options: SimOptions,
    /// The items of each leaf category, as ranges of item numbers.
    pub(crate) shelves: Vec<Range<u32>>,
    /// The traits of each item, by number.
    pub(crate) shelf: Arc<[Traits]>,
    pub(crate) rush: Arc<Rush>,
}

impl Shop {
    /// Opens the shop that `options` describe.
    #[must_use]
    pub fn new(options: SimOptions) -> Self {
        let shelves = items::shelves(options.items.max(1));
        let shelf = items::all_traits(options.seed, &shelves).into();
        let rush = Arc::new(Rush::new(options.from, options.days));
        Self { options, shelves, shelf, rush }
    }

    /// The options it was opened with.
    #[must_use]
    pub fn options(&self) -> &SimOptions {
        &self.options
    }

    /// The whole catalogue as it is first, in order of item number: `i0`, `i1`, …
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        (0..self.options.items.max(1)).map(|number| items::item(self, number))
    }

    /// Who sells: every merchant that an item may name.
    pub fn merchants(&self) -> impl Iterator<Item = Merchant> {
        items::merchants()
    }

    /// What customers do with items: events in the order in which sessions start, about five a
    /// session. Nothing runs out, and what goes on around them is left out ([`Shop::past`]).
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions::new(self)
    }

    /// The same visits with all that goes on around them: sign-ups and consent, searches and
    /// sign-ins, stock that runs out and is refilled, prices of the seasons, refunds, ratings.
    #[must_use]
    pub fn past(&self) -> Past<'_> {
        Past::new(self)
    }

    /// The picture of an item as SVG text, 120 by 120, at most 2 kB; `None` for no item of ours.
    #[must_use]
    pub fn picture(&self, item: &ItemId) -> Option<String> {
        Some(pictures::draw(self, self.number(item)?))
    }

    /// What an item costs at an instant: its list price, or less in a season of offers.
    #[must_use]
    pub fn price(&self, item: &ItemId, at: At) -> Option<Money> {
        Some(items::price_in(self, self.number(item)?, phase_of(day(at))))
    }

    /// What the shop pays for a piece of an item.
    #[must_use]
    pub fn cost(&self, item: &ItemId) -> Option<Money> {
        Some(items::cost(self, self.number(item)?))
    }

    /// Who delivers an item, and how long that takes.
    #[must_use]
    pub fn supplier(&self, item: &ItemId) -> Option<Supplier> {
        Some(items::supplier(self, self.number(item)?))
    }

    /// What other shops ask for an item at an instant, by their names; none when they have it not.
    #[must_use]
    pub fn competitors(&self, item: &ItemId, at: At) -> Vec<(&'static str, Money)> {
        self.number(item).map_or_else(Vec::new, |n| items::competitors(self, n, day(at)))
    }

    /// The words of a review: the Chinese text that belongs to a `rate_item` fact of this shop,
    /// which facts cannot carry; `None` for any other fact.
    #[must_use]
    pub fn review(&self, fact: &Fact) -> Option<String> {
        reviews::words(self, fact)
    }

    /// The phase of the year that prices follow at an instant.
    #[must_use]
    pub fn phase(&self, at: At) -> Phase {
        phase_of(day(at))
    }

    /// The number of an item of this shop, from 0: its place in [`Shop::items`].
    #[must_use]
    pub fn number(&self, item: &ItemId) -> Option<u32> {
        ids::item_number(item).filter(|&number| (number as usize) < self.shelf.len())
    }

    pub(crate) fn traits(&self, number: u32) -> &Traits {
        &self.shelf[number as usize]
    }
}

#[cfg(test)]
mod tests;
