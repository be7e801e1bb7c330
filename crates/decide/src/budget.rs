//! Is there time left, and will a replay agree?
//!
//! A decision may look at the clock only here. The budget counts the checkpoints that the decision
//! passes and notes the first at which time was up; the record keeps that number, so that a replay
//! takes the same short cut at the same place without looking at any clock.

use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

const NEVER: u16 = u16::MAX;

/// How long a decision may think.
#[derive(Debug)]
pub struct Budget {
    ends: Ends,
    passed: AtomicU16,
    cut_at: AtomicU16,
}

#[derive(Debug)]
enum Ends {
    At(Instant),
    AtCheckpoint(u16),
}

impl Budget {
    /// Ends `allowed` from now.
    #[must_use]
    pub fn lasting(allowed: Duration) -> Self {
        Self::ending(Ends::At(Instant::now() + allowed))
    }

    /// Ends where a recorded decision's budget ended, if it did.
    #[must_use]
    pub fn recorded(cut_at: Option<u16>) -> Self {
        Self::ending(Ends::AtCheckpoint(cut_at.unwrap_or(NEVER)))
    }

    fn ending(ends: Ends) -> Self {
        Self { ends, passed: AtomicU16::new(0), cut_at: AtomicU16::new(NEVER) }
    }

    /// Passes a checkpoint. True when time is up: finish with what there is.
    /// Once true, it stays true.
    #[must_use]
    pub fn spent(&self) -> bool {
        let here = self.passed.fetch_add(1, Ordering::Relaxed);
        if self.cut_at().is_some() {
            return true;
        }
        let up = match self.ends {
            Ends::At(end) => Instant::now() >= end,
            Ends::AtCheckpoint(cut) => here >= cut,
        };
        if up {
            self.cut_at.store(here, Ordering::Relaxed);
        }
        up
    }

    /// The checkpoint at which time was up, if it was.
    #[must_use]
    pub fn cut_at(&self) -> Option<u16> {
        match self.cut_at.load(Ordering::Relaxed) {
            NEVER => None,
            cut => Some(cut),
        }
    }
}
