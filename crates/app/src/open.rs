//! How does it start? From a directory to the first answer: latest snapshot, tail of the log,
//! serving models.

use crate::decisions::Decisions;
use crate::jobs::Jobs;
use crate::pulse::Pulse;
use crate::state::{Side, State};
use crate::{AppError, AppOptions};
use arc_swap::ArcSwap;
use commerce::{At, Body, Fact, FactId, ModelRef, Policy};
use decide::{Decider, Lineup};
use experiments::Experiments;
use features::Features;
use govern::Govern;
use parking_lot::Mutex;
use recommend::{Models, RecommendOptions, Recommender};
use registry::Registry;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use store::{Ack, Entry, Log, LogOptions, SnapshotInfo, Snapshots, codec};

/// The layout of the state snapshot that this release writes.
const STATE_VERSION: u32 = 3;
/// The model's name in the registry.
pub(crate) const MODEL: &str = "recommend";

/// The whole.
#[derive(Debug)]
pub struct App {
    pub(crate) options: AppOptions,
    /// Dropped first: it stops the follower that folds.
    pub(crate) log: Log,
    pub(crate) state: Arc<State>,
    pub(crate) snapshots: Mutex<Snapshots>,
    pub(crate) registry: Registry,
    pub(crate) lineup: ArcSwap<Lineup<Recommender>>,
    pub(crate) decisions: Decisions,
    pub(crate) jobs: Jobs,
    /// The import that runs.
    pub(crate) importing: Mutex<Option<crate::imports::Importing>>,
    pub(crate) chance: Chance,
    pub(crate) degraded: AtomicU64,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) shadows: crate::ask::Shadows,
    /// Itself, for threads that may outlive it.
    pub(crate) this: Weak<Self>,
    clock: fn() -> At,
}

/// Where decision ids get their chance from: a keyed hash of a counter, the key drawn at start.
#[derive(Debug, Default)]
pub(crate) struct Chance {
    key: std::hash::RandomState,
    counter: AtomicU64,
}

impl Chance {
    pub(crate) fn bits(&self) -> u128 {
        use std::hash::BuildHasher;
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        let half = |part: u8| u128::from(self.key.hash_one((count, part)));
        (half(0) << 64) | half(1)
    }
}

/// The wall clock.
fn wall_clock() -> At {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    At::from_ms(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

impl App {
    /// Opens the data directory that `options` name, or makes a new one.
    ///
    /// # Errors
    /// [`AppError::Config`] for options out of range, [`AppError::Store`] when the directory
    /// cannot be used, is in use, or holds damaged files.
    pub fn open(options: AppOptions) -> Result<Arc<Self>, AppError> {
        Self::check(&options)?;
        let experiments = experiments(&options)?;
        let dir = &options.store.dir;
        let log_options = LogOptions {
            segment_bytes: u64::from(options.store.segment_mib) << 20,
            sync_within_ms: options.store.sync_within_ms,
            ..LogOptions::default()
        };
        let log = Log::open(&dir.join("log"), &log_options)?;
        let snapshots =
            Snapshots::open(&dir.join("snapshots"), "state", options.store.snapshots_kept)?;
        crate::imports::forget_parts(dir);
        nothing_lost(dir, &snapshots, log.reader().end())?;
        let registry = Registry::open(&dir.join("models"))?;
        let state = Arc::new(restore(&options, &snapshots, experiments, log.reader().end())?);
        catch_up(&state, &log)?;
        let follower = Arc::clone(&state);
        let pulse = Arc::new(Pulse::default());
        let beating = Arc::clone(&pulse);
        log.follow(move |first, entries| {
            let events = follow(&follower, first, entries);
            beating.happened(wall_clock(), events);
        });
        let decisions = Decisions::new(log.reader());
        let lineup = Lineup::only(Arc::new(bare(&options)?));
        let app = Arc::new_cyclic(|this| Self {
            lineup: ArcSwap::from_pointee(lineup),
            this: Weak::clone(this),
            snapshots: Mutex::new(snapshots),
            jobs: Jobs::default(),
            importing: Mutex::new(None),
            chance: Chance::default(),
            degraded: AtomicU64::new(0),
            pulse,
            shadows: crate::ask::Shadows::default(),
            clock: wall_clock,
            options,
            log,
            state,
            registry,
            decisions,
        });
        app.reload()?;
        app.start_shadows();
        Ok(app)
    }

    /// Whether these options can be used, every part that needs no directory; for `config`, too.
    ///
    /// # Errors
    /// [`AppError::Config`] and [`AppError::Recommend`] name what is out of range.
    pub fn check(options: &AppOptions) -> Result<(), AppError> {
        options.check().map_err(AppError::Config)?;
        experiments(options)?;
        let checked = options.features.clone().checked();
        checked.map_err(|e| AppError::Config(e.to_string()))?;
        bare(options)?;
        let models = Arc::new(Models::none());
        let make = |options| Ok(Arc::new(Recommender::new(options, Arc::clone(&models), None)?));
        check_names(options, &named(options, make)?)
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> At {
        (self.clock)()
    }

    /// The options it was opened with.
    #[must_use]
    pub fn options(&self) -> &AppOptions {
        &self.options
    }

    /// Makes the policies anew from the options and the serving version, and swaps them in whole.
    pub(crate) fn reload(&self) -> Result<(), AppError> {
        let (models, version) = self.serving_models();
        let make = |options: RecommendOptions| {
            let policy = Recommender::new(options, Arc::clone(&models), version.clone())?;
            Ok(Arc::new(policy))
        };
        let live = make(self.options.recommend.clone())?;
        let named = named(&self.options, make)?;
        for policy in std::iter::once(&live).chain(named.values()) {
            self.note_policy(policy)?;
        }
        let shadow = self.options.shadow.as_deref().map(Box::from);
        check_names(&self.options, &named)?;
        self.lineup.store(Arc::new(Lineup { live, named, shadow }));
        Ok(())
    }

    /// The serving models; none when there are none or they are another log's.
    fn serving_models(&self) -> (Arc<Models>, Option<ModelRef>) {
        let none = || (Arc::new(Models::none()), None);
        let loaded = match self.registry.load_serving(MODEL) {
            Ok(loaded) => loaded,
            Err(registry::RegistryError::NothingServes { .. }) => return none(),
            Err(error) => {
                tracing::error!(%error, "no model can be loaded; serving without");
                return none();
            }
        };
        for skipped in &loaded.skipped {
            tracing::error!(version = skipped.version, error = %skipped.why, "a model was passed over");
        }
        match Models::decode(&loaded.artefact) {
            Ok(models) if models.fits(&self.state.features.items()) => {
                (Arc::new(models), Some(loaded.card.model()))
            }
            Ok(_) => {
                tracing::error!("the serving model was trained on another log; serving without");
                none()
            }
            Err(error) => {
                tracing::error!(%error, "the serving model cannot be read; serving without");
                none()
            }
        }
    }

    /// Puts the options into the log unless it holds them, so that a replay finds them.
    fn note_policy(&self, policy: &Recommender) -> Result<(), AppError> {
        let hash = policy.policy();
        if self.state.side.lock().policies.contains_key(&hash) {
            return Ok(());
        }
        let options =
            toml::to_string(policy.options()).map_err(|e| AppError::Internal(e.to_string()))?;
        let body = Body::Policy(Policy { domain: MODEL.into(), hash, options: options.into() });
        self.append_own(&format!("policy:{hash:016x}"), body)
    }

    /// Appends a fact of our own making.
    pub(crate) fn append_own(&self, id: &str, body: Body) -> Result<(), AppError> {
        let now = self.now();
        let id = FactId::new(id).map_err(|e| AppError::Internal(e.to_string()))?;
        let entry = codec::entry_of(&Fact { id, at: now, received_at: now, body })?;
        self.log.append(vec![entry], Ack::Disk)?;
        Ok(())
    }

    /// Writes the state down, so that the next start need not read the whole log. Serving and
    /// folding go on meanwhile.
    ///
    /// # Errors
    /// When it cannot be written; earlier snapshots are then untouched.
    pub fn snapshot(&self) -> Result<(), AppError> {
        let snapshots = self.snapshots.lock();
        // The features are written a little later than the rest is copied. What the copy misses
        // is folded again after a start; the features pass over what they have already.
        let (side, govern) = {
            let side = self.state.side.lock();
            (side.clone(), self.state.govern.read().save())
        };
        let govern = govern.map_err(|e| AppError::Internal(e.to_string()))?;
        let info = SnapshotInfo { offset: side.folded, state_version: STATE_VERSION };
        snapshots.save(info, |to| {
            let bytes = postcard::to_stdvec(&(&side, &govern)).map_err(io::Error::other)?;
            to.write_all(&(bytes.len() as u64).to_le_bytes())?;
            to.write_all(&bytes)?;
            self.state.features.save(to)?;
            // What was folded meanwhile is in it too: a snapshot never knows more than the disk.
            self.log.sync().map_err(io::Error::other)
        })?;
        Ok(())
    }

    /// Puts everything acknowledged on disk and writes the state down: the end of serving.
    ///
    /// # Errors
    /// As for [`App::snapshot`].
    pub fn close(&self) -> Result<(), AppError> {
        self.log.sync()?;
        self.snapshot()
    }
}

fn experiments(options: &AppOptions) -> Result<Experiments, AppError> {
    Experiments::new(&options.experiments).map_err(|e| AppError::Config(e.to_string()))
}

/// A snapshot is written when its facts are on disk. If it knows more than the log holds, the log
/// lost its end: going on would give the offsets of lost facts to others.
fn nothing_lost(dir: &Path, snapshots: &Snapshots, end: u64) -> Result<(), AppError> {
    match snapshots.offsets()?.last() {
        Some(&known) if known > end => {
            let (log, snapshots) = (dir.join("log"), dir.join("snapshots"));
            Err(AppError::Lost { log, end, known, snapshots })
        }
        _ => Ok(()),
    }
}

fn restore(
    options: &AppOptions,
    snapshots: &Snapshots,
    experiments: Experiments,
    end: u64,
) -> Result<State, AppError> {
    let found = snapshots.load(end, |info, from| {
        if info.state_version != STATE_VERSION {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "written by another release"));
        }
        let mut len = [0u8; 8];
        from.read_exact(&mut len)?;
        let mut bytes = Vec::new();
        from.take(u64::from_le_bytes(len)).read_to_end(&mut bytes)?;
        let (side, govern): (Side, Vec<u8>) =
            postcard::from_bytes(&bytes).map_err(io::Error::other)?;
        let govern = Govern::load(&govern, options.govern.clone()).map_err(io::Error::other)?;
        let features = Features::load(options.features.clone(), from).map_err(io::Error::other)?;
        Ok((side, govern, features))
    })?;
    let Some((_, (side, govern, features))) = found else {
        let features = Features::new(options.features.clone());
        return Ok(State::new(features, Govern::new(options.govern.clone()), experiments));
    };
    let state = State::new(features, govern, experiments);
    *state.side.lock() = side;
    Ok(state)
}

/// Folds what the log holds beyond the snapshot.
fn catch_up(state: &State, log: &Log) -> Result<(), AppError> {
    let reader = log.reader();
    let from = state.side.lock().folded;
    let mut cursor = reader.read(from..reader.end());
    while let Some(entry) = cursor.next_entry()? {
        let fact = codec::brief_at(&entry)?;
        state.fold(entry.offset, &fact);
    }
    state.features.publish();
    Ok(())
}

/// Folds what was just written. An entry that cannot be read back stops the log: what is served
/// would no longer be what is stored.
#[expect(clippy::panic, reason = "the log turns it into an error for every sender")]
fn follow(state: &State, first: u64, entries: &[Entry]) -> u64 {
    let mut events = 0;
    for (offset, entry) in (first..).zip(entries) {
        match codec::brief_of(entry) {
            Ok(fact) => {
                events += u64::from(matches!(fact.body, Body::Event(_)));
                state.fold(offset, &fact);
            }
            Err(error) => panic!("entry {offset} cannot be read back: {error}"),
        }
    }
    state.features.publish();
    events
}

fn bare(options: &AppOptions) -> Result<Recommender, AppError> {
    Ok(Recommender::new(options.recommend.clone(), Arc::new(Models::none()), None)?)
}

/// Every policy of `[policies]`, made by `make`.
fn named(
    options: &AppOptions,
    make: impl Fn(RecommendOptions) -> Result<Arc<Recommender>, AppError>,
) -> Result<BTreeMap<Box<str>, Arc<Recommender>>, AppError> {
    let policies = options.policies.iter().map(|(name, changes)| {
        let changed = changed(&options.recommend, name, changes)?;
        let policy =
            make(changed).map_err(|e| AppError::Config(format!("policies.{name}: {e}")))?;
        Ok((Box::from(name.as_str()), policy))
    });
    policies.collect()
}

/// The options of a named policy: `[recommend]` with what `[policies.NAME]` changes.
fn changed(
    base: &RecommendOptions,
    name: &str,
    changes: &toml::Table,
) -> Result<RecommendOptions, AppError> {
    let wrong = |why: String| AppError::Config(format!("policies.{name}: {why}"));
    let mut table = toml::Table::try_from(base).map_err(|e| wrong(e.to_string()))?;
    merge(&mut table, changes);
    table.try_into().map_err(|e: toml::de::Error| wrong(e.to_string()))
}

fn merge(table: &mut toml::Table, changes: &toml::Table) {
    for (key, value) in changes {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(changes)) => merge(inner, changes),
            _ => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Arms and the shadow may only name policies that there are.
fn check_names(
    options: &AppOptions,
    named: &BTreeMap<Box<str>, Arc<Recommender>>,
) -> Result<(), AppError> {
    let known = || named.keys().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    let arms =
        options.experiments.iter().flat_map(|e| &e.arms).filter_map(|arm| arm.policy.as_deref());
    for name in arms.chain(options.shadow.as_deref()) {
        if !named.contains_key(name) {
            return Err(AppError::Config(format!(
                "there is no policy {name:?}; allowed: {}",
                if named.is_empty() { "none, [policies] is empty".into() } else { known() }
            )));
        }
    }
    Ok(())
}
