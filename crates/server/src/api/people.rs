//! Customers: what the shop says of them, their word, their devices, and what is known of them.

use super::catalogue::told;
use super::write::{ReceiptsOut, Taking, write};
use crate::Problem;
use crate::body::{Asked, Content, Named};
use crate::calls::Caller;
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::decision::ProfileOut;
use crate::wire::people::{read_consent, read_customer, read_identity};
use crate::wire::shapes::{ConsentIn, CustomerIn, IdentityIn};
use axum::extract::State;
use axum::{Extension, Json};
use commerce::{Body, CustomerId, Fact};

/// Add or replace customers: one object, a list, or one on each line (NDJSON).
///
/// A customer is sent whole: what is left out is forgotten. What they do is learned from events.
#[utoipa::path(
    post, path = "/v1/customers", tag = "customers", operation_id = "put_customers",
    params(
        ("ack" = Option<String>, Query, description = "`disk` (default) or `memory`.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default) or `rejected`.", example = "all"),
    ),
    request_body(content = CustomerIn, description = "One, a list, or lines of these.", content_type = "application/json"),
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
            let body = Body::Customer(read_customer(fields)?);
            Some(Fact { id: at.door.fresh_fact_id()?, at: at.now, received_at: at.now, body })
        },
        strict: true,
    };
    write(&door, &caller, content, &asked, taking).await
}

/// Tell what customers allow us to do; one object, a list, or lines.
///
/// A customer's own word holds over a device's, and the later of two words of one voice holds.
#[utoipa::path(
    post, path = "/v1/consents", tag = "customers", operation_id = "send_consents",
    params(
        ("ack" = Option<String>, Query, description = "`disk` (default) or `memory`.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default) or `rejected`.", example = "all"),
    ),
    request_body(content = ConsentIn, description = "One, a list, or lines of these.", content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = ReceiptsOut)),
)]
pub(crate) async fn consents(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Asked,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let taking = Taking {
        read: |fields, at| {
            let change = read_consent(fields);
            told(fields, at, change.map(Body::Consent))
        },
        strict: true,
    };
    write(&door, &caller, content, &asked, taking).await
}

/// Join devices with customers, or part them; one object, a list, or lines.
#[utoipa::path(
    post, path = "/v1/identities", tag = "customers", operation_id = "send_identities",
    params(
        ("ack" = Option<String>, Query, description = "`disk` (default) or `memory`.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default) or `rejected`.", example = "all"),
    ),
    request_body(content = IdentityIn, description = "One, a list, or lines of these.", content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = ReceiptsOut)),
)]
pub(crate) async fn identities(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Asked,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let taking = Taking {
        read: |fields, at| {
            let change = read_identity(fields, at.caller);
            told(fields, at, change.map(Body::Identity))
        },
        strict: true,
    };
    write(&door, &caller, content, &asked, taking).await
}

/// What is known of a customer.
#[utoipa::path(
    get, path = "/v1/customers/{id}", tag = "customers", operation_id = "customer",
    params(("id" = String, Path, description = "The shop's id of the customer.", example = "c-1001")),
    responses((status = 200, description = "What is known", body = ProfileOut)),
)]
pub(crate) async fn profile(
    State(door): State<Shared>,
    named: Named,
) -> Result<Json<ProfileOut>, Problem> {
    Ok(Json(find_profile(&door, named.id(CustomerId::new)?).await?))
}

pub(crate) async fn find_profile(door: &Shared, id: CustomerId) -> Result<ProfileOut, Problem> {
    let look = move |shop: &dyn Shop| {
        let unknown = || Problem::new("customer_unknown", "no fact names this customer");
        let profile = shop.profile(&id).ok_or_else(unknown)?;
        Ok(ProfileOut::new(&id, profile))
    };
    door.look(look).await
}
