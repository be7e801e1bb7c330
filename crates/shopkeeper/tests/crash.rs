//! After `kill -9` under load: is everything acknowledged from disk there, once, and nothing else?
//! And does every decision that was kept repeat to the byte?

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what it expects by failing"
)]

use crate::http;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the server is killed.
const KILLS: u64 = 10;
/// Ids are drawn below this, so that many are sent again.
const NUMBERS: u64 = 4_000;

/// A small seeded source of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

/// What the senders know at the end.
#[derive(Default)]
struct Known {
    sent: HashSet<String>,
    /// Id → offset, of what was acknowledged from disk.
    on_disk: BTreeMap<String, u64>,
    /// Receipts, and how many of them said "stored now", by id.
    receipts: u64,
    accepted: BTreeMap<String, u64>,
    answers: u64,
}

/// A server on `dir`, and where it listens.
fn start(dir: &Path) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopkeeper"));
    command.current_dir(dir).args(["--dir", "data", "serve", "--open", "--log-json"]);
    command.args(["--listen", "127.0.0.1:0"]).env("RUST_LOG", "info");
    let mut server = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let address = loop {
        let line = lines.next().expect("the server ended before it listened").unwrap();
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        if let Some(address) = line["fields"]["address"].as_str() {
            break address.to_owned();
        }
    };
    // Whoever is not listened to blocks in the end.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    (server, address)
}

fn event(n: u64) -> String {
    let (customer, item) = (n % 50, n * 7 % 90);
    let kind = ["view_item", "view_item", "add_to_cart", "purchase"][(n % 4) as usize];
    format!(
        r#"{{"event_id":"n{n}","event":"{kind}","customer_id":"c{customer}","items":[{{"item_id":"i{item}"}}]}}"#
    )
}

/// Sends events, many of them again, until the server is gone.
fn send(address: &str, known: &Mutex<Known>, over: &AtomicBool, dice: &mut Dice) {
    while !over.load(Ordering::Relaxed) {
        let numbers: Vec<u64> = (0..1 + dice.below(12)).map(|_| dice.below(NUMBERS)).collect();
        let disk = dice.below(3) > 0;
        let body = numbers.iter().map(|&n| event(n)).collect::<Vec<_>>().join(",");
        known.lock().unwrap().sent.extend(numbers.iter().map(|n| format!("n{n}")));
        let path = if disk { "/v1/events" } else { "/v1/events?ack=memory" };
        let answer = http::send(address, "POST", path, &[], format!("[{body}]").as_bytes());
        let Ok(answer) = answer else { return };
        let Ok(said) = serde_json::from_str::<Value>(&answer.body) else { return };
        assert_eq!(answer.status, 200, "{}", answer.body);
        let mut known = known.lock().unwrap();
        for result in said["results"].as_array().unwrap() {
            let id = result["id"].as_str().unwrap().to_owned();
            let offset = result["offset"].as_u64().unwrap();
            known.receipts += 1;
            if result["status"] == "accepted" {
                *known.accepted.entry(id.clone()).or_default() += 1;
            }
            if disk {
                let before = *known.on_disk.entry(id.clone()).or_insert(offset);
                assert_eq!(before, offset, "{id} was given two offsets");
            }
        }
    }
}

/// Asks until the server is gone.
fn ask(address: &str, known: &Mutex<Known>, over: &AtomicBool, dice: &mut Dice) {
    while !over.load(Ordering::Relaxed) {
        let body = format!(r#"{{"customer_id":"c{}","count":5,"detail":"ids"}}"#, dice.below(50));
        let answer = http::send(address, "POST", "/v1/recommend/home", &[], body.as_bytes());
        let Ok(answer) = answer else { return };
        if serde_json::from_str::<Value>(&answer.body).is_err() {
            return; // cut off within the answer
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        known.lock().unwrap().answers += 1;
    }
}

/// Runs the server under load and kills it once `receipts` more receipts are there.
fn load_and_kill(dir: &Path, known: &Mutex<Known>, round: u64, receipts: u64) {
    let (mut server, address) = start(dir);
    let over = AtomicBool::new(false);
    let wanted = known.lock().unwrap().receipts + receipts;
    std::thread::scope(|scope| {
        let (over, address) = (&over, &*address);
        for thread in 0..3 {
            scope.spawn(move || send(address, known, over, &mut Dice(round * 8 + thread)));
        }
        scope.spawn(move || ask(address, known, over, &mut Dice(round * 8 + 7)));
        let patience = Instant::now() + Duration::from_secs(30);
        while known.lock().unwrap().receipts < wanted && Instant::now() < patience {
            std::thread::yield_now();
        }
        server.kill().unwrap();
        over.store(true, Ordering::Relaxed);
    });
    server.wait().unwrap();
}

fn shopkeeper(dir: &Path, words: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopkeeper"));
    let output = command.current_dir(dir).args(["--dir", "data"]).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
}

/// The ids of all events, by offset, as `export` tells them.
fn exported(dir: &Path) -> Vec<Option<String>> {
    let (fine, said) = shopkeeper(dir, &["export", "--out", "facts.jsonl"]);
    assert!(fine, "{said}");
    let text = std::fs::read_to_string(dir.join("facts.jsonl")).unwrap();
    let id = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["fact"]["id"].as_str().filter(|id| id.starts_with('n')).map(str::to_owned)
    };
    text.lines().map(id).collect()
}

#[test]
fn what_was_acknowledged_survives_kills_under_load_once() {
    let dir = tempfile::tempdir().unwrap();
    let known = Mutex::new(Known::default());
    let mut dice = Dice(41);
    for round in 0..KILLS {
        // Some die at their first requests, most in full flight.
        let receipts = if round % 5 == 0 { dice.below(10) } else { 50 + dice.below(500) };
        load_and_kill(dir.path(), &known, round, receipts);
    }
    let known = known.into_inner().unwrap();
    assert!(known.on_disk.len() > 500 && known.answers > 0, "too little load");
    assert!(known.accepted.len() < known.receipts as usize, "nothing was sent twice");
    let stored = exported(dir.path());
    let ids: Vec<&String> = stored.iter().flatten().collect();
    let distinct: HashSet<&String> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "an event is there twice");
    for id in distinct {
        assert!(known.sent.contains(id), "{id} is there and was never sent");
    }
    for (id, &offset) in &known.on_disk {
        let found = stored.get(offset as usize).and_then(Option::as_ref);
        assert_eq!(found, Some(id), "acknowledged at {offset}");
    }
    let (same, said) = shopkeeper(dir.path(), &["replay"]);
    assert!(same, "{said}");
}
