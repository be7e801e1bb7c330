//! How long did each take? A histogram of spans, exact to a hundredth at every size.
//!
//! Buckets are linear within each power of two (as in HdrHistogram): 128 for each, so a quantile is
//! at most 0.8 % too high, never too low, and recording is a shift and an addition.

use std::time::Duration;

const SUB_BITS: u32 = 7;
const SUB: u64 = 1 << SUB_BITS;
const BUCKETS: usize = ((64 - SUB_BITS + 1) as usize) << SUB_BITS;

/// Spans, by the nanosecond.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    count: u64,
    longest_ns: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], count: 0, longest_ns: 0 }
    }
}

impl Histogram {
    /// Takes one span.
    pub(crate) fn record(&mut self, span: Duration) {
        let ns = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(ns)] += 1;
        self.count += 1;
        self.longest_ns = self.longest_ns.max(ns);
    }

    /// Adds what another one recorded.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.count += other.count;
        self.longest_ns = self.longest_ns.max(other.longest_ns);
    }

    /// How many were recorded.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The span that a `share` of all (0 to 1) did not exceed, in milliseconds; NaN of nothing.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        if self.count == 0 {
            return f64::NAN;
        }
        let rank = ((self.count as f64 * share).ceil() as u64).clamp(1, self.count);
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        let ns = found.map_or(self.longest_ns, |bucket| longest_of(bucket).min(self.longest_ns));
        ns as f64 / 1e6
    }

    /// The longest, in milliseconds.
    pub(crate) fn longest_ms(&self) -> f64 {
        self.quantile_ms(1.0)
    }
}

fn bucket(ns: u64) -> usize {
    let shift = (u64::BITS - ns.leading_zeros()).saturating_sub(SUB_BITS + 1);
    let within = ns >> shift; // below 128 only while the shift is 0
    ((u64::from(shift) << SUB_BITS) + within) as usize
}

/// The longest span that falls into a bucket, in nanoseconds.
fn longest_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * SUB {
        return bucket;
    }
    let shift = (bucket >> SUB_BITS) - 1;
    let within = bucket - (shift << SUB_BITS);
    (within << shift) + ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_lies_in_its_bucket_and_buckets_are_narrow() {
        let sizes = (0..64)
            .flat_map(|bits| [1u64 << bits, (1 << bits) + 1, (1 << bits) | (1 << bits >> 1)]);
        for ns in sizes.chain([0, u64::MAX]) {
            let place = bucket(ns);
            let longest = longest_of(place);
            assert!(longest >= ns && bucket(longest) == place, "{ns} in {place} to {longest}");
            assert!((longest - ns) as f64 <= ns as f64 / 128.0, "{ns} to {longest}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_spans() {
        let mut halves = [Histogram::default(), Histogram::default()];
        for us in 1..=1_000u64 {
            halves[us as usize % 2].record(Duration::from_micros(us));
        }
        let [mut all, odd] = halves;
        all.merge(&odd);
        assert_eq!(all.count(), 1_000);
        for (share, ms) in [(0.0, 0.001), (0.5, 0.5), (0.99, 0.99), (1.0, 1.0)] {
            let found = all.quantile_ms(share);
            assert!(found >= ms && found <= ms * 1.008, "{share}: {found}");
        }
        assert!((all.longest_ms() - 1.0).abs() < 1e-9);
        assert!(Histogram::default().quantile_ms(0.5).is_nan());
    }
}
