//! Is what is sent stored once, and is what is wrong said exactly?

use super::client::{Running, options};
use super::fake::NOW;
use crate::ServerOptions;
use commerce::*;
use serde_json::{Value, json};
use store::Ack;

fn view(id: &str) -> Value {
    json!({"event_id": id, "event": "view_item", "customer_id": "c-1",
           "items": [{"item_id": "kettle-1"}]})
}

#[test]
fn an_event_becomes_the_fact_it_tells() {
    let server = Running::new();
    let sent = json!({
        "event_id": "e-1", "event": "purchase", "timestamp": "2026-11-11T20:00:00+08:00",
        "customer_id": 1001, "device_id": "d", "session_id": "s", "currency": "CNY",
        "items": [{"item_id": "kettle-1", "quantity": 2, "price": 129.9}, {"item_id": "tea-3", "price": "9.90"}],
        "value": 269.7, "transaction_id": "o-9", "coupon": "双11",
        "decision_id": "019a7356-4c00-7d3e-9c1f-0242ac120002",
        "context": {"place": "Hangzhou", "channel": "app"}
    });
    let reply = server.post("/v1/events", &sent.to_string()).json();
    assert_eq!((&reply["accepted"], &reply["results"][0]["offset"]), (&json!(1), &json!(0)));
    let (fact, ack) = server.shop.facts.lock().remove(0);
    assert_eq!((fact.at.to_string().as_str(), ack), ("2026-11-11T12:00:00Z", Ack::Disk));
    assert_eq!(fact.received_at, NOW);
    let Body::Event(event) = fact.body else { panic!("not an event") };
    assert_eq!(event.who.customer.unwrap().as_str(), "1001");
    assert_eq!(event.lines[0].price, Some(Money::new(12_990, Currency::CNY)));
    assert_eq!((event.lines[0].quantity, event.lines[1].quantity), (2, 1));
    assert_eq!(event.lines[1].price, Some(Money::new(990, Currency::CNY)));
    assert_eq!(event.value, Some(Money::new(26_970, Currency::CNY)));
    assert_eq!(event.context.channel.as_deref(), Some("app"));
    assert_eq!(event.decision.unwrap().to_string(), "019a7356-4c00-7d3e-9c1f-0242ac120002");
}

#[test]
fn a_list_is_answered_part_by_part_and_lines_too() {
    let server = Running::new();
    let wrong = json!({"event_id": "e-3", "event": "view_item", "customer_id": "c-1",
                       "items": [{"item_id": "kettle-1", "quantity": -1}], "utm": "x"});
    let list = json!([view("e-1"), view("e-1"), wrong, 7, view("e-2")]);
    let reply = server.post("/v1/events?ack=memory", &list.to_string()).json();
    assert_eq!([&reply["accepted"], &reply["duplicate"], &reply["rejected"]], [2, 1, 2]);
    let statuses: Vec<&str> = reply["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["accepted", "duplicate", "rejected", "rejected", "accepted"]);
    assert_eq!(
        reply["results"][2]["errors"],
        json!([{"path": "items[0].quantity", "seen": "-1", "allowed": "a whole number from 1 to 1000000"}])
    );
    assert_eq!(reply["results"][2]["warnings"][0]["path"], "utm");
    assert_eq!(reply["results"][3]["code"], "body_invalid");
    assert!(server.shop.facts.lock().iter().all(|(_, ack)| *ack == Ack::Memory));

    let lines = format!("{}\n\n{{bad\n{}\n", view("e-5"), view("e-6"));
    let headers = "X-Api-Key: sk-all\r\nContent-Type: application/x-ndjson; charset=utf-8\r\n";
    let path = "/v1/events?results=rejected";
    let reply = server.call("POST", path, headers, lines.as_bytes()).json();
    assert_eq!((&reply["accepted"], &reply["rejected"]), (&json!(2), &json!(1)));
    assert_eq!(reply["results"].as_array().unwrap().len(), 1);
    assert_eq!(reply["results"][0]["index"], 1);
    let seen = reply["results"][0]["errors"][0]["seen"].as_str().unwrap();
    assert!(seen.contains("line 1 column 2"), "{seen}");
}

/// The first field problem of an event with `change` merged in.
fn wrong(server: &Running, change: &Value) -> (String, String, String) {
    let mut event = view("e-1");
    for (name, value) in change.as_object().unwrap() {
        event[name] = value.clone();
    }
    let reply = server.post("/v1/events", &event.to_string());
    assert_eq!(reply.status, 422, "{change} {reply:?}");
    let error = reply.json()["errors"][0].clone();
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    (text("path"), text("seen"), text("allowed"))
}

#[test]
fn every_mistake_is_named_by_path_value_and_what_is_allowed() {
    let server = Running::new();
    let says = |change: Value| wrong(&server, &change);
    let (path, seen, allowed) = says(json!({"event": "look"}));
    assert_eq!((path.as_str(), seen.as_str()), ("event", "look"));
    assert!(allowed.starts_with("view_item, view_item_list, select_item, "), "{allowed}");
    let cases = [
        (json!({"event_id": null}), "event_id", "nothing"),
        (json!({"event_id": "x".repeat(129)}), "event_id", "…"),
        (json!({"customer_id": true}), "customer_id", "true"),
        (json!({"customer_id": null}), "customer_id", "nothing"),
        (json!({"items": []}), "items", "a list of 0 entries"),
        (json!({"items": "kettle-1"}), "items", "kettle-1"),
        (json!({"items": [{}]}), "items[0].item_id", "nothing"),
        (json!({"items": [{"item_id": "k", "price": -1}]}), "items[0].price", "-1"),
        (json!({"items": [{"item_id": "k", "price": "1.234"}]}), "items[0].price", "1.234"),
        (json!({"items": [{"item_id": "k", "price": 1.234}]}), "items[0].price", "1.234"),
        (json!({"items": [3]}), "items[0]", "3"),
        (json!({"currency": "YUAN"}), "currency", "YUAN"),
        (json!({"timestamp": "yesterday"}), "timestamp", "yesterday"),
        (json!({"timestamp": 12}), "timestamp", "12"),
        (json!({"timestamp": "2150-01-01"}), "timestamp", "2150-01-01"),
        (json!({"dwell_ms": "long"}), "dwell_ms", "long"),
        (json!({"rating": 6}), "rating", "6"),
        (json!({"event": "rate_item"}), "rating", "nothing"),
        (json!({"event": "search"}), "search_term", "nothing"),
        (json!({"event": "use_coupon"}), "coupon", "nothing"),
        (json!({"decision_id": "1"}), "decision_id", "1"),
        (json!({"context": []}), "context", "a list of 0 entries"),
        (json!({"context": {"place": "a\u{0}b"}}), "context.place", "a\u{0}b"),
        (json!({"search_term": "x".repeat(2_000)}), "search_term", "…"),
    ];
    for (change, path, seen) in cases {
        let found = says(change.clone());
        assert_eq!(found.0, path, "{change}");
        assert!(found.1 == seen || seen == "…" && found.1.ends_with('…'), "{change} {found:?}");
    }
    assert!(server.shop.facts.lock().is_empty(), "nothing wrong is stored");
}

#[test]
fn every_kind_of_event_is_taken() {
    let server = Running::new();
    for kind in EventKind::ALL {
        let event = json!({"event_id": kind.name(), "event": kind.name(), "device_id": "d",
            "items": [{"item_id": "k"}], "rating": 4.5, "search_term": "茶", "coupon": "c"});
        assert_eq!(server.post("/v1/events", &event.to_string()).status, 200, "{kind}");
    }
    assert_eq!(server.shop.facts.lock().len(), EventKind::ALL.len());
}

#[test]
fn events_are_lenient_and_everything_else_is_strict() {
    let server = Running::new();
    let mut event = view("e-1");
    event["params"] = json!({"debug_mode": 1});
    let reply = server.post("/v1/events", &event.to_string()).json();
    assert_eq!(reply["accepted"], 1);
    assert_eq!(reply["results"][0]["warnings"][0]["path"], "params");
    let reply = server.post("/v1/items", r#"{"item_id":"k","titel_en":"Kettle"}"#);
    let error = &reply.json()["errors"][0];
    assert_eq!((reply.status, &error["path"]), (422, &json!("titel_en")));
    assert!(error["allowed"].as_str().unwrap().contains("title_en"), "{error}");
    let reply = server.post("/v1/recommend/home", r#"{"fliter":{}}"#);
    assert_eq!(reply.code(), (422, "field_invalid".into()));
    assert_eq!(server.get("/v1/recommend/home?cuont=3").code(), (400, "query_invalid".into()));
}

#[test]
fn the_catalogue_and_the_people_are_told_of() {
    let server = Running::new();
    let put =
        |path: &str, body: &str| server.call("PUT", path, "X-Api-Key: sk-all\r\n", body.as_bytes());
    let body = r#"{"price":9.9,"rebate":0.05,"attributes":{"color":["red","blue"],"litres":1.7}}"#;
    assert_eq!(put("/v1/items/%E8%8C%B6", body).status, 200);
    let Body::Item(item) = server.shop.facts.lock()[0].0.body.clone() else { panic!("no item") };
    assert_eq!((item.id.as_str(), item.rebate_ppm), ("茶", 50_000));
    let attributes: Vec<_> = item.attributes.iter().map(|a| (&*a.name, &*a.value)).collect();
    assert_eq!(attributes, [("color", "red"), ("color", "blue"), ("litres", "1.7")]);
    assert_eq!(put("/v1/items/a", r#"{"item_id":"b"}"#).status, 422);
    let gone = server.call("DELETE", "/v1/items/%E8%8C%B6", "X-Api-Key: sk-all\r\n", b"");
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));

    let ok = |path: &str, body: &str| assert_eq!(server.post(path, body).status, 200, "{body}");
    ok("/v1/stock", r#"[{"item_id":"k","left":3},{"event_id":"m-1","item_id":"k","change":-1}]"#);
    ok(
        "/v1/merchants",
        r#"[{"merchant_id":"m-1","name":"Tea House"},{"merchant_id":7,"name":"茶"}]"#,
    );
    ok("/v1/consents", r#"{"customer_id":"c-1","purpose":"marketing","granted":true}"#);
    ok("/v1/identities", r#"{"customer_id":"c-1","device_id":"d-1"}"#);
    ok(
        "/v1/customers",
        r#"{"customer_id":"c-1","interests":["Tea"],"attributes":{"level":"gold"}}"#,
    );
    let facts = server.shop.facts.lock();
    assert!(facts.iter().any(|(fact, _)| matches!(
        &fact.body,
        Body::Identity(change) if &*change.by == "all" && change.linked
    )));
    let tea = |m: &Merchant| m.id.as_str() == "m-1" && &*m.name == "Tea House";
    assert!(facts.iter().any(|(fact, _)| matches!(&fact.body, Body::Merchant(m) if tea(m))));
    drop(facts);
    for (path, body) in [
        ("/v1/merchants", r#"{"merchant_id":"m-1"}"#),
        ("/v1/merchants", r#"{"name":"Tea House"}"#),
        ("/v1/merchants", r#"{"merchant_id":"m-1","name":"x","city":"y"}"#),
        ("/v1/stock", r#"{"item_id":"k","change":-1}"#),
        ("/v1/stock", r#"{"item_id":"k","left":1,"change":-1}"#),
        ("/v1/consents", r#"{"purpose":"marketing","granted":true}"#),
        ("/v1/consents", r#"{"customer_id":"c","purpose":"fun","granted":true}"#),
        ("/v1/consents", r#"{"customer_id":"c","purpose":"marketing"}"#),
        ("/v1/customers", r#"{}"#),
    ] {
        assert_eq!(server.post(path, body).status, 422, "{body}");
    }
}

#[test]
fn too_much_is_refused_before_it_costs() {
    let server =
        Running::with(ServerOptions { batch_max: 3, body_bytes_max: 1 << 16, ..options() });
    let many: Vec<Value> = (0..4).map(|n| view(&format!("e-{n}"))).collect();
    let reply = server.post("/v1/events", &json!(many).to_string());
    assert_eq!(reply.code(), (413, "body_large".into()));
    assert_eq!(reply.json()["errors"][0]["seen"], "4 entries");
    assert_eq!(server.post("/v1/events", &"[".repeat(1_000)).code().1, "body_invalid");

    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let headers = "X-Api-Key: sk-all\r\nContent-Encoding: gzip\r\n";
    let bomb = gzip(&vec![b' '; 50 << 20]);
    assert!(bomb.len() < 1 << 16, "it fits as sent");
    let reply = server.call("POST", "/v1/events", headers, &bomb);
    assert_eq!(reply.code(), (413, "body_large".into()));
    let honest = gzip(view("e-9").to_string().as_bytes());
    assert_eq!(server.call("POST", "/v1/events", headers, &honest).status, 200);
    assert_eq!(server.call("POST", "/v1/events", headers, b"plain").code().1, "body_invalid");
    let brotli = "X-Api-Key: sk-all\r\nContent-Encoding: br\r\n";
    assert_eq!(server.call("POST", "/v1/events", brotli, b"x").code().1, "media_type");
    assert_eq!(server.post("/v1/events", "{\"event_id\":\"\u{0}\"}").code().1, "body_invalid");
    let invalid =
        server.call("POST", "/v1/events", "X-Api-Key: sk-all\r\n", b"{\"event_id\":\"\xff\"}");
    assert_eq!(invalid.code().1, "body_invalid");
}
