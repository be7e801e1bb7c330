//! How does the graph grow? In batches, each linked against what stood before it.
//!
//! A batch of new rows is searched for in the graph as it is, all at once on all cores; then the
//! links are written in order of row. Nothing depends on which thread was faster, so the same
//! rows, options and seed give the same graph (the batched construction of ParlayANN, Manohar et
//! al. 2024). A batch is at most a sixteenth of what stands, so few rows miss each other.
//!
//! A row keeps a neighbour only if it is nearer to the row than to any neighbour already kept
//! (the relative-neighbourhood rule of HNSW): links point in different directions.
//!
//! Of rows that are equal to the bit only the first is linked; see [`Twins`].
//!
//! Under inner product the rows are compared by inner product too (ip-NSW, Morozov & Babenko
//! 2018). The textbook reduction to a distance, one more coordinate that makes all rows equally
//! long, was measured and lost by far: queries have nothing in that coordinate, so they lie far
//! from every row and the graph leads them astray (recall at ef 64: .59 against .97).

use super::graph::{Beam, Graph, Layer, SCANNED, Scratch, Space, Twins, search};
use super::rows::{Metric, Rows};
use crate::top::TopK;
use rayon::prelude::*;

/// A layer is frozen when the graph has grown by this factor.
const LAYER_FACTOR: usize = 16;
/// ... unless the whole will be less than this many times larger: it would cost memory for nothing.
const LAYER_GAIN: usize = 4;
const BATCH_SHARE: usize = 16;
const BATCH_MAX: usize = 1024;
/// Rows below which waking another thread costs more than it brings.
const TASK_MIN: usize = 8;

/// How wide and how carefully to grow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Links a row may have; half of them are chosen when it comes in.
    pub(crate) degree: usize,
    /// Candidates looked at for each new row.
    pub(crate) effort: usize,
}

/// Links the rows that `graph` does not have yet; `None` grows it from nothing.
pub(crate) fn grow(graph: Option<&Graph>, rows: &Rows, metric: Metric, shape: Shape) -> Graph {
    let space = Space { rows, kernel: metric.kernel(), twins: None };
    let twins = Twins::of(rows);
    let mut frozen = graph.map(|graph| graph.layers.clone()).unwrap_or_default();
    let mut whole = frozen.pop().unwrap_or_else(|| Layer::new(shape.degree));
    let total = rows.len();
    whole.links.reserve_exact((total - whole.nodes()) * shape.degree);
    while whole.nodes() < total {
        let done = whole.nodes();
        let batch = (done / BATCH_SHARE).clamp(1, BATCH_MAX).min(total - done);
        add_batch(&frozen, &mut whole, &space, &twins, shape, batch);
        let last = frozen.last().map_or(SCANNED, Layer::nodes);
        let now = whole.nodes();
        if now >= last * LAYER_FACTOR && total >= now * LAYER_GAIN {
            frozen.push(whole.clone());
        }
    }
    frozen.push(whole);
    Graph { layers: frozen, twins }
}

fn add_batch(
    frozen: &[Layer],
    whole: &mut Layer,
    space: &Space<'_>,
    twins: &Twins,
    shape: Shape,
    batch: usize,
) {
    let done = whole.nodes() as u32;
    let new = done..done + batch as u32;
    let layers: Vec<&Layer> = frozen.iter().chain([&*whole]).collect();
    let chosen: Vec<Vec<u32>> = new
        .clone()
        .into_par_iter()
        .with_min_len(TASK_MIN)
        .map_init(Scratch::default, |scratch, row| {
            if twins.is_later(row) {
                return Vec::new();
            }
            let beam = Beam { ef: shape.effort, named: Some, budget: usize::MAX };
            let found = search(&layers, space, space.row(row), &beam, scratch);
            let near = found.map(TopK::into_hits).unwrap_or_default();
            diverse(space, near.iter().map(|hit| (hit.id, hit.score)), shape.degree / 2)
        })
        .collect();

    let mut back: Vec<(u32, u32)> = Vec::new();
    whole.links.resize((done as usize + batch) * shape.degree, super::graph::NONE);
    for (row, links) in new.zip(&chosen) {
        whole.set(row, links);
        back.extend(links.iter().map(|&link| (link, row)));
    }
    back.sort_unstable();
    let groups: Vec<&[(u32, u32)]> = back.chunk_by(|a, b| a.0 == b.0).collect();
    let updated: Vec<Vec<u32>> = groups
        .par_iter()
        .with_min_len(TASK_MIN)
        .map_init(Vec::new, |scores, group| join(whole, space, shape.degree, group, scores))
        .collect();
    for (group, links) in groups.iter().zip(&updated) {
        whole.set(group[0].0, links);
    }
}

/// The links of a row after new rows have linked to it.
fn join(
    whole: &Layer,
    space: &Space<'_>,
    degree: usize,
    group: &[(u32, u32)],
    scores: &mut Vec<f32>,
) -> Vec<u32> {
    let row = group[0].0;
    let mut links = whole.links(row).to_vec();
    links.extend(group.iter().map(|&(_, from)| from));
    if links.len() <= degree {
        return links;
    }
    space.scores(space.row(row), &links, scores);
    let mut near: Vec<(u32, f32)> = links.into_iter().zip(scores.iter().copied()).collect();
    near.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    diverse(space, near.into_iter(), degree)
}

/// Of `near` (best first), those not better reached through one that was taken before.
fn diverse(space: &Space<'_>, near: impl Iterator<Item = (u32, f32)>, degree: usize) -> Vec<u32> {
    let mut kept: Vec<u32> = Vec::with_capacity(degree);
    let mut scores = Vec::with_capacity(degree);
    for (row, score) in near {
        space.scores(space.row(row), &kept, &mut scores);
        if scores.iter().all(|&between| between < score) {
            kept.push(row);
            if kept.len() == degree {
                break;
            }
        }
    }
    kept
}
