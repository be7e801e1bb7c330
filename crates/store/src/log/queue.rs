//! What waits to be written?
//!
//! Bounded by bytes: senders that block wait for room, senders that must not block are refused.
//! What nobody waits for gathers for some milliseconds, so that thousands of such batches a second
//! do not wake the writer each for itself; whatever is waited for takes them along at once.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::{Ack, Entry, Receipt};
use crate::StoreError;

/// Bytes taken into one group, unless one request alone is larger.
const GROUP_BYTES_MAX: usize = 8 << 20;
/// How long [`Ack::Later`] batches gather, and up to how many bytes.
const GATHER: Duration = Duration::from_millis(5);
const GATHER_BYTES_MAX: usize = 256 << 10;

pub(super) type Answer = Result<Vec<Receipt>, StoreError>;
pub(super) type Done = Box<dyn FnOnce(Answer) + Send>;

/// One batch on its way to the disk.
pub(super) struct Request {
    pub entries: Vec<Entry>,
    /// Hash of each entry's id.
    pub hashes: Vec<u64>,
    pub ack: Ack,
    /// Size of the frames, bytes.
    pub bytes: usize,
    pub done: Done,
}

impl Request {
    /// Tells the sender. A sender that panics at the answer does not take the log down.
    pub(super) fn answer(self, answer: Answer) {
        let done = self.done;
        if catch_unwind(AssertUnwindSafe(|| done(answer))).is_err() {
            tracing::error!("a callback given to the log panicked; its batch was answered");
        }
    }
}

/// What the writer does next.
pub(super) enum Turn {
    Group(Vec<Request>),
    Deadline,
    Close,
}

pub(super) struct Queue {
    inner: Mutex<Inner>,
    bytes_max: usize,
    /// Something waits.
    work: Condvar,
    /// Something was taken.
    room: Condvar,
}

struct Inner {
    waiting: VecDeque<Request>,
    bytes: usize,
    /// Until when the writer leaves them waiting, because nobody waits for any of them.
    gathering: Option<Instant>,
    /// Why nothing more is taken.
    closed: Option<StoreError>,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("bytes", &self.inner.lock().bytes).finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn new(bytes_max: usize) -> Self {
        let inner = Inner { waiting: VecDeque::new(), bytes: 0, gathering: None, closed: None };
        let (work, room) = (Condvar::new(), Condvar::new());
        Self { inner: Mutex::new(inner), bytes_max, work, room }
    }

    /// Puts a request in line. Without room it waits, or refuses if it must not.
    pub(super) fn push(&self, request: Request, may_wait: bool) -> Result<(), StoreError> {
        let mut inner = self.inner.lock();
        loop {
            if let Some(why) = &inner.closed {
                return Err(why.clone());
            }
            // A request larger than the queue goes in alone.
            if inner.bytes == 0 || inner.bytes + request.bytes <= self.bytes_max {
                break;
            }
            if !may_wait {
                return Err(StoreError::Busy { waiting_bytes: inner.bytes });
            }
            self.room.wait(&mut inner);
        }
        let is_first = inner.waiting.is_empty();
        inner.bytes += request.bytes;
        let gathers = request.ack == Ack::Later && inner.bytes <= GATHER_BYTES_MAX;
        let knows = !is_first && (gathers || inner.gathering.is_none());
        if !gathers {
            inner.gathering = None;
        } else if is_first {
            inner.gathering = Some(Instant::now() + GATHER);
        }
        inner.waiting.push_back(request);
        drop(inner);
        if !knows {
            self.work.notify_one();
        }
        Ok(())
    }

    /// Waits for requests and takes as many as make a group.
    pub(super) fn take_group(&self, deadline: Option<Instant>) -> Turn {
        let mut inner = self.inner.lock();
        loop {
            let now = Instant::now();
            if inner.closed.is_some() || inner.gathering.is_some_and(|until| until <= now) {
                inner.gathering = None;
            }
            if !inner.waiting.is_empty() && inner.gathering.is_none() {
                break;
            }
            if inner.closed.is_some() {
                return Turn::Close;
            }
            if deadline.is_some_and(|at| at <= now) {
                return Turn::Deadline;
            }
            match [deadline, inner.gathering].into_iter().flatten().min() {
                None => self.work.wait(&mut inner),
                Some(at) => drop(self.work.wait_until(&mut inner, at)),
            }
        }
        let (mut group, mut bytes) = (Vec::new(), 0);
        while let Some(next) = inner.waiting.front() {
            if !group.is_empty() && bytes + next.bytes > GROUP_BYTES_MAX {
                break;
            }
            bytes += next.bytes;
            group.extend(inner.waiting.pop_front());
        }
        inner.bytes -= bytes;
        drop(inner);
        self.room.notify_all();
        Turn::Group(group)
    }

    /// Why nothing more is taken.
    pub(super) fn closed(&self) -> Option<StoreError> {
        self.inner.lock().closed.clone()
    }

    /// Takes nothing more; what waits is still written.
    pub(super) fn close(&self) {
        self.inner.lock().closed.get_or_insert(StoreError::Closed);
        self.work.notify_all();
        self.room.notify_all();
    }

    /// Takes nothing more and refuses what waits, because of `why`.
    pub(super) fn stop(&self, why: &StoreError) {
        let stopped = StoreError::Stopped { why: Arc::new(why.clone()) };
        let waiting = {
            let mut inner = self.inner.lock();
            inner.closed = Some(stopped.clone());
            inner.bytes = 0;
            std::mem::take(&mut inner.waiting)
        };
        self.room.notify_all();
        for request in waiting {
            request.answer(Err(stopped.clone()));
        }
    }
}
