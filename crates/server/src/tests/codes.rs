//! Is every code of the table answered by something, with a problem that says enough?

use super::client::{Reply, Running, options};
use crate::{Problem, ServerOptions};
use commerce::CODES;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

const VIEW: &str =
    r#"{"event_id":"e","event":"view_item","customer_id":"c","items":[{"item_id":"i"}]}"#;

fn disk(kind: ErrorKind) -> Problem {
    let io = store::StoreError::Io {
        doing: "writing",
        path: PathBuf::from("secret-place"),
        source: Arc::new(kind.into()),
        advice: "repair it",
    };
    store::StoreError::Stopped { why: Arc::new(io) }.into()
}

fn failing(server: &Running, problem: Problem) -> Reply {
    *server.shop.trouble.lock() = Some(problem);
    server.post("/v1/events", VIEW)
}

/// Leaves a training, a file to import and a webhook, and says the webhook's id.
fn furnish(server: &Running) -> String {
    server.post("/v1/train", "");
    server.call("PUT", "/v1/uploads/a.csv", "X-Api-Key: sk-all\r\n", b"a,b\n");
    let hook = server.post("/v1/webhooks", r#"{"url":"http://127.0.0.1:9","types":["audit.*"]}"#);
    hook.json()["id"].as_str().unwrap().to_owned()
}

/// What each code is answered to.
fn asked() -> Vec<(&'static str, Reply)> {
    let server = Running::new();
    let small = Running::with(ServerOptions { body_bytes_max: 1_024, ..options() });
    let held = r#"{"customer_id":"held"}"#;
    let quick = Running::with(ServerOptions { timeout_ms: 30, ..options() });
    let narrow = Running::with(ServerOptions { in_flight_max: 1, ..options() });
    let waiting =
        narrow.send("POST", "/v1/recommend/home", "X-Api-Key: sk-all\r\n", held.as_bytes());
    narrow.shop.wait_held(1);
    let plain = |path| server.call("GET", path, "", b"");
    let with = |key: &str, path| server.call("GET", path, &format!("X-Api-Key: {key}\r\n"), b"");
    let delete = |path: &str| server.call("DELETE", path, "X-Api-Key: sk-all\r\n", b"");
    let hook = furnish(&server);
    let replies = vec![
        ("body_invalid", server.post("/v1/events", "{")),
        ("body_large", small.post("/v1/events", &" ".repeat(2_000))),
        ("decision_unknown", server.get("/v1/decisions/none")),
        ("disk_full", failing(&server, disk(ErrorKind::StorageFull))),
        ("event_invalid", server.post("/v1/events", &VIEW.replace("view_item", "rate_item"))),
        ("field_invalid", server.post("/v1/events", &VIEW.replace("view_item", "look"))),
        ("internal", server.post("/v1/recommend/home", r#"{"customer_id":"panic"}"#)),
        ("item_unknown", server.call("DELETE", "/v1/items/none", "X-Api-Key: sk-all\r\n", b"")),
        ("import_busy", server.post("/v1/imports", r#"{"files":["busy.csv"]}"#)),
        (
            "import_invalid",
            server.post("/v1/imports/preview", r#"{"files":["a.csv"],"preset":"none"}"#),
        ),
        ("import_unknown", server.get("/v1/imports/none/quarantine")),
        ("key_missing", plain("/v1/models")),
        ("key_scope", with("sk-events:write", "/v1/models")),
        ("key_unknown", with("sk-nobody", "/v1/models")),
        (
            "media_type",
            server.call(
                "POST",
                "/v1/events",
                "X-Api-Key: sk-all\r\nContent-Type: text/xml\r\n",
                b"<a/>",
            ),
        ),
        ("message_unknown", delete(&format!("/v1/dead-letters/{hook}/none"))),
        ("method", server.get("/v1/events")),
        ("model_gate", server.post("/v1/models/recommend/promote", r#"{"version":2}"#)),
        ("model_unknown", server.post("/v1/models/recommend/promote", r#"{"version":9}"#)),
        ("customer_unknown", server.get("/v1/customers/nobody")),
        ("overloaded", narrow.get("/v1/models")),
        (
            "origin_refused",
            server.call(
                "POST",
                "/mcp",
                "X-Api-Key: sk-all\r\nOrigin: https://evil.example\r\n",
                b"{}",
            ),
        ),
        ("page_invalid", server.get("/v1/recommend/pages/1.2.3")),
        ("query_invalid", server.get("/v1/recommend/home?count=many")),
        ("rate_limit", {
            with("sk-slow", "/v1/models");
            with("sk-slow", "/v1/models")
        }),
        ("read_only", failing(&server, disk(ErrorKind::ReadOnlyFilesystem))),
        ("route_unknown", server.get("/v2/anything")),
        ("shutting_down", failing(&server, store::StoreError::Closed.into())),
        ("timeout", quick.post("/v1/recommend/home", held)),
        ("training_busy", server.post("/v1/train", "")),
        ("upload_unknown", delete("/v1/uploads/none")),
        ("webhook_unknown", delete("/v1/webhooks/none")),
    ];
    drop(waiting);
    replies
}

#[test]
fn every_code_is_answered_with_its_status_and_a_full_problem() {
    let asked = asked();
    for (name, reply) in &asked {
        let code = commerce::code(name);
        assert_eq!(reply.code(), (code.status, (*name).to_owned()), "{reply:?}");
        assert!(reply.head.contains("content-type: application/problem+json"), "{reply:?}");
        let problem = reply.json();
        assert_eq!(problem["type"], format!("/problems/{name}"));
        assert_eq!(problem["title"], code.meaning);
        assert_eq!(problem["status"], code.status);
        let id = problem["instance"].as_str().unwrap().strip_prefix("urn:request:").unwrap();
        assert!(reply.head.contains(&format!("x-request-id: {id}")), "{reply:?}");
        let later = code.retry == commerce::Retry::Later;
        assert_eq!(reply.head.contains("retry-after: "), later, "{reply:?}");
        assert!(!reply.body.contains("secret-place"), "paths stay in the log");
    }
    let exercised: BTreeSet<&str> = asked.iter().map(|(name, _)| *name).collect();
    let table: BTreeSet<&str> = CODES.iter().map(|code| code.name).collect();
    assert_eq!(exercised, table, "a code that nothing answers, or an answer without a code");
}

#[test]
fn every_code_has_its_page() {
    let server = Running::new();
    for code in CODES {
        let page = server.call("GET", &format!("/problems/{}", code.name), "", b"");
        assert_eq!((page.status, &page.json()["meaning"]), (200, &code.meaning.into()));
    }
    assert_eq!(server.get("/problems").json().as_array().unwrap().len(), CODES.len());
    assert_eq!(server.get("/problems/none").status, 404);
}
