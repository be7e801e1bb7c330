//! What is on the shelves? Each item is a function of its number; what is asked often is kept.

use crate::Shop;
use crate::dice::Dice;
use crate::ids;
use crate::seasons::{Phase, price_factor};
use crate::words::{BRANDS, COLOURS, COMPETITORS, DEPARTMENTS, LEAVES, PLACES, STYLES, SUPPLIERS};
use commerce::{Attribute, Currency, Item, Merchant, Money};
use std::ops::Range;

const ITEM: u64 = 1;
const TRADE: u64 = 3;
const RIVAL: u64 = 4;
/// Merchants of the shop, large and small ones.
const MERCHANTS: u32 = 200;
/// How much better liked the first of a shelf is than the last: what sells well is good.
const HEAD_APPEAL: f64 = 1.6;

/// What drives the choice of an item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) leaf: u8,
    pub(crate) style: u8,
    pub(crate) brand: u8,
    pub(crate) colour: u8,
    /// The logarithm of its price over the middle price of its category.
    pub(crate) dearness: f32,
    /// About normal; the first of a shelf are a little better.
    pub(crate) quality: f32,
    /// The list price in minor units, ending in .90 as prices do.
    pub(crate) price_minor: i64,
}

/// Who an item comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// Its name.
    pub name: &'static str,
    /// Days from an order to the delivery.
    pub lead_time_days: u32,
}

/// Cuts `items` into one run of numbers for each leaf category, larger ones first come.
pub(crate) fn shelves(items: u32) -> Vec<Range<u32>> {
    let leaves = LEAVES.len() as u64;
    let edge = |leaf: u64| (u64::from(items) * leaf / leaves) as u32;
    (0..leaves).map(|leaf| edge(leaf)..edge(leaf + 1)).collect()
}

/// The traits of every item, in order of item number.
pub(crate) fn all_traits(seed: u64, shelves: &[Range<u32>]) -> Vec<Traits> {
    let of_shelf = |(leaf, shelf): (usize, &Range<u32>)| {
        let shelf = shelf.clone();
        shelf.clone().map(move |number| traits_of(seed, leaf, &shelf, number)).collect::<Vec<_>>()
    };
    shelves.iter().enumerate().flat_map(of_shelf).collect()
}

fn traits_of(seed: u64, leaf: usize, shelf: &Range<u32>, number: u32) -> Traits {
    let mut dice = Dice::of(seed, ITEM, u64::from(number));
    let brand = dice.below(BRANDS.len() as u32);
    let style = dice.below(STYLES.len() as u32);
    let colour = dice.below(COLOURS.len() as u32);
    let dearness = BRANDS[brand as usize].2.ln() + 0.35 * dice.bell();
    let depth =
        f64::from(1 + number - shelf.start).ln() / f64::from(1 + shelf.end - shelf.start).ln();
    let quality = dice.bell() + HEAD_APPEAL * (0.5 - depth);
    let yuan = LEAVES[leaf].yuan * dearness.exp();
    Traits {
        leaf: leaf as u8,
        style: style as u8,
        brand: brand as u8,
        colour: colour as u8,
        dearness: dearness as f32,
        quality: quality as f32,
        price_minor: (yuan.max(1.0).floor() as i64) * 100 + 90,
    }
}

/// What an item costs in a phase of the year.
pub(crate) fn price_in(shop: &Shop, number: u32, phase: Phase) -> Money {
    let list = shop.traits(number).price_minor;
    let factor = price_factor(shop.options.seed, number, phase);
    // Prices end in .90 in a sale, too.
    let minor = if factor < 1.0 {
        ((list as f64 * factor / 100.0).floor() as i64).max(1) * 100 - 10
    } else {
        list
    };
    Money::new(minor.max(90), Currency::CNY)
}

/// What the shop pays for one piece: 45 to 80 % of the list price.
pub(crate) fn cost(shop: &Shop, number: u32) -> Money {
    let mut dice = Dice::of(shop.options.seed, TRADE, u64::from(number));
    let share = 0.45 + 0.35 * dice.unit();
    let minor = shop.traits(number).price_minor as f64 * share;
    Money::new(minor as i64, Currency::CNY)
}

/// Whose item it is: a brand buys from one supplier per department.
pub(crate) fn supplier(shop: &Shop, number: u32) -> Supplier {
    let traits = shop.traits(number);
    let number = (u64::from(traits.brand) << 8) | department(traits.leaf) as u64;
    let mut dice = Dice::of(shop.options.seed, TRADE + 100, number);
    let name = SUPPLIERS[dice.below(SUPPLIERS.len() as u32) as usize];
    Supplier { name, lead_time_days: 2 + dice.below(13) }
}

/// What the competitors ask for the same thing on a day: around the list price, each dearer or
/// cheaper by its nature, changing once a week.
pub(crate) fn competitors(shop: &Shop, number: u32, day: i64) -> Vec<(&'static str, Money)> {
    let list = shop.traits(number).price_minor as f64;
    let asks = |(place, &name): (u64, &&'static str)| {
        let what = (u64::from(number) << 3) | place;
        let has = Dice::of(shop.options.seed, RIVAL, what).chance(0.6);
        let week = (what << 16) ^ (day.div_euclid(7) as u64);
        let mut dice = Dice::of(shop.options.seed, RIVAL + 1, week);
        let factor = 1.0 + [0.03, -0.04, 0.0][place as usize % 3] + 0.06 * dice.bell();
        let minor = (list * factor / 100.0).floor() as i64 * 100 + 90;
        has.then(|| (name, Money::new(minor.max(90), Currency::CNY)))
    };
    (0..).zip(COMPETITORS).filter_map(asks).collect()
}

/// The place of a leaf's department.
pub(crate) fn department(leaf: u8) -> usize {
    let name = LEAVES[leaf as usize].department;
    DEPARTMENTS.iter().position(|(zh, _)| *zh == name).unwrap_or(0)
}

/// Who sells here.
pub(crate) fn merchants() -> impl Iterator<Item = Merchant> {
    let (brands, places) = (BRANDS.iter().cycle(), PLACES.iter().cycle());
    let named = brands.zip(places.flat_map(|place| [place; 12])).zip(0..MERCHANTS);
    named.filter_map(|(((brand, ..), place), number)| {
        Some(Merchant {
            id: ids::merchant(number)?,
            name: format!("{brand}{place}{number}店").into(),
        })
    })
}

pub(crate) fn item(shop: &Shop, number: u32) -> Item {
    let traits = shop.traits(number);
    let leaf = &LEAVES[traits.leaf as usize];
    let mut dice = Dice::of(shop.options.seed, ITEM + 1, u64::from(number));
    let (brand_zh, brand_en, _) = BRANDS[traits.brand as usize];
    let (style_zh, style_en) = STYLES[traits.style as usize];
    let (colour_zh, colour_en) = COLOURS[traits.colour as usize];
    let (department, _) = DEPARTMENTS[department(traits.leaf)];
    let attribute = |name: &str, value: &str| Attribute { name: name.into(), value: value.into() };
    let Some(id) = ids::item(number) else { unreachable!("a short printable id") };
    let merchant = ids::merchant(dice.below(MERCHANTS));
    let rebate_ppm = dice.below(12) * 10_000;
    Item {
        id,
        title_zh: Some(format!("{brand_zh} {style_zh}{colour_zh}{} {number}", leaf.zh).into()),
        title_en: Some(format!("{brand_en} {style_en} {colour_en} {} {number}", leaf.en).into()),
        category: vec![department.into(), leaf.zh.into()],
        brand: Some(brand_zh.into()),
        merchant,
        price: Some(Money::new(traits.price_minor, Currency::CNY)),
        rebate_ppm,
        stock: Some(crate::stock::at_first(shop, number)),
        active: true,
        attributes: vec![attribute("style", style_zh), attribute("color", colour_zh)],
        image: None,
        link: None,
    }
}
