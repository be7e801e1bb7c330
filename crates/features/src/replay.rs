//! What was known just before each fact? Point-in-time training sets.
//!
//! The state that a replay walks through is folded by the code that serves, so a feature read here
//! is the feature that would have been served: there is no second implementation to drift.

use crate::fold::Features;
use crate::options::FeatureOptions;
use commerce::Fact;
use std::borrow::Borrow;

/// Folds `facts`, given with their offsets in log order, into a new state, and calls `before` just
/// before each is folded: a domain labels the fact with the features as of that moment. Returns
/// the state after the last one. Memory is that of the state; facts are dropped as they are folded.
///
/// Views of customers are of that moment at once. The item table is as last published, as it is
/// online, where it is published after each batch: call [`Features::publish`] first in `before`
/// wherever the items of that very moment are wanted (some 10 µs each, so not for facts that make
/// no training case).
pub fn replay<F: Borrow<Fact>>(
    options: FeatureOptions,
    facts: impl IntoIterator<Item = (u64, F)>,
    mut before: impl FnMut(&Features, u64, &Fact),
) -> Features {
    let state = Features::new(options);
    for (offset, fact) in facts {
        let fact = fact.borrow();
        before(&state, offset, fact);
        state.fold(offset, fact);
    }
    state.publish();
    state
}
