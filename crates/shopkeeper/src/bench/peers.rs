//! How do our methods stand beside others', in the same run on the same data?
//!
//! Session neighbours beside the crate `serenade` (Rust, SIGMOD 2022) on bol-sessions, iALS and item
//! CF beside the Python package `implicit` on MovieLens-100K. The same method with the same options
//! on both sides, so that speed is compared at equal quality; what our own search finds beyond that
//! is `eval`'s to show. A peer that is not installed is left out and said so.

mod matrix;
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
    /// Print one JSON object on standard output instead of a table
    #[arg(long)]
    json: bool,
}

impl PeersArgs {
    pub(crate) fn run(&self) -> Result<()> {
        let mut report = Report::new("peers");
        let peer = sessions::measure(&self.data, self.serenade.as_deref(), &mut report);
        not_there(&mut report, "serenade", peer);
        let peer = matrix::measure(&self.data, self.python.as_deref(), &mut report);
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

/// The middle and the tails of what one ask took, in microseconds: the best of several passes over
/// the same asks, because what else runs on the machine only ever adds.
#[derive(Clone, Copy, Debug)]
struct Micros {
    p50: f64,
    p90: f64,
    p99: f64,
}

impl Micros {
    const NONE: Self = Self { p50: f64::INFINITY, p90: f64::INFINITY, p99: f64::INFINITY };

    /// The better of these and those of one more pass.
    fn better(self, mut took_us: Vec<f64>) -> Self {
        took_us.sort_unstable_by(f64::total_cmp);
        let last = took_us.len().saturating_sub(1);
        let quantile = |share: f64| {
            let place = (took_us.len() as f64 * share) as usize;
            took_us.get(place.min(last)).copied().unwrap_or(f64::NAN)
        };
        Self {
            p50: self.p50.min(quantile(0.5)),
            p90: self.p90.min(quantile(0.9)),
            p99: self.p99.min(quantile(0.99)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_pass_counts() {
        let slow: Vec<f64> = (1..=100).map(|us| f64::from(us) * 2.0).collect();
        let fast: Vec<f64> = (1..=100).map(f64::from).collect();
        let Micros { p50, p90, p99 } = Micros::NONE.better(slow).better(fast);
        assert_eq!([p50, p90, p99], [51.0, 91.0, 100.0]);
    }
}
