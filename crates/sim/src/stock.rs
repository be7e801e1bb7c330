//! What is left? Pieces of each item, taken by orders, ordered again from the supplier in time or
//! too late.

use crate::dice::Dice;
use crate::seasons;
use crate::words::LEAVES;
use crate::{Shop, items};
use commerce::At;

const STOCK: u64 = 41;
/// Pieces bought in a visit, on average.
const BOUGHT_PER_VISIT: f64 = 0.3;
/// Days that an order is meant to last.
const COVER_DAYS: f64 = 25.0;

/// Pieces of an item that an item's popularity lets expect a day.
fn daily(shop: &Shop, number: u32) -> f64 {
    let shelf = &shop.shelves[shop.traits(number).leaf as usize];
    let place = f64::from(1 + number - shelf.start);
    let share = 1.0 / (place * f64::from(1 + shelf.end - shelf.start).ln());
    let visits = shop.options.sessions as f64 / f64::from(shop.options.days.max(1));
    visits * BOUGHT_PER_VISIT / LEAVES.len() as f64 * share
}

/// Pieces on the first day.
pub(crate) fn at_first(shop: &Shop, number: u32) -> u32 {
    let mut dice = Dice::of(shop.options.seed, STOCK, number.into());
    if dice.chance(0.02) {
        return 0;
    }
    5 + dice.below(20) + (daily(shop, number) * COVER_DAYS * (0.3 + dice.unit())) as u32
}

/// Something ordered from a supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coming {
    pub(crate) number: u32,
    pub(crate) pieces: u32,
    pub(crate) at: At,
}

/// What is left of every item.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// By item number; empty when stock is endless.
    left: Vec<u32>,
    on_order: Vec<bool>,
}

impl Stock {
    /// Stock that never ends: what would be bought if all were there.
    #[must_use]
    pub fn endless() -> Self {
        Self::default()
    }

    /// The stock with which the shop's past begins.
    #[must_use]
    pub fn at_first(shop: &Shop) -> Self {
        let left: Vec<u32> =
            (0..shop.options.items.max(1)).map(|number| at_first(shop, number)).collect();
        Self { on_order: vec![false; left.len()], left }
    }

    /// Whether nothing ever runs out.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.left.is_empty()
    }

    /// Pieces left of an item, by its number; `None` when stock is endless.
    #[must_use]
    pub fn left(&self, number: u32) -> Option<u32> {
        self.left.get(number as usize).copied()
    }

    /// Whether one can be had.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.left(number) != Some(0)
    }

    /// Takes a piece; false when none is left.
    pub(crate) fn take(&mut self, number: u32) -> bool {
        match self.left.get_mut(number as usize) {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => self.left.is_empty(),
        }
    }

    /// More pieces: what a supplier `delivered`, or what came back.
    pub(crate) fn put(&mut self, number: u32, pieces: u32, delivered: bool) {
        if let Some(left) = self.left.get_mut(number as usize) {
            *left += pieces;
            self.on_order[number as usize] &= !delivered;
        }
    }

    /// Orders more of an item that runs low. Some wait too long with it, and run out.
    pub(crate) fn order(&mut self, shop: &Shop, number: u32, now: At) -> Option<Coming> {
        let place = number as usize;
        let (&left, &ordered) = (self.left.get(place)?, self.on_order.get(place)?);
        let supplier = items::supplier(shop, number);
        let (daily, lead) = (daily(shop, number), f64::from(supplier.lead_time_days));
        let care = 0.4 + Dice::of(shop.options.seed, STOCK + 1, number.into()).unit();
        if ordered || f64::from(left) > 1.0 + daily * lead * care {
            return None;
        }
        self.on_order[place] = true;
        let pieces = 5 + (daily * COVER_DAYS) as u32;
        let day = seasons::day(now) + i64::from(supplier.lead_time_days);
        Some(Coming { number, pieces, at: seasons::starts(day).plus_ms(9 * At::HOUR_MS) })
    }

    /// Every item that must be ordered at the beginning.
    pub(crate) fn open(&mut self, shop: &Shop, now: At) -> Vec<Coming> {
        let empty = (0..self.left.len() as u32).filter(|&number| !self.has(number));
        let empty: Vec<u32> = empty.collect();
        empty.into_iter().filter_map(|number| self.order(shop, number, now)).collect()
    }
}
