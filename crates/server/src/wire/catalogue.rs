//! Items, merchants and stock, as a sender tells them.

use super::fields::{Fields, TEXT_MAX, WORD_MAX};
use commerce::{Attribute, Currency, Item, ItemId, Merchant, MerchantId, StockMove};

/// Most categories in a path, most attribute values of one thing.
const CATEGORIES_MAX: usize = 10;
pub(crate) const ATTRIBUTES_MAX: usize = 100;

/// Reads one item; `id` when the path of the request named it.
pub(crate) fn read_item(
    fields: &Fields<'_>,
    id: Option<&ItemId>,
    shop_currency: Currency,
) -> Option<Item> {
    let sent = match id {
        None => fields.id_needed("item_id", ItemId::new),
        Some(id) => match fields.id("item_id", ItemId::new) {
            Some(sent) if sent != *id => {
                fields.wrong("item_id", format!("{id}, the id in the path, or nothing"));
                None
            }
            _ => Some(id.clone()),
        },
    };
    let currency = fields.currency("currency").unwrap_or(shop_currency);
    let item = Item {
        title_zh: fields.boxed("title_zh", TEXT_MAX),
        title_en: fields.boxed("title_en", TEXT_MAX),
        category: fields.words("category", CATEGORIES_MAX),
        brand: fields.boxed("brand", WORD_MAX),
        merchant: fields.id("merchant_id", MerchantId::new),
        price: fields.money("price", currency),
        rebate_ppm: fields.number("rebate", 0.0, 1.0).map_or(0, |part| (part * 1e6).round() as u32),
        stock: fields.whole_u32("stock", 0, u32::MAX),
        active: fields.flag("active").unwrap_or(true),
        attributes: read_attributes(fields),
        image: fields.boxed("image", 2 * TEXT_MAX),
        link: fields.boxed("link", 2 * TEXT_MAX),
        ..Item::bare(sent?)
    };
    Some(item)
}

/// Reads `attributes`.
pub(crate) fn read_attributes(fields: &Fields<'_>) -> Vec<Attribute> {
    attributes(fields, "attributes", ATTRIBUTES_MAX)
}

pub(crate) fn attributes(fields: &Fields<'_>, name: &'static str, most: usize) -> Vec<Attribute> {
    let pairs = fields.pairs(name, most).into_iter();
    pairs.map(|(name, value)| Attribute { name: name.into(), value: value.into() }).collect()
}

/// Reads one merchant.
pub(crate) fn read_merchant(fields: &Fields<'_>) -> Option<Merchant> {
    let id = fields.id_needed("merchant_id", MerchantId::new);
    let name = fields.boxed("name", WORD_MAX);
    if !fields.has("name") {
        fields.wrong("name", "the name as customers see it");
    }
    Some(Merchant { id: id?, name: name? })
}

/// Reads one change of stock.
pub(crate) fn read_stock(fields: &Fields<'_>) -> Option<StockMove> {
    let item = fields.id_needed("item_id", ItemId::new);
    let left = fields.whole_u32("left", 0, u32::MAX);
    let change = fields.change("change");
    match (fields.has("left"), fields.has("change")) {
        (true, false) => Some(StockMove::Counted { item: item?, left: left? }),
        (false, true) => Some(StockMove::Moved { item: item?, change: change? }),
        _ => {
            fields.wrong("left", "either left or change, not both");
            None
        }
    }
}
