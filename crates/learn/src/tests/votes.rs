//! Do sparse sums agree with dense ones?

use crate::votes::Votes;
use proptest::prelude::*;

proptest! {
    #[test]
    fn sparse_sums_are_dense_sums(
        answers in prop::collection::vec(
            prop::collection::vec((0..5_000_u32, -4..9_i32, 0..9_u32), 0..3_000),
            1..4,
        ),
    ) {
        let mut votes = Votes::default();
        for answer in answers {
            votes.start(answer.len() / 8);
            let (mut sums, mut order) = (vec![None::<f32>; 5_000], Vec::new());
            let mut most = vec![(f32::NEG_INFINITY, 0); 5_000];
            for (item, vote, by) in answer {
                let vote = vote as f32;
                votes.add(item, vote, by);
                if sums[item as usize].is_none() {
                    order.push(item);
                }
                *sums[item as usize].get_or_insert(0.0) += vote;
                if vote > most[item as usize].0 {
                    most[item as usize] = (vote, by);
                }
            }
            if let Some(&item) = order.last() {
                prop_assert_eq!(votes.remove(item), sums[item as usize].unwrap());
                sums[item as usize] = Some(0.0);
            }
            prop_assert_eq!(votes.remove(5_001), 0.0);
            let found: Vec<_> = votes.drain().collect();
            let wanted: Vec<_> = order
                .iter()
                .map(|&item| (item, sums[item as usize].unwrap(), most[item as usize].1))
                .collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
