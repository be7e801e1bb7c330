//! What does a fact change in the item table?
//!
//! Only the catalogue changes stock: upserts and stock moves do, purchases do not, because the
//! shop counts its own pieces and would count them twice.

use crate::cow::CowVec;
use crate::decay::split;
use crate::items::{ItemRow, Items, TermKind};
use crate::names::Names;
use crate::options::FeatureOptions;
use crate::sketch::Sketch;
use crate::stats::{ItemStats, Span, popularity_weights};
use crate::times::Times;
use crate::top::Top;
use crate::touch::seconds;
use commerce::{At, Event, EventKind, Item, ItemId, Line, StockMove};
use std::sync::Arc;

impl Items {
    pub(crate) fn new(options: Arc<FeatureOptions>) -> Self {
        let mut nothing = ItemRow::bare(nameless());
        nothing.gone = true;
        Self {
            as_of: 0,
            popular: popularity_weights(&options.weights),
            options,
            nothing: Arc::new(nothing),
            clock_s: 0,
            whole: ItemStats::default(),
            ids: Names::default(),
            rows: CowVec::default(),
            sellable: CowVec::default(),
            times: CowVec::default(),
            together: CowVec::default(),
            baskets: CowVec::default(),
            terms: Names::default(),
            with_term: CowVec::default(),
            leaders: [Arc::default(), Arc::default()],
        }
    }

    /// The number of an item, a new one at its first mention.
    pub(crate) fn mention(&mut self, id: &ItemId, at: At) -> u32 {
        let ix = self.ids.intern(id.as_str());
        if ix as usize == self.rows.len() {
            let mut row = ItemRow::bare(id.clone());
            row.stats.mention(seconds(at));
            self.push(row);
        }
        ix
    }

    pub(crate) fn push(&mut self, row: ItemRow) {
        self.rows.push(row);
        self.note_sellable(self.len() - 1);
        self.times.push(None);
        self.together.push(Sketch::default());
        self.baskets.push(Sketch::default());
    }

    /// Brings the bit of row `ix` in line with the row.
    fn note_sellable(&mut self, ix: u32) {
        let ix = ix as usize;
        let sellable = self.rows.get(ix).is_some_and(ItemRow::sellable);
        if ix / 64 == self.sellable.len() {
            self.sellable.push(0);
        }
        let before = self.sellable.get(ix / 64).copied().unwrap_or_default();
        let after = before & !(1 << (ix % 64)) | u64::from(sellable) << (ix % 64);
        // Writing copies what readers hold, so only what changed is written.
        if before != after
            && let Some(word) = self.sellable.get_mut(ix / 64)
        {
            *word = after;
        }
    }

    /// The bits of all rows, after these came from elsewhere.
    pub(crate) fn note_all_sellable(&mut self) {
        self.sellable = CowVec::default();
        (0..self.len()).for_each(|ix| self.note_sellable(ix));
    }

    pub(crate) fn upsert(&mut self, item: &Item, at: At) {
        let ix = self.mention(&item.id, at);
        let terms = self.terms_of(item);
        let (leaf, brand) = self.kind_of(item);
        let Some(row) = self.rows.get_mut(ix as usize) else { return };
        row.item = Arc::new(item.clone());
        (row.leaf, row.brand) = (leaf, brand);
        row.known = true;
        row.gone = false;
        row.stats.mention(seconds(at));
        let before =
            (*row.terms != *terms).then(|| std::mem::replace(&mut row.terms, terms.into()));
        if let Some(before) = before {
            let after = Arc::clone(&row.terms);
            self.relist(ix, &before, &after);
        }
        self.note_sellable(ix);
    }

    pub(crate) fn gone(&mut self, id: &ItemId, at: At) {
        let ix = self.mention(id, at);
        if let Some(row) = self.rows.get_mut(ix as usize) {
            row.gone = true;
            (row.leaf, row.brand) = (None, None);
            let before = std::mem::take(&mut row.terms);
            self.relist(ix, &before, &[]);
        }
        self.note_sellable(ix);
    }

    pub(crate) fn stock(&mut self, change: &StockMove, at: At) {
        let (StockMove::Counted { item, .. } | StockMove::Moved { item, .. }) = change;
        let ix = self.mention(item, at);
        let Some(row) = self.rows.get_mut(ix as usize) else { return };
        let item = Arc::make_mut(&mut row.item);
        item.stock = match *change {
            StockMove::Counted { left, .. } => Some(left),
            StockMove::Moved { change, .. } => {
                item.stock.map(|left| left.saturating_add_signed(change))
            }
        };
        self.note_sellable(ix);
    }

    /// The numbers of an item's terms, sorted.
    fn terms_of(&mut self, item: &Item) -> Vec<u32> {
        let mut terms = Vec::new();
        let mut path = String::from(TermKind::Category.tag());
        for (depth, level) in item.category.iter().enumerate() {
            path.push_str(if depth == 0 { "" } else { " > " });
            path.push_str(level);
            terms.push(self.term_numbered(&path));
        }
        let mut tagged = |kind: TermKind, name: &str| {
            terms.push(self.term_numbered(&format!("{}{name}", kind.tag())));
        };
        if let Some(brand) = &item.brand {
            tagged(TermKind::Brand, brand);
        }
        if let Some(merchant) = &item.merchant {
            tagged(TermKind::Merchant, merchant.as_str());
        }
        for attribute in &item.attributes {
            tagged(TermKind::Attribute, &format!("{}={}", attribute.name, attribute.value));
        }
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// The terms of an item's narrowest category and of its brand, both numbered before.
    pub(crate) fn kind_of(&self, item: &Item) -> (Option<u32>, Option<u32>) {
        let leaf = (!item.category.is_empty())
            .then(|| self.term_ix(TermKind::Category, &item.category.join(" > ")))
            .flatten();
        let brand = item.brand.as_ref().and_then(|name| self.term_ix(TermKind::Brand, name));
        (leaf, brand)
    }

    fn term_numbered(&mut self, tagged: &str) -> u32 {
        let term = self.terms.intern(tagged);
        if term as usize == self.with_term.len() {
            self.with_term.push(Arc::default());
        }
        term
    }

    /// Moves an item from the lists of the terms it had to those of the terms it has.
    fn relist(&mut self, ix: u32, before: &[u32], after: &[u32]) {
        for term in before.iter().filter(|term| !after.contains(term)) {
            if let Some(items) = self.with_term.get_mut(*term as usize)
                && let Ok(at) = items.binary_search(&ix)
            {
                Arc::make_mut(items).remove(at);
            }
        }
        for term in after.iter().filter(|term| !before.contains(term)) {
            if let Some(items) = self.with_term.get_mut(*term as usize)
                && let Err(at) = items.binary_search(&ix)
            {
                Arc::make_mut(items).insert(at, ix);
            }
        }
    }

    /// Counts one line of an event.
    pub(crate) fn count_line(&mut self, event: &Event, line: &Line, ix: u32, at: At) {
        let at_s = seconds(at);
        self.clock_s = self.clock_s.max(at_s);
        let options = &self.options;
        self.whole.add(event.kind, at_s, options);
        if let Some(times) = self.times.get_mut(ix as usize) {
            let times = Arc::make_mut(times.get_or_insert_default());
            times.add(event.kind, at_s, options.times_kept);
        }
        let Some(row) = self.rows.get_mut(ix as usize) else { return };
        row.stats.add(event.kind, at_s, options);
        if let (EventKind::RateItem, Some(rating)) = (event.kind, event.rating) {
            row.stats.rate(rating);
        }
        if let Some(price) = line.price {
            row.stats.price(price, at_s);
        }
        let cap = options.leaders_kept as usize;
        for (place, span) in [Span::Short, Span::Middle].into_iter().enumerate() {
            let old = row.stats.ranks[place];
            // A rank never falls; a sum that underflowed after years of silence only seems to.
            let new = row.stats.decayed[span as usize].rank(&self.popular).max(old);
            row.stats.ranks[place] = new;
            if new != old && self.leaders[place].admits(new, cap) {
                Arc::make_mut(&mut self.leaders[place]).raise(ix, old, new, cap);
            }
        }
    }

    /// Pairs `ix` with what its party touched just before.
    pub(crate) fn accompany(&mut self, ix: u32, others: &[(u32, f32)], at: At) {
        let moment = split(seconds(at), self.options.companion_half_life_s());
        let cap = self.options.companions_kept as usize;
        for &(other, weight) in others {
            for (one, with) in [(ix, other), (other, ix)] {
                if let Some(sketch) = self.together.get_mut(one as usize) {
                    sketch.add(with, weight, moment, cap);
                }
            }
        }
    }

    /// Pairs the items of one purchase with each other.
    pub(crate) fn fill_basket(&mut self, lines: &[u32], at: At) {
        let moment = split(seconds(at), self.options.companion_half_life_s());
        let cap = self.options.companions_kept as usize;
        let lines = &lines[..lines.len().min(self.options.basket_lines as usize)];
        for (place, &one) in lines.iter().enumerate() {
            for (other_place, &other) in lines.iter().enumerate() {
                let repeated =
                    lines[..other_place].contains(&other) || lines[..place].contains(&one);
                if other == one || repeated {
                    continue;
                }
                if let Some(sketch) = self.baskets.get_mut(one as usize) {
                    sketch.add(other, 1.0, moment, cap);
                }
            }
        }
    }
}

/// An id for the row that stands for no item.
#[expect(clippy::expect_used, reason = "a dash is a valid id: not blank, short, printable")]
fn nameless() -> ItemId {
    ItemId::new("-").expect("a dash is an id")
}

impl Top {
    /// The best `cap` of all rows by the rank at `place`.
    pub(crate) fn of(rows: &CowVec<ItemRow>, place: usize, cap: usize) -> Self {
        let mut top = Self::default();
        for (ix, row) in (0..).zip(rows.iter()) {
            let rank = row.stats.ranks[place];
            if rank > 0 && top.admits(rank, cap) {
                top.raise(ix, 0, rank, cap);
            }
        }
        top
    }
}

impl Times {
    /// Bytes on the heap, its own included.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.lists.iter().map(|list| {
            let blocks: usize = list.blocks.iter().map(|b| 40 + 4 * b.capacity() + 16).sum();
            size_of_val(list) + 8 * list.blocks.capacity() + blocks
        });
        40 + 16 + lists.sum::<usize>()
    }
}
