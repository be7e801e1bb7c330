//! How are the nearest found without looking at all? By walking a graph of near neighbours.
//!
//! The idea is HNSW's (Malkov & Yashunin 2016), told without levels: rows lie in a random order,
//! so every prefix of them is a random sample. The graph is grown along that order, and frozen
//! copies of its youth are kept: a layer is the graph over a prefix. A search scans the first few
//! hundred rows, walks greedily through the frozen layers, each time from the best row found, and
//! then searches the whole graph with a beam.

use super::rows::Rows;
use crate::filter::Bitset;
use crate::kernels::{self, Kernel, Line};
use crate::top::TopK;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Marks an unused link.
pub(crate) const NONE: u32 = u32::MAX;

/// Rows scanned exactly to find where to start.
pub(crate) const SCANNED: usize = 256;

/// Links among the first `nodes` rows, `degree` slots each; unused slots come last and are `NONE`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) degree: usize,
    pub(crate) links: Vec<u32>,
}

impl Layer {
    pub(crate) fn new(degree: usize) -> Self {
        Self { degree, links: Vec::new() }
    }

    pub(crate) fn nodes(&self) -> usize {
        self.links.len() / self.degree
    }

    #[inline]
    pub(crate) fn links(&self, row: u32) -> &[u32] {
        let slots = &self.links[row as usize * self.degree..][..self.degree];
        let used = slots.iter().position(|&link| link == NONE).unwrap_or(self.degree);
        &slots[..used]
    }

    pub(crate) fn set(&mut self, row: u32, links: &[u32]) {
        let slots = &mut self.links[row as usize * self.degree..][..self.degree];
        slots[..links.len()].copy_from_slice(links);
        slots[links.len()..].fill(NONE);
    }
}

/// Layers from the smallest prefix to the whole, and who is equal to whom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Graph {
    pub(crate) layers: Vec<Layer>,
    pub(crate) twins: Twins,
}

/// Chains of equal rows. Only the first of a chain is linked: many equal rows would fill each
/// other's links and cut themselves off. Whoever finds the first finds them all.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Twins {
    next: Vec<u32>,
    later: Bitset,
}

impl Twins {
    /// Finds the rows that are equal to the bit. Two rows whose hashes meet by accident are linked
    /// like any others.
    pub(crate) fn of(rows: &Rows) -> Self {
        let mut twins = Self { next: vec![NONE; rows.len()], later: Bitset::new() };
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut last: HashMap<u64, u32> = HashMap::with_capacity(rows.len());
        for row in 0..rows.len() {
            let key = rows.values(row).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            let before = last.insert(hasher.hash_one(key), row as u32);
            if let Some(before) = before
                && rows.row(before as usize) == rows.row(row)
            {
                twins.next[before as usize] = row as u32;
                twins.later.insert(row as u32);
            }
        }
        twins
    }

    /// Whether an earlier row is equal.
    pub(crate) fn is_later(&self, row: u32) -> bool {
        self.later.contains(row)
    }

    /// The row and those equal to it that come later.
    fn from(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(row), |&row| {
            self.next.get(row as usize).copied().filter(|&next| next != NONE)
        })
    }
}

/// A place to walk from; ordered so that a heap gives the best first.
#[derive(Debug, Clone, Copy)]
struct Step {
    score: f32,
    row: u32,
}

impl Ord for Step {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.row.cmp(&self.row))
    }
}
impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Step {}

/// What a walk writes while it goes; kept per thread, so that a search allocates little.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    seen: Vec<u64>,
    touched: Vec<u32>,
    frontier: BinaryHeap<Step>,
    picks: Vec<u32>,
    scores: Vec<f32>,
}

impl Scratch {
    fn start(&mut self, rows: usize) {
        for row in self.touched.drain(..) {
            self.seen[row as usize / 64] = 0;
        }
        self.frontier.clear();
        if self.seen.len() < rows.div_ceil(64) {
            self.seen.resize(rows.div_ceil(64), 0);
        }
    }

    #[inline]
    fn first_seen(&mut self, row: u32) -> bool {
        let (word, bit) = (&mut self.seen[row as usize / 64], 1 << (row % 64));
        let first = *word & bit == 0;
        *word |= bit;
        if first {
            self.touched.push(row);
        }
        first
    }
}

/// The vectors as a walk sees them: something that scores rows.
#[derive(Clone, Copy)]
pub(crate) struct Space<'a> {
    pub(crate) rows: &'a Rows,
    pub(crate) kernel: Kernel,
    /// None while growing: there, only the first of equal rows are met.
    pub(crate) twins: Option<&'a Twins>,
}

impl Space<'_> {
    pub(crate) fn row(&self, row: u32) -> &[Line] {
        self.rows.row(row as usize)
    }

    fn alike(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let later = self.twins.into_iter().flat_map(move |twins| twins.from(row).skip(1));
        std::iter::once(row).chain(later)
    }

    pub(crate) fn scores(&self, query: &[Line], picks: &[u32], out: &mut Vec<f32>) {
        out.resize(picks.len(), 0.0);
        kernels::score_picks(self.kernel, query, self.rows.lines(), picks, out);
    }
}

/// What a walk looks for, and when it gives up.
pub(crate) struct Beam<N> {
    /// How many of the allowed to hold; more finds better and takes longer.
    pub(crate) ef: usize,
    /// The id under which a row may be found; none for rows that are only walked over.
    pub(crate) named: N,
    /// How many rows may be scored.
    pub(crate) budget: usize,
}

/// The best found by a walk, or nothing when its budget was too small.
pub(crate) fn search<N: Fn(u32) -> Option<u32>>(
    layers: &[&Layer],
    space: &Space<'_>,
    query: &[Line],
    beam: &Beam<N>,
    scratch: &mut Scratch,
) -> Option<TopK> {
    let (last, frozen) = layers.split_last()?;
    let mut best = scan_first(space, query, layers[0].nodes().min(SCANNED), scratch)?;
    for layer in frozen {
        best = descend(layer, space, query, best, scratch);
    }
    walk(last, space, query, best, beam, scratch)
}

fn scan_first(
    space: &Space<'_>,
    query: &[Line],
    rows: usize,
    scratch: &mut Scratch,
) -> Option<Step> {
    scratch.picks.clear();
    scratch.picks.extend(0..rows as u32);
    space.scores(query, &scratch.picks, &mut scratch.scores);
    steps(scratch).max()
}

fn steps(scratch: &Scratch) -> impl Iterator<Item = Step> + '_ {
    scratch.picks.iter().zip(&scratch.scores).map(|(&row, &score)| Step { score, row })
}

/// Moves to the best neighbour until none is better.
fn descend(
    layer: &Layer,
    space: &Space<'_>,
    query: &[Line],
    mut best: Step,
    scratch: &mut Scratch,
) -> Step {
    loop {
        scratch.picks.clear();
        scratch.picks.extend_from_slice(layer.links(best.row));
        space.scores(query, &scratch.picks, &mut scratch.scores);
        match steps(scratch).max() {
            Some(next) if next.score > best.score => best = next,
            _ => return best,
        }
    }
}

fn walk<N: Fn(u32) -> Option<u32>>(
    layer: &Layer,
    space: &Space<'_>,
    query: &[Line],
    from: Step,
    beam: &Beam<N>,
    scratch: &mut Scratch,
) -> Option<TopK> {
    scratch.start(layer.nodes());
    let mut found = TopK::new(beam.ef);
    let mut scored = 1;
    scratch.first_seen(from.row);
    scratch.frontier.push(from);
    let offer = |found: &mut TopK, row: u32, score: f32| {
        for row in space.alike(row) {
            if let Some(id) = (beam.named)(row) {
                found.offer(id, score);
            }
        }
    };
    offer(&mut found, from.row, from.score);
    let mut picks = std::mem::take(&mut scratch.picks);
    let mut scores = std::mem::take(&mut scratch.scores);
    while let Some(step) = scratch.frontier.pop() {
        if step.score < found.floor() {
            break;
        }
        picks.clear();
        picks.extend(layer.links(step.row).iter().filter(|&&row| scratch.first_seen(row)));
        scored += picks.len();
        if scored > beam.budget {
            break;
        }
        space.scores(query, &picks, &mut scores);
        for (&row, &score) in picks.iter().zip(&scores) {
            if score > found.floor() || !found.is_full() {
                scratch.frontier.push(Step { score, row });
                offer(&mut found, row, score);
            }
        }
    }
    scratch.picks = picks;
    scratch.scores = scores;
    (scored <= beam.budget).then_some(found)
}
