//! Which models are compared, with which settings, and how were those found?
//!
//! A blend is a plain weighted sum of raw scores: a customer with much evidence gets large scores
//! from the sequential model, so that likeness and popularity only decide where it is silent.

use super::Fit;
use learn::{
    error::FitError,
    models::{
        attributes::AttributeKernel,
        ials::{Ials, IalsOptions},
        item_cf::{self, ItemCfOptions},
        item_weights::ItemWeights,
        sequence_map::SequenceMap,
        slist::{self, SlistOptions, Solve},
        transition::{self, TransitionOptions},
    },
    progress::Progress,
    sequences::Sequences,
    sparse::{Csr, Row},
};

/// The single models, in the order they are fitted.
pub(super) const NAMES: [&str; 7] =
    ["popularity", "likeness", "item-cf", "ials", "markov", "ease", "slist"];

/// Everything that is chosen on validation items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) slist: SlistOptions,
    markov: TransitionOptions,
    /// λ of EASE, which is the sequential model with α = 1 and ξ = 0.
    ease_ridge: f32,
    ease_ask_decay: f32,
    item_cf_decay: f32,
    ials: IalsOptions,
    pub(super) likeness_decay: f32,
    /// Weights of the blend, in the order of [`NAMES`]; the sequential model's scores are first
    /// multiplied by its λ, which makes them roughly counts of pairs.
    pub(super) blend: [f32; 7],
}

/// Amazon Beauty's.
pub(super) const BEAUTY: Settings = FOUND;

/// Amazon Toys'; nothing was chosen on Toys.
pub(super) const TOYS: Settings = FOUND;

/// Chosen on Beauty's validation items. λ, α and the learnt decays: the best points of a coarse
/// grid (λ of 3 to 100, α of .1, .3, .6, decays of 1 and 2; flat around them). Ages and blend
/// weights: coordinate refinement as in `--search`, 2 rounds, every sixth customer, local solves of
/// 100 candidates; nDCG@10 rose from .0764 to .0804 there. What the other models use is their usual
/// setting. `--search` starts here.
const FOUND: Settings = Settings {
    slist: SlistOptions {
        consistency: 0.3,
        ridge: 50.0,
        attribute_weight: 0.0,
        past_decay: 1.0,
        future_decay: 1.0,
        gap_decay_days: f32::INFINITY,
        list_decay_days: f32::INFINITY,
        self_weight: f32::INFINITY,
        ask_decay: 2.1,
        longest: 50,
        keep: 2_000,
        solve: Solve::Dense,
    },
    markov: TransitionOptions {
        decay: 1.0,
        backward: 0.3,
        power: 0.0,
        shrink: 1.0,
        ask_decay: 1.0,
        keep: 2_000,
    },
    ease_ridge: 50.0,
    ease_ask_decay: 2.0,
    item_cf_decay: 2.0,
    ials: IalsOptions {
        factors: 64,
        sweeps: 10,
        unseen_weight: 0.05,
        ridge: 0.003,
        ridge_power: 1.0,
        seed: 0,
    },
    likeness_decay: 2.0,
    blend: [0.06, 1.0, 0.0, 0.0, 0.19, 0.0, 1.0],
};

impl Settings {
    /// Weight of the model called `name` in the blend.
    pub(super) fn blend_weight(&self, name: &str) -> f32 {
        let slot = NAMES.iter().position(|known| *known == name);
        let weight = slot.map_or(0.0, |slot| self.blend[slot]);
        if name == "slist" { weight * self.slist.ridge } else { weight }
    }
}

/// One fitted model.
#[derive(Clone)]
pub(super) enum Channel {
    Popularity(Vec<f32>),
    Likeness(AttributeKernel),
    ItemCf { weights: ItemWeights, decay: f32 },
    Ials(Ials),
    Map(SequenceMap),
}

impl Channel {
    pub(super) fn fit(
        name: &str,
        train: &Sequences,
        attributes: &Csr,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Fit<Self> {
        let attributes = Some(attributes);
        Ok(match name {
            "popularity" => Self::popularity(train),
            "likeness" => {
                let raw = attributes.filter(|raw| raw.rows() == train.item_count());
                let raw = raw.ok_or_else(|| FitError::Input("attributes of other items".into()))?;
                Self::Likeness(AttributeKernel::new(raw, settings.likeness_decay))
            }
            "item-cf" => {
                let options = ItemCfOptions { top_n: 2_000, ..ItemCfOptions::default() };
                let weights = item_cf::fit(&train.to_csr(), options, progress)?;
                Self::ItemCf { weights, decay: settings.item_cf_decay }
            }
            "ials" => Self::Ials(Ials::fit(&train.to_csr(), settings.ials, progress)?),
            "markov" => Self::Map(transition::fit(train, &settings.markov, progress)?),
            "ease" => {
                let options = SlistOptions {
                    consistency: 1.0,
                    self_weight: 0.0,
                    attribute_weight: 0.0,
                    ridge: settings.ease_ridge,
                    ask_decay: settings.ease_ask_decay,
                    ..settings.slist
                };
                Self::Map(slist::fit(train, None, &options, progress)?)
            }
            _ => Self::Map(slist::fit(train, attributes, &settings.slist, progress)?),
        })
    }

    /// The same model asked with the ages of other settings.
    pub(super) fn aged(&self, name: &str, settings: &Settings) -> Self {
        match (self, name) {
            (Self::Map(map), "slist") => {
                Self::Map(map.clone().with_ask_decay(settings.slist.ask_decay))
            }
            (Self::Likeness(kernel), _) => {
                Self::Likeness(kernel.clone().with_ask_decay(settings.likeness_decay))
            }
            _ => self.clone(),
        }
    }

    /// ln(1 + events) per item.
    fn popularity(train: &Sequences) -> Self {
        let mut counts = vec![0_f32; train.item_count()];
        train.iter().flat_map(|list| list.items).for_each(|&item| counts[item as usize] += 1.0);
        Self::Popularity(counts.into_iter().map(f32::ln_1p).collect())
    }

    /// Adds the score of every item for a history by age.
    ///
    /// # Errors
    /// When a small system of a factor model is singular.
    pub(super) fn score_into(&self, recent: &[(u32, f32)], out: &mut [f32]) -> Fit<()> {
        match self {
            Self::Popularity(counts) => {
                out.iter_mut().zip(counts).for_each(|(out, count)| *out += count);
            }
            Self::Likeness(kernel) => kernel.score_into(recent, &mut kernel.profile(), out),
            Self::ItemCf { weights, decay } => {
                let faded = recent.iter().map(|&(item, age)| (item, (-age / decay).exp()));
                weights.score_into(&faded.collect::<Vec<_>>(), out);
            }
            Self::Ials(factors) => {
                let mut items: Vec<u32> = recent.iter().map(|(item, _)| *item).collect();
                items.sort_unstable();
                let values = vec![1.0; items.len()];
                factors
                    .score_into(&factors.fold_in(Row { columns: &items, values: &values })?, out);
            }
            Self::Map(map) => map.score_into(recent, out),
        }
        Ok(())
    }
}
