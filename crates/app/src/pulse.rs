//! How is it going, moment by moment? Counts of the last quarter of an hour, in beats of 5 seconds.
//!
//! For people who look: nothing here is kept over a restart or decides anything. How long decisions
//! took is counted in quarter octaves, so a quantile is exact to within 9 %.

use commerce::At;
use parking_lot::Mutex;
use std::collections::VecDeque;

/// Seconds of a beat, and how many are kept.
pub const BEAT_S: i64 = 5;
const BEATS: usize = 180;
/// Quarter octaves from 1 µs to 16 s.
const BUCKETS: usize = 96;

/// What happened in one beat.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    /// When it began.
    pub at: At,
    /// Events that came.
    pub events: u64,
    /// Decisions that were taken.
    pub decisions: u64,
    /// Of these, lesser ones.
    pub degraded: u64,
    /// How long decisions took.
    pub took: Took,
}

/// How long decisions took, as counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Took([u32; BUCKETS]);

impl Default for Took {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Took {
    fn add(&mut self, us: u32) {
        let bucket = (f64::from(us.max(1)).log2() * 4.0) as usize;
        self.0[bucket.min(BUCKETS - 1)] += 1;
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (own, others) in self.0.iter_mut().zip(other.0) {
            *own += others;
        }
    }

    /// The time, in milliseconds, below which the part `q` of all decisions stayed; none without
    /// any.
    #[must_use]
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        let all: u64 = self.0.iter().map(|&count| u64::from(count)).sum();
        let wanted = ((all as f64 * q).ceil() as u64).max(1);
        let mut below = 0;
        let bucket = self.0.iter().position(|&count| {
            below += u64::from(count);
            below >= wanted
        })?;
        Some(((bucket as f64 + 0.5) / 4.0).exp2() / 1e3)
    }
}

/// The latest beats.
#[derive(Debug, Default)]
pub(crate) struct Pulse(Mutex<VecDeque<Beat>>);

impl Pulse {
    /// Notes a decision.
    pub(crate) fn decided(&self, now: At, took_us: u32, degraded: bool) {
        self.note(now, |beat| {
            beat.decisions += 1;
            beat.degraded += u64::from(degraded);
            beat.took.add(took_us);
        });
    }

    /// Notes that events came.
    pub(crate) fn happened(&self, now: At, events: u64) {
        if events > 0 {
            self.note(now, |beat| beat.events += events);
        }
    }

    fn note(&self, now: At, note: impl FnOnce(&mut Beat)) {
        let mut beats = self.0.lock();
        let start = now.s().div_euclid(BEAT_S) * BEAT_S;
        // A clock that was set back goes on in the latest beat.
        if beats.back().is_none_or(|last| last.at.s() < start) {
            if beats.len() == BEATS {
                beats.pop_front();
            }
            let at = At::from_s(start);
            beats.push_back(Beat {
                at,
                events: 0,
                decisions: 0,
                degraded: 0,
                took: Took::default(),
            });
        }
        if let Some(last) = beats.back_mut() {
            note(last);
        }
    }

    /// The beats of the last quarter of an hour, oldest first; those in which nothing happened are
    /// left out.
    pub(crate) fn beats(&self, now: At) -> Vec<Beat> {
        let from = now.s() - BEAT_S * BEATS as i64;
        self.0.lock().iter().filter(|beat| beat.at.s() > from).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_count_what_happens_and_forget_what_is_old() {
        let pulse = Pulse::default();
        let at = At::from_s;
        for s in 0..10 {
            pulse.decided(at(1_000 + s), 1_000 * (1 + s as u32), s == 3);
            pulse.happened(at(1_000 + s), 7);
        }
        let beats = pulse.beats(at(1_010));
        assert_eq!(beats.len(), 2);
        assert_eq!((beats[0].events, beats[0].decisions, beats[0].degraded), (35, 5, 1));
        let mut took = beats[0].took.clone();
        took.merge(&beats[1].took);
        let (half, most) = (took.quantile_ms(0.5).unwrap(), took.quantile_ms(1.0).unwrap());
        assert!((half / 5.0 - 1.0).abs() < 0.1, "{half}");
        assert!((most / 10.0 - 1.0).abs() < 0.1, "{most}");
        assert_eq!(Took::default().quantile_ms(0.5), None);
        // Set back by an hour, it still counts; after a quarter of an hour all is forgotten.
        pulse.happened(at(500), 1);
        assert_eq!(pulse.beats(at(1_010))[1].events, 36);
        assert!(pulse.beats(at(3_000)).is_empty());
        for beat in 0..400 {
            pulse.happened(at(10_000 + beat * BEAT_S), 1);
        }
        assert_eq!(pulse.beats(at(10_000 + 399 * BEAT_S)).len(), BEATS);
    }
}
