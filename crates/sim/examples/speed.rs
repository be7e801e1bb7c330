//! How fast is a shop made up? `cargo run --release -p sim --example speed`
//!
//! In facts per second of processor time, so that what else the machine does counts little.
#![expect(clippy::print_stdout, reason = "it is asked on the command line")]

use commerce::{At, Fact};
use sim::{Shop, SimOptions, Stock, Visitor};
use std::time::{Duration, Instant};

fn main() {
    for lists in [0.0, SimOptions::default().lists] {
        let shop = large(lists);
        measure(&format!("sessions, lists {lists}"), || shop.sessions().count());
    }
    let shop = large(SimOptions::default().lists);
    measure("past, all facts", || shop.past().count());
    measure("live, best-sellers shown", || live(&shop));
    measure("pictures", || {
        shop.items().take(20_000).filter_map(|item| shop.picture(&item.id)).count()
    });
}

fn large(lists: f64) -> Shop {
    Shop::new(SimOptions {
        items: 100_000,
        customers: 1_000_000,
        sessions: 200_000,
        lists,
        ..SimOptions::default()
    })
}

fn live(shop: &Shop) -> usize {
    let slate: Vec<_> = shop.items().step_by(1_000).take(20).map(|item| item.id).collect();
    let (now, mut stock) = (At::from_s(1_790_000_000), Stock::endless());
    let mut visit = |number| -> Vec<Fact> {
        let mut visitor = Visitor::new(shop, number, now);
        let mut facts = Vec::new();
        while visitor.asks().is_some() {
            facts.extend(visitor.see(&slate, None, now, &mut stock));
        }
        facts
    };
    (0..50_000).map(|number| visit(number).len()).sum()
}

fn measure(what: &str, run: impl FnOnce() -> usize) {
    let (before, started) = (processor_time(), Instant::now());
    let made = run();
    let took = match (before, processor_time()) {
        (Some(before), Some(after)) => after - before,
        _ => started.elapsed(),
    };
    println!("{what}: {made}, {:.0} a second", made as f64 / took.as_secs_f64());
}

/// What this process has used of a processor, where the system tells it (10 ms steps).
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}
