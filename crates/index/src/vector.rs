//! What is near this?
//!
//! A [`VectorIndex`] is a value that never changes: readers share it behind an `Arc` and take no
//! lock. It is a large base (all rows, and a graph over them when that pays) and a small tail of
//! newer rows that every search scans exactly. An upsert or a delete gives a new index that
//! shares all but a few kilobytes with the old one; compaction works the tail into the base; [`Live`](crate::Live) runs it in the background.

mod base;
mod graph;
mod grow;
mod rows;
mod stored;

mod tail;

pub use rows::Metric;

use crate::filter::{Bitset, Filter, ID_LIMIT};
use crate::live::Snapshot;
use crate::top::{Hit, TopK};
use crate::{IndexError, kernels::Line};
use base::Base;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tail::Tail;

/// How a vector index is built and searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorOptions {
    /// Values per vector, 1 ..= 65 536.
    pub dims: usize,
    /// How vectors are compared.
    pub metric: Metric,
    /// Links per row in the graph, 4 ..= 256, default 32: more finds better, costs `4 × degree`
    /// bytes per row and time. Below 16 clustered data falls apart.
    pub degree: usize,
    /// Candidates looked at when a row is linked, ≥ `degree`, default 128: building time grows
    /// with it, recall saturates near 200.
    pub build_effort: usize,
    /// Up to this many values (rows × dims) searches scan everything and no graph is built.
    /// Default 1 048 576 (4 MiB): a scan takes about 0.1 ms and is exact. 0 = always a graph.
    pub scan_below: usize,
    /// Decides the order in which rows enter the graph.
    pub seed: u64,
}

impl VectorOptions {
    /// The defaults for vectors of `dims` values.
    #[must_use]
    pub fn new(dims: usize, metric: Metric) -> Self {
        Self { dims, metric, degree: 32, build_effort: 128, scan_below: 1 << 20, seed: 1 }
    }

    fn check(&self) -> Result<(), IndexError> {
        let refuse = |option, got, allowed| Err(IndexError::Option { option, got, allowed });
        if !(1..=65_536).contains(&self.dims) {
            return refuse("dims", self.dims, "1 to 65536");
        }
        if !(4..=256).contains(&self.degree) {
            return refuse("degree", self.degree, "4 to 256");
        }
        if !(self.degree..=65_536).contains(&self.build_effort) {
            return refuse("build_effort", self.build_effort, "degree to 65536");
        }
        Ok(())
    }
}

/// How one search looks.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// How many answers to hold while walking the graph, ≥ k (raised to k), default 64. Recall
    /// and time grow with it. Scans ignore it.
    pub ef: usize,
    /// Which ids may be answered.
    pub filter: Filter<'a>,
}

impl Default for Search<'_> {
    fn default() -> Self {
        Self { ef: 64, filter: Filter::All }
    }
}

/// What an index holds, for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorStats {
    /// Vectors that can be found.
    pub live: usize,
    /// Rows of the base that were deleted or replaced and still take room.
    pub dead: usize,
    /// Rows in the tail, scanned by every search.
    pub tail: usize,
    /// Whether the base has a graph.
    pub graph: bool,
    /// Bytes held, shared parts included.
    pub bytes: usize,
}

/// Vectors by id; immutable, cheap to clone.
#[derive(Debug, Clone)]
pub struct VectorIndex {
    options: VectorOptions,
    base: Arc<Base>,
    /// Rows of the base that are no longer true.
    dead: Arc<Bitset>,
    dead_count: usize,
    tail: Tail,
}

impl VectorIndex {
    /// An index with nothing in it.
    ///
    /// # Errors
    /// [`IndexError::Option`] when an option lies outside its range.
    pub fn empty(options: VectorOptions) -> Result<Self, IndexError> {
        options.check()?;
        Ok(Self {
            options,
            base: Arc::new(Base::empty(options)),
            dead: Arc::default(),
            dead_count: 0,
            tail: Tail::default(),
        })
    }

    /// An index over `ids.len()` vectors; `values` holds them row by row. When an id comes twice,
    /// the last one counts. The order of the input does not matter otherwise.
    ///
    /// # Errors
    /// As [`Self::with_upserts`], and [`IndexError::Option`].
    pub fn build(options: VectorOptions, ids: &[u32], values: &[f32]) -> Result<Self, IndexError> {
        let empty = Self::empty(options)?;
        let prepared = empty.prepare(ids, values)?;
        let base = Base::build(options, prepared);
        Ok(Self { base: Arc::new(base), ..empty })
    }

    fn prepare(&self, ids: &[u32], values: &[f32]) -> Result<Vec<(u32, Vec<Line>)>, IndexError> {
        let VectorOptions { dims, metric, .. } = self.options;
        if values.len() != ids.len() * dims {
            return Err(IndexError::Shape { expected: ids.len() * dims, got: values.len() });
        }
        let row = |(&id, values): (&u32, &[f32])| {
            if id >= ID_LIMIT {
                return Err(IndexError::IdTooLarge { id, limit: ID_LIMIT });
            }
            Ok((id, metric.lines(dims, id, values)?))
        };
        ids.iter().zip(values.chunks_exact(dims)).map(row).collect()
    }

    /// This index with the given vectors added, or put in the place of those with the same ids.
    /// They are found by the next search. Costs a few microseconds per vector.
    ///
    /// # Errors
    /// [`IndexError::Shape`] unless `values.len() == ids.len() * dims`, [`IndexError::Value`] for
    /// NaN or infinity, [`IndexError::IdTooLarge`] from [`ID_LIMIT`] on.
    pub fn with_upserts(&self, ids: &[u32], values: &[f32]) -> Result<Self, IndexError> {
        let mut next = self.clone();
        for (id, lines) in self.prepare(ids, values)? {
            next.bury(id);
            next.tail.upsert(self.options.dims, id, &lines);
        }
        Ok(next)
    }

    /// This index without the given ids; unknown ids are ignored.
    #[must_use]
    pub fn with_deletes(&self, ids: &[u32]) -> Self {
        let mut next = self.clone();
        for &id in ids {
            next.bury(id);
            next.tail.delete(id);
        }
        next
    }

    /// Marks the base's row of `id`, if any, as no longer true.
    fn bury(&mut self, id: u32) {
        if let Some(row) = self.base.row_of(id)
            && !self.dead.contains(row)
        {
            Arc::make_mut(&mut self.dead).insert(row);
            self.dead_count += 1;
        }
    }

    /// The `k` best of the allowed vectors, best first.
    ///
    /// Exact when the base has no graph, or when so few ids are allowed that looking at them all
    /// is cheaper than walking; otherwise approximate, see [`Search::ef`]. The tail is always
    /// searched exactly. Fewer than `k` hits come back only when fewer ids are allowed, or, with a
    /// graph, in rare cases where parts of it cannot be reached.
    ///
    /// # Errors
    /// [`IndexError::Shape`] unless `query.len() == dims`, [`IndexError::Value`] for NaN or infinity.
    pub fn search(
        &self,
        query: &[f32],
        k: usize,
        search: &Search<'_>,
    ) -> Result<Vec<Hit>, IndexError> {
        self.find(query, k, Some(search.ef), &search.filter)
    }

    /// The `k` best by looking at every allowed vector; what [`Self::search`] is measured against.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn search_exact(
        &self,
        query: &[f32],
        k: usize,
        filter: &Filter<'_>,
    ) -> Result<Vec<Hit>, IndexError> {
        self.find(query, k, None, filter)
    }

    fn find(
        &self,
        query: &[f32],
        k: usize,
        ef: Option<usize>,
        filter: &Filter<'_>,
    ) -> Result<Vec<Hit>, IndexError> {
        let VectorOptions { dims, metric, .. } = self.options;
        let query = metric.lines(dims, u32::MAX, query)?;
        let mut top = TopK::new(k);
        if k > 0 {
            self.base.search(&query, ef, filter, &self.dead, &mut top);
            self.tail.search(metric.kernel(), &query, filter, &mut top);
        }
        Ok(top.into_hits())
    }

    fn rows(&self) -> Vec<(u32, Vec<Line>)> {
        let mut rows = self.base.live_rows(&self.dead);
        rows.extend(self.tail.iter().map(|(id, lines)| (id, lines.to_vec())));
        rows
    }

    /// How this index was built.
    #[must_use]
    pub fn options(&self) -> &VectorOptions {
        &self.options
    }

    /// Number of vectors that can be found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.len() - self.dead_count + self.tail.len()
    }

    /// Whether nothing can be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The vector of `id` (of length one under [`Metric::Cosine`]), `dims` values.
    #[must_use]
    pub fn vector(&self, id: u32) -> Option<&[f32]> {
        self.tail.vector(id).or_else(|| {
            let row = self.base.row_of(id)?;
            (!self.dead.contains(row)).then(|| self.base.vector(row))
        })
    }

    /// Whether `id` can be found.
    #[must_use]
    pub fn contains(&self, id: u32) -> bool {
        self.vector(id).is_some()
    }

    /// What the index holds.
    #[must_use]
    pub fn stats(&self) -> VectorStats {
        VectorStats {
            live: self.len(),
            dead: self.dead_count,
            tail: self.tail.len(),
            graph: self.base.has_graph(),
            bytes: self.base.bytes() + self.tail.bytes(),
        }
    }
}

/// What can happen to a [`VectorIndex`].
#[derive(Debug, Clone)]
pub enum VectorChange {
    /// See [`VectorIndex::with_upserts`].
    Upsert {
        /// Whose vectors.
        ids: Vec<u32>,
        /// Row by row, `ids.len() × dims` values.
        values: Vec<f32>,
    },
    /// See [`VectorIndex::with_deletes`].
    Delete {
        /// Who goes.
        ids: Vec<u32>,
    },
}

impl Snapshot for VectorIndex {
    type Change = VectorChange;

    fn after(&self, change: &VectorChange) -> Result<Self, IndexError> {
        match change {
            VectorChange::Upsert { ids, values } => self.with_upserts(ids, values),
            VectorChange::Delete { ids } => Ok(self.with_deletes(ids)),
        }
    }

    /// The same vectors with the tail worked into the base and the dead rows gone.
    ///
    /// When little has died since the graph was built, the tail is linked into a copy of it;
    /// otherwise everything is built anew. Takes seconds on large indexes: call it in the
    /// background and publish the result whole.
    fn compacted(&self) -> Self {
        let base = self.base.extended(self.options, self.dead_count, &self.tail);
        let (base, dead, dead_count) = match base {
            Some(base) => (base, Arc::clone(&self.dead), self.dead_count),
            None => (Base::build(self.options, self.rows()), Arc::default(), 0),
        };
        Self {
            options: self.options,
            base: Arc::new(base),
            dead,
            dead_count,
            tail: Tail::default(),
        }
    }

    /// Whether searches would gain from compaction: the tail holds more than 1 000 rows
    /// and a hundredth of the base, or a fifth of the base is dead.
    fn wants_compaction(&self) -> bool {
        self.tail.len() > 1_000.max(self.base.len() / 100)
            || self.dead_count > 1_000.max(self.base.len() / 5)
    }
}
