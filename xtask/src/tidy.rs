//! Does the tree follow the rules of style that a machine can check?
//!
//! | rule | where |
//! |---|---|
//! | a file opens with `//!` | `files` |
//! | file names say what is inside; domain crates have the rooms of the plan | `files` |
//! | files end before they bore | `files` |
//! | one idea has one word | `glossary` |
//! | nothing is left undone silently; exceptions from lints say why | `leftovers` |
//! | no path of one machine, no private registry | `leftovers` |
//! | links of our papers lead somewhere, decisions are listed | `links` |
//!
//! The length of functions, `unwrap` and their like are clippy's.

mod files;
mod glossary;
mod leftovers;
mod links;
mod source;

use crate::shell;
use anyhow::{Context, Result, bail};
use std::fmt;

/// A file of the tree, by its path from the root with forward slashes.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Code and integration tests count alike; generated files there are none.
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// What is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Finding {
    fn new(file: &File, line: usize, message: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

pub(crate) fn run() -> Result<()> {
    let tree = tree()?;
    let found = check(&tree)?;
    for finding in &found {
        println!("{finding}");
    }
    if !found.is_empty() {
        bail!("{} to mend", found.len());
    }
    println!("tidy: {} files follow the rules", tree.len());
    Ok(())
}

/// All text files that git knows or would know.
fn tree() -> Result<Vec<File>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let paths = shell::output("git", &list).context("list the tree")?;
    let mut tree = Vec::new();
    for path in paths.split('\0').filter(|path| !path.is_empty()) {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            // Deleted and not yet committed.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("read {path}")),
        };
        if let Ok(text) = String::from_utf8(bytes) {
            tree.push(File { path: path.to_owned(), text });
        }
    }
    Ok(tree)
}

/// All findings, in order of path and line.
pub(crate) fn check(tree: &[File]) -> Result<Vec<Finding>> {
    let glossary = glossary::Glossary::of(tree)?;
    let places = links::Places::of(tree);
    let mut found: Vec<Finding> = links::unlisted(tree).collect();
    for file in tree {
        found.extend(leftovers::places(file));
        if file.path.ends_with(".md") {
            found.extend(places.check(file));
        }
        if file.is_rust() {
            let source = source::Source::of(&file.text);
            found.extend(files::check(file));
            found.extend(leftovers::check(file, &source));
            found.extend(glossary.check(file, &source));
        }
    }
    found.sort();
    Ok(found)
}
