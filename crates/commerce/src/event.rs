//! What did a customer do? Behaviour in the GA4 e-commerce vocabulary, plus ours.
//!
//! A shop's engineer already sends the GA4 names; what GA4 has no word for is named in the same
//! way. The order of [`EventKind`]'s variants is part of the stored format: add at the end only.

use crate::{CustomerId, DecisionId, DeviceId, ItemId, Money, OrderId, SessionId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[repr(u8)]
pub enum EventKind {
    /// An item's page was seen; `dwell_ms` says for how long.
    ViewItem,
    /// Items were shown in a list (an impression each), usually those of a decision.
    ViewItemList,
    /// An item of a list was touched.
    SelectItem,
    /// Items went into the cart.
    AddToCart,
    /// Items left the cart.
    RemoveFromCart,
    /// Items were put on a wish list.
    AddToWishlist,
    /// Checkout began.
    BeginCheckout,
    /// Items were paid for.
    Purchase,
    /// Items were given back.
    Refund,
    /// Something was searched for.
    Search,
    /// An item was shared.
    Share,
    /// A known customer signed in.
    Login,
    /// A new customer signed up.
    SignUp,
    /// "Do not show me this": an explicit no.
    DismissItem,
    /// Moved past quickly: an implicit no.
    SkipItem,
    /// An item was rated, 0 to 5.
    RateItem,
    /// A coupon was redeemed.
    UseCoupon,
}

impl EventKind {
    /// Every kind, in stored order.
    pub const ALL: [Self; 17] = [
        Self::ViewItem,
        Self::ViewItemList,
        Self::SelectItem,
        Self::AddToCart,
        Self::RemoveFromCart,
        Self::AddToWishlist,
        Self::BeginCheckout,
        Self::Purchase,
        Self::Refund,
        Self::Search,
        Self::Share,
        Self::Login,
        Self::SignUp,
        Self::DismissItem,
        Self::SkipItem,
        Self::RateItem,
        Self::UseCoupon,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ViewItem => "view_item",
            Self::ViewItemList => "view_item_list",
            Self::SelectItem => "select_item",
            Self::AddToCart => "add_to_cart",
            Self::RemoveFromCart => "remove_from_cart",
            Self::AddToWishlist => "add_to_wishlist",
            Self::BeginCheckout => "begin_checkout",
            Self::Purchase => "purchase",
            Self::Refund => "refund",
            Self::Search => "search",
            Self::Share => "share",
            Self::Login => "login",
            Self::SignUp => "sign_up",
            Self::DismissItem => "dismiss_item",
            Self::SkipItem => "skip_item",
            Self::RateItem => "rate_item",
            Self::UseCoupon => "use_coupon",
        }
    }

    /// The kind with this wire name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the event makes no sense without at least one item.
    #[must_use]
    pub const fn wants_items(self) -> bool {
        !matches!(
            self,
            Self::Search
                | Self::Login
                | Self::SignUp
                | Self::Share
                | Self::BeginCheckout
                | Self::UseCoupon
        )
    }

    /// Whether the event tells that the customer likes the item (a view is the weakest such sign).
    #[must_use]
    pub const fn is_interest(self) -> bool {
        matches!(
            self,
            Self::ViewItem
                | Self::SelectItem
                | Self::AddToCart
                | Self::AddToWishlist
                | Self::BeginCheckout
                | Self::Purchase
                | Self::Share
                | Self::RateItem
        )
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who did it, as far as it is known: at least one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Who {
    /// The signed-in customer.
    pub customer: Option<CustomerId>,
    /// The browser or phone.
    pub device: Option<DeviceId>,
    /// The visit.
    pub session: Option<SessionId>,
}

impl Who {
    /// Somebody with a customer id and nothing else.
    #[must_use]
    pub fn customer(id: CustomerId) -> Self {
        Self { customer: Some(id), ..Self::default() }
    }

    /// Whether nothing at all is known.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.customer.is_none() && self.device.is_none() && self.session.is_none()
    }
}

/// One item of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which item.
    pub item: ItemId,
    /// How many; 1 unless said.
    pub quantity: u32,
    /// Price of one, as shown or paid.
    pub price: Option<Money>,
}

impl Line {
    /// One piece of `item`, price unknown.
    #[must_use]
    pub fn one(item: ItemId) -> Self {
        Self { item, quantity: 1, price: None }
    }
}

/// Where and how it happened. All optional, all short texts in the shop's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Context {
    /// Country, province or city.
    pub place: Option<Box<str>>,
    /// `web`, `app`, `mini_program`, `store`, …
    pub channel: Option<Box<str>>,
    /// Where the visit came from: `search`, `ad`, a host name.
    pub referrer: Option<Box<str>>,
    /// `phone`, `desktop`, `tablet`.
    pub device_class: Option<Box<str>>,
}

/// Something that a customer did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Who.
    pub who: Who,
    /// The items it was about, in the order shown, added or bought.
    pub lines: Vec<Line>,
    /// Where and how.
    pub context: Context,
    /// How long the item was looked at, in milliseconds.
    pub dwell_ms: Option<u32>,
    /// 0 to 5, with [`EventKind::RateItem`].
    pub rating: Option<f32>,
    /// The words searched for.
    pub query: Option<Box<str>>,
    /// The purchase or refund's order.
    pub order: Option<OrderId>,
    /// The order's total after discounts.
    pub value: Option<Money>,
    /// The coupon used.
    pub coupon: Option<Box<str>>,
    /// The decision that this is an outcome of.
    pub decision: Option<DecisionId>,
}

impl Event {
    /// An event of `kind` by `who`, everything else empty.
    #[must_use]
    pub fn new(kind: EventKind, who: Who) -> Self {
        Self {
            kind,
            who,
            lines: Vec::new(),
            context: Context::default(),
            dwell_ms: None,
            rating: None,
            query: None,
            order: None,
            value: None,
            coupon: None,
            decision: None,
        }
    }

    /// The same event about one piece of `item` more.
    #[must_use]
    pub fn with_item(mut self, item: ItemId) -> Self {
        self.lines.push(Line::one(item));
        self
    }
}
