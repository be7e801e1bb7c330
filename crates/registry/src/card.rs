//! What made this artefact, and how good is it? The card that lies beside every artefact.

use commerce::{At, ModelRef};
use serde::{Deserialize, Serialize};

/// The layout of `card.json` that this release writes.
pub(crate) const CARD_FORMAT: u32 = 1;

/// The part of the log that a model learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First log offset read.
    pub from_offset: u64,
    /// First log offset not read.
    pub to_offset: u64,
    /// Time of the earliest fact used.
    pub from_at: At,
    /// Time of the latest fact used.
    pub to_at: At,
    /// Training rows (interactions, cases) made from it.
    pub rows: u64,
}

/// One measured number, with what made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// `ndcg@10`, `auc`, `logloss`.
    pub name: Box<str>,
    /// The mean over what the protocol repeats.
    pub value: f64,
    /// Lower and upper end of its 95 % interval, when the protocol yields one.
    pub interval: Option<(f64, f64)>,
    /// How it was measured: split, what is ranked, seeds. Numbers of two protocols are not compared.
    pub protocol: Box<str>,
}

/// What a training says of its artefact; the registry adds version, size and hash.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The model's name: `recommend`. Lower-case letters, digits, `_` and `-`; at most 64.
    pub name: Box<str>,
    /// When the training ended.
    pub made_at: At,
    /// What it learned from.
    pub window: Window,
    /// How well it did.
    pub metrics: Vec<Metric>,
    /// Hash of the options it was trained under.
    pub options_hash: u64,
    /// Wall-clock seconds of training.
    pub train_s: f64,
    /// Most memory resident while training, in bytes.
    pub peak_memory_bytes: u64,
    /// The seed of all chance in it.
    pub seed: u64,
    /// Anything a person should know.
    pub notes: Box<str>,
}

/// Everything known of one artefact. Stored as `card.json`, meant to be read by people too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Layout of this file.
    pub format: u32,
    /// The model's name.
    pub name: Box<str>,
    /// Counts up from 1 with each training; never used twice.
    pub version: u32,
    /// When the training ended.
    pub made_at: At,
    /// What it learned from.
    pub window: Window,
    /// How well it did.
    pub metrics: Vec<Metric>,
    /// Hash of the options it was trained under.
    pub options_hash: u64,
    /// Size of the artefact in bytes.
    pub artefact_bytes: u64,
    /// SHA-256 of the artefact, 64 hexadecimal digits.
    pub artefact_sha256: Box<str>,
    /// Wall-clock seconds of training.
    pub train_s: f64,
    /// Most memory resident while training, in bytes.
    pub peak_memory_bytes: u64,
    /// The seed of all chance in it.
    pub seed: u64,
    /// Anything a person should know.
    pub notes: Box<str>,
}

impl Card {
    pub(crate) fn new(draft: Draft, version: u32, artefact: &[u8]) -> Self {
        Self {
            format: CARD_FORMAT,
            name: draft.name,
            version,
            made_at: draft.made_at,
            window: draft.window,
            metrics: draft.metrics,
            options_hash: draft.options_hash,
            artefact_bytes: artefact.len() as u64,
            artefact_sha256: sha256_hex(artefact),
            train_s: draft.train_s,
            peak_memory_bytes: draft.peak_memory_bytes,
            seed: draft.seed,
            notes: draft.notes,
        }
    }

    /// The reference that decision records carry.
    #[must_use]
    pub fn model(&self) -> ModelRef {
        ModelRef { name: self.name.clone(), version: self.version }
    }

    /// The metric called `name`, if it was measured.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| &*metric.name == name)
    }
}

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> Box<str> {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
    }
    text.into()
}
