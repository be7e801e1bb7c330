//! What has happened to an item? Totals, decayed counters, last price, ratings.

use crate::decay::Decayed;
use crate::options::{FeatureOptions, Weights};
use commerce::{EventKind, Money};

/// What is counted about an item with decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Signal {
    /// It was shown in a list.
    Shown,
    /// Its page was seen.
    View,
    /// It was touched in a list.
    Select,
    /// It went into a cart.
    Cart,
    /// It went onto a wish list.
    Wish,
    /// It was bought.
    Purchase,
    /// Somebody did not want to see it.
    Dismiss,
}

/// How many signals there are.
pub(crate) const SIGNALS: usize = 7;

impl Signal {
    /// Every signal, in stored order.
    pub const ALL: [Self; SIGNALS] = [
        Self::Shown,
        Self::View,
        Self::Select,
        Self::Cart,
        Self::Wish,
        Self::Purchase,
        Self::Dismiss,
    ];

    /// The signal that an event of `kind` gives.
    #[must_use]
    pub fn of(kind: EventKind) -> Option<Self> {
        Some(match kind {
            EventKind::ViewItemList => Self::Shown,
            EventKind::ViewItem => Self::View,
            EventKind::SelectItem => Self::Select,
            EventKind::AddToCart => Self::Cart,
            EventKind::AddToWishlist => Self::Wish,
            EventKind::Purchase => Self::Purchase,
            EventKind::DismissItem => Self::Dismiss,
            _ => return None,
        })
    }
}

/// Which half-life: [`FeatureOptions::half_life_hours`] in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Span {
    /// Half a day unless configured: what moves now.
    Short,
    /// A week: what sells.
    Middle,
    /// A month: what lasts.
    Long,
}

impl Span {
    /// Every span, shortest first.
    pub const ALL: [Self; 3] = [Self::Short, Self::Middle, Self::Long];
}

/// What has happened to one item, as far as the snapshot goes. Decayed values need a now: ask
/// [`crate::Items`] for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemStats {
    /// Unix second of the earliest event or catalogue fact about it; 0 before any.
    pub first_s: u32,
    /// Unix second of the latest event about it; 0 before any.
    pub last_s: u32,
    /// The price in the latest event that carried one.
    pub last_price: Option<Money>,
    pub(crate) last_price_s: u32,
    pub(crate) ratings: u32,
    pub(crate) ratings_sum: f64,
    pub(crate) totals: [u32; SIGNALS],
    pub(crate) decayed: [Decayed<SIGNALS>; 3],
    /// Ranks by short and middle popularity, as the leader lists hold them.
    pub(crate) ranks: [u64; 2],
}

impl ItemStats {
    /// How often `signal` was given since the log began.
    #[must_use]
    pub fn total(&self, signal: Signal) -> u32 {
        self.totals[signal as usize]
    }

    /// Number of ratings and their mean, 0 to 5.
    #[must_use]
    pub fn rating(&self) -> Option<(u32, f32)> {
        let mean = self.ratings_sum / f64::from(self.ratings);
        (self.ratings > 0).then_some((self.ratings, mean as f32))
    }

    pub(crate) fn mention(&mut self, at_s: u32) {
        if self.first_s == 0 || at_s < self.first_s {
            self.first_s = at_s;
        }
    }

    pub(crate) fn add(&mut self, kind: EventKind, at_s: u32, options: &FeatureOptions) {
        self.mention(at_s);
        self.last_s = self.last_s.max(at_s);
        let Some(signal) = Signal::of(kind) else { return };
        self.totals[signal as usize] = self.totals[signal as usize].saturating_add(1);
        for (decayed, span) in self.decayed.iter_mut().zip(Span::ALL) {
            decayed.add(signal as usize, 1.0, at_s, options.half_life_s(span));
        }
    }

    pub(crate) fn rate(&mut self, rating: f32) {
        self.ratings = self.ratings.saturating_add(1);
        self.ratings_sum += f64::from(rating);
    }

    pub(crate) fn price(&mut self, price: Money, at_s: u32) {
        if at_s >= self.last_price_s {
            self.last_price = Some(price);
            self.last_price_s = at_s;
        }
    }
}

/// What popularity weighs each signal with.
pub(crate) fn popularity_weights(weights: &Weights) -> [f64; SIGNALS] {
    Signal::ALL.map(|signal| {
        f64::from(match signal {
            Signal::Shown | Signal::Dismiss => 0.0,
            Signal::View => weights.view_item,
            Signal::Select => weights.select_item,
            Signal::Cart => weights.add_to_cart,
            Signal::Wish => weights.add_to_wishlist,
            Signal::Purchase => weights.purchase,
        })
    })
}
