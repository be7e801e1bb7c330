//! The binary: init, serve, import, train, eval, bench, simulate, replay, doctor, demo.

mod bench;
mod demo;
mod eval;
mod init;
mod progress;
mod reference;
mod serve;
mod settings;
mod shop;
mod simulate;

use clap::{Parser, Subcommand};
use settings::ConfigArgs;
use std::process::ExitCode;

/// Folding allocates and frees many small things from several threads; the system's allocator spent
/// a third of the time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Commerce intelligence beside your shop.
#[derive(Debug, Parser)]
#[command(
    name = "shopkeeper",
    version,
    propagate_version = true,
    after_help = "First steps:
  shopkeeper demo                          a generated shop to try
  shopkeeper init                          a configuration and a key for your own
  shopkeeper import UserBehavior.csv.gz    bring its past in
  shopkeeper train && shopkeeper serve     learn from it and answer"
)]
struct Cli {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Import(shop::ImportArgs),
    Export(shop::ExportArgs),
    Train(shop::TrainArgs),
    Serve(serve::ServeArgs),
    Demo(demo::DemoArgs),
    Replay(shop::ReplayArgs),
    Doctor(shop::DoctorArgs),
    Config(init::ShowArgs),
    /// Measure models on public data, one protocol at a time
    Eval(eval::Args),
    Simulate(simulate::SimulateArgs),
    Bench(bench::BenchArgs),
}

fn main() -> ExitCode {
    let Cli { config, command } = Cli::parse();
    let outcome = match command {
        Command::Init(args) => args.run(&config),
        Command::Import(args) => args.run(&config),
        Command::Export(args) => args.run(&config),
        Command::Train(args) => args.run(&config),
        Command::Serve(args) => args.run(&config),
        Command::Demo(args) => args.run(&config),
        Command::Replay(args) => args.run(&config),
        Command::Doctor(args) => args.run(&config),
        Command::Config(args) => args.run(&config),
        Command::Eval(args) => eval::run(&args),
        Command::Simulate(args) => args.run(&config),
        Command::Bench(args) => args.run(&config),
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
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Most of our errors quote their cause already.
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    eprintln!("error: {}", said.trim_end());
}
