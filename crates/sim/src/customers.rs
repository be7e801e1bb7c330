//! Who comes? Each customer is a function of their number.

use crate::Shop;
use crate::dice::Dice;
use crate::items::{Traits, traits};
use crate::words::{LEAVES, PLACES, STYLES};

const CUSTOMER: u64 = 11;
const FAITH: u64 = 12;

/// What a customer is like.
#[derive(Clone, Debug)]
pub(crate) struct Taste {
    /// Favourite leaf categories, dearest first.
    pub(crate) leaves: [u32; 4],
    /// How much a dearer item is liked less; 0 to 2.
    pub(crate) price_feeling: f64,
    pub(crate) place: &'static str,
    pub(crate) phone: bool,
}

pub(crate) fn taste(shop: &Shop, customer: u32) -> Taste {
    let mut dice = Dice::of(shop.options.seed, CUSTOMER, u64::from(customer));
    let all = LEAVES.len() as u32;
    Taste {
        leaves: std::array::from_fn(|_| dice.below(all)),
        price_feeling: dice.unit() * 2.0,
        place: PLACES[dice.rank(PLACES.len() as u32) as usize],
        phone: dice.chance(0.75),
    }
}

/// The style that a customer is faithful to in a category.
pub(crate) fn style(shop: &Shop, customer: u32, leaf: u32) -> u32 {
    let both = (u64::from(customer) << 16) | u64::from(leaf);
    Dice::of(shop.options.seed, FAITH, both).below(STYLES.len() as u32)
}

/// How much a customer likes an item of a category: higher is better, 0 is middling.
pub(crate) fn liking(shop: &Shop, customer: u32, taste: &Taste, leaf: u32, item: u32) -> f64 {
    let Traits { style: is, dearness, quality, .. } = traits(shop, item);
    let fits = if is == style(shop, customer, leaf) { 1.5 } else { -0.5 };
    let favourite = if taste.leaves.contains(&leaf) { 0.7 } else { -0.3 };
    fits + favourite + 0.5 * quality - taste.price_feeling * dearness
}
