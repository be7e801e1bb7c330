//! The gradient against differences, the fit against what made the data, and what it refuses.

use super::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const COLUMNS: usize = 4;

/// Lists of 3 to 12 rows, in each of which the one relevant row was drawn by the model itself: its
/// chance rises with column 0 and falls with column 1. Column 2 is noise and column 3 the same
/// everywhere. Columns differ in scale.
struct Made {
    values: Vec<f32>,
    is_relevant: Vec<bool>,
    lengths: Vec<usize>,
}

impl Made {
    fn new(lists: usize, seed: u64) -> Self {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let lengths: Vec<usize> = (0..lists).map(|_| rng.random_range(3..=12)).collect();
        let (mut values, mut is_relevant) = (Vec::new(), Vec::new());
        for &length in &lengths {
            let rows: Vec<[f32; 3]> =
                (0..length).map(|_| std::array::from_fn(|_| rng.random::<f32>() - 0.5)).collect();
            let odds: Vec<f32> = rows.iter().map(|[a, b, _]| (6.0 * a - 3.0 * b).exp()).collect();
            let mut left = rng.random::<f32>() * odds.iter().sum::<f32>();
            let drawn = odds.iter().position(|odds| {
                left -= odds;
                left < 0.0
            });
            for (row, [a, b, c]) in rows.into_iter().enumerate() {
                values.extend([a, 100.0 * b + 7.0, c, 0.1]);
                is_relevant.push(row == drawn.unwrap_or(length - 1));
            }
        }
        Self { values, is_relevant, lengths }
    }

    fn lists(&self) -> Lists<'_> {
        let Self { values, is_relevant, lengths } = self;
        Lists { columns: COLUMNS, values, is_relevant, lengths }
    }

    fn fit(&self) -> Listwise {
        Listwise::fit(&self.lists(), ListwiseOptions::default(), Progress::SILENT).unwrap()
    }

    fn loss(&self) -> Loss {
        let (means, scales) = spread(&self.lists());
        let model = Listwise { means, scales, weights: vec![0.0; COLUMNS], clip: 6.0 };
        Loss::new(&self.lists(), &model, 1e-3)
    }
}

#[test]
fn the_gradient_is_the_slope_of_the_loss() {
    let mut made = Made::new(150, 1);
    // Some lists have many relevant rows, some none.
    made.is_relevant[..200].iter_mut().step_by(3).for_each(|is_relevant| *is_relevant = true);
    made.is_relevant[500..560].fill(false);
    let loss = made.loss();
    let at = [0.7, -0.4, 0.2, 1.5];
    let (mut gradient, mut unused) = (vec![0.0; COLUMNS], vec![0.0; COLUMNS]);
    loss.at(&at, &mut gradient);
    for column in 0..COLUMNS {
        let mut value = |shift: f64| {
            let mut at = at;
            at[column] += shift;
            loss.at(&at, &mut unused)
        };
        let slope = (value(1e-5) - value(-1e-5)) / 2e-5;
        assert!((slope - gradient[column]).abs() < 1e-6, "{column}: {slope} {gradient:?}");
    }
}

#[test]
fn the_loss_is_the_formula() {
    let lists = Lists {
        columns: 1,
        values: &[1.0, 3.0, 2.0, 2.0],
        is_relevant: &[true, false, false, false],
        lengths: &[2, 2],
    };
    let model = Listwise { means: vec![0.0], scales: vec![1.0], weights: vec![0.0], clip: 6.0 };
    let (value, mut gradient) = (0.5_f64, [0.0]);
    let loss = Loss::new(&lists, &model, 0.01).at(&[value], &mut gradient);
    // The second list has nothing relevant, so the mean is over the first alone.
    let expected = -(0.5_f64.exp() / (0.5_f64.exp() + 1.5_f64.exp())).ln() + 0.01 * 0.25;
    assert!((loss - expected).abs() < 1e-12, "{loss} {expected}");
}

#[test]
fn what_made_the_data_is_found() {
    let made = Made::new(2_000, 2);
    let model = made.fit();
    let [first, second, noise, constant] = model.weights() else { panic!("four columns") };
    // In units of a deviation, 1/√12 of the range: 6 and 3 become 1.73 and 0.87.
    assert!((first - 1.73).abs() < 0.2 && (second + 0.87).abs() < 0.2, "{:?}", model.weights());
    assert!(noise.abs() < 0.1 && *constant == 0.0, "{:?}", model.weights());
    let weights: Vec<f64> = model.weights().iter().map(|weight| f64::from(*weight)).collect();
    let mut gradient = vec![0.0; COLUMNS];
    made.loss().at(&weights, &mut gradient);
    assert!(gradient.iter().all(|slope| slope.abs() < 1e-3), "no minimum: {gradient:?}");
}

#[test]
fn threads_do_not_change_a_bit() {
    let made = Made::new(700, 3);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| made.fit())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn parts_sum_to_the_score() {
    let made = Made::new(50, 4);
    let model = made.fit();
    for row in made.values.chunks_exact(COLUMNS).chain([[1e9, -1e9, 0.0, 3.0].as_slice()]) {
        let parts: f32 = model.explain_score(row).iter().sum();
        assert!((parts - model.score(row)).abs() < 1e-5 && parts.is_finite());
    }
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let refused = |change: fn(&mut Made)| {
        let mut made = Made::new(5, 5);
        change(&mut made);
        let options = ListwiseOptions::default();
        Listwise::fit(&made.lists(), options, Progress::SILENT).unwrap_err().to_string()
    };
    assert!(refused(|made| made.lengths[0] += 1).contains("in lists"));
    assert_eq!(refused(|made| made.values[6] = f32::NAN), "row 1, column 2 is NaN, want finite");
    assert_eq!(refused(|made| made.is_relevant.fill(false)), "no list has a relevant row");
}
