//! Boosted trees: what they must learn, and what holds for any forest.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::{metrics, progress::Progress};

/// Rows with missing values, whose label depends on features 0..4 with an interaction; 4 is noise.
fn task(rows: usize, seed: u64) -> (Vec<f32>, Vec<f32>) {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let (mut features, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let x: [f32; 5] = std::array::from_fn(|_| rng.random::<f32>() * 2.0 - 1.0);
        let score = 2.0 * x[0] + 3.0 * x[1] * x[2] + if x[3] > 0.5 { 1.5 } else { 0.0 };
        let p = 1.0 / (1.0 + (-2.0 * score).exp());
        labels.push(f32::from(u8::from(rng.random::<f32>() < p)));
        features.extend(x.map(|x| if rng.random::<f32>() < 0.1 { f32::NAN } else { x }));
    }
    (features, labels)
}

fn rows<'a>(features: &'a [f32], labels: &'a [f32]) -> TreeRows<'a> {
    let feature_count = features.len() / labels.len();
    TreeRows { features, feature_count, labels, weights: &[], groups: &[] }
}

fn fit(train: &TreeRows<'_>, valid: Option<&TreeRows<'_>>, options: &TreeOptions) -> Fitted {
    Forest::fit(train, valid, options, Progress::SILENT).unwrap()
}

fn scores(forest: &Forest, features: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; features.len() / forest.feature_count()];
    forest.score(features, &mut TreeScratch::default(), &mut out);
    out
}

#[test]
fn learns_interactions_through_missing_values() {
    let (x, y) = task(8_000, 1);
    let (vx, vy) = task(2_000, 2);
    let (tx, ty) = task(4_000, 3);
    let fitted = fit(&rows(&x, &y), Some(&rows(&vx, &vy)), &TreeOptions::default());
    let clicked: Vec<bool> = ty.iter().map(|&y| y > 0.5).collect();
    let auc = metrics::auc(&scores(&fitted.forest, &tx), &clicked).unwrap();
    // The true chances, known to the generator, reach about .93 without and .89 with missing values.
    assert!(auc > 0.86, "{auc}");
    let importance = fitted.forest.importance();
    assert!(importance[4] < 0.15 * importance[0], "noise must not matter: {importance:?}");
    assert!(fitted.rounds < 500, "stops early");
    assert!(fitted.train_loss < fitted.valid_loss.unwrap());
}

#[test]
fn one_split_is_the_closed_form() {
    // Log-loss at the mean, λ = 1: g = p − y, h = p (1 − p), value = −G / (H + 1).
    let (x, y) = ([0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 1.0]);
    let options = TreeOptions {
        trees: 1,
        learning_rate: 1.0,
        leaves: 2,
        leaf_rows: 1,
        ..TreeOptions::default()
    };
    let forest = fit(&rows(&x, &y), None, &options).forest;
    let value = 1.0 / (0.5 + 1.0);
    assert_eq!(scores(&forest, &[-9.0, 1.4, 1.6, 9.0]), [-value, -value, value, value]);
}

#[test]
fn being_missing_is_something_to_learn_from() {
    let x: Vec<f32> =
        (0..400).map(|i| if i % 4 == 0 { f32::NAN } else { (i % 7) as f32 }).collect();
    let y: Vec<f32> = (0..400).map(|i| f32::from(u8::from(i % 4 == 0))).collect();
    let options = TreeOptions { trees: 20, leaf_rows: 5, learning_rate: 0.5, ..Default::default() };
    let forest = fit(&rows(&x, &y), None, &options).forest;
    let [missing, known, infinite] = scores(&forest, &[f32::NAN, 3.0, f32::INFINITY])[..] else {
        panic!("three rows, three scores");
    };
    assert!(missing > 2.0 && known < -2.0, "{missing} {known}");
    assert_eq!(missing.to_bits(), infinite.to_bits());
}

#[test]
fn ranks_within_groups() {
    // A group's level says nothing; only the order inside it does.
    let mut rng = Pcg64Mcg::seed_from_u64(5);
    let (mut x, mut y, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..600 {
        let level = rng.random::<f32>() * 100.0;
        let offsets: Vec<f32> = (0..10).map(|_| rng.random::<f32>()).collect();
        let best = offsets.iter().copied().fold(0.0, f32::max);
        for offset in offsets {
            x.extend([level, offset, rng.random::<f32>()]);
            y.push(f32::from(u8::from(offset == best)));
        }
        groups.push(10);
    }
    let (cut, group_cut) = (5_000, 500);
    let part = |x, y, groups| TreeRows { groups, ..rows(x, y) };
    let train = part(&x[..3 * cut], &y[..cut], &groups[..group_cut]);
    let valid = part(&x[3 * cut..], &y[cut..], &groups[group_cut..]);
    let options = TreeOptions {
        objective: Objective::LambdaRank { truncation: 10 },
        learning_rate: 0.1,
        row_share: 0.8,
        feature_share: 0.9,
        ..TreeOptions::default()
    };
    let fitted = fit(&train, Some(&valid), &options);
    assert!(fitted.valid_loss.unwrap() < 0.05, "{:?}", fitted.valid_loss);
}

#[test]
fn weights_count_like_copies() {
    let (x, y) = task(200, 9); // At most as many values as bins, so that copies move no cut.
    let doubled_x: Vec<f32> = x.chunks(5).flat_map(|row| [row, row].concat()).collect();
    let doubled_y: Vec<f32> = y.iter().flat_map(|&y| [y, y]).collect();
    let weights = vec![2.0; 200];
    let options =
        TreeOptions { trees: 10, leaf_rows: 1, leaf_curvature: 2.0, ..Default::default() };
    let weighed = fit(&TreeRows { weights: &weights, ..rows(&x, &y) }, None, &options).forest;
    let copied = fit(&rows(&doubled_x, &doubled_y), None, &options).forest;
    for (a, b) in scores(&weighed, &x).into_iter().zip(scores(&copied, &x)) {
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (x, y) = task(40_000, 4);
    let options =
        TreeOptions { trees: 5, row_share: 0.9, feature_share: 0.7, ..Default::default() };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&rows(&x, &y), None, &options).forest)
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn names_what_does_not_fit() {
    let said = |rows: TreeRows<'_>, options: TreeOptions| {
        Forest::fit(&rows, None, &options, Progress::SILENT).unwrap_err().to_string()
    };
    let good = rows(&[0.0, 1.0], &[0.0, 1.0]);
    let rank = || TreeOptions {
        objective: Objective::LambdaRank { truncation: 5 },
        ..TreeOptions::default()
    };
    assert_eq!(
        said(TreeRows { labels: &[0.0, 2.0], ..good }, TreeOptions::default()),
        "trees: label 2 of row 1 under LogLoss"
    );
    assert_eq!(said(TreeRows { groups: &[1], ..good }, rank()), "trees: groups hold 1 of 2 rows");
    assert_eq!(
        said(TreeRows { weights: &[1.0], ..good }, TreeOptions::default()),
        "trees: 1 weights for 2 rows"
    );
    assert_eq!(
        said(TreeRows { feature_count: 2, ..good }, TreeOptions::default()),
        "trees: 2 values, want 2 × 2"
    );
    assert_eq!(
        said(good, TreeOptions { bins: 300, ..Default::default() }),
        "trees: bins is out of range"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_forest_adds_up_and_survives_storage(seed in 0..1_000_u64, count in 60..300_usize, leaves in 2..20_usize, depth in 1..9_usize) {
        let (x, y) = task(count, seed);
        let options = TreeOptions { trees: 12, leaves, depth, leaf_rows: 3, learning_rate: 0.3, ..Default::default() };
        let forest = fit(&rows(&x, &y), None, &options).forest;
        let block = scores(&forest, &x);
        for (row, &score) in x.chunks(5).zip(&block) {
            prop_assert_eq!(forest.score_one(row).to_bits(), score.to_bits());
            let mut parts = vec![7.0];
            let bias = forest.contributions(row, &mut parts);
            prop_assert_eq!(parts.len(), 5);
            let sum = (bias + parts.iter().sum::<f64>()) as f32;
            prop_assert!((sum - score).abs() < 1e-4, "{sum} {score}");
        }
        let back: Forest = postcard::from_bytes(&postcard::to_stdvec(&forest).unwrap()).unwrap();
        prop_assert_eq!(back, forest);
    }

    #[test]
    fn a_monotone_feature_never_turns(seed in 0..1_000_u64, at in prop::array::uniform5(-1.0..1.0_f32), up in 0.0..1.0_f32) {
        let (x, mut y) = task(600, seed);
        // Labels that contradict the constraint half the time.
        y.iter_mut().step_by(2).for_each(|y| *y = 1.0 - *y);
        let options = TreeOptions {
            trees: 20, learning_rate: 0.3, leaf_rows: 5, ridge: 0.1, monotone: vec![1, -1, 0, 0, 0], ..Default::default()
        };
        let forest = fit(&rows(&x, &y), None, &options).forest;
        let (mut more, mut less) = (at, at);
        more[0] += up;
        less[1] += up;
        prop_assert!(forest.score_one(&more) >= forest.score_one(&at) - 1e-5);
        prop_assert!(forest.score_one(&less) <= forest.score_one(&at) + 1e-5);
    }
}
