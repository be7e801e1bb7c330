//! Can people leaf through what there is, see how it is, sign in, and open the pages?

use super::client::{Running, options};
use crate::ServerOptions;
use serde_json::{Value, json};

fn filled() -> Running {
    let server = Running::new();
    let items = json!([
        {"item_id": "kettle-1", "title_zh": "水壶", "price": 129.9, "rebate": 0.05, "brand": "Qinghe",
         "category": ["Kitchen"], "attributes": {"color": "red"}, "stock": 3},
        {"item_id": "tea-3"}
    ]);
    assert_eq!(server.post("/v1/items", &items.to_string()).status, 200);
    let events = json!([
        {"event_id": "e1", "event": "view_item", "customer_id": "c-1", "items": [{"item_id": "tea-3"}]},
        {"event_id": "e2", "event": "add_to_cart", "customer_id": "c-1", "items": [{"item_id": "tea-3"}],
         "context": {"channel": "app"}},
        {"event_id": "e3", "event": "view_item", "customer_id": "c-2", "items": [{"item_id": "tea-3"}]}
    ]);
    assert_eq!(server.post("/v1/events", &events.to_string()).status, 200);
    server
}

#[test]
fn items_are_listed_page_by_page_and_told_whole() {
    let server = filled();
    let all = server.get("/v1/items?sort=price&count=1&offset=1").json();
    assert_eq!((&all["total"], &all["offset"]), (&json!(2), &json!(1)));
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    let one = server.get("/v1/items/kettle-1").json();
    assert_eq!((&one["price"], &one["currency"]), (&json!(129.9), &json!("CNY")));
    assert_eq!((&one["rebate"], &one["stock"]), (&json!(0.05), &json!(3)));
    assert_eq!(one["attributes"], json!([{"name": "color", "value": "red"}]));
    assert_eq!(one["stats"]["views"], 5);
    assert_eq!(one["stats"]["rating"], json!({"count": 2, "mean": 4.5}));
    assert_eq!(server.get("/v1/items?query=kettle").json()["total"], 1);
    let named = server.get("/v1/items?ids=tea-3,none").json();
    assert_eq!((&named["total"], &named["items"][0]["item_id"]), (&json!(1), &json!("tea-3")));
    assert_eq!(server.get("/v1/items/none").code(), (404, "item_unknown".into()));
    for wrong in ["sort=best", "count=0", "count=201", "offset=-1", "colour=red"] {
        assert_eq!(server.get(&format!("/v1/items?{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn customers_and_what_happened_to_them_are_listed() {
    let server = filled();
    let page = server.get("/v1/customers?prefix=c-&count=1").json();
    assert_eq!((&page["total"], &page["customers"][0]["customer_id"]), (&json!(2), &json!("c-1")));
    assert_eq!(page["customers"][0]["last_at"], "2027-01-15T08:00:00Z");
    let timeline = server.get("/v1/customers/c-1/timeline?count=1").json();
    let entry = &timeline["entries"][0];
    assert_eq!((&entry["event"], &entry["channel"]), (&json!("add_to_cart"), &json!("app")));
    assert_eq!(entry["items"][0]["item_id"], "tea-3");
    let now = server.get("/v1/customers/c-1/features").json();
    let then = server.get("/v1/customers/c-1/features?at=2026-01-01T00:00:00Z").json();
    assert_eq!(
        (&now["features"][0]["value"], &then["at"]),
        (&json!(2.0), &json!("2026-01-01T00:00:00Z"))
    );
    let next = timeline["next"].as_u64().unwrap();
    let before = server.get(&format!("/v1/customers/c-1/timeline?before={next}")).json();
    assert_eq!(before["entries"][0]["event"], "view_item");
    assert_eq!(before["entries"].as_array().unwrap().len(), 1);
}

#[test]
fn decisions_are_listed_by_kind() {
    let server = filled();
    let id = server.post("/v1/recommend/home", "{}").json()["decision_id"].clone();
    let page = server.get("/v1/decisions?kind=recommend.home").json();
    let row = &page["decisions"][0];
    assert_eq!(
        (&row["decision_id"], &row["stopped"], &row["chosen"]),
        (&id, &json!(1), &json!(25))
    );
    let none = server.get("/v1/decisions?kind=recommend.cart").json();
    assert_eq!(none["decisions"], json!([]));
}

#[test]
fn an_overview_and_the_doctor_say_how_it_is() {
    let server = filled();
    let overview = server.get("/v1/overview").json();
    assert_eq!((&overview["events_total"], &overview["decisions_total"]), (&json!(12), &json!(3)));
    assert_eq!(overview["model"]["facts_since"], 4);
    assert_eq!(overview["policies"][0]["policy"], "live");
    assert!(overview["policies"][0]["low"].as_f64() < overview["policies"][0]["ctr"].as_f64());
    assert_eq!(overview["latency"]["p99_ms"], Value::Null);
    let settings = server.get("/v1/settings").json();
    let text = settings.to_string();
    assert!(text.contains("requests_per_s") && !text.contains("sk-all"), "never a secret");
    let recommend = settings["sections"].as_array().unwrap();
    let recommend = recommend.iter().find(|section| section["name"] == "recommend").unwrap();
    let slate = recommend["options"].as_array().unwrap();
    let slate = slate.iter().find(|option| option["name"] == "slate_max").unwrap();
    assert_eq!((&slate["value"], &slate["default"]), (&json!(60), &json!(60)));
    let findings = server.get("/v1/doctor").json();
    assert_eq!(findings["findings"][0]["level"], "weak");
}

#[test]
fn signing_in_sets_a_cookie_that_opens_what_its_key_opens() {
    let server = Running::new();
    let session = |headers: &str| server.call("GET", "/v1/session", headers, b"").json();
    assert_eq!(session(""), json!({"open": false, "operator": null}));
    let sign_in = |name: &str, password: &str| {
        let body = json!({"name": name, "password": password}).to_string();
        server.call("POST", "/v1/session", "Content-Type: application/json\r\n", body.as_bytes())
    };
    assert_eq!(sign_in("all", "sk-wrong").code(), (401, "key_unknown".into()));
    assert_eq!(sign_in("somebody", "sk-all").code(), (401, "key_unknown".into()));
    let signed_in = sign_in("all", "sk-all");
    assert_eq!(signed_in.json()["operator"]["role"], "owner");
    let head = &signed_in.head;
    assert!(head.contains("httponly; samesite=strict") && !head.contains("secure"), "{head}");
    let body = json!({"name": "all", "password": "sk-all"}).to_string();
    let proxied = "Content-Type: application/json\r\nX-Forwarded-Proto: https\r\n";
    let proxied = server.call("POST", "/v1/session", proxied, body.as_bytes());
    assert!(proxied.head.contains("samesite=strict; secure"), "{}", proxied.head);
    let cookie = "Cookie: other=1; shopkeeper_key=sk-all\r\n";
    assert_eq!(session(cookie)["operator"]["name"], "all");
    assert_eq!(server.call("GET", "/v1/models", cookie, b"").status, 200);
    let narrow = "Cookie: shopkeeper_key=sk-decisions:read\r\n";
    assert_eq!(session(narrow)["operator"]["role"], "viewer");
    assert_eq!(server.call("POST", "/v1/train", narrow, b"").code(), (403, "key_scope".into()));
    assert_eq!(server.call("DELETE", "/v1/session", cookie, b"").json()["operator"], Value::Null);
}

#[test]
fn pages_pictures_and_what_is_neither() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("i1.svg"), "<svg/>").unwrap();
    std::fs::write(dir.path().join(".secret"), "no").unwrap();
    let server =
        Running::with(ServerOptions { pictures: Some(dir.path().to_owned()), ..options() });
    let plain = |path: &str| server.call("GET", path, "", b"");
    assert_eq!(plain("/shop/pictures/i1.svg").status, 200);
    for path in ["/shop/pictures/i2.svg", "/shop/pictures/.secret", "/shop/pictures/..%2Fi1.svg"] {
        assert_eq!(plain(path).code(), (404, "route_unknown".into()), "{path}");
    }
    assert_eq!(plain("/").status, 303);
    assert_eq!(plain("/console").status, 303);
    // With or without the built pages: an address within a page is never a problem of the API.
    let within = plain("/console/customers/c-1");
    assert!(matches!(within.status, 200 | 404), "{within:?}");
    assert_eq!(plain("/nowhere").code(), (404, "route_unknown".into()));
    let posted = server.call("POST", "/console/", "", b"");
    assert_eq!(posted.code(), (404, "route_unknown".into()));
}
