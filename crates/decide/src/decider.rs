//! What does a domain have to say?

use crate::{Ctx, Language, Names};
use commerce::{Choice, Considered, DecisionRecord, ModelRef, Reason, Stop, Who};

/// Answers one kind of question. A value is one policy: options and models together, never
/// changed once made, swapped whole.
pub trait Decider: Send + Sync {
    /// What is asked. Kept in the record, so that it can be asked again.
    type Ask: Clone + Send + Sync;
    /// What is answered.
    type Answer: Send;
    /// The domain: `recommend`.
    const DOMAIN: &'static str;
    /// When the record is written, and so what a failure to write it means.
    const RECORDED: WhenRecorded;

    /// `domain.ask`: `recommend.home`.
    fn kind(&self, ask: &Self::Ask) -> &'static str;

    /// What to fetch before thinking.
    fn needs(&self, ask: &Self::Ask) -> Needs;

    /// Thinks: no IO, no clock, no dice but those in `ctx`.
    ///
    /// # Errors
    /// [`Refusal`] when there is no answer of its own; the runner then asks [`Self::fallback`].
    fn decide(&self, ctx: &Ctx, ask: &Self::Ask) -> Result<Decided<Self::Answer>, Refusal>;

    /// What to say when `decide` fails. Uses no models and cannot fail.
    fn fallback(&self, ctx: &Ctx, ask: &Self::Ask, why: &Refusal) -> Decided<Self::Answer>;

    /// The ask as it is kept in the record, with a version of its own.
    fn encode_ask(&self, ask: &Self::Ask) -> Vec<u8>;

    /// The ask of a record.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    fn decode_ask(&self, bytes: &[u8]) -> Result<Self::Ask, String>;

    /// Hash of the options in force.
    fn policy(&self) -> u64;

    /// The models in force.
    fn models(&self) -> Vec<ModelRef>;

    /// One sentence or more for each choice of a record, in the language asked for.
    fn explain(
        &self,
        record: &DecisionRecord,
        language: Language,
        names: &dyn Names,
    ) -> Vec<String>;
}

/// What to fetch before thinking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// For whom the answer is.
    pub who: Who,
    /// Whether the answer depends on what is known of them.
    pub customer: bool,
}

/// Why a domain has no answer of its own. Not for a "no", which is an answer with reasons.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No model was loaded, or it does not fit.
    #[error("no model serves: {0}")]
    NoModel(String),
    /// Time was up before there was anything to answer.
    #[error("time was up before there was an answer")]
    OutOfTime,
    /// The domain's code panicked.
    #[error("the decision panicked: {0}")]
    Panicked(String),
}

/// An answer and what its record needs beyond what the runner knows.
#[derive(Clone, Debug)]
pub struct Decided<A> {
    /// The answer.
    pub answer: A,
    /// How many candidates were thought of.
    pub considered_total: u32,
    /// The best of them, best first.
    pub considered: Vec<Considered>,
    /// What guards stopped.
    pub stopped: Vec<Stop>,
    /// What was chosen, in order.
    pub chosen: Vec<Choice>,
    /// Why the answer as a whole is as it is.
    pub reasons: Vec<Reason>,
    /// Why it is a lesser answer, if it is.
    pub degraded: Option<String>,
}

/// When a decision's record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenRecorded {
    /// After the answer, in batches: a crash may lose the last few.
    After,
    /// Before the answer, durably: no record, no answer.
    Before,
}
