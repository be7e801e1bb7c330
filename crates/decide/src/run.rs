//! How is one decision taken, guarded and recorded?

use crate::ctx::seed_of;
use crate::{Budget, Ctx, Decided, Decider, Lineup, Refusal, WhenRecorded};
use commerce::{ArmRef, At, ConsentUse, DecisionId, DecisionRecord, Who};
use experiments::{Assigned, Experiments};
use features::{CustomerView, Features};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where the runner gets what a decision may depend on, and where records go.
pub struct Runner<'a> {
    /// What is known.
    pub features: &'a Features,
    /// What we may use of it, by who is asked about.
    pub consent: &'a dyn Fn(&Who) -> ConsentUse,
    /// Who sees which arm.
    pub experiments: &'a Experiments,
    /// Where records go.
    pub records: &'a dyn Records,
    /// How long a decision may think.
    pub budget: Duration,
}

impl std::fmt::Debug for Runner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("budget", &self.budget).finish_non_exhaustive()
    }
}

/// Where records go.
pub trait Records {
    /// Keeps `record`: with [`WhenRecorded::Before`] it is durable when this returns, with
    /// [`WhenRecorded::After`] it is so soon after.
    ///
    /// # Errors
    /// Why it could not be kept.
    fn keep(&self, record: &Arc<DecisionRecord>, when: WhenRecorded) -> Result<(), String>;
}

/// An answer, its record, and the context for whoever wants to ask again.
#[derive(Debug)]
pub struct Answered<A> {
    /// The answer.
    pub answer: A,
    /// The record, already kept or on its way.
    pub record: Arc<DecisionRecord>,
    /// What the decision saw.
    pub ctx: Ctx,
}

impl Runner<'_> {
    /// Takes one decision: fetch → consent → arm → budget → decide → record → answer.
    ///
    /// `id` brings time and chance: it holds the millisecond that counts as now, and the seed.
    ///
    /// # Errors
    /// Only for decisions that must be recorded before they are answered: why the record could
    /// not be kept.
    pub fn run<D: Decider>(
        &self,
        lineup: &Lineup<D>,
        ask: &D::Ask,
        id: DecisionId,
    ) -> Result<Answered<D::Answer>, String> {
        let started = Instant::now();
        let needs = lineup.live.needs(ask);
        let consent = (self.consent)(&needs.who);
        let kind = lineup.live.kind(ask);
        let assigned: Vec<Assigned<'_>> = self.experiments.assign(kind, &needs.who).collect();
        let policy = Arc::clone(lineup.pick(assigned.iter().find_map(|assigned| assigned.policy)));
        let arms = assigned.into_iter().map(Assigned::to_ref).collect();
        let ctx = self.fetch(id, &needs.who, needs.customer, consent, arms);
        let decided = guarded(policy.as_ref(), &ctx, ask);
        let (mut record, answer) = record(policy.as_ref(), &ctx, ask, needs.who, decided);
        record.took_us = micros_since(started);
        let record = Arc::new(record);
        match (self.records.keep(&record, D::RECORDED), D::RECORDED) {
            (Err(why), WhenRecorded::Before) => return Err(why),
            (Err(why), WhenRecorded::After) => {
                tracing::error!(decision = %id, why, "a decision was answered but not recorded");
            }
            (Ok(()), _) => {}
        }
        Ok(Answered { answer, record, ctx })
    }

    fn fetch(
        &self,
        id: DecisionId,
        who: &Who,
        wanted: bool,
        consent: ConsentUse,
        arms: Vec<ArmRef>,
    ) -> Ctx {
        let now = At::from_ms(id.at_ms());
        // The customer first: the item table is then at least as new, and an event that moved
        // both is never seen in the customer's history but missing from the items.
        let customer = if wanted && consent.personal {
            self.features.customer(who, now)
        } else {
            CustomerView::empty(&Who::default(), now, self.features.options_shared())
        };
        Ctx {
            decision: id,
            now,
            seed: seed_of(id),
            consent,
            arms,
            customer,
            items: self.features.items(),
            budget: Budget::lasting(self.budget),
        }
    }
}

/// Decides under a panic guard; refusals and panics become the fallback, marked as degraded.
pub(crate) fn guarded<D: Decider>(policy: &D, ctx: &Ctx, ask: &D::Ask) -> Decided<D::Answer> {
    let refusal = match catch_unwind(AssertUnwindSafe(|| policy.decide(ctx, ask))) {
        Ok(Ok(decided)) => return decided,
        Ok(Err(refusal)) => refusal,
        Err(panic) => Refusal::Panicked(words_of(panic.as_ref())),
    };
    if let Refusal::Panicked(words) = &refusal {
        tracing::error!(decision = %ctx.decision, domain = D::DOMAIN, words, "a decision panicked");
    }
    let mut decided = policy.fallback(ctx, ask, &refusal);
    decided.degraded.get_or_insert_with(|| refusal.to_string());
    decided
}

/// Microseconds since `started`, at most what 32 bits hold (71 minutes).
pub(crate) fn micros_since(started: Instant) -> u32 {
    u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

/// The record of `decided`, and the answer. `took_us` is zero: only the live run knows it.
pub(crate) fn record<D: Decider>(
    policy: &D,
    ctx: &Ctx,
    ask: &D::Ask,
    who: Who,
    decided: Decided<D::Answer>,
) -> (DecisionRecord, D::Answer) {
    debug_assert!(
        decided.chosen.iter().all(|c| c.propensity > 0.0 && c.propensity <= 1.0),
        "propensities are positive and at most 1"
    );
    let record = DecisionRecord {
        id: ctx.decision,
        kind: policy.kind(ask).into(),
        at: ctx.now,
        who,
        ask: policy.encode_ask(ask),
        as_of: ctx.as_of(),
        seed: ctx.seed,
        consent: ctx.consent,
        arms: ctx.arms.clone(),
        policy: policy.policy(),
        models: policy.models(),
        considered_total: decided.considered_total,
        considered: decided.considered,
        stopped: decided.stopped,
        chosen: decided.chosen,
        reasons: decided.reasons,
        degraded: decided.degraded.map(Into::into),
        cut_at: ctx.budget.cut_at(),
        took_us: 0,
    };
    (record, decided.answer)
}
