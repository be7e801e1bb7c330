//! Do the pages work in a real browser, against the real binary?
//!
//! Node runs the checks (`xtask/browser/run.mjs`): it makes a small shop in a temporary directory,
//! serves it on free ports of this machine, and takes everything away again. It ends when our end
//! of its standard input is closed, so nothing is left behind even if this process is killed.

use crate::{pages, shell};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the browser is called, in the order in which it is looked for.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How to get what is missing.
pub(crate) const MISSING: &str = "the browser checks need Chromium: apt-get install chromium, or \
                                  set CHROMIUM to the path of a Chromium or Chrome";

/// The browser: what `CHROMIUM` names, or the first that is found.
///
/// # Errors
/// If none is here.
pub(crate) fn chromium() -> Result<PathBuf> {
    let named = std::env::var_os("CHROMIUM").filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    find(named, &std::env::split_paths(&path).collect::<Vec<_>>())
}

pub(crate) fn find(named: Option<PathBuf>, places: &[PathBuf]) -> Result<PathBuf> {
    if let Some(named) = named {
        if !named.is_file() {
            bail!("CHROMIUM names {}, which is no file; {MISSING}", named.display());
        }
        return Ok(named);
    }
    let all = NAMES.iter().flat_map(|name| places.iter().map(move |place| place.join(name)));
    all.into_iter().find(|path| path.is_file()).context(MISSING)
}

/// Builds what is not built and runs the checks, or those that `only` names.
pub(crate) fn run(only: &[String]) -> Result<()> {
    let chromium = chromium()?;
    pages::build()?;
    pages::install_checks()?;
    shell::run(&shell::cargo(), &["build", "--locked", "--package", "shopkeeper"])?;
    let target = shell::target()?;
    let binary = target.join("debug").join(format!("shopkeeper{}", std::env::consts::EXE_SUFFIX));
    let mut node = Command::new("node")
        .arg(Path::new("xtask/browser/run.mjs"))
        .args(only)
        .env("SHOPKEEPER", binary)
        .env("CHROMIUM", chromium)
        .env("SCREENS", target.join("screens"))
        .env("HELD", "1")
        .stdin(Stdio::piped())
        .spawn()
        .context("start node")?;
    // `wait` would close its standard input first, and so end it.
    let held = node.stdin.take();
    let status = node.wait()?;
    drop(held);
    if !status.success() {
        bail!("what failed is named above (FAIL)");
    }
    Ok(())
}
