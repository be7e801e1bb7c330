//! Webhooks against a real receiver: signed, in time, again after a failure, and never lost.

use super::client::{Running, options};
use crate::webhooks::WebhookOptions;
use crate::{Server, ServerOptions};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What a receiver got.
#[derive(Clone, Debug)]
struct Got {
    head: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let line =
            self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(": ")).map_or("", |(_, value)| value.trim())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A receiver that answers as it is told, the last answer again and again.
struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    fn answering(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = String::new();
                while reader.read_line(&mut head).unwrap_or(0) > 2 {}
                let one = Got { head, body: String::new() };
                let length = one.header("content-length").parse().unwrap_or(0);
                let mut body = vec![0; length];
                if reader.read_exact(&mut body).is_err() {
                    continue;
                }
                let mut kept = kept.lock();
                let answer = answers[kept.len().min(answers.len() - 1)];
                kept.push(Got { body: String::from_utf8(body).unwrap(), ..one });
                let _ = write!(
                    stream,
                    "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }
        });
        Self { address, got }
    }

    /// Waits for the `count`th message.
    fn wait(&self, count: usize) -> Got {
        until(|| self.got.lock().get(count - 1).cloned())
    }
}

fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn buy(server: &Running, id: &str) {
    let event = json!({"event_id": id, "event": "purchase", "customer_id": "c-1",
        "items": [{"item_id": "kettle-1", "quantity": 2, "price": 129}], "transaction_id": "o-1"});
    assert_eq!(server.post("/v1/events", &event.to_string()).status, 200);
}

fn add(server: &Running, receiver: &Receiver, types: &[&str]) -> Value {
    let url = format!("http://{}/hooks?shop=1", receiver.address);
    let reply = server.post("/v1/webhooks", &json!({"url": url, "types": types}).to_string());
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

fn only(server: &Running) -> Value {
    server.get("/v1/webhooks").json()["webhooks"][0].clone()
}

fn quick() -> Running {
    let webhooks = WebhookOptions { retry_s: vec![5, 60], ..WebhookOptions::default() };
    Running::with(ServerOptions { webhooks, ..options() })
}

#[test]
fn what_is_wanted_arrives_signed_and_nothing_else_does() {
    let (server, receiver) = (quick(), Receiver::answering(&["204 No Content"]));
    buy(&server, "before");
    let hook = add(&server, &receiver, &["event.purchase", "audit.*"]);
    let secret = hook["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"));
    let view =
        r#"{"event_id":"v","event":"view_item","customer_id":"c-1","items":[{"item_id":"i"}]}"#;
    server.post("/v1/events", view);
    buy(&server, "after");
    let bought =
        until(|| receiver.got.lock().iter().find(|got| got.body.contains("purchase")).cloned());
    let body = bought.json();
    assert_eq!(
        (&body["type"], &body["data"]["event_id"]),
        (&json!("event.purchase"), &json!("after"))
    );
    assert_eq!(
        body["data"]["items"][0],
        json!({"item_id": "kettle-1", "quantity": 2, "price": 129.0})
    );
    assert_eq!(body["data"]["transaction_id"], "o-1");
    let id = bought.header("webhook-id");
    let at: i64 = bought.header("webhook-timestamp").parse().unwrap();
    let expected = crate::webhooks::signed(secret, id, at, &bought.body);
    assert_eq!(bought.header("webhook-signature"), expected);
    assert!(bought.head.starts_with("POST /hooks?shop=1 "), "{}", bought.head);
    until(|| (only(&server)["sent"] == 2).then_some(()));
    let types: Vec<Value> =
        receiver.got.lock().iter().map(|got| got.json()["type"].clone()).collect();
    assert!(types.contains(&json!("audit.webhook.add")) && types.len() == 2, "{types:?}");
    assert!(only(&server).get("secret").is_none(), "a secret is told once");
}

#[test]
fn what_fails_is_tried_again_under_the_same_id_and_then_given_up() {
    let (server, receiver) =
        (quick(), Receiver::answering(&["500 Oops", "503 Later", "502 Bad", "200 OK"]));
    add(&server, &receiver, &["event.purchase"]);
    buy(&server, "e-1");
    let first = receiver.wait(1);
    until(|| (only(&server)["waiting"] == 1).then_some(()));
    assert!(only(&server)["last_failure"]["why"].as_str().unwrap().contains("500"));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(receiver.got.lock().len(), 1, "not before its time");
    server.shop.later_ms.store(6_000, Ordering::Relaxed);
    let second = receiver.wait(2);
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
    until(|| only(&server)["last_failure"]["why"].as_str().unwrap().contains("503").then_some(()));
    server.shop.later_ms.store(90_000, Ordering::Relaxed);
    receiver.wait(3);
    until(|| (only(&server)["dead"] == 1).then_some(()));
    let dead = server.get("/v1/dead-letters").json();
    let letter = &dead["messages"][0];
    assert_eq!(
        (&dead["total"], &letter["attempts"], &letter["status"]),
        (&json!(1), &json!(3), &json!(502))
    );
    assert_eq!(letter["payload"]["data"]["event_id"], "e-1");
    let (hook, id) = (letter["webhook"].as_str().unwrap(), letter["id"].as_str().unwrap());
    assert_eq!(id, first.header("webhook-id"));
    let again = server.post(&format!("/v1/dead-letters/{hook}/{id}/resend"), "").json();
    assert_eq!((&again["status"], &again["why"]), (&json!(200), &json!(null)));
    assert_eq!(server.get("/v1/dead-letters").json()["total"], 0);
    assert_eq!((&only(&server)["sent"], &only(&server)["dead"]), (&json!(1), &json!(0)));
}

#[test]
fn a_receiver_that_is_gone_stops_the_webhook_until_it_is_enabled_again() {
    let (server, receiver) = (quick(), Receiver::answering(&["410 Gone", "200 OK"]));
    let hook = add(&server, &receiver, &["event.purchase"]);
    buy(&server, "e-1");
    receiver.wait(1);
    until(|| only(&server)["stopped"].is_string().then_some(()));
    buy(&server, "e-2");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((receiver.got.lock().len(), &only(&server)["behind"]), (1, &json!(1)));
    let path = format!("/v1/webhooks/{}", hook["id"].as_str().unwrap());
    let said = json!({"url": hook["url"], "types": hook["types"], "enabled": true, "note": "back"});
    let key = "X-Api-Key: sk-all\r\n";
    server.call("PUT", &path, key, said.to_string().as_bytes());
    server.shop.later_ms.store(6_000, Ordering::Relaxed);
    until(|| (only(&server)["sent"] == 2).then_some(()));
    assert_eq!(server.call("DELETE", &path, key, b"").status, 204);
    assert_eq!(server.get("/v1/webhooks").json()["webhooks"], json!([]));
    let trail = |fact: &(commerce::Fact, store::Ack)| match &fact.0.body {
        commerce::Body::Audit(audit) => Some(audit.action.to_string()),
        _ => None,
    };
    let actions: Vec<String> = server.shop.facts.lock().iter().filter_map(trail).collect();
    assert_eq!(actions, ["webhook.add", "webhook.change", "webhook.remove"]);
}

#[test]
fn webhooks_go_on_after_a_restart_where_they_were() {
    let (mut server, receiver) = (quick(), Receiver::answering(&["500 Down", "200 OK"]));
    add(&server, &receiver, &["event.purchase"]);
    buy(&server, "e-1");
    receiver.wait(1);
    until(|| (only(&server)["waiting"] == 1).then_some(()));
    let shop = Arc::clone(&server.shop);
    server.stop();
    server.wait().unwrap();
    until(|| {
        let file = std::fs::read(crate::Shop::options(&*shop).store.dir.join("webhooks.json"));
        let state: Value = serde_json::from_slice(&file.ok()?).ok()?;
        (state[0]["waiting"].as_object()?.len() == 1).then_some(())
    });
    shop.later_ms.store(10_000, Ordering::Relaxed);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let next = Server::bind(options(), shop).await.unwrap();
        let running = tokio::spawn(next.run(tokio::time::sleep(Duration::from_secs(2))));
        let second = tokio::task::spawn_blocking(move || receiver.wait(2)).await.unwrap();
        assert_eq!(second.json()["data"]["event_id"], "e-1");
        running.await.unwrap().unwrap();
    });
}

#[test]
fn a_test_says_what_the_receiver_answered_and_a_new_secret_signs_beside_the_old() {
    let (server, receiver) = (quick(), Receiver::answering(&["418 Teapot", "200 OK"]));
    let hook = add(&server, &receiver, &["event.purchase"]);
    let path = format!("/v1/webhooks/{}", hook["id"].as_str().unwrap());
    let refused = server.post(&format!("{path}/test"), "").json();
    assert_eq!((&refused["status"], refused["why"].is_string()), (&json!(418), true));
    let renewed = server.post(&format!("{path}/secret"), "").json();
    assert_ne!(renewed["secret"], hook["secret"]);
    assert_eq!(server.post(&format!("{path}/test"), "").json()["status"], 200);
    let got = receiver.wait(2);
    assert_eq!(got.json()["type"], "webhook.test");
    let signatures: Vec<&str> = got.header("webhook-signature").split(' ').collect();
    let by = |hook: &Value| {
        let at = got.header("webhook-timestamp").parse().unwrap();
        crate::webhooks::signed(
            hook["secret"].as_str().unwrap(),
            got.header("webhook-id"),
            at,
            &got.body,
        )
    };
    assert_eq!(signatures, [by(&renewed), by(&hook)]);
    for wrong in ["ftp://x", "http://", "https://user@host/", "nowhere"] {
        let reply =
            server.post("/v1/webhooks", &json!({"url": wrong, "types": ["audit.*"]}).to_string());
        assert_eq!(reply.code(), (422, "field_invalid".into()), "{wrong}");
    }
    let unreadable = server.post("/v1/dead-letters/%FF/x/resend", "");
    assert_eq!(unreadable.code(), (422, "field_invalid".into()));
    let none = json!({"url": "https://shop.example", "types": []}).to_string();
    assert_eq!(server.post("/v1/webhooks", &none).code().1, "field_invalid");
}

#[test]
fn a_webhook_whose_receiver_is_down_reads_no_further_than_it_may_wait() {
    let server = quick();
    let nobody = json!({"url": "http://127.0.0.1:9/", "types": ["event.*"]}).to_string();
    assert_eq!(server.post("/v1/webhooks", &nobody).status, 201);
    let event = |n: u32| {
        json!({"event_id": format!("v-{n}"), "event": "view_item", "customer_id": "c",
            "items": [{"item_id": "i"}]})
    };
    let events: Vec<Value> = (0..1_500).map(event).collect();
    assert_eq!(server.post("/v1/events", &json!(events).to_string()).status, 200);
    until(|| (only(&server)["waiting"] == 1_000).then_some(()));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((&only(&server)["waiting"], &only(&server)["behind"]), (&json!(1_000), &json!(500)));
}
