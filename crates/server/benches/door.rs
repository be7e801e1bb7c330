//! How much does the door cost? Requests per second and latency of the server alone: an empty
//! handler, asks whose thinking takes a stated time, and ingest into a real log.
//!
//! `cargo bench -p server --bench door`, on loopback, server and clients in one process. Latency
//! of the open loop is counted from the moment at which a request was due, so a server that
//! stalls cannot hide it (coordinated omission).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may panic and speaks to the terminal"
)]

use app::{Health, Job, Language, ModelVersion, Profile, Recommended, Replayed};
use commerce::*;
use govern::{TrailEntry, TrailFilter};
use recommend::{RecommendAnswer, RecommendAsk, Scenario};
use server::*;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use store::{Ack, Log, LogOptions, codec};

/// A shop whose answers take `think` and say nothing, before a real log.
struct Bare {
    log: Log,
    think: Duration,
    record: Arc<DecisionRecord>,
}

impl Shop for Bare {
    fn now(&self) -> At {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        At::from_ms(since.as_millis() as i64)
    }
    fn ingest(&self, facts: Vec<Fact>, ack: Ack, done: Ingested) {
        let entries = facts.iter().map(|fact| codec::entry_of(fact).unwrap()).collect();
        self.log.submit(entries, ack, |receipts| done(receipts.map_err(Problem::from))).unwrap();
    }
    fn recommend(&self, ask: &RecommendAsk) -> Result<Recommended, Problem> {
        let end = Instant::now() + self.think;
        while Instant::now() < end {
            std::hint::spin_loop();
        }
        let (surface, scenario) = (ask.surface, Scenario::Active);
        let answer = RecommendAnswer { surface, scenario, personal: false, items: Vec::new() };
        Ok(Recommended { answer, record: Arc::clone(&self.record) })
    }
    fn count_max(&self) -> u16 {
        500
    }
    fn may_personalise(&self, _: &Who) -> bool {
        true
    }
    fn decision(&self, _: DecisionId) -> Result<Option<Arc<DecisionRecord>>, Problem> {
        Ok(None)
    }
    fn explain(&self, _: &DecisionRecord, _: Language) -> Vec<String> {
        Vec::new()
    }
    fn replay(&self, record: &DecisionRecord) -> Result<Replayed, Problem> {
        Ok(Replayed { record: record.clone(), differs: Vec::new() })
    }
    fn has_item(&self, _: &ItemId) -> bool {
        true
    }
    fn list_items(&self, _: &app::ItemQuery) -> app::Page<app::ItemSeen> {
        app::Page { total: 0, rows: Vec::new() }
    }
    fn item(&self, _: &ItemId) -> Option<app::ItemSeen> {
        None
    }
    fn list_customers(&self, _: &str, _: usize, _: usize) -> app::Page<app::CustomerSeen> {
        app::Page { total: 0, rows: Vec::new() }
    }
    fn timeline(
        &self,
        _: &CustomerId,
        _: Option<u64>,
        _: usize,
    ) -> Result<app::Past<Fact>, Problem> {
        Ok(app::Past { found: Vec::new(), next: None })
    }
    fn list_decisions(
        &self,
        _: &app::DecisionQuery,
    ) -> Result<app::Past<Arc<DecisionRecord>>, Problem> {
        Ok(app::Past { found: Vec::new(), next: None })
    }
    fn known(&self, _: &CustomerId, _: Option<At>) -> Result<Vec<app::Known>, Problem> {
        Ok(Vec::new())
    }
    fn options(&self) -> app::AppOptions {
        app::AppOptions::default()
    }
    fn overview(&self) -> app::Overview {
        app::Overview {
            health: Health::default(),
            events: 0,
            decisions: 0,
            beats: Vec::new(),
            policies: Vec::new(),
            facts_since: None,
        }
    }
    fn doctor(&self) -> Vec<app::Finding> {
        Vec::new()
    }
    fn profile(&self, _: &CustomerId) -> Option<Profile> {
        None
    }
    fn models(&self) -> Result<Vec<ModelVersion>, Problem> {
        Ok(Vec::new())
    }
    fn promote(
        &self,
        _: &ModelRef,
        _: registry::By<'_>,
    ) -> Result<Vec<registry::Verdict>, Problem> {
        Ok(Vec::new())
    }
    fn roll_back(&self, _: &str, _: registry::By<'_>) -> Result<ModelRef, Problem> {
        Err(Problem::new("model_unknown", "none"))
    }
    fn train(&self, _: &str) -> Result<Job, Problem> {
        Err(Problem::new("training_busy", "never"))
    }
    fn facts_end(&self) -> u64 {
        0
    }
    fn facts(&self, from: u64, _: usize) -> Result<(Vec<(u64, Fact)>, u64), Problem> {
        Ok((Vec::new(), from))
    }
    fn fact(&self, _: u64) -> Result<Option<Fact>, Problem> {
        Ok(None)
    }
    fn note_audit(&self, _: Audit) -> Result<(), Problem> {
        Ok(())
    }
    fn upload(&self, _: &str, _: u64, _: &mut dyn std::io::Read) -> Result<app::Upload, Problem> {
        Err(Problem::new("disk_full", "nothing is kept"))
    }
    fn uploads(&self) -> Result<Vec<app::Upload>, Problem> {
        Ok(Vec::new())
    }
    fn remove_upload(&self, _: &str) -> Result<(), Problem> {
        Ok(())
    }
    fn preview(&self, _: &[Box<str>], _: &app::Layout) -> Result<app::import::Preview, Problem> {
        Err(Problem::new("upload_unknown", "nothing is kept"))
    }
    fn import(&self, _: &[Box<str>], _: &app::Layout, _: &str) -> Result<Job, Problem> {
        Err(Problem::new("import_busy", "never"))
    }
    fn imports(&self) -> Result<Vec<app::ImportEntry>, Problem> {
        Ok(Vec::new())
    }
    fn quarantined(
        &self,
        _: &str,
        _: usize,
        _: usize,
    ) -> Result<Option<app::Page<app::import::QuarantinedRow>>, Problem> {
        Ok(None)
    }
    fn jobs(&self) -> Vec<Job> {
        Vec::new()
    }
    fn experiments(&self) -> Vec<experiments::ExperimentResult> {
        Vec::new()
    }
    fn trail(&self, _: &TrailFilter, _: usize) -> Vec<TrailEntry> {
        Vec::new()
    }
    fn health(&self) -> Health {
        Health::default()
    }
    fn flush(&self) -> Result<(), Problem> {
        Ok(())
    }
}

fn record() -> DecisionRecord {
    let choice = |place: u32| Choice {
        what: format!("item-{place}").into(),
        score: 1.0,
        propensity: 1.0,
        sources: 1,
        parts: Vec::new(),
        reasons: vec![Reason { code: "similar_to".into(), evidence: vec!["kettle-1".into()] }],
    };
    DecisionRecord {
        id: DecisionId::from_parts(1, 1),
        kind: "recommend.home".into(),
        at: At::from_s(1),
        who: Who::default(),
        ask: Vec::new(),
        as_of: AsOf::default(),
        seed: 0,
        consent: ConsentUse::default(),
        arms: Vec::new(),
        policy: 0,
        models: Vec::new(),
        considered_total: 0,
        considered: Vec::new(),
        stopped: Vec::new(),
        chosen: (0..50).map(choice).collect(),
        reasons: Vec::new(),
        degraded: None,
        cut_at: None,
        took_us: 0,
    }
}

fn start(think: Duration) -> (SocketAddr, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(folder.path(), &LogOptions::default()).unwrap();
    let shop = Arc::new(Bare { log, think, record: Arc::new(record()) });
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = ServerOptions { listen, open: true, ..ServerOptions::default() };
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let server = Server::bind(options, shop).await.unwrap();
            tell.send(server.address()).unwrap();
            server.run(std::future::pending()).await.unwrap();
        });
    });
    (told.recv().unwrap(), folder)
}

/// One connection that asks again and again.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn call(&mut self, method: &str, path: &str, body: &str) {
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: b\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
        let (mut line, mut length) = (String::new(), 0usize);
        let mut first = true;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            assert!(!first || line.contains(" 200 "), "{line}");
            first = false;
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
    }
}

/// Every client asks again as soon as it is answered: requests per second.
fn closed_loop(
    name: &str,
    clients: usize,
    span: Duration,
    address: SocketAddr,
    per_call: usize,
    call: impl Fn(&mut Client, usize) + Sync,
) {
    let begun = Instant::now();
    let calls: usize = std::thread::scope(|scope| {
        let call = &call;
        let threads: Vec<_> = (0..clients)
            .map(|number| {
                scope.spawn(move || {
                    let mut client = Client::new(address);
                    let mut calls = 0;
                    while begun.elapsed() < span {
                        call(&mut client, number * 100_000_000 + calls);
                        calls += 1;
                    }
                    calls
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let per_s = calls as f64 / begun.elapsed().as_secs_f64();
    println!("{name}: {per_s:.0} requests/s, {:.0} parts/s", per_s * per_call as f64);
}

/// Requests are due at `per_s`, whatever happens: latency from when each was due.
fn open_loop(
    name: &str,
    per_s: u32,
    span: Duration,
    address: SocketAddr,
    call: impl Fn(&mut Client) + Sync,
) {
    const CLIENTS: u32 = 32;
    let each = Duration::from_secs(1) * CLIENTS / per_s;
    let begun = Instant::now() + Duration::from_millis(50);
    let mut us: Vec<u64> = std::thread::scope(|scope| {
        let call = &call;
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                scope.spawn(move || {
                    let mut client = Client::new(address);
                    let mut due = begun + each * number / CLIENTS;
                    let mut us = Vec::new();
                    while due < begun + span {
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        call(&mut client);
                        us.push(due.elapsed().as_micros() as u64);
                        due += each;
                    }
                    us
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    us.sort_unstable();
    let at = |part: f64| us[((us.len() - 1) as f64 * part) as usize] as f64 / 1e3;
    println!(
        "{name} at {per_s}/s: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
}

fn event(id: usize) -> String {
    format!(
        r#"{{"event_id":"e-{id}","event":"view_item","customer_id":"c-{}","device_id":"d-77","session_id":"s-9","items":[{{"item_id":"kettle-{}","quantity":1,"price":129.5}}],"currency":"CNY","dwell_ms":1200,"context":{{"channel":"app"}}}}"#,
        id % 1000,
        id % 777
    )
}

fn main() {
    let span = Duration::from_secs(3);
    let (address, _folder) = start(Duration::ZERO);
    closed_loop("empty handler, 16 clients", 16, span, address, 1, |client, _| {
        client.call("GET", "/healthz", "");
    });
    closed_loop("ask that thinks 0 µs, 16 clients", 16, span, address, 1, |client, _| {
        client.call("GET", "/v1/recommend/home?customer_id=c-1", "");
    });
    for ack in ["disk", "memory"] {
        let path = format!("/v1/events?ack={ack}");
        let name = format!("ingest, one event, ack={ack}, 32 clients");
        let salt = if ack == "disk" { 0 } else { 50_000_000 };
        closed_loop(&name, 32, span, address, 1, |client, id| {
            client.call("POST", &path, &event(id + salt));
        });
    }
    closed_loop("ingest, 500 events, ack=disk, 4 clients", 4, span, address, 500, |client, id| {
        let events: Vec<String> = (0..500).map(|n| event(5_000_000_000 + id * 500 + n)).collect();
        let body = format!("[{}]", events.join(","));
        client.call("POST", "/v1/events?results=rejected", &body);
    });
    for think_us in [0, 200] {
        let (address, _folder) = start(Duration::from_micros(think_us));
        for _ in 0..3 {
            open_loop(&format!("ask that thinks {think_us} µs"), 2_000, span, address, |client| {
                client.call("GET", "/v1/recommend/session?items=kettle-1,tea-3", "");
            });
        }
    }
}
