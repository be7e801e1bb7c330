//! What is on the shelves? Each item is a function of its number.

use crate::Shop;
use crate::dice::Dice;
use crate::words::{BRANDS, COLOURS, DEPARTMENTS, LEAVES, PLACES, STYLES};
use commerce::{Attribute, Currency, Item, ItemId, Merchant, MerchantId, Money};
use std::ops::Range;

const ITEM: u64 = 1;

/// What drives the choice of an item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) style: u32,
    pub(crate) brand: u32,
    /// The logarithm of its price over the middle price of its category.
    pub(crate) dearness: f64,
    /// About normal.
    pub(crate) quality: f64,
    colour: u32,
}

/// Cuts `items` into one run of numbers for each leaf category, larger ones first come.
pub(crate) fn shelves(items: u32) -> Vec<Range<u32>> {
    let leaves = LEAVES.len() as u64;
    let edge = |leaf: u64| (u64::from(items) * leaf / leaves) as u32;
    (0..leaves).map(|leaf| edge(leaf)..edge(leaf + 1)).collect()
}

/// The leaf category that an item stands in.
pub(crate) fn leaf_of(shop: &Shop, number: u32) -> usize {
    shop.shelves.partition_point(|shelf| shelf.end <= number).min(LEAVES.len() - 1)
}

pub(crate) fn traits(shop: &Shop, number: u32) -> Traits {
    let mut dice = Dice::of(shop.options.seed, ITEM, u64::from(number));
    let brand = dice.below(BRANDS.len() as u32);
    let style = dice.below(STYLES.len() as u32);
    let colour = dice.below(COLOURS.len() as u32);
    let dearness = BRANDS[brand as usize].2.ln() + 0.35 * dice.bell();
    Traits { style, brand, dearness, quality: dice.bell(), colour }
}

/// The price in minor units, ending in .90 as prices do.
pub(crate) fn price(shop: &Shop, number: u32) -> Money {
    let yuan = LEAVES[leaf_of(shop, number)].yuan * traits(shop, number).dearness.exp();
    Money::new((yuan.max(1.0).floor() as i64) * 100 + 90, Currency::CNY)
}

/// Merchants of the shop, large and small ones.
const MERCHANTS: u32 = 200;

fn merchant_id(number: u32) -> Option<MerchantId> {
    MerchantId::new(&format!("m{number}")).ok()
}

/// Who sells here.
pub(crate) fn merchants() -> impl Iterator<Item = Merchant> {
    let (brands, places) = (BRANDS.iter().cycle(), PLACES.iter().cycle());
    let named = brands.zip(places.flat_map(|place| [place; 12])).zip(0..MERCHANTS);
    named.filter_map(|(((brand, ..), place), number)| {
        Some(Merchant {
            id: merchant_id(number)?,
            name: format!("{brand}{place}{number}店").into(),
        })
    })
}

/// The shop's id of an item.
pub(crate) fn id(number: u32) -> Option<ItemId> {
    ItemId::new(&format!("i{number}")).ok()
}

pub(crate) fn item(shop: &Shop, number: u32) -> Item {
    let leaf = &LEAVES[leaf_of(shop, number)];
    let traits = traits(shop, number);
    let mut dice = Dice::of(shop.options.seed, ITEM + 1, u64::from(number));
    let (brand_zh, brand_en, _) = BRANDS[traits.brand as usize];
    let (style_zh, style_en) = STYLES[traits.style as usize];
    let (colour_zh, colour_en) = COLOURS[traits.colour as usize];
    let (department, _) =
        DEPARTMENTS.iter().find(|(zh, _)| *zh == leaf.department).unwrap_or(&DEPARTMENTS[0]);
    let attribute = |name: &str, value: &str| Attribute { name: name.into(), value: value.into() };
    let number_text = format!("i{number}");
    let Ok(item_id) = ItemId::new(&number_text) else { unreachable!("a short printable id") };
    Item {
        id: item_id,
        title_zh: Some(format!("{brand_zh} {style_zh}{colour_zh}{} {number}", leaf.zh).into()),
        title_en: Some(format!("{brand_en} {style_en} {colour_en} {} {number}", leaf.en).into()),
        category: vec![(*department).into(), leaf.zh.into()],
        brand: Some(brand_zh.into()),
        merchant: merchant_id(dice.below(MERCHANTS)),
        price: Some(price(shop, number)),
        rebate_ppm: dice.below(12) * 10_000,
        stock: Some(if dice.chance(0.02) { 0 } else { 5 + dice.below(500) }),
        active: true,
        attributes: vec![attribute("style", style_zh), attribute("color", colour_zh)],
        image: None,
        link: None,
    }
}
