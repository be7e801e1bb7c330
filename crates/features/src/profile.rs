//! What follows from a history? Counts, visits, cart, purchases, tastes, fatigue.
//!
//! Pure functions of a [`CustomerView`]; nothing here is stored. Windows end at the view's `now`,
//! which they include, and what lies after it (a sender's clock ahead of ours) is not counted.

use crate::decay::halved;
use crate::items::{Items, TermKind};
use crate::times::Count;
use crate::touch::{NO_ITEM, Touch, seconds};
use crate::view::CustomerView;
use commerce::EventKind;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How somebody bought an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The item's number.
    pub item: u32,
    /// How many purchases.
    pub times: u32,
    /// How many pieces, refunds taken off.
    pub pieces: u32,
    /// Unix second of the first and of the last purchase.
    pub first_s: u32,
    /// See `first_s`.
    pub last_s: u32,
}

impl Bought {
    /// Mean seconds between purchases, from the second one on.
    #[must_use]
    pub fn gap_s(&self) -> Option<u32> {
        (self.times > 1).then(|| (self.last_s - self.first_s) / (self.times - 1))
    }
}

/// How tired somebody may be of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Fatigue {
    /// How often it was shown since it was last touched, as far as impressions are kept.
    pub shown: u32,
    /// Unix second at which it was last shown; 0 when it was not.
    pub last_shown_s: u32,
    /// Whether it was ever touched with interest.
    pub touched: bool,
}

impl CustomerView {
    fn now_s(&self) -> u32 {
        seconds(self.now)
    }

    /// Touches up to now.
    fn past(&self) -> &[Touch] {
        let end = self.recent.partition_point(|touch| touch.at_s <= self.now_s());
        &self.recent[..end]
    }

    /// Lines of `kind` in the `window_s` seconds up to now; for `ViewItemList`, impressions.
    #[must_use]
    pub fn count(&self, kind: EventKind, window_s: u32) -> Count {
        let until_s = self.now_s();
        let after_s = until_s.saturating_sub(window_s);
        let within = |at_s: u32| at_s > after_s && at_s <= until_s;
        if kind == EventKind::ViewItemList {
            let n = self.shown.iter().filter(|shown| within(shown.at_s)).count();
            return Count { n: n as u64, exact: after_s >= self.lost.shown_floor_s };
        }
        let start = self.recent.partition_point(|touch| touch.at_s <= after_s);
        let n = self.past().get(start..).unwrap_or(&[]).iter().filter(|t| t.kind == kind).count();
        Count { n: n as u64, exact: after_s >= self.lost.floor_s }
    }

    /// Lines of `kind` ever, those included that are no longer kept one by one.
    #[must_use]
    pub fn total(&self, kind: EventKind) -> u64 {
        let kept = match kind {
            EventKind::ViewItemList => self.shown.len(),
            _ => self.recent.iter().filter(|touch| touch.kind == kind).count(),
        };
        kept as u64 + u64::from(self.lost.counts[kind as usize])
    }

    /// Decayed count of `kind` over the touches kept: Σ 2^(−age / half-life).
    #[must_use]
    pub fn decayed(&self, kind: EventKind, half_life_s: f64) -> f64 {
        let now_s = self.now_s();
        let left = |at_s: u32| halved(f64::from(now_s - at_s), half_life_s);
        if kind == EventKind::ViewItemList {
            let past = self.shown.iter().filter(|shown| shown.at_s <= now_s);
            return past.map(|shown| left(shown.at_s)).sum();
        }
        self.past().iter().filter(|t| t.kind == kind).map(|t| left(t.at_s)).sum()
    }

    /// The touches of the current visit, oldest first: those that follow one another within the
    /// session gap or under one session id, if the last of them is within the gap of now.
    #[must_use]
    pub fn session(&self) -> &[Touch] {
        let gap = self.options.session_gap_s();
        let past = self.past();
        let Some(last) = past.last() else { return &[] };
        if self.now_s() - last.at_s > gap {
            return &[];
        }
        let follows = |pair: &[Touch]| {
            let same = pair[1].session != 0 && pair[0].session == pair[1].session;
            same || pair[1].at_s - pair[0].at_s <= gap
        };
        let start = past.windows(2).rposition(|pair| !follows(pair)).map_or(0, |at| at + 1);
        &past[start..]
    }

    /// The last `n` different items of interest, oldest first.
    #[must_use]
    pub fn sequence(&self, n: usize) -> Vec<u32> {
        let mut items = Vec::with_capacity(n);
        for touch in self.past().iter().rev() {
            if items.len() == n {
                break;
            }
            if self.options.weights.of_touch(touch) > 0.0
                && touch.item != NO_ITEM
                && !items.contains(&touch.item)
            {
                items.push(touch.item);
            }
        }
        items.reverse();
        items
    }

    /// What lies in the cart, with pieces, in order of the item's first addition: additions less
    /// removals and purchases.
    #[must_use]
    pub fn cart(&self) -> Vec<(u32, u32)> {
        let mut cart: Vec<(u32, u32)> = Vec::new();
        for touch in self.past() {
            let at = cart.iter().position(|&(item, _)| item == touch.item);
            match (touch.kind, at) {
                (EventKind::AddToCart, Some(at)) => {
                    cart[at].1 = cart[at].1.saturating_add(touch.quantity());
                }
                (EventKind::AddToCart, None) => cart.push((touch.item, touch.quantity())),
                (EventKind::RemoveFromCart | EventKind::Purchase, Some(at)) => {
                    cart[at].1 = cart[at].1.saturating_sub(touch.quantity());
                    if cart[at].1 == 0 {
                        cart.remove(at);
                    }
                }
                _ => {}
            }
        }
        cart
    }

    /// Items on the wish list that were not bought since, in order of addition.
    #[must_use]
    pub fn wishlist(&self) -> Vec<u32> {
        let mut wished: Vec<u32> = Vec::new();
        for touch in self.past() {
            match touch.kind {
                EventKind::AddToWishlist if !wished.contains(&touch.item) => {
                    wished.push(touch.item);
                }
                EventKind::Purchase => wished.retain(|&item| item != touch.item),
                _ => {}
            }
        }
        wished
    }

    /// What was bought, by item number: how often, how much, when.
    #[must_use]
    pub fn bought(&self) -> Vec<Bought> {
        let mut bought: BTreeMap<u32, Bought> = BTreeMap::new();
        for touch in self.past() {
            let (item, at_s) = (touch.item, touch.at_s);
            if touch.kind == EventKind::Purchase {
                let first = Bought { item, times: 0, pieces: 0, first_s: at_s, last_s: at_s };
                let entry = bought.entry(item).or_insert(first);
                entry.times += 1;
                entry.pieces = entry.pieces.saturating_add(touch.quantity());
                entry.last_s = at_s;
            } else if touch.kind == EventKind::Refund
                && let Some(entry) = bought.get_mut(&item)
            {
                entry.pieces = entry.pieces.saturating_sub(touch.quantity());
            }
        }
        bought.into_values().collect()
    }

    /// The latest rating of each item that was rated, by item number.
    #[must_use]
    pub fn ratings(&self) -> Vec<(u32, f32)> {
        let mut rated = BTreeMap::new();
        for touch in self.past() {
            if let Some(rating) = touch.rating() {
                rated.insert(touch.item, rating);
            }
        }
        rated.into_iter().collect()
    }

    /// Items dismissed, by item number; a later purchase, cart or wish takes it back.
    #[must_use]
    pub fn dismissed(&self) -> Vec<u32> {
        let mut no = std::collections::BTreeSet::new();
        for touch in self.past() {
            match touch.kind {
                EventKind::DismissItem => {
                    no.insert(touch.item);
                }
                EventKind::AddToCart | EventKind::AddToWishlist | EventKind::Purchase => {
                    no.remove(&touch.item);
                }
                _ => {}
            }
        }
        no.into_iter().collect()
    }

    /// Whether they touched the item in any way.
    #[must_use]
    pub fn has_touched(&self, item: u32) -> bool {
        self.past().iter().any(|touch| touch.item == item)
    }

    /// How tired they may be of an item.
    #[must_use]
    pub fn fatigue(&self, item: u32) -> Fatigue {
        let now_s = self.now_s();
        let interest = |t: &&Touch| t.item == item && self.options.weights.of_touch(t) > 0.0;
        let touched = self.past().iter().rev().find(interest).map(|touch| touch.at_s);
        let times = self.shown.iter().filter(|s| s.item == item && s.at_s <= now_s);
        let mut fatigue = Fatigue { touched: touched.is_some(), ..Fatigue::default() };
        for shown in times {
            fatigue.last_shown_s = shown.at_s;
            fatigue.shown += u32::from(touched.is_none_or(|touched| shown.at_s > touched));
        }
        fatigue
    }

    /// Interest in each item touched, by item number, in decayed views: weights times
    /// 2^(−age / half-life); negative where the no outweighs the yes.
    #[must_use]
    pub fn interest(&self, half_life_s: f64) -> Vec<(u32, f64)> {
        let now_s = self.now_s();
        let mut interest: BTreeMap<u32, f64> = BTreeMap::new();
        for touch in self.past().iter().filter(|touch| touch.item != NO_ITEM) {
            let weight = f64::from(self.options.weights.of_touch(touch));
            let left = halved(f64::from(now_s - touch.at_s), half_life_s);
            *interest.entry(touch.item).or_default() += weight * left;
        }
        interest.into_iter().collect()
    }

    /// Taste for the terms of one kind, strongest first: interest summed over the items that carry
    /// the term, as shares of the absolute sum, in [−1, 1].
    #[must_use]
    pub fn taste(&self, items: &Items, kind: TermKind, half_life_s: f64) -> Vec<(u32, f64)> {
        let mut by_term: BTreeMap<u32, f64> = BTreeMap::new();
        for (item, interest) in self.interest(half_life_s) {
            for &term in items.row(item).terms.iter() {
                if items.term(term).is_some_and(|t| t.kind == kind) {
                    *by_term.entry(term).or_default() += interest;
                }
            }
        }
        let whole: f64 = by_term.values().map(|value| value.abs()).sum();
        let scale = if whole > 0.0 { whole.recip() } else { 0.0 };
        let mut taste: Vec<(u32, f64)> =
            by_term.into_iter().map(|(term, value)| (term, value * scale)).collect();
        taste.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        taste
    }

    /// At which hours they come: shares of decayed touches by local hour 0 to 23.
    #[must_use]
    pub fn hours(&self, half_life_s: f64) -> [f64; 24] {
        self.clock_shares(half_life_s, |local_s| (local_s / 3_600).rem_euclid(24))
    }

    /// On which days they come: shares of decayed touches by local weekday, Monday first.
    #[must_use]
    pub fn weekdays(&self, half_life_s: f64) -> [f64; 7] {
        // 1970-01-01 was a Thursday.
        self.clock_shares(half_life_s, |local_s| (local_s.div_euclid(86_400) + 3).rem_euclid(7))
    }

    fn clock_shares<const N: usize>(
        &self,
        half_life_s: f64,
        slot: impl Fn(i64) -> i64,
    ) -> [f64; N] {
        let mut shares = [0.0; N];
        let shift = i64::from(self.options.utc_offset_minutes) * 60;
        for touch in self.past() {
            let left = halved(f64::from(self.now_s() - touch.at_s), half_life_s);
            shares[slot(i64::from(touch.at_s) + shift) as usize] += left;
        }
        let whole: f64 = shares.iter().sum();
        if whole > 0.0 {
            shares.iter_mut().for_each(|share| *share /= whole);
        }
        shares
    }

    /// Where they come from: shares of decayed touches by place, largest first.
    #[must_use]
    pub fn places(&self, half_life_s: f64) -> Vec<(Arc<str>, f64)> {
        self.context_shares(0, half_life_s)
    }

    /// Through which channels they come.
    #[must_use]
    pub fn channels(&self, half_life_s: f64) -> Vec<(Arc<str>, f64)> {
        self.context_shares(1, half_life_s)
    }

    /// Who sends them.
    #[must_use]
    pub fn referrers(&self, half_life_s: f64) -> Vec<(Arc<str>, f64)> {
        self.context_shares(2, half_life_s)
    }

    /// On what they browse.
    #[must_use]
    pub fn device_classes(&self, half_life_s: f64) -> Vec<(Arc<str>, f64)> {
        self.context_shares(3, half_life_s)
    }

    fn context_shares(&self, part: usize, half_life_s: f64) -> Vec<(Arc<str>, f64)> {
        let mut shares: BTreeMap<&Arc<str>, f64> = BTreeMap::new();
        for touch in self.past() {
            let context = self.contexts.get(usize::from(touch.context));
            if let Some(word) = context.and_then(|words| words[part].as_ref()) {
                let left = halved(f64::from(self.now_s() - touch.at_s), half_life_s);
                *shares.entry(word).or_default() += left;
            }
        }
        let whole: f64 = shares.values().sum();
        let scale = if whole > 0.0 { whole.recip() } else { 0.0 };
        let mut shares: Vec<(Arc<str>, f64)> =
            shares.into_iter().map(|(word, value)| (Arc::clone(word), value * scale)).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shares
    }
}
