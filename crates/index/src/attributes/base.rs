//! The bulk of an attribute index: entries in order of id, and the rows that carry each term.

use super::{AttributeOptions, Entry, Term};
use crate::top::TopK;

/// Rows scored together: their scores stay in the first cache.
const WINDOW: usize = 4096;

/// Row = position of an entry; `starts` arrays have one element more than what they index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Base {
    /// Ascending.
    pub(crate) ids: Vec<u32>,
    pub(crate) entry_starts: Vec<u32>,
    pub(crate) terms: Vec<u32>,
    pub(crate) weights: Vec<f32>,
    posting_starts: Vec<u32>,
    posting_rows: Vec<u32>,
    /// BM25 without idf, beside `posting_rows`.
    posting_worths: Vec<f32>,
    mean_length: Option<f32>,
}

impl Base {
    /// The last entry of an id counts.
    pub(crate) fn build(options: AttributeOptions, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.id);
        entries.reverse();
        entries.dedup_by_key(|entry| entry.id);
        entries.reverse();
        let mut entry_starts = vec![0];
        let (mut terms, mut weights) = (Vec::new(), Vec::new());
        for entry in &entries {
            terms.extend(entry.terms.iter().map(|&(term, _)| term));
            weights.extend(entry.terms.iter().map(|&(_, weight)| weight));
            entry_starts.push(terms.len() as u32);
        }
        let ids = entries.into_iter().map(|entry| entry.id).collect();
        Self::over(options, ids, entry_starts, terms, weights)
    }

    /// Derives the posting lists; the arrays fit together.
    pub(crate) fn over(
        options: AttributeOptions,
        ids: Vec<u32>,
        entry_starts: Vec<u32>,
        terms: Vec<u32>,
        weights: Vec<f32>,
    ) -> Self {
        let mut posting_starts = vec![0; terms.iter().max().map_or(0, |&t| t as usize + 1) + 1];
        for &term in &terms {
            posting_starts[term as usize + 1] += 1;
        }
        for term in 1..posting_starts.len() {
            posting_starts[term] += posting_starts[term - 1];
        }
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let mean_length = (total > 0.0).then(|| (total / ids.len() as f64) as f32);
        let mut next = posting_starts.clone();
        let (mut rows, mut worths) = (vec![0; terms.len()], vec![0.0; terms.len()]);
        for row in 0..ids.len() {
            let range = entry_starts[row] as usize..entry_starts[row + 1] as usize;
            let length: f32 = weights[range.clone()].iter().sum();
            let stretch = mean_length.map_or(1.0, |mean| length / mean);
            for at in range {
                let slot = &mut next[terms[at] as usize];
                rows[*slot as usize] = row as u32;
                worths[*slot as usize] = options.worth(weights[at], stretch);
                *slot += 1;
            }
        }
        Self {
            ids,
            entry_starts,
            terms,
            weights,
            posting_starts,
            posting_rows: rows,
            posting_worths: worths,
            mean_length,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        16 * self.terms.len() + 8 * self.ids.len() + 4 * self.posting_starts.len()
    }

    pub(crate) fn mean_length(&self) -> Option<f32> {
        self.mean_length
    }

    pub(crate) fn row_of(&self, id: u32) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|row| row as u32)
    }

    pub(crate) fn terms(&self, row: u32) -> impl Iterator<Item = Term> + '_ {
        let row = row as usize;
        let range = self.entry_starts[row] as usize..self.entry_starts[row + 1] as usize;
        self.terms[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    pub(crate) fn entry(&self, row: u32) -> Entry {
        Entry { id: self.ids[row as usize], terms: self.terms(row).collect() }
    }

    fn range(&self, term: u32) -> std::ops::Range<usize> {
        match self.posting_starts.get(term as usize..term as usize + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        }
    }

    pub(crate) fn postings(&self, term: u32) -> &[u32] {
        &self.posting_rows[self.range(term)]
    }

    /// Offers every allowed entry that shares a term with `query` (weights times idf, ascending).
    /// Walks the rows in windows: each posting list advances through a window and adds into an
    /// array of scores, then what was touched is offered.
    pub(crate) fn search(
        &self,
        query: &[Term],
        allowed: impl Fn(u32, u32) -> bool,
        top: &mut TopK,
    ) {
        let mut lists: Vec<_> = query
            .iter()
            .map(|&(term, weight)| {
                let range = self.range(term);
                (&self.posting_rows[range.clone()], &self.posting_worths[range], weight)
            })
            .filter(|(rows, ..)| !rows.is_empty())
            .collect();
        let mut scores = [0.0_f32; WINDOW];
        while let Some(first) = lists.iter().map(|(rows, ..)| rows[0]).min() {
            let start = first / WINDOW as u32 * WINDOW as u32;
            let mut touched = [0_u64; WINDOW / 64];
            for (rows, worths, weight) in &mut lists {
                let inside = rows.partition_point(|&row| row < start + WINDOW as u32);
                for (&row, &worth) in rows[..inside].iter().zip(&worths[..inside]) {
                    let at = (row - start) as usize;
                    let new = touched[at / 64] >> (at % 64) & 1 == 0;
                    scores[at] = if new { 0.0 } else { scores[at] } + *weight * worth;
                    touched[at / 64] |= 1 << (at % 64);
                }
                (*rows, *worths) = (&rows[inside..], &worths[inside..]);
            }
            lists.retain(|(rows, ..)| !rows.is_empty());
            for (word, mut left) in touched.into_iter().enumerate() {
                while left != 0 {
                    let at = word * 64 + left.trailing_zeros() as usize;
                    left &= left - 1;
                    let row = start + at as u32;
                    let id = self.ids[row as usize];
                    if scores[at] >= top.floor() && allowed(row, id) {
                        top.offer(id, scores[at]);
                    }
                }
            }
        }
    }
}
