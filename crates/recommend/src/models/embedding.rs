//! Where do items and customers lie? iALS factors, folded in per ask and searched by inner product.
//!
//! A customer is never stored: their factors are solved from their history when they ask (one small
//! system against the items' Gram matrix), so the very next click moves them.

use crate::error::RecommendError;
use index::{Metric, Search, VectorIndex, VectorOptions};
use learn::models::ials::Ials;
use learn::sparse::Csr;
use serde::{Deserialize, Serialize};

/// Item factors and the index over them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Embedding {
    ials: Ials,
    dims: usize,
    /// `wholes[part]`: the item that row `part` of the factors is about; ascending.
    wholes: Vec<u32>,
    /// `parts[item]`: the row of the factors that is about `item`, or `u32::MAX`.
    parts: Vec<u32>,
    /// Length of each item's vector.
    lengths: Vec<f32>,
    index: VectorIndex,
}

/// What is kept of an embedding: the rest follows from it.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    ials: Ials,
    dims: u32,
    wholes: Vec<u32>,
    index: Vec<u8>,
}

impl Embedding {
    /// An embedding from factors over a part of the items: row `i` is about item `wholes[i]`
    /// (ascending). Builds the index on all cores.
    ///
    /// # Errors
    /// [`RecommendError::Fit`] when the factors are not finite or do not match.
    pub fn new(ials: Ials, dims: usize, wholes: Vec<u32>) -> Result<Self, RecommendError> {
        let fit = |why: String| RecommendError::Fit { what: "the embedding", why };
        if ials.items() != wholes.len() {
            return Err(fit(format!("{} factors for {} items", ials.items(), wholes.len())));
        }
        let values: Vec<f32> =
            (0..wholes.len() as u32).flat_map(|part| ials.item(part).iter().copied()).collect();
        let options = VectorOptions::new(dims, Metric::InnerProduct);
        let index =
            VectorIndex::build(options, &wholes, &values).map_err(|why| fit(why.to_string()))?;
        Ok(Self::assemble(ials, dims, wholes, index))
    }

    fn assemble(ials: Ials, dims: usize, wholes: Vec<u32>, index: VectorIndex) -> Self {
        let mut parts = vec![u32::MAX; wholes.last().map_or(0, |&last| last as usize + 1)];
        for (part, &whole) in wholes.iter().enumerate() {
            parts[whole as usize] = part as u32;
        }
        let ials = ials.without_customers();
        let length = |part| ials.item(part).iter().map(|v| v * v).sum::<f32>().sqrt();
        let lengths = (0..wholes.len() as u32).map(length).collect();
        Self { ials, dims, wholes, parts, lengths, index }
    }

    /// Values per vector.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Items that have a vector.
    #[must_use]
    pub fn len(&self) -> usize {
        self.wholes.len()
    }

    /// Whether no item has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wholes.is_empty()
    }

    fn part(&self, item: u32) -> Option<u32> {
        self.parts.get(item as usize).copied().filter(|&part| part != u32::MAX)
    }

    /// The vector of `item`.
    #[must_use]
    pub fn vector(&self, item: u32) -> Option<&[f32]> {
        self.part(item).map(|part| self.ials.item(part))
    }

    /// Appends the vector of `item` scaled to length one, or zeros when it has none.
    pub(crate) fn push_unit(&self, item: u32, out: &mut Vec<f32>) {
        match self.part(item).map(|part| (part, self.lengths[part as usize])) {
            Some((part, length)) if length > 0.0 => {
                let scale = length.recip();
                out.extend(self.ials.item(part).iter().map(|value| value * scale));
            }
            _ => out.resize(out.len() + self.dims, 0.0),
        }
    }

    /// The factors of somebody with this history of (item, weight > 0); `None` when none of it is
    /// known. About 20 µs for 50 items of 32 values.
    #[must_use]
    pub fn fold_in(&self, history: &[(u32, f32)]) -> Option<Vec<f32>> {
        let known = history.iter().filter_map(|&(item, weight)| Some((self.part(item)?, weight)));
        let known: Vec<(u32, f32)> = known.collect();
        if known.is_empty() {
            return None;
        }
        let row = Csr::from_rows(self.wholes.len(), vec![known]).ok()?;
        self.ials.fold_in(row.row(0)).ok()
    }

    /// The `count` items with the greatest inner product with `taste`, into `out`, best first.
    pub(crate) fn nearest(&self, taste: &[f32], count: usize, out: &mut Vec<(u32, f32)>) {
        out.clear();
        let search = Search { ef: count.max(64), ..Search::default() };
        // A taste of the wrong length or with a value that is not finite finds nothing.
        if let Ok(hits) = self.index.search(taste, count, &search) {
            out.extend(hits.into_iter().map(|hit| (hit.id, hit.score)));
        }
    }

    /// Of `history`, the one or two items nearest to `item` by cosine, nearest first.
    pub(crate) fn nearest_of(&self, item: u32, history: impl Iterator<Item = u32>) -> Vec<u32> {
        let Some(part) = self.part(item) else { return Vec::new() };
        let about = self.ials.item(part);
        let mut near: Vec<(f32, u32)> = history
            .filter(|&other| other != item)
            .filter_map(|other| {
                let part = self.part(other)?;
                let dot: f32 = about.iter().zip(self.ials.item(part)).map(|(a, b)| a * b).sum();
                Some((dot / self.lengths[part as usize].max(f32::MIN_POSITIVE), other))
            })
            .filter(|&(cosine, _)| cosine > 0.0)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(2);
        near.into_iter().map(|(_, other)| other).collect()
    }

    /// Bytes held, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        4 * self.dims * self.wholes.len() + self.index.stats().bytes
    }
}

impl From<Embedding> for Stored {
    fn from(embedding: Embedding) -> Self {
        Self {
            dims: embedding.dims as u32,
            index: embedding.index.to_bytes(),
            ials: embedding.ials,
            wholes: embedding.wholes,
        }
    }
}

impl TryFrom<Stored> for Embedding {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let index = VectorIndex::from_bytes(&stored.index).map_err(|why| why.to_string())?;
        let dims = stored.dims as usize;
        let agree = stored.ials.items() == stored.wholes.len()
            && index.options().dims == dims
            && stored.wholes.is_sorted()
            && stored.wholes.last().is_none_or(|&last| last < index::filter::ID_LIMIT);
        if !agree {
            return Err("the embedding's factors and index do not match".into());
        }
        Ok(Self::assemble(stored.ials, dims, stored.wholes, index))
    }
}
