//! Is what is asked understood, and is what is answered put on the wire whole?

use super::client::Running;
use crate::wire::recommend::segment;
use recommend::{Boost, BoostOn, Surface};
use serde_json::{Value, json};

#[test]
fn an_ask_reaches_the_shop_as_it_was_meant() {
    let server = Running::new();
    let ask = json!({
        "customer_id": "c-1", "items": ["kettle-1"], "count": 5,
        "filter": {"categories": ["Kitchen"], "price_max": 300, "in_stock": true,
                   "attributes": {"color": ["red", "blue"]}, "exclude": ["mug-2"]},
        "boosts": [{"brand": "Haier", "factor": 1.5}], "pins": [{"item_id": "tea-3", "at": 0}],
        "bury": ["mug-9"], "detail": "full"
    });
    let reply = server.post("/v1/recommend/similar", &ask.to_string()).json();
    let asked = server.shop.asks.lock().remove(0);
    assert_eq!((asked.surface, asked.count), (Surface::Similar, 5));
    assert_eq!(asked.filter.price_max.unwrap().minor, 30_000);
    assert_eq!(asked.filter.attributes.len(), 2);
    assert_eq!(asked.boosts, [Boost { on: BoostOn::Brand("Haier".into()), factor: 1.5 }]);
    assert_eq!((asked.pins[0].item.as_str(), asked.pins[0].at), ("tea-3", 0));
    assert_eq!(reply["items"].as_array().unwrap().len(), 5);
    assert_eq!(
        reply["items"][1],
        json!({"item_id": "item-1", "place": 1, "score": 0.99, "propensity": 1.0,
               "channels": ["hot"], "reasons": [{"code": "trending", "evidence": ["24 h"]}],
               "parts": [{"name": "start", "value": 1.0}]})
    );
    assert_eq!((&reply["scenario"], &reply["personal"]), (&json!("active"), &json!(true)));
    let nobody = server.post("/v1/recommend/similar", r#"{"items":["kettle-1"]}"#).json();
    assert_eq!(nobody["personal"], false, "it was made for whoever asks");
}

#[test]
fn a_query_says_the_same_as_a_body() {
    let server = Running::new();
    let reply = server.get(
        "/v1/recommend/session?session_id=s-9&items=kettle-1,tea-3&items=mug-2&count=2&detail=ids",
    );
    assert_eq!(reply.status, 200, "{reply:?}");
    let asked = server.shop.asks.lock().remove(0);
    assert_eq!(asked.who.session.unwrap().as_str(), "s-9");
    assert_eq!((asked.count, asked.context.len()), (2, 3));
    let first = reply.json()["items"][0].clone();
    assert_eq!(first.as_object().unwrap().keys().len(), 4, "ids alone: {first}");
}

#[test]
fn each_surface_wants_what_it_is_about() {
    let server = Running::new();
    let status = |segment: &str, body: Value| {
        server.post(&format!("/v1/recommend/{segment}"), &body.to_string()).status
    };
    for surface in Surface::ALL {
        let segment = segment(surface);
        let full = json!({"customer_id": "c", "items": ["a"]});
        assert_eq!(status(segment, full), 200, "{segment}");
        let asked = server.shop.asks.lock().pop().unwrap();
        assert_eq!(
            (asked.surface, asked.candidates.is_empty()),
            (surface, surface != Surface::Rank)
        );
        let bare = status(segment, json!({}));
        assert_eq!(bare == 200, surface == Surface::Home, "{segment}");
    }
    assert_eq!(status("rank", json!({"items": vec!["a"; 1_001]})), 422);
    for wrong in [
        json!({"count": 0}),
        json!({"filter": {"price_min": 5, "price_max": 4}}),
        json!({"boosts": [{"factor": 2}]}),
        json!({"boosts": [{"brand": "x", "category": "y", "factor": 2}]}),
        json!({"boosts": [{"brand": "x", "factor": 0}]}),
        json!({"pins": [{"item_id": "x"}]}),
        json!({"detail": "most"}),
    ] {
        assert_eq!(status("home", wrong.clone()), 422, "{wrong}");
    }
    assert_eq!(server.post("/v1/recommend/home", "").status, 200, "nobody, anything");
}

#[test]
fn pages_cut_one_slate_without_gap_or_repeat() {
    let server = Running::new();
    let mut page = server.post("/v1/recommend/home", r#"{"count":10}"#).json();
    let decision = page["decision_id"].clone();
    let mut shown = Vec::new();
    loop {
        assert_eq!(page["decision_id"], decision);
        shown.extend(page["items"].as_array().unwrap().iter().map(|i| i["item_id"].clone()));
        let Some(token) = page["next_page"].as_str() else { break };
        page = server.get(&format!("/v1/recommend/pages/{token}")).json();
    }
    let expected: Vec<Value> = (0..25).map(|place| json!(format!("item-{place}"))).collect();
    assert_eq!(shown, expected);
    assert_eq!(server.shop.asks.lock().len(), 1, "pages ask nothing anew");
    let id = decision.as_str().unwrap();
    for token in [format!("{id}.25.10"), format!("{id}.1"), format!("{id}.0.0"), "x.1.1".into()] {
        let reply = server.get(&format!("/v1/recommend/pages/{token}"));
        assert_eq!(reply.code(), (400, "page_invalid".into()), "{token}");
    }
}

#[test]
fn a_batch_answers_all_or_says_which_ask_is_wrong() {
    let server = Running::new();
    let good =
        json!({"asks": [{"surface": "home", "count": 1}, {"surface": "cart", "items": ["a"]}]});
    let reply = server.post("/v1/recommend/batch", &good.to_string()).json();
    let kinds: Vec<&Value> =
        reply["answers"].as_array().unwrap().iter().map(|answer| &answer["kind"]).collect();
    assert_eq!(kinds, ["recommend.home", "recommend.cart"]);
    let bad = json!({"asks": [{"surface": "home"}, {"surface": "hall"}]});
    let reply = server.post("/v1/recommend/batch", &bad.to_string());
    assert_eq!(reply.json()["errors"][0]["path"], "asks[1].surface");
    assert_eq!(server.post("/v1/recommend/batch", r#"{"asks":[]}"#).status, 422);
}

#[test]
fn a_decision_is_told_explained_and_replayed() {
    let server = Running::new();
    let answer = server.post("/v1/recommend/home", r#"{"customer_id":"c-1"}"#).json();
    let path = format!("/v1/decisions/{}", answer["decision_id"].as_str().unwrap());
    let record = server.get(&path).json();
    assert_eq!(
        (&record["policy"], &record["customers_as_of"]),
        (&json!("00000000000000ff"), &json!(2))
    );
    assert_eq!(record["chosen"].as_array().unwrap().len(), 25);
    assert_eq!(record["considered"][0]["channels"], json!(["similar", "alike"]));
    let zh = server.get(&format!("{path}/explain?lang=zh")).json();
    assert_eq!(zh["sentences"], json!(["选出 25 个。"]));
    assert_eq!(server.get(&format!("{path}/explain")).json()["sentences"], json!(["25 chosen."]));
    assert_eq!(server.get(&format!("{path}/explain?lang=fr")).code().1, "query_invalid");
    let replay = server.get(&format!("{path}/replay")).json();
    assert_eq!((&replay["same"], &replay["differs"]), (&json!(true), &json!([])));
    assert_eq!(replay["decision"], record);
}

#[test]
fn people_models_experiments_and_the_trail_are_told() {
    let server = Running::new();
    let profile = server.get("/v1/customers/c-1").json();
    assert_eq!(profile["consents"][0]["by"], "customer");
    assert_eq!(profile["recent"][0]["event"], "view_item");
    let models = server.get("/v1/models").json();
    assert_eq!(
        (&models[0]["state"], &models[1]["damage"]),
        (&json!("serving"), &json!("it is damaged"))
    );
    assert_eq!(models[0]["card"]["options"], "0000000000000007");
    let gate = server.post("/v1/models/recommend/promote", r#"{"version":2}"#).json();
    assert_eq!(gate["errors"].as_array().unwrap().len(), 1, "the failed gate alone");
    let force = r#"{"version":2,"force":true}"#;
    assert_eq!(
        server.post("/v1/models/recommend/promote", force).json()["errors"][0]["path"],
        "note"
    );
    let served = server.post("/v1/models/recommend/rollback", "").json();
    assert_eq!(served["serving"], json!({"name": "recommend", "version": 1}));
    let job = server.post("/v1/train", "");
    assert_eq!((job.status, &job.json()["note"]), (202, &json!("asked for by all")));
    assert_eq!(server.get("/v1/jobs").json(), json!([]));
    let experiment = server.get("/v1/experiments").json()[0].clone();
    assert_eq!((&experiment["name"], &experiment["mismatch_p"]), (&json!("x"), &json!(1.0)));
    assert_eq!(server.get("/v1/audits?action=model&count=5").json()[0]["offset"], 7);
    assert_eq!(server.get("/v1/audits?actor=nobody").json(), json!([]));
}

#[test]
fn a_million_wrong_fields_are_counted_no_further_than_it_helps() {
    let server = Running::new();
    let many: Vec<String> = (0..5_000).map(|n| format!("\"k{n}\":1")).collect();
    let body = format!("{{{}}}", many.join(","));
    let reply = server.post("/v1/recommend/home", &body);
    assert_eq!(reply.code(), (422, "field_invalid".into()));
    let told = reply.json();
    assert_eq!(told["detail"], "1000 fields or more are wrong, 50 are named");
    assert_eq!(told["errors"].as_array().unwrap().len(), 50);
    let body = format!("{{\"filter\":{{\"attributes\":{body}}}}}");
    let told = server.post("/v1/recommend/home", &body).json();
    assert_eq!(told["errors"][0]["seen"], "5000 entries");
    let whole = format!("{{\"customer_id\":\"c\",\"bury\":[{}]}}", "\"x\", ".repeat(600_000));
    assert_eq!(server.post("/v1/recommend/home", &whole).code(), (413, "body_large".into()));
}

#[test]
fn limits_are_this_shops_and_the_place_in_a_list_is_named() {
    let server = Running::new();
    let reply = server.get("/v1/recommend/home?count=100");
    assert_eq!(reply.code(), (400, "query_invalid".into()));
    assert_eq!(reply.json()["errors"][0]["allowed"], "a whole number from 1 to 60");
    let ask =
        json!({"filter": {"categories": ["Tea", 1, ""]}, "pins": [{"item_id": "a", "at": 60}]});
    let told = server.post("/v1/recommend/home", &ask.to_string()).json();
    let paths: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|e| e["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["filter.categories[1]", "filter.categories[2]", "pins[0].at"]);
    // Bytes that are no text must not make one customer of two.
    let reply = server.get("/v1/recommend/home?customer_id=%ff%fe");
    assert_eq!(reply.code(), (400, "query_invalid".into()));
    assert_eq!(reply.json()["errors"][0]["path"], "customer_id");
}

#[test]
fn pages_end_with_the_consent_that_they_were_made_with() {
    let server = Running::new();
    let first = server.get("/v1/recommend/home?customer_id=declined&count=5").json();
    let page = first["next_page"].as_str().unwrap();
    let reply = server.get(&format!("/v1/recommend/pages/{page}"));
    assert_eq!(reply.code(), (400, "page_invalid".into()));
    assert!(reply.body.contains("declined personalisation since"), "{reply:?}");
}
