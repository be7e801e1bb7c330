//! How long does a decision take? Not asserted: `cargo test -p recommend --release -- --ignored
//! --nocapture speed` prints it;
//! `SPEED_ITEMS`, `SPEED_VISITS` and `SPEED_ASKS` set the size of the shop and of the training.

use super::shop::*;
use crate::candidates::{Scene, Scratch, gather};
use crate::decide::cut;
use crate::guard::{Gate, Guard};
use crate::needs::Known;
use crate::score::{Blend, Likeness, WIDTH, fill_inputs};
use crate::*;
use ::decide::Decider;
use ::decide::slate::Sifted;
use learn::progress::Progress;
use std::time::Instant;

#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn speed() {
    let size = |name: &str, or: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or)
    };
    let items = size("SPEED_ITEMS", 100_000) as u32;
    let visits = size("SPEED_VISITS", 150_000);
    let start = Instant::now();
    let shop = Shop::new(items, items / 4, visits);
    println!("folded {} facts in {:.1?}", shop.facts.len(), start.elapsed());
    let start = Instant::now();
    let source = || shop.facts.iter().enumerate().map(|(at, fact)| (at as u64, fact));
    let options = RecommendOptions::default();
    let asks_max = size("SPEED_ASKS", 6_000) as usize;
    let training = TrainOptions { asks_max, ..TrainOptions::default() };
    let trained = train(&shop.features, source, &options, &training, Progress::SILENT).unwrap();
    println!("trained in {:.1?}: {:#?}", start.elapsed(), trained.report);
    let policy = policy(trained.models);
    let customers: Vec<String> = (0..400).map(|n| format!("c{n}")).collect();
    let items = shop.features.items();
    for surface in Surface::ALL {
        let asks: Vec<RecommendAsk> = customers
            .iter()
            .enumerate()
            .map(|(n, customer)| {
                let context =
                    (0..5).map(|i| items.row((n as u32 * 31 + i * 7) % items.len()).id().clone());
                let mut ask = RecommendAsk::new(who(customer), surface, 20);
                if surface.wants_context() {
                    ask = ask.about(context);
                }
                if surface == Surface::Rank {
                    ask.candidates = (0..500)
                        .map(|i| items.row((n as u32 + i * 190) % items.len()).id().clone())
                        .collect();
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
            "{:24} least {:6.0} us  p50 {:7.0} us  p99 {:7.0} us  considered {}",
            surface.kind(),
            took[0],
            took[took.len() / 2],
            took[took.len() * 99 / 100],
            considered / took.len(),
        );
    }
    stages(&shop, &policy, &customers);
}

/// Microseconds per home feed, stage by stage.
#[expect(clippy::too_many_lines, reason = "one stage after the other")]
#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn stages(shop: &Shop, policy: &Recommender, customers: &[String]) {
    let (options, models) = (policy.options(), policy.learned());
    let items = shop.features.items();
    let mut spent: Vec<(&str, f64)> = Vec::new();
    let mut add = |name: &'static str, start: Instant| {
        let us = start.elapsed().as_secs_f64() * 1e6;
        match spent.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum = sum.min(us),
            None => spent.push((name, us)),
        }
    };
    let mut scratch = Scratch::default();
    let (mut rows, mut blended, mut scores, mut order) = (vec![], vec![], vec![], vec![]);
    let mut likeness = Likeness::default();
    // The least of many is what it costs when nothing else runs; one customer, so that it compares.
    let ask = home(customers.first().map_or("c0", |customer| customer));
    for _ in 0..300 {
        let view = shop.features.customer(&ask.who, shop.now);
        let start = Instant::now();
        let known = Known::read(&view, &items, shop.now, &ask, options);
        add("read history", start);
        let gate = Gate::new(&items, &known, models, options, &ask);
        let scene = Scene {
            now: shop.now,
            surface: Surface::Home,
            items: &items,
            models,
            options,
            known: &known,
            gate: &gate,
        };
        let mut sifted = Sifted::new(Guard::COUNT);
        scratch.pool.start(items.len() as usize, Channel::COUNT);
        for &channel in asked(Surface::Home) {
            let start = Instant::now();
            gather(channel, &scene, &mut scratch, &mut sifted);
            add(channel.name(), start);
        }
        let start = Instant::now();
        scratch.pool.sift(&mut sifted, |item| gate.stops(item).map(|guard| guard as usize));
        add("sift", start);
        let start = Instant::now();
        let policy = options.scenarios.policy(known.scenario);
        let blend = Blend::new(&policy.weights, &scene);
        cut(&mut scratch.pool, &blend, options.candidates_max, &mut blended, &mut order);
        add("cut", start);
        let start = Instant::now();
        fill_inputs(&scene, &scratch.pool, &blended, &mut rows);
        add("fill inputs", start);
        if let Some(ranker) = &models.ranker {
            let start = Instant::now();
            ranker.scores(&rows, &mut scores);
            add("rank", start);
            let start = Instant::now();
            for row in rows.chunks_exact(WIDTH).take(60) {
                std::hint::black_box(ranker.parts(row));
            }
            add("parts of 60", start);
        } else {
            scores.clone_from(&blended);
        }
        let start = Instant::now();
        likeness.start(&items, models, scratch.pool.whats(), &known.dismissed);
        ::decide::slate::best(&scores, 300, &mut order);
        for &place in &order {
            likeness.read(&items, models, place as usize, scratch.pool.whats()[place as usize]);
        }
        add("read likeness of 300", start);
        let start = Instant::now();
        let top: Vec<f32> = order.iter().map(|&place| scores[place as usize]).collect();
        let mut picked = Vec::new();
        let alike =
            |a: u32, b: u32| likeness.of(order[a as usize] as usize, order[b as usize] as usize);
        ::decide::slate::diversify(&top, 60, policy.diversity, alike, &mut picked);
        add("diversify 60 of 300", start);
    }
    println!("candidates {}", scratch.pool.len());
    for (name, least) in spent {
        println!("{name:24} {least:8.1} us");
    }
}
