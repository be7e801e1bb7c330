//! May we ship what we depend on?
//!
//! Reads the licences that the locked crates declare against the list in `deny.toml`, without
//! installing anything. Advisories need a database from the network: `cargo deny check
//! advisories` reads the same `deny.toml` where that tool is installed.

use crate::shell::{Metadata, text};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// Locked packages we aim not to exceed; more is said, not refused.
const PACKAGES_AIM: usize = 400;

pub(crate) fn run() -> Result<()> {
    let config = std::fs::read_to_string("deny.toml").context("read deny.toml")?;
    let allowed = allowed(&config)?;
    let metadata = Metadata::of_everything()?;
    let found = check(&metadata, &allowed);
    for line in &found {
        println!("{line}");
    }
    if !found.is_empty() {
        bail!("{} licences are not allowed: drop the crate, or argue in deny.toml", found.len());
    }
    let total = metadata.packages().count();
    println!("licences: {total} crates, all allowed by deny.toml");
    if total > PACKAGES_AIM {
        println!("  more than the {PACKAGES_AIM} we aim for: the build grows");
    }
    for (name, versions) in duplicates(&metadata) {
        println!("  {name} comes in {} versions: {}", versions.len(), versions.join(", "));
    }
    Ok(())
}

/// The list under `[licenses]`.
pub(crate) fn allowed(config: &str) -> Result<Vec<String>> {
    let config: toml::Table = config.parse().context("read deny.toml")?;
    let list = config.get("licenses").and_then(|section| section.get("allow"));
    let list =
        list.and_then(toml::Value::as_array).context("deny.toml: licenses.allow is missing")?;
    Ok(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

/// One line per crate that none of the allowed licences covers.
pub(crate) fn check(metadata: &Metadata, allowed: &[String]) -> Vec<String> {
    let refused = metadata.packages().filter(|package| {
        let licence = text(package, "license");
        licence.is_empty() || !satisfied(licence, allowed)
    });
    refused
        .map(|package| {
            let (name, version) = (text(package, "name"), text(package, "version"));
            let licence = package["license"].as_str().unwrap_or("none declared");
            format!("{name} {version}: {licence}")
        })
        .collect()
}

/// Whether an SPDX expression can be met. `AND` binds tighter than `OR`; a slash is an old `OR`.
pub(crate) fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(&word) = words.get(*at) else { return false };
    *at += 1;
    if word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut name = word.to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name)
}

fn duplicates(metadata: &Metadata) -> BTreeMap<&str, Vec<&str>> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in metadata.packages() {
        versions.entry(text(package, "name")).or_default().push(text(package, "version"));
    }
    versions.retain(|_, versions| versions.len() > 1);
    versions
}
