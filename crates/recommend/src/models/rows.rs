//! For each item, which others and how much? A sparse item × item matrix, strongest entries first.

use learn::sparse::Csr;
use learn::warm::warm;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Rows of (item, weight), strongest first; 8 bytes an entry and 4 an item. Rows beyond the last
/// are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemRows {
    starts: Vec<u32>,
    items: Vec<u32>,
    weights: Vec<f32>,
}

impl ItemRows {
    /// The matrix with these rows, in order of item; each is sorted by weight, ties by item.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = Vec<(u32, f32)>>) -> Self {
        let mut made = Self { starts: vec![0], items: Vec::new(), weights: Vec::new() };
        for mut row in rows {
            row.retain(|(_, weight)| weight.is_finite() && *weight != 0.0);
            row.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            made.items.extend(row.iter().map(|(item, _)| item));
            made.weights.extend(row.iter().map(|(_, weight)| weight));
            made.starts.push(made.items.len() as u32);
        }
        made
    }

    /// The rows of a matrix over a part of the items: `whole[i]` is the item that row and column
    /// `i` are about (ascending), of `count` items in all.
    #[must_use]
    pub fn spread(part: &Csr, whole: &[u32], count: usize) -> Self {
        let mut at = 0;
        Self::new((0..count as u32).map(|item| {
            if whole.get(at) != Some(&item) || at >= part.rows() {
                return Vec::new();
            }
            at += 1;
            part.row(at - 1).iter().map(|(c, weight)| (whole[c as usize], weight)).collect()
        }))
    }

    /// The entries of `item`, strongest first; none for an item that came after the training.
    pub fn row(&self, item: u32) -> impl ExactSizeIterator<Item = (u32, f32)> + '_ {
        let range = self.range(item);
        let items = self.items[range.clone()].iter().copied();
        items.zip(self.weights[range].iter().copied())
    }

    /// Has the rows of `items` fetched from memory; how many entries they have.
    pub(crate) fn warm(&self, items: impl Iterator<Item = u32> + Clone) -> usize {
        let ranges = items.map(|item| self.range(item));
        let entries = ranges.clone().map(|range| range.len()).sum();
        for range in ranges {
            warm(&self.items[range.clone()]);
            warm(&self.weights[range]);
        }
        entries
    }

    fn range(&self, item: u32) -> Range<usize> {
        let at = item as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&from), Some(&to)) => from as usize..to as usize,
            _ => 0..0,
        }
    }

    /// The entry of `item` for `other`, 0 when it is not kept.
    #[must_use]
    pub fn entry(&self, item: u32, other: u32) -> f32 {
        self.row(item).find(|&(to, _)| to == other).map_or(0.0, |(_, weight)| weight)
    }

    /// Entries in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no entry at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        4 * (self.starts.len() + 2 * self.items.len())
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let ends = self.starts.first() == Some(&0)
            && self.starts.last().copied() == u32::try_from(self.items.len()).ok()
            && self.items.len() == self.weights.len();
        if ends && self.starts.is_sorted() {
            return Ok(());
        }
        Err("the rows of an item matrix do not add up".into())
    }
}
