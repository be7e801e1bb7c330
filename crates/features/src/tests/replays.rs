//! Is the value that was served the value that a replay finds?

use super::shop::*;
use crate::{FeatureOptions, replay};
use commerce::Fact;
use proptest::prelude::*;

/// Folds `facts` while looking at somebody after each, then replays each look from the log alone.
fn check_views(options: &FeatureOptions, facts: &[Fact], whom: &[commerce::Who]) {
    let online = crate::Features::new(options.clone());
    let mut looks = Vec::new();
    for (offset, fact) in (0..).zip(facts) {
        online.fold(offset, fact);
        let who = &whom[offset as usize % whom.len()];
        looks.push((who, online.customer(who, fact.received_at)));
    }
    for (who, served) in looks {
        let then = folded_by(options.clone(), &facts[..served.as_of as usize]);
        assert_eq!(then.customer(who, served.now), served);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_view_is_the_fold_of_the_log_up_to_its_offset(
        facts in any_history(1..60),
        whom in prop::collection::vec(any_who(), 1..8),
    ) {
        check_views(&FeatureOptions::default(), &facts, &whom);
        check_views(&cramped(), &facts, &whom);
    }

    #[test]
    fn the_item_table_is_the_fold_of_the_log_up_to_its_offset(
        facts in any_history(1..80),
        published in prop::collection::vec(any::<bool>(), 80),
    ) {
        let online = crate::Features::new(cramped());
        let mut served = Vec::new();
        for (offset, fact) in (0..).zip(&facts) {
            online.fold(offset, fact);
            if published[offset as usize] {
                online.publish();
                served.push(online.items());
            }
        }
        for items in served {
            let then = folded_by(cramped(), &facts[..items.as_of as usize]).items();
            prop_assert_eq!(format!("{:?}", items.told()), format!("{:?}", then.told()));
        }
    }

    #[test]
    fn a_replay_sees_each_fact_with_the_state_before_it(facts in any_history(1..40)) {
        let whom = |fact: &Fact| match &fact.body {
            commerce::Body::Event(event) => event.who.clone(),
            _ => commerce::Who::default(),
        };
        let mut cases = Vec::new();
        let told = (0..).zip(facts.iter());
        let last = replay(cramped(), told, |state, offset, fact| {
            state.publish();
            assert_eq!(state.items().as_of, offset);
            cases.push(state.customer(&whom(fact), fact.at));
        });
        for (offset, case) in cases.into_iter().enumerate() {
            let then = folded_by(cramped(), &facts[..offset]);
            prop_assert_eq!(then.customer(&whom(&facts[offset]), facts[offset].at), case);
        }
        prop_assert_eq!(bytes(&last), bytes(&folded_by(cramped(), &facts)));
    }

    #[test]
    fn a_fact_that_was_folded_changes_nothing(facts in any_history(1..40)) {
        let features = folded_by(cramped(), &facts);
        let once = bytes(&features);
        for (offset, fact) in (0..).zip(&facts) {
            features.fold(offset, fact);
        }
        features.publish();
        prop_assert_eq!(bytes(&features), once);
    }
}

impl crate::Items {
    /// What the table tells, without how it is laid out.
    pub(super) fn told(&self) -> impl std::fmt::Debug {
        let now = self.clock();
        let rows: Vec<_> = self
            .rows()
            .map(|(ix, row)| {
                (
                    (row.clone(), self.companions(ix, now), self.bought_with(ix, now)),
                    commerce::EventKind::ALL.map(|kind| self.count(ix, kind, 90_000, now)),
                    (self.click_rate(ix, now), self.trend(ix, now), self.sellable(ix)),
                )
            })
            .collect();
        let terms: Vec<_> =
            (0..self.terms_len()).map(|term| self.with_term(term).to_vec()).collect();
        let leaders: Vec<_> =
            crate::Span::ALL.iter().map(|&s| self.popular(s).collect::<Vec<_>>()).collect();
        (self.as_of, rows, terms, leaders, self.trending(9, now))
    }
}
