//! Who is told what happens, and what did not arrive?

use crate::Problem;
use crate::body::{Asked, Content, Named};
use crate::calls::Caller;
use crate::door::Shared;
use crate::webhooks::Webhooks;
use crate::wire::browse::read_rows;
use crate::wire::fields::WORD_MAX;
use crate::wire::shapes::WebhookIn;
use crate::wire::webhooks::{DeadLettersOut, DeliveryOut, WebhookOut, WebhooksOut, read_webhook};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use std::sync::Arc;

/// Does something that may wait for a disk or a receiver.
async fn at_desk<T: Send + 'static>(
    door: &Shared,
    act: impl FnOnce(&Webhooks) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let hooks = Arc::clone(&door.webhooks);
    let acted = tokio::task::spawn_blocking(move || act(&hooks));
    acted.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}

/// Every webhook, how it stands, and what there is to hear of.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks", operation_id = "webhooks",
    responses((status = 200, description = "The webhooks", body = WebhooksOut)),
)]
pub(crate) async fn list(State(door): State<Shared>) -> Result<Json<WebhooksOut>, Problem> {
    Ok(Json(at_desk(&door, |hooks| Ok(WebhooksOut::new(hooks.list()))).await?))
}

/// Add a webhook: from now on its receiver is sent what it wants to hear, signed as Standard
/// Webhooks asks with the secret in this answer, at least once each.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", operation_id = "add_webhook",
    request_body(content = WebhookIn, content_type = "application/json"),
    responses((status = 201, description = "It is there", body = WebhookOut)),
)]
pub(crate) async fn add(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    content: Content,
) -> Result<(StatusCode, Json<WebhookOut>), Problem> {
    let change = content.read(read_webhook)?;
    let chance = chance()?;
    let added = at_desk(&door, move |hooks| hooks.add(&change, chance, &caller.0)).await?;
    Ok((StatusCode::CREATED, Json(WebhookOut::with_secret(added))))
}

/// Change a webhook. Enabling one that had stopped lets it go on where it was.
#[utoipa::path(
    put, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "change_webhook",
    params(("id" = String, Path, description = "The webhook.", example = "1f0a9c3e")),
    request_body(content = WebhookIn, content_type = "application/json"),
    responses((status = 200, description = "It is changed", body = WebhookOut)),
)]
pub(crate) async fn change(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    content: Content,
) -> Result<Json<WebhookOut>, Problem> {
    let change = content.read(read_webhook)?;
    let changed = at_desk(&door, move |hooks| hooks.change(&id, &change, &caller.0)).await?;
    Ok(Json(WebhookOut::new(changed)))
}

/// Remove a webhook, and whatever it had not delivered.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "remove_webhook",
    params(("id" = String, Path, description = "The webhook.", example = "1f0a9c3e")),
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn remove(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Result<StatusCode, Problem> {
    at_desk(&door, move |hooks| hooks.remove(&id, &caller.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook a new secret. Messages carry a signature by the old one too for a day.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/secret", tag = "webhooks", operation_id = "renew_webhook_secret",
    params(("id" = String, Path, description = "The webhook.", example = "1f0a9c3e")),
    responses((status = 200, description = "The new secret", body = WebhookOut)),
)]
pub(crate) async fn renew_secret(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Result<Json<WebhookOut>, Problem> {
    let chance = chance()?;
    let renewed = at_desk(&door, move |hooks| hooks.renew_secret(&id, chance, &caller.0)).await?;
    Ok(Json(WebhookOut::with_secret(renewed)))
}

/// Send a message of type `webhook.test`, once, and say what the receiver answered.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    params(("id" = String, Path, description = "The webhook.", example = "1f0a9c3e")),
    responses((status = 200, description = "What came of it", body = DeliveryOut)),
)]
pub(crate) async fn test(
    State(door): State<Shared>,
    Named(id): Named,
) -> Result<Json<DeliveryOut>, Problem> {
    let name = door.fresh_name();
    Ok(Json(at_desk(&door, move |hooks| hooks.test(&id, &name)).await?.into()))
}

/// Messages that were given up, the latest first.
#[utoipa::path(
    get, path = "/v1/dead-letters", tag = "webhooks", operation_id = "dead_letters",
    params(
        ("webhook" = Option<String>, Query, description = "Those of one webhook.", example = "1f0a9c3e"),
        ("offset" = Option<u64>, Query, description = "Messages passed over. Default 0.", example = 50),
        ("count" = Option<u64>, Query, description = "How many, 1 to 200. Default 20.", example = 50),
    ),
    responses((status = 200, description = "The messages", body = DeadLettersOut)),
)]
pub(crate) async fn dead_letters(
    State(door): State<Shared>,
    asked: Asked,
) -> Result<Json<DeadLettersOut>, Problem> {
    let (of, (offset, count)) =
        asked.read(|fields| Some((fields.boxed("webhook", WORD_MAX), read_rows(fields)?)))?;
    let look = move |hooks: &Webhooks| {
        Ok(DeadLettersOut::new(offset, hooks.dead_letters(of.as_deref(), offset, count)))
    };
    Ok(Json(at_desk(&door, look).await?))
}

/// Send a dead letter again, once. If it arrives it is dead no more.
#[utoipa::path(
    post, path = "/v1/dead-letters/{webhook}/{id}/resend", tag = "webhooks",
    operation_id = "resend_dead_letter",
    params(
        ("webhook" = String, Path, description = "The webhook.", example = "1f0a9c3e"),
        ("id" = String, Path, description = "The message.", example = "msg_1f0a9c3e_1042"),
    ),
    responses((status = 200, description = "What came of it", body = DeliveryOut)),
)]
pub(crate) async fn resend(
    State(door): State<Shared>,
    Named((webhook, id)): Named<(String, String)>,
) -> Result<Json<DeliveryOut>, Problem> {
    Ok(Json(at_desk(&door, move |hooks| hooks.resend(&webhook, &id)).await?.into()))
}

/// Forget a dead letter.
#[utoipa::path(
    delete, path = "/v1/dead-letters/{webhook}/{id}", tag = "webhooks",
    operation_id = "discard_dead_letter",
    params(
        ("webhook" = String, Path, description = "The webhook.", example = "1f0a9c3e"),
        ("id" = String, Path, description = "The message.", example = "msg_1f0a9c3e_1042"),
    ),
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn discard(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named((webhook, id)): Named<(String, String)>,
) -> Result<StatusCode, Problem> {
    at_desk(&door, move |hooks| hooks.discard(&webhook, &id, &caller.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bits that nobody can guess.
fn chance() -> Result<[u8; 32], Problem> {
    let mut bytes = [0u8; 32];
    let failed = |error: getrandom::Error| Problem::new("internal", error.to_string());
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
