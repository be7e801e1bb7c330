//! How are models learned from the log?
//!
//! ```text
//! ───────── history ─────────┬── ranker ──┬─ calibration ─┬─ judged ─┐
//!  channel models (early)     labels 80 %    labels 10 %     10 %     now
//!  ───────────── channel models (final), on everything ──────────────┘
//! ```
//!
//! The ranker learns from what channels proposed *before* each label: channel models for it are
//! fitted on the history alone, and its inputs are read from a replay of the log just before the
//! labelled fact, by the code that serves. So no label leaks into its own inputs. Trees are grown on
//! the first part of the labels, calibrated on the next and judged on the last; then the channels
//! are fitted again on everything. The figures of the report are those of the early models: what the
//! gate compares was measured on facts that none of them had seen.
//!
//! Whatever is missing is left out and said so in the report: ten events train nothing and are no
//! error.

mod cases;
mod channels;
mod figures;
mod linear;

use crate::error::{OptionError, RecommendError};
use crate::models::{Calibration, Models, Ranker};
use crate::options::{RecommendOptions, Wrong};
use cases::{Cases, Part, Plan};
use commerce::Fact;
use features::Features;
use learn::error::FitError;
use learn::models::trees::{Forest, TreeOptions, TreeScratch};
use learn::progress::Progress;
use linear::{How, Method};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;

pub use channels::ChannelOptions;

/// The `[train.recommend]` section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainOptions {
    /// Threads used. 0 to 1,024, default 0: all cores. A training beside serving should leave some.
    pub threads: usize,
    /// The channel models.
    pub channels: ChannelOptions,
    /// The share of the log's time that labels the ranker. 0.01 to 0.5, default 0.15. More gives it
    /// more cases and the early channel models less history.
    pub label_share: f32,
    /// Asks that the ranker learns from, at most. 100 to 1,000,000, default 6,000: about a
    /// millisecond each, and more hardly helps trees of this size.
    pub asks_max: usize,
    /// Candidates kept beside the right one of each such ask. 1 to 200, default 25.
    pub negatives: usize,
    /// How much less an ask counts that a popular item answers: (popularity / the candidates' mean)
    /// to minus this power. 0 to 1, default 0.25. 0 foresees touches as they come, of which many
    /// are met by chance; 1 leaves nothing of an item's fame, deserved or not.
    pub popularity_power: f32,
    /// Fewest right candidates from which a ranker is trained at all. 10 to 100,000, default 200:
    /// below it the blend is better.
    pub hits_min: usize,
    /// Trees at most. 1 to 2,000, default 120: the time to score grows with it.
    pub trees_max: usize,
    /// Leaves per tree. 2 to 255, default 24.
    pub leaves: usize,
    /// The seed of every sample. Default 1.
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            channels: ChannelOptions::default(),
            label_share: 0.15,
            asks_max: 6_000,
            negatives: 25,
            popularity_power: 0.25,
            hits_min: 200,
            trees_max: 120,
            leaves: 24,
            seed: 1,
        }
    }
}

impl TrainOptions {
    /// Names everything that is out of range; empty when all is well.
    #[must_use]
    pub fn check(&self) -> Vec<OptionError> {
        // Taken apart whole, so that an option that is added cannot be forgotten here.
        let Self {
            threads,
            channels,
            label_share,
            asks_max,
            negatives,
            popularity_power,
            hits_min,
            trees_max,
            leaves,
            seed: _,
        } = self;
        let ChannelOptions {
            history_max,
            customers_min,
            rows_max,
            dense_items_max,
            sequential_mb,
            dims,
            sweeps,
        } = channels;
        let mut wrong = Wrong::of("train.recommend");
        wrong.whole("threads", *threads, 0..=1_024);
        wrong.real("label_share", *label_share, 0.01..=0.5);
        wrong.whole("asks_max", *asks_max, 100..=1_000_000);
        wrong.whole("negatives", *negatives, 1..=200);
        wrong.real("popularity_power", *popularity_power, 0.0..=1.0);
        wrong.whole("hits_min", *hits_min, 10..=100_000);
        wrong.whole("trees_max", *trees_max, 1..=2_000);
        wrong.whole("leaves", *leaves, 2..=255);
        wrong.whole("channels.history_max", *history_max, 10..=65_536);
        wrong.whole("channels.customers_min", *customers_min as usize, 1..=1_000);
        wrong.whole("channels.rows_max", *rows_max, 10..=2_000);
        wrong.whole("channels.dense_items_max", *dense_items_max, 0..=40_000);
        wrong.whole("channels.sequential_mb", *sequential_mb as usize, 0..=65_536);
        wrong.whole("channels.dims", *dims, 4..=256);
        wrong.whole("channels.sweeps", *sweeps, 1..=100);
        wrong.all()
    }
}

/// What a training made, and what its card says.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The models.
    pub models: Models,
    /// How it went.
    pub report: Report,
}

/// What there was to learn from, what was learned, and how good it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Histories, touches, items, asks, …, by name.
    pub counts: Vec<(String, u64)>,
    /// Measured on the last part of the log, by name: `ndcg@10`, `hit_rate@10`, `coverage@10`,
    /// `ece`, and the same of the blend and of popularity alone, as `blend.…` and `popularity.…`.
    /// Empty when there was too little to measure on.
    pub metrics: Vec<(String, f64)>,
    /// What was left out and why, and what was chosen by size, as sentences.
    pub notes: Vec<String>,
}

impl Report {
    /// The figure called `name`.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics.iter().find(|(known, _)| known == name).map(|&(_, value)| value)
    }

    fn count(&mut self, name: &str, count: usize) {
        self.counts.push((name.to_owned(), count as u64));
    }
}

/// Learns all models from the state `now` and from a second reading of the log: `facts` gives every
/// fact with its offset, from the first on, each time it is called.
///
/// Memory: that of a second feature state while it replays, and what `channels` allows. Deterministic
/// for the same log, options and seed.
///
/// # Errors
/// [`RecommendError::Options`] names what is out of range; [`RecommendError::Cancelled`] when the hook of `progress` says so; [`RecommendError::Fit`] when a
/// fit fails on legal input.
pub fn train<F, I>(
    now: &Features,
    facts: impl Fn() -> I + Send + Sync,
    options: &RecommendOptions,
    training: &TrainOptions,
    progress: Progress<'_>,
) -> Result<Trained, RecommendError>
where
    F: Borrow<Fact>,
    I: Iterator<Item = (u64, F)>,
{
    let wrong = training.check();
    if !wrong.is_empty() {
        return Err(RecommendError::Options(wrong));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(training.threads)
        .build()
        .map_err(|why| RecommendError::Fit { what: "anything", why: why.to_string() })?;
    pool.install(|| run(now, facts, options, training, progress))
}

fn run<F, I>(
    now: &Features,
    facts: impl Fn() -> I,
    options: &RecommendOptions,
    training: &TrainOptions,
    progress: Progress<'_>,
) -> Result<Trained, RecommendError>
where
    F: Borrow<Fact>,
    I: Iterator<Item = (u64, F)>,
{
    let mut report = Report::default();
    let histories = channels::Histories::read(now, &training.channels);
    report.count("histories", histories.len());
    report.count("touches", histories.touches());
    let (mut ranker, mut linear) = (None, Method::Ease);
    if let Some(times) = histories.times(training.label_share) {
        let how = How::Try { whole: &histories, times, asking: options };
        let before = histories.before(times.labels_s);
        let early = channels::fit(now, &before, training, how, progress)?;
        linear = early.linear;
        report.notes.extend(early.notes);
        let plan =
            Plan { options, training, models: &early.models, times, touches: histories.touches() };
        let cases = cases::collect(now, facts(), plan, progress)?;
        report.count("lists", cases.lists);
        report.count("asks", cases.asks());
        report.count("asks_found", cases.found());
        ranker = fit_ranker(&cases, training, progress, &mut report)?;
        report.metrics = figures::judge(&cases, ranker.as_ref(), now.items().len());
    } else {
        report.notes.push("too few touches to hold any back: no ranker, no figures".into());
    }
    let made = channels::fit(now, &histories, training, How::By(linear), progress)?;
    for note in made.notes {
        if !report.notes.contains(&note) {
            report.notes.push(note);
        }
    }
    let models = Models { ranker, ..made.models };
    report.count("items", models.items as usize);
    report.count("model_bytes", models.bytes());
    Ok(Trained { models, report })
}

/// Grows trees on the first part of the cases and calibrates them on the second.
fn fit_ranker(
    cases: &Cases,
    training: &TrainOptions,
    progress: Progress<'_>,
    report: &mut Report,
) -> Result<Option<Ranker>, RecommendError> {
    let (grow, check) = (cases.part(Part::Grow), cases.part(Part::Calibrate));
    if grow.hits() < training.hits_min || check.hits() < training.hits_min / 10 {
        let (have, want) = (grow.hits(), training.hits_min);
        report.notes.push(format!("no ranker: {have} right candidates, {want} are needed"));
        return Ok(None);
    }
    let trees = TreeOptions {
        trees: training.trees_max,
        leaves: training.leaves,
        depth: 6,
        learning_rate: 0.08,
        feature_share: 0.8,
        seed: training.seed,
        ..TreeOptions::default()
    };
    let fitted = Forest::fit(&grow.rows(), Some(&check.rows()), &trees, progress)
        .map_err(|why| fit_error("the ranker", &why))?;
    let mut margins = vec![0.0; check.labels.len()];
    fitted.forest.score(&check.inputs, &mut TreeScratch::default(), &mut margins);
    let calibration = Calibration::fit(&margins, &check.labels, &check.weights);
    report.count("trees", fitted.forest.len());
    report.count("ranker_rows", grow.labels.len());
    Ok(Some(Ranker::new(fitted.forest, calibration)))
}

pub(crate) fn fit_error(what: &'static str, why: &FitError) -> RecommendError {
    match why {
        FitError::Cancelled => RecommendError::Cancelled,
        other => RecommendError::Fit { what, why: other.to_string() },
    }
}
