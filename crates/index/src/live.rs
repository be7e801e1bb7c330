//! How does an index change while it is read? It does not: the next one takes its place.
//!
//! Readers load the current snapshot and keep it as long as they like; they wait for nobody.
//! Writers queue on a mutex that no reader takes. Compaction runs outside that mutex on the
//! snapshot it found; changes made meanwhile are noted and applied to the result.

use crate::IndexError;
use arc_swap::ArcSwap;
use parking_lot::Mutex;
use std::fmt::Debug;
use std::sync::Arc;

/// An immutable index that changes by giving its successor.
pub trait Snapshot: Debug + Sized {
    /// What can happen to it.
    type Change: Debug;

    /// The index after `change`, which it answers at once. Cheap: shares what is unchanged.
    ///
    /// # Errors
    /// What the change breaks; then nothing has changed.
    fn after(&self, change: &Self::Change) -> Result<Self, IndexError>;

    /// The same content in its fastest form; may take seconds.
    #[must_use]
    fn compacted(&self) -> Self;

    /// Whether answers would come noticeably faster after compaction.
    fn wants_compaction(&self) -> bool;
}

/// A shared, changing index: many readers, one writer at a time, compaction in the background.
#[derive(Debug)]
pub struct Live<S: Snapshot> {
    current: ArcSwap<S>,
    /// Changes since the running compaction began. The lock orders writers.
    since: Mutex<Option<Vec<S::Change>>>,
    /// Held while a compaction runs.
    compacting: Mutex<()>,
}

impl<S: Snapshot> Live<S> {
    /// Starts with `index`.
    #[must_use]
    pub fn new(index: S) -> Self {
        Self {
            current: ArcSwap::from_pointee(index),
            since: Mutex::default(),
            compacting: Mutex::default(),
        }
    }

    /// The index as it is now; stays valid and unchanged while held.
    #[must_use]
    pub fn read(&self) -> Arc<S> {
        self.current.load_full()
    }

    /// Makes a change that every later [`Self::read`] sees.
    ///
    /// # Errors
    /// Those of [`Snapshot::after`]; then readers go on with what they had.
    pub fn apply(&self, change: S::Change) -> Result<(), IndexError> {
        let mut since = self.since.lock();
        let next = self.current.load().after(&change)?;
        self.current.store(Arc::new(next));
        if let Some(noted) = since.as_mut() {
            noted.push(change);
        }
        Ok(())
    }

    /// Puts `index` in the place of everything, as after training. A compaction that runs
    /// meanwhile gives up its result.
    pub fn replace(&self, index: S) {
        let mut since = self.since.lock();
        self.current.store(Arc::new(index));
        *since = None;
    }

    /// Compacts what is there now, on the calling thread, while reads and changes go on; none is
    /// lost. False when another compaction runs already, or the content was replaced meanwhile.
    ///
    /// # Errors
    /// Those of [`Snapshot::after`] for a change made meanwhile. It succeeded once, so only a
    /// faulty implementation fails here; then readers go on with what they had.
    pub fn compact(&self) -> Result<bool, IndexError> {
        let Some(_alone) = self.compacting.try_lock() else { return Ok(false) };
        let before = {
            let mut since = self.since.lock();
            *since = Some(Vec::new());
            self.current.load_full()
        };
        let mut next = before.compacted();
        let mut since = self.since.lock();
        let Some(noted) = since.take() else { return Ok(false) };
        for change in &noted {
            next = next.after(change)?;
        }
        self.current.store(Arc::new(next));
        Ok(true)
    }
}
