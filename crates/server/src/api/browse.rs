//! What is there to leaf through: items, customers, what happened, what was decided?

use crate::Problem;
use crate::body::{Asked, Named};
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::browse::{
    CustomerPageOut, DecisionPageOut, FeaturesOut, ItemPageOut, ItemSeenOut, TimelineOut,
    read_customer_query, read_decision_query, read_item_query, read_past,
};
use app::ItemQuery;
use axum::Json;
use axum::extract::State;
use commerce::{CustomerId, ItemId};

/// Items by words, category or brand, page by page.
#[utoipa::path(
    get, path = "/v1/items", tag = "catalogue", operation_id = "items",
    params(
        ("ids" = Option<String>, Query, description = "Just these, separated by commas, in this order; unknown ones are left out.", example = "kettle-1,tea-3"),
        ("query" = Option<String>, Query, description = "Words that must all be in the titles, the brand or the categories.", example = "kettle"),
        ("category" = Option<String>, Query, description = "A category: one level's name, or a path joined by ` > `.", example = "Kitchen"),
        ("brand" = Option<String>, Query, description = "A brand.", example = "Qinghe"),
        ("sort" = Option<String>, Query, description = "`popular` (default), `price` or `newest`.", example = "price"),
        ("offset" = Option<u64>, Query, description = "How many to pass over.", example = 0),
        ("count" = Option<u64>, Query, description = "How many, 1 to 200. Default 20.", example = 20),
    ),
    responses((status = 200, description = "The items", body = ItemPageOut)),
)]
pub(crate) async fn items(
    State(door): State<Shared>,
    asked: Asked,
) -> Result<Json<ItemPageOut>, Problem> {
    Ok(Json(find_items(&door, asked.read(read_item_query)?).await?))
}

pub(crate) async fn find_items(door: &Shared, query: ItemQuery) -> Result<ItemPageOut, Problem> {
    door.look(move |shop| Ok(ItemPageOut::new(query.offset, &shop.list_items(&query)))).await
}

/// One item, and what has happened to it.
#[utoipa::path(
    get, path = "/v1/items/{id}", tag = "catalogue", operation_id = "item",
    params(("id" = String, Path, description = "The shop's id of the item.", example = "kettle-1")),
    responses((status = 200, description = "The item", body = ItemSeenOut)),
)]
pub(crate) async fn item(
    State(door): State<Shared>,
    named: Named,
) -> Result<Json<ItemSeenOut>, Problem> {
    Ok(Json(find_item(&door, named.id(ItemId::new)?).await?))
}

pub(crate) async fn find_item(door: &Shared, id: ItemId) -> Result<ItemSeenOut, Problem> {
    let look = move |shop: &dyn Shop| {
        let unknown = || Problem::new("item_unknown", "the catalogue has no such item");
        Ok(ItemSeenOut::new(&shop.item(&id).ok_or_else(unknown)?))
    };
    door.look(look).await
}

/// Customers whose id begins with a text, the latest to come first, page by page.
#[utoipa::path(
    get, path = "/v1/customers", tag = "customers", operation_id = "customers",
    params(
        ("prefix" = Option<String>, Query, description = "How their id begins.", example = "c-10"),
        ("offset" = Option<u64>, Query, description = "How many to pass over.", example = 0),
        ("count" = Option<u64>, Query, description = "How many, 1 to 200. Default 20.", example = 20),
    ),
    responses((status = 200, description = "The customers", body = CustomerPageOut)),
)]
pub(crate) async fn customers(
    State(door): State<Shared>,
    asked: Asked,
) -> Result<Json<CustomerPageOut>, Problem> {
    let (prefix, offset, count) = asked.read(read_customer_query)?;
    let look = move |shop: &dyn Shop| {
        Ok(CustomerPageOut::new(offset, shop.list_customers(&prefix, offset, count)))
    };
    Ok(Json(door.look(look).await?))
}

/// What a customer did and what was said of them, newest first.
#[utoipa::path(
    get, path = "/v1/customers/{id}/timeline", tag = "customers", operation_id = "timeline",
    params(
        ("id" = String, Path, description = "The shop's id of the customer.", example = "c-1001"),
        ("before" = Option<u64>, Query, description = "The `next` of the part before.", example = 120000),
        ("count" = Option<u64>, Query, description = "How many, 1 to 200. Default 20.", example = 50),
    ),
    responses((status = 200, description = "What happened", body = TimelineOut)),
)]
pub(crate) async fn timeline(
    State(door): State<Shared>,
    named: Named,
    asked: Asked,
) -> Result<Json<TimelineOut>, Problem> {
    let id = named.id(CustomerId::new)?;
    Ok(Json(find_timeline(&door, id, asked.read(read_past)?).await?))
}

pub(crate) async fn find_timeline(
    door: &Shared,
    id: CustomerId,
    (before, count): (Option<u64>, usize),
) -> Result<TimelineOut, Problem> {
    door.look(move |shop| Ok(TimelineOut::new(shop, shop.timeline(&id, before, count)?))).await
}

/// What was known of a customer at a moment, or is known now, by named features. The past takes as
/// long as reading the log.
#[utoipa::path(
    get, path = "/v1/customers/{id}/features", tag = "customers", operation_id = "features",
    params(
        ("id" = String, Path, description = "The shop's id of the customer.", example = "c-1001"),
        ("at" = Option<String>, Query, description = "The moment, RFC 3339. Default now.", example = "2026-11-11T12:00:00Z"),
    ),
    responses((status = 200, description = "The features", body = FeaturesOut)),
)]
pub(crate) async fn features(
    State(door): State<Shared>,
    named: Named,
    asked: Asked,
) -> Result<Json<FeaturesOut>, Problem> {
    let id = named.id(CustomerId::new)?;
    let now = door.shop.now();
    let at = asked.read(|fields| Some(fields.time("at", now)))?;
    let look = move |shop: &dyn Shop| Ok(FeaturesOut::new(at.unwrap_or(now), shop.known(&id, at)?));
    Ok(Json(door.look(look).await?))
}

/// Decisions, newest first, page by page.
#[utoipa::path(
    get, path = "/v1/decisions", tag = "decisions", operation_id = "decisions",
    params(
        ("kind" = Option<String>, Query, description = "Only of this kind.", example = "recommend.home"),
        ("customer_id" = Option<String>, Query, description = "Only for this customer.", example = "c-1001"),
        ("degraded" = Option<bool>, Query, description = "Only lesser answers.", example = false),
        ("before" = Option<u64>, Query, description = "The `next` of the part before.", example = 120000),
        ("count" = Option<u64>, Query, description = "How many, 1 to 200. Default 20.", example = 20),
    ),
    responses((status = 200, description = "The decisions", body = DecisionPageOut)),
)]
pub(crate) async fn decisions(
    State(door): State<Shared>,
    asked: Asked,
) -> Result<Json<DecisionPageOut>, Problem> {
    let query = asked.read(read_decision_query)?;
    let look = move |shop: &dyn Shop| Ok(DecisionPageOut::new(&shop.list_decisions(&query)?));
    Ok(Json(door.look(look).await?))
}
