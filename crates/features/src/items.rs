//! What is known about an item? The item table as of one offset of the log.

use crate::cow::CowVec;
use crate::names::Names;
use crate::options::FeatureOptions;
use crate::rates::Rates;
use crate::sketch::Sketch;
use crate::stats::{ItemStats, SIGNALS, Signal, Span};
use crate::times::{Count, Times};
use crate::top::Top;
use crate::touch::seconds;
use commerce::{At, EventKind, Item, ItemId, Money};
use std::hint::black_box;
use std::sync::Arc;

/// One item as of the snapshot.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// The item as the shop last described it, stock moves included; bare while `known` is false.
    pub item: Arc<Item>,
    /// Whether the catalogue has told about it.
    pub known: bool,
    /// Whether the shop said that it is gone for good.
    pub gone: bool,
    /// The terms it carries: each level of its category path, brand, merchant, attributes; sorted.
    pub terms: Arc<[u32]>,
    /// Of these, its narrowest category.
    pub leaf: Option<u32>,
    /// Of these, its brand.
    pub brand: Option<u32>,
    /// What has happened to it.
    pub stats: ItemStats,
}

impl ItemRow {
    pub(crate) fn bare(id: ItemId) -> Self {
        Self {
            item: Arc::new(Item::bare(id)),
            known: false,
            gone: false,
            terms: Arc::from([]),
            leaf: None,
            brand: None,
            stats: ItemStats::default(),
        }
    }

    /// The shop's id.
    #[must_use]
    pub fn id(&self) -> &ItemId {
        &self.item.id
    }

    /// The catalogue's price, or the last one seen in an event.
    #[must_use]
    pub fn price(&self) -> Option<Money> {
        self.item.price.or(self.stats.last_price)
    }

    /// Pieces left, where the shop counts them.
    #[must_use]
    pub fn stock(&self) -> Option<u32> {
        self.item.stock
    }

    /// Whether it may be shown: active, not gone, not out of stock. An item that the catalogue
    /// never told about counts as active; `known` tells it apart.
    #[must_use]
    pub fn sellable(&self) -> bool {
        self.item.active && !self.gone && self.item.stock != Some(0)
    }
}

/// What a term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TermKind {
    /// A category, with the path that leads to it: `Home > Kitchen`.
    Category,
    /// A maker.
    Brand,
    /// A seller, by id.
    Merchant,
    /// A named property: `color=red`.
    Attribute,
}

impl TermKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Category, Self::Brand, Self::Merchant, Self::Attribute];

    pub(crate) const fn tag(self) -> char {
        match self {
            Self::Category => 'c',
            Self::Brand => 'b',
            Self::Merchant => 'm',
            Self::Attribute => 'a',
        }
    }

    fn tagged(tag: char) -> Self {
        Self::ALL.into_iter().find(|kind| kind.tag() == tag).unwrap_or(Self::Attribute)
    }
}

/// Something that items have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term<'a> {
    /// What it is about.
    pub kind: TermKind,
    /// What it is called.
    pub name: &'a str,
}

/// An item that goes with another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Companion {
    /// Its number.
    pub item: u32,
    /// How much goes for it, in decayed views; the part that is certain (see `weight_max`).
    pub weight: f32,
    /// The most that its weight can be: the sketch that counts companions is bounded.
    pub weight_max: f32,
}

/// The item table as of one offset of the log: immutable, shared, cheap to hold.
///
/// Items have dense numbers in order of their first mention in the log, so a number means the same
/// item for ever. Numbers beyond the snapshot (a view can be newer) give an empty row.
#[derive(Clone, Debug)]
pub struct Items {
    /// The table has seen every fact before this offset.
    pub as_of: u64,
    pub(crate) options: Arc<FeatureOptions>,
    pub(crate) popular: [f64; SIGNALS],
    pub(crate) nothing: Arc<ItemRow>,
    /// Unix second of the latest event seen.
    pub(crate) clock_s: u32,
    pub(crate) whole: ItemStats,
    pub(crate) ids: Names,
    pub(crate) rows: CowVec<ItemRow>,
    /// Bit `ix % 64` of word `ix / 64`: whether row `ix` is sellable. Guards ask it of every
    /// candidate, and the bits of 100,000 items stay in the nearest cache where their rows do not.
    pub(crate) sellable: CowVec<u64>,
    pub(crate) times: CowVec<Option<Arc<Times>>>,
    pub(crate) together: CowVec<Sketch>,
    pub(crate) baskets: CowVec<Sketch>,
    pub(crate) terms: Names,
    pub(crate) with_term: CowVec<Arc<Vec<u32>>>,
    /// Leaders by short and by middle popularity.
    pub(crate) leaders: [Arc<Top>; 2],
}

impl Items {
    /// How many items were ever mentioned.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// The number of the item with this id.
    #[must_use]
    pub fn ix(&self, id: &ItemId) -> Option<u32> {
        self.ids.find(id.as_str())
    }

    /// The item with this number; an empty row that is not sellable beyond the snapshot.
    #[must_use]
    pub fn row(&self, ix: u32) -> &ItemRow {
        self.rows.get(ix as usize).unwrap_or(&self.nothing)
    }

    /// Has the rows of `items`, which will be read next, fetched from memory all at once: one after
    /// the other each waits several times for memory.
    pub fn warm(&self, items: &[u32]) {
        for &ix in items {
            let ItemRow { item, terms, stats, .. } = self.row(ix);
            let counts = stats.decayed.each_ref().map(|decayed| decayed.sums[0]);
            black_box((Arc::as_ptr(item), terms.len(), stats.first_s, stats.totals[0], counts));
        }
        for &ix in items {
            let ItemRow { item, terms, .. } = self.row(ix);
            black_box((item.price, terms.first()));
        }
    }

    /// Whether the item with this number may be shown: [`ItemRow::sellable`] without reading the row.
    #[must_use]
    pub fn sellable(&self, ix: u32) -> bool {
        let ix = ix as usize;
        self.sellable.get(ix / 64).is_some_and(|word| word >> (ix % 64) & 1 == 1)
    }

    /// Every row in order of its number.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &ItemRow)> {
        (0..).zip(self.rows.iter())
    }

    /// The time of the latest event seen.
    #[must_use]
    pub fn clock(&self) -> At {
        At::from_s(self.clock_s.into())
    }

    /// How many terms there are; they are numbered densely.
    #[must_use]
    pub fn terms_len(&self) -> u32 {
        self.terms.len() as u32
    }

    /// The term with this number.
    #[must_use]
    pub fn term(&self, term: u32) -> Option<Term<'_>> {
        let text: &str = self.terms.name(term)?;
        let tag = text.chars().next()?;
        Some(Term { kind: TermKind::tagged(tag), name: &text[tag.len_utf8()..] })
    }

    /// The number of a term; a category's name is its path joined with ` > `.
    #[must_use]
    pub fn term_ix(&self, kind: TermKind, name: &str) -> Option<u32> {
        self.terms.find(&format!("{}{name}", kind.tag()))
    }

    /// The items that carry a term now, by rising number.
    #[must_use]
    pub fn with_term(&self, term: u32) -> &[u32] {
        self.with_term.get(term as usize).map_or(&[], |items| items.as_slice())
    }

    /// Decayed count of a signal: Σ 2^(−age / half-life).
    #[must_use]
    pub fn decayed(&self, ix: u32, signal: Signal, span: Span, now: At) -> f64 {
        self.rates(now).decayed(ix, signal, span)
    }

    /// Decayed interest in views: each signal with its weight.
    #[must_use]
    pub fn popularity(&self, ix: u32, span: Span, now: At) -> f64 {
        self.rates(now).popularity(ix, span)
    }

    /// The same over all items.
    #[must_use]
    pub fn popularity_of_all(&self, span: Span, now: At) -> f64 {
        self.value(&self.whole, &self.popular, span, now)
    }

    /// The same values for many items of one moment: what depends on the moment alone is computed
    /// once.
    #[must_use]
    pub fn rates(&self, now: At) -> Rates<'_> {
        Rates::new(self, now)
    }

    fn value(&self, stats: &ItemStats, of: &[f64; SIGNALS], span: Span, now: At) -> f64 {
        stats.decayed[span as usize].value(of, seconds(now), self.options.half_life_s(span))
    }

    /// Touches per impression over the long span, in [0, 1]: decayed selects over impressions, as
    /// if it had been shown 20 times more with the shop's mean rate.
    #[must_use]
    pub fn click_rate(&self, ix: u32, now: At) -> f64 {
        self.rates(now).click_rate(ix)
    }

    /// How far interest of now is above that of the long run, in standard deviations:
    /// (S − E) / √(E + 1), where S is short popularity and E what it would be at the long rate.
    #[must_use]
    pub fn trend(&self, ix: u32, now: At) -> f64 {
        self.rates(now).trend(ix)
    }

    /// Events of `kind` in the `window_s` seconds up to and including `now`.
    #[must_use]
    pub fn count(&self, ix: u32, kind: EventKind, window_s: u32, now: At) -> Count {
        let until_s = seconds(now);
        let after_s = until_s.saturating_sub(window_s);
        match self.times.get(ix as usize) {
            Some(Some(times)) => times.count(kind, after_s, until_s),
            _ => Count { n: 0, exact: true },
        }
    }

    /// The most popular items, best first, at most [`FeatureOptions::leaders_kept`]; not filtered:
    /// the caller passes over what is not sellable. [`Span::Long`] is answered by `Middle`.
    pub fn popular(&self, span: Span) -> impl Iterator<Item = u32> + '_ {
        self.leaders[(span as usize).min(1)].entries.iter().map(|&(_, ix)| ix)
    }

    /// The items that rise most, best first, with their [`Items::trend`] above 0; found among the
    /// leaders of the short span, so what rises has real interest behind it.
    #[must_use]
    pub fn trending(&self, n: usize, now: At) -> Vec<(u32, f64)> {
        let rates = self.rates(now);
        let mut rising: Vec<(u32, f64)> = self
            .popular(Span::Short)
            .map(|ix| (ix, rates.trend(ix)))
            .filter(|&(_, trend)| trend > 0.0)
            .collect();
        rising.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        rising.truncate(n);
        rising
    }

    /// What the same parties touched just before or after in the same visit, heaviest first.
    #[must_use]
    pub fn companions(&self, ix: u32, now: At) -> Vec<Companion> {
        self.companions_in(&self.together, ix, now)
    }

    /// What was bought in the same orders, heaviest first; weights count orders.
    #[must_use]
    pub fn bought_with(&self, ix: u32, now: At) -> Vec<Companion> {
        self.companions_in(&self.baskets, ix, now)
    }

    fn companions_in(&self, sketches: &CowVec<Sketch>, ix: u32, now: At) -> Vec<Companion> {
        let Some(sketch) = sketches.get(ix as usize) else { return Vec::new() };
        let mut all: Vec<Companion> = sketch
            .at(seconds(now), self.options.companion_half_life_s())
            .map(|(item, weight, weight_max)| Companion { item, weight, weight_max })
            .collect();
        all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.item.cmp(&b.item)));
        all
    }
}
