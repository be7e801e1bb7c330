//! The binary: serve, import, train, eval, replay, doctor, bench.

mod eval;
mod progress;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Commerce intelligence beside your shop.
#[derive(Debug, Parser)]
#[command(name = "shopkeeper", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure models on public data, one protocol at a time
    Eval(eval::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Eval(args) => eval::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the terminal is where the caller of a command looks")]
fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
