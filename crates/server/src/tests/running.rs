//! Does it stand up to load, to slow senders, to its own end?

use super::client::{Reply, Running, options};
use super::fake::FakeShop;
use crate::api::health::ready;
use crate::door::Door;
use crate::limits::Bucket;
use crate::work::Seats;
use crate::{Problem, ServerError, ServerOptions};
use axum::Json;
use axum::extract::State;
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[test]
fn a_bucket_lets_through_its_rate_and_says_how_long_to_wait() {
    let bucket = Bucket::new(10, 2);
    let ms = 1_000_000;
    assert_eq!(bucket.take_at(0), Ok(()));
    assert_eq!(bucket.take_at(0), Ok(()));
    assert_eq!(bucket.take_at(0), Err(100 * ms));
    assert_eq!(bucket.take_at(60 * ms), Err(40 * ms));
    assert_eq!(bucket.take_at(100 * ms), Ok(()));
    let through = (0..10_000).filter(|at| bucket.take_at(at * ms).is_ok()).count();
    assert_eq!(through, 98, "ten seconds at 10 a second, from 200 ms on");
    let free = Bucket::new(0, 1);
    assert!((0..1_000).all(|_| free.take_at(0).is_ok()));
}

#[test]
fn seats_bound_what_waits_and_outlive_panics() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let seats = Seats::new(1, 1);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (running, started) = std::sync::mpsc::channel();
    runtime.block_on(async {
        let held = seats.run(move || {
            running.send(()).unwrap();
            wait.recv().unwrap();
            Ok(1)
        });
        let check = async {
            tokio::task::yield_now().await;
            started.recv().unwrap();
            let second = seats.run(|| Ok(2));
            let third = async {
                tokio::task::yield_now().await;
                let refused = seats.run(|| Ok(3)).await;
                assert_eq!(refused.unwrap_err().code.name, "overloaded");
                go.send(()).unwrap();
            };
            let (second, ()) = tokio::join!(second, third);
            assert_eq!(second, Ok(2));
        };
        let (first, ()) = tokio::join!(held, check);
        assert_eq!(first, Ok(1));
        let panicked: Result<(), Problem> = seats.run(|| panic!("asked to")).await;
        assert_eq!(panicked.unwrap_err().code.name, "internal");
        assert_eq!(seats.run(|| Ok(4)).await, Ok(4));
        assert_eq!(seats.waiting(), 0);
    });
}

#[test]
fn a_running_answer_is_given_before_the_end_and_everything_is_put_on_disk() {
    let mut server = Running::new();
    let body = br#"{"customer_id":"held"}"#;
    let mut held = server.send("POST", "/v1/recommend/home", "X-Api-Key: sk-all\r\n", body);
    server.shop.wait_held(1);
    server.stop();
    server.shop.let_go();
    assert_eq!(Reply::read(&mut held).status, 200);
    assert_eq!(server.wait(), Ok(()));
    assert_eq!(*server.shop.flushed.lock(), 1);
    assert!(TcpStream::connect(server.address).is_err(), "nobody listens any more");
}

#[test]
fn an_answer_that_takes_too_long_does_not_keep_the_server_up() {
    let mut server = Running::with(ServerOptions { drain_ms: 0, ..options() });
    let body = br#"{"customer_id":"held"}"#;
    let held = server.send("POST", "/v1/recommend/home", "X-Api-Key: sk-all\r\n", body);
    server.shop.wait_held(1);
    server.stop();
    server.shop.let_go();
    assert_eq!(server.wait(), Ok(()));
    drop(held);
}

#[test]
fn a_sender_that_never_ends_its_headers_is_let_go() {
    let server = Running::with(ServerOptions { header_timeout_ms: 100, ..options() });
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: s").unwrap();
    let mut said = Vec::new();
    let _ = slow.read_to_end(&mut said); // ends only because the server closes
    assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
}

#[test]
fn health_tells_the_truth() {
    let server = Running::new();
    assert_eq!(server.call("GET", "/readyz", "", b"").status, 200);
    assert_eq!(server.call("GET", "/healthz", "", b"").status, 200);
    let door = Arc::new(Door::new(options(), Arc::new(FakeShop::default())).unwrap());
    door.draining.store(true, Ordering::Relaxed);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (status, Json(state)) = runtime.block_on(ready(State(door)));
    let why = serde_json::to_value(&state).unwrap()["why"].clone();
    assert_eq!((status.as_u16(), why), (503, json!("the server is going down")));
}

#[test]
fn metrics_count_what_happened() {
    let server = Running::new();
    let view = |id: u32| json!({"event_id": id, "event": "view_item", "device_id": "d", "items": [{"item_id": "k"}]});
    server.post("/v1/events", &json!([view(1), view(1), {}]).to_string());
    server.post("/v1/recommend/home", r#"{"count":0}"#);
    let page = server.get("/metrics");
    assert!(page.head.contains("text/plain; version=0.0.4"));
    for line in [
        "shopkeeper_facts_total{result=\"accepted\"} 1",
        "shopkeeper_facts_total{result=\"duplicate\"} 1",
        "shopkeeper_facts_total{result=\"rejected\"} 1",
        "shopkeeper_log_offset 1",
        "shopkeeper_model_version{model=\"recommend\"} 1",
        "shopkeeper_model_age_seconds{model=\"recommend\"} 5",
        "shopkeeper_requests_total{method=\"POST\",route=\"/v1/recommend/home\",status=\"4xx\"} 1",
        "shopkeeper_request_seconds_bucket{method=\"POST\",route=\"/v1/events\",le=\"+Inf\"} 1",
        "shopkeeper_request_seconds_count{method=\"POST\",route=\"/v1/events\"} 1",
        "shopkeeper_in_flight 1",
        "shopkeeper_ready 1",
    ] {
        assert!(
            page.body.lines().any(|found| found == line),
            "{line} is missing in\n{}",
            page.body
        );
    }
    assert!(page.body.contains("process_resident_memory_bytes "));
}

#[test]
fn a_request_keeps_the_name_it_came_with_if_it_is_fit_for_a_log() {
    let server = Running::new();
    let named = |id: &str| server.call("GET", "/healthz", &format!("X-Request-Id: {id}\r\n"), b"");
    assert!(named("shop-7:a.b_c").head.contains("x-request-id: shop-7:a.b_c"));
    let long = "x".repeat(65);
    for unfit in ["a b", "<script>", long.as_str()] {
        assert!(!named(unfit).head.contains(&unfit.to_lowercase()), "{unfit}");
    }
}

#[test]
fn pages_of_listed_origins_may_call() {
    let origins = vec!["https://shop.example".to_owned()];
    let server = Running::with(ServerOptions { origins, ..options() });
    let preflight = |origin: &str| {
        let headers = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        server.call("OPTIONS", "/v1/events", &headers, b"").head
    };
    let allowed = "access-control-allow-origin: https://shop.example";
    assert!(preflight("https://shop.example").contains(allowed));
    assert!(!preflight("https://other.example").contains("allow-origin"));
    let none = Running::new();
    let head = none.call("GET", "/healthz", "Origin: https://shop.example\r\n", b"").head;
    assert!(!head.contains("access-control"));
}

#[test]
fn an_open_server_asks_for_no_key_and_stays_on_this_machine() {
    let open = ServerOptions { keys: Vec::new(), open: true, ..options() };
    let server = Running::with(open.clone());
    assert_eq!(server.call("GET", "/v1/models", "", b"").status, 200);
    let world = SocketAddr::from(([0, 0, 0, 0], 0));
    let error = ServerOptions { listen: world, ..open.clone() }.check().unwrap_err();
    assert!(matches!(error, ServerError::OpenToAll(_)), "{error}");
    let shut = ServerOptions { open: false, ..open }.check().unwrap_err();
    assert!(matches!(shut, ServerError::KeysNone), "{shut}");
}

#[test]
fn options_out_of_range_are_named() {
    let says = |options: ServerOptions| options.check().unwrap_err().to_string();
    assert_eq!(
        says(ServerOptions { batch_max: 0, ..options() }),
        "server.batch_max is 0; allowed: 1 to 1000000"
    );
    assert!(says(ServerOptions { currency: "YUAN".into(), ..options() }).contains("ISO 4217"));
    let typed = toml::from_str::<ServerOptions>("listen = \"127.0.0.1:0\"\nopne = true");
    assert!(typed.unwrap_err().to_string().contains("unknown field `opne`"));
}

#[test]
fn who_sends_too_much_hears_so_even_when_they_listen_only_after_sending() {
    let server = Running::with(ServerOptions { body_bytes_max: 1 << 10, ..options() });
    let (body, chunk) = (vec![b' '; 8 << 20], [b' '; 1 << 16]);
    let reply = server.call("POST", "/v1/events", "X-Api-Key: sk-all\r\n", &body);
    assert_eq!(reply.code(), (413, "body_large".into()));
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = "POST /v1/events HTTP/1.1\r\nHost: shop\r\nX-Api-Key: sk-all\r\n\
                Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..128 {
        stream.write_all(b"10000\r\n").unwrap();
        stream.write_all(&chunk).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(Reply::read(&mut stream).code(), (413, "body_large".into()));
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    for origin in ["\n", "shop.example"] {
        let odd = ServerOptions { origins: vec![origin.into()], ..options() };
        let error = odd.check().unwrap_err().to_string();
        assert!(error.starts_with("server.origins is ") && error.contains("https://"), "{error}");
    }
    let fine = ServerOptions { origins: vec!["*".into(), "https://a.b".into()], ..options() };
    fine.check().unwrap();
}
