//! When will it be bought again? A repeat share and a log-normal cycle, shrunk along the catalogue.
//!
//! ```text
//! share   p = (repeaters + κ · p_category) / (buyers + κ)        the category's likewise to all
//! own     p' = (2 p + repeats by this customer) / (2 + repeats by this customer)
//! cycle   ln days ~ Normal(μ, σ²), μ shrunk to the category's by κ gaps, then to the customer's own
//! due     = p' · (F(t + h) − F(t)) / (p' · S(t) + 1 − p')         F the cycle's distribution
//! ```
//!
//! `due` is the probability that somebody who has been silent for `t` days buys within the next
//! `h`: a repeater's next purchase falls into the window, and the longer the silence, the likelier
//! that they are no repeater at all (the dropout idea of Fader, Hardie, Lee 2005; the repeat share
//! per item as in Bhagat et al., "Buy It Again", KDD 2018, with a log-normal cycle in the place of
//! their Poisson rate). Left out: quantities, and cycles that change with the season.

use crate::options::RepeatOptions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Purchases of one item by the same customer within this are one purchase.
const SAME_DAYS: f32 = 0.75;
/// Deviation of ln days when too few gaps are known.
const SIGMA: f32 = 0.6;
/// What is assumed before anything is known.
const DAYS: f32 = 30.0;

/// Counts of one item, one category, or all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Customers who bought it.
    pub buyers: f32,
    /// Those who bought it more than once.
    pub repeaters: f32,
    /// Gaps between purchases.
    pub gaps: f32,
    /// Sum of ln gap in days.
    pub ln_sum: f32,
    /// Sum of its square.
    pub ln_square: f32,
}

/// What a customer has to do with an item, as far as its cycle is concerned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchased {
    /// Which item.
    pub item: u32,
    /// The term of its narrowest category.
    pub category: Option<u32>,
    /// Purchases, at least 1.
    pub times: u32,
    /// Days between the first and the latest.
    pub span_days: f32,
    /// Days since the latest.
    pub since_days: f32,
}

/// Repeat purchases of all items.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Repeats {
    items: BTreeMap<u32, Rhythm>,
    categories: BTreeMap<u32, Rhythm>,
    all: Rhythm,
}

impl Rhythm {
    fn add(&mut self, gaps: &[f32]) {
        self.buyers += 1.0;
        self.repeaters += f32::from(!gaps.is_empty());
        for gap in gaps {
            let ln = gap.ln();
            self.gaps += 1.0;
            self.ln_sum += ln;
            self.ln_square += ln * ln;
        }
    }

    fn share(&self, prior: f32, strength: f32) -> f32 {
        let seen = self.buyers + strength;
        if seen > 0.0 { (self.repeaters + strength * prior) / seen } else { prior }
    }

    fn cycle(&self, prior: f32, strength: f32) -> f32 {
        let seen = self.gaps + strength;
        if seen > 0.0 { (self.ln_sum + strength * prior) / seen } else { prior }
    }
}

impl Repeats {
    /// Notes that one customer bought `item` on these days (days since any epoch, ascending).
    pub fn add(&mut self, item: u32, category: Option<u32>, days: &[f32]) {
        let mut gaps = Vec::new();
        let Some(mut last) = days.first().copied() else { return };
        for &day in &days[1..] {
            if day - last >= SAME_DAYS {
                gaps.push(day - last);
                last = day;
            }
        }
        self.items.entry(item).or_default().add(&gaps);
        if let Some(category) = category {
            self.categories.entry(category).or_default().add(&gaps);
        }
        self.all.add(&gaps);
    }

    /// Customers × items that purchases were seen of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.buyers as usize
    }

    /// Whether no purchase was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.buyers == 0.0
    }

    /// The share of buyers who buy it again, in [0, 1].
    #[must_use]
    pub fn share(&self, item: u32, category: Option<u32>, options: &RepeatOptions) -> f32 {
        let strength = options.prior_buyers;
        let all = self.all.share(0.0, strength);
        let category = category.and_then(|category| self.categories.get(&category));
        let prior = category.map_or(all, |rhythm| rhythm.share(all, strength));
        self.items.get(&item).map_or(prior, |rhythm| rhythm.share(prior, strength))
    }

    /// Mean and deviation of ln days of its cycle, before a customer's own gaps are known.
    fn cycle(&self, item: u32, category: Option<u32>, options: &RepeatOptions) -> (f32, f32) {
        let strength = options.prior_buyers;
        let all = self.all.cycle(DAYS.ln(), 1.0);
        let category = category.and_then(|category| self.categories.get(&category));
        let prior = category.map_or(all, |rhythm| rhythm.cycle(all, strength));
        let item = self.items.get(&item);
        let mean = item.map_or(prior, |rhythm| rhythm.cycle(prior, strength));
        let seen = [item, category, Some(&self.all)].into_iter().flatten();
        let sigma = seen.into_iter().find(|rhythm| rhythm.gaps >= 10.0).map_or(SIGMA, |rhythm| {
            let mean = rhythm.ln_sum / rhythm.gaps;
            (rhythm.ln_square / rhythm.gaps - mean * mean).max(0.0).sqrt()
        });
        (mean, sigma.clamp(0.2, 1.5))
    }

    /// Days of its cycle (the median of the gaps expected).
    #[must_use]
    pub fn cycle_days(&self, item: u32, category: Option<u32>, options: &RepeatOptions) -> f32 {
        self.cycle(item, category, options).0.exp()
    }

    /// Whether an item bought `since_days` ago is one that is bought again, and the time is near.
    #[must_use]
    pub fn may_return(
        &self,
        item: u32,
        category: Option<u32>,
        since_days: f32,
        options: &RepeatOptions,
    ) -> bool {
        self.share(item, category, options) >= options.share_least
            && since_days >= options.cycle_share_least * self.cycle_days(item, category, options)
    }

    /// The probability that a customer buys the item again within the horizon, in [0, 1].
    /// 0 for items that are not bought again.
    #[must_use]
    pub fn due(&self, past: &Purchased, options: &RepeatOptions) -> f32 {
        let share = self.share(past.item, past.category, options);
        let repeats = past.times.saturating_sub(1) as f32;
        if share < options.share_least && repeats < 2.0 {
            return 0.0;
        }
        let (mean, sigma) = self.cycle_of(past, options);
        let repeater = (2.0 * share + repeats) / (2.0 + repeats);
        let until = |days: f32| normal((days.max(0.01).ln() - mean) / sigma);
        let (now, then) = (until(past.since_days), until(past.since_days + options.horizon_days));
        let silent = repeater * (1.0 - now) + 1.0 - repeater;
        if silent > 0.0 { (repeater * (then - now) / silent).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The cycle of this item for this customer: their own gaps count as if two were known.
    fn cycle_of(&self, past: &Purchased, options: &RepeatOptions) -> (f32, f32) {
        let (mean, sigma) = self.cycle(past.item, past.category, options);
        let repeats = past.times.saturating_sub(1) as f32;
        if repeats == 0.0 || past.span_days <= 0.0 {
            return (mean, sigma);
        }
        let own = (past.span_days / repeats).ln();
        ((2.0 * mean + repeats * own) / (2.0 + repeats), sigma)
    }

    /// Days of the cycle of this item for this customer.
    #[must_use]
    pub fn own_cycle_days(&self, past: &Purchased, options: &RepeatOptions) -> f32 {
        self.cycle_of(past, options).0.exp()
    }
}

/// The standard normal distribution function, to 7.5e-8 (Abramowitz & Stegun 26.2.17).
fn normal(x: f32) -> f32 {
    let x = f64::from(x);
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-0.5 * x * x).exp() * 0.398_942_280_401_432_7 * series;
    (if x >= 0.0 { 1.0 - tail } else { tail }) as f32
}
