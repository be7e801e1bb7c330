//! What does the process do that is going to be killed?
//!
//! It tells on standard output, a line each: `S n` before number `n` is sent, `A n offset` and
//! `D n offset` after it was acknowledged as appended or duplicate, `P offset` after a snapshot
//! was saved, `E message` when the log refuses. A line that arrived tells what had happened.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use store::{Ack, Log, LogOptions, Receipt, SnapshotInfo, Snapshots};

use super::{Dice, entry};

const DIR: &str = "STORE_CRASH_DIR";
const SEED: &str = "STORE_CRASH_SEED";
/// Numbers are drawn below this, so that many are drawn twice.
pub(crate) const NUMBERS: u64 = 40_000;

/// Small segments, so that kills often hit the change from one to the next.
pub(crate) fn options() -> LogOptions {
    LogOptions { segment_bytes: 16 << 10, sync_within_ms: 5, ..LogOptions::default() }
}

/// The arguments that make this binary run [`load`] and nothing else.
pub(crate) const ARGUMENTS: [&str; 4] = ["--exact", "child::load", "--nocapture", "--quiet"];

/// This binary as a process that loads the log in `dir` until it is killed or refused.
pub(crate) fn command(dir: &Path, seed: u64) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(ARGUMENTS).env(DIR, dir).env(SEED, seed.to_string());
    command
}

fn tell(line: std::fmt::Arguments<'_>) {
    // One write per line, whole: lines of several threads never mix.
    std::io::stdout().write_all(format!("\n{line}\n").as_bytes()).unwrap();
}

#[test]
fn load() {
    let Some(dir) = env::var_os(DIR).map(PathBuf::from) else { return };
    let seed: u64 = env::var(SEED).unwrap().parse().unwrap();
    let log = match Log::open(&dir.join("log"), &options()) {
        Ok(log) => log,
        Err(error) => return tell(format_args!("E {error}")),
    };
    let snapshots = Snapshots::open(&dir.join("snapshots"), "seen", 2).unwrap();
    let seen = Arc::new(AtomicU64::new(log.stats().entries));
    let fold = Arc::clone(&seen);
    log.follow(move |first, new| {
        assert_eq!(fold.load(Ordering::SeqCst), first);
        fold.store(first + new.len() as u64, Ordering::SeqCst);
    });
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (log, seen) = (&log, &seen);
            scope.spawn(move || send(log, seen, &mut Dice(seed * 4 + thread)));
        }
        scope.spawn(|| save(&log, &seen, &snapshots));
    });
}

/// Sends batches of random size, durability and age until the log refuses.
fn send(log: &Log, seen: &AtomicU64, dice: &mut Dice) {
    loop {
        let batch: Vec<u64> = (0..1 + dice.below(12)).map(|_| dice.below(NUMBERS)).collect();
        let ack = if dice.below(3) == 0 { Ack::Memory } else { Ack::Disk };
        for n in &batch {
            tell(format_args!("S {n}"));
        }
        let receipts = match log.append(batch.iter().map(|&n| entry(n)).collect(), ack) {
            Ok(receipts) => receipts,
            Err(error) => return tell(format_args!("E {error}")),
        };
        for (n, receipt) in batch.iter().zip(receipts) {
            assert!(receipt.offset() < seen.load(Ordering::SeqCst), "answered before it was seen");
            match receipt {
                Receipt::Appended { offset } => tell(format_args!("A {n} {offset}")),
                Receipt::Duplicate { offset } => tell(format_args!("D {n} {offset}")),
            }
        }
    }
}

/// Saves snapshots of the state "so many were seen" until the log refuses.
fn save(log: &Log, seen: &AtomicU64, snapshots: &Snapshots) {
    loop {
        let offset = seen.load(Ordering::SeqCst);
        if log.sync().is_err() {
            return;
        }
        let info = SnapshotInfo { offset, state_version: 1 };
        let saved = snapshots
            .save(info, |out| (0..2_000).try_for_each(|_| out.write_all(&offset.to_le_bytes())));
        match saved {
            Ok(()) => tell(format_args!("P {offset}")),
            Err(error) => return tell(format_args!("E {error}")),
        }
    }
}
