//! Calibration against hand-worked steps and what must hold for any scores.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::*;

#[test]
fn pools_what_violates_the_order() {
    let scores = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let outcomes = [false, true, false, false, true, true];
    let steps = Isotonic::fit(&scores, &outcomes).unwrap();
    // 2, 3, 4 hold one of three; 5 and 6 agree.
    assert_eq!(steps.scores, [1.0, 3.0, 5.5]);
    assert_eq!(steps.chances, [0.0, 1.0 / 3.0, 1.0]);
    assert_eq!(steps.probability(-9.0), 0.0);
    assert_eq!(steps.probability(2.0), 1.0 / 6.0);
    assert_eq!(steps.probability(9.0), 1.0);
}

#[test]
fn platt_finds_the_curve_behind_the_outcomes() {
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    let scores: Vec<f32> = (0..20_000).map(|_| rng.random::<f32>() * 8.0 - 4.0).collect();
    let truth = Platt { a: -1.5, b: 0.7 };
    let outcomes: Vec<bool> =
        scores.iter().map(|&score| rng.random::<f32>() < truth.probability(score)).collect();
    let found = Platt::fit(&scores, &outcomes).unwrap();
    assert!((found.a - truth.a).abs() < 0.06 && (found.b - truth.b).abs() < 0.06, "{found:?}");
}

#[test]
fn measures_are_their_definitions() {
    let measured =
        Calibratedness::of(&[0.1, 0.1, 0.8, 0.6], &[false, true, true, true], 2).unwrap();
    // Bins [0, .5) and [.5, 1]: |1 − .2| + |2 − 1.4| over 4 rows.
    assert!((measured.ece - (0.8 + 0.6) / 4.0).abs() < 1e-6);
    assert!((measured.brier - (0.01 + 0.81 + 0.04 + 0.16) / 4.0).abs() < 1e-6);
    let log = -(0.9_f64.ln() + 0.1_f64.ln() + 0.8_f64.ln() + 0.6_f64.ln()) / 4.0;
    assert!((measured.log_loss - log).abs() < 1e-6);
    assert!(Calibratedness::of(&[], &[], 10).is_none());
}

#[test]
fn both_mend_an_overconfident_score() {
    let mut rng = Pcg64Mcg::seed_from_u64(8);
    let mut draw = |count: usize| -> (Vec<f32>, Vec<bool>) {
        let chances = (0..count).map(|_| rng.random::<f32>()).collect::<Vec<_>>();
        let outcomes = chances.iter().map(|&p| rng.random::<f32>() < p).collect();
        // Said log-odds are three times the true ones.
        (chances.iter().map(|p| 3.0 * (p / (1.0 - p)).ln().clamp(-9.0, 9.0)).collect(), outcomes)
    };
    let (scores, outcomes) = draw(5_000);
    let (fresh, happened) = draw(5_000);
    let ece = |chance: &dyn Fn(f32) -> f32| {
        let chances: Vec<f32> = fresh.iter().map(|&score| chance(score)).collect();
        Calibratedness::of(&chances, &happened, 15).unwrap().ece
    };
    let raw = ece(&|score| 1.0 / (1.0 + (-score).exp()));
    for isotonic_min in [1_000, 1_000_000] {
        let fitted = Calibration::fit(&scores, &outcomes, isotonic_min).unwrap();
        let mended = ece(&|score| fitted.probability(score));
        assert!(mended < 0.025 && raw > 0.1, "{raw} {mended}");
    }
}

#[test]
fn names_what_does_not_fit() {
    let said = Calibration::fit(&[f32::NAN], &[true], 1).unwrap_err().to_string();
    assert_eq!(said, "calibrate: score 0 is NaN");
    assert!(Calibration::fit(&[], &[], 1).is_err());
    assert!(Platt::fit(&[1.0], &[]).is_err());
}

proptest! {
    #[test]
    fn always_monotone_and_a_probability(
        rows in prop::collection::vec((-50.0..50.0_f32, any::<bool>()), 1..80),
        mut asked in prop::collection::vec(prop_oneof![-100.0..100.0_f32, Just(f32::MAX), Just(f32::MIN), Just(f32::INFINITY)], 2..20),
        isotonic_min in prop_oneof![Just(0_usize), Just(1_000)],
    ) {
        let (scores, outcomes): (Vec<f32>, Vec<bool>) = rows.into_iter().unzip();
        let fitted = Calibration::fit(&scores, &outcomes, isotonic_min).unwrap();
        asked.sort_by(f32::total_cmp);
        let chances: Vec<f32> = asked.iter().map(|&score| fitted.probability(score)).collect();
        prop_assert!(chances.iter().all(|p| (0.0..=1.0).contains(p)), "{chances:?}");
        prop_assert!(chances.windows(2).all(|w| w[0] <= w[1]), "{chances:?}");
        prop_assert!(fitted.probability(f32::NAN) <= chances[0]);
    }

    #[test]
    fn isotonic_keeps_the_mean(rows in prop::collection::vec((0..20_i16, any::<bool>()), 1..80)) {
        let scores: Vec<f32> = rows.iter().map(|row| f32::from(row.0)).collect();
        let outcomes: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let fitted = Isotonic::fit(&scores, &outcomes).unwrap();
        prop_assert!(fitted.chances.is_sorted() && fitted.scores.is_sorted());
        let back: Calibration = postcard::from_bytes(&postcard::to_stdvec(&Calibration::Isotonic(fitted.clone())).unwrap()).unwrap();
        prop_assert_eq!(back, Calibration::Isotonic(fitted));
    }
}
