//! Lists that close: every address is described, guarded and answered; every shape is read.

use super::client::Running;
use super::fake::{FakeShop, NOW};
use crate::door::Door;
use crate::routes::{ROUTES, Route};
use crate::wire::fields::Fields;
use crate::wire::report::Report;
use crate::wire::{catalogue, event, imports, people, recommend, webhooks};
use commerce::Currency;
use govern::Scope;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

fn described() -> Value {
    serde_json::from_str(crate::document()).unwrap()
}

/// What speaks JSON-RPC describes itself, in its own words.
fn api_routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.path != "/mcp")
}

#[test]
fn every_address_is_described_and_nothing_else_is() {
    let document = described();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let answered: BTreeSet<(String, String)> =
        api_routes().map(|r| (r.method.to_owned(), r.path.to_owned())).collect();
    assert_eq!(described, answered);
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn every_operation_says_its_scope_its_problems_and_gives_an_example() {
    let document = described();
    let mut ids = BTreeSet::new();
    for route in api_routes() {
        let operation = &document["paths"][route.path][route.method.to_lowercase()];
        let place = format!("{} {}", route.method, route.path);
        assert!(operation["responses"]["default"].is_object(), "{place}");
        assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{place}");
        assert!(ids.insert(operation["operationId"].to_string()), "{place}: operationId twice");
        let scopes = route.scope.map(|scope| json!([scope.name()]));
        assert_eq!(operation["security"][0].get("bearer"), scopes.as_ref(), "{place}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter.get("example").is_some(), "{place}: {parameter}");
        }
        if let Some(body) = operation.get("requestBody") {
            let text = body.to_string();
            let names = text.split("#/components/schemas/").skip(1);
            for name in names.map(|rest| rest.split('"').next().unwrap()) {
                let shape = &document["components"]["schemas"][name];
                assert!(shape["example"].is_object() || name == "BatchIn", "{place}: {name}");
            }
        }
    }
}

#[test]
fn every_address_asks_for_its_key() {
    let server = Running::new();
    for route in ROUTES {
        let path =
            route.path.replace("{id}", "x").replace("{name}", "x").replace("{code}", "internal");
        let path = path.replace("{token}", "x").replace("{webhook}", "x");
        let call = |headers: &str| server.call(route.method, &path, headers, b"");
        let place = format!("{} {}", route.method, route.path);
        let Some(scope) = route.scope else {
            // Signing in is for those without a key, but not without a body.
            let expected = if place == "POST /v1/session" { 400 } else { 200 };
            assert_eq!(call("").status, expected, "{place}");
            continue;
        };
        assert_eq!(call("").code(), (401, "key_missing".into()), "{place}");
        for other in Scope::ALL {
            let reply = call(&format!("Authorization: Bearer sk-{other}\r\n"));
            let refused = reply.status == 403;
            let opens = other == scope || Some(other) == route.or || other == Scope::Admin;
            assert_eq!(refused, !opens, "{place} with {other}");
        }
    }
}

/// The names of a shape and of the shapes within it.
fn names(document: &Value, shape: &str) -> BTreeSet<String> {
    fn collect(document: &Value, schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                for (key, value) in map {
                    match (key.as_str(), value) {
                        ("properties", Value::Object(properties)) => {
                            found.extend(properties.keys().cloned());
                            properties.values().for_each(|one| collect(document, one, found));
                        }
                        ("example", _) => {}
                        ("$ref", Value::String(to)) => {
                            let name = to.rsplit('/').next().unwrap();
                            collect(document, &document["components"]["schemas"][name], found);
                        }
                        _ => collect(document, value, found),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|one| collect(document, one, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    let schema = &document["components"]["schemas"][shape];
    assert!(schema.is_object(), "no shape {shape}");
    collect(document, schema, &mut found);
    found
}

#[test]
fn every_shape_names_what_its_reader_asks_for() {
    let document = described();
    let yuan = Currency::CNY;
    let limits = recommend::Limits { currency: yuan, count_max: 60 };
    let asked = |sent: Value, read: &dyn Fn(&Fields<'_>)| -> BTreeSet<String> {
        let (map, report) = (sent.as_object().unwrap().clone(), Report::default());
        let fields = Fields::of_body(&map, &report);
        read(&fields);
        fields.note_unknown();
        report.asked().into_iter().map(str::to_owned).collect()
    };
    let inner = json!({"items": [{}], "context": {}});
    let told = |fields: &Fields<'_>| {
        fields.id("event_id", commerce::FactId::new);
        fields.time("timestamp", NOW);
    };
    let ask = json!({"surface": "home", "filter": {}, "boosts": [{}], "pins": [{}]});
    let cases: Vec<(&str, BTreeSet<String>)> = vec![
        ("Event", asked(inner, &|f| drop(event::read_event(f, NOW, yuan)))),
        ("Item", asked(json!({}), &|f| drop(catalogue::read_item(f, None, yuan)))),
        ("Merchant", asked(json!({}), &|f| drop(catalogue::read_merchant(f)))),
        ("Customer", asked(json!({}), &|f| drop(people::read_customer(f)))),
        (
            "Consent",
            asked(json!({}), &|f| {
                told(f);
                people::read_consent(f);
            }),
        ),
        (
            "Identity",
            asked(json!({}), &|f| {
                told(f);
                people::read_identity(f, "x");
            }),
        ),
        (
            "Stock",
            asked(json!({}), &|f| {
                told(f);
                catalogue::read_stock(f);
            }),
        ),
        ("ImportAsk", asked(json!({}), &|f| drop(imports::read_import(f)))),
        ("WebhookAsk", asked(json!({}), &|f| drop(webhooks::read_webhook(f)))),
        ("Ask", asked(ask, &|f| drop(recommend::read_ask(f, None, limits)))),
    ];
    for (shape, asked) in cases {
        assert_eq!(names(&document, shape), asked, "{shape}");
    }
}

#[test]
fn every_example_of_a_body_is_taken() {
    let document = described();
    let server = Running::new();
    let example = |shape: &str| document["components"]["schemas"][shape]["example"].to_string();
    for (path, shape) in [
        ("/v1/events", "Event"),
        ("/v1/items", "Item"),
        ("/v1/merchants", "Merchant"),
        ("/v1/customers", "Customer"),
        ("/v1/consents", "Consent"),
        ("/v1/identities", "Identity"),
        ("/v1/stock", "Stock"),
        ("/v1/recommend/similar", "Ask"),
        ("/v1/session", "SignIn"),
        ("/v1/models/recommend/rollback", "RollBack"),
    ] {
        let reply = server.post(path, &example(shape));
        assert_eq!(reply.status, 200, "{shape}: {reply:?}");
    }
    let webhook = example("WebhookAsk").replace("https://shop.example/hooks", "http://127.0.0.1:9");
    assert_eq!(server.post("/v1/webhooks", &webhook).status, 201);
    let file = "user_id,item_id,category_id,behavior_type,timestamp\n1,2,3,pv,1511544070\n";
    let key = "X-Api-Key: sk-all\r\n";
    server.call("PUT", "/v1/uploads/UserBehavior.csv", key, file.as_bytes());
    assert_eq!(server.post("/v1/imports/preview", &example("ImportAsk")).status, 200);
    assert_eq!(server.post("/v1/imports", &example("ImportAsk")).status, 202);
    let promotion = example("Promotion").replace('7', "1");
    assert_eq!(server.post("/v1/models/recommend/promote", &promotion).status, 200);
}

#[test]
fn ids_made_by_the_door_never_repeat() {
    let options = super::client::options();
    let door = || Door::new(options.clone(), Arc::new(FakeShop::default())).unwrap();
    let (one, two) = (door(), door());
    let made: BTreeSet<String> = [&one, &one, &two, &two]
        .iter()
        .map(|door| door.fresh_fact_id().unwrap().to_string())
        .collect();
    assert_eq!(made.len(), 4);
}

#[test]
fn the_sdk_is_made_from_this_description() {
    let saved = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/web/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(saved, crate::document()).unwrap();
    }
    let same = std::fs::read_to_string(saved).unwrap() == crate::document();
    assert!(same, "run this test with UPDATE_OPENAPI=1, then npm run types in sdk/web");
}
