//! Does any input make a parser panic, hang or take memory without bound?
//!
//! Seeded mutation of sound inputs: bytes, words, lengths and structure. No coverage guides it, so
//! it runs on any toolchain, and a seed repeats a run. `fuzz [--seconds N] [--seed N] [TARGET …]`.

mod door;
mod mutate;
mod shop;
mod targets;

use anyhow::{Context, Result, bail};
use mutate::Dice;
use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What one input may make the process allocate at once.
const ALLOCATION_MAX: usize = 512 << 20;
/// How long one input may take.
const INPUT_S_MAX: u64 = 20;
/// Failures that are shown for each target.
const SHOWN_MAX: u64 = 3;

/// The largest single allocation so far, and the panics of any thread.
static LARGEST: AtomicUsize = AtomicUsize::new(0);
static PANICS: AtomicU64 = AtomicU64::new(0);
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

struct Watched;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

struct Asked {
    seconds: u64,
    seed: u64,
    names: Vec<String>,
}

fn main() -> Result<()> {
    let asked = asked()?;
    let shop = shop::Shop::made().context("making the shop that the inputs come from")?;
    std::panic::set_hook(Box::new(|info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = info.to_string();
        }
    }));
    let mut bad = 0;
    for name in &asked.names {
        bad += run(name, &asked, &shop)?;
    }
    if bad > 0 {
        bail!("{bad} inputs broke something");
    }
    Ok(())
}

fn asked() -> Result<Asked> {
    let mut asked = Asked { seconds: 20, seed: 1, names: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number =
            || words.next().context("a number must follow")?.parse::<u64>().context("not a number");
        match word.as_str() {
            "--seconds" => asked.seconds = number()?,
            "--seed" => asked.seed = number()?,
            name => asked.names.push(name.to_owned()),
        }
    }
    if asked.names.is_empty() {
        asked.names = targets::NAMES.iter().map(ToString::to_string).collect();
    }
    Ok(asked)
}

/// Runs one target for its time; how many inputs broke something.
fn run(name: &str, asked: &Asked, shop: &shop::Shop) -> Result<u64> {
    let mut target = targets::target(name, shop)?;
    let mut dice = Dice(asked.seed);
    let (started, allowed) = (Instant::now(), Duration::from_secs(asked.seconds));
    let (mut inputs, mut bad, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while started.elapsed() < allowed {
        let mut input = Vec::new();
        LARGEST.store(0, Ordering::Relaxed);
        let panics = PANICS.load(Ordering::SeqCst);
        let before = Instant::now();
        let mut keep = |bytes: &[u8]| input = bytes.to_vec();
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&mut dice, &mut keep)));
        let took = before.elapsed();
        inputs += 1;
        slowest = slowest.max(took);
        let why = match outcome {
            _ if PANICS.load(Ordering::SeqCst) > panics => {
                Some(format!("panic: {}", LAST_PANIC.lock().map(|l| l.clone()).unwrap_or_default()))
            }
            Ok(Err(error)) => Some(format!("{error:#}")),
            _ if took.as_secs() >= INPUT_S_MAX => Some(format!("it took {took:?}")),
            _ if LARGEST.load(Ordering::Relaxed) > ALLOCATION_MAX => {
                Some(format!("it asked for {} bytes at once", LARGEST.load(Ordering::Relaxed)))
            }
            _ => None,
        };
        if let Some(why) = why {
            bad += 1;
            if bad <= SHOWN_MAX {
                let start = &input[..input.len().min(400)];
                println!(
                    "{name}: input {inputs}: {why}\n  {} bytes: {}",
                    input.len(),
                    start.escape_ascii()
                );
            }
        }
    }
    println!(
        "{name:10} {inputs:>9} inputs in {:.0} s, slowest {:.0} ms, {bad} broke something",
        started.elapsed().as_secs_f64(),
        slowest.as_secs_f64() * 1e3
    );
    Ok(bad)
}
