//! What do the pages in the browser need? Node, their packages, and to be built before the binary.
//!
//! The binary holds the pages that lie built in the tree when it is compiled. A folder whose
//! sources are older than what was built of them is left as it is, so a second run costs nothing.

use crate::shell::{output, run};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::time::SystemTime;

/// The folders, in the order in which they are built: the shop page is made of the SDK.
const FOLDERS: [&str; 3] = ["sdk/web", "storefront", "console"];
/// Those whose tests need nothing but Node.
const TESTED: [&str; 2] = ["sdk/web", "console"];
/// Those whose pages are checked in a browser.
const CHECKED: [&str; 2] = ["storefront", "console"];
/// The oldest Node that the pages are built with.
const NODE_LEAST: u32 = 20;

/// Builds what is not built or older than its sources.
pub(crate) fn build() -> Result<()> {
    node()?;
    for folder in FOLDERS.map(Path::new) {
        if is_fresh(folder)? {
            continue;
        }
        install(folder)?;
        npm(folder, &["run", "build"])?;
    }
    Ok(())
}

/// Builds the pages and runs the tests of their code.
pub(crate) fn test() -> Result<()> {
    build()?;
    for folder in TESTED.map(Path::new) {
        install(folder)?;
        npm(folder, &["test"])?;
    }
    Ok(())
}

/// Installs what the checks in a browser are written with.
pub(crate) fn install_checks() -> Result<()> {
    CHECKED.map(Path::new).into_iter().try_for_each(install)
}

/// Whether Node is here, and new enough.
///
/// # Errors
/// Says what is missing.
pub(crate) fn node() -> Result<()> {
    let missing = "the pages need Node.js 20 or newer with npm (https://nodejs.org)";
    let version = output("node", &["--version"]).context(missing)?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_LEAST) {
        bail!("{missing}; here is {}", version.trim());
    }
    output("npm", &["--version"]).context(missing)?;
    Ok(())
}

/// Installs the packages that are locked, unless they are here.
fn install(folder: &Path) -> Result<()> {
    let mark = folder.join("node_modules/.package-lock.json");
    if touched(&mark) >= touched(&folder.join("package-lock.json")) && mark.exists() {
        return Ok(());
    }
    npm(folder, &["ci", "--no-audit", "--no-fund"])
}

fn npm(folder: &Path, args: &[&str]) -> Result<()> {
    let folder = folder.to_str().context("a folder that is no UTF-8")?;
    let args: Vec<&str> = ["--prefix", folder].iter().chain(args).copied().collect();
    run("npm", &args)
}

/// Whether what was built is newer than everything that it is made of.
fn is_fresh(folder: &Path) -> Result<bool> {
    // Building the server makes the folder; what is in it is the pages'.
    let dist = folder.join("dist");
    let is_built = std::fs::read_dir(&dist).is_ok_and(|mut files| files.next().is_some());
    if !is_built {
        return Ok(false);
    }
    let built = touched(&dist);
    let mut newest = None;
    for source in [folder, Path::new("sdk/web")] {
        newest = newest.max(latest(source)?);
    }
    Ok(newest <= built)
}

/// When something that a folder's pages are made of was last changed.
fn latest(folder: &Path) -> Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        match name.as_deref() {
            Some("node_modules" | "dist" | "tests") => {}
            _ if path.is_dir() => newest = newest.max(latest(&path)?),
            _ => newest = newest.max(touched(&path)),
        }
    }
    Ok(newest)
}

fn touched(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|meta| meta.modified()).ok()
}
