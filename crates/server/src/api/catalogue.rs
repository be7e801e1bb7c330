//! What the shop has: items, who sells them, and their stock.

use super::write::{Reading, ReceiptsOut, Taking, write};
use crate::Problem;
use crate::body::{Asked, Content, Named};
use crate::calls::Caller;
use crate::door::Shared;
use crate::wire::catalogue::{read_item, read_merchant, read_stock};
use crate::wire::fields::Fields;
use crate::wire::shapes::{ItemIn, MerchantIn, StockIn};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use commerce::{At, Body, Fact, FactId, ItemId, StockMove};
use store::Ack;

/// The fact that `body` is, under the sender's id or a fresh one.
pub(super) fn told(fields: &Fields<'_>, at: &Reading<'_>, body: Option<Body>) -> Option<Fact> {
    let sent = fields.id("event_id", FactId::new);
    let when = fields.time("timestamp", at.now).unwrap_or(at.now);
    let id = sent.or_else(|| at.door.fresh_fact_id());
    Some(Fact { id: id?, at: when, received_at: at.now, body: body? })
}

fn now(at: &Reading<'_>, body: Body) -> Option<Fact> {
    fact_now(at.door.fresh_fact_id(), at.now, body)
}

fn fact_now(id: Option<FactId>, now: At, body: Body) -> Option<Fact> {
    Some(Fact { id: id?, at: now, received_at: now, body })
}

/// Add or replace items: one object, a list, or one on each line (NDJSON).
///
/// An item is sent whole: what is left out is forgotten. It can be recommended as soon as the
/// answer is there. Unknown fields are refused; put what has no field into `attributes`.
#[utoipa::path(
    post, path = "/v1/items", tag = "catalogue", operation_id = "put_items",
    params(
        ("ack" = Option<String>, Query, description = "`disk` (default) or `memory`.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default) or `rejected`.", example = "rejected"),
    ),
    request_body(content = ItemIn, description = "One, a list, or lines of these.", content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = ReceiptsOut)),
)]
pub(crate) async fn put_many(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Asked,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let taking = Taking {
        read: |fields, at| {
            let item = read_item(fields, None, at.door.currency);
            now(at, Body::Item(item?))
        },
        strict: true,
    };
    write(&door, &caller, content, &asked, taking).await
}

/// Add or replace one item.
#[utoipa::path(
    put, path = "/v1/items/{id}", tag = "catalogue", operation_id = "put_item",
    params(("id" = String, Path, description = "The shop's id of the item.", example = "kettle-1")),
    request_body(content = ItemIn, content_type = "application/json"),
    responses((status = 200, description = "Stored", body = ReceiptsOut)),
)]
pub(crate) async fn put_one(
    State(door): State<Shared>,
    named: Named,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let id = named.id(ItemId::new)?;
    let item = content.read(|fields| read_item(fields, Some(&id), door.currency))?;
    append(&door, Body::Item(item)).await
}

/// Take an item out for good. What was learned of it stays until the next training.
#[utoipa::path(
    delete, path = "/v1/items/{id}", tag = "catalogue", operation_id = "delete_item",
    params(("id" = String, Path, description = "The shop's id of the item.", example = "kettle-1")),
    responses((status = 204, description = "Gone")),
)]
pub(crate) async fn delete(
    State(door): State<Shared>,
    named: Named,
) -> Result<StatusCode, Problem> {
    let id = named.id(ItemId::new)?;
    if !door.shop.has_item(&id) {
        return Err(Problem::new("item_unknown", format!("no item is called {:?}", id.as_str())));
    }
    let _stored = append(&door, Body::ItemGone(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores one fact that was read already.
async fn append(door: &Shared, body: Body) -> Result<Json<ReceiptsOut>, Problem> {
    let fact = fact_now(door.fresh_fact_id(), door.shop.now(), body);
    let fact = fact.ok_or_else(|| Problem::new("internal", "an id could not be made"))?;
    let id = fact.id.to_string();
    let receipts = door.ingest(vec![fact], Ack::Disk).await?;
    Ok(Json(ReceiptsOut::one(id, receipts.first().map_or(0, |receipt| receipt.offset()))))
}

/// Add or replace merchants: one object, a list, or one on each line (NDJSON).
///
/// A merchant is sent whole. Items name theirs by `merchant_id`; the name is what explanations say.
#[utoipa::path(
    post, path = "/v1/merchants", tag = "catalogue", operation_id = "put_merchants",
    params(
        ("ack" = Option<String>, Query, description = "`disk` (default) or `memory`.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default) or `rejected`.", example = "all"),
    ),
    request_body(content = MerchantIn, description = "One, a list, or lines of these.", content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = ReceiptsOut)),
)]
pub(crate) async fn put_merchants(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Asked,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let taking =
        Taking { read: |fields, at| now(at, Body::Merchant(read_merchant(fields)?)), strict: true };
    write(&door, &caller, content, &asked, taking).await
}

/// Tell of stock: counted (`left`) or moved (`change`); one object, a list, or lines.
#[utoipa::path(
    post, path = "/v1/stock", tag = "catalogue", operation_id = "send_stock",
    params(
        ("ack" = Option<String>, Query, description = "`disk` (default) or `memory`.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default) or `rejected`.", example = "all"),
    ),
    request_body(content = StockIn, description = "One, a list, or lines of these.", content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = ReceiptsOut)),
)]
pub(crate) async fn stock(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Asked,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let taking = Taking {
        read: |fields, at| {
            let change = read_stock(fields);
            if matches!(change, Some(StockMove::Moved { .. })) && !fields.has("event_id") {
                fields.broken("event_id", "an id with change, so that it never counts twice");
            }
            told(fields, at, change.map(Body::Stock))
        },
        strict: true,
    };
    write(&door, &caller, content, &asked, taking).await
}
