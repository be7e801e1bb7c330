//! Does the same state still give the same bytes?

use crate::run::{guarded, record};
use crate::{Budget, Ctx, Decider};
use commerce::DecisionRecord;
use features::{CustomerView, Items};
use std::sync::Arc;

/// What came of asking again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// The record that the same ask gives today; `took_us` is taken over from the old one.
    pub record: DecisionRecord,
    /// The fields in which it differs from the old one. Empty: the same bytes.
    pub differs: Vec<&'static str>,
}

/// Asks again what `old` records, of `policy`, in the state it was answered from.
///
/// `items` and `customer` are the features as of `old.as_of`; the caller folds the log up to
/// there. For a decision that was not personal the customer is not looked at.
///
/// # Errors
/// When the recorded ask cannot be read.
pub fn replay<D: Decider>(
    policy: &D,
    old: &DecisionRecord,
    items: Arc<Items>,
    customer: CustomerView,
) -> Result<Replayed, String> {
    let ask = policy.decode_ask(&old.ask)?;
    let known = old.consent.personal && policy.needs(&ask).customer;
    let ctx = Ctx {
        decision: old.id,
        now: old.at,
        seed: old.seed,
        consent: old.consent,
        arms: old.arms.clone(),
        customer: if known { customer } else { customer.emptied() },
        items,
        budget: Budget::recorded(old.cut_at),
    };
    let decided = guarded(policy, &ctx, &ask);
    let (mut record, _) = record(policy, &ctx, &ask, old.who.clone(), decided);
    record.took_us = old.took_us;
    let differs = differences(old, &record);
    Ok(Replayed { record, differs })
}

fn differences(old: &DecisionRecord, new: &DecisionRecord) -> Vec<&'static str> {
    let checks = [
        ("kind", old.kind == new.kind),
        ("ask", old.ask == new.ask),
        ("as_of", old.as_of == new.as_of),
        ("policy", old.policy == new.policy),
        ("models", old.models == new.models),
        ("considered_total", old.considered_total == new.considered_total),
        ("considered", old.considered == new.considered),
        ("stopped", old.stopped == new.stopped),
        ("chosen", old.chosen == new.chosen),
        ("reasons", old.reasons == new.reasons),
        ("degraded", old.degraded == new.degraded),
        ("cut_at", old.cut_at == new.cut_at),
    ];
    checks.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
}
