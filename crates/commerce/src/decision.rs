//! What was decided, and how can it be defended? The one record for every domain.
//!
//! A record holds what was asked, which state of the log it was answered from, what was
//! considered, stopped and chosen, with which probability, for which reasons, by which models and
//! options, under which arms and which consent. From it a decision is explained, replayed to the
//! same bytes, compared with another policy, and joined with its outcomes.

use crate::{At, DecisionId, Who};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An answer and everything needed to defend it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// Its id, which the answer carried and outcomes refer to.
    pub id: DecisionId,
    /// `domain.ask`: `recommend.home`.
    pub kind: Box<str>,
    /// When it was taken.
    pub at: At,
    /// For whom.
    pub who: Who,
    /// The ask, in the domain's own durable encoding.
    pub ask: Vec<u8>,
    /// The state of the log that it was answered from.
    pub as_of: AsOf,
    /// The seed of every chance in it.
    pub seed: u64,
    /// What we were allowed to use.
    pub consent: ConsentUse,
    /// The experiments it was part of.
    pub arms: Vec<ArmRef>,
    /// Hash of the options in force (see [`crate::Policy`]).
    pub policy: u64,
    /// The models that took part.
    pub models: Vec<ModelRef>,
    /// How many candidates were thought of.
    pub considered_total: u32,
    /// The best of them, best first, as many as the options say.
    pub considered: Vec<Considered>,
    /// What guards stopped.
    pub stopped: Vec<Stop>,
    /// What was answered, in order.
    pub chosen: Vec<Choice>,
    /// Why the answer as a whole is as it is.
    pub reasons: Vec<Reason>,
    /// Why the answer is a lesser one, if it is.
    pub degraded: Option<Box<str>>,
    /// The checkpoint at which the time budget was found spent, if it was.
    pub cut_at: Option<u16>,
    /// How long it took, in microseconds. The only field that a replay may not repeat.
    pub took_us: u32,
}

impl DecisionRecord {
    /// Whether it was made for somebody in particular, by what is known of them.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.consent.personal && !self.who.is_nobody()
    }
}

/// A state of the log, as far as one decision depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// Item features had seen every fact before this offset.
    pub items: u64,
    /// Customer features had seen every fact before this offset.
    pub customers: u64,
}

/// What we were allowed to use of what we know about this customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentUse {
    /// Whether the answer was made for this customer, or for anybody.
    pub personal: bool,
    /// Whether the customer said so (as against the shop's default).
    pub declared: bool,
}

/// The arm of an experiment that a decision ran under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmRef {
    /// Which experiment.
    pub experiment: Box<str>,
    /// Which arm.
    pub arm: Box<str>,
    /// The probability with which it was assigned, in (0, 1].
    pub propensity: f32,
}

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelRef {
    /// `recommend`.
    pub name: Box<str>,
    /// Counts up from 1 with each training.
    pub version: u32,
}

/// Something that was thought of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    /// What: an item id, a price, a verdict.
    pub what: Box<str>,
    /// Which sources proposed it: a bit for each, in the domain's order.
    pub sources: u32,
    /// What it was expected to bring, in the domain's unit.
    pub score: f32,
}

/// Something that a guard stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Which guard.
    pub guard: Cow<'static, str>,
    /// How many candidates it stopped.
    pub count: u32,
    /// A few of them.
    pub examples: Vec<Box<str>>,
}

/// Something that was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What: an item id, a price, a verdict.
    pub what: Box<str>,
    /// What it was expected to bring, in the domain's unit.
    pub score: f32,
    /// The probability with which it was chosen for this place, in (0, 1].
    pub propensity: f32,
    /// Which sources proposed it: a bit for each, in the domain's order.
    pub sources: u32,
    /// What the score is made of; the parts sum to it.
    pub parts: Vec<Part>,
    /// Why it was chosen.
    pub reasons: Vec<Reason>,
}

/// One addend of a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What adds: an index into the domain's list of score parts.
    pub code: u16,
    /// How much.
    pub value: f32,
}

/// Why, in a form that can be put into a sentence in any language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The domain's code: `similar_to`, `trending`, …
    pub code: Cow<'static, str>,
    /// What speaks for it: item ids, categories, counts, as the code defines.
    pub evidence: Vec<Box<str>>,
}

/// What a second policy would have answered to the same ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShadowRecord {
    /// The live decision.
    pub decision: DecisionId,
    /// The second policy's name.
    pub policy_name: Box<str>,
    /// Hash of its options.
    pub policy: u64,
    /// Its models.
    pub models: Vec<ModelRef>,
    /// Its choices, best first.
    pub chosen: Vec<Box<str>>,
    /// The part of the live choices that it would have chosen too, in [0, 1].
    pub overlap: f32,
    /// How long it took, in microseconds.
    pub took_us: u32,
    /// Why it did not answer, if it did not.
    pub failed: Option<Box<str>>,
}
