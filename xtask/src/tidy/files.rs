//! Is each file named for what it holds, opened with its question, and short enough to read?

use super::{File, Finding};
use crate::layers::LAYERS;

/// Names that say nothing; `mod.rs` hides its folder's name.
const EMPTY_NAMES: &[&str] =
    &["utils", "util", "helpers", "helper", "common", "misc", "manager", "types", "impl", "mod"];

/// Lines a file may have.
const LINES_MAX: usize = 500;
/// Lines that no list of exceptions allows.
const LINES_HARD_MAX: usize = 1_000;

/// Longer files, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Rooms every domain may have.
const ROOMS: &[&str] = &[
    "lib",
    "ask",
    "options",
    "needs",
    "decide",
    "candidates",
    "score",
    "guard",
    "explain",
    "fallback",
    "train",
    "measure",
    "jobs",
    "error",
    "models",
    "tests",
];

/// Rooms that one domain has besides.
const OWN_ROOMS: &[(&str, &[&str])] = &[
    ("recommend", &["policy"]), // what a scenario (new, active, at risk) changes
    ("rebate", &["claim", "ledger", "payout", "reconcile"]),
    ("service", &["understand", "dialogue", "knowledge", "ticket"]),
    ("supply", &["forecast", "replenish"]),
    ("risk", &["rules", "graph", "cases"]),
    ("search", &["query", "rank", "visual"]),
];

pub(crate) fn check(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    if !file.text.starts_with("//! ") {
        found.push(Finding::new(file, 1, "open with `//!` and the question this file answers"));
    }
    let stem = file.name().trim_end_matches(".rs");
    if EMPTY_NAMES.contains(&stem) {
        found.push(Finding::new(file, 1, format!("`{stem}` says nothing: name what is inside")));
    }
    found.extend(length(file));
    found.extend(room(file));
    found
}

fn length(file: &File) -> Option<Finding> {
    let lines = file.text.lines().count();
    let listed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    let limit = if listed { LINES_HARD_MAX } else { LINES_MAX };
    (lines > limit).then(|| {
        let message = format!("{lines} lines, {limit} are allowed: split it by what it answers");
        Finding::new(file, limit + 1, message)
    })
}

/// A file or folder right under a domain's `src` must be a room of the plan.
fn room(file: &File) -> Option<Finding> {
    let (domain, rest) = file.path.strip_prefix("crates/")?.split_once("/src/")?;
    let (_, domains) = LAYERS.iter().find(|(layer, _)| *layer == "domains")?;
    let room = rest.split('/').next()?.trim_end_matches(".rs");
    let own = OWN_ROOMS.iter().filter(|(name, _)| *name == domain).flat_map(|(_, rooms)| *rooms);
    let known = ROOMS.iter().chain(own).any(|known| *known == room);
    (domains.contains(&domain) && !known).then(|| {
        let message = format!("`{room}` is no room of a domain; the rooms: {}", ROOMS.join(", "));
        Finding::new(file, 1, message)
    })
}
