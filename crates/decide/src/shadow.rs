//! What would another policy have answered? Asked beside the live one; it never answers anybody.

use crate::run::{guarded, micros_since};
use crate::{Budget, Ctx, Decider};
use commerce::{DecisionRecord, ShadowRecord};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// Asks `policy` what `live` was asked, in the same context but with time of its own, and
/// compares.
#[must_use]
pub fn shadow<D: Decider>(
    policy_name: &str,
    policy: &D,
    live: &DecisionRecord,
    mut ctx: Ctx,
    ask: &D::Ask,
    allowed: Duration,
) -> ShadowRecord {
    let started = Instant::now();
    ctx.budget = Budget::lasting(allowed);
    let decided = guarded(policy, &ctx, ask);
    let chosen: Vec<Box<str>> = decided.chosen.into_iter().map(|choice| choice.what).collect();
    let theirs: HashSet<&str> = chosen.iter().map(AsRef::as_ref).collect();
    let shared = live.chosen.iter().filter(|choice| theirs.contains(&*choice.what)).count();
    ShadowRecord {
        decision: live.id,
        policy_name: policy_name.into(),
        policy: policy.policy(),
        models: policy.models(),
        overlap: if live.chosen.is_empty() {
            1.0
        } else {
            shared as f32 / live.chosen.len() as f32
        },
        chosen,
        took_us: micros_since(started),
        failed: decided.degraded.map(Into::into),
    }
}
