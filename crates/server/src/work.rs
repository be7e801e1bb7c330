//! Where does thinking happen? Right where the request was read, a few at a time.
//!
//! Handing each ask to threads of its own looks tidier and costs two wake-ups by the kernel for a
//! decision of a fifth of a millisecond; so does `block_in_place`, which hands the thread's other
//! connections to another thread each time. A decision is bounded by its budget, so it runs like
//! any other task, on the thread that read it, and idle threads steal the rest of that one's work.
//! A bounded number think at once, first come, first served, so that none is slowed by all others.
//! What may take long (a batch, a page whose record must be read) goes elsewhere: [`Door::look`](crate::door::Door::look).

use crate::Problem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Seats for those who think, and a bounded queue before them.
#[derive(Debug)]
pub(crate) struct Seats {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

impl Seats {
    /// `seats` may think at once (0: one for each core), before them at most `waiting_max` wait.
    pub(crate) fn new(seats: usize, waiting_max: usize) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let seats = if seats == 0 { cores() } else { seats };
        Self { free: Arc::new(Semaphore::new(seats)), waiting: AtomicUsize::new(0), waiting_max }
    }

    /// Thinks as soon as a seat is free, and says what came of it.
    ///
    /// Thinking is a task of its own, so that a caller who has waited long enough can go.
    ///
    /// # Errors
    /// `overloaded` at once when too many wait; `internal` when `think` panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        think: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let seat = self.seat().await?;
        let thought = tokio::spawn(async move {
            let _seat = seat;
            think()
        });
        let failed =
            |_| Problem::new("internal", "thinking panicked; the server's log has the reason");
        thought.await.unwrap_or_else(|error| Err(failed(error)))
    }

    async fn seat(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if let Ok(seat) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(seat);
        }
        if self.waiting() >= self.waiting_max {
            return Err(Problem::new("overloaded", "too many asks wait for their turn"));
        }
        let _counted = crate::calls::Place::taken(&self.waiting);
        let closed = |_| Problem::new("shutting_down", "no more asks are answered");
        Arc::clone(&self.free).acquire_owned().await.map_err(closed)
    }

    /// How many wait for a seat.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}
