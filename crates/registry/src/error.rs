//! What can go wrong with models on disk, said so that a person can act on it.

use crate::Verdict;
use std::path::PathBuf;

/// Why the registry could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The operating system refused.
    #[error("{doing} {path}: {source}")]
    Io {
        /// What was being done: `reading`, `writing`, …
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A name that is no folder name.
    #[error(
        "{name:?} is not a model name; expected 1 to 64 lower-case letters, digits, '_' or '-'"
    )]
    Name {
        /// As it was given.
        name: String,
    },
    /// A measured number that is not a number.
    #[error("metric {metric:?} of model {name:?} is {value}; a card keeps finite numbers only")]
    Metric {
        /// The model.
        name: String,
        /// The metric.
        metric: String,
        /// What was measured.
        value: f64,
    },
    /// There is no such version.
    #[error("there is no version {version} of model {name:?}; versions kept: {kept:?}")]
    Unknown {
        /// The model.
        name: String,
        /// The version asked for.
        version: u32,
        /// The versions there are.
        kept: Vec<u32>,
    },
    /// No version was promoted yet.
    #[error("no version of model {name:?} serves; train one and promote it")]
    NothingServes {
        /// The model.
        name: String,
    },
    /// Nothing to go back to.
    #[error("model {name:?} has no earlier version that served and can be read; nothing changed")]
    NothingBefore {
        /// The model.
        name: String,
    },
    /// A gate failed.
    #[error("model {name:?} version {version} was not promoted: {}", failed(verdicts))]
    Gate {
        /// The model.
        name: String,
        /// The version.
        version: u32,
        /// What each gate said, failed ones included.
        verdicts: Vec<Verdict>,
    },
    /// Forced without saying why.
    #[error("forcing model {name:?} version {version} past its gates needs a note that says why")]
    NoteMissing {
        /// The model.
        name: String,
        /// The version.
        version: u32,
    },
    /// A card or manifest that is not what this release writes.
    #[error("{path} cannot be read: {problem}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Line, column and what was expected, or the format number found.
        problem: String,
    },
    /// An artefact that is not the one its card describes.
    #[error(
        "{path} is damaged: its card says {expected_bytes} bytes with SHA-256 {expected}, \
         found {found_bytes} bytes with {found}; train again or restore the file"
    )]
    Damaged {
        /// The artefact.
        path: PathBuf,
        /// Size on the card.
        expected_bytes: u64,
        /// Hash on the card.
        expected: Box<str>,
        /// Size found.
        found_bytes: u64,
        /// Hash found.
        found: Box<str>,
    },
}

fn failed(verdicts: &[Verdict]) -> String {
    let failed = verdicts.iter().filter(|verdict| !verdict.passed);
    failed.map(|verdict| verdict.text.as_str()).collect::<Vec<_>>().join("; ")
}
