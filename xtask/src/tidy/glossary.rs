//! Has every idea one word?
//!
//! `docs/glossary.md` is both what people read and what this reads: a table of words with a last
//! column of rejected synonyms, and a table of identifiers that may keep a rejected word, each
//! with its reason.

use super::source::Source;
use super::{File, Finding};
use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet};

const PATH: &str = "docs/glossary.md";

/// Crates that know no commerce: a product is of numbers there, a member is of a set.
const OTHER_TONGUES: &[&str] = &["crates/learn/", "crates/index/", "crates/text/", "xtask/"];

/// Rejected words, each with the word to use; identifiers that are excused.
#[derive(Debug)]
pub(crate) struct Glossary {
    rejected: HashMap<String, String>,
    excused: HashSet<String>,
}

impl Glossary {
    /// Reads the glossary of a tree.
    pub(crate) fn of(tree: &[File]) -> Result<Self> {
        let file = tree.iter().find(|file| file.path == PATH);
        Self::read(&file.with_context(|| format!("{PATH} is missing"))?.text)
    }

    fn read(text: &str) -> Result<Self> {
        let (mut rejected, mut excused) = (HashMap::new(), HashSet::new());
        let mut section = "";
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                section = heading;
            }
            let Some(row) = line.strip_prefix('|') else { continue };
            let cells: Vec<&str> = row.trim_end_matches('|').split('|').map(str::trim).collect();
            if cells[0].starts_with("--") || cells[0] == "word" || cells[0] == "identifier" {
                continue;
            }
            match (section, &cells[..]) {
                ("Words", [word, .., synonyms]) if cells.len() == 4 => {
                    for synonym in synonyms.split(',').map(str::trim).filter(|s| !s.is_empty()) {
                        rejected.insert(synonym.to_lowercase(), (*word).to_owned());
                    }
                }
                ("Excused", [identifier, _]) => {
                    excused.insert(identifier.trim_matches('`').to_owned());
                }
                _ => bail!("{PATH}: a row of {} cells under {section:?}: {line}", cells.len()),
            }
        }
        if rejected.is_empty() {
            bail!("{PATH}: no rejected synonym found: are the tables whole?");
        }
        Ok(Self { rejected, excused })
    }

    /// Identifiers of ours that carry a rejected word.
    pub(crate) fn check(&self, file: &File, source: &Source) -> Vec<Finding> {
        if OTHER_TONGUES.iter().any(|tongue| file.path.starts_with(tongue)) {
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let named = source.identifiers().filter(|(_, name)| !self.excused.contains(*name));
        named
            .filter(|&(_, name)| seen.insert(name))
            .filter_map(|(line, name)| {
                let (word, ours) = words(name).find_map(|word| Some((self.find(&word)?, word)))?;
                let message = format!(
                    "`{name}` says `{ours}`, we say `{word}` ({PATH}); what others named is \
                     excused there"
                );
                Some(Finding::new(file, line, message))
            })
            .collect()
    }

    /// The word to use instead; plurals count.
    fn find(&self, word: &str) -> Option<&String> {
        let one = word.strip_suffix('s').unwrap_or(word);
        self.rejected.get(word).or_else(|| self.rejected.get(one))
    }
}

/// The words of an identifier, in lower case: `snake_case`, `CamelCase`, `SHOUTING_CASE`.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if (c == '_' || starts) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c != '_') {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.into_iter().filter(|word| !word.is_empty())
}
