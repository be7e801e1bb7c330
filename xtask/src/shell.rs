//! How are other programs run, and what do they say of the workspace?

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that holds the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(Path::to_path_buf).context("find the workspace: xtask lies in no folder")
}

/// Cargo as it was called, so that `cargo +toolchain xtask` keeps its toolchain.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs a program to its end, its output going where ours goes.
pub(crate) fn run(program: &str, args: &[&str]) -> Result<()> {
    // Standard output is the program's own: a bench writes one JSON object there.
    eprintln!("$ {program} {}", args.join(" "));
    let status = Command::new(program).args(args).status();
    let status = status.with_context(|| format!("start {program}: is it installed?"))?;
    if !status.success() {
        bail!("{program} {} ended with {status}", args.join(" "));
    }
    Ok(())
}

/// What a program printed, when it succeeded.
pub(crate) fn output(program: &str, args: &[&str]) -> Result<String> {
    let output = Command::new(program).args(args).output();
    let output = output.with_context(|| format!("start {program}: is it installed?"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("{program} {} ended with {}: {why}", args.join(" "), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Builds the product for speed and runs one of its commands.
pub(crate) fn binary(command: &str, args: &[String]) -> Result<()> {
    run(&cargo(), &["build", "--release", "--locked", "--package", "shopkeeper"])?;
    let target = target()?;
    let program =
        target.join("release").join(format!("shopkeeper{}", std::env::consts::EXE_SUFFIX));
    let program = program.to_str().context("the target directory is no UTF-8")?;
    let args: Vec<&str> = [command].into_iter().chain(args.iter().map(String::as_str)).collect();
    run(program, &args)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf> {
    Metadata::of_workspace()?.target_directory()
}

/// Builds the fuzz targets, which lie outside the workspace, and runs them.
pub(crate) fn fuzz(args: &[String]) -> Result<()> {
    let start = ["run", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--"];
    let args: Vec<&str> = start.into_iter().chain(args.iter().map(String::as_str)).collect();
    run(&cargo(), &args)
}

/// What `cargo metadata` says.
#[derive(Debug)]
pub(crate) struct Metadata(Value);

impl Metadata {
    /// Our own crates and the edges they declare; asks nothing of the network.
    pub(crate) fn of_workspace() -> Result<Self> {
        Self::ask(&["metadata", "--format-version", "1", "--no-deps"])
    }

    /// All crates that are locked, ours and others'.
    pub(crate) fn of_everything() -> Result<Self> {
        Self::ask(&["metadata", "--format-version", "1", "--locked"])
    }

    fn ask(args: &[&str]) -> Result<Self> {
        let text = output(&cargo(), args)?;
        Ok(Self(serde_json::from_str(&text).context("read what cargo metadata printed")?))
    }

    #[cfg(test)]
    pub(crate) fn of(value: Value) -> Self {
        Self(value)
    }

    pub(crate) fn packages(&self) -> impl Iterator<Item = &Value> {
        self.0["packages"].as_array().into_iter().flatten()
    }

    fn target_directory(&self) -> Result<PathBuf> {
        self.0["target_directory"].as_str().map(PathBuf::from).context("no target_directory")
    }
}

/// A text field of a metadata value; empty when absent.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}
