//! What runs beside serving, and how far is it?

use commerce::At;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Jobs that are remembered.
const JOBS_MAX: usize = 100;

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// At work.
    Running,
    /// Ended well.
    Done,
    /// Ended without a result; the note says why.
    Failed,
}

impl JobState {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// Something that runs beside serving.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Counts up from 1 since the start.
    pub id: u64,
    /// `train`, `snapshot`.
    pub kind: &'static str,
    /// How it stands.
    pub state: JobState,
    /// The part done, in [0, 1].
    pub progress: f64,
    /// What it does now, what came of it, or why it failed.
    pub note: String,
    /// When it began.
    pub started_at: At,
    /// When it ended.
    pub ended_at: Option<At>,
}

/// The jobs since the start.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<Vec<Arc<Entry>>>);

/// One job; its progress is told from any thread.
#[derive(Debug)]
pub(crate) struct Entry {
    id: u64,
    kind: &'static str,
    started_at: At,
    permille: AtomicU32,
    rest: Mutex<(JobState, String, Option<At>)>,
}

impl Jobs {
    /// Begins a job of `kind` unless one of that kind runs; then its progress in percent.
    pub(crate) fn begin(&self, kind: &'static str, now: At) -> Result<Arc<Entry>, u32> {
        let mut all = self.0.lock();
        if let Some(running) = all.iter().find(|job| job.kind == kind && job.is_running()) {
            return Err(running.permille.load(Ordering::Relaxed) / 10);
        }
        let entry = Arc::new(Entry {
            id: all.last().map_or(0, |job| job.id) + 1,
            kind,
            started_at: now,
            permille: AtomicU32::new(0),
            rest: Mutex::new((JobState::Running, String::new(), None)),
        });
        all.push(Arc::clone(&entry));
        if all.len() > JOBS_MAX {
            all.remove(0);
        }
        Ok(entry)
    }

    /// All of them, newest first.
    pub(crate) fn all(&self) -> Vec<Job> {
        self.0.lock().iter().rev().map(|entry| entry.shown()).collect()
    }
}

impl Entry {
    fn is_running(&self) -> bool {
        self.rest.lock().0 == JobState::Running
    }

    /// Tells how far it is.
    pub(crate) fn tell(&self, note: &str, done: u64, total: u64) {
        let permille = (done.min(total) * 1_000).checked_div(total).unwrap_or(0) as u32;
        self.permille.store(permille, Ordering::Relaxed);
        let mut rest = self.rest.lock();
        if rest.1 != note {
            note.clone_into(&mut rest.1);
        }
    }

    /// Tells what came of it.
    pub(crate) fn end(&self, outcome: Result<String, String>, now: At) {
        let (state, note) = match outcome {
            Ok(note) => (JobState::Done, note),
            Err(why) => (JobState::Failed, why),
        };
        if state == JobState::Done {
            self.permille.store(1_000, Ordering::Relaxed);
        }
        *self.rest.lock() = (state, note, Some(now));
    }

    pub(crate) fn shown(&self) -> Job {
        let (state, note, ended_at) = self.rest.lock().clone();
        Job {
            id: self.id,
            kind: self.kind,
            state,
            progress: f64::from(self.permille.load(Ordering::Relaxed)) / 1_000.0,
            note,
            started_at: self.started_at,
            ended_at,
        }
    }
}
