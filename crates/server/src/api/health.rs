//! Is the server alive, ready, and how is it doing? And what does it offer?

use crate::Problem;
use crate::body::Named;
use crate::door::Shared;
use crate::openapi::document;
use crate::problem::CodeOut;
use crate::routes::ROUTES;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the server lives, or is ready.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = State, example = json!({"ok": true}))]
pub(crate) struct StateOut {
    /// Whether it is.
    ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Whether the process lives. Restart it when this fails.
#[utoipa::path(
    get, path = "/healthz", tag = "operation", operation_id = "alive",
    responses((status = 200, description = "It lives", body = StateOut)),
)]
pub(crate) async fn alive() -> Json<StateOut> {
    Json(StateOut { ok: true, why: None })
}

/// Whether asks can be answered now. Send none while this fails.
#[utoipa::path(
    get, path = "/readyz", tag = "operation", operation_id = "ready",
    responses(
        (status = 200, description = "It is ready", body = StateOut),
        (status = 503, description = "It starts or goes down", body = StateOut),
    ),
)]
pub(crate) async fn ready(State(door): State<Shared>) -> (StatusCode, Json<StateOut>) {
    let draining = door.is_draining().then(|| "the server is going down".to_owned());
    let why = draining.or_else(|| door.shop.health().stopped);
    let status = if why.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(StateOut { ok: why.is_none(), why }))
}

/// Counters and histograms in the Prometheus text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operation", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")),
)]
pub(crate) async fn metrics(State(door): State<Shared>) -> impl IntoResponse {
    let names: Vec<(&str, &str)> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    let (health, now) = (door.shop.health(), door.shop.now());
    let text = door.metrics.text(&names, &health, &door, now);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

/// This description of the interface, OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation", operation_id = "openapi",
    responses((status = 200, description = "The description", body = Object)),
)]
pub(crate) async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document())
}

/// Every kind of problem.
#[utoipa::path(
    get, path = "/problems", tag = "operation", operation_id = "problems",
    responses((status = 200, description = "The kinds", body = Vec<CodeOut>)),
)]
pub(crate) async fn problems() -> Json<Vec<CodeOut>> {
    Json(CodeOut::all().collect())
}

/// One kind of problem: what it means, whose turn it is, whether to send again.
#[utoipa::path(
    get, path = "/problems/{code}", tag = "operation", operation_id = "problem",
    params(("code" = String, Path, description = "The `code` of a problem.", example = "field_invalid")),
    responses((status = 200, description = "The kind", body = CodeOut)),
)]
pub(crate) async fn problem(Named(code): Named) -> Result<Json<CodeOut>, Problem> {
    let found = CodeOut::all().find(|one| one.is(&code)).map(Json);
    found.ok_or_else(|| Problem::new("route_unknown", "no problem has this code"))
}
