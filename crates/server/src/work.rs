//! Where does thinking happen? On a few threads of its own, so that it never holds up those that
//! hold connections, and no more of it waits than can be answered in time.

use crate::Problem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::{collections::VecDeque, io};
use tokio::sync::oneshot;

type Task = Box<dyn FnOnce() + Send>;

/// A fixed set of threads and a bounded queue before them, first come, first served.
#[derive(Debug)]
pub(crate) struct Workers {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
    waiting_max: usize,
}

#[derive(Default)]
struct Queue {
    tasks: Mutex<(VecDeque<Task>, bool)>,
    ready: Condvar,
    waiting: AtomicUsize,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Workers {
    /// `threads` threads (0: one for each core), before which at most `waiting_max` tasks wait.
    pub(crate) fn new(threads: usize, waiting_max: usize) -> io::Result<Self> {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let count = if threads == 0 { cores() } else { threads };
        let queue = Arc::new(Queue::default());
        let mut workers = Self { queue, threads: Vec::with_capacity(count), waiting_max };
        for number in 0..count {
            let queue = Arc::clone(&workers.queue);
            let name = format!("answer-{number}");
            workers.threads.push(thread::Builder::new().name(name).spawn(move || queue.serve())?);
        }
        Ok(workers)
    }

    /// Runs `think` on one of the threads and waits for what it says.
    ///
    /// # Errors
    /// `overloaded` at once when too many wait; `internal` when `think` panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        think: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if self.queue.waiting.fetch_add(1, Ordering::Relaxed) >= self.waiting_max {
            self.queue.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Problem::new("overloaded", "too many asks wait for a thread"));
        }
        let (sender, receiver) = oneshot::channel();
        self.queue.push(Box::new(move || {
            if sender.is_closed() {
                return; // the asker gave up; nobody wants the answer
            }
            let said = catch_unwind(AssertUnwindSafe(think));
            let said = said.unwrap_or_else(|_| {
                Err(Problem::new("internal", "thinking panicked; the server's log has the reason"))
            });
            let _ = sender.send(said); // the asker may have gone by now
        }));
        let gone = || Problem::new("shutting_down", "the threads that answer have ended");
        receiver.await.unwrap_or_else(|_| Err(gone()))
    }

    /// How many tasks wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.lock().1 = true;
        self.queue.ready.notify_all();
        for thread in self.threads.drain(..) {
            drop(thread.join()); // tasks catch their own panics
        }
    }
}

impl Queue {
    fn push(&self, task: Task) {
        self.lock().0.push_back(task);
        self.ready.notify_one();
    }

    fn serve(&self) {
        while let Some(task) = self.next() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            task();
        }
    }

    /// The next task; none when the server ends and all are done.
    fn next(&self) -> Option<Task> {
        let mut held = self.lock();
        loop {
            if let Some(task) = held.0.pop_front() {
                return Some(task);
            }
            if held.1 {
                return None;
            }
            held = self.ready.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (VecDeque<Task>, bool)> {
        // A task never runs under the lock, so a poisoned one is whole.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
