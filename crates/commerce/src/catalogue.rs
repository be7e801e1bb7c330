//! What does the shop have, and who are its customers and merchants? As the shop describes them.
//!
//! Each is sent whole (an upsert replaces what was known), so that the latest fact is the truth.

use crate::{CustomerId, ItemId, MerchantId, Money};
use serde::{Deserialize, Serialize};

/// A named property of an item: (`color`, `red`), (`brand`, `Haier`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attribute {
    /// What the property is called.
    pub name: Box<str>,
    /// Its value as text.
    pub value: Box<str>,
}

/// Something that is sold, as the shop describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The shop's id.
    pub id: ItemId,
    /// Chinese title.
    pub title_zh: Option<Box<str>>,
    /// English title.
    pub title_en: Option<Box<str>>,
    /// Category path from broad to narrow: `["Home", "Kitchen", "Kettles"]`.
    pub category: Vec<Box<str>>,
    /// The maker's name.
    pub brand: Option<Box<str>>,
    /// Who sells it.
    pub merchant: Option<MerchantId>,
    /// What it costs now.
    pub price: Option<Money>,
    /// The part of the price given back, in parts per million (50,000 = 5 %).
    pub rebate_ppm: u32,
    /// Pieces in stock; unknown counts as available.
    pub stock: Option<u32>,
    /// Whether it may be shown at all.
    pub active: bool,
    /// Everything else worth matching on.
    pub attributes: Vec<Attribute>,
    /// Where its picture is.
    pub image: Option<Box<str>>,
    /// Where its page is.
    pub link: Option<Box<str>>,
}

impl Item {
    /// An active item of which nothing but the id is known.
    #[must_use]
    pub fn bare(id: ItemId) -> Self {
        Self {
            id,
            title_zh: None,
            title_en: None,
            category: Vec::new(),
            brand: None,
            merchant: None,
            price: None,
            rebate_ppm: 0,
            stock: None,
            active: true,
            attributes: Vec::new(),
            image: None,
            link: None,
        }
    }

    /// The title in the language asked for, or the other one, or the id.
    #[must_use]
    pub fn title(&self, chinese: bool) -> &str {
        let (first, second) = if chinese {
            (&self.title_zh, &self.title_en)
        } else {
            (&self.title_en, &self.title_zh)
        };
        first.as_deref().or(second.as_deref()).unwrap_or(self.id.as_str())
    }
}

/// Someone who buys, as the shop describes them. What they did is learned from events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The shop's id.
    pub id: CustomerId,
    /// Categories declared at sign-up.
    pub interests: Vec<Box<str>>,
    /// Country, province or city.
    pub place: Option<Box<str>>,
    /// Everything else the shop wants remembered: age band, level, …
    pub attributes: Vec<Attribute>,
}

/// Someone who sells on the marketplace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// The shop's id.
    pub id: MerchantId,
    /// Name as shown to customers.
    pub name: Box<str>,
}
