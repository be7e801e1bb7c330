//! Is a language model answered as the API answers, by tools that its key may use?

use super::client::{Reply, Running, options};
use crate::ServerOptions;
use crate::agents::args::{read_customer_id, read_explain, read_item_id, read_timeline};
use crate::agents::tools::{TOOLS, What};
use crate::wire::fields::Fields;
use crate::wire::recommend::{Limits, read_ask};
use crate::wire::report::Report;
use commerce::Currency;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const VERSIONS: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

impl Running {
    /// One message with this key.
    fn say(&self, key: &str, message: &Value) -> Reply {
        self.say_with(&format!("Authorization: Bearer sk-{key}\r\n"), &message.to_string())
    }

    fn say_with(&self, headers: &str, body: &str) -> Reply {
        let accept = "Accept: application/json, text/event-stream\r\n";
        let headers = format!("Content-Type: application/json\r\n{accept}{headers}");
        self.call("POST", "/mcp", &headers, body.as_bytes())
    }

    /// The result of a request with this key.
    fn result(&self, key: &str, method: &str, params: &Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let reply = self.say(key, &message);
        assert!(reply.head.contains("content-type: application/json"), "{reply:?}");
        let answer = reply.json();
        assert_eq!((reply.status, &answer["id"]), (200, &json!(7)), "{reply:?}");
        if answer["result"].is_null() { answer["error"].clone() } else { answer["result"].clone() }
    }

    /// What a tool says, and whether it is an error.
    fn tool(&self, key: &str, name: &str, args: &Value) -> (bool, Value, String) {
        let result = self.result(key, "tools/call", &json!({"name": name, "arguments": args}));
        let text = result["content"][0]["text"].as_str();
        let text = text.unwrap_or_else(|| panic!("{name}: {result}")).to_owned();
        (result["isError"] == true, result["structuredContent"].clone(), text)
    }

    /// The problem that a tool tells.
    fn trouble(&self, key: &str, name: &str, args: &Value) -> Value {
        let (is_error, whole, text) = self.tool(key, name, args);
        assert_eq!((is_error, whole), (true, Value::Null), "{name}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

fn filled() -> Running {
    let server = Running::new();
    let items = json!([
        {"item_id": "kettle-1", "title_zh": "水壶", "price": 129.9, "brand": "Qinghe"},
        {"item_id": "tea-3"}
    ]);
    assert_eq!(server.post("/v1/items", &items.to_string()).status, 200);
    let view = json!({"event_id": "e1", "event": "view_item", "customer_id": "c-1",
                      "items": [{"item_id": "tea-3"}]});
    assert_eq!(server.post("/v1/events", &view.to_string()).status, 200);
    server
}

fn names(result: &Value) -> Vec<&str> {
    result["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[test]
fn a_client_shakes_hands_in_each_version_and_keeps_no_session() {
    let server = Running::new();
    for version in VERSIONS {
        let client = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
        let hello = server.result("all", "initialize", &params);
        assert_eq!(hello["protocolVersion"], version);
        assert_eq!(hello["serverInfo"]["name"], "shopkeeper");
        assert_eq!(hello["capabilities"], json!({"tools": {}}));
        let told = hello["instructions"].as_str().unwrap();
        assert!(told.contains("掌柜") && told.contains("Shopkeeper"), "{told}");
        let spoken = format!("X-Api-Key: sk-all\r\nMCP-Protocol-Version: {version}\r\n");
        let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        let noted = server.say_with(&spoken, ready);
        assert_eq!((noted.status, &*noted.body), (202, ""));
        assert!(!noted.head.contains("mcp-session-id"), "{noted:?}");
        let ping = server.say_with(&spoken, r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#);
        assert_eq!(ping.json(), json!({"jsonrpc": "2.0", "id": "a", "result": {}}));
    }
    let params = json!({"protocolVersion": "1999-01-01", "capabilities": {},
                        "clientInfo": {"name": "test", "version": "1"}});
    let hello = server.result("all", "initialize", &params);
    assert_eq!(hello["protocolVersion"], "2025-11-25", "one that we know");
}

#[test]
fn the_newest_version_asks_without_a_handshake() {
    let server = Running::new();
    let about = "io.modelcontextprotocol";
    let meta = json!({
        format!("{about}/protocolVersion"): "2026-07-28",
        format!("{about}/clientInfo"): {"name": "test", "version": "1"},
        format!("{about}/clientCapabilities"): {},
    });
    let list =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let headers = "X-Api-Key: sk-all\r\nMCP-Protocol-Version: 2026-07-28\r\n";
    let reply = server.say_with(&format!("{headers}Mcp-Method: tools/list\r\n"), &list.to_string());
    assert_eq!(reply.status, 200, "{reply:?}");
    let result = &reply.json()["result"];
    assert_eq!(names(result).len(), TOOLS.len());
    assert_eq!(result["cacheScope"], "private", "what is listed depends on the key");
    let other = server.say_with(&format!("{headers}Mcp-Method: tools/call\r\n"), &list.to_string());
    assert_eq!(other.status, 400, "the header says another method: {other:?}");
}

#[test]
fn tools_are_listed_by_scope_and_say_what_they_take() {
    let server = Running::new();
    let list = |key: &str| server.result(key, "tools/list", &json!({}));
    assert_eq!(names(&list("recommend:read")), ["recommend", "find_items", "get_item"]);
    let people = ["get_customer", "get_timeline", "explain_decision"];
    assert_eq!(names(&list("decisions:read")), people);
    for key in ["all", "admin"] {
        assert_eq!(names(&list(key)).len(), TOOLS.len());
    }
    for tool in list("all")["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{tool}");
        let text = tool.to_string();
        for word in ["#/components", "\"example\"", "prefixItems"] {
            assert!(!text.contains(word), "some client knows no {word}: {text}");
        }
        let args = tool["inputSchema"].to_string();
        assert!(!args.contains("null") && !args.contains("oneOf"), "{args}");
        for to in text.split("#/$defs/").skip(1) {
            let name = to.split('"').next().unwrap();
            assert!(tool["outputSchema"]["$defs"][name].is_object(), "{name}: {text}");
        }
    }
}

/// The names of a schema's fields, at any depth.
fn fields_of(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            if let ("properties", Value::Object(named)) = (key.as_str(), value) {
                found.extend(named.keys().cloned());
            }
            fields_of(value, found);
        }),
        Value::Array(list) => list.iter().for_each(|one| fields_of(one, found)),
        _ => {}
    }
}

#[test]
fn each_schema_names_what_its_reader_asks_for() {
    let limits = Limits { currency: Currency::CNY, count_max: 60 };
    let ask = json!({"surface": "home", "filter": {}, "boosts": [{}], "pins": [{}]});
    for tool in TOOLS {
        let sent = if tool.what == What::Recommend { ask.clone() } else { json!({}) };
        let (map, report) = (sent.as_object().unwrap().clone(), Report::default());
        let fields = Fields::of_body(&map, &report);
        match tool.what {
            What::Recommend => drop(read_ask(&fields, None, limits)),
            What::FindItems => drop(crate::wire::browse::read_item_query(&fields)),
            What::GetItem => drop(read_item_id(&fields)),
            What::GetCustomer => drop(read_customer_id(&fields)),
            What::GetTimeline => drop(read_timeline(&fields)),
            What::ExplainDecision => drop(read_explain(&fields)),
        }
        fields.note_unknown();
        let asked: BTreeSet<String> = report.asked().into_iter().map(str::to_owned).collect();
        let mut named = BTreeSet::new();
        let schema = Value::Object(tool.what.args());
        fields_of(&schema, &mut named);
        assert_eq!(named, asked, "{}", tool.name);
        // What must be there is what the reader misses when nothing is.
        let missed: BTreeSet<String> = if tool.what == What::Recommend {
            ["surface".to_owned()].into()
        } else {
            report.problems().into_iter().map(|problem| problem.path).collect()
        };
        let required = schema["required"].as_array().into_iter().flatten();
        let required: BTreeSet<String> =
            required.map(|name| name.as_str().unwrap().to_owned()).collect();
        assert_eq!(required, missed, "{}", tool.name);
    }
}

#[test]
fn recommend_reaches_the_shop_and_answers_as_the_api_does() {
    let server = Running::new();
    let ask = json!({"surface": "similar", "customer_id": "c-1", "items": ["kettle-1"], "count": 5,
                     "filter": {"price_max": 300, "categories": ["Kitchen"]}});
    let (is_error, whole, text) = server.tool("recommend:read", "recommend", &ask);
    assert!(!is_error, "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), whole);
    let mut body = ask;
    body.as_object_mut().unwrap().remove("surface");
    let mut answer = server.post("/v1/recommend/similar", &body.to_string()).json();
    answer["decision_id"] = whole["decision_id"].clone();
    answer["next_page"] = whole["next_page"].clone();
    assert_eq!(whole, answer);
    let asks = server.shop.asks.lock();
    assert_eq!((asks.len(), &asks[0]), (2, &asks[1]), "the same ask");
    drop(asks);
    let id = whole["decision_id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/decisions/{id}")).status, 200, "it is recorded");
}

#[test]
fn items_customers_and_decisions_are_told() {
    let server = filled();
    let (_, found, _) =
        server.tool("recommend:read", "find_items", &json!({"ids": ["kettle-1", "none"]}));
    assert_eq!(found, server.get("/v1/items?ids=kettle-1,none").json());
    assert_eq!(found["items"][0]["title_zh"], "水壶");
    let asked = json!({"query": "kettle", "sort": "price", "count": 1, "brand": "Qinghe"});
    assert_eq!(server.tool("all", "find_items", &asked).1["total"], 1);
    let (_, item, _) = server.tool("recommend:read", "get_item", &json!({"item_id": "kettle-1"}));
    assert_eq!(item, server.get("/v1/items/kettle-1").json());
    let who = json!({"customer_id": "c-1"});
    let (_, profile, _) = server.tool("decisions:read", "get_customer", &who);
    assert_eq!(profile, server.get("/v1/customers/c-1").json());
    let (_, past, _) = server.tool("decisions:read", "get_timeline", &who);
    assert_eq!(past, server.get("/v1/customers/c-1/timeline").json());
    assert_eq!(past["entries"][0]["event"], "view_item");
    let (_, answer, _) = server.tool("all", "recommend", &json!({"surface": "home"}));
    let id = &answer["decision_id"];
    for (lang, said) in [("zh", "选出 25 个。"), ("en", "25 chosen.")] {
        let asked = json!({"decision_id": id, "lang": lang});
        let (_, whole, text) = server.tool("decisions:read", "explain_decision", &asked);
        assert_eq!((&*text, &whole["sentences"]), (said, &json!([said])));
    }
    let (_, whole, _) = server.tool("all", "explain_decision", &json!({"decision_id": id}));
    assert_eq!(whole["lang"], "en");
}

#[test]
fn what_is_wrong_with_arguments_is_told_field_by_field() {
    let server = Running::new();
    for (name, args, path) in [
        ("recommend", json!({}), "surface"),
        ("recommend", json!({"surface": "hall"}), "surface"),
        ("recommend", json!({"surface": "home", "count": 0}), "count"),
        ("recommend", json!({"surface": "home", "fliter": {}}), "fliter"),
        ("recommend", json!({"surface": "cart"}), "items"),
        ("recommend", json!({"surface": "home", "boosts": [{"factor": 2}]}), "boosts[0].item_id"),
        ("find_items", json!({"sort": "best"}), "sort"),
        ("find_items", json!({"count": 201}), "count"),
        ("find_items", json!({"ids": "kettle-1,tea-3"}), "ids"),
        ("get_item", json!({}), "item_id"),
        ("get_customer", json!({"customer_id": true}), "customer_id"),
        ("get_timeline", json!({"customer_id": "c-1", "before": -1}), "before"),
        ("explain_decision", json!({}), "decision_id"),
        ("explain_decision", json!({"decision_id": "x", "lang": "fr"}), "lang"),
    ] {
        let problem = server.trouble("all", name, &args);
        assert_eq!(problem["code"], "field_invalid", "{name} {args}: {problem}");
        assert_eq!(problem["errors"][0]["path"], path, "{name} {args}: {problem}");
        assert!(!problem["errors"][0]["allowed"].as_str().unwrap().is_empty());
    }
    assert_eq!(server.trouble("all", "recommend", &Value::Null)["code"], "field_invalid");
    for (name, args, code) in [
        ("get_item", json!({"item_id": "none"}), "item_unknown"),
        ("get_customer", json!({"customer_id": "nobody"}), "customer_unknown"),
        ("explain_decision", json!({"decision_id": "none"}), "decision_unknown"),
        ("recommend", json!({"surface": "home", "customer_id": "panic"}), "internal"),
    ] {
        assert_eq!(server.trouble("all", name, &args)["code"], code, "{name}");
    }
    assert!(server.shop.asks.lock().is_empty());
}

#[test]
fn keys_are_asked_for_and_tools_keep_to_their_scopes() {
    let server = filled();
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(server.say_with("", ping).code(), (401, "key_missing".into()));
    let wrong = server.say_with("X-Api-Key: sk-nobody\r\n", ping);
    assert_eq!(wrong.code(), (401, "key_unknown".into()));
    for key in ["events:write", "catalogue:write", "models:write"] {
        let reply = server.say_with(&format!("X-Api-Key: sk-{key}\r\n"), ping);
        assert_eq!(reply.code(), (403, "key_scope".into()), "{key}");
        assert!(reply.body.contains("recommend:read or decisions:read"), "{reply:?}");
    }
    for (key, name, args) in [
        ("recommend:read", "get_customer", json!({"customer_id": "c-1"})),
        ("recommend:read", "explain_decision", json!({"decision_id": "x"})),
        ("decisions:read", "recommend", json!({"surface": "home"})),
        ("decisions:read", "get_item", json!({"item_id": "kettle-1"})),
    ] {
        let problem = server.trouble(key, name, &args);
        assert_eq!(problem["code"], "key_scope", "{key} {name}");
        assert!(problem["detail"].as_str().unwrap().contains(name), "{problem}");
        let instance = problem["instance"].as_str().unwrap();
        assert!(instance.starts_with("urn:request:"), "{problem}");
    }
    assert!(server.shop.asks.lock().is_empty(), "nothing was asked");
    let params = json!({"name": "set_price", "arguments": {}});
    let error = server.result("recommend:read", "tools/call", &params);
    assert_eq!(error["code"], -32_602);
    let said = error["message"].as_str().unwrap();
    assert!(said.ends_with("there are recommend, find_items, get_item"), "{said}");
}

#[test]
fn what_is_no_message_is_refused_in_json_rpc() {
    let server = Running::new();
    let key = "X-Api-Key: sk-all\r\n";
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#;
    for (body, code, id) in [
        ("{", -32_700, Value::Null),
        ("", -32_700, Value::Null),
        (batch, -32_600, Value::Null),
        ("7", -32_600, Value::Null),
        ("{}", -32_600, Value::Null),
        (r#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#, -32_600, json!(3)),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32_600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":3,"result":{}}"#, -32_600, Value::Null),
    ] {
        let reply = server.say_with(key, body);
        let answer = reply.json();
        assert_eq!(
            (reply.status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{body} {reply:?}"
        );
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &id), "{body} {reply:?}");
        assert!(answer["error"]["message"].as_str().is_some_and(|why| !why.is_empty()));
    }
    let unknown = server.result("all", "shop/open", &json!({}));
    assert_eq!(unknown["code"], -32_601);
    let nameless = server.result("all", "tools/call", &json!({"arguments": {}}));
    assert!(nameless["code"].as_i64().unwrap() < 0, "{nameless}");
    let version = format!("{key}MCP-Protocol-Version: 1999-01-01\r\n");
    let reply = server.say_with(&version, r#"{"jsonrpc":"2.0","id":4,"method":"tools/list"}"#);
    assert_eq!((reply.status, &reply.json()["id"]), (400, &json!(4)), "{reply:?}");
    let large = " ".repeat(crate::api::recommend::ASK_BYTES_MAX + 1);
    assert_eq!(server.say_with(key, &large).code(), (413, "body_large".into()));
    let lines = "X-Api-Key: sk-all\r\nContent-Type: application/x-ndjson\r\n";
    let lines = server.call("POST", "/mcp", lines, b"{}");
    assert_eq!(lines.code(), (415, "media_type".into()));
    for method in ["GET", "DELETE", "PUT"] {
        let reply = server.call(method, "/mcp", key, b"");
        assert_eq!(reply.code(), (405, "method".into()), "no streams, no sessions: {method}");
    }
}

#[test]
fn pages_of_other_origins_are_refused() {
    let home = "https://shop.example";
    let origins = vec![home.to_owned()];
    let server = Running::with(ServerOptions { origins, ..options() });
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let from = |server: &Running, origin: &str| {
        server.say_with(&format!("X-Api-Key: sk-all\r\nOrigin: {origin}\r\n"), ping)
    };
    assert_eq!(from(&server, home).status, 200);
    // What a name that was bound to this address would send: the origin is that of its host.
    for origin in ["https://evil.example", "http://shop", "null", "https://shop.example.evil"] {
        assert_eq!(from(&server, origin).code(), (403, "origin_refused".into()), "{origin}");
    }
    let asked = "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: mcp-protocol-version\r\n";
    let preflight = server.call("OPTIONS", "/mcp", asked, b"");
    assert!(preflight.head.contains("mcp-protocol-version"), "{preflight:?}");
    let any = Running::with(ServerOptions { origins: vec!["*".into()], ..options() });
    assert_eq!(from(&any, "https://anywhere.example").status, 200);
    let none = Running::new();
    assert_eq!(from(&none, home).status, 403);
}

#[test]
fn limits_times_and_counts_hold_as_for_every_address() {
    let slow = Running::new();
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    assert_eq!(slow.say("slow", &ping).status, 200);
    assert_eq!(slow.say("slow", &ping).code(), (429, "rate_limit".into()));
    let held = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "recommend", "arguments": {"surface": "home", "customer_id": "held"}}});
    let quick = Running::with(ServerOptions { timeout_ms: 50, ..options() });
    assert_eq!(quick.say("all", &held).code(), (504, "timeout".into()));
    let narrow = Running::with(ServerOptions { in_flight_max: 1, ..options() });
    let waiting = narrow.send("POST", "/mcp", "X-Api-Key: sk-all\r\n", held.to_string().as_bytes());
    narrow.shop.wait_held(1);
    assert_eq!(narrow.say("all", &ping).code(), (503, "overloaded".into()));
    narrow.shop.let_go();
    let mut waiting = waiting;
    assert_eq!(Reply::read(&mut waiting).status, 200);
    let metrics = narrow.get("/metrics").body;
    assert!(metrics.contains(r#"route="/mcp",status="2xx"} 1"#), "{metrics}");
    assert_eq!(narrow.shop.asks.lock()[0].who.customer.as_ref().unwrap().as_str(), "held");
}
