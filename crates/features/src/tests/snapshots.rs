//! Does a saved state come back whole, and does damage cost an error and nothing else?

use super::shop::*;
use crate::{FeatureOptions, Features, LoadError};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_restart_loses_nothing(facts in any_history(2..90), cut in 0..90usize) {
        let cut = cut % facts.len();
        let saved = bytes(&folded_by(cramped(), &facts[..cut]));
        let again = Features::load(cramped(), &mut saved.as_slice()).unwrap();
        prop_assert_eq!(bytes(&again), saved);
        prop_assert_eq!(again.folded(), cut as u64);
        for (offset, fact) in (0..).zip(&facts) {
            again.fold(offset, fact);
        }
        again.publish();
        let whole = folded_by(cramped(), &facts);
        prop_assert_eq!(bytes(&again), bytes(&whole));
        for who in [by_customer(1), by_device(1)] {
            prop_assert_eq!(again.customer(&who, at(9)), whole.customer(&who, at(9)));
        }
        let told = |f: &Features| format!("{:?}", f.items().told());
        prop_assert_eq!(told(&again), told(&whole));
    }

    #[test]
    fn damage_is_an_error_or_harmless(
        facts in any_history(5..30),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in any::<prop::sample::Index>(),
    ) {
        let mut saved = bytes(&folded(&facts));
        prop_assert!(Features::load(
            FeatureOptions::default(),
            &mut &saved[..end.index(saved.len())]
        ).is_err());
        for (place, byte) in flips {
            let place = place.index(saved.len());
            saved[place] = byte;
        }
        if let Ok(loaded) = Features::load(FeatureOptions::default(), &mut saved.as_slice()) {
            let offset = loaded.folded();
            for (fact, offset) in facts.iter().zip(offset..u64::MAX) {
                loaded.fold(offset, fact);
            }
            loaded.publish();
            let view = loaded.customer(&by_device(1), at(0));
            prop_assert_eq!(view.now, at(0));
        }
    }
}

#[test]
fn other_options_and_versions_are_refused() {
    let mut saved = bytes(&folded(&[]));
    let load = |saved: &[u8], options| Features::load(options, &mut &*saved);
    assert!(matches!(load(&saved, cramped()), Err(LoadError::Options)));
    saved[0] = 9;
    let refused = load(&saved, FeatureOptions::default());
    assert!(matches!(refused, Err(LoadError::Version { found: 9 })));
}

#[test]
fn options_outside_their_range_are_named() {
    let checked = |change: fn(&mut FeatureOptions)| {
        let mut options = FeatureOptions::default();
        change(&mut options);
        options.checked().map_err(|why| why.to_string())
    };
    assert!(checked(|_| ()).is_ok());
    assert_eq!(
        checked(|o| o.shown_kept = 3).unwrap_err(),
        "features.shown_kept is 3; allowed is 8 to 65536"
    );
    assert!(checked(|o| o.half_life_hours = [12.0, 6.0, 720.0]).is_err());
    assert!(checked(|o| o.weights.refund = f32::NAN).is_err());
}
