//! One command for everything: ci, test, browser, tidy, layers, licences, bench, fuzz, demo.
//!
//! | command | what it does |
//! |---|---|
//! | `ci` | formatting, tidy, layers, licences, clippy, every test, the browser: what CI runs |
//! | `test` | every test of the workspace, doc tests too, and those in a browser if one is here |
//! | `browser [NAME …]` | the pages in a real browser against the real binary; or those checks alone |
//! | `tidy` | the rules of style that a machine can check |
//! | `layers` | which crate may know which |
//! | `licences` | may we ship what we depend on? |
//! | `bench NAME …` | builds the binary for speed and runs `shopkeeper bench NAME …` |
//! | `bench peers …` | the same, after building and installing whom we are measured beside |
//! | `fuzz …` | breaks sound inputs and feeds every parser with them, 20 s each (`--seconds N`) |
//! | `pages` | builds the console, the shop page and the SDK, with Node |
//! | `demo …` | builds the pages and the binary for speed and runs `shopkeeper demo …` |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this binary speaks to the terminal"
)]

mod browser;
mod ci;
mod layers;
mod licences;
mod pages;
mod peers;
mod shell;
mod suite;
#[cfg(test)]
mod tests;
mod tidy;

use anyhow::{Result, bail};
use shell::Metadata;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let started = Instant::now();
    let outcome = run(&args);
    let name = args.first().map_or("xtask", String::as_str);
    let s = started.elapsed().as_secs_f64();
    match outcome {
        Ok(()) => {
            eprintln!("{name}: done in {s:.1} s");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{name}: failed after {s:.1} s: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    std::env::set_current_dir(shell::root()?)?;
    let Some((command, rest)) = args.split_first() else { bail!("{USAGE}") };
    match (command.as_str(), rest) {
        ("ci", []) => ci::run(),
        ("test", []) => suite::run(),
        ("browser", _) => browser::run(rest),
        ("tidy", []) => tidy::run(),
        ("layers", []) => layers::run(&Metadata::of_workspace()?),
        ("licences", []) => licences::run(),
        ("bench", [name, rest @ ..]) if name == "peers" => peers::run(rest),
        ("bench", [name, ..]) if !name.starts_with('-') => shell::binary("bench", rest),
        ("bench", _) => bail!("name the bench: cargo xtask bench recommend"),
        ("fuzz", _) => shell::fuzz(rest),
        ("pages", []) => pages::build(),
        ("demo", _) => demo(rest),
        ("ci" | "test" | "tidy" | "layers" | "licences" | "pages", _) => {
            bail!("{command} takes no arguments, got {rest:?}")
        }
        _ => bail!("unknown command {command:?}; {USAGE}"),
    }
}

const USAGE: &str = "cargo xtask ci | test | browser NAME … | tidy | layers | licences | pages | \
                     bench NAME … | fuzz … | demo …";

/// Without Node there is a demo all the same, for programs only.
fn demo(args: &[String]) -> Result<()> {
    match pages::node() {
        Ok(()) => pages::build()?,
        Err(missing) => eprintln!("{missing:#}; going on without the shop page and the console"),
    }
    shell::binary("demo", args)
}
