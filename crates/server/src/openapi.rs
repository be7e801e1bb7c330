//! What does the server offer, in OpenAPI 3.1?
//!
//! Paths and shapes come from the handlers and wire types; what holds for all of them (keys,
//! scopes, problems) is added here from the table of routes, so that it cannot be forgotten.

use crate::api::{
    browse, catalogue, decisions, events, experiments, health, imports, models, operation, people,
    recommend, webhooks,
};
use crate::problem::ProblemOut;
use crate::routes::ROUTES;
use crate::wire::recommend::segment;
use ::recommend::Surface;
use std::sync::OnceLock;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Shopkeeper 掌柜",
        description = "A commerce-intelligence server: send what happens, ask what to do.\n\nErrors are RFC 9457 problem details (`application/problem+json`); every kind is listed at `/problems`. Keys are sent as `Authorization: Bearer KEY` or `X-Api-Key: KEY`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        events::send, people::consents, people::identities, catalogue::put_many,
        catalogue::put_one, catalogue::delete, catalogue::stock, catalogue::put_merchants,
        people::put_many, people::profile, recommend::ask, recommend::ask_by_query, recommend::batch,
        recommend::page, decisions::record, decisions::explain, decisions::replay, models::list,
        models::promote, models::roll_back, models::train, models::jobs, experiments::list,
        experiments::audits, browse::items, browse::item, browse::customers, browse::timeline,
        browse::features, operation::settings,
        browse::decisions, operation::overview, operation::doctor, operation::session,
        operation::sign_in, operation::sign_out, health::alive, health::ready, health::metrics, health::openapi,
        health::problems, health::problem, imports::presets, imports::upload, imports::uploads,
        imports::remove_upload, imports::preview, imports::start, imports::list, imports::quarantine,
        webhooks::list, webhooks::add, webhooks::change, webhooks::remove, webhooks::renew_secret,
        webhooks::test, webhooks::dead_letters, webhooks::resend, webhooks::discard,
    ),
    components(schemas(ProblemOut<'static>)),
    modifiers(&Surfaces, &Keys),
    tags(
        (name = "events", description = "What customers do."),
        (name = "catalogue", description = "What the shop has."),
        (name = "customers", description = "Who they are and what they allow."),
        (name = "recommend", description = "What to show."),
        (name = "decisions", description = "What was decided and why."),
        (name = "models", description = "What answers, and what is being trained."),
        (name = "experiments", description = "What is tried on whom, and whether it helps."),
        (name = "imports", description = "How a shop's past gets in from files."),
        (name = "webhooks", description = "Who is told what happens."),
        (name = "operation", description = "How the server is."),
    ),
)]
struct Api;

/// The description as JSON text, made once.
pub fn document() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    // The description holds nothing that JSON cannot; a test reads it.
    DOCUMENT.get_or_init(|| Api::openapi().to_pretty_json().unwrap_or_default())
}

/// Writes the two handlers of all surfaces out, one path for each surface.
struct Surfaces;

impl Modify for Surfaces {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let Some(template) = api.paths.paths.remove("/v1/recommend/{surface}") else { return };
        for surface in Surface::ALL {
            let path = format!("/v1/recommend/{}", segment(surface));
            let has = |method| ROUTES.iter().any(|r| r.path == path && r.method == method);
            let named = |operation: &Option<Operation>, way: &str| {
                let mut operation = operation.clone()?;
                let id = segment(surface).replace('-', "_");
                operation.operation_id = Some(format!("recommend_{id}{way}"));
                operation.summary = Some(summary(surface).to_owned());
                Some(operation)
            };
            let mut item = PathItem::default();
            item.post = named(&template.post, "").filter(|_| has("POST"));
            item.get = named(&template.get, "_get").filter(|_| has("GET"));
            api.paths.paths.insert(path, item);
        }
    }
}

pub(crate) fn summary(surface: Surface) -> &'static str {
    match surface {
        Surface::Home => "The home feed: whatever this customer may want now.",
        Surface::Similar => "An item's page: what could be taken instead of `items`.",
        Surface::Complements => "An item's page: what goes with `items`.",
        Surface::Cart => "The cart: what is still missing from `items`.",
        Surface::Session => "A visit of somebody unknown, by `session_id` or by its `items`.",
        Surface::BuyAgain => "What this customer buys again and again and is about to need.",
        Surface::Rank => "Puts the caller's own `items` in order.",
    }
}

/// Says of every operation which key it needs and how it fails.
struct Keys;

impl Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let header = ApiKey::Header(ApiKeyValue::new("X-Api-Key"));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(header));
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let problem = ResponseBuilder::new()
            .description("What is wrong, as RFC 9457 problem details")
            .content("application/problem+json", problem)
            .build();
        for route in ROUTES {
            let Some(item) = api.paths.paths.get_mut(route.path) else { continue };
            let Some(operation) = operation(item, route.method) else { continue };
            operation.responses.responses.insert("default".into(), problem.clone().into());
            if let Some(scope) = route.scope {
                let either = ["bearer", "api_key"];
                operation.security =
                    Some(either.map(|way| SecurityRequirement::new(way, [scope.name()])).into());
            }
        }
    }
}

/// The operation of `method` at a path.
pub(crate) fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    let operation = match method {
        "GET" => &mut item.get,
        "PUT" => &mut item.put,
        "POST" => &mut item.post,
        "DELETE" => &mut item.delete,
        _ => return None,
    };
    operation.as_mut()
}
