//! Are transitions what a hand would count?

use super::*;
use crate::sequences::Event;

fn lists() -> Sequences {
    let mut made = Sequences::new(4);
    for list in [[0, 1, 2], [0, 1, 3], [1, 0, 2]] {
        let mut events: Vec<Event> =
            (0..).zip(list).map(|(at_s, item)| Event { item, at_s, weight: 1.0 }).collect();
        made.push(&mut events).unwrap();
    }
    made
}

fn weight(map: &SequenceMap, from: usize, to: u32) -> f32 {
    map.weights().value(from, to).unwrap_or(0.0)
}

#[test]
fn counts_by_hand() {
    let options = TransitionOptions { backward: 0.5, power: 0.0, ..TransitionOptions::default() };
    let map = fit(&lists(), &options, Progress::SILENT).unwrap();
    let fade = (-1.0_f32).exp();
    assert!((weight(&map, 0, 1) - (2.0 + 0.5)).abs() < 1e-6, "twice after, once before");
    assert!((weight(&map, 1, 0) - (1.0 + 0.5 * 2.0)).abs() < 1e-6);
    assert!((weight(&map, 0, 2) - (1.0 + fade)).abs() < 1e-6, "once next, once skipping one");
    assert!((weight(&map, 2, 0) - 0.5 * (1.0 + fade)).abs() < 1e-6, "only the other order");
}

#[test]
fn power_one_gives_shares() {
    let options = TransitionOptions {
        backward: 0.0,
        power: 1.0,
        shrink: 0.0,
        ..TransitionOptions::default()
    };
    let map = fit(&lists(), &options, Progress::SILENT).unwrap();
    for row in map.weights().iter().filter(|row| !row.is_empty()) {
        assert!((row.values.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}

#[test]
fn bad_options_are_named() {
    let bad = [
        TransitionOptions { decay: 0.0, ..TransitionOptions::default() },
        TransitionOptions { backward: 2.0, ..TransitionOptions::default() },
        TransitionOptions { power: -0.1, ..TransitionOptions::default() },
        TransitionOptions { shrink: f32::NAN, ..TransitionOptions::default() },
    ];
    for options in bad {
        let fitted = fit(&lists(), &options, Progress::SILENT);
        assert!(matches!(fitted, Err(FitError::Input(_))), "{options:?}");
    }
}
