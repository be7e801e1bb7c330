//! How fast is the store on this disk, and what does it cost?
//!
//! `cargo bench -p store --bench store -- [DIR] [ENTRIES]` prints one line per figure. `DIR` is
//! where the files go (default: the temporary directory), `ENTRIES` how many the restart holds
//! (default 10 million).

#![expect(clippy::print_stdout, reason = "a bench speaks to the terminal")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::{Ack, Entry, Log, LogOptions, SnapshotInfo, Snapshots};

/// Payload of a typical event, bytes.
const PAYLOAD: usize = 100;

fn entry(n: u64) -> Entry {
    // 26 bytes, like a ULID that a shop would send.
    let id = format!("01J{:023}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 4).into_bytes();
    Entry { id, at_ms: 1_700_000_000_000 + n as i64, payload: vec![n as u8; PAYLOAD] }
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let dir = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let entries = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(10_000_000);
    let dir = dir.join(format!("store-bench-{}", std::process::id()));
    for producers in [1, 8, 64] {
        append(&dir.join(format!("disk-{producers}")), Ack::Disk, producers);
    }
    append(&dir.join("memory-8"), Ack::Memory, 8);
    restart(&dir.join("restart"), entries);
    snapshot(&dir.join("snapshots"), 256);
    std::fs::remove_dir_all(&dir).unwrap_or_else(|e| println!("left {}: {e}", dir.display()));
}

/// Every producer appends one entry at a time and waits for its acknowledgement.
fn append(dir: &Path, ack: Ack, producers: u64) {
    let log = open(dir);
    let (next, span) = (AtomicU64::new(0), Duration::from_secs(3));
    let started = Instant::now();
    let mut times: Vec<u32> = std::thread::scope(|scope| {
        let work = || {
            let mut times = Vec::new();
            while started.elapsed() < span {
                let entry = entry(next.fetch_add(1, Ordering::Relaxed));
                let sent = Instant::now();
                append_all(&log, vec![entry], ack);
                times.push(sent.elapsed().as_micros() as u32);
            }
            times
        };
        let threads: Vec<_> = (0..producers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "append ack={ack:?} producers={producers}: {rate:.0}/s, p50 {} us, p99 {} us, max {} us",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Fills a log, closes it, and measures opening, reading, and sending all of it again.
fn restart(dir: &Path, entries: u64) {
    const BATCH: u64 = 1_000;
    let log = open(dir);
    let fill = |ack| {
        let started = Instant::now();
        for first in (0..entries).step_by(BATCH as usize) {
            append_all(&log, (first..(first + BATCH).min(entries)).map(entry).collect(), ack);
        }
        log.sync().unwrap_or_else(|e| println!("{e}"));
        entries as f64 / started.elapsed().as_secs_f64()
    };
    println!("append batches of {BATCH}: {:.0}/s", fill(Ack::Memory));
    println!("append the same again: {:.0}/s", fill(Ack::Memory));
    let stats = log.stats();
    println!(
        "per entry: {:.1} bytes on disk, {:.2} bytes of memory ({:.2} ids, {:.3} seeking)",
        stats.disk_bytes as f64 / entries as f64,
        (stats.id_bytes + stats.seek_bytes) as f64 / entries as f64,
        stats.id_bytes as f64 / entries as f64,
        stats.seek_bytes as f64 / entries as f64
    );
    drop(log);
    let (before, cpu, started) = (resident_mb(), cpu_ms(), Instant::now());
    let log = open(dir);
    let (took_ms, cpu_took_ms) = (started.elapsed().as_millis(), cpu_ms() - cpu);
    let more_mb = resident_mb() - before;
    println!("open {entries} entries: {took_ms} ms, {cpu_took_ms} ms of CPU, {more_mb} MB more");
    let (cpu, started) = (cpu_ms(), Instant::now());
    let (mut cursor, mut bytes, mut count) = (log.reader().read(0..u64::MAX), 0, 0);
    while let Ok(Some(entry)) = cursor.next_entry() {
        bytes += entry.payload.len();
        count += 1;
    }
    let (took_ms, cpu_took_ms) = (started.elapsed().as_millis(), cpu_ms() - cpu);
    println!(
        "read {count} entries ({bytes} bytes): {:.2} M/s, {:.2} M per second of CPU",
        count as f64 / took_ms as f64 / 1e3,
        count as f64 / cpu_took_ms as f64 / 1e3
    );
}

/// Saves and loads a state of so many MiB.
fn snapshot(dir: &Path, mib: usize) {
    let piece: Vec<u8> = (0..1 << 20).map(|i| ((i * 31) >> 3) as u8).collect();
    let info = SnapshotInfo { offset: 1, state_version: 1 };
    let snapshots = Snapshots::open(dir, "state", 1);
    let (cpu, started) = (cpu_ms(), Instant::now());
    let saved = snapshots.and_then(|snapshots| {
        snapshots.save(info, |out| (0..mib).try_for_each(|_| out.write_all(&piece)))?;
        println!("save {mib} MiB: {:?}, {} ms of CPU", started.elapsed(), cpu_ms() - cpu);
        let (cpu, started) = (cpu_ms(), Instant::now());
        snapshots.load(1, |_, from| std::io::copy(from, &mut std::io::sink()))?;
        println!("load {mib} MiB: {:?}, {} ms of CPU", started.elapsed(), cpu_ms() - cpu);
        Ok(())
    });
    saved.unwrap_or_else(|error| println!("{error}"));
}

fn open(dir: &Path) -> Log {
    Log::open(dir, &LogOptions::default()).unwrap_or_else(|error| {
        println!("{error}");
        std::process::exit(1)
    })
}

fn append_all(log: &Log, entries: Vec<Entry>, ack: Ack) {
    if let Err(error) = log.append(entries, ack) {
        println!("{error}");
        std::process::exit(1)
    }
}

/// Time this thread has run, ms: what a busy machine does not distort. 0 where unknown.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0) / 1_000_000
}

/// Resident memory of this process, MB; 0 where the system does not tell.
fn resident_mb() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<i64>().ok());
    kb.unwrap_or(0) / 1024
}
