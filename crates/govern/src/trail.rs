//! Who did what lately? The latest audit entries; all of them stay in the log.

use commerce::{At, Audit};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// One trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailEntry {
    /// Where it stands in the log.
    pub offset: u64,
    /// When it was done.
    pub at: At,
    /// What was done.
    pub audit: Audit,
}

/// Which entries to show. Every field that is set must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// Done by exactly this actor.
    pub actor: Option<String>,
    /// An action, or a family of them: `model` matches `model.promote`.
    pub action: Option<String>,
    /// Done to exactly this.
    pub subject: Option<String>,
    /// Done at this time or later.
    pub since: Option<At>,
    /// Only entries before this log offset: the way to the next page.
    pub before_offset: Option<u64>,
}

/// The latest entries, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    entries: VecDeque<TrailEntry>,
}

impl Trail {
    /// Takes the next entry of the log and lets go of the oldest beyond `keep`.
    pub fn fold(&mut self, offset: u64, at: At, audit: &Audit, keep: usize) {
        self.entries.push_back(TrailEntry { offset, at, audit: audit.clone() });
        while self.entries.len() > keep {
            self.entries.pop_front();
        }
    }

    /// The entries that pass `filter`, newest first.
    pub fn recent<'a>(&'a self, filter: &'a TrailFilter) -> impl Iterator<Item = &'a TrailEntry> {
        self.entries.iter().rev().filter(|entry| filter.passes(entry))
    }
}

impl TrailFilter {
    fn passes(&self, entry: &TrailEntry) -> bool {
        let audit = &entry.audit;
        let same = |asked: &Option<String>, found: &str| asked.as_ref().is_none_or(|a| a == found);
        let family = |asked: &String| {
            let rest = audit.action.strip_prefix(asked.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        same(&self.actor, &audit.actor)
            && same(&self.subject, &audit.subject)
            && self.action.as_ref().is_none_or(family)
            && self.since.is_none_or(|since| entry.at >= since)
            && self.before_offset.is_none_or(|before| entry.offset < before)
    }
}
