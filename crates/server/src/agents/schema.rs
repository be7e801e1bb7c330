//! How does a shape of the wire become the schema of a tool?
//!
//! Shapes speak OpenAPI 3.1, whose schemas are JSON Schema 2020-12 but for `example` and the place
//! of what is referred to. Clients check answers by these schemas, some by the rules of draft 7,
//! which knows no `prefixItems`. Of arguments, models are told less: some clients of theirs know no
//! `null` and no choice of types, and what may be null may as well be left out.

use crate::openapi::summary;
use crate::wire::recommend::segment;
use recommend::Surface;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The schema of arguments.
pub(super) fn of_args<T: PartialSchema>() -> Map<String, Value> {
    let mut schema = as_json(&T::schema());
    simplify(&mut schema);
    object(schema)
}

/// The schema of an answer, whole.
pub(super) fn of_answer<T: ToSchema>() -> Map<String, Value> {
    let mut within = Vec::new();
    T::schemas(&mut within);
    let mut schema = object(as_json(&T::schema()));
    let defs: Map<String, Value> =
        within.iter().map(|(name, shape)| (name.clone(), as_json(shape))).collect();
    if !defs.is_empty() {
        schema.insert("$defs".into(), defs.into());
    }
    schema
}

/// An ask's schema, with the surface that an address of the API names.
pub(super) fn with_surface(mut ask: Map<String, Value>) -> Map<String, Value> {
    let lines = Surface::ALL.map(|surface| format!("`{}`: {}", segment(surface), summary(surface)));
    let surface = json!({
        "type": "string", "enum": Surface::ALL.map(segment), "description": lines.join("\n"),
    });
    if let Some(Value::Object(properties)) = ask.get_mut("properties") {
        properties.insert("surface".into(), surface);
    }
    ask.insert("required".into(), json!(["surface"]));
    ask.insert(
        "description".into(),
        "What to recommend. Which surface needs what is said there.".into(),
    );
    ask.remove("examples"); // they are of an address, not of a surface
    ask
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn as_json(shape: &RefOr<Schema>) -> Value {
    let mut schema = serde_json::to_value(shape).unwrap_or_default();
    each(&mut schema, &|map| {
        if let Some(Value::String(to)) = map.get_mut("$ref") {
            *to = to.replace("#/components/schemas/", "#/$defs/");
        }
        if let Some(example) = map.remove("example") {
            map.insert("examples".into(), json!([example]));
        }
        if let Some(Value::Array(places)) = map.remove("prefixItems") {
            map.insert("minItems".into(), places.len().into());
            map.insert("maxItems".into(), places.len().into());
            map.insert("items".into(), json!({"anyOf": places}));
        }
    });
    schema
}

/// No null, no choice, no lists that must be there; and nothing that is not listed.
fn simplify(schema: &mut Value) {
    each(schema, &|map| {
        if let Some(Value::Array(types)) = map.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = &mut **types {
                let one = one.take();
                map.insert("type".into(), one);
            }
        }
        if let Some(Value::Array(mut choice)) = map.remove("oneOf") {
            choice.retain(|one| one["type"] != "null");
            let (told, only) = (map.remove("description"), choice.pop());
            map.extend(only.map(object).unwrap_or_default());
            map.extend(told.map(|told| ("description".to_owned(), told)));
        }
        let Some(properties) = map.get("properties").cloned() else { return };
        map.insert("additionalProperties".into(), false.into());
        let plain = |name: &Value| {
            let kind = &properties[name.as_str().unwrap_or_default()]["type"];
            kind != "array" && kind != "object"
        };
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required.retain(plain);
            if required.is_empty() {
                map.remove("required");
            }
        }
    });
}

/// Does `change` to a schema and to all within it, the outer ones first.
fn each(schema: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    let Value::Object(map) = schema else { return };
    change(map);
    for (key, value) in map.iter_mut() {
        match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(named)) => {
                named.values_mut().for_each(|one| each(one, change));
            }
            ("oneOf" | "anyOf" | "allOf", Value::Array(list)) => {
                list.iter_mut().for_each(|one| each(one, change));
            }
            ("items", one) => each(one, change),
            _ => {}
        }
    }
}
