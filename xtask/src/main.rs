//! One command for everything: ci, test, tidy, layers, bench, demo.

use anyhow::{Context, Result, bail};
use std::process::Command;

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("test" | "ci") => run("cargo", &["test", "--workspace"]),
        other => bail!("unknown command {other:?}; try: test, ci"),
    }
}

fn run(program: &str, args: &[&str]) -> Result<()> {
    let status = Command::new(program).args(args).status().with_context(|| format!("start {program}"))?;
    if !status.success() {
        bail!("{program} {} failed: {status}", args.join(" "));
    }
    Ok(())
}
