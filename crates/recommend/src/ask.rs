//! What can be asked, and what is answered?
//!
//! A [`RecommendAsk`] is kept in the decision's record ([`RecommendAsk::encode`]), so its shape is
//! durable: fields and variants are added at the end, with a new version.

use crate::error::AskError;
use crate::options::Scenario;
use commerce::{Attribute, ItemId, MerchantId, Money, Who};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Version of the durable form; the first byte of an encoded ask.
const VERSION: u8 = 1;

/// The most items an ask may name as context.
pub const CONTEXT_MAX: usize = 100;
/// The most candidates a caller may send to be ranked.
pub const CANDIDATES_MAX: usize = 1_000;
/// The most entries in any list of a filter, and the most boosts, pins or buried items.
pub const LIST_MAX: usize = 500;

/// Where the answer will be shown, and so what it is for. Kept by number: add at the end only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The home feed: whatever this customer may want now.
    Home,
    /// An item's page: what could be taken instead of it.
    Similar,
    /// An item's page: what goes with it.
    Complements,
    /// The cart: what is still missing from it.
    Cart,
    /// A visit of somebody unknown, by the items touched in it.
    Session,
    /// What this customer buys again and again and is about to need.
    BuyAgain,
    /// The caller's own candidates, put in order.
    Rank,
}

impl Surface {
    /// Every surface, in stored order.
    pub const ALL: [Self; 7] = [
        Self::Home,
        Self::Similar,
        Self::Complements,
        Self::Cart,
        Self::Session,
        Self::BuyAgain,
        Self::Rank,
    ];

    /// The kind of decision, as records name it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Home => "recommend.home",
            Self::Similar => "recommend.similar",
            Self::Complements => "recommend.complements",
            Self::Cart => "recommend.cart",
            Self::Session => "recommend.session",
            Self::BuyAgain => "recommend.buy_again",
            Self::Rank => "recommend.rank",
        }
    }

    /// Whether the ask makes no sense without items as context.
    #[must_use]
    pub const fn wants_context(self) -> bool {
        matches!(self, Self::Similar | Self::Complements | Self::Cart | Self::Session)
    }

    /// Whether things bought before are what the ask is about.
    #[must_use]
    pub const fn is_about_bought(self) -> bool {
        matches!(self, Self::BuyAgain)
    }
}

/// Which items may be answered. Empty lists and `None` allow everything; what is given must all
/// hold. Within a list, one match is enough; each attribute *name* given must match once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ItemFilter {
    /// Any element of the item's category path.
    pub categories: Vec<Box<str>>,
    /// Brands.
    pub brands: Vec<Box<str>>,
    /// Merchants.
    pub merchants: Vec<MerchantId>,
    /// Lowest price, inclusive. Items without a price or in another currency do not match.
    pub price_min: Option<Money>,
    /// Highest price, inclusive.
    pub price_max: Option<Money>,
    /// Known to be in stock: items of unknown stock do not match.
    pub in_stock: bool,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// Items that may not be answered.
    pub exclude: Vec<ItemId>,
}

impl ItemFilter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// What a boost applies to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoostOn {
    /// One item.
    Item(ItemId),
    /// Items with this anywhere in their category path.
    Category(Box<str>),
    /// Items of this brand.
    Brand(Box<str>),
    /// Items of this merchant.
    Merchant(MerchantId),
    /// Items with this attribute.
    Attribute(Attribute),
}

/// A factor on the score of some items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boost {
    /// Which items.
    pub on: BoostOn,
    /// The factor, 0.05 to 20; below 1 it is a damper.
    pub factor: f32,
}

/// An item that must stand at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedItem {
    /// Which item. It is still subject to the guards: a gone item is not shown.
    pub item: ItemId,
    /// Its place, counted from 0.
    pub at: u16,
}

/// One question to the recommender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecommendAsk {
    /// For whom.
    pub who: Who,
    /// Where it will be shown.
    pub surface: Surface,
    /// The item of the page, the lines of the cart, the visit's items (oldest first).
    #[serde(default)]
    pub context: Vec<ItemId>,
    /// What to put in order, with [`Surface::Rank`] only.
    #[serde(default)]
    pub candidates: Vec<ItemId>,
    /// How many items a page has, 1 to the `slate_max` of the options. The slate itself is ranked
    /// once, `slate_max` long (all candidates with [`Surface::Rank`]), and pages are cut from it.
    pub count: u16,
    /// Which items may be answered.
    #[serde(default)]
    pub filter: ItemFilter,
    /// Factors on scores; several on one item multiply.
    #[serde(default)]
    pub boosts: Vec<Boost>,
    /// Items that must stand at a place.
    #[serde(default)]
    pub pins: Vec<PinnedItem>,
    /// Items that come last, if at all.
    #[serde(default)]
    pub bury: Vec<ItemId>,
}

impl RecommendAsk {
    /// An ask for `count` items on `surface`, everything else open.
    #[must_use]
    pub fn new(who: Who, surface: Surface, count: u16) -> Self {
        Self {
            who,
            surface,
            context: Vec::new(),
            candidates: Vec::new(),
            count,
            filter: ItemFilter::default(),
            boosts: Vec::new(),
            pins: Vec::new(),
            bury: Vec::new(),
        }
    }

    /// The same ask with `items` as context.
    #[must_use]
    pub fn about(mut self, items: impl IntoIterator<Item = ItemId>) -> Self {
        self.context.extend(items);
        self
    }

    /// Whether it can be answered as it stands. The door checks with this before it asks; the
    /// decision itself takes any ask without a panic.
    ///
    /// # Errors
    /// [`AskError`] names the field, the value seen and the values allowed.
    pub fn check(&self, slate_max: u16) -> Result<(), AskError> {
        range("count", self.count.into(), 1, slate_max.into())?;
        // A visit that is named brings its own items.
        let has_visit = self.surface == Surface::Session && !self.who.is_nobody();
        let least = usize::from(self.surface.wants_context() && !has_visit);
        length("context", self.context.len(), least, CONTEXT_MAX)?;
        let most = if self.surface == Surface::Rank { CANDIDATES_MAX } else { 0 };
        length("candidates", self.candidates.len(), most.min(1), most)?;
        for (field, found) in [
            ("filter.categories", self.filter.categories.len()),
            ("filter.brands", self.filter.brands.len()),
            ("filter.merchants", self.filter.merchants.len()),
            ("filter.attributes", self.filter.attributes.len()),
            ("filter.exclude", self.filter.exclude.len()),
            ("boosts", self.boosts.len()),
            ("pins", self.pins.len()),
            ("bury", self.bury.len()),
        ] {
            length(field, found, 0, LIST_MAX)?;
        }
        self.check_prices()?;
        for boost in &self.boosts {
            if !(0.05..=20.0).contains(&boost.factor) {
                return Err(AskError::new("boosts.factor", boost.factor, "0.05 to 20"));
            }
        }
        for pin in &self.pins {
            range("pins.at", pin.at.into(), 0, u64::from(slate_max).saturating_sub(1))?;
        }
        let mut pinned = HashSet::new();
        if let Some(twice) = self.pins.iter().find(|pin| !pinned.insert(&pin.item)) {
            let seen = format!("{:?} twice", twice.item.as_str());
            return Err(AskError::new("pins.item_id", seen, "each item once"));
        }
        Ok(())
    }

    fn check_prices(&self) -> Result<(), AskError> {
        let (Some(low), Some(high)) = (self.filter.price_min, self.filter.price_max) else {
            return Ok(());
        };
        if low.currency != high.currency {
            let allowed = format!("the currency of price_min, {}", low.currency);
            return Err(AskError::new("filter.price_max", high, allowed));
        }
        if low.minor > high.minor {
            return Err(AskError::new("filter.price_max", high, format!("{low} or more")));
        }
        Ok(())
    }

    /// How long the slate is at most: a page of it always fits, and with [`Surface::Rank`] all
    /// candidates do.
    pub(crate) fn slate(&self, slate_max: u16) -> usize {
        let least = if self.surface == Surface::Rank { self.candidates.len() } else { 0 };
        usize::from(self.count.max(slate_max)).max(least)
    }

    /// The ask as it is kept in the record: a version byte, then postcard.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let start = vec![VERSION];
        postcard::to_extend(self, start).unwrap_or_else(|_| vec![VERSION])
    }

    /// The ask of a record.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => postcard::from_bytes(rest)
                .map_err(|why| format!("the recorded ask cannot be read: {why}")),
            Some((version, _)) => Err(format!(
                "the recorded ask has version {version}; this server reads version {VERSION}"
            )),
            None => Err("the recorded ask is empty".into()),
        }
    }
}

fn range(field: &'static str, found: u64, least: u64, most: u64) -> Result<(), AskError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(AskError::new(field, found, format!("{least} to {most}")))
}

fn length(field: &'static str, found: usize, least: usize, most: usize) -> Result<(), AskError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let allowed = match (least, most) {
        (_, 0) => "none on this surface".to_owned(),
        (least, most) => format!("{least} to {most}"),
    };
    Err(AskError::new(field, format!("{found} entries"), allowed))
}

/// What is answered. Scores, channels, parts and reasons of each item are the record's choices, in
/// the same order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecommendAnswer {
    /// Where it will be shown.
    pub surface: Surface,
    /// How the customer was treated.
    pub scenario: Scenario,
    /// Whether it was made for this customer, or for anybody.
    pub personal: bool,
    /// The whole slate, best first: page `p` of an ask for `count` is
    /// `items[p · count ..][..count]`.
    pub items: Vec<ItemId>,
}
