//! How does a running server change its model? Whole, at once, without a lock.
//!
//! Readers take the value that serves when they begin and keep it to their end, so that one
//! answer never mixes two versions; the old value is freed when its last reader is done.

use arc_swap::ArcSwapOption;
use commerce::ModelRef;
use std::sync::Arc;

/// A value with the version it came from.
#[derive(Debug)]
pub struct Served<T> {
    /// Which version this is.
    pub model: ModelRef,
    /// The value, ready for use.
    pub value: T,
}

/// The place where the serving value lies; empty until the first version serves.
#[derive(Debug)]
pub struct Slot<T> {
    held: ArcSwapOption<Served<T>>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { held: ArcSwapOption::empty() }
    }
}

impl<T> Slot<T> {
    /// An empty slot.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// What serves now. Costs two atomic operations; hold it as long as the answer takes.
    #[must_use]
    pub fn now(&self) -> Option<Arc<Served<T>>> {
        self.held.load_full()
    }

    /// Lets `value` serve from now on and returns what served before.
    pub fn swap(&self, model: ModelRef, value: T) -> Option<Arc<Served<T>>> {
        self.held.swap(Some(Arc::new(Served { model, value })))
    }

    /// Empties the slot and returns what served before.
    pub fn clear(&self) -> Option<Arc<Served<T>>> {
        self.held.swap(None)
    }
}
