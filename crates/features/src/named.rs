//! Which features may others rely on? Their names and versions.
//!
//! A version counts up when the same facts give another value; models trained on the old one say
//! so in their cards. A test exercises every entry and finds every entry that is missing.

/// A feature that other domains and models read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureInfo {
    /// `customer.` or `item.` and what is asked for.
    pub name: &'static str,
    /// Counts up from 1.
    pub version: u16,
    /// What its numbers are.
    pub unit: &'static str,
    /// What it tells, in one line.
    pub meaning: &'static str,
}

const fn v1(name: &'static str, unit: &'static str, meaning: &'static str) -> FeatureInfo {
    FeatureInfo { name, version: 1, unit, meaning }
}

/// Every feature, by name.
pub const FEATURES: &[FeatureInfo] = &[
    v1("customer.bought", "purchases", "each item bought: how often, how much, first and last"),
    v1("customer.cart", "pieces", "what lies in the cart"),
    v1("customer.channels", "share", "through which channels they come, decayed"),
    v1("customer.consent", "yes / no", "their latest word about a purpose"),
    v1("customer.count", "event lines", "events of a kind in a window, exact while kept"),
    v1("customer.decayed", "event lines", "decayed count of events of a kind"),
    v1("customer.declared", "text", "interests, place and attributes as the shop declares them"),
    v1("customer.device_classes", "share", "on what they browse, decayed"),
    v1("customer.dismissed", "items", "items they do not want to see"),
    v1("customer.fatigue", "impressions", "impressions of an item since it was last touched"),
    v1("customer.has_touched", "yes / no", "whether an item was touched in any way"),
    v1("customer.hours", "share", "at which local hours they come, decayed"),
    v1("customer.interest", "decayed views", "interest in each item touched, by weight of kind"),
    v1("customer.places", "share", "where they are, decayed"),
    v1("customer.ratings", "0 to 5", "the latest rating of each item rated"),
    v1("customer.referrers", "share", "who sends them, decayed"),
    v1("customer.sequence", "items", "the last different items of interest, in order"),
    v1("customer.session", "event lines", "what was touched in the current visit"),
    v1("customer.taste", "share", "interest in the terms of a kind: categories, brands, …"),
    v1("customer.total", "event lines", "events of a kind ever"),
    v1("customer.weekdays", "share", "on which local weekdays they come, decayed"),
    v1("customer.wishlist", "items", "wished for and not bought since"),
    v1("item.bought_with", "decayed orders", "items bought in the same orders"),
    v1("item.brand", "term", "its maker"),
    v1("item.click_rate", "share", "touches per impression, smoothed by the shop's mean"),
    v1("item.companions", "decayed views", "items touched just before or after in the same visits"),
    v1("item.count", "event lines", "events of a kind in a window, exact while kept"),
    v1("item.decayed", "event lines", "decayed count of one signal"),
    v1("item.first_s", "Unix s", "when it was first heard of"),
    v1("item.last_s", "Unix s", "when something last happened to it"),
    v1("item.leaf", "term", "its narrowest category"),
    v1("item.popular", "items", "leaders by decayed interest"),
    v1("item.popularity", "decayed views", "decayed interest, by weight of kind"),
    v1("item.popularity_of_all", "decayed views", "the same over the whole shop"),
    v1("item.price", "money", "catalogue price, else the last one seen"),
    v1("item.rating", "0 to 5", "number of ratings and their mean"),
    v1("item.sellable", "yes / no", "active, not gone, not out of stock"),
    v1("item.stock", "pieces", "pieces left, by upserts and stock moves alone"),
    v1("item.terms", "terms", "categories, brand, merchant and attributes"),
    v1("item.total", "event lines", "how often a signal was given ever"),
    v1("item.trend", "standard deviations", "interest of now against the long run"),
    v1("item.trending", "standard deviations", "what rises most"),
    v1("item.with_term", "items", "the items that carry a term now"),
];
