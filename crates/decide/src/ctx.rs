//! What may a decision see? Everything that it may depend on, and nothing else.

use crate::Budget;
use commerce::{ArmRef, AsOf, At, ConsentUse, DecisionId};
use features::{CustomerView, Items};
use std::sync::Arc;

/// The world of one decision. The same `Ctx` and the same ask give the same bytes.
#[derive(Debug)]
pub struct Ctx {
    /// The decision's id.
    pub decision: DecisionId,
    /// The time that counts as now.
    pub now: At,
    /// Where every chance comes from.
    pub seed: u64,
    /// What we may use. When it is not personal, `customer` is empty: a domain cannot use by
    /// mistake what it was not given.
    pub consent: ConsentUse,
    /// The arms that this decision runs under.
    pub arms: Vec<ArmRef>,
    /// What is known of the customer.
    pub customer: CustomerView,
    /// What is known of the items.
    pub items: Arc<Items>,
    /// How long there is to think.
    pub budget: Budget,
}

impl Ctx {
    /// The state of the log that this context was fetched from.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        AsOf { items: self.items.as_of, customers: self.customer.as_of }
    }
}

/// The seed that belongs to a decision: SplitMix64 over both halves of its id.
pub(crate) fn seed_of(id: DecisionId) -> u64 {
    let bits = id.as_u128();
    mix((bits as u64) ^ mix((bits >> 64) as u64))
}

/// SplitMix64's finaliser (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
/// 2014).
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
