//! Does every link of our papers lead somewhere, and is every decision in the list?

use super::{File, Finding};
use std::collections::HashSet;

/// Paths that exist: files, and the folders they lie in.
#[derive(Debug)]
pub(crate) struct Places<'a>(HashSet<&'a str>);

impl<'a> Places<'a> {
    pub(crate) fn of(tree: &'a [File]) -> Self {
        let mut places = HashSet::new();
        for file in tree {
            let mut path = file.path.as_str();
            while places.insert(path) {
                let Some((folder, _)) = path.rsplit_once('/') else { break };
                path = folder;
            }
        }
        Self(places)
    }

    /// Links of a Markdown file that lead to no file of the tree; addresses and anchors are not
    /// followed.
    pub(crate) fn check(&self, file: &File) -> Vec<Finding> {
        let mut found = Vec::new();
        for (at, line) in file.text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let path = target.split('#').next().unwrap_or_default();
                if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                    continue;
                }
                if !self.0.contains(joined(&file.path, path).as_str()) {
                    found.push(Finding::new(file, at + 1, format!("`{target}` leads nowhere")));
                }
            }
        }
        found
    }
}

/// Decisions that their list does not name.
pub(crate) fn unlisted(tree: &[File]) -> impl Iterator<Item = Finding> {
    let list = tree.iter().find(|file| file.path == "docs/decisions/README.md");
    let notes = tree.iter().filter(|file| file.path.starts_with("docs/decisions/0"));
    notes
        .filter(move |file| list.is_none_or(|list| !list.text.contains(file.name())))
        .map(|file| Finding::new(file, 1, "not in the list: add it to docs/decisions/README.md"))
}

/// `target` as seen from the folder of `from`.
fn joined(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
