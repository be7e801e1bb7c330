//! Do all tests pass?
//!
//! `cargo nextest` runs them where it is installed (each test in its own process), `cargo test`
//! elsewhere. Doc tests are run by `cargo test` either way. The pages' tests need Node, and install
//! the packages that are locked; nothing else is installed.

use crate::shell::{cargo, output};
use crate::{browser, pages};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Tests counted so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

/// Every test, and the checks in a browser where there is one.
pub(crate) fn run() -> Result<()> {
    tests()?;
    if let Err(missing) = browser::chromium() {
        println!("\n!! The checks in a browser were NOT run: {missing:#}.");
        println!("!! Then: cargo xtask browser");
        return Ok(());
    }
    browser::run(&[]).context("the checks in a browser")
}

/// Every test that needs no browser.
pub(crate) fn tests() -> Result<()> {
    // The binary holds the pages, so they come first; that Node is missing is told after the rest.
    if pages::node().is_ok() {
        pages::build()?;
    }
    let cargo = cargo();
    let mut count = Count::default();
    let mut broken = Vec::new();
    let runs: &[&[&str]] = if output(&cargo, &["nextest", "--version"]).is_ok() {
        &[
            &["nextest", "run", "--workspace", "--locked", "--no-fail-fast"],
            &["test", "--workspace", "--locked", "--no-fail-fast", "--doc"],
        ]
    } else {
        &[&["test", "--workspace", "--locked", "--no-fail-fast"]]
    };
    for args in runs {
        println!("$ cargo {}", args.join(" "));
        if !counted(&cargo, args, &mut count, &mut std::io::stdout().lock())? {
            broken.push(args.join(" "));
        }
    }
    println!("{} passed, {} failed", count.passed, count.failed);
    pages::test().context("the tests of the pages")?;
    if !broken.is_empty() {
        bail!("cargo {} did not succeed; what failed is named above", broken.join(", cargo "));
    }
    if count.passed == 0 {
        bail!("no test was run: the output of cargo was not understood");
    }
    Ok(())
}

/// Runs cargo, passes on what it prints and counts the tests in it; whether it succeeded.
pub(crate) fn counted(
    cargo: &str,
    args: &[&str],
    count: &mut Count,
    out: &mut impl Write,
) -> Result<bool> {
    // nextest reports on standard error, cargo test on standard output: one stream holds both.
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new(cargo);
    command.args(args).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("start {cargo}"))?;
    drop(command); // it holds the writing ends
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        add(&text, count);
        writeln!(out, "{text}")?;
    }
    Ok(child.wait()?.success())
}

/// Adds what a summary line of cargo test or of nextest says; other lines say nothing.
pub(crate) fn add(line: &str, count: &mut Count) {
    let line = line.trim();
    let nextest = line.starts_with("Summary [") && line.contains(" tests run: ");
    if !nextest && !line.starts_with("test result: ") {
        return;
    }
    let words: Vec<&str> =
        line.split([' ', ',', ';', '.']).filter(|word| !word.is_empty()).collect();
    for pair in words.windows(2) {
        let Ok(number) = pair[0].parse::<usize>() else { continue };
        match pair[1] {
            "passed" => count.passed += number,
            "failed" => count.failed += number,
            _ => {}
        }
    }
}
