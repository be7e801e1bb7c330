//! What is each candidate expected to bring?
//!
//! With a ranker: the probability, in [0, 1], that the customer touches the item when it is shown.
//! Without one: the blend `Σ weight · share ÷ Σ weight` of the channels, also in [0, 1], which
//! orders but promises nothing. Then the customer's no, what a sale brings and the shop's wishes
//! change it:
//!
//! ```text
//! score = base · fatigue · near a dismissed item · boosts · (price / usual price)^price_power
//! ```
//!
//! [`explain_score`] gives the same score as parts that sum to it: each factor is the difference
//! that it made.

mod inputs;
mod likeness;

pub(crate) use inputs::{INPUTS, WIDTH, fill_inputs};
pub(crate) use likeness::Likeness;

use crate::ask::{Boost, BoostOn};
use crate::candidates::{Channel, Scene, asked};
use crate::models::Ranker;
use crate::options::{Feedback, Weights};
use commerce::Part;
use decide::slate::Pool;
use features::{Items, TermKind};

/// Codes of score parts. Kept in records: add only.
pub mod part {
    use crate::candidates::Channel;

    /// What any candidate starts from.
    pub const START: u16 = 0;
    /// Everything that is not named.
    pub const REST: u16 = 20;
    /// Shown often and left untouched.
    pub const FATIGUE: u16 = 21;
    /// Close to something dismissed.
    pub const NEAR_DISMISSED: u16 = 22;
    /// The ask's boosts.
    pub const BOOST: u16 = 23;
    /// What a sale brings, beside the other candidates.
    pub const PRICE: u16 = 24;
    /// The first input of the ranker; the others follow in the order of its inputs.
    pub const INPUT: u16 = 100;

    /// What `channel` adds to the blend.
    #[must_use]
    pub const fn channel(channel: Channel) -> u16 {
        1 + channel as u16
    }
}

/// What multiplies a base score; 1 where nothing does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Factors {
    pub(crate) fatigue: f32,
    pub(crate) near_dismissed: f32,
    pub(crate) boost: f32,
    pub(crate) price: f32,
}

impl Factors {
    pub(crate) fn product(&self) -> f32 {
        self.fatigue * self.near_dismissed * self.boost * self.price
    }
}

/// The blend of channel shares: weights that sum to one over the channels asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blend([f32; Channel::COUNT]);

impl Blend {
    pub(crate) fn new(weights: &Weights, scene: &Scene<'_>) -> Self {
        let mut shares = [0.0; Channel::COUNT];
        for &channel in asked(scene.surface) {
            // A surface that asks one channel must not be silenced by a weight of zero.
            shares[channel as usize] = weights.of(channel).max(f32::MIN_POSITIVE);
        }
        let all: f32 = shares.iter().sum();
        Self(shares.map(|share| if all > 0.0 { share / all } else { 0.0 }))
    }

    pub(crate) fn score(&self, shares: &[f32]) -> f32 {
        self.0.iter().zip(shares).map(|(weight, share)| weight * share).sum()
    }

    fn parts(&self, shares: &[f32]) -> Vec<Part> {
        Channel::ALL
            .into_iter()
            .map(|channel| Part {
                code: part::channel(channel),
                value: self.0[channel as usize] * shares[channel as usize],
            })
            .filter(|part| part.value != 0.0)
            .collect()
    }
}

/// How base scores are made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base<'a> {
    Ranked(&'a Ranker),
    Blended(&'a Blend),
}

/// The parts of the score of the candidate at `place`; they sum to `base · factors`. At most
/// `parts_max` are named, the largest ones; the others are summed into one.
pub(crate) fn explain_score(
    base: Base<'_>,
    pool: &Pool,
    place: usize,
    inputs: &[f32],
    factors: Factors,
    parts_max: usize,
) -> Vec<Part> {
    let mut parts = match base {
        Base::Blended(blend) => blend.parts(pool.shares(place)),
        Base::Ranked(ranker) => ranker.parts(inputs),
    };
    // The start stays in front, then the largest.
    let start = usize::from(parts.first().is_some_and(|part| part.code == part::START));
    parts[start..]
        .sort_unstable_by(|a, b| b.value.abs().total_cmp(&a.value.abs()).then(a.code.cmp(&b.code)));
    if parts.len() > parts_max + start {
        let rest: f32 = parts.drain(parts_max + start..).map(|part| part.value).sum();
        parts.push(Part { code: part::REST, value: rest });
    }
    let mut score: f32 = parts.iter().map(|part| part.value).sum();
    for (code, factor) in [
        (part::FATIGUE, factors.fatigue),
        (part::NEAR_DISMISSED, factors.near_dismissed),
        (part::BOOST, factors.boost),
        (part::PRICE, factors.price),
    ] {
        if factor != 1.0 {
            parts.push(Part { code, value: score * (factor - 1.0) });
            score *= factor;
        }
    }
    parts
}

/// The ask's boosts with their words looked up.
#[derive(Debug)]
pub(crate) struct Boosts<'a>(Vec<(Target<'a>, &'a Boost)>);

#[derive(Debug)]
enum Target<'a> {
    Item(u32),
    Terms(Vec<u32>),
    Merchant(&'a commerce::MerchantId),
}

impl<'a> Boosts<'a> {
    pub(crate) fn new(boosts: &'a [Boost], items: &Items) -> Self {
        let target = |boost: &'a Boost| -> Option<Target<'a>> {
            Some(match &boost.on {
                BoostOn::Item(id) => Target::Item(items.ix(id)?),
                BoostOn::Category(name) => Target::Terms(crate::needs::category_terms(items, name)),
                BoostOn::Brand(name) => Target::Terms(vec![items.term_ix(TermKind::Brand, name)?]),
                BoostOn::Merchant(id) => Target::Merchant(id),
                BoostOn::Attribute(attribute) => {
                    let name = format!("{}={}", attribute.name, attribute.value);
                    Target::Terms(vec![items.term_ix(TermKind::Attribute, &name)?])
                }
            })
        };
        Self(boosts.iter().filter_map(|boost| Some((target(boost)?, boost))).collect())
    }

    /// The boosts that apply to `item`.
    pub(crate) fn of<'b>(
        &'b self,
        item: u32,
        items: &'b Items,
    ) -> impl Iterator<Item = &'a Boost> + 'b {
        let applies = move |target: &Target<'_>| {
            let row = items.row(item);
            match target {
                Target::Item(boosted) => *boosted == item,
                Target::Terms(terms) => terms.iter().any(|t| row.terms.binary_search(t).is_ok()),
                Target::Merchant(id) => row.item.merchant.as_ref() == Some(*id),
            }
        };
        self.0.iter().filter(move |(target, _)| applies(target)).map(|(_, boost)| *boost)
    }

    pub(crate) fn factor(&self, item: u32, items: &Items) -> f32 {
        if self.0.is_empty() {
            1.0
        } else {
            self.of(item, items).map(|boost| boost.factor).product()
        }
    }
}

/// The damping of an item that was shown `shown` times and left untouched.
pub(crate) fn fatigue(shown: u32, feedback: &Feedback) -> f32 {
    let beyond = shown.saturating_sub(feedback.fatigue_free);
    if beyond == 0 {
        return 1.0;
    }
    let exponent = i32::try_from(beyond).unwrap_or(i32::MAX);
    feedback.fatigue_factor.powi(exponent).max(feedback.fatigue_floor)
}

/// What a price counts that is e^`above` of the usual one. Beyond a hundredfold it counts no more,
/// so that a slip of a price cannot take a page.
pub(crate) fn price_factor(above: f32, power: f32) -> f32 {
    const MOST: f32 = 4.605;
    (power * above.clamp(-MOST, MOST)).exp()
}
