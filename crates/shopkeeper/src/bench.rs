//! How fast is it? Loads from another process, figures for people and programs.
//!
//! | room | the question it answers |
//! |---|---|
//! | `recommend` | how fast does a full shop answer, hear and start? |
//! | `peers` | how do our methods stand beside others? |
//! | `shop` | which shop is measured? |
//! | `process` | how is the product run as its users run it? |
//! | `traffic` | what do a shop's programs send? |
//! | `load` | how does traffic come? |
//! | `http` | how is the server asked? |
//! | `histogram` | how long did each take? |
//! | `machine`, `report` | what was it measured on, and what came out? |

mod histogram;
mod http;
mod load;
mod machine;
mod peers;
mod process;
mod recommend;
mod report;
mod shop;
mod traffic;

use crate::settings::ConfigArgs;
use anyhow::Result;
use std::io::Write;

/// Measure speed and memory, and say how far each figure is from its aim
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, clap::Subcommand)]
enum Bench {
    Recommend(recommend::RecommendArgs),
    Peers(peers::PeersArgs),
}

impl BenchArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        match &self.bench {
            Bench::Recommend(args) => args.run(config),
            Bench::Peers(args) => args.run(),
        }
    }
}

/// Says on standard error what goes on.
fn say(what: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(std::io::stderr(), "{what}");
}
