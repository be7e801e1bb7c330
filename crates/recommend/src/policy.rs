//! What is one policy? Options and models together, never changed once made, swapped whole.

use crate::ask::{RecommendAnswer, RecommendAsk, Surface};
use crate::error::RecommendError;
use crate::models::Models;
use crate::options::RecommendOptions;
use commerce::{DecisionRecord, ModelRef};
use decide::{Ctx, Decided, Decider, Language, Names, Needs, Refusal, WhenRecorded};
use std::sync::Arc;

/// The recommender under one policy. Arms of experiments and shadows are further values.
#[derive(Debug, Clone)]
pub struct Recommender {
    options: RecommendOptions,
    /// The same with the limits of a session ask.
    for_sessions: RecommendOptions,
    models: Arc<Models>,
    version: Option<ModelRef>,
    hash: u64,
}

impl Recommender {
    /// A policy of `options` and `models`; `version` names the models in records, `None` for none.
    ///
    /// # Errors
    /// [`RecommendError::Options`] names every option that is out of range.
    pub fn new(
        options: RecommendOptions,
        models: Arc<Models>,
        version: Option<ModelRef>,
    ) -> Result<Self, RecommendError> {
        let wrong = options.check();
        if !wrong.is_empty() {
            return Err(RecommendError::Options(wrong));
        }
        let hash = options.hash();
        let for_sessions = options.for_sessions();
        Ok(Self { options, for_sessions, models, version, hash })
    }

    /// The options with the limits that `surface` has.
    fn options_for(&self, surface: Surface) -> &RecommendOptions {
        if surface == Surface::Session { &self.for_sessions } else { &self.options }
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> &RecommendOptions {
        &self.options
    }

    /// The models in force.
    #[must_use]
    pub fn learned(&self) -> &Arc<Models> {
        &self.models
    }
}

impl Decider for Recommender {
    type Ask = RecommendAsk;
    type Answer = RecommendAnswer;
    const DOMAIN: &'static str = "recommend";
    const RECORDED: WhenRecorded = WhenRecorded::After;

    fn kind(&self, ask: &RecommendAsk) -> &'static str {
        ask.surface.kind()
    }

    fn needs(&self, ask: &RecommendAsk) -> Needs {
        Needs { who: ask.who.clone(), customer: !ask.who.is_nobody() }
    }

    fn decide(&self, ctx: &Ctx, ask: &RecommendAsk) -> Result<Decided<RecommendAnswer>, Refusal> {
        // Models of another log speak of other items; `Models::fits` keeps them out at loading,
        // and this is the part of it that costs nothing.
        if self.models.items > ctx.items.len() {
            let (models, shop) = (self.models.items, ctx.items.len());
            return Err(Refusal::NoModel(format!(
                "the models know {models} items, the shop has {shop}: they are another log's"
            )));
        }
        let decided = crate::decide::decide(self.options_for(ask.surface), &self.models, ctx, ask);
        // Time was up before any channel had answered: what is popular is better than nothing.
        if decided.chosen.is_empty() && ctx.budget.cut_at().is_some() {
            return Err(Refusal::OutOfTime);
        }
        Ok(decided)
    }

    fn fallback(&self, ctx: &Ctx, ask: &RecommendAsk, why: &Refusal) -> Decided<RecommendAnswer> {
        crate::fallback::fallback(self.options_for(ask.surface), ctx, ask, why)
    }

    fn encode_ask(&self, ask: &RecommendAsk) -> Vec<u8> {
        ask.encode()
    }

    fn decode_ask(&self, bytes: &[u8]) -> Result<RecommendAsk, String> {
        RecommendAsk::decode(bytes)
    }

    fn policy(&self) -> u64 {
        self.hash
    }

    fn models(&self) -> Vec<ModelRef> {
        self.version.iter().cloned().collect()
    }

    fn explain(
        &self,
        record: &DecisionRecord,
        language: Language,
        names: &dyn Names,
    ) -> Vec<String> {
        crate::explain::sentences(record, language, names)
    }
}
