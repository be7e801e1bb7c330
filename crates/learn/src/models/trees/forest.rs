//! Fitted trees as one flat array, scored many rows at a time.
//!
//! A node is 8 bytes: threshold, feature, left child; the right child follows the left one. A row
//! moves by `left + (x > threshold)`, so nothing branches on the data; a leaf has the threshold +∞
//! and itself as left child, so every row may take as many steps as the tree is deep. A missing
//! value would need a branch: instead each row is laid out twice, once with −∞ and once with +∞ in
//! place of what is missing, and the node's feature index says which copy it reads. Eight rows go
//! down together to hide the latency of the loads.

use serde::{Deserialize, Serialize};

use super::Objective;

/// Rows that go down a tree side by side.
const LANES: usize = 8;
/// Rows laid out at a time: 64 rows × 20 features × 2 copies are 10 KiB.
const BLOCK: usize = 64;

/// Boosted trees, ready to score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    pub(super) objective: Objective,
    pub(super) feature_count: u32,
    pub(super) base: f32,
    pub(super) trees: Vec<Tree>,
    pub(super) nodes: Vec<Node>,
    /// Per node: a leaf's answer; elsewhere the mean answer of the rows that came by in training.
    pub(super) values: Vec<f32>,
    /// Per feature: what its splits gained.
    pub(super) gains: Vec<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    pub(super) first: u32,
    pub(super) depth: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Node {
    pub(super) threshold: f32,
    /// Below `feature_count`: the copy where missing is −∞; from there on: the other one.
    pub(super) feature: u16,
    /// Counted from the tree's first node.
    pub(super) left: u16,
}

/// The laid-out rows of a block, reused: one per thread.
#[derive(Debug, Clone, Default)]
pub struct TreeScratch {
    cells: Vec<f32>,
}

impl Forest {
    /// Number of trees.
    #[must_use]
    pub fn len(&self) -> usize {
        self.trees.len()
    }

    /// Whether every row scores the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// Features of a row.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.feature_count as usize
    }

    /// What the scores mean.
    #[must_use]
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// Bytes held by the arrays.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        12 * self.nodes.len() + 8 * self.trees.len() + 8 * self.gains.len()
    }

    /// Raw scores of `rows` (row-major, `out.len() × feature_count`; not finite = missing) into
    /// `out`: log-odds, a ranking score or a value, as the objective says.
    ///
    /// Time: rows × trees × depth of about a nanosecond. Rows or parts of rows that are missing at
    /// the end of the slice score as missing.
    pub fn score(&self, rows: &[f32], scratch: &mut TreeScratch, out: &mut [f32]) {
        let features = self.feature_count();
        let mut rest = rows;
        for out in out.chunks_mut(BLOCK) {
            let (block, after) = rest.split_at((out.len() * features).min(rest.len()));
            rest = after;
            self.lay_out(block, out.len(), scratch);
            out.fill(self.base);
            for (tree, nodes, values) in self.iter() {
                let groups = scratch.cells.chunks_exact(LANES * 2 * features);
                for (cells, out) in groups.zip(out.chunks_mut(LANES)) {
                    let at = descend(nodes, tree.depth, cells, 2 * features);
                    for (out, at) in out.iter_mut().zip(at) {
                        *out += values[at as usize];
                    }
                }
            }
        }
    }

    /// Raw score of one row; many rows are faster together.
    #[must_use]
    pub fn score_one(&self, row: &[f32]) -> f32 {
        let mut out = [0.0];
        self.score(row, &mut TreeScratch::default(), &mut out);
        out[0]
    }

    /// Per feature, what its splits gained in training, summed over all trees.
    #[must_use]
    pub fn importance(&self) -> &[f64] {
        &self.gains
    }

    /// Each tree with its nodes and their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Tree, &[Node], &[f32])> {
        self.trees.iter().enumerate().map(|(at, tree)| {
            let end = self.trees.get(at + 1).map_or(self.nodes.len(), |next| next.first as usize);
            let nodes = tree.first as usize..end;
            (*tree, &self.nodes[nodes.clone()], &self.values[nodes])
        })
    }

    /// Writes both copies of each row, and rows of nothing to fill the last lanes.
    fn lay_out(&self, rows: &[f32], count: usize, scratch: &mut TreeScratch) {
        let features = self.feature_count();
        scratch.cells.clear();
        scratch.cells.resize(count.next_multiple_of(LANES) * 2 * features, f32::NEG_INFINITY);
        for (cells, row) in scratch.cells.chunks_exact_mut(2 * features).zip(rows.chunks(features))
        {
            let (low, high) = cells.split_at_mut(features);
            high.fill(f32::INFINITY);
            for ((low, high), &value) in low.iter_mut().zip(high).zip(row) {
                if value.is_finite() {
                    *low = value;
                    *high = value;
                }
            }
        }
    }
}

/// Where eight rows (`width` cells each) end in a tree.
#[inline]
fn descend(nodes: &[Node], depth: u16, cells: &[f32], width: usize) -> [u16; LANES] {
    let mut at = [0_u16; LANES];
    for _ in 0..depth {
        for (lane, at) in at.iter_mut().enumerate() {
            let node = nodes[*at as usize];
            let value = cells[lane * width + node.feature as usize];
            *at = node.left + u16::from(value > node.threshold);
        }
    }
    at
}

/// The feature asked at node `at` of the tree that starts at `first`, and the node that one plain
/// row goes to: a leaf's is the leaf itself.
#[inline]
pub(super) fn step(nodes: &[Node], first: usize, at: usize, row: &[f32]) -> (usize, usize) {
    let node = nodes[at];
    let asked = usize::from(node.feature);
    let is_missing_right = asked >= row.len();
    let feature = if is_missing_right { asked - row.len() } else { asked };
    let value = row[feature];
    let goes_right = if value.is_finite() { value > node.threshold } else { is_missing_right };
    (feature, first + usize::from(node.left) + usize::from(goes_right))
}
