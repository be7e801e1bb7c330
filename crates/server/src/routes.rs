//! What is answered, where, and to whom? The one list of addresses.

use crate::Problem;
use crate::agents;
use crate::api::{
    browse, catalogue, decisions, events, experiments, health, imports, models, operation, people,
    recommend, webhooks,
};
use crate::calls::{Admission, admit, name};
use crate::door::Shared;
use ::recommend::Surface;
use axum::Router;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use govern::Scope;
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// One address and method.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    /// The HTTP method.
    pub(crate) method: &'static str,
    /// The path, variable parts in braces.
    pub(crate) path: &'static str,
    /// What a key must be allowed; none for what everybody may ask.
    pub(crate) scope: Option<Scope>,
    /// Another scope that opens it too. What may be done within is then checked within.
    pub(crate) or: Option<Scope>,
    /// Whether it bounds its time itself: a file that goes on coming, a receiver that is waited for.
    pub(crate) patient: bool,
    handler: fn() -> MethodRouter<Shared>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    scope: Option<Scope>,
    handler: fn() -> MethodRouter<Shared>,
) -> Route {
    Route { method, path, scope, or: None, patient: false, handler }
}

const fn patient(route: Route) -> Route {
    Route { patient: true, ..route }
}

const EVENTS: Option<Scope> = Some(Scope::EventsWrite);
const CATALOGUE: Option<Scope> = Some(Scope::CatalogueWrite);
const RECOMMEND: Option<Scope> = Some(Scope::RecommendRead);
const READ: Option<Scope> = Some(Scope::DecisionsRead);
const MODELS: Option<Scope> = Some(Scope::ModelsWrite);
const ADMIN: Option<Scope> = Some(Scope::Admin);

/// Every address.
pub(crate) static ROUTES: &[Route] = &[
    route("POST", "/v1/events", EVENTS, || post(events::send)),
    route("POST", "/v1/consents", EVENTS, || post(people::consents)),
    route("POST", "/v1/identities", EVENTS, || post(people::identities)),
    route("GET", "/v1/items", RECOMMEND, || get(browse::items)),
    route("GET", "/v1/items/{id}", RECOMMEND, || get(browse::item)),
    route("POST", "/v1/items", CATALOGUE, || post(catalogue::put_many)),
    route("PUT", "/v1/items/{id}", CATALOGUE, || put(catalogue::put_one)),
    route("DELETE", "/v1/items/{id}", CATALOGUE, || delete(catalogue::delete)),
    route("POST", "/v1/merchants", CATALOGUE, || post(catalogue::put_merchants)),
    route("POST", "/v1/stock", CATALOGUE, || post(catalogue::stock)),
    route("POST", "/v1/customers", CATALOGUE, || post(people::put_many)),
    route("GET", "/v1/customers", READ, || get(browse::customers)),
    route("GET", "/v1/customers/{id}", READ, || get(people::profile)),
    route("GET", "/v1/customers/{id}/features", READ, || get(browse::features)),
    route("GET", "/v1/customers/{id}/timeline", READ, || get(browse::timeline)),
    route("POST", "/v1/recommend/home", RECOMMEND, || recommend::posted(Surface::Home)),
    route("GET", "/v1/recommend/home", RECOMMEND, || recommend::asked(Surface::Home)),
    route("POST", "/v1/recommend/similar", RECOMMEND, || recommend::posted(Surface::Similar)),
    route("GET", "/v1/recommend/similar", RECOMMEND, || recommend::asked(Surface::Similar)),
    route("POST", "/v1/recommend/complements", RECOMMEND, || {
        recommend::posted(Surface::Complements)
    }),
    route("GET", "/v1/recommend/complements", RECOMMEND, || recommend::asked(Surface::Complements)),
    route("POST", "/v1/recommend/cart", RECOMMEND, || recommend::posted(Surface::Cart)),
    route("POST", "/v1/recommend/session", RECOMMEND, || recommend::posted(Surface::Session)),
    route("GET", "/v1/recommend/session", RECOMMEND, || recommend::asked(Surface::Session)),
    route("POST", "/v1/recommend/buy-again", RECOMMEND, || recommend::posted(Surface::BuyAgain)),
    route("GET", "/v1/recommend/buy-again", RECOMMEND, || recommend::asked(Surface::BuyAgain)),
    route("POST", "/v1/recommend/rank", RECOMMEND, || recommend::posted(Surface::Rank)),
    route("POST", "/v1/recommend/batch", RECOMMEND, || post(recommend::batch)),
    route("GET", "/v1/recommend/pages/{token}", RECOMMEND, || get(recommend::page)),
    route("GET", "/v1/decisions", READ, || get(browse::decisions)),
    route("GET", "/v1/decisions/{id}", READ, || get(decisions::record)),
    route("GET", "/v1/decisions/{id}/explain", READ, || get(decisions::explain)),
    route("GET", "/v1/decisions/{id}/replay", READ, || get(decisions::replay)),
    route("GET", "/v1/models", READ, || get(models::list)),
    route("POST", "/v1/models/{name}/promote", MODELS, || post(models::promote)),
    route("POST", "/v1/models/{name}/rollback", MODELS, || post(models::roll_back)),
    route("POST", "/v1/train", MODELS, || post(models::train)),
    route("GET", "/v1/jobs", READ, || get(models::jobs)),
    patient(route("PUT", "/v1/uploads/{name}", ADMIN, || put(imports::upload))),
    route("GET", "/v1/uploads", ADMIN, || get(imports::uploads)),
    route("DELETE", "/v1/uploads/{name}", ADMIN, || delete(imports::remove_upload)),
    route("GET", "/v1/imports/presets", ADMIN, || get(imports::presets)),
    route("POST", "/v1/imports/preview", ADMIN, || post(imports::preview)),
    route("POST", "/v1/imports", ADMIN, || post(imports::start)),
    route("GET", "/v1/imports", ADMIN, || get(imports::list)),
    route("GET", "/v1/imports/{id}/quarantine", ADMIN, || get(imports::quarantine)),
    route("GET", "/v1/webhooks", ADMIN, || get(webhooks::list)),
    route("POST", "/v1/webhooks", ADMIN, || post(webhooks::add)),
    route("PUT", "/v1/webhooks/{id}", ADMIN, || put(webhooks::change)),
    route("DELETE", "/v1/webhooks/{id}", ADMIN, || delete(webhooks::remove)),
    route("POST", "/v1/webhooks/{id}/secret", ADMIN, || post(webhooks::renew_secret)),
    patient(route("POST", "/v1/webhooks/{id}/test", ADMIN, || post(webhooks::test))),
    route("GET", "/v1/dead-letters", ADMIN, || get(webhooks::dead_letters)),
    patient(route("POST", "/v1/dead-letters/{webhook}/{id}/resend", ADMIN, || {
        post(webhooks::resend)
    })),
    route("DELETE", "/v1/dead-letters/{webhook}/{id}", ADMIN, || delete(webhooks::discard)),
    route("GET", "/v1/experiments", READ, || get(experiments::list)),
    route("GET", "/v1/overview", READ, || get(operation::overview)),
    route("GET", "/v1/settings", ADMIN, || get(operation::settings)),
    route("GET", "/v1/doctor", READ, || get(operation::doctor)),
    route("GET", "/v1/session", None, || get(operation::session)),
    route("POST", "/v1/session", None, || post(operation::sign_in)),
    route("DELETE", "/v1/session", None, || delete(operation::sign_out)),
    route("GET", "/v1/audits", ADMIN, || get(experiments::audits)),
    Route { or: READ, ..route("POST", "/mcp", RECOMMEND, || post(agents::speak)) },
    route("GET", "/healthz", None, || get(health::alive)),
    route("GET", "/readyz", None, || get(health::ready)),
    route("GET", "/metrics", READ, || get(health::metrics)),
    route("GET", "/openapi.json", None, || get(health::openapi)),
    route("GET", "/problems", None, || get(health::problems)),
    route("GET", "/problems/{code}", None, || get(health::problem)),
];

/// The whole server as one service.
pub(crate) fn router(door: &Shared) -> Router {
    let mut router = Router::new();
    for (place, route) in ROUTES.iter().enumerate() {
        let admission = Admission { door: Arc::clone(door), route, place };
        let handler = (route.handler)()
            .route_layer(CatchPanicLayer::custom(panicked))
            .route_layer(from_fn_with_state(admission, admit));
        router = router.route(route.path, handler);
    }
    let router = router
        .fallback(crate::pages::page)
        .method_not_allowed_fallback(|| async {
            Problem::new("method", "see /openapi.json for the methods of this address")
        })
        .layer(from_fn_with_state(Arc::clone(door), name))
        .with_state(Arc::clone(door));
    if door.options.origins.is_empty() { router } else { router.layer(cors(&door.options.origins)) }
}

/// The log has the message and the place, which the panic hook wrote.
fn panicked(_message: Box<dyn Any + Send>) -> Response {
    Problem::new("internal", "a handler panicked; the server's log has the reason").into_response()
}

fn cors(origins: &[String]) -> CorsLayer {
    let any = origins.iter().any(|origin| origin == "*");
    let listed = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let allowed = if any { AllowOrigin::any() } else { AllowOrigin::list(listed) };
    let headers = ["x-api-key", "x-request-id", "mcp-protocol-version", "mcp-method", "mcp-name"]
        .map(header::HeaderName::from_static);
    let headers: Vec<_> =
        [header::AUTHORIZATION, header::CONTENT_TYPE].into_iter().chain(headers).collect();
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(headers)
        .expose_headers([header::RETRY_AFTER])
        .max_age(std::time::Duration::from_secs(3_600))
}
