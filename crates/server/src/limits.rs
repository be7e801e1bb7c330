//! How often may this key call? A leaky bucket for each key, one atomic word each.
//!
//! The generic cell rate algorithm (ITU-T I.371): the word is the time at which the bucket would
//! be empty again. No lock, no timer, no memory beyond eight bytes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The bucket of one key.
#[derive(Debug)]
pub(crate) struct Bucket {
    started: Instant,
    /// Nanoseconds since `started` at which the bucket is empty again.
    empty_at: AtomicU64,
    /// Nanoseconds that one request takes; 0 for no limit.
    each_ns: u64,
    /// Nanoseconds that may be taken in advance.
    burst_ns: u64,
}

impl Bucket {
    /// `per_s` requests each second on average, `burst` at once; 0 `per_s` for no limit.
    pub(crate) fn new(per_s: u32, burst: u32) -> Self {
        let each_ns = if per_s == 0 { 0 } else { 1_000_000_000 / u64::from(per_s) };
        let burst_ns = each_ns * u64::from(burst);
        Self { started: Instant::now(), empty_at: AtomicU64::new(0), each_ns, burst_ns }
    }

    /// Takes one request, or says after how many nanoseconds there will be room for it.
    pub(crate) fn take(&self) -> Result<(), u64> {
        self.take_at(u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    pub(crate) fn take_at(&self, now: u64) -> Result<(), u64> {
        if self.each_ns == 0 {
            return Ok(());
        }
        let next = |empty_at: u64| {
            let after = empty_at.max(now).saturating_add(self.each_ns);
            (after <= now.saturating_add(self.burst_ns)).then_some(after)
        };
        let taken = self.empty_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        taken.map(drop).map_err(|empty_at| {
            empty_at.saturating_add(self.each_ns).saturating_sub(now.saturating_add(self.burst_ns))
        })
    }
}
