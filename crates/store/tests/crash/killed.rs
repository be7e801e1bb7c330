//! After `kill -9` at any moment: is everything acknowledged there, once, in order, and nothing
//! else?

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use store::{Ack, Log, Receipt, Snapshots, StoreError};

use super::{Dice, child, entry, number};

/// How often the process is killed.
const KILLS: u64 = 60;

/// What all processes together told before they died.
#[derive(Default)]
pub(crate) struct Told {
    sent: HashSet<u64>,
    offsets: HashMap<u64, u64>,
    appended: HashSet<u64>,
    snapshot: Option<u64>,
    pub(crate) errors: Vec<String>,
    acknowledged: u64,
}

impl Told {
    pub(crate) fn hear(&mut self, line: &str) {
        let mut words = line.split(' ');
        let kind = words.next().unwrap_or_default();
        let mut next = || words.next().and_then(|word| word.parse::<u64>().ok());
        match kind {
            "S" => self.sent.extend(next()),
            "A" | "D" => {
                let (Some(n), Some(offset)) = (next(), next()) else { return };
                self.acknowledged += 1;
                assert!(self.sent.contains(&n));
                let before = *self.offsets.entry(n).or_insert(offset);
                assert_eq!(before, offset, "number {n} was given two offsets");
                let first = kind == "D" || self.appended.insert(n);
                assert!(first, "number {n} was appended twice");
            }
            "P" => self.snapshot = self.snapshot.max(next()),
            "E" => self.errors.push(line[2..].to_owned()),
            _ => {} // the test harness speaks too
        }
    }

    /// Opens what the dead left and compares it with what they told.
    pub(crate) fn check(&self, dir: &Path) -> Log {
        let log = reopened(dir);
        let mut stored = Vec::new();
        let mut cursor = log.reader().read(0..u64::MAX);
        while let Some(entry) = cursor.next_entry().unwrap() {
            assert_eq!(entry.offset, stored.len() as u64, "offsets are dense");
            stored.push(number(&entry.to_stored().entry));
        }
        let distinct: HashSet<u64> = stored.iter().copied().collect();
        assert_eq!(distinct.len(), stored.len(), "an entry is there twice");
        assert!(distinct.is_subset(&self.sent), "an entry is there that was never sent");
        for (n, &offset) in &self.offsets {
            assert_eq!(stored.get(offset as usize), Some(n), "an acknowledged entry is not there");
        }
        self.check_snapshot(dir, stored.len() as u64);
        log
    }

    fn check_snapshot(&self, dir: &Path, end: u64) {
        let snapshots = Snapshots::open(&dir.join("snapshots"), "seen", 2).unwrap();
        let loaded = snapshots.load(end, |info, from| {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes)?;
            assert_eq!(bytes, info.offset.to_le_bytes().repeat(2_000));
            Ok(())
        });
        let found = loaded.unwrap().map(|(info, ())| info.offset);
        assert!(found >= self.snapshot, "saved {:?}, found {found:?}", self.snapshot);
    }
}

/// Hears a process until it has told `lines` lines, kills it, and hears what is left.
fn hear_and_kill(mut process: Child, lines: u64, told: &mut Told) {
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    for _ in 0..lines {
        line.clear();
        if output.read_line(&mut line).unwrap() == 0 {
            break;
        }
        told.hear(line.trim_end());
    }
    process.kill().unwrap();
    let mut rest = Vec::new();
    output.read_to_end(&mut rest).unwrap();
    // The last line may have been cut by the kill.
    let whole = rest.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    String::from_utf8(rest[..whole].to_vec()).unwrap().lines().for_each(|line| told.hear(line));
    process.wait().unwrap();
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_else_appears() {
    let dir = tempfile::tempdir().unwrap();
    let mut told = Told::default();
    let mut dice = Dice(2);
    let mut cuts = 0;
    for round in 0..KILLS {
        let process = child::command(dir.path(), round).stdout(Stdio::piped()).spawn().unwrap();
        // Some die while opening, most in full flight.
        let lines = if round % 10 == 0 { dice.below(20) } else { 20 + dice.below(2_000) };
        hear_and_kill(process, lines, &mut told);
        let log = told.check(dir.path());
        cuts += u64::from(log.recovery().cut.is_some());
        assert_eq!(told.errors, [""; 0], "the log refused under no fault");
    }
    assert!(told.acknowledged > 5_000, "too little load: {}", told.acknowledged);
    assert!(told.appended.len() < told.acknowledged as usize, "no duplicates were sent");
    // What survived is still known: every number is answered with its old offset.
    let log = told.check(dir.path());
    for (&n, &offset) in told.offsets.iter().take(500) {
        let receipts = log.append(vec![entry(n)], Ack::Disk).unwrap();
        assert_eq!(receipts, [Receipt::Duplicate { offset }]);
    }
    eprintln!("{KILLS} kills, {} acknowledged, {cuts} torn tails", told.acknowledged);
}

/// Opens the log of the dead. A process that another test starts at this moment holds a copy of
/// every open file, the lock of the log before included, until it is the new program: that passes.
fn reopened(dir: &Path) -> Log {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match Log::open(&dir.join("log"), &child::options()) {
            Err(StoreError::Locked { .. }) if Instant::now() < until => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}
