//! The bulk of an index: rows in random order, the table from id to row, perhaps a graph.

use super::VectorOptions;
use super::graph::{self, Beam, Graph, SCANNED, Scratch, Space};
use super::grow::{self, Shape};
use super::rows::{Metric, Rows};
use super::tail::Tail;
use crate::filter::{Bitset, Filter};
use crate::kernels::{self, Line};
use crate::top::TopK;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use std::cell::RefCell;

/// Rows scored per call while scanning: the scores stay in the first cache.
const CHUNK: usize = 256;
/// Rows a walk scores for each row it holds; measured 6 to 12.
const WALK_COST: usize = 8;
/// Rows that are dead, as a share of all, above which a graph is grown anew.
const DEAD_SHARE: usize = 5;

/// Rows and how to find them. `row_of` is dense: ids are small integers.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) metric: Metric,
    pub(crate) ids: Vec<u32>,
    row_of: Vec<u32>,
    pub(crate) rows: Rows,
    pub(crate) graph: Option<Graph>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Base {
    pub(crate) fn empty(options: VectorOptions) -> Self {
        Self::assemble(options.metric, Vec::new(), Rows::new(options.dims), None)
    }

    /// The last row of an id counts; the order of `prepared` does not matter otherwise.
    pub(crate) fn build(options: VectorOptions, mut prepared: Vec<(u32, Vec<Line>)>) -> Self {
        prepared.sort_by_key(|&(id, _)| id);
        prepared.reverse();
        prepared.dedup_by_key(|&mut (id, _)| id);
        prepared.reverse();
        let with_graph = prepared.len() * options.dims > options.scan_below;
        if with_graph {
            prepared.shuffle(&mut rand_pcg::Pcg64Mcg::seed_from_u64(options.seed));
        }
        let mut rows = Rows::with_capacity(options.dims, prepared.len());
        let mut ids = Vec::with_capacity(prepared.len());
        for (id, lines) in prepared {
            ids.push(id);
            rows.push(&lines);
        }
        let graph = with_graph.then(|| grow::grow(None, &rows, options.metric, shape(options)));
        Self::assemble(options.metric, ids, rows, graph)
    }

    /// Puts parts together, one id per row. When an id comes twice the later row is the true one and
    /// the earlier is dead.
    pub(crate) fn assemble(
        metric: Metric,
        ids: Vec<u32>,
        rows: Rows,
        graph: Option<Graph>,
    ) -> Self {
        let size = ids.iter().max().map_or(0, |&id| id as usize + 1);
        let mut row_of = vec![graph::NONE; size];
        for (row, &id) in ids.iter().enumerate() {
            row_of[id as usize] = row as u32;
        }
        Self { metric, ids, row_of, rows, graph }
    }

    /// This base with the tail linked into a copy of its graph; nothing when there is no graph,
    /// or so much has died that a new one is better. Dead rows stay as bridges.
    pub(crate) fn extended(
        &self,
        options: VectorOptions,
        dead_count: usize,
        tail: &Tail,
    ) -> Option<Self> {
        let graph = self.graph.as_ref()?;
        if dead_count * DEAD_SHARE > self.len() || tail.len() > self.len() {
            return None;
        }
        let (mut ids, mut rows) = (self.ids.clone(), self.rows.clone());
        let mut fresh: Vec<(u32, &[Line])> = tail.iter().collect();
        fresh.sort_by_key(|&(id, _)| id);
        for (id, lines) in fresh {
            ids.push(id);
            rows.push(lines);
        }
        let graph = grow::grow(Some(graph), &rows, options.metric, shape(options));
        Some(Self::assemble(options.metric, ids, rows, Some(graph)))
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    pub(crate) fn bytes(&self) -> usize {
        let layers = self.graph.iter().flat_map(|graph| &graph.layers);
        size_of_val(self.rows.lines())
            + 4 * (self.ids.len() + self.row_of.len())
            + layers.map(|layer| 4 * layer.links.len()).sum::<usize>()
    }

    #[inline]
    pub(crate) fn row_of(&self, id: u32) -> Option<u32> {
        self.row_of.get(id as usize).copied().filter(|&row| row != graph::NONE)
    }

    pub(crate) fn vector(&self, row: u32) -> &[f32] {
        self.rows.values(row as usize)
    }

    pub(crate) fn live_rows(&self, dead: &Bitset) -> Vec<(u32, Vec<Line>)> {
        (0..self.len())
            .filter(|&row| !dead.contains(row as u32))
            .map(|row| (self.ids[row], self.rows.row(row).to_vec()))
            .collect()
    }

    /// Offers the best live and allowed rows; `ef` is `None` for an exact search.
    pub(crate) fn search(
        &self,
        query: &[Line],
        ef: Option<usize>,
        filter: &Filter<'_>,
        dead: &Bitset,
        top: &mut TopK,
    ) {
        let found = match (&self.graph, ef) {
            (Some(graph), Some(ef)) => self.walk(graph, query, ef.max(top.k()), filter, dead),
            _ => None,
        };
        match (found, filter) {
            (Some(found), _) => {
                for hit in found.into_hits() {
                    top.offer(hit.id, hit.score);
                }
            }
            (None, Filter::Only(set)) => {
                let rows = set.iter().filter_map(|id| self.row_of(id));
                self.scan(query, rows.filter(|&row| !dead.contains(row)), top);
            }
            (None, Filter::All) if dead.is_empty() => self.scan_all(query, top),
            (None, _) => {
                let allowed =
                    |&row: &u32| !dead.contains(row) && filter.allows(self.ids[row as usize]);
                self.scan(query, (0..self.len() as u32).filter(allowed), top);
            }
        }
    }

    /// Walks the graph, unless looking at every allowed row is cheaper: a walk that holds `ef`
    /// allowed rows passes `ef / share` rows and scores [`WALK_COST`] for each, a scan scores
    /// `share × rows`. A walk that was expected to be cheap and is not (the filter shuns just the
    /// neighbourhood of the query) spends its budget and ends in a scan, at most twice the price.
    fn walk(
        &self,
        graph: &Graph,
        query: &[Line],
        ef: usize,
        filter: &Filter<'_>,
        dead: &Bitset,
    ) -> Option<TopK> {
        let allowed = |row: u32| !dead.contains(row) && filter.allows(self.ids[row as usize]);
        let (total, sample) = (self.len(), self.len().min(SCANNED));
        let count = match filter {
            Filter::All => total,
            Filter::Only(set) => set.count().min(total),
            // Rows lie in random order, so the first ones are a fair sample.
            Filter::Without(_) | Filter::Where(_) => {
                (0..sample as u32).filter(|&row| allowed(row)).count() * total / sample.max(1)
            }
        };
        if count.saturating_mul(count) <= WALK_COST.saturating_mul(ef).saturating_mul(total) {
            return None;
        }
        let named = |row| allowed(row).then(|| self.ids[row as usize]);
        let beam = Beam { ef, named, budget: count };
        let twins = Some(&graph.twins);
        let space = Space { rows: &self.rows, kernel: self.metric.kernel(), twins };
        let layers: Vec<_> = graph.layers.iter().collect();
        SCRATCH.with_borrow_mut(|scratch| graph::search(&layers, &space, query, &beam, scratch))
    }

    fn scan(&self, query: &[Line], rows: impl Iterator<Item = u32>, top: &mut TopK) {
        let kernel = self.metric.kernel();
        let (mut picks, mut scores) = ([0; CHUNK], [0.0; CHUNK]);
        let mut used = 0;
        let mut flush = |picks: &[u32]| {
            kernels::score_picks(kernel, query, self.rows.lines(), picks, &mut scores);
            for (&row, &score) in picks.iter().zip(&scores) {
                if score >= top.floor() {
                    top.offer(self.ids[row as usize], score);
                }
            }
        };
        for row in rows {
            picks[used] = row;
            used += 1;
            if used == CHUNK {
                flush(&picks);
                used = 0;
            }
        }
        flush(&picks[..used]);
    }

    fn scan_all(&self, query: &[Line], top: &mut TopK) {
        let mut scores = [0.0; CHUNK];
        for (chunk, ids) in self.ids.chunks(CHUNK).enumerate() {
            let scores = &mut scores[..ids.len()];
            let first = chunk * CHUNK;
            kernels::score_range(self.metric.kernel(), query, self.rows.lines(), first, scores);
            for (&id, &score) in ids.iter().zip(&*scores) {
                if score >= top.floor() {
                    top.offer(id, score);
                }
            }
        }
    }
}

fn shape(options: VectorOptions) -> Shape {
    Shape { degree: options.degree, effort: options.build_effort }
}
