//! Do the small structures do what their plain counterparts do?

use crate::cow::CowVec;
use crate::decay::split;
use crate::names::Names;
use crate::sketch::Sketch;
use crate::times::Times;
use commerce::EventKind;
use proptest::prelude::*;
use std::collections::HashMap;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_clone_of_a_table_stays_as_it_was(
        first in 0..5_000usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 0..50),
    ) {
        let mut plain: Vec<u32> = (0..first as u32).collect();
        let mut table: CowVec<u32> = plain.iter().copied().collect();
        let (before, kept) = (plain.clone(), table.clone());
        for (place, value) in changes {
            if value % 4 == 0 || plain.is_empty() {
                plain.push(value);
                table.push(value);
            } else {
                let place = place.index(plain.len());
                plain[place] = value;
                *table.get_mut(place).unwrap() = value;
            }
        }
        prop_assert!(table.iter().eq(&plain));
        prop_assert!(kept.iter().eq(&before));
        prop_assert_eq!(table.get(plain.len()), None);
        prop_assert!(plain.iter().enumerate().all(|(ix, value)| table.get(ix) == Some(value)));
    }

    #[test]
    fn names_are_numbered_in_order_of_mention(mentions in prop::collection::vec(0..400u32, 0..900)) {
        let (mut names, mut plain) = (Names::default(), HashMap::new());
        let mut kept = None;
        for (nth, mention) in mentions.iter().enumerate() {
            let next = plain.len() as u32;
            let number = *plain.entry(mention).or_insert(next);
            prop_assert_eq!(names.intern(&mention.to_string()), number);
            if nth == mentions.len() / 2 {
                kept = Some((names.clone(), plain.clone()));
            }
        }
        for (names, plain) in [(names, plain)].into_iter().chain(kept) {
            for mention in 0..400u32 {
                let found = names.find(&mention.to_string());
                prop_assert_eq!(found, plain.get(&mention).copied());
            }
        }
    }

    #[test]
    fn windows_count_what_a_plain_list_counts(
        times in prop::collection::vec(0..5_000u32, 0..1_500),
        windows in prop::collection::vec((0..5_000u32, 0..5_000u32), 20),
        cap in 256..2_000u32,
    ) {
        let mut kept = Times::default();
        times.iter().for_each(|&s| kept.add(EventKind::ViewItem, s, cap));
        for (after, until) in windows {
            let naive = times.iter().filter(|&&s| s > after && s <= until).count() as u64;
            let count = kept.count(EventKind::ViewItem, after, until);
            prop_assert!(count.n <= naive);
            prop_assert!(!count.exact || count.n == naive, "{count:?} is not {naive}");
            prop_assert!(count.exact || times.len() > cap as usize);
        }
    }

    #[test]
    fn a_sketch_bounds_every_weight(
        adds in prop::collection::vec((0..30u32, 0..40u32, 1..8u32), 1..400),
    ) {
        let half_life_s = 86_400.0;
        let mut sketch = Sketch::default();
        let mut plain: HashMap<u32, f64> = HashMap::new();
        let now_s = 1_700_000_000 + 40 * 21_600;
        for (item, quarter, weight) in adds {
            let at_s = 1_700_000_000 + quarter * 21_600;
            sketch.add(item, weight as f32, split(at_s, half_life_s), 12);
            let age = f64::from(now_s - at_s) / half_life_s;
            *plain.entry(item).or_default() += f64::from(weight) * (-age).exp2();
        }
        prop_assert!(sketch.pairs.len() <= 12);
        for (item, least, most) in sketch.at(now_s, half_life_s) {
            let weight = plain[&item];
            let slack = 1e-4 * (1.0 + weight);
            prop_assert!(f64::from(least) <= weight + slack && weight <= f64::from(most) + slack);
        }
    }
}
