//! What carries these terms?
//!
//! An [`AttributeIndex`] holds, per id, a set of weighted terms (brand, category, words of a
//! title, ... numbered by the caller) and answers weighted terms with the ids that share the rare
//! ones. It never changes: a base of posting lists and a short tail of newer entries, which every
//! search scans, give the next index at the price of a list of pointers.
//!
//! Score: Okapi BM25 (Robertson & Zaragoza 2009), weights in the place of term counts:
//!
//! `Σ_t q_t · idf(t) · w_t (k₁ + 1) / (w_t + k₁ (1 − b + b · length / mean length))`,
//! `idf(t) = ln(1 + (N − n_t + ½) / (n_t + ½))`, length = sum of an entry's weights.
//!
//! Entries that were replaced or deleted leave `N`, `n_t` and the mean length with the next
//! compaction only, so scores move a little then; answers never contain them.

mod base;
mod stored;

use crate::IndexError;
use crate::filter::{Bitset, Filter, ID_LIMIT};
use crate::live::Snapshot;
use crate::top::{Hit, TopK};
use base::Base;
use std::sync::Arc;

/// How entries are scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttributeOptions {
    /// How slowly a weight saturates, 0 ..= 10, default 1.2; 0 ignores weights.
    pub k1: f32,
    /// How much long entries are held back, 0 ..= 1, default 0.75; 0 ignores length.
    pub b: f32,
}

impl Default for AttributeOptions {
    fn default() -> Self {
        Self { k1: 1.2, b: 0.75 }
    }
}

impl AttributeOptions {
    fn check(&self) -> Result<(), IndexError> {
        let refuse = |option, allowed| Err(IndexError::Option { option, got: 0, allowed });
        if !(0.0..=10.0).contains(&self.k1) {
            return refuse("k1", "0 to 10");
        }
        if !(0.0..=1.0).contains(&self.b) {
            return refuse("b", "0 to 1");
        }
        Ok(())
    }

    /// What a weight is worth in an entry that is `stretch` times as long as the mean.
    fn worth(&self, weight: f32, stretch: f32) -> f32 {
        weight * (self.k1 + 1.0) / (weight + self.k1 * (1.0 - self.b + self.b * stretch))
    }
}

/// A term with its weight, above zero and finite.
pub type Term = (u32, f32);

/// Entries by id; immutable, cheap to clone.
#[derive(Debug, Clone)]
pub struct AttributeIndex {
    options: AttributeOptions,
    base: Arc<Base>,
    /// Rows of the base that are no longer true.
    dead: Arc<Bitset>,
    dead_count: usize,
    tail: Vec<Arc<Entry>>,
}

/// One id and its terms, ascending, each once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) terms: Vec<Term>,
}

impl Entry {
    fn new(id: u32, terms: &[Term]) -> Result<Self, IndexError> {
        for id in terms.iter().map(|&(term, _)| term).chain([id]) {
            if id >= ID_LIMIT {
                return Err(IndexError::IdTooLarge { id, limit: ID_LIMIT });
            }
        }
        Ok(Self { id, terms: merged(id, terms)? })
    }

    pub(crate) fn length(&self) -> f32 {
        self.terms.iter().map(|&(_, weight)| weight).sum()
    }
}

/// Terms ascending, the weights of equal ones added.
fn merged(id: u32, terms: &[Term]) -> Result<Vec<Term>, IndexError> {
    let usable = |&(_, weight): &Term| weight > 0.0 && weight.is_finite();
    if let Some(position) = terms.iter().position(|term| !usable(term)) {
        return Err(IndexError::Value { id, position, rule: "weights are finite and above 0" });
    }
    let mut terms = terms.to_vec();
    terms.sort_by_key(|&(term, _)| term);
    terms.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    Ok(terms)
}

impl AttributeIndex {
    /// An index with nothing in it.
    ///
    /// # Errors
    /// [`IndexError::Option`] when an option lies outside its range.
    pub fn empty(options: AttributeOptions) -> Result<Self, IndexError> {
        Self::build(options, [])
    }

    /// An index over `(id, terms)`. When an id comes twice, the last one counts; equal terms of an
    /// entry are added up.
    ///
    /// # Errors
    /// [`IndexError::Option`]; [`IndexError::Value`] for a weight that is not finite and above 0;
    /// [`IndexError::IdTooLarge`] for ids and terms from [`ID_LIMIT`] on.
    pub fn build<'a>(
        options: AttributeOptions,
        entries: impl IntoIterator<Item = (u32, &'a [Term])>,
    ) -> Result<Self, IndexError> {
        options.check()?;
        let entries = entries.into_iter().map(|(id, terms)| Entry::new(id, terms));
        let base = Base::build(options, entries.collect::<Result<_, _>>()?);
        Ok(Self::over(options, base))
    }

    fn over(options: AttributeOptions, base: Base) -> Self {
        Self {
            options,
            base: Arc::new(base),
            dead: Arc::default(),
            dead_count: 0,
            tail: Vec::new(),
        }
    }

    /// This index with `id` carrying exactly `terms`; found by the next search. An entry without
    /// terms is known but never answered. Costs microseconds.
    ///
    /// # Errors
    /// Those of [`Self::build`].
    pub fn with_upsert(&self, id: u32, terms: &[Term]) -> Result<Self, IndexError> {
        let entry = Arc::new(Entry::new(id, terms)?);
        let mut next = self.with_delete(id);
        next.tail.push(entry);
        Ok(next)
    }

    /// This index without `id`; nothing happens when it is unknown.
    #[must_use]
    pub fn with_delete(&self, id: u32) -> Self {
        let mut next = self.clone();
        next.tail.retain(|entry| entry.id != id);
        if let Some(row) = next.base.row_of(id)
            && Arc::make_mut(&mut next.dead).insert(row)
        {
            next.dead_count += 1;
        }
        next
    }

    /// The `k` best of the allowed entries that share a term with the query, best first. Exact.
    /// Equal query terms are added up; terms nobody carries count for nothing.
    ///
    /// # Errors
    /// [`IndexError::Value`] for a weight that is not finite and above 0.
    pub fn search(
        &self,
        query: &[Term],
        k: usize,
        filter: &Filter<'_>,
    ) -> Result<Vec<Hit>, IndexError> {
        let mut query = merged(u32::MAX, query)?;
        self.weigh(&mut query);
        let mut top = TopK::new(k);
        if k > 0 {
            let allowed = |row, id| !self.dead.contains(row) && filter.allows(id);
            self.base.search(&query, allowed, &mut top);
            let mean = self.mean_length();
            for entry in self.tail.iter().filter(|entry| filter.allows(entry.id)) {
                let stretch = entry.length() / mean;
                let worths =
                    shared(&query, &entry.terms).map(|(q, w)| q * self.options.worth(w, stretch));
                // Folded as the base folds: from zero, in order of term.
                if let Some(score) = worths.reduce(|sum, worth| sum + worth) {
                    top.offer(entry.id, score);
                }
            }
        }
        Ok(top.into_hits())
    }

    /// Multiplies each query weight by the idf of its term.
    fn weigh(&self, query: &mut [Term]) {
        let mut counts: Vec<usize> =
            query.iter().map(|&(term, _)| self.base.postings(term).len()).collect();
        for entry in &self.tail {
            for (count, (term, _)) in counts.iter_mut().zip(&*query) {
                *count += usize::from(entry.terms.binary_search_by_key(term, |t| t.0).is_ok());
            }
        }
        let all = self.base.len() + self.tail.len();
        for ((_, weight), count) in query.iter_mut().zip(counts) {
            *weight *= (1.0 + ((all - count) as f32 + 0.5) / (count as f32 + 0.5)).ln();
        }
    }

    /// Of the base, fixed when it is built; of the tail while the base is empty.
    fn mean_length(&self) -> f32 {
        self.base.mean_length().unwrap_or_else(|| {
            let total: f32 = self.tail.iter().map(|entry| entry.length()).sum();
            if total > 0.0 { total / self.tail.len() as f32 } else { 1.0 }
        })
    }

    /// The terms of `id`, ascending.
    #[must_use]
    pub fn terms(&self, id: u32) -> Option<Vec<Term>> {
        let newer = self.tail.iter().find(|entry| entry.id == id).map(|entry| entry.terms.clone());
        newer.or_else(|| {
            let row = self.base.row_of(id).filter(|&row| !self.dead.contains(row))?;
            Some(self.base.terms(row).collect())
        })
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.len() - self.dead_count + self.tail.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held: about 16 per entry and term, 16 per entry, 4 per term.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let tail = self.tail.iter().map(|entry| size_of::<Entry>() + 8 * entry.terms.len());
        self.base.bytes() + tail.sum::<usize>()
    }

    fn entries(&self) -> Vec<Entry> {
        let rows = (0..self.base.len() as u32).filter(|&row| !self.dead.contains(row));
        let base = rows.map(|row| self.base.entry(row));
        base.chain(self.tail.iter().map(|entry| (**entry).clone())).collect()
    }
}

/// Pairs of weights of the terms that both carry; both ascending.
fn shared(query: &[Term], terms: &[Term]) -> impl Iterator<Item = (f32, f32)> {
    query.iter().filter_map(move |&(term, weight)| {
        let at = terms.binary_search_by_key(&term, |t| t.0).ok()?;
        Some((weight, terms[at].1))
    })
}

/// What can happen to an [`AttributeIndex`].
#[derive(Debug, Clone)]
pub enum AttributeChange {
    /// See [`AttributeIndex::with_upsert`].
    Upsert {
        /// Whose terms.
        id: u32,
        /// All its terms from now on.
        terms: Vec<Term>,
    },
    /// See [`AttributeIndex::with_delete`].
    Delete {
        /// Who goes.
        id: u32,
    },
}

impl Snapshot for AttributeIndex {
    type Change = AttributeChange;

    fn after(&self, change: &AttributeChange) -> Result<Self, IndexError> {
        match change {
            AttributeChange::Upsert { id, terms } => self.with_upsert(*id, terms),
            AttributeChange::Delete { id } => Ok(self.with_delete(*id)),
        }
    }

    fn compacted(&self) -> Self {
        Self::over(self.options, Base::build(self.options, self.entries()))
    }

    fn wants_compaction(&self) -> bool {
        self.tail.len() > 500.max(self.base.len() / 200)
            || self.dead_count > 500.max(self.base.len() / 5)
    }
}
