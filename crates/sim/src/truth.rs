//! What is really so? What each customer would choose, at which price, and what would be bought if
//! nothing ran out.
//!
//! For evaluation only: none of it is in any fact, so no model can learn from it but by its
//! effects.

use crate::customers::{liking, pull, taste};
use crate::seasons::{day, phase_of};
use crate::sessions::look;
use crate::{Shop, ids};
use commerce::{At, Body, CustomerId, EventKind, ItemId};
use std::collections::BTreeMap;

/// The number of a customer of the shop, as the other questions take it.
#[must_use]
pub fn customer_number(id: &CustomerId) -> Option<u32> {
    id.as_str().strip_prefix('c')?.parse().ok()
}

/// How much a customer likes an item at its price of that day: about −4 to 5, 0 is middling, two
/// items' difference is a difference of log-odds. `None` when the shop has no such item.
#[must_use]
pub fn utility(shop: &Shop, customer: u32, item: &ItemId, at: At) -> Option<f64> {
    let number = ids::item_number(item).filter(|&n| n < shop.shelf.len() as u32)?;
    Some(liking(shop, customer, &taste(shop, customer), number, phase_of(day(at))))
}

/// The probability that a customer takes up what they look at, at this utility.
#[must_use]
pub fn chance(utility: f64) -> f64 {
    pull(utility)
}

/// Price elasticity of that probability, d ln p ÷ d ln price: 0 or below.
#[must_use]
pub fn elasticity(shop: &Shop, customer: u32, item: &ItemId, at: At) -> Option<f64> {
    let chance = pull(utility(shop, customer, item, at)?);
    Some(-taste(shop, customer).price_feeling * (1.0 - chance))
}

/// What a list of `places` is worth to a customer, 0 to 1: of the looks that it gets from the top
/// down, the share that ends in a click. Places left empty are worth nothing.
#[must_use]
pub fn worth(shop: &Shop, customer: u32, list: &[ItemId], places: usize, at: At) -> f64 {
    let chances = list.iter().map(|item| utility(shop, customer, item, at).map_or(0.0, pull));
    weighed(chances, places)
}

fn weighed(chances: impl Iterator<Item = f64>, places: usize) -> f64 {
    let looks: f64 = (0..places).map(look).sum();
    let seen: f64 = chances.take(places).enumerate().map(|(place, p)| look(place) * p).sum();
    if looks > 0.0 { seen / looks } else { 0.0 }
}

/// The list of `places` that is worth most to a customer, of the items that `may` be shown, by
/// number, and its worth. Looks at every item of the shop.
pub fn best(
    shop: &Shop,
    customer: u32,
    places: usize,
    at: At,
    may: impl Fn(u32) -> bool,
) -> (Vec<ItemId>, f64) {
    let (taste, phase) = (taste(shop, customer), phase_of(day(at)));
    let all = (0..shop.shelf.len() as u32).filter(|&number| may(number));
    let mut all: Vec<(f64, u32)> =
        all.map(|number| (liking(shop, customer, &taste, number, phase), number)).collect();
    all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.truncate(places);
    let worth = weighed(all.iter().map(|&(liked, _)| pull(liked)), places);
    (all.into_iter().filter_map(|(_, number)| ids::item(number)).collect(), worth)
}

/// Pieces that customers would have bought of each item on each day (days since 1970 in Beijing)
/// had nothing run out: the same visits with endless stock.
#[must_use]
pub fn demand(shop: &Shop) -> BTreeMap<(i64, ItemId), u32> {
    let mut wanted = BTreeMap::new();
    for fact in shop.sessions() {
        let Body::Event(event) = fact.body else { continue };
        if event.kind == EventKind::Purchase {
            for line in event.lines {
                *wanted.entry((day(fact.at), line.item)).or_default() += line.quantity;
            }
        }
    }
    wanted
}
