//! Does the log keep its promises when nothing, or something, goes wrong?

mod damage;
mod format;
mod ids;
mod once;
mod read;

use std::path::Path;

use super::{Ack, Entry, Log, LogOptions, Receipt};
use crate::StoreError;

/// Small segments, so that a few hundred entries make several files.
fn small() -> LogOptions {
    LogOptions { segment_bytes: 4 << 10, ..LogOptions::default() }
}

fn open(dir: &Path) -> Log {
    Log::open(dir, &small()).unwrap()
}

/// Entry number `n` of a test: its id, time and payload all follow from `n`.
fn entry(n: u64) -> Entry {
    let len = (n * 7 % 90) as usize;
    Entry {
        id: format!("e-{n}").into_bytes(),
        at_ms: 1_000 * n as i64,
        payload: vec![n as u8; len],
    }
}

fn entries(range: std::ops::Range<u64>) -> Vec<Entry> {
    range.map(entry).collect()
}

/// All ids of a log as numbers, read from the start; checks that everything else follows.
fn numbers(log: &Log) -> Vec<u64> {
    let mut cursor = log.reader().read(0..u64::MAX);
    let mut found = Vec::new();
    while let Some(stored) = cursor.next_entry().unwrap() {
        let stored = stored.to_stored();
        assert_eq!(stored.offset, found.len() as u64, "offsets are dense");
        let n = std::str::from_utf8(&stored.entry.id).unwrap()[2..].parse().unwrap();
        assert_eq!(stored.entry, entry(n));
        found.push(n);
    }
    found
}

/// A small seeded source of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}
