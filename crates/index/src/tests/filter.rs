//! Bitsets against the sets of the standard library.

use crate::Bitset;
use proptest::collection::btree_set;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn check(set: &Bitset, expected: &BTreeSet<u32>) {
    assert_eq!(set.iter().collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
    assert_eq!(set.count(), expected.len());
    assert_eq!(set.is_empty(), expected.is_empty());
    assert!((0..400).all(|id| set.contains(id) == expected.contains(&id)));
}

proptest! {
    #[test]
    fn sets_join_like_sets(a in btree_set(0_u32..300, 0..80), b in btree_set(0_u32..300, 0..80)) {
        let (left, right): (Bitset, Bitset) = (a.iter().copied().collect(), b.iter().copied().collect());
        let joined = |join: fn(&mut Bitset, &Bitset)| {
            let mut set = left.clone();
            join(&mut set, &right);
            set
        };
        check(&left, &a);
        check(&joined(Bitset::and), &(&a & &b));
        check(&joined(Bitset::or), &(&a | &b));
        check(&joined(Bitset::and_not), &(&a - &b));
        let mut rest = left.clone();
        rest.not(310);
        check(&rest, &(&(0..310).collect() - &a));
    }

    #[test]
    fn members_come_and_go(changes in prop::collection::vec((0_u32..300, any::<bool>()), 0..200)) {
        let (mut set, mut expected) = (Bitset::with_capacity(64), BTreeSet::new());
        for (id, add) in changes {
            if add {
                prop_assert_eq!(set.insert(id), expected.insert(id));
            } else {
                prop_assert_eq!(set.remove(id), expected.remove(&id));
            }
        }
        check(&set, &expected);
    }
}

#[test]
fn full_set_ends_where_asked() {
    for ids in [0, 1, 63, 64, 65, 128] {
        check(&Bitset::full(ids), &(0..ids as u32).collect());
    }
}
