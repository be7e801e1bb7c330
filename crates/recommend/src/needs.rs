//! What must be known for this question, and what is known? The customer's history, read once.
//!
//! [`Known`] turns a [`CustomerView`] and the ask's context into the flat lists that channels,
//! guards and the ranker read, in one pass over the touches kept (at most a few hundred).

use crate::ask::{RecommendAsk, Surface};
use crate::models::Purchased;
use crate::options::{RecommendOptions, Scenario, Scenarios};
use commerce::{At, EventKind};
use features::{CustomerView, Items, NO_ITEM, TermKind, Touch, Weights};
use rustc_hash::FxHashMap;

const DAY_S: f32 = 86_400.0;
/// What never decays below this share, however many touches came after: long taste stays.
const LASTING: f32 = 0.3;

/// How much a touch counts of which the visit has faded to `fade`, in [0, 1].
pub(crate) fn lasting(fade: f32) -> f32 {
    LASTING + (1.0 - LASTING) * fade
}

/// Dismissed items that others are compared with.
const DISMISSED: usize = 16;
/// Terms kept of a taste.
const TASTE_TERMS: usize = 24;
/// Anchors that make a taste.
const TASTE_ANCHORS: usize = 25;

/// An item that speaks for others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Anchor {
    pub(crate) item: u32,
    /// How much it says, > 0; the latest interest of a plain view says 1.
    pub(crate) weight: f32,
    /// Whether it is bought, in the cart, wished for, or what the page is about: something that
    /// others can complement.
    pub(crate) is_wanted: bool,
}

/// How much a customer leans to a term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Leaning {
    pub(crate) kind: TermKind,
    /// Its share of the anchors' weight, which fades; 0 but for the strongest terms.
    pub(crate) share: f32,
    /// How much it is preferred, 0 or more; does not fade.
    pub(crate) lean: f32,
}

/// What the customer has had to do with one item.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Past {
    /// Touches with interest.
    pub(crate) touches: u32,
    /// Their strength, decayed, in views of now.
    pub(crate) strength: f32,
    /// Unix second of the latest touch with interest; 0 when there is none.
    pub(crate) touched_s: u32,
    /// Pieces in the cart.
    pub(crate) in_cart: i32,
    /// Purchases, the first and the latest.
    pub(crate) bought: u32,
    pub(crate) first_bought_s: u32,
    pub(crate) bought_s: u32,
    /// Unix second of the dismissal in force; 0 when there is none.
    pub(crate) dismissed_s: u32,
    pub(crate) wished: bool,
    /// Times shown since it was last touched.
    pub(crate) shown: u32,
    /// Unix second of the latest showing.
    pub(crate) shown_s: u32,
}

/// What is known of the customer, and what the channels start from.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The moment of the decision, Unix seconds.
    pub(crate) now_s: u32,
    /// Latest first.
    pub(crate) anchors: Vec<Anchor>,
    /// Items oldest first, each once: what sequence models read.
    pub(crate) path: Vec<u32>,
    /// Terms that the anchors carry with their share of the weight, strongest first.
    pub(crate) taste: Vec<(u32, f32)>,
    /// What the customer's own history says of each term that it carries.
    pub(crate) own_taste: FxHashMap<u32, Leaning>,
    /// Declared interests, as terms.
    pub(crate) interests: Vec<u32>,
    /// The latest items dismissed not too long ago.
    pub(crate) dismissed: Vec<u32>,
    /// Mean and deviation of the logarithm of the prices (major units) of what they touched.
    pub(crate) price: Option<(f32, f32)>,
    pub(crate) scenario: Scenario,
    /// Days since the latest touch; infinite for the unknown.
    pub(crate) quiet_days: f32,
    /// Touches with interest that are kept.
    pub(crate) touches: u32,
    /// Touches in the current visit.
    pub(crate) session_touches: u32,
    past: FxHashMap<u32, Past>,
}

impl Known {
    /// Reads `view` as of `now`, for `ask`.
    pub(crate) fn read(
        view: &CustomerView,
        items: &Items,
        now: At,
        ask: &RecommendAsk,
        options: &RecommendOptions,
    ) -> Self {
        let now_s = u32::try_from(now.s().max(0)).unwrap_or(u32::MAX);
        let mut known = Self { now_s, quiet_days: f32::INFINITY, ..Self::default() };
        known.fold_touches(view, options);
        known.fold_shown(view);
        known.scenario = known.judge(&options.scenarios);
        let history = known.history(options);
        known.own_taste = leanings(&history, items);
        known.price = price_feel(&history, items);
        known.session_touches = view.session().len() as u32;
        known.interests = declared(view, items);
        known.start_from(ask, history, items, options);
        known
    }

    /// What they had to do with `item`.
    pub(crate) fn past(&self, item: u32) -> Option<&Past> {
        self.past.get(&item)
    }

    /// What was bought, by rising item number.
    pub(crate) fn bought(&self) -> Vec<(u32, Past)> {
        let bought = self.past.iter().filter(|(_, past)| past.bought > 0);
        let mut bought: Vec<(u32, Past)> = bought.map(|(&item, &past)| (item, past)).collect();
        bought.sort_unstable_by_key(|&(item, _)| item);
        bought
    }

    /// Whether a dismissal of it is still in force.
    pub(crate) fn is_dismissed(&self, past: &Past, options: &RecommendOptions) -> bool {
        past.dismissed_s > 0 && self.days_since(past.dismissed_s) <= options.feedback.dismissed_days
    }

    /// Days since `at_s`.
    pub(crate) fn days_since(&self, at_s: u32) -> f32 {
        self.now_s.saturating_sub(at_s) as f32 / DAY_S
    }

    fn fold_touches(&mut self, view: &CustomerView, options: &RecommendOptions) {
        let half_life_s = options.history_half_life_days * DAY_S;
        let weights = Weights::default();
        let until = view.recent.partition_point(|touch| touch.at_s <= self.now_s);
        self.past.reserve(until.min(256));
        for touch in view.recent[..until].iter().filter(|touch| touch.item != NO_ITEM) {
            let said = weights.of_touch(touch);
            let past = self.past.entry(touch.item).or_default();
            if said != 0.0 {
                let age_s = (self.now_s - touch.at_s) as f32;
                past.strength += said * (-age_s / half_life_s).exp2();
            }
            if said > 0.0 {
                past.touches += 1;
                past.touched_s = touch.at_s;
                self.touches += 1;
                self.quiet_days = (self.now_s - touch.at_s) as f32 / DAY_S;
            }
            past.note(touch);
        }
        let no = self.past.iter().filter(|(_, past)| self.is_dismissed(past, options));
        let mut no: Vec<(u32, u32)> = no.map(|(&item, past)| (past.dismissed_s, item)).collect();
        no.sort_unstable_by(|a, b| b.cmp(a));
        self.dismissed = no.into_iter().take(DISMISSED).map(|(_, item)| item).collect();
    }

    fn fold_shown(&mut self, view: &CustomerView) {
        for shown in view.shown.iter().filter(|shown| shown.at_s <= self.now_s) {
            let past = self.past.entry(shown.item).or_default();
            past.shown_s = shown.at_s;
            past.shown += u32::from(shown.at_s > past.touched_s);
        }
    }

    fn judge(&self, scenarios: &Scenarios) -> Scenario {
        if self.touches <= scenarios.new_touches_max {
            Scenario::New
        } else if self.quiet_days > scenarios.at_risk_days {
            Scenario::AtRisk
        } else {
            Scenario::Active
        }
    }

    /// The customer's own anchors, latest first.
    fn history(&self, options: &RecommendOptions) -> Vec<Anchor> {
        let liked = self.past.iter().filter(|(_, past)| past.strength > 0.0 && past.touches > 0);
        let mut liked: Vec<(u32, &Past)> = liked.map(|(&item, past)| (item, past)).collect();
        liked.sort_unstable_by(|a, b| b.1.touched_s.cmp(&a.1.touched_s).then(a.0.cmp(&b.0)));
        liked.truncate(options.history_max);
        let mut fade = 1.0;
        let anchor = |(item, past): (u32, &Past)| {
            let weight = (1.0 + past.strength).ln() * lasting(fade);
            fade *= options.session_decay;
            Anchor { item, weight, is_wanted: past.bought > 0 || past.in_cart > 0 || past.wished }
        };
        liked.into_iter().map(anchor).filter(|anchor| anchor.weight > 0.0).collect()
    }

    /// Sets anchors, path and taste to what this surface starts from.
    fn start_from(
        &mut self,
        ask: &RecommendAsk,
        history: Vec<Anchor>,
        items: &Items,
        options: &RecommendOptions,
    ) {
        let mut fade = 1.0;
        for id in ask.context.iter().rev() {
            let Some(item) = items.ix(id) else { continue };
            if self.anchors.iter().any(|anchor| anchor.item == item) {
                continue;
            }
            self.anchors.push(Anchor { item, weight: fade, is_wanted: true });
            if ask.surface != Surface::Cart {
                fade *= options.session_decay;
            }
        }
        let about_context = ask.surface.wants_context() && !ask.context.is_empty();
        if !about_context {
            for anchor in history {
                if self.anchors.iter().all(|known| known.item != anchor.item) {
                    self.anchors.push(anchor);
                }
            }
            self.anchors.truncate(options.history_max);
        }
        self.path = self.anchors.iter().rev().map(|anchor| anchor.item).collect();
        self.taste = taste(&self.anchors, items);
    }
}

impl Past {
    /// The purchases of `item`, as its cycle sees them.
    pub(crate) fn purchase(&self, item: u32, items: &Items, known: &Known) -> Purchased {
        Purchased {
            item,
            category: items.row(item).leaf,
            times: self.bought.max(1),
            span_days: self.bought_s.saturating_sub(self.first_bought_s) as f32 / DAY_S,
            since_days: known.days_since(self.bought_s),
        }
    }

    fn note(&mut self, touch: &Touch) {
        let pieces = i32::try_from(touch.quantity()).unwrap_or(i32::MAX);
        match touch.kind {
            EventKind::AddToCart => self.in_cart = self.in_cart.saturating_add(pieces),
            EventKind::RemoveFromCart => self.in_cart = (self.in_cart - pieces).max(0),
            EventKind::AddToWishlist => self.wished = true,
            EventKind::DismissItem => self.dismissed_s = touch.at_s.max(1),
            EventKind::Purchase => {
                self.in_cart = (self.in_cart - pieces).max(0);
                self.wished = false;
                if self.bought == 0 {
                    self.first_bought_s = touch.at_s;
                }
                self.bought += 1;
                self.bought_s = touch.at_s;
            }
            _ => {}
        }
        // Who takes it after all has changed their mind.
        if matches!(
            touch.kind,
            EventKind::AddToCart | EventKind::AddToWishlist | EventKind::Purchase
        ) {
            self.dismissed_s = 0;
        }
    }
}

/// The terms that `anchors` carry, with their shares of the anchors' weight, strongest first.
fn taste(anchors: &[Anchor], items: &Items) -> Vec<(u32, f32)> {
    let anchors = &anchors[..anchors.len().min(TASTE_ANCHORS)];
    let all: f32 = anchors.iter().map(|anchor| anchor.weight).sum();
    let mut carried: Vec<(u32, f32)> = Vec::new();
    for anchor in anchors {
        let terms = items.row(anchor.item).terms.iter();
        carried.extend(terms.map(|&term| (term, anchor.weight / all)));
    }
    carried.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    carried.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    carried.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    carried.truncate(TASTE_TERMS);
    carried
}

/// How much somebody with these anchors leans to each term that they carry: ln(1 + n / κb), with n
/// the anchors that carry it, b the share of the catalogue that does, and κ touches of which nothing
/// is concluded yet. Up to what is the same for all items of an ask that is the naive Bayes
/// log-odds of the term, shrunk; so a rare term says more, and age says nothing: tastes last.
fn leanings(anchors: &[Anchor], items: &Items) -> FxHashMap<u32, Leaning> {
    const PRIOR: f32 = 5.0;
    let mut counts: FxHashMap<u32, f32> = FxHashMap::default();
    for anchor in anchors {
        for &term in items.row(anchor.item).terms.iter() {
            *counts.entry(term).or_default() += 1.0;
        }
    }
    let all = items.len().max(1) as f32;
    let lean = |(term, count): (u32, f32)| {
        let part = items.with_term(term).len().max(1) as f32 / all;
        let (kind, lean) = (items.term(term)?.kind, (count / (PRIOR * part)).ln_1p());
        Some((term, Leaning { kind, share: 0.0, lean }))
    };
    let mut leanings: FxHashMap<u32, Leaning> = counts.into_iter().filter_map(lean).collect();
    for (term, share) in taste(anchors, items) {
        if let Some(leaning) = leanings.get_mut(&term) {
            leaning.share = share;
        }
    }
    leanings
}

fn price_feel(anchors: &[Anchor], items: &Items) -> Option<(f32, f32)> {
    let (mut weight, mut mean, mut spread) = (0.0_f32, 0.0_f32, 0.0_f32);
    for anchor in anchors {
        let Some(price) = ln_price(items, anchor.item) else { continue };
        // West (1979): a weighted mean and variance in one pass.
        weight += anchor.weight;
        let off = price - mean;
        mean += off * anchor.weight / weight;
        spread += anchor.weight * off * (price - mean);
    }
    // A price feeling is never sharper than about 30 %.
    (weight > 0.0).then(|| (mean, (spread / weight).sqrt().max(0.3)))
}

/// The logarithm of an item's price in major units.
pub(crate) fn ln_price(items: &Items, item: u32) -> Option<f32> {
    let major = items.row(item).price()?.major();
    (major > 0.0).then(|| major.ln() as f32)
}

/// Declared interests as category terms: by full path, or else by the name of any level.
fn declared(view: &CustomerView, items: &Items) -> Vec<u32> {
    let Some(declared) = &view.declared else { return Vec::new() };
    let mut terms: Vec<u32> =
        declared.interests.iter().flat_map(|name| category_terms(items, name)).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The category terms that `name` may mean: the one with this path, or else all whose last level
/// is called so.
pub(crate) fn category_terms(items: &Items, name: &str) -> Vec<u32> {
    if let Some(term) = items.term_ix(TermKind::Category, name) {
        return vec![term];
    }
    let ends_so = |path: &str| path.rsplit(" > ").next() == Some(name);
    (0..items.terms_len())
        .filter(|&term| {
            items.term(term).is_some_and(|t| t.kind == TermKind::Category && ends_so(t.name))
        })
        .collect()
}

#[cfg(test)]
mod tests;
