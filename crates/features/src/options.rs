//! By which numbers do we fold? The `[features]` section.
//!
//! The state depends on these, so a snapshot carries them; changing one means folding the log
//! again.

use crate::touch::Touch;
use commerce::EventKind;
use serde::{Deserialize, Serialize};

/// How much interest each kind of event shows, in views. Range 0 to 100.
///
/// Reason for the defaults: a funnel in which about one view in four leads to a cart and one in
/// six to a purchase; what is rarer tells more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Default 1: the unit.
    pub view_item: f32,
    /// Default 1.
    pub select_item: f32,
    /// Default 3.
    pub add_to_wishlist: f32,
    /// Default 4.
    pub add_to_cart: f32,
    /// Default 4: what a cart that comes this far adds to nothing new.
    pub begin_checkout: f32,
    /// Default 6.
    pub purchase: f32,
    /// Default 3.
    pub share: f32,
    /// Default 1 for each point of the rating above 2.5 (5 stars count 2.5), against it below.
    pub rate_item: f32,
    /// Counted against the item; default 2.
    pub remove_from_cart: f32,
    /// Counted against the item; default 4.
    pub refund: f32,
    /// Counted against the item; default 5.
    pub dismiss_item: f32,
    /// Counted against the item; default 0.5.
    pub skip_item: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            view_item: 1.0,
            select_item: 1.0,
            add_to_wishlist: 3.0,
            add_to_cart: 4.0,
            begin_checkout: 4.0,
            purchase: 6.0,
            share: 3.0,
            rate_item: 1.0,
            remove_from_cart: 2.0,
            refund: 4.0,
            dismiss_item: 5.0,
            skip_item: 0.5,
        }
    }
}

impl Weights {
    /// The weight of one event of `kind`: positive for interest, negative for its opposite, 0 for
    /// what says neither. Ratings count per point above 2.5: see [`Weights::of_touch`].
    #[must_use]
    pub fn of(&self, kind: EventKind) -> f32 {
        match kind {
            EventKind::ViewItem => self.view_item,
            EventKind::SelectItem => self.select_item,
            EventKind::AddToWishlist => self.add_to_wishlist,
            EventKind::AddToCart => self.add_to_cart,
            EventKind::BeginCheckout => self.begin_checkout,
            EventKind::Purchase => self.purchase,
            EventKind::Share => self.share,
            EventKind::RateItem => self.rate_item,
            EventKind::RemoveFromCart => -self.remove_from_cart,
            EventKind::Refund => -self.refund,
            EventKind::DismissItem => -self.dismiss_item,
            EventKind::SkipItem => -self.skip_item,
            _ => 0.0,
        }
    }

    /// Each weight and the path of its option.
    fn named(&self) -> [(&'static str, f32); 12] {
        [
            ("weights.view_item", self.view_item),
            ("weights.select_item", self.select_item),
            ("weights.add_to_wishlist", self.add_to_wishlist),
            ("weights.add_to_cart", self.add_to_cart),
            ("weights.begin_checkout", self.begin_checkout),
            ("weights.purchase", self.purchase),
            ("weights.share", self.share),
            ("weights.rate_item", self.rate_item),
            ("weights.remove_from_cart", self.remove_from_cart),
            ("weights.refund", self.refund),
            ("weights.dismiss_item", self.dismiss_item),
            ("weights.skip_item", self.skip_item),
        ]
    }

    /// The weight of one touch, by its kind and, where it has one, its rating.
    #[must_use]
    pub fn of_touch(&self, touch: &Touch) -> f32 {
        let points = match touch.kind {
            EventKind::RateItem => touch.rating().map_or(0.0, |rating| rating - 2.5),
            _ => 1.0,
        };
        self.of(touch.kind) * points
    }
}

/// The `[features]` section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureOptions {
    /// How much interest each kind of event shows.
    pub weights: Weights,
    /// Touches kept per party, 8 to 65,536; default 512 (8 KB). Beyond it the oldest eighth is
    /// forgotten and only its totals by kind remain; windows that reach into it are lower bounds.
    pub touches_kept: u32,
    /// Impressions kept per party, 8 to 65,536; default 64 (512 B): a few pages of lists, enough
    /// for fatigue. More costs memory in proportion to the lists shown.
    pub shown_kept: u32,
    /// Seconds kept per item and kind, 256 to 2^31; default 16,384 (64 KB at most). Beyond it the
    /// oldest 128 are forgotten, and windows that reach into them are lower bounds.
    pub times_kept: u32,
    /// Half-lives of the item counters in hours, each 0.1 to 87,600, rising; default 12, 168 and
    /// 720: half a day tells what moves now, a week what sells, a month what lasts.
    pub half_life_hours: [f64; 3],
    /// Quiet minutes after which a visit is over, 1 to 1,440; default 30, the convention of web
    /// analytics. Short splits visits, long merges them.
    pub session_gap_minutes: u32,
    /// How many different items, touched just before by the same party, a touched item is paired
    /// with, 0 to 32; default 6. The cost of a fold grows with it; 0 turns companions off.
    pub companions_back: u32,
    /// Companions kept per item, 4 to 255; default 32 (12 B each).
    pub companions_kept: u32,
    /// Half-life of companionship in days, 0.1 to 3,650; default 30.
    pub companion_half_life_days: f64,
    /// Lines of a purchase that are paired with each other, 0 to 64; default 16; the cost is its
    /// square.
    pub basket_lines: u32,
    /// Items on each of the leader lists, 16 to 65,536; default 1,024.
    pub leaders_kept: u32,
    /// Minutes to add to UTC for hours of day and weekdays, −840 to 840; default 480 (China).
    pub utc_offset_minutes: i32,
    /// Different contexts (place × channel × referrer × device class) kept apart, 256 to 2^24;
    /// default 65,536. Beyond it the referrer is dropped, then the place, then all.
    pub contexts_kept: u32,
    /// Hours without a touch after which a visit of somebody unknown (no customer, no device) is
    /// forgotten, 1 to 87,600; default 720: models learn from a month of such visits. Few teach
    /// them less; each visit kept takes about 200 bytes. Customers and devices are never forgotten.
    pub visit_kept_hours: u32,
    /// Whether the behaviour of somebody who said nothing about training may train models of all;
    /// default true. Whoever said no is always left out.
    pub training_by_default: bool,
}

impl Default for FeatureOptions {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            touches_kept: 512,
            shown_kept: 64,
            times_kept: 16_384,
            half_life_hours: [12.0, 168.0, 720.0],
            session_gap_minutes: 30,
            companions_back: 6,
            companions_kept: 32,
            companion_half_life_days: 30.0,
            basket_lines: 16,
            leaders_kept: 1_024,
            utc_offset_minutes: 480,
            contexts_kept: 65_536,
            visit_kept_hours: 720,
            training_by_default: true,
        }
    }
}

/// An option outside its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("features.{option} is {found}; allowed is {allowed}")]
pub struct OptionsError {
    /// Which option.
    pub option: &'static str,
    /// What it was.
    pub found: f64,
    /// What it may be.
    pub allowed: &'static str,
}

impl FeatureOptions {
    /// Passes options that are all within their ranges.
    ///
    /// # Errors
    /// [`OptionsError`] names the first one that is not.
    pub fn checked(self) -> Result<Self, OptionsError> {
        let within = |option, found: f64, low: f64, high: f64, allowed| {
            if found >= low && found <= high {
                Ok(())
            } else {
                Err(OptionsError { option, found, allowed })
            }
        };
        for (option, weight) in self.weights.named() {
            within(option, weight.into(), 0.0, 100.0, "0 to 100")?;
        }
        within("touches_kept", self.touches_kept.into(), 8.0, 65_536.0, "8 to 65536")?;
        within("shown_kept", self.shown_kept.into(), 8.0, 65_536.0, "8 to 65536")?;
        within("times_kept", self.times_kept.into(), 256.0, 2f64.powi(31), "256 to 2^31")?;
        let mut least = 0.1;
        for hours in self.half_life_hours {
            within("half_life_hours", hours, least, 87_600.0, "0.1 to 87600, rising")?;
            least = hours;
        }
        within("session_gap_minutes", self.session_gap_minutes.into(), 1.0, 1_440.0, "1 to 1440")?;
        within("companions_back", self.companions_back.into(), 0.0, 32.0, "0 to 32")?;
        within("companions_kept", self.companions_kept.into(), 4.0, 255.0, "4 to 255")?;
        let days = self.companion_half_life_days;
        within("companion_half_life_days", days, 0.1, 3_650.0, "0.1 to 3650")?;
        within("basket_lines", self.basket_lines.into(), 0.0, 64.0, "0 to 64")?;
        within("leaders_kept", self.leaders_kept.into(), 16.0, 65_536.0, "16 to 65536")?;
        let offset = self.utc_offset_minutes;
        within("utc_offset_minutes", offset.into(), -840.0, 840.0, "-840 to 840")?;
        within("contexts_kept", self.contexts_kept.into(), 256.0, 2f64.powi(24), "256 to 2^24")?;
        within("visit_kept_hours", self.visit_kept_hours.into(), 1.0, 87_600.0, "1 to 87600")?;
        Ok(self)
    }

    pub(crate) fn half_life_s(&self, span: crate::Span) -> f64 {
        self.half_life_hours[span as usize] * 3_600.0
    }

    pub(crate) fn companion_half_life_s(&self) -> f64 {
        self.companion_half_life_days * 86_400.0
    }

    pub(crate) fn visit_kept_s(&self) -> u32 {
        self.visit_kept_hours.saturating_mul(3_600)
    }

    pub(crate) fn session_gap_s(&self) -> u32 {
        self.session_gap_minutes * 60
    }
}
