//! What do we show when the decision failed? What is popular, past the same guards.
//!
//! Uses no models and nothing personal but what must never be shown, so there is little left that
//! can fail.

use crate::ask::{RecommendAnswer, RecommendAsk, Surface};
use crate::candidates::Channel;
use crate::guard::{Gate, Guard};
use crate::models::Models;
use crate::needs::Known;
use crate::options::RecommendOptions;
use crate::score::part;
use commerce::{Choice, Part, Reason};
use decide::slate::Sifted;
use decide::{Ctx, Decided, Refusal};
use features::Span;

/// The best-sellers that may be shown, or the caller's own candidates in the caller's order.
pub(crate) fn fallback(
    options: &RecommendOptions,
    ctx: &Ctx,
    ask: &RecommendAsk,
    why: &Refusal,
) -> Decided<RecommendAnswer> {
    let items = &*ctx.items;
    let models = Models::none();
    let known = Known::read(&ctx.customer, items, ctx.now, ask, options);
    let gate = Gate::new(items, &known, &models, options, ask);
    let mut sifted = Sifted::new(Guard::COUNT);
    let (channel, candidates): (_, Vec<u32>) = match ask.surface {
        Surface::Rank => {
            (Channel::Given, ask.candidates.iter().filter_map(|id| items.ix(id)).collect())
        }
        // Best-sellers would be a wrong answer to "what do I buy again".
        Surface::BuyAgain => (Channel::Again, Vec::new()),
        _ => (Channel::Hot, items.popular(Span::Middle).collect()),
    };
    let considered_total = candidates.len() as u32;
    let mut chosen = Vec::new();
    let mut shown = Vec::new();
    for item in candidates {
        if chosen.len() == ask.slate(options.slate_max) {
            break;
        }
        if let Some(guard) = gate.stops(item) {
            sifted.stop(guard as usize, item);
            continue;
        }
        let score = 1.0 / (1.0 + chosen.len() as f32);
        let code = if channel == Channel::Given { "asked" } else { "popular" };
        shown.push(items.row(item).id().clone());
        chosen.push(Choice {
            what: items.row(item).id().as_str().into(),
            score,
            propensity: 1.0,
            sources: channel.bit(),
            parts: vec![Part { code: part::channel(channel), value: score }],
            reasons: vec![Reason { code: code.into(), evidence: Vec::new() }],
        });
    }
    Decided {
        answer: RecommendAnswer {
            surface: ask.surface,
            scenario: known.scenario,
            personal: false,
            items: shown,
        },
        considered_total,
        considered: Vec::new(),
        stopped: sifted.stops(&Guard::NAMES, |item| items.row(item).id().as_str().into()),
        chosen,
        reasons: vec![Reason { code: "not_personal".into(), evidence: Vec::new() }],
        degraded: Some(why.to_string()),
    }
}
