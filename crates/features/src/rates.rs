//! How popular are these items, all at one moment? For callers that ask about hundreds.
//!
//! A decayed value is a stored sum times a power of two that depends on the moment alone; here that
//! power is computed once per half-life, and an answer costs a few multiplications.

use crate::decay::split;
use crate::items::Items;
use crate::stats::{ItemStats, Signal, Span};
use crate::touch::seconds;
use commerce::At;

/// The item table at one moment.
#[derive(Clone, Debug)]
pub struct Rates<'a> {
    items: &'a Items,
    /// The moment in whole half-lives and the rest, for each span.
    moments: [(i32, f64); 3],
    /// Half-life of the short span over that of the long one.
    ratio: f64,
    /// Selects per impression over all items.
    mean_click_rate: f64,
}

/// How popular one item is at the moment of its [`Rates`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemRates {
    /// [`Items::popularity`] over [`Span::Short`].
    pub short: f64,
    /// The same over [`Span::Middle`].
    pub middle: f64,
    /// [`Items::trend`].
    pub trend: f64,
    /// [`Items::click_rate`].
    pub click_rate: f64,
}

impl<'a> Rates<'a> {
    pub(crate) fn new(items: &'a Items, now: At) -> Self {
        let half_life_s = |span| items.options.half_life_s(span);
        let all = &items.whole.decayed[Span::Long as usize].sums;
        let (selects, shown) = (all[Signal::Select as usize], all[Signal::Shown as usize]);
        Self {
            items,
            moments: Span::ALL.map(|span| split(seconds(now), half_life_s(span))),
            ratio: half_life_s(Span::Short) / half_life_s(Span::Long),
            mean_click_rate: if shown > 0.0 { (selects / shown).min(1.0) } else { 0.0 },
        }
    }

    /// See [`Items::decayed`].
    #[must_use]
    pub fn decayed(&self, ix: u32, signal: Signal, span: Span) -> f64 {
        let decayed = &self.items.row(ix).stats.decayed[span as usize];
        decayed.sum_at(signal as usize, self.moments[span as usize])
    }

    /// See [`Items::popularity`].
    #[must_use]
    pub fn popularity(&self, ix: u32, span: Span) -> f64 {
        let decayed = &self.items.row(ix).stats.decayed[span as usize];
        decayed.value_at(&self.items.popular, self.moments[span as usize])
    }

    /// See [`Items::click_rate`].
    #[must_use]
    pub fn click_rate(&self, ix: u32) -> f64 {
        self.click_rate_of(&self.items.row(ix).stats)
    }

    /// See [`Items::trend`].
    #[must_use]
    pub fn trend(&self, ix: u32) -> f64 {
        self.of(&self.items.row(ix).stats).trend
    }

    /// All of them for the item with these counters.
    #[must_use]
    pub fn of(&self, stats: &ItemStats) -> ItemRates {
        let [short, middle, long] = Span::ALL.map(|span| {
            let decayed = &stats.decayed[span as usize];
            decayed.value_at(&self.items.popular, self.moments[span as usize])
        });
        let expected = long * self.ratio;
        let trend = (short - expected) / (expected + 1.0).sqrt();
        ItemRates { short, middle, trend, click_rate: self.click_rate_of(stats) }
    }

    fn click_rate_of(&self, stats: &ItemStats) -> f64 {
        const PRIOR: f64 = 20.0;
        let decayed = &stats.decayed[Span::Long as usize];
        let left = |signal| decayed.sum_at(signal as usize, self.moments[Span::Long as usize]);
        let (selects, shown) = (left(Signal::Select), left(Signal::Shown));
        ((selects + PRIOR * self.mean_click_rate) / (shown + PRIOR)).clamp(0.0, 1.0)
    }
}
