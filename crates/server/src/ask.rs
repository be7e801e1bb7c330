//! What is asked of the recommender, in the words of the domain.

use commerce::{Attribute, ItemId, MerchantId, Money, Who};

/// Where the answer will be shown, and so what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The home feed.
    Home,
    /// An item's page: what could be taken instead of it.
    Similar,
    /// An item's page: what goes with it.
    Complements,
    /// The cart: what is still missing from it.
    Cart,
    /// A visit of somebody unknown.
    Session,
    /// What this customer buys again and again.
    BuyAgain,
    /// The caller's own candidates, put in order.
    Rank,
}

impl Surface {
    /// Every surface.
    pub const ALL: [Self; 7] = [
        Self::Home,
        Self::Similar,
        Self::Complements,
        Self::Cart,
        Self::Session,
        Self::BuyAgain,
        Self::Rank,
    ];

    /// The last part of its URL.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Similar => "similar",
            Self::Complements => "complements",
            Self::Cart => "cart",
            Self::Session => "session",
            Self::BuyAgain => "buy-again",
            Self::Rank => "rank",
        }
    }

    /// The surface with this URL segment.
    #[must_use]
    pub fn named(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surface| surface.segment() == segment)
    }
}

/// Which items may be answered; what is given must all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Any element of the item's category path.
    pub categories: Vec<Box<str>>,
    /// Brands.
    pub brands: Vec<Box<str>>,
    /// Merchants.
    pub merchants: Vec<MerchantId>,
    /// Lowest price, inclusive.
    pub price_min: Option<Money>,
    /// Highest price, inclusive.
    pub price_max: Option<Money>,
    /// Known to be in stock.
    pub in_stock: bool,
    /// Attributes; each name given must match once.
    pub attributes: Vec<Attribute>,
    /// Items that may not be answered.
    pub exclude: Vec<ItemId>,
}

/// What a boost applies to.
#[derive(Clone, Debug, PartialEq)]
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

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// For whom.
    pub who: Who,
    /// Where it will be shown.
    pub surface: Surface,
    /// The page's item, the cart's lines, the visit's items, or with `Rank` the candidates.
    pub items: Vec<ItemId>,
    /// Items on a page.
    pub count: u16,
    /// Which items may be answered.
    pub filter: Filter,
    /// Factors on scores.
    pub boosts: Vec<(BoostOn, f32)>,
    /// Items that must stand at a place, counted from 0.
    pub pins: Vec<(ItemId, u16)>,
    /// Items that come last, if at all.
    pub bury: Vec<ItemId>,
}
