//! Do the parts of a slate do what they say?

use super::*;

fn picks(scores: &[f32], count: usize, diversity: f32, kinds: &[u32]) -> Vec<u32> {
    let mut out = Vec::new();
    let similar = |a: u32, b: u32| f32::from(kinds[a as usize] == kinds[b as usize]);
    diversify(scores, count, diversity, similar, &mut out);
    out
}

/// The definition, without laziness.
fn picks_by_definition(
    scores: &[f32],
    count: usize,
    diversity: f32,
    similar: impl Fn(u32, u32) -> f32,
) -> Vec<u32> {
    let low = scores.iter().copied().fold(0.0, f32::min);
    let mut picked: Vec<u32> = Vec::new();
    while picked.len() < count.min(scores.len()) {
        let worth = |c: u32| {
            let near = picked.iter().map(|&p| similar(c, p)).fold(0.0, f32::max);
            (scores[c as usize] - low) * (1.0 - diversity * near)
        };
        let left = (0..scores.len() as u32).filter(|c| !picked.contains(c));
        let best = left.max_by(|&a, &b| worth(a).total_cmp(&worth(b)).then(b.cmp(&a))).unwrap();
        picked.push(best);
    }
    picked
}

#[test]
fn a_pool_merges_and_keeps_the_strongest_evidence() {
    let mut pool = Pool::default();
    for _ in 0..2 {
        pool.start(10, 3);
        pool.add(4, 0, 0.5, 1);
        pool.add(7, 2, 1.0, NOTHING);
        pool.add(4, 2, 0.25, 9);
        pool.add(4, 0, 0.75, 2);
        pool.add(4, 0, 0.1, 3);
        pool.add(99, 0, 1.0, 0);
        assert_eq!(pool.whats(), [4, 7]);
        assert_eq!(pool.mask(0), 0b101);
        assert_eq!(pool.shares(0), [0.75, 0.0, 0.25]);
        assert_eq!(pool.evidence(0), [2, NOTHING, 9]);
        assert_eq!(pool.place_of(7), Some(1));
        assert_eq!(pool.place_of(5), None);
    }
}

#[test]
fn sifting_names_what_it_stopped_and_forgets_it() {
    let mut pool = Pool::default();
    pool.start(20, 1);
    for what in 0..20 {
        pool.add(what, 0, 1.0 / (what + 1) as f32, what);
    }
    let mut sifted = Sifted::new(2);
    pool.sift(&mut sifted, |what| match what % 5 {
        0 => Some(0),
        3 => Some(1),
        _ => None,
    });
    assert_eq!(pool.len(), 12);
    assert_eq!((sifted.count(0), sifted.count(1)), (4, 4));
    assert_eq!(pool.place_of(5), None);
    for (place, &what) in pool.whats().iter().enumerate() {
        assert_eq!(pool.place_of(what), Some(place));
        assert_eq!(pool.evidence(place), [what]);
    }
    let stops = sifted.stops(&["five", "three"], |what| what.to_string().into());
    assert_eq!(&*stops[0].guard, "five");
    assert_eq!(stops[0].examples.iter().map(|e| &**e).collect::<Vec<_>>(), ["0", "5", "10"]);
    pool.keep(&mut [3, 1]);
    assert_eq!(pool.whats(), [2, 6]);
    assert_eq!(pool.place_of(1), None);
    assert_eq!(pool.place_of(6), Some(1));
}

#[test]
fn best_breaks_ties_by_place() {
    let mut out = Vec::new();
    best(&[1.0, 3.0, 3.0, 2.0], 3, &mut out);
    assert_eq!(out, [1, 2, 3]);
    best(&[1.0], 0, &mut out);
    assert!(out.is_empty());
    best(&[], 4, &mut out);
    assert!(out.is_empty());
}

#[test]
fn diversity_decides_how_alike_the_picks_may_be() {
    let scores = [1.0, 0.9, 0.8, 0.1];
    let kinds = [0, 0, 0, 1];
    assert_eq!(picks(&scores, 3, 0.0, &kinds), [0, 1, 2]);
    assert_eq!(picks(&scores, 3, 0.6, &kinds), [0, 1, 2]);
    assert_eq!(picks(&scores, 3, 0.9, &kinds), [0, 3, 1]);
    assert_eq!(picks(&scores, 4, 1.0, &kinds), [0, 3, 1, 2]);
    // Below 0 as above it.
    assert_eq!(picks(&[0.0, -0.1, -0.9], 3, 0.3, &[0, 0, 1]), [0, 1, 2]);
    assert_eq!(picks(&[0.5, 0.5], 5, 0.3, &[0, 0]), [0, 1]);
    assert_eq!(picks(&[], 5, 0.3, &[]), [0u32; 0]);
}

#[test]
fn diversity_means_the_same_however_far_ahead_the_first_is() {
    let kinds = [9, 0, 0, 0, 1];
    let likely = [0.04, 0.03, 0.03, 0.02];
    for first in [0.05, 0.9] {
        let scores: Vec<f32> = [first].into_iter().chain(likely).collect();
        assert_eq!(picks(&scores, 5, 0.3, &kinds), [0, 1, 2, 3, 4], "first {first}");
        assert_eq!(picks(&scores, 5, 0.4, &kinds), [0, 1, 4, 2, 3], "first {first}");
    }
}

#[test]
fn lazy_picks_are_the_greedy_ones() {
    let mut dice = Dice::new(7, "mmr");
    for round in 0..50 {
        let count = 1 + dice.below(60);
        let scores: Vec<f32> = (0..count).map(|_| dice.share() as f32).collect();
        let places: Vec<f32> = (0..count).map(|_| dice.share() as f32).collect();
        let similar = |a: u32, b: u32| 1.0 - (places[a as usize] - places[b as usize]).abs();
        let diversity = round as f32 / 50.0;
        let mut out = Vec::new();
        diversify(&scores, 10, diversity, similar, &mut out);
        let slow = picks_by_definition(&scores, 10, diversity, similar);
        // Ties apart by rounding are worth the same; compare what they are worth.
        let same = out.iter().zip(&slow).filter(|(a, b)| a == b).count();
        assert!(same + 1 >= out.len(), "round {round}: {out:?} against {slow:?}");
    }
}

#[test]
fn each_window_gets_its_share() {
    let mut order: Vec<u32> = (0..10).collect();
    promote(&mut order, 5, 2, |place| place >= 7);
    assert_eq!(order, [0, 1, 2, 7, 8, 3, 4, 5, 6, 9]);
    let mut order: Vec<u32> = (0..6).collect();
    promote(&mut order, 3, 1, |place| place == 1 || place == 5);
    assert_eq!(order, [0, 1, 2, 3, 4, 5]);
    let mut order: Vec<u32> = (0..4).collect();
    promote(&mut order, 2, 1, |_| false);
    assert_eq!(order, [0, 1, 2, 3]);
}

const SPARING: Explore = Explore { share: 0.3, spared: 1, most: 2, window: 6 };

#[test]
fn propensities_are_how_often_it_happens() {
    let ranked = [0, 1, 2, 3];
    let throws = 40_000;
    let mut seen = std::collections::BTreeMap::<Vec<u32>, (f64, f64)>::new();
    for seed in 0..throws {
        let mut dice = Dice::new(seed, "explore");
        let slate = place(&ranked, &mut vec![10, 11, 12], &[], SPARING, 3, &mut dice);
        let said: f64 = slate.iter().map(|placed| f64::from(placed.propensity)).product();
        let entry = seen.entry(slate.iter().map(|placed| placed.what).collect()).or_default();
        *entry = (said, entry.1 + 1.0);
    }
    let all: f64 = seen.values().map(|entry| entry.0).sum();
    assert!((all - 1.0).abs() < 1e-5, "the slates' probabilities sum to {all}");
    for (slate, (said, times)) in seen {
        let rate = times / throws as f64;
        assert!((said - rate).abs() < 0.01, "{slate:?}: said {said}, happened {rate}");
    }
}

#[test]
fn pins_stand_where_they_were_put() {
    let pins = [Pin { what: 90, at: 2 }, Pin { what: 91, at: 0 }, Pin { what: 92, at: 50 }];
    let off = Explore { share: 0.0, ..SPARING };
    let mut dice = Dice::new(1, "explore");
    let slate = place(&[1, 2], &mut vec![], &pins, off, 10, &mut dice);
    assert_eq!(slate.iter().map(|p| p.what).collect::<Vec<_>>(), [91, 1, 90, 2, 92]);
    assert!(slate.iter().all(|p| p.propensity == 1.0 && !p.explored));
    let slate = place(&[1, 2], &mut vec![], &pins, off, 2, &mut dice);
    assert_eq!(slate.len(), 2);
}

#[test]
fn exploration_spares_the_top_and_stops_at_its_quota() {
    for seed in 0..200 {
        let mut dice = Dice::new(seed, "explore");
        let always = Explore { share: 0.9, ..SPARING };
        let ranked: Vec<u32> = (0..12).collect();
        let slate = place(&ranked, &mut (100..130).collect(), &[], always, 12, &mut dice);
        assert_eq!(slate[0].what, 0);
        for page in slate.chunks(6) {
            assert!(page.iter().filter(|p| p.explored).count() <= 2);
        }
        assert!(slate.iter().all(|p| p.propensity > 0.0 && p.propensity <= 1.0));
    }
}

/// Not an assertion of speed: `cargo test -p decide --release -- --ignored --nocapture slate_speed`.
#[test]
#[ignore = "a measurement"]
fn slate_speed() {
    let mut dice = Dice::new(3, "speed");
    let scores: Vec<f32> = (0..500).map(|_| dice.share() as f32).collect();
    let vectors: Vec<[f32; 32]> =
        (0..500).map(|_| std::array::from_fn(|_| dice.share() as f32 * 0.17)).collect();
    let dot = |a: u32, b: u32| {
        let (a, b) = (&vectors[a as usize], &vectors[b as usize]);
        let mut sums = [0.0_f32; 8];
        for lane in 0..32 {
            sums[lane % 8] += a[lane] * b[lane];
        }
        sums.iter().sum::<f32>()
    };
    let mut out = Vec::new();
    let mut calls = 0_u64;
    let start = std::time::Instant::now();
    for _ in 0..1000 {
        let similar = |a, b| {
            calls += 1;
            dot(a, b)
        };
        diversify(std::hint::black_box(&scores), 20, 0.3, similar, &mut out);
    }
    let us = start.elapsed().as_secs_f64() * 1e3;
    #[expect(clippy::print_stdout, reason = "a measurement is printed")]
    {
        println!("diversify 20 of 500: {us:.1} us, {} comparisons", calls / 1000);
    }
}
