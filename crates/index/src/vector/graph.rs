//! How are the nearest found without looking at all? By walking a graph of near neighbours.
//!
//! The idea is HNSW's (Malkov & Yashunin 2016), told without levels: rows lie in a random order,
//! so every prefix of them is a random sample. The graph is grown along that order, and frozen
//! copies of its youth are kept: a layer is the graph over a prefix. A search scans the first few
//! hundred rows, walks greedily through the frozen layers, each time from the best row found, and
//! then searches the whole graph with a beam.

use super::rows::Rows;
use crate::kernels::{self, Kernel, Line};
use crate::top::TopK;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

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

/// Layers from the smallest prefix to the whole.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Graph {
    pub(crate) layers: Vec<Layer>,
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
}

impl Space<'_> {
    pub(crate) fn row(&self, row: u32) -> &[Line] {
        self.rows.row(row as usize)
    }

    pub(crate) fn scores(&self, query: &[Line], picks: &[u32], out: &mut Vec<f32>) {
        out.resize(picks.len(), 0.0);
        kernels::score_picks(self.kernel, query, self.rows.lines(), picks, out);
    }
}

/// What a walk looks for, and when it gives up.
pub(crate) struct Beam<A> {
    /// How many of the allowed to hold; more finds better and takes longer.
    pub(crate) ef: usize,
    /// Which rows may be found. The others are walked over.
    pub(crate) allowed: A,
    /// How many rows may be scored.
    pub(crate) budget: usize,
}

/// The best found by a walk, or nothing when its budget was too small.
pub(crate) fn search<A: Fn(u32) -> bool>(
    layers: &[&Layer],
    space: &Space<'_>,
    query: &[Line],
    beam: &Beam<A>,
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

fn walk<A: Fn(u32) -> bool>(
    layer: &Layer,
    space: &Space<'_>,
    query: &[Line],
    from: Step,
    beam: &Beam<A>,
    scratch: &mut Scratch,
) -> Option<TopK> {
    scratch.start(layer.nodes());
    let mut found = TopK::new(beam.ef);
    let mut scored = 1;
    scratch.first_seen(from.row);
    scratch.frontier.push(from);
    if (beam.allowed)(from.row) {
        found.offer(from.row, from.score);
    }
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
                if (beam.allowed)(row) {
                    found.offer(row, score);
                }
            }
        }
    }
    scratch.picks = picks;
    scratch.scores = scores;
    (scored <= beam.budget).then_some(found)
}
