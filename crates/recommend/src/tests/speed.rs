//! How long does a decision take? Not asserted: `cargo test -p recommend --release -- --ignored
//! --nocapture speed` prints it.

use super::shop::*;
use crate::*;
use ::decide::Decider;
use learn::progress::Progress;
use std::time::Instant;

#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn speed() {
    let start = Instant::now();
    let shop = Shop::new(100_000, 30_000, 150_000);
    println!("folded {} facts in {:.1?}", shop.facts.len(), start.elapsed());
    let start = Instant::now();
    let source = || shop.facts.iter().enumerate().map(|(at, fact)| (at as u64, fact));
    let options = RecommendOptions::default();
    let training = TrainOptions::default();
    let trained = train(&shop.features, source, &options, &training, Progress::SILENT).unwrap();
    println!("trained in {:.1?}: {:#?}", start.elapsed(), trained.report);
    let policy = policy(trained.models);
    let customers: Vec<String> = (0..400).map(|n| format!("c{}", n * 7)).collect();
    let items = shop.features.items();
    for surface in Surface::ALL {
        let asks: Vec<RecommendAsk> = customers
            .iter()
            .enumerate()
            .map(|(n, customer)| {
                let context = (0..5).map(|i| items.row(n as u32 * 31 + i * 7).id().clone());
                let mut ask = RecommendAsk::new(who(customer), surface, 20);
                if surface.wants_context() {
                    ask = ask.about(context);
                }
                if surface == Surface::Rank {
                    ask.candidates =
                        (0..500).map(|i| items.row(n as u32 + i * 190).id().clone()).collect();
                }
                ask
            })
            .collect();
        let mut took = Vec::new();
        let mut considered = 0;
        for round in 0..3 {
            for ask in &asks {
                let ctx = shop.ctx(&ask.who, true, 5);
                let start = Instant::now();
                let decided = policy.decide(&ctx, ask).unwrap();
                if round > 0 {
                    took.push(start.elapsed().as_secs_f64() * 1e6);
                    considered += decided.considered_total as usize;
                }
            }
        }
        took.sort_by(f64::total_cmp);
        println!(
            "{:24} p50 {:7.0} us  p99 {:7.0} us  considered {}",
            surface.kind(),
            took[took.len() / 2],
            took[took.len() * 99 / 100],
            considered / took.len(),
        );
    }
}
