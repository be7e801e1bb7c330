//! Who comes? Each customer is a function of their number.

use crate::dice::Dice;
use crate::items::Traits;
use crate::seasons::{Phase, price_factor};
use crate::words::{AGE_BANDS, BRANDS, COLOURS, LEAVES, PLACES, STYLES};
use crate::{Shop, ids};
use commerce::{Attribute, Customer, Purpose, Who};

const CUSTOMER: u64 = 11;
const FAITH: u64 = 12;
const PERSON: u64 = 13;
const CONSENT: u64 = 14;
/// How often a customer's style in a category is the one they like everywhere.
const OWN_STYLE: f64 = 0.8;
/// Who says no to lists made from what they did, and to being learned from.
const DECLINES_PERSONAL: f64 = 0.08;
const DECLINES_TRAINING: f64 = 0.05;
/// Who says yes to messages, and to one profile over all devices.
const WANTS_MARKETING: f64 = 0.4;
const WANTS_MERGE: f64 = 0.6;

/// What a customer is like.
#[derive(Clone, Debug)]
pub(crate) struct Taste {
    /// Favourite leaf categories, dearest first.
    pub(crate) leaves: [u32; 4],
    /// How much a dearer item is liked less; 0 to 2.
    pub(crate) price_feeling: f64,
    pub(crate) place: &'static str,
    pub(crate) phone: bool,
    style: u8,
    brand: u8,
    colour: u8,
}

pub(crate) fn taste(shop: &Shop, customer: u32) -> Taste {
    let mut dice = Dice::of(shop.options.seed, CUSTOMER, u64::from(customer));
    let all = LEAVES.len() as u32;
    Taste {
        leaves: std::array::from_fn(|_| dice.below(all)),
        price_feeling: dice.unit() * 2.0,
        place: PLACES[dice.rank(PLACES.len() as u32) as usize],
        phone: dice.chance(0.75),
        style: dice.below(STYLES.len() as u32) as u8,
        brand: dice.below(BRANDS.len() as u32) as u8,
        colour: dice.below(COLOURS.len() as u32) as u8,
    }
}

/// The style that a customer is faithful to in a category: their own, but in a few categories.
fn style(shop: &Shop, customer: u32, taste: &Taste, leaf: u32) -> u32 {
    let both = (u64::from(customer) << 16) | u64::from(leaf);
    let mut dice = Dice::of(shop.options.seed, FAITH, both);
    if dice.chance(OWN_STYLE) { taste.style.into() } else { dice.below(STYLES.len() as u32) }
}

/// How much a customer likes an item at the price of a phase: higher is better, 0 is middling.
pub(crate) fn liking(shop: &Shop, customer: u32, taste: &Taste, number: u32, phase: Phase) -> f64 {
    let Traits { leaf, style: is, brand, colour, dearness, quality, .. } = *shop.traits(number);
    let leaf = u32::from(leaf);
    let fits = if u32::from(is) == style(shop, customer, taste, leaf) { 1.9 } else { -0.8 };
    let favourite = if taste.leaves.contains(&leaf) { 0.7 } else { -0.5 };
    let fond = if brand == taste.brand { 0.5 } else { 0.0 };
    let bright = if colour == taste.colour { 0.2 } else { 0.0 };
    let factor = price_factor(shop.options.seed, number, phase);
    let dear = f64::from(dearness) + if factor < 1.0 { factor.ln() } else { 0.0 };
    fits + favourite + fond + bright + 0.5 * f64::from(quality) - taste.price_feeling * dear
}

/// How likely something liked this much is to be taken up once it is looked at.
pub(crate) fn pull(liked: f64) -> f64 {
    1.0 / (1.0 + (1.8 - liked).exp())
}

/// How readily a thing of a category is paid for once it lies in the cart: what costs a month's
/// rent is thought over.
pub(crate) fn ease(leaf: u8) -> f64 {
    (300.0 / LEAVES[leaf as usize].yuan).min(1.0).powf(0.7)
}

/// Whether a customer has a second device.
pub(crate) fn has_second_device(shop: &Shop, customer: u32) -> bool {
    Dice::of(shop.options.seed, PERSON + 100, customer.into()).chance(0.3)
}

/// Whether a customer signs up within the shop's past; the others have long been known.
pub(crate) fn is_new(shop: &Shop, customer: u32) -> bool {
    Dice::of(shop.options.seed, PERSON + 200, customer.into()).chance(0.35)
}

/// Everything the shop knows of a customer from the sign-up. Most name two of their favourites.
pub(crate) fn described(shop: &Shop, customer: u32, taste: &Taste) -> Option<Customer> {
    let mut dice = Dice::of(shop.options.seed, PERSON, customer.into());
    let names = taste.leaves.map(|leaf| LEAVES[leaf as usize].zh);
    let told = if dice.chance(0.7) { 2 } else { 0 };
    let attribute = |name: &str, value: &str| Attribute { name: name.into(), value: value.into() };
    let age = AGE_BANDS[dice.below(AGE_BANDS.len() as u32) as usize];
    let mut attributes = vec![attribute("age_band", age)];
    if customer > 0 && dice.chance(0.15) {
        let friend = ids::customer(dice.below(customer))?;
        attributes.push(attribute("referred_by", friend.as_str()));
    }
    Some(Customer {
        id: ids::customer(customer)?,
        interests: names[..told].iter().map(|&name| name.into()).collect(),
        place: Some(taste.place.into()),
        attributes,
    })
}

/// What a customer says to each purpose, where they say anything.
pub(crate) fn consents(shop: &Shop, customer: u32) -> impl Iterator<Item = (Purpose, bool)> {
    let mut dice = Dice::of(shop.options.seed, CONSENT, customer.into());
    let said = [
        (Purpose::Personalisation, dice.chance(DECLINES_PERSONAL).then_some(false)),
        (Purpose::Training, dice.chance(DECLINES_TRAINING).then_some(false)),
        (Purpose::Marketing, Some(dice.chance(WANTS_MARKETING))),
        (Purpose::IdentityMerge, Some(dice.chance(WANTS_MERGE))),
    ];
    said.into_iter().filter_map(|(purpose, granted)| Some((purpose, granted?)))
}

/// A customer on one of their devices.
pub(crate) fn who(customer: u32, second: bool, signed_in: bool) -> Who {
    Who {
        customer: signed_in.then(|| ids::customer(customer)).flatten(),
        device: ids::device(customer, second),
        session: None,
    }
}
