//! What does "good" mean here, and how good is each model on public data?
//!
//! A [`Protocol`] is a public data set, a split, and a set of measures, reproduced exactly enough
//! that its numbers stand beside published ones. [`PROTOCOLS`] lists them; the binary's
//! `eval recommend` finds the files, calls [`run`] and prints the [`Report`].
//!
//! # How to add a protocol
//! 1. One file `measure/NAME.rs` with a `pub(super) const … : Protocol`; add it to [`PROTOCOLS`].
//! 2. Its `run` is a pure function of [`Setup`]: parse the texts in [`Setup::files`]
//!    ([`Files::lines`] counts lines for the error messages), split, and for every model that
//!    [`Setup::wants`] measure one [`Measured`] per seed. Time and memory come from
//!    [`Setup::meter`], so that nothing here reads a clock.
//! 3. Hyper-parameters are constants with a comment on how they were found. Under
//!    [`Setup::search`] they are searched again (`learn::search`) on a validation part carved from
//!    the training part; put what was found into [`Outcome::notes`].
//! 4. Never look at a test row before the measures are taken.

mod next_item;
mod ratings;
mod sessions;

use learn::{error::FitError, progress::Progress};
use std::collections::BTreeMap;

/// Every protocol that can be reproduced, by name.
pub const PROTOCOLS: &[Protocol] = &[
    ratings::SHARE_75_25,
    ratings::EIGHT_ONE_ONE,
    next_item::BEAUTY,
    next_item::TOYS,
    sessions::BOL_SESSIONS,
];

/// A public data set, its split, and its measures.
#[derive(Debug, Clone, Copy)]
pub struct Protocol {
    /// What `--protocol` takes: `"ml-100k-75-25"`.
    pub name: &'static str,
    /// One line for `--help` and the table: data, split, what is ranked.
    pub about: &'static str,
    /// The folder that holds the files, looked for under the data directory.
    pub folder: &'static str,
    /// The files it reads; each may be gzipped, with `.gz` added to its name.
    pub files: &'static [&'static str],
    /// The seeds used when the caller names none. A protocol with a fixed split has one.
    pub seeds: &'static [u64],
    /// The measure that orders the rows and names the best: `"ndcg@10"`. Larger is better.
    pub primary: &'static str,
    /// Measures every wanted model for every seed.
    pub run: fn(&Setup<'_>) -> Result<Outcome, MeasureError>,
}

/// The protocol called `name`.
///
/// # Errors
/// [`MeasureError::Unknown`] lists the names that exist.
pub fn protocol(name: &str) -> Result<&'static Protocol, MeasureError> {
    PROTOCOLS.iter().find(|protocol| protocol.name == name).ok_or_else(|| {
        let known: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.name).collect();
        MeasureError::Unknown { name: name.to_owned(), known: known.join(", ") }
    })
}

/// The texts of a protocol's files, already unzipped.
#[derive(Debug, Clone, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds the text of `name` (without `.gz`).
    pub fn insert(&mut self, name: &str, text: String) {
        self.0.insert(name.to_owned(), text);
    }

    /// The lines of a file with their numbers, from 1; empty lines are left out.
    ///
    /// # Errors
    /// [`MeasureError::Missing`] when the file was not read.
    pub fn lines<'a>(
        &'a self,
        name: &'a str,
    ) -> Result<impl Iterator<Item = Line<'a>>, MeasureError> {
        let text =
            self.0.get(name).ok_or_else(|| MeasureError::Missing { file: name.to_owned() })?;
        let lines = text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty());
        Ok(lines.map(move |(index, text)| Line { file: name, number: index + 1, text }))
    }
}

/// One line of a file.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The line's number, from 1.
    pub number: usize,
    /// Its text without the line end.
    pub text: &'a str,
}

impl Line<'_> {
    /// The error that says what this line should have been.
    pub fn bad(&self, expected: &str) -> MeasureError {
        MeasureError::BadLine {
            file: self.file.to_owned(),
            line: self.number,
            seen: self.text.chars().take(60).collect(),
            expected: expected.to_owned(),
        }
    }
}

/// What a protocol is given.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// Its files.
    pub files: &'a Files,
    /// Seeds of splits and models; one [`Measured`] per model and seed.
    pub seeds: &'a [u64],
    /// Search the hyper-parameters again instead of using the committed ones.
    pub search: bool,
    /// Names of the models to measure; empty for all.
    pub models: &'a [String],
    /// Told what is being done; may cancel.
    pub progress: Progress<'a>,
    /// Clock and memory.
    pub meter: &'a dyn Meter,
}

impl Setup<'_> {
    /// Whether `model` was asked for.
    pub fn wants(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|name| name == model)
    }
}

impl std::fmt::Debug for Setup<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup").field("seeds", &self.seeds).field("models", &self.models).finish()
    }
}

/// Where time and memory are read; the binary gives the real ones, a test gives constants.
pub trait Meter: Sync {
    /// Seconds on a clock that only rises.
    fn now_s(&self) -> f64;
    /// Resident memory of this process in MiB; NaN where it cannot be read.
    fn rss_mb(&self) -> f64;
}

/// One model on one seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Measures by name, in the order to print.
    pub metrics: Vec<(String, f64)>,
    /// Seconds spent fitting.
    pub train_s: f64,
    /// Resident memory right after fitting, in MiB.
    pub rss_mb: f64,
}

/// One model on all seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The model's name, as `--models` takes it.
    pub model: String,
    /// One per seed, in the order of the seeds.
    pub runs: Vec<Measured>,
}

impl Row {
    /// Names of the measures, in the order to print.
    pub fn metric_names(&self) -> Vec<&str> {
        let first = self.runs.first();
        first.map_or(Vec::new(), |run| run.metrics.iter().map(|(name, _)| name.as_str()).collect())
    }

    /// Mean of a measure over the seeds; NaN when no run has it.
    pub fn mean(&self, metric: &str) -> f64 {
        mean(&self.values(metric))
    }

    /// Sample standard deviation of a measure over the seeds; 0 for fewer than two.
    pub fn deviation(&self, metric: &str) -> f64 {
        let values = self.values(metric);
        if values.len() < 2 {
            return 0.0;
        }
        let centre = mean(&values);
        let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
        (squares / (values.len() - 1) as f64).sqrt()
    }

    /// Mean seconds of fitting.
    pub fn train_s(&self) -> f64 {
        mean(&self.runs.iter().map(|run| run.train_s).collect::<Vec<_>>())
    }

    /// Largest resident memory over the seeds, in MiB.
    pub fn rss_mb(&self) -> f64 {
        self.runs.iter().map(|run| run.rss_mb).fold(f64::NAN, f64::max)
    }

    fn values(&self, metric: &str) -> Vec<f64> {
        let all = self.runs.iter().flat_map(|run| &run.metrics);
        all.filter(|(name, _)| name == metric).map(|(_, value)| *value).collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// What a protocol's `run` returns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// One per model.
    pub rows: Vec<Row>,
    /// Sentences for people: what a search found, what was left out.
    pub notes: Vec<String>,
}

/// A protocol's result, ready to print.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The protocol.
    pub protocol: &'static str,
    /// The measure that ordered the rows.
    pub primary: &'static str,
    /// The seeds used.
    pub seeds: Vec<u64>,
    /// One per model, best first.
    pub rows: Vec<Row>,
    /// Name of the best row.
    pub best: String,
    /// Sentences for people.
    pub notes: Vec<String>,
}

/// Reproduces a protocol.
///
/// # Errors
/// Whatever the protocol's `run` returns, and [`MeasureError::NoModel`] when nothing was wanted
/// that exists.
pub fn run(protocol: &'static Protocol, setup: &Setup<'_>) -> Result<Report, MeasureError> {
    let mut outcome = (protocol.run)(setup)?;
    let primary = protocol.primary;
    outcome.rows.sort_by(|a, b| b.mean(primary).total_cmp(&a.mean(primary)));
    let Some(best) = outcome.rows.first() else {
        return Err(MeasureError::NoModel { wanted: setup.models.join(", ") });
    };
    Ok(Report {
        protocol: protocol.name,
        primary,
        seeds: setup.seeds.to_vec(),
        best: best.model.clone(),
        rows: outcome.rows,
        notes: outcome.notes,
    })
}

/// Why a protocol could not be reproduced.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// There is no such protocol.
    #[error("no protocol is called {name:?}; there are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// None of the wanted models exists in this protocol.
    #[error("no model of this protocol is called {wanted}")]
    NoModel {
        /// What was asked for.
        wanted: String,
    },
    /// A file of the data set was not given.
    #[error("the data has no file {file} (or {file}.gz)")]
    Missing {
        /// The file's name.
        file: String,
    },
    /// A line could not be read.
    #[error("{file}, line {line}: expected {expected}, found {seen:?}")]
    BadLine {
        /// The file's name.
        file: String,
        /// The line's number, from 1.
        line: usize,
        /// What the line should have held.
        expected: String,
        /// The beginning of what it held.
        seen: String,
    },
    /// A model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
}

impl From<learn::progress::Cancelled> for MeasureError {
    fn from(cancelled: learn::progress::Cancelled) -> Self {
        Self::Fit(cancelled.into())
    }
}
