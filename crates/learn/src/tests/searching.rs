//! The search finds a known optimum, repeats itself, and stops when told to.

use crate::{
    error::FitError,
    progress::Progress,
    search::{Dial, Effort, Scale, search},
};
use std::ops::ControlFlow;

const DIALS: [Dial; 3] = [
    Dial { name: "x", low: -2.0, high: 2.0, scale: Scale::Linear },
    Dial { name: "y", low: 0.01, high: 100.0, scale: Scale::Log },
    Dial { name: "n", low: 1.0, high: 9.0, scale: Scale::Whole },
];
const EFFORT: Effort = Effort { seed: 1, random: 20, rounds: 8 };

fn hill(at: &[f64]) -> Result<f64, FitError> {
    Ok(-(at[0] - 0.7).powi(2) - (at[1] / 3.0).ln().powi(2) - (at[2] - 4.0).powi(2))
}

#[test]
fn finds_the_top_of_a_hill_and_repeats() {
    let found = search("hill", &DIALS, &[0.0, 1.0, 1.0], EFFORT, Progress::SILENT, hill).unwrap();
    assert!(found.best.value > -0.01, "{:?}", found.best);
    assert_eq!(found.best.at[2], 4.0);
    let again = search("hill", &DIALS, &[0.0, 1.0, 1.0], EFFORT, Progress::SILENT, hill).unwrap();
    assert_eq!(found, again);
}

#[test]
fn a_nan_never_wins() {
    let mut calls = 0;
    let found = search("nan", &DIALS, &[0.0, 1.0, 1.0], EFFORT, Progress::SILENT, |_| {
        calls += 1;
        Ok(if calls == 1 { 0.0 } else { f64::NAN })
    });
    assert_eq!(found.unwrap().best.value, 0.0);
}

#[test]
fn stops_when_the_hook_says_so() {
    let hook = |step: crate::progress::Step<'_>| {
        if step.done >= 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = search("x", &DIALS, &[0.0, 1.0, 1.0], EFFORT, Progress::to(&hook), hill);
    assert_eq!(stopped.unwrap_err(), FitError::Cancelled);
}
