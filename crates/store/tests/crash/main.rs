//! What is left after the process is killed, the disk is full, or the directory is read-only?
//!
//! One integration binary. Tests that need a process to die start this binary again, asking for
//! the test named in [`child`], which does nothing when it is run as a test.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and says what it had to skip"
)]

mod child;
mod killed;
mod refused;

use store::Entry;

/// Entry number `n`: its time and payload follow from `n`, so a stored entry proves itself.
///
/// A few are so large that a kill can fall into the middle of their `write`.
fn entry(n: u64) -> Entry {
    let len = if n % 997 == 7 { 400_000 } else { n * 37 % 300 };
    let payload = (0..len).map(|i| (i * n) as u8).collect();
    Entry { id: format!("n{n}").into_bytes(), at_ms: n as i64 * 10, payload }
}

/// The number of an entry, if it is one that was sent.
fn number(entry: &Entry) -> u64 {
    let text = std::str::from_utf8(&entry.id).unwrap();
    let n = text.strip_prefix('n').unwrap().parse().unwrap();
    assert_eq!(*entry, self::entry(n), "an entry that nobody sent");
    n
}

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
