//! What do bodies look like? For the OpenAPI file and its readers alone.
//!
//! Nothing here is ever made: bodies are read by `fields`, which says more of what is wrong than a
//! decoder could. A test keeps the two from drifting apart: the names that each reader asks for are
//! exactly those below.
#![expect(dead_code, reason = "described, never made; see above")]

use utoipa::ToSchema;

/// Something that a customer did.
///
/// The names are GA4's. A field that is not listed here is ignored and named in `warnings`, so
/// that a shop can send what it sends elsewhere.
#[derive(Debug, ToSchema)]
#[schema(as = Event, example = json!({
    "event_id": "web-7f3a-1042", "event": "view_item", "timestamp": "2026-11-11T20:00:00+08:00",
    "customer_id": "c-1001", "device_id": "d-77", "session_id": "s-9",
    "items": [{"item_id": "kettle-1", "quantity": 1, "price": 129.0}], "currency": "CNY",
    "dwell_ms": 12000, "decision_id": "019a7356-4c00-7d3e-9c1f-0242ac120002",
    "context": {"place": "Hangzhou", "channel": "app", "referrer": "search", "device_class": "phone"}
}))]
pub(crate) struct EventIn {
    /// The sender's id of this event; sending it again changes nothing.
    event_id: String,
    /// What: `view_item`, `add_to_cart`, `purchase`, ….
    event: String,
    /// When, by the sender's clock: RFC 3339, or Unix seconds, milliseconds or microseconds.
    /// Default: when it arrived.
    timestamp: Option<String>,
    /// The signed-in customer. At least one of customer, device and session is needed.
    customer_id: Option<String>,
    /// The browser or phone.
    device_id: Option<String>,
    /// The visit.
    session_id: Option<String>,
    /// The items it is about, in the order shown, added or bought; at most 500.
    #[schema(inline)]
    items: Vec<LineIn>,
    /// ISO 4217 code of all amounts. Default: the shop's.
    currency: Option<String>,
    /// The order's total after discounts, as a number or, exactly, as text.
    value: Option<f64>,
    /// How long the item was looked at, in milliseconds.
    dwell_ms: Option<u32>,
    /// 0 to 5, with `rate_item`.
    rating: Option<f32>,
    /// The answer that showed the items: its `decision_id`.
    decision_id: Option<String>,
    /// The words searched for, with `search`.
    search_term: Option<String>,
    /// The order, with `purchase` and `refund`.
    transaction_id: Option<String>,
    /// The coupon used.
    coupon: Option<String>,
    /// Where and how it happened.
    #[schema(inline)]
    context: Option<ContextIn>,
}

/// One item of an event.
#[derive(Debug, ToSchema)]
pub(crate) struct LineIn {
    /// Which item.
    item_id: String,
    /// How many. Default 1.
    quantity: Option<u32>,
    /// Price of one, as shown or paid.
    price: Option<f64>,
}

/// Where and how it happened, in the shop's own words.
#[derive(Debug, ToSchema)]
pub(crate) struct ContextIn {
    /// Country, province or city.
    place: Option<String>,
    /// `web`, `app`, `mini_program`, `store`, ….
    channel: Option<String>,
    /// Where the visit came from: `search`, `ad`, a host name.
    referrer: Option<String>,
    /// `phone`, `desktop`, `tablet`.
    device_class: Option<String>,
}

/// Something that is sold. Sent whole: what is left out is forgotten.
#[derive(Debug, ToSchema)]
#[schema(as = Item, example = json!({
    "item_id": "kettle-1", "title_zh": "电热水壶 1.7 升", "title_en": "Electric kettle, 1.7 l",
    "category": ["Home", "Kitchen", "Kettles"], "brand": "Haier", "merchant_id": "m-1",
    "price": 129.0, "currency": "CNY", "rebate": 0.05, "stock": 40, "active": true,
    "attributes": {"color": "white", "litres": 1.7},
    "image": "https://shop.example/kettle-1.jpg", "link": "https://shop.example/kettle-1"
}))]
pub(crate) struct ItemIn {
    /// The shop's id. With `PUT /v1/items/{id}` it may be left out.
    item_id: String,
    /// Chinese title.
    title_zh: Option<String>,
    /// English title.
    title_en: Option<String>,
    /// Category path from broad to narrow; at most 10.
    category: Vec<String>,
    /// The maker's name.
    brand: Option<String>,
    /// Who sells it.
    merchant_id: Option<String>,
    /// What it costs now, as a number or, exactly, as text.
    price: Option<f64>,
    /// ISO 4217 code of the price. Default: the shop's.
    currency: Option<String>,
    /// The part of the price given back, 0 to 1. Default 0.
    rebate: Option<f64>,
    /// Pieces in stock; left out counts as available.
    stock: Option<u32>,
    /// Whether it may be shown at all. Default true.
    active: Option<bool>,
    /// Everything else worth matching on: names with texts, numbers, booleans or lists of them;
    /// at most 100 values.
    #[schema(value_type = Object)]
    attributes: Option<()>,
    /// Where its picture is.
    image: Option<String>,
    /// Where its page is.
    link: Option<String>,
}

/// Someone who sells on the marketplace.
#[derive(Debug, ToSchema)]
#[schema(as = Merchant, example = json!({"merchant_id": "m-1", "name": "Haier Flagship Store"}))]
pub(crate) struct MerchantIn {
    /// The shop's id, as items name it.
    merchant_id: String,
    /// Name as shown to customers.
    name: String,
}

/// Someone who buys, as the shop describes them. Sent whole: what is left out is forgotten.
#[derive(Debug, ToSchema)]
#[schema(as = Customer, example = json!({
    "customer_id": "c-1001", "interests": ["Kitchen"], "place": "Hangzhou",
    "attributes": {"level": "gold"}
}))]
pub(crate) struct CustomerIn {
    /// The shop's id.
    customer_id: String,
    /// Categories declared at sign-up; at most 50.
    interests: Vec<String>,
    /// Country, province or city.
    place: Option<String>,
    /// Everything else worth remembering, as for items.
    #[schema(value_type = Object)]
    attributes: Option<()>,
}

/// Somebody said yes or no to a use of their data.
#[derive(Debug, ToSchema)]
#[schema(as = Consent, example = json!({
    "customer_id": "c-1001", "purpose": "personalisation", "granted": false
}))]
pub(crate) struct ConsentIn {
    /// The sender's id of this message; makes sending it again harmless. Default: a new one.
    event_id: Option<String>,
    /// When it was said; of two words the later holds. Default: when it arrived.
    timestamp: Option<String>,
    /// The customer whose word it is.
    customer_id: Option<String>,
    /// The device whose word it is, when no customer is named.
    device_id: Option<String>,
    /// `personalisation`, `identity_merge`, `training` or `marketing`.
    purpose: String,
    /// Yes or no.
    granted: bool,
}

/// A device turned out to be a customer's, or not to be.
#[derive(Debug, ToSchema)]
#[schema(as = Identity, example = json!({
    "device_id": "d-77", "customer_id": "c-1001", "linked": true, "by": "login"
}))]
pub(crate) struct IdentityIn {
    /// The sender's id of this message. Default: a new one.
    event_id: Option<String>,
    /// When. Default: when it arrived.
    timestamp: Option<String>,
    /// The device.
    device_id: String,
    /// The customer.
    customer_id: String,
    /// Joined (the default) or parted.
    linked: Option<bool>,
    /// Who or what decided it: `login`, an operator's name, a rule. Default: the key's name.
    by: Option<String>,
}

/// A change of stock: either `left` or `change`.
#[derive(Debug, ToSchema)]
#[schema(as = Stock, example = json!({"item_id": "kettle-1", "left": 12}))]
pub(crate) struct StockIn {
    /// The sender's id of this message. Needed with `change`, which must not count twice.
    event_id: Option<String>,
    /// When. Default: when it arrived.
    timestamp: Option<String>,
    /// Which item.
    item_id: String,
    /// Counted: there are so many.
    left: Option<u32>,
    /// Moved: so many came (positive) or went.
    change: Option<i32>,
}

/// What to recommend. Which endpoint needs what is said there.
#[derive(Debug, ToSchema)]
#[schema(as = Ask, example = json!({
    "customer_id": "c-1001", "session_id": "s-9", "items": ["kettle-1"], "count": 10,
    "filter": {"categories": ["Kitchen"], "price_max": 300, "in_stock": true},
    "boosts": [{"brand": "Haier", "factor": 1.5}], "pins": [{"item_id": "tea-3", "at": 0}]
}))]
pub(crate) struct AskIn {
    /// The signed-in customer.
    customer_id: Option<String>,
    /// The browser or phone.
    device_id: Option<String>,
    /// The visit.
    session_id: Option<String>,
    /// The item of the page, the lines of the cart, the visit's items (oldest first), or with
    /// `rank` the candidates.
    items: Vec<String>,
    /// Items on a page. Default 10.
    count: Option<u16>,
    /// Which items may be answered. What is given must all hold.
    #[schema(inline)]
    filter: Option<FilterIn>,
    /// Factors on scores; several on one item multiply.
    #[schema(inline)]
    boosts: Vec<BoostIn>,
    /// Items that must stand at a place.
    #[schema(inline)]
    pins: Vec<PinIn>,
    /// Items that come last, if at all.
    bury: Vec<String>,
    /// `ids` for ids and scores alone, `reasons` (the default), or `full` with the parts that each
    /// score is made of.
    detail: Option<String>,
    /// With `batch`: `home`, `similar`, `complements`, `cart`, `session`, `buy-again` or `rank`.
    surface: Option<String>,
}

/// Which items may be answered.
#[derive(Debug, ToSchema)]
pub(crate) struct FilterIn {
    /// Any element of the item's category path.
    categories: Vec<String>,
    /// Brands.
    brands: Vec<String>,
    /// Merchants.
    merchants: Vec<String>,
    /// Lowest price, inclusive.
    price_min: Option<f64>,
    /// Highest price, inclusive.
    price_max: Option<f64>,
    /// ISO 4217 code of the prices. Default: the shop's.
    currency: Option<String>,
    /// Known to be in stock.
    in_stock: Option<bool>,
    /// Names with the values that match; each name must match once.
    #[schema(value_type = Object)]
    attributes: Option<()>,
    /// Items that may not be answered.
    exclude: Vec<String>,
}

/// A factor on the score of some items: exactly one of the first five fields, and `factor`.
#[derive(Debug, ToSchema)]
pub(crate) struct BoostIn {
    /// One item.
    item_id: Option<String>,
    /// Items with this anywhere in their category path.
    category: Option<String>,
    /// Items of this brand.
    brand: Option<String>,
    /// Items of this merchant.
    merchant_id: Option<String>,
    /// Items with this attribute, as an object of one name.
    #[schema(value_type = Object)]
    attribute: Option<()>,
    /// The factor, 0.05 to 20; below 1 it is a damper.
    factor: f32,
}

/// An item that must stand at a place.
#[derive(Debug, ToSchema)]
pub(crate) struct PinIn {
    /// Which item. A gone item is not shown.
    item_id: String,
    /// Its place, counted from 0.
    at: u16,
}

/// Several asks at once.
#[derive(Debug, ToSchema)]
pub(crate) struct BatchIn {
    /// At most 100 asks, each with its `surface`.
    asks: Vec<AskIn>,
}

/// Who changes a model, and why.
#[derive(Debug, ToSchema)]
#[schema(as = Promotion, example = json!({"version": 7, "note": "won the test of last week"}))]
pub(crate) struct PromotionIn {
    /// Which version.
    version: u32,
    /// Why. Needed with `force`.
    note: Option<String>,
    /// Promote although a gate fails. Default false.
    force: Option<bool>,
}

/// Why a model is rolled back.
#[derive(Debug, ToSchema)]
#[schema(as = RollBack, example = json!({"note": "click-through fell by a third"}))]
pub(crate) struct RollBackIn {
    /// Why.
    note: Option<String>,
}

/// Who signs in.
#[derive(Debug, ToSchema)]
#[schema(as = SignIn, example = json!({"name": "all", "password": "sk-all"}))]
pub(crate) struct SignInIn {
    /// The name of a key of the configuration.
    name: String,
    /// The key.
    password: String,
}

/// Who wants to be told what.
#[derive(Debug, ToSchema)]
#[schema(as = WebhookAsk, example = json!({
    "url": "https://shop.example/hooks", "types": ["event.purchase", "audit.*"],
    "note": "the order system"
}))]
pub(crate) struct WebhookIn {
    /// Where messages are sent, by POST: `https://…` or `http://…`.
    url: String,
    /// Types of messages, or families such as `audit.*`; at most 50.
    types: Vec<String>,
    /// Whether anything is sent. Default true.
    enabled: Option<bool>,
    /// What it is for.
    note: Option<String>,
}

/// Which files are to be imported, and how. Without preset and mapping the preset whose file names
/// fit is taken.
#[derive(Debug, ToSchema)]
#[schema(as = ImportAsk, example = json!({"files": ["UserBehavior.csv"], "preset": "taobao-userbehavior"}))]
pub(crate) struct ImportIn {
    /// Names of uploaded files; at most 1,000.
    files: Vec<String>,
    /// A layout that is well known; see `GET /v1/imports/presets`.
    preset: Option<String>,
    /// A mapping, as TOML.
    mapping: Option<String>,
}
