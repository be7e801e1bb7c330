//! Which crate may know which? Edges go down only.
//!
//! The table is the architecture: a crate that is not in it does not exist, and an edge that
//! `cargo metadata` shows must lead to a lower layer. Test-only edges count too, since a test that
//! reaches up is a cycle waiting for its day.

use crate::shell::{Metadata, text};
use anyhow::{Result, bail};

/// Layers from the lowest; crates of one layer do not know each other.
pub(crate) const LAYERS: &[(&str, &[&str])] = &[
    ("words", &["commerce"]),
    ("foundations", &["store", "learn", "index", "text"]),
    ("a made-up shop", &["sim"]),
    ("what we know and may", &["features", "registry", "experiments", "govern"]),
    ("decisions", &["decide"]),
    (
        "domains",
        &[
            "recommend",
            "search",
            "pricing",
            "supply",
            "risk",
            "customers",
            "marketing",
            "service",
            "rebate",
        ],
    ),
    ("the whole", &["app"]),
    ("the door", &["server"]),
    ("the binary", &["shopkeeper"]),
    ("beside", &["xtask"]),
];

/// Crates that know no crate of ours: pure arrays and texts.
const PURE: &[&str] = &["learn", "index", "text", "xtask"];

/// Who alone may use a dependency. Tests are free, but for the runtime: a domain's test that needs
/// one tests the wrong thing.
const RESERVED: &[(&str, &[&str], &str)] = &[
    ("axum", &["server"], "only the door speaks HTTP"),
    ("tower", &["server"], "only the door speaks HTTP"),
    ("tower-http", &["server"], "only the door speaks HTTP"),
    ("utoipa", &["server"], "only the door describes its requests"),
    ("rmcp", &["server"], "only the door speaks to models"),
    ("tokio", &["app", "server", "shopkeeper"], "what lies below app is synchronous"),
    ("anyhow", &["shopkeeper", "xtask"], "an error that a caller can act on has a name"),
    ("clap", &["shopkeeper"], "only the binary reads a command line"),
];

/// All that the words may stand on: serde, ids, time, and names for errors.
const COMMERCE_MAY_USE: &[&str] = &["serde", "uuid", "jiff", "thiserror"];

pub(crate) fn run(metadata: &Metadata) -> Result<()> {
    let found = check(metadata);
    for line in &found {
        println!("{line}");
    }
    if !found.is_empty() {
        bail!("{} edges break the layers (table: xtask/src/layers.rs)", found.len());
    }
    println!("layers: {} crates, every edge goes down", metadata.packages().count());
    Ok(())
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, crates)| crates.contains(&name))
}

/// One line per edge that must not be.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let mut found = Vec::new();
    for package in metadata.packages() {
        let name = text(package, "name");
        let Some(own) = layer(name) else {
            found.push(format!("{name}: no layer; give it one in xtask/src/layers.rs"));
            continue;
        };
        let edges = package["dependencies"].as_array().into_iter().flatten();
        for edge in edges {
            let (to, test) = (text(edge, "name"), text(edge, "kind") == "dev");
            found.extend(wrong(name, own, to, test).map(|why| format!("{name} → {to}: {why}")));
        }
    }
    found
}

fn wrong(name: &str, own: usize, to: &str, test: bool) -> Option<String> {
    if let Some(theirs) = layer(to) {
        if PURE.contains(&name) {
            return Some("it knows no crate of ours; pass it arrays".to_owned());
        }
        let (here, there) = (LAYERS[own].0, LAYERS[theirs].0);
        return match theirs.cmp(&own) {
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => Some(format!(
                "both are in the layer of {here}; meet in features, in facts, or through a trait \
                 that the asker declares and app fills"
            )),
            std::cmp::Ordering::Greater => {
                Some(format!("leads up from {here} to {there}; turn it round"))
            }
        };
    }
    if name == "commerce" && !test && !COMMERCE_MAY_USE.contains(&to) {
        return Some(format!("words stand on {} alone", COMMERCE_MAY_USE.join(", ")));
    }
    let (_, who, why) = RESERVED.iter().find(|(reserved, ..)| *reserved == to)?;
    let free = who.contains(&name) || (test && to != "tokio");
    (!free).then(|| format!("kept for {}: {why}", who.join(", ")))
}
