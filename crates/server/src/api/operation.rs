//! How is the shop, what does it lack, and who is looking?

use crate::Problem;
use crate::body::Content;
use crate::calls::key_of;
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::fields::TEXT_MAX;
use crate::wire::operation::{FindingsOut, OverviewOut, SessionOut, SettingsOut};
use crate::wire::shapes::SignInIn;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

/// The cookie that holds an operator's key.
pub(crate) const COOKIE: &str = "shopkeeper_key";

/// What an operator sees at a glance; cheap enough to be asked each second.
#[utoipa::path(
    get, path = "/v1/overview", tag = "operation", operation_id = "overview",
    responses((status = 200, description = "How the shop is", body = OverviewOut)),
)]
pub(crate) async fn overview(State(door): State<Shared>) -> Result<Json<OverviewOut>, Problem> {
    let uptime_s = door.opened.elapsed().as_secs();
    let look = move |shop: &dyn Shop| Ok(OverviewOut::new(shop.now(), uptime_s, shop.overview()));
    Ok(Json(door.look(look).await?))
}

/// What the shop does not send, and how to mend it.
#[utoipa::path(
    get, path = "/v1/doctor", tag = "operation", operation_id = "doctor",
    responses((status = 200, description = "What was found", body = FindingsOut)),
)]
pub(crate) async fn doctor(State(door): State<Shared>) -> Result<Json<FindingsOut>, Problem> {
    Ok(Json(door.look(|shop: &dyn Shop| Ok(FindingsOut::new(shop.doctor()))).await?))
}

/// What the server runs with: options, keys without their secrets, limits.
#[utoipa::path(
    get, path = "/v1/settings", tag = "operation", operation_id = "settings",
    responses((status = 200, description = "The settings", body = SettingsOut)),
)]
pub(crate) async fn settings(State(door): State<Shared>) -> Json<SettingsOut> {
    Json(SettingsOut::new(&door.shop.options(), &door.options, &door.keys))
}

/// Who is looking, by the key or the cookie sent, and whether one is needed.
#[utoipa::path(
    get, path = "/v1/session", tag = "operation", operation_id = "session",
    responses((status = 200, description = "Who is looking", body = SessionOut)),
)]
pub(crate) async fn session(State(door): State<Shared>, headers: HeaderMap) -> Json<SessionOut> {
    let key = key_of(&door, &headers);
    Json(SessionOut::new(door.options.open, key))
}

/// Sign in with a key's name and the key: a cookie that no script can read holds it from then on.
#[utoipa::path(
    post, path = "/v1/session", tag = "operation", operation_id = "sign_in",
    request_body(content = SignInIn, content_type = "application/json"),
    responses((status = 200, description = "Who signed in", body = SessionOut)),
)]
pub(crate) async fn sign_in(
    State(door): State<Shared>,
    headers: HeaderMap,
    content: Content,
) -> Result<Response, Problem> {
    let (name, secret) = content.read(|fields| {
        let (name, secret) = (fields.text("name", TEXT_MAX), fields.text("password", TEXT_MAX));
        for field in ["name", "password"] {
            if !fields.has(field) {
                fields.wrong(field, "a text");
            }
        }
        Some((name?.to_owned(), secret?.to_owned()))
    })?;
    let key = door.keys.find(&secret, door.shop.now()).ok().filter(|key| *key.name == *name);
    let key = key.ok_or_else(|| {
        Problem::new("key_unknown", "no key has this name and secret, or it has expired")
    })?;
    let out = SessionOut::new(door.options.open, Some((&*key.name, key.scopes)));
    // Behind a proxy that speaks TLS the cookie never goes in the clear.
    let is_tls = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    let secure = if is_tls { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok(([(header::SET_COOKIE, cookie)], Json(out)).into_response())
}

/// Sign out: the cookie is forgotten.
#[utoipa::path(
    delete, path = "/v1/session", tag = "operation", operation_id = "sign_out",
    responses((status = 200, description = "Nobody is signed in", body = SessionOut)),
)]
pub(crate) async fn sign_out(State(door): State<Shared>) -> Response {
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    let out = SessionOut::new(door.options.open, None);
    ([(header::SET_COOKIE, cookie)], Json(out)).into_response()
}
