//! What are tools told? Shapes for their schemas, and readers.
//!
//! As in `wire`, the shapes are never made and a test keeps them to what the readers ask for. What
//! the API reads too (asks, which items, which part of the past) is read by its readers.
#![expect(dead_code, reason = "shapes are described, never made; see above")]

use crate::api::decisions::read_lang;
use crate::wire::browse::read_past;
use crate::wire::fields::{Fields, WORD_MAX};
use app::Language;
use commerce::{CustomerId, ItemId};
use utoipa::ToSchema;

/// Which items are wanted. What is given must all hold.
#[derive(ToSchema)]
pub(crate) struct FindItemsIn {
    /// Just these, in this order; unknown ones are left out. At most 200.
    ids: Option<Vec<String>>,
    /// Words that must all be in the titles, the brand or the categories.
    query: Option<String>,
    /// A category: one level's name, or a path joined by ` > `.
    category: Option<String>,
    /// A brand.
    brand: Option<String>,
    /// The order. Default `popular`.
    #[schema(inline)]
    sort: Option<Sort>,
    /// How many to pass over. Default 0.
    offset: Option<u64>,
    /// How many. Default 20.
    #[schema(minimum = 1, maximum = 200)]
    count: Option<u64>,
}

/// An order of items.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
enum Sort {
    Popular,
    Price,
    Newest,
}

/// Which item is wanted.
#[derive(ToSchema)]
pub(crate) struct GetItemIn {
    /// The shop's id of the item.
    item_id: String,
}

/// Which customer is wanted.
#[derive(ToSchema)]
pub(crate) struct GetCustomerIn {
    /// The shop's id of the customer.
    customer_id: String,
}

/// Which part of whose past is wanted.
#[derive(ToSchema)]
pub(crate) struct GetTimelineIn {
    /// The shop's id of the customer.
    customer_id: String,
    /// The `next` of the part before.
    before: Option<u64>,
    /// How many. Default 20.
    #[schema(minimum = 1, maximum = 200)]
    count: Option<u64>,
}

/// Which decision is to be explained, and in which language.
#[derive(ToSchema)]
pub(crate) struct ExplainDecisionIn {
    /// The `decision_id` of an answer.
    decision_id: String,
    /// Chinese or English. Default `en`.
    #[schema(inline)]
    lang: Option<Lang>,
}

/// A language.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
enum Lang {
    Zh,
    En,
}

pub(crate) fn read_item_id(fields: &Fields<'_>) -> Option<ItemId> {
    fields.id_needed("item_id", ItemId::new)
}

pub(crate) fn read_customer_id(fields: &Fields<'_>) -> Option<CustomerId> {
    fields.id_needed("customer_id", CustomerId::new)
}

pub(crate) fn read_timeline(fields: &Fields<'_>) -> Option<(CustomerId, (Option<u64>, usize))> {
    let id = read_customer_id(fields);
    let part = read_past(fields);
    Some((id?, part?))
}

pub(crate) fn read_explain(fields: &Fields<'_>) -> Option<(String, (Language, &'static str))> {
    let id = fields.text("decision_id", WORD_MAX);
    if !fields.has("decision_id") {
        fields.wrong("decision_id", "the decision_id of an answer");
    }
    let lang = read_lang(fields);
    Some((id?.to_owned(), lang))
}
