//! One tree: split the leaf that gains most, until the leaves are used up or nothing gains.

use super::TreeOptions;
use super::bins::Bins;
use super::histogram::{self, Histogram, Sums};

/// A node while its tree grows; leaves have no split.
#[derive(Debug, Clone)]
pub(super) struct GrownNode {
    pub(super) split: Option<Split>,
    /// The left child; the right one follows it. 0 in a leaf.
    pub(super) left: usize,
    /// What a row that stops here would get, already times the learning rate.
    pub(super) value: f32,
    pub(super) rows: u32,
}

/// A tree and where the rows it saw ended.
pub(super) struct Grown {
    pub(super) nodes: Vec<GrownNode>,
    /// `(leaf node, rows)`.
    pub(super) leaves: Vec<(usize, Vec<u32>)>,
}

/// Rows with `code ≤ bin` of `feature` go left; missing ones where `missing_left` says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) gain: f64,
    pub(super) feature: usize,
    pub(super) bin: usize,
    pub(super) missing_left: bool,
    left: Sums,
    right: Sums,
}

impl Split {
    fn sends_left(&self, code: u8) -> bool {
        if code == 0 { self.missing_left } else { usize::from(code) <= self.bin }
    }
}

/// A leaf that may still be split.
struct Open {
    node: usize,
    depth: usize,
    rows: Vec<u32>,
    histogram: Histogram,
    /// Leaf values below must lie between these (monotone features).
    bounds: [f64; 2],
    best: Option<Split>,
}

/// What stays the same while one tree grows.
pub(super) struct Grower<'a> {
    pub(super) bins: &'a Bins,
    pub(super) gradients: &'a [[f32; 2]],
    pub(super) options: &'a TreeOptions,
    /// Features this tree may split on, ascending.
    pub(super) features: &'a [usize],
}

impl Grower<'_> {
    /// Grows a tree on `rows` (ascending).
    pub(super) fn grow(&self, rows: Vec<u32>) -> Grown {
        let mut nodes = Vec::with_capacity(2 * self.options.leaves);
        let mut leaves = Vec::new();
        let histogram = histogram::build(self.bins, &rows, self.gradients);
        let sums = total(&histogram);
        let bounds = [f64::NEG_INFINITY, f64::INFINITY];
        nodes.push(self.node(sums, bounds));
        let mut open = vec![self.open(0, 0, rows, histogram, bounds)];
        while nodes.len() + 1 < 2 * self.options.leaves {
            let gain = |leaf: &Open| leaf.best.map_or(f64::NEG_INFINITY, |best| best.gain);
            let Some(at) =
                (0..open.len()).max_by(|&a, &b| gain(&open[a]).total_cmp(&gain(&open[b])))
            else {
                break;
            };
            let Some(split) = open[at].best else { break };
            let leaf = open.swap_remove(at);
            for child in self.split(leaf, split, &mut nodes) {
                if child.best.is_some() {
                    open.push(child);
                } else {
                    leaves.push((child.node, child.rows));
                }
            }
        }
        leaves.extend(open.into_iter().map(|leaf| (leaf.node, leaf.rows)));
        Grown { nodes, leaves }
    }

    fn split(&self, leaf: Open, split: Split, nodes: &mut Vec<GrownNode>) -> [Open; 2] {
        let Open { node, depth, rows, mut histogram, bounds, .. } = leaf;
        let goes_left = |row: &u32| split.sends_left(self.bins.code(*row, split.feature));
        let (left_rows, right_rows): (Vec<u32>, Vec<u32>) = rows.into_iter().partition(goes_left);

        let bounds = self.child_bounds(&split, bounds);
        let left = nodes.len();
        nodes.push(self.node(split.left, bounds[0]));
        nodes.push(self.node(split.right, bounds[1]));
        nodes[node].left = left;
        nodes[node].split = Some(split);

        // Only the smaller child is counted; the other is what remains of the parent.
        let is_left_small = left_rows.len() <= right_rows.len();
        let small_rows = if is_left_small { &left_rows } else { &right_rows };
        let small = histogram::build(self.bins, small_rows, self.gradients);
        histogram::subtract(&mut histogram, &small);
        let (of_left, of_right) =
            if is_left_small { (small, histogram) } else { (histogram, small) };
        [
            self.open(left, depth + 1, left_rows, of_left, bounds[0]),
            self.open(left + 1, depth + 1, right_rows, of_right, bounds[1]),
        ]
    }

    fn open(
        &self,
        node: usize,
        depth: usize,
        rows: Vec<u32>,
        histogram: Histogram,
        bounds: [f64; 2],
    ) -> Open {
        let may_split =
            depth < self.options.depth && rows.len() as u32 >= 2 * self.options.leaf_rows;
        let best = if may_split { self.best_split(&histogram, bounds) } else { None };
        Open { node, depth, rows, histogram, bounds, best }
    }

    fn node(&self, sums: Sums, bounds: [f64; 2]) -> GrownNode {
        let value = self.value(sums, bounds) * f64::from(self.options.learning_rate);
        GrownNode { split: None, left: 0, value: value as f32, rows: sums.rows }
    }

    /// `−G / (H + λ)`, within bounds.
    fn value(&self, sums: Sums, [low, high]: [f64; 2]) -> f64 {
        let curvature = f64::from(sums.curvature + self.options.ridge).max(1e-12);
        (-sums.gradient / curvature).clamp(low, high)
    }

    /// How much the loss falls, times two, when these rows get `value`.
    fn gain(&self, sums: Sums, value: f64) -> f64 {
        -value * (2.0 * sums.gradient + f64::from(sums.curvature + self.options.ridge) * value)
    }

    /// Below a split on a monotone feature, neither side may cross the middle of the two values.
    fn child_bounds(&self, split: &Split, [low, high]: [f64; 2]) -> [[f64; 2]; 2] {
        let left = self.value(split.left, [low, high]);
        let right = self.value(split.right, [low, high]);
        let middle = left.midpoint(right);
        match self.options.direction(split.feature) {
            1 => [[low, middle], [middle, high]],
            -1 => [[middle, high], [low, middle]],
            _ => [[low, high]; 2],
        }
    }

    fn best_split(&self, histogram: &Histogram, bounds: [f64; 2]) -> Option<Split> {
        let all = total(histogram);
        let stays = self.gain(all, self.value(all, bounds));
        let mut best: Option<Split> = None;
        let mut floor = stays + f64::from(self.options.gain).max(1e-9 * stays.abs());
        for &feature in self.features {
            let slots = &histogram[feature];
            let missing = slots[0];
            let last = self.bins.cuts[feature].len() + 1;
            let mut left = Sums::default();
            for (bin, slot) in slots.iter().enumerate().take(last + 1).skip(1) {
                if slot.rows == 0 {
                    continue;
                }
                left += *slot;
                let mut with = left;
                with += missing;
                // Past the last bin all that is known is on the left: a split by being missing.
                for (missing_left, left) in [(false, left), (true, with)] {
                    let is_same = missing_left && missing.rows == 0;
                    if is_same || left.rows >= all.rows {
                        continue;
                    }
                    let right = all - left;
                    if let Some(gain) = self.split_gain(feature, left, right, bounds, floor) {
                        floor = gain;
                        // Without missing rows to learn from, they follow the larger side.
                        let missing_left =
                            if missing.rows == 0 { left.rows >= right.rows } else { missing_left };
                        let gain = gain - stays;
                        best = Some(Split { gain, feature, bin, missing_left, left, right });
                    }
                }
            }
        }
        best
    }

    /// The gain of both sides when the split is allowed and gains more than `floor`.
    fn split_gain(
        &self,
        feature: usize,
        left: Sums,
        right: Sums,
        bounds: [f64; 2],
        floor: f64,
    ) -> Option<f64> {
        let options = self.options;
        let is_large =
            |side: Sums| side.rows >= options.leaf_rows && side.curvature >= options.leaf_curvature;
        if !is_large(left) || !is_large(right) {
            return None;
        }
        let (low, high) = (self.value(left, bounds), self.value(right, bounds));
        let falls = match options.direction(feature) {
            1 => low > high,
            -1 => low < high,
            _ => false,
        };
        let gain = self.gain(left, low) + self.gain(right, high);
        (!falls && gain > floor).then_some(gain)
    }
}

fn total(histogram: &Histogram) -> Sums {
    let mut sums = Sums::default();
    if let Some(slots) = histogram.first() {
        slots.iter().for_each(|slot| sums += *slot);
    }
    sums
}
