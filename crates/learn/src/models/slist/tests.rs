//! Does the closed form equal the regression it stands for?

use super::*;
use crate::{
    progress::Progress,
    sequences::{Event, Sequences},
    sparse::Accumulator,
    topk::top_k,
};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const ITEMS: usize = 12;

fn lists(seed: u64) -> Vec<Vec<u32>> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    (0..40)
        .map(|_| (0..rng.random_range(1..7)).map(|_| rng.random_range(0..ITEMS as u32)).collect())
        .collect()
}

fn sequences(lists: &[Vec<u32>]) -> Sequences {
    let mut made = Sequences::new(ITEMS);
    for list in lists {
        let mut events: Vec<Event> = (0..)
            .zip(list)
            .map(|(place, &item)| Event { item, at_s: place * 3_600, weight: 1.0 })
            .collect();
        made.push(&mut events).unwrap();
    }
    made
}

fn attributes() -> Csr {
    let triples: Vec<_> =
        (0..ITEMS as u32).flat_map(|i| [(i, i % 3, 1.0), (i, 3 + i % 2, 1.0)]).collect();
    Csr::from_triples(ITEMS, 5, &triples).unwrap()
}

fn options() -> SlistOptions {
    SlistOptions {
        consistency: 0.3,
        ridge: 4.0,
        past_decay: 1.5,
        future_decay: 0.8,
        self_weight: 0.2,
        attribute_weight: 2.0,
        keep: ITEMS,
        ..SlistOptions::default()
    }
}

/// The regression spelled out: every partial row built, Gaussian elimination in f64.
fn direct(lists: &[Vec<u32>], z: &Csr, options: &SlistOptions) -> Vec<Vec<f64>> {
    let mut gram = vec![vec![0.0; ITEMS]; ITEMS];
    let mut cross = gram.clone();
    let mut add = |share: f64, left: &[f64], right: &[f64]| {
        for i in 0..ITEMS {
            for j in 0..ITEMS {
                gram[i][j] += share * left[i] * left[j];
                cross[i][j] += share * left[i] * right[j];
            }
        }
    };
    let alpha = f64::from(options.consistency);
    for list in lists {
        let mut set = [0.0; ITEMS];
        list.iter().for_each(|&item| set[item as usize] = 1.0);
        add(alpha, &set, &set);
        for t in 1..list.len() {
            let (mut past, mut future) = ([0.0; ITEMS], [0.0; ITEMS]);
            for (i, &item) in list.iter().enumerate() {
                let gap = (i as f64 - t as f64).abs();
                if i < t {
                    past[item as usize] += (-(gap - 1.0) / f64::from(options.past_decay)).exp();
                } else {
                    future[item as usize] += (-gap / f64::from(options.future_decay)).exp();
                }
            }
            add(1.0 - alpha, &past, &future);
        }
    }
    for carrier in unit_rows(z).transpose().iter() {
        let mut row = [0.0; ITEMS];
        carrier.iter().for_each(|(item, value)| row[item as usize] = f64::from(value));
        add(f64::from(options.attribute_weight), &row, &row);
    }
    for (i, row) in gram.iter_mut().enumerate() {
        row[i] += f64::from(options.ridge);
    }
    let unit = (0..ITEMS).map(|i| (0..ITEMS).map(|j| f64::from(u8::from(i == j))).collect());
    let inverse = eliminate(gram.clone(), unit.collect());
    let mut map = eliminate(gram, cross);
    for j in 0..ITEMS {
        let excess = map[j][j] - f64::from(options.self_weight);
        let gamma = (excess / inverse[j][j]).max(0.0);
        (0..ITEMS).for_each(|i| map[i][j] -= gamma * inverse[i][j]);
    }
    map
}

/// Solves `gram · x = right`.
fn eliminate(mut gram: Vec<Vec<f64>>, mut right: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for pivot in 0..ITEMS {
        let scale = gram[pivot][pivot];
        gram[pivot].iter_mut().for_each(|cell| *cell /= scale);
        right[pivot].iter_mut().for_each(|cell| *cell /= scale);
        for row in (0..ITEMS).filter(|&row| row != pivot) {
            let factor = gram[row][pivot];
            for column in 0..ITEMS {
                gram[row][column] -= factor * gram[pivot][column];
                right[row][column] -= factor * right[pivot][column];
            }
        }
    }
    right
}

fn fitted(lists: &[Vec<u32>], options: &SlistOptions) -> SequenceMap {
    fit(&sequences(lists), Some(&attributes()), options, Progress::SILENT).unwrap()
}

fn assert_near(model: &SequenceMap, want: impl Fn(usize, usize) -> f64, within: f64) {
    for i in 0..ITEMS {
        for j in 0..ITEMS {
            let got = f64::from(model.weights().value(i, j as u32).unwrap_or(0.0));
            assert!((got - want(i, j)).abs() < within, "({i}, {j}): {got} for {}", want(i, j));
        }
    }
}

#[test]
fn dense_solve_is_the_regression_spelled_out() {
    let lists = lists(1);
    for self_weight in [0.0, 0.2, f32::INFINITY] {
        for (consistency, attribute_weight) in [(0.3, 2.0), (0.0, 0.0), (1.0, 0.5)] {
            let options = SlistOptions { self_weight, consistency, attribute_weight, ..options() };
            let want = direct(&lists, &attributes(), &options);
            assert_near(&fitted(&lists, &options), |i, j| want[i][j], 2e-5);
        }
    }
}

#[test]
fn local_solve_with_all_candidates_is_dense() {
    let lists = lists(2);
    let dense = fitted(&lists, &options());
    let all = Solve::Local { candidates: ITEMS };
    let local = fitted(&lists, &SlistOptions { solve: all, ..options() });
    assert_near(&local, |i, j| f64::from(dense.weights().value(i, j as u32).unwrap_or(0.0)), 2e-5);
}

#[test]
fn local_solve_nears_dense_as_candidates_grow() {
    let lists = lists(3);
    let dense = fitted(&lists, &options());
    let far = |candidates| {
        let local =
            fitted(&lists, &SlistOptions { solve: Solve::Local { candidates }, ..options() });
        let cells = (0..ITEMS).flat_map(|i| (0..ITEMS as u32).map(move |j| (i, j)));
        let value = |model: &SequenceMap, i, j| model.weights().value(i, j).unwrap_or(0.0);
        cells.map(|(i, j)| (value(&dense, i, j) - value(&local, i, j)).powi(2)).sum::<f32>()
    };
    assert!(far(8) < far(2) && far(ITEMS) < 1e-8, "{} {} {}", far(2), far(8), far(ITEMS));
}

#[test]
fn order_of_lists_does_not_matter() {
    let forward = lists(4);
    let mut backward = forward.clone();
    backward.reverse();
    let (a, b) = (fitted(&forward, &options()), fitted(&backward, &options()));
    assert_near(&a, |i, j| f64::from(b.weights().value(i, j as u32).unwrap_or(0.0)), 1e-6);
}

#[test]
fn order_within_a_list_matters() {
    let options = SlistOptions { consistency: 0.0, attribute_weight: 0.0, ..options() };
    let model = fitted(&[vec![0, 1, 2]], &options);
    let weight = |i, j| model.weights().value(i, j).unwrap_or(0.0);
    assert!(weight(0, 1) > 0.0 && weight(1, 0).abs() < 1e-6, "{} {}", weight(0, 1), weight(1, 0));
    assert!(weight(1, 2) > weight(0, 2), "the nearer predecessor tells more");
}

#[test]
fn younger_items_count_more_and_parts_sum_to_the_score() {
    let model = fitted(&lists(5), &options());
    assert!((model.age_weight(0.0) - 1.0).abs() < 1e-6);
    assert!((model.age_weight(2.5) - (-1.0_f32).exp()).abs() < 1e-6);
    let recent = [(3, 0.0), (7, 1.0), (99, 2.0)];
    let mut scores = vec![0.0; ITEMS];
    model.score_into(&recent, &mut scores);
    let all: Vec<u32> = (0..ITEMS as u32).collect();
    for (&item, sparse) in all.iter().zip(model.score_candidates(&recent, &all)) {
        let parts: f32 = model.explain_score(&recent, item).iter().map(|(_, part)| part).sum();
        assert!((parts - scores[item as usize]).abs() < 1e-6 && (parts - sparse).abs() < 1e-6);
    }
    let mut sums = Accumulator::new(ITEMS);
    let sparse = model.recommend(&recent, 4, &mut sums, |item| item == 3);
    let dense = top_k(&scores, 4, &[3]);
    assert_eq!(
        sparse.iter().map(|(item, _)| item).collect::<Vec<_>>(),
        dense.iter().map(|(item, _)| item).collect::<Vec<_>>()
    );
}

#[test]
fn a_model_survives_its_bytes() {
    let model = fitted(&lists(6), &SlistOptions { keep: 5, ..options() });
    assert!(model.weights().iter().all(|row| row.len() <= 5));
    let bytes = postcard::to_stdvec(&model).unwrap();
    assert_eq!(postcard::from_bytes::<SequenceMap>(&bytes).unwrap(), model);
}

#[test]
fn bad_options_are_named() {
    let lists = sequences(&lists(7));
    let bad = [
        SlistOptions { ridge: 0.0, ..options() },
        SlistOptions { consistency: 1.5, ..options() },
        SlistOptions { past_decay: f32::NAN, ..options() },
        SlistOptions { self_weight: -1.0, ..options() },
        SlistOptions { longest: 1, ..options() },
        SlistOptions { solve: Solve::Local { candidates: 0 }, ..options() },
    ];
    for options in bad {
        let fitted = fit(&lists, None, &options, Progress::SILENT);
        assert!(matches!(fitted, Err(FitError::Input(_))), "{options:?}");
    }
    let other = Csr::from_triples(2, 1, &[(0, 0, 1.0)]).unwrap();
    let fitted = fit(&lists, Some(&other), &options(), Progress::SILENT);
    assert!(matches!(fitted, Err(FitError::Input(_))));
}

#[test]
fn no_events_and_no_items_are_fine() {
    for items in [0, 3] {
        let lists = Sequences::new(items);
        for solve in [Solve::Dense, Solve::Local { candidates: 4 }] {
            let options = SlistOptions { solve, ..options() };
            let model = fit(&lists, None, &options, Progress::SILENT).unwrap();
            assert_eq!((model.item_count(), model.weights().nnz()), (items, 0));
        }
    }
}
