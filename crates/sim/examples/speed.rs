//! How fast is a shop made up? `cargo run --release -p sim --example speed`
#![expect(clippy::print_stdout, reason = "it is asked on the command line")]

use sim::{Shop, SimOptions};
use std::time::Instant;

fn main() {
    for lists in [0.0, SimOptions::default().lists] {
        let large = SimOptions {
            items: 100_000,
            customers: 1_000_000,
            sessions: 200_000,
            lists,
            ..SimOptions::default()
        };
        let started = Instant::now();
        let facts = Shop::new(large).sessions().count();
        let rate = facts as f64 / started.elapsed().as_secs_f64();
        println!("lists {lists}: {facts} facts, {rate:.0} a second");
    }
}
