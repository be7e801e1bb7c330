//! Would CI let this pass?

use crate::shell::{self, Metadata, cargo};
use crate::{browser, layers, licences, suite, tidy};
use anyhow::{Result, bail};
use std::time::Instant;

/// Cheap steps first; a step that fails does not hide what the later ones find.
pub(crate) fn run_all(steps: &[(&str, &dyn Fn() -> Result<()>)]) -> Result<()> {
    let mut lines = Vec::new();
    let mut failed = Vec::new();
    for (name, step) in steps {
        println!("── {name}");
        let started = Instant::now();
        let outcome = step();
        let s = started.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => lines.push(format!("ok      {s:>7.1} s  {name}")),
            Err(error) => {
                println!("{name}: {error:#}");
                lines.push(format!("FAILED  {s:>7.1} s  {name}"));
                failed.push(*name);
            }
        }
    }
    println!("{}", lines.join("\n"));
    if !failed.is_empty() {
        bail!("mend {}, then run cargo xtask ci again", failed.join(", "));
    }
    Ok(())
}

pub(crate) fn run() -> Result<()> {
    let cargo = cargo();
    run_all(&[
        ("fmt", &|| shell::run(&cargo, &["fmt", "--all", "--check"])),
        ("tidy", &tidy::run),
        ("layers", &|| layers::run(&Metadata::of_workspace()?)),
        ("licences", &licences::run),
        ("clippy", &|| {
            let flags =
                ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
            shell::run(&cargo, &flags)
        }),
        ("test", &suite::tests),
        ("browser", &|| browser::run(&[])),
    ])
}
