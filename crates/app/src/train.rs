//! How do models get better beside serving? A training reads the log at the lowest priority, keeps
//! what it learned as a new version, and lets it serve if it passes its gates.

use crate::jobs::Entry;
use crate::open::MODEL;
use crate::{App, AppError, Job};
use commerce::{At, Fact};
use learn::progress::{Progress, Step};
use parking_lot::Mutex;
use recommend::Trained;
use registry::{By, Card, Draft, Metric, Verdict, Window};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::{Reader, StoreError, codec};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(30);
/// How the figures on a card were measured.
const PROTOCOL: &str =
    "the log's last part by time, first item of interest of each ask, all items ranked";

/// What a training came to.
#[derive(Clone, Debug)]
pub struct TrainingOutcome {
    /// The new version's card.
    pub card: Card,
    /// What each gate said; empty when the version was kept back.
    pub verdicts: Vec<Verdict>,
    /// Whether it serves now.
    pub serves: bool,
    /// What was left out and why, and what was chosen by size.
    pub notes: Vec<String>,
}

impl fmt::Display for TrainingOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { card, verdicts, serves, notes } = self;
        let mebibytes = card.artefact_bytes as f64 / f64::from(1 << 20);
        writeln!(
            f,
            "version {} of {}: {:.1} MiB, trained in {:.1} s on facts {} to {}",
            card.version,
            card.name,
            mebibytes,
            card.train_s,
            card.window.from_offset,
            card.window.to_offset
        )?;
        for metric in &card.metrics {
            writeln!(f, "  {:24} {:.4}", metric.name, metric.value)?;
        }
        for note in notes {
            writeln!(f, "  note: {note}")?;
        }
        for verdict in verdicts {
            writeln!(
                f,
                "  gate {}: {}",
                if verdict.passed { "passed" } else { "failed" },
                verdict.text
            )?;
        }
        writeln!(f, "{}", if *serves { "it serves now" } else { "it does not serve" })
    }
}

impl App {
    /// Trains now, on this thread, and lets the new version serve if `promote` and its gates say
    /// so.
    ///
    /// # Errors
    /// [`AppError::TrainingBusy`] when one runs; what the training or the registry says.
    pub fn train_now(
        &self,
        actor: &str,
        promote: bool,
        hook: &(dyn Fn(Step<'_>) -> ControlFlow<()> + Sync),
    ) -> Result<TrainingOutcome, AppError> {
        let job = self.begin_training()?;
        self.run_training(&job, actor, promote, hook)
    }

    /// Starts a training beside serving.
    ///
    /// # Errors
    /// [`AppError::TrainingBusy`].
    pub fn train_beside(&self, actor: &str) -> Result<Job, AppError> {
        let gone = || AppError::Internal("the shop is closing".into());
        let app = self.this.upgrade().ok_or_else(gone)?;
        let job = self.begin_training()?;
        let (actor, shown) = (actor.to_owned(), job.shown());
        let spawned = std::thread::Builder::new().name("train".into()).spawn(move || {
            lower_priority();
            if let Err(error) = app.run_training(&job, &actor, true, &|_| ControlFlow::Continue(()))
            {
                tracing::error!(%error, "the training failed");
            }
        });
        spawned.map_err(|e| AppError::Internal(format!("starting a training: {e}")))?;
        Ok(shown)
    }

    fn begin_training(&self) -> Result<Arc<Entry>, AppError> {
        self.jobs.begin("train", self.now()).map_err(|percent| AppError::TrainingBusy { percent })
    }

    fn run_training(
        &self,
        job: &Entry,
        actor: &str,
        promote: bool,
        hook: &(dyn Fn(Step<'_>) -> ControlFlow<()> + Sync),
    ) -> Result<TrainingOutcome, AppError> {
        let outcome = self
            .learn(job, hook)
            .and_then(|(card, notes)| self.settle(card, notes, actor, promote));
        job.end(outcome.as_ref().map(ToString::to_string).map_err(ToString::to_string), self.now());
        outcome
    }

    fn learn(
        &self,
        job: &Entry,
        hook: &(dyn Fn(Step<'_>) -> ControlFlow<()> + Sync),
    ) -> Result<(Card, Vec<String>), AppError> {
        let started = Instant::now();
        let reader = self.log.reader();
        let end = reader.end();
        let broken: Mutex<Option<StoreError>> = Mutex::new(None);
        let facts = || Facts { cursor: reader.read(0..end), broken: &broken };
        let tell = |step: Step<'_>| {
            job.tell(step.what, step.done, step.total);
            hook(step)
        };
        let options = &self.options.recommend;
        let training = &self.options.train.recommend;
        let trained =
            recommend::train(&self.state.features, facts, options, training, Progress::to(&tell));
        if let Some(error) = broken.into_inner() {
            return Err(error.into());
        }
        let Trained { models, report } = trained?;
        let metrics = report.metrics.iter().map(|(name, value)| Metric {
            name: name.as_str().into(),
            value: *value,
            interval: None,
            protocol: PROTOCOL.into(),
        });
        let draft = Draft {
            name: MODEL.into(),
            made_at: self.now(),
            window: self.window(&reader, end)?,
            metrics: metrics.collect(),
            options_hash: options.hash(),
            train_s: started.elapsed().as_secs_f64(),
            peak_memory_bytes: peak_memory_bytes(),
            seed: training.seed,
            notes: report.notes.join(" ").into(),
        };
        let card = self.registry.add(draft, &models.encode()?)?;
        Ok((card, report.notes))
    }

    fn settle(
        &self,
        card: Card,
        notes: Vec<String>,
        actor: &str,
        promote: bool,
    ) -> Result<TrainingOutcome, AppError> {
        let mut outcome = TrainingOutcome { card, verdicts: Vec::new(), serves: false, notes };
        if promote {
            let by = By { actor, note: "passed its gates after training", force: false };
            match self.promote(&outcome.card.model(), by) {
                Ok(verdicts) => (outcome.verdicts, outcome.serves) = (verdicts, true),
                Err(AppError::Registry(registry::RegistryError::Gate { verdicts, .. })) => {
                    outcome.verdicts = verdicts;
                }
                Err(error) => return Err(error),
            }
        }
        self.registry.prune(MODEL, self.options.train.keep)?;
        Ok(outcome)
    }

    fn window(&self, reader: &Reader, end: u64) -> Result<Window, AppError> {
        let at = |offset| -> Result<At, AppError> {
            Ok(reader.get(offset)?.map_or(At::default(), |stored| At::from_ms(stored.entry.at_ms)))
        };
        let rows = self.state.side.lock().counts.all();
        let (from_at, to_at) = if end == 0 { Default::default() } else { (at(0)?, at(end - 1)?) };
        Ok(Window { from_offset: 0, to_offset: end, from_at, to_at, rows })
    }

    /// Starts what runs by the clock: trainings and snapshots. It ends with the app.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start_clock(&self) -> Result<(), AppError> {
        let app = Weak::clone(&self.this);
        let (first_facts, first_at) = (self.log.reader().end(), self.now());
        let run = move || {
            let (mut snapshot_at, mut trained_at) = (first_facts, first_at);
            while wait(&app) {
                let Some(app) = app.upgrade() else { return };
                app.tick(&mut snapshot_at, &mut trained_at);
            }
        };
        let spawned = std::thread::Builder::new().name("clock".into()).spawn(run);
        spawned.map_err(|e| AppError::Internal(format!("starting the clock: {e}")))?;
        Ok(())
    }

    fn tick(&self, snapshot_at: &mut u64, trained_at: &mut At) {
        let facts = self.log.reader().end();
        if facts.saturating_sub(*snapshot_at) >= self.options.store.snapshot_every {
            *snapshot_at = facts;
            if let Err(error) = self.snapshot() {
                tracing::error!(%error, "the state was not written down");
            }
        }
        let every_ms = i64::from(self.options.train.every_hours) * At::HOUR_MS;
        let made_at = self.serving().map_or(*trained_at, |card| card.made_at.max(*trained_at));
        if every_ms > 0 && self.now().since_ms(made_at) >= every_ms {
            *trained_at = self.now();
            if let Err(error) = self.train_beside("clock") {
                tracing::warn!(%error, "the training by the clock did not start");
            }
        }
    }
}

/// Waits one tick; false once the app is gone.
fn wait(app: &Weak<App>) -> bool {
    std::thread::sleep(TICK);
    app.strong_count() > 0
}

/// The facts of the log. The first that cannot be read ends it and is noted.
struct Facts<'a> {
    cursor: store::log::Cursor,
    broken: &'a Mutex<Option<StoreError>>,
}

impl Iterator for Facts<'_> {
    type Item = (u64, Fact);

    fn next(&mut self) -> Option<(u64, Fact)> {
        let read = self.cursor.next_entry().and_then(|entry| {
            entry.map(|entry| codec::brief_at(&entry).map(|fact| (entry.offset, fact))).transpose()
        });
        read.unwrap_or_else(|error| {
            *self.broken.lock() = Some(error);
            None
        })
    }
}

/// Lets every other thread go first. The threads that this one starts inherit it.
///
/// The idle class, not only the lowest priority: whoever wakes then runs at once, and the scheduler
/// takes a core that only trains for a free one.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "neither call has a safe wrapper in std")]
pub(crate) fn lower_priority() {
    // SAFETY: both take integers and read `none`, which outlives the call; 0 names the calling
    // thread. Giving way needs no rights; should it fail all the same, training is only less polite.
    unsafe {
        let none: libc::sched_param = std::mem::zeroed();
        libc::setpriority(libc::PRIO_PROCESS, 0, 19);
        libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const none);
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn lower_priority() {}

/// The most memory that this process ever held resident, in bytes; 0 where it is not told.
fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
