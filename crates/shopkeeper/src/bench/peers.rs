//! How do our methods stand beside others', in the same run on the same data?
//!
//! Session neighbours beside the crate `serenade` (Rust, SIGMOD 2022) on bol-sessions, iALS and item
//! CF beside the Python package `implicit` on MovieLens-100K and on a generated shop of more than a
//! million touches. The same method with the same options and threads on both sides, so that speed
//! is compared at equal quality; what our own search finds beyond that is `eval`'s to show. Both
//! sides are timed in turns, and a ratio is the median over the turns of ours over theirs: below 1
//! we are faster. A peer that is not installed is left out and said so.

mod matrix;
mod peer;
mod sessions;

use super::report::Report;
use anyhow::Result;
use std::path::PathBuf;

/// Our methods beside other programs', on public data
#[derive(Debug, clap::Args)]
#[command(after_help = "Example, which builds and installs the peers first:
  cargo xtask bench peers --data ~/data/rec")]
pub(crate) struct PeersArgs {
    /// A folder that holds the data sets bol-sessions and movielens-100k (also under rec/)
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The program `serenade-peer` of bench/peers/serenade
    #[arg(long, value_name = "FILE")]
    serenade: Option<PathBuf>,
    /// A Python that has the package implicit
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
    #[command(flatten)]
    matrix: matrix::MatrixArgs,
    /// Print one JSON object on standard output instead of a table
    #[arg(long)]
    json: bool,
}

impl PeersArgs {
    pub(crate) fn run(&self) -> Result<()> {
        let mut report = Report::new("peers");
        let peer = sessions::measure(&self.data, self.serenade.as_deref(), &mut report);
        not_there(&mut report, "serenade", peer);
        let peer = self.matrix.measure(&self.data, self.python.as_deref(), &mut report);
        not_there(&mut report, "implicit", peer);
        report.print(self.json)
    }
}

/// A side that fails must not take the other one's figures with it.
fn not_there(report: &mut Report, peer: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        report.note(format!("beside {peer}: {error:#}"));
    }
}
