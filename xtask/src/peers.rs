//! Whom are we measured beside? Builds and installs the peers, outside our workspace and its lock.
//!
//! Nothing of the product needs them: a peer that cannot be had is left out of the bench.

use crate::shell::{self, cargo};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The Python package whose matrix models are measured, at the version that was looked at.
const IMPLICIT: &str = "implicit==0.7.3";

/// Prepares the peers and runs `shopkeeper bench peers` with `args`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let target = shell::target()?.join("peers");
    let mut all = vec!["peers".to_owned()];
    all.extend_from_slice(args);
    for (option, peer) in [("--serenade", serenade(&target)), ("--python", python(&target))] {
        match peer {
            Ok(program) => all.extend([option.to_owned(), text(&program)?.to_owned()]),
            Err(error) => eprintln!("going on without {option}: {error:#}"),
        }
    }
    shell::binary("bench", &all)
}

/// The crate `serenade` as a program.
fn serenade(target: &Path) -> Result<PathBuf> {
    let target = target.join("serenade");
    let manifest = "bench/peers/serenade/Cargo.toml";
    let place = ["--manifest-path", manifest, "--target-dir", text(&target)?];
    let build = [["build", "--release", "--locked"].as_slice(), &place].concat();
    shell::run(&cargo(), &build)?;
    Ok(target.join("release").join(format!("serenade-peer{}", std::env::consts::EXE_SUFFIX)))
}

/// A Python of its own with the package `implicit`.
fn python(target: &Path) -> Result<PathBuf> {
    let home = target.join("python");
    let program = home.join("bin").join("python");
    if !program.exists() {
        shell::run("python3", &["-m", "venv", text(&home)?])?;
    }
    shell::run(text(&program)?, &["-m", "pip", "install", "--quiet", IMPLICIT])?;
    Ok(program)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no UTF-8", path.display()))
}
