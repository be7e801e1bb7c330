//! Was something left behind: work undone, a silence unexplained, a place on somebody's machine?

use super::source::Source;
use super::{File, Finding};

/// Starts of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &["/home/", "/Users/", "/root/", "/work/", "C:\\Users"];

/// The only registry that the lock file may name.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What no line of a Rust file may leave.
pub(crate) fn check(file: &File, source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, (code, comment)) in source.code.iter().zip(&source.comments).enumerate() {
        let mut say = |message: &str| found.push(Finding::new(file, at + 1, message));
        if code.contains("todo!") || code.contains("unimplemented!") {
            say("finish it, or refuse with an error that says what is missing");
        }
        if comment.contains("FIXME") || comment.contains("XXX") {
            say("mend it now, or open an issue and say here what holds until then");
        }
        if comment.contains("TODO") && !comment.contains("when ") {
            say("say what would trigger this: `TODO when …`");
        }
        if code.contains("#[ignore]") {
            say("say why: `#[ignore = \"…\"]`");
        }
        let silences = code.contains("#[allow(") || code.contains("#![allow(");
        if silences && comment.trim().len() < 8 && !reason_follows(source, at) {
            say("say why this lint is silent: `reason = \"…\"`, or a comment on the line");
        }
    }
    found
}

/// Whether an attribute that starts on this line gives a reason before it closes.
fn reason_follows(source: &Source, at: usize) -> bool {
    for code in &source.code[at..] {
        if code.contains("reason =") {
            return true;
        }
        if code.contains(")]") {
            return false;
        }
    }
    false
}

/// Places that mean something on one machine only, in any text file.
pub(crate) fn places(file: &File) -> Vec<Finding> {
    // The list above and the tests that plant such a place name them to forbid them.
    if file.path.starts_with("xtask/src/") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
            found.push(Finding::new(file, at + 1, format!("`{path}` exists on one machine only")));
        }
        let foreign = line.starts_with("source = \"registry+") && !line.contains(REGISTRY);
        if (file.name() == "Cargo.lock" && foreign) || line.contains("replace-with") {
            found.push(Finding::new(file, at + 1, "only crates.io itself may be named"));
        }
    }
    found
}

/// Whether `path` begins a word: `https://site/home/` is an address, not a place.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "\"'`(=:,<>[".contains(c))
    })
}
