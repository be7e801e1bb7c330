//! Round after round: gradients, a tree, new scores, and the look at the validation rows.

use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;

use super::bins::Bins;
use super::forest::{Forest, Node, Tree, TreeScratch, step};
use super::grow::{Grower, Grown};
use super::{Objective, TreeOptions, TreeRows};
use crate::{error::FitError, progress::Progress};

/// What a fit gave.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The trees up to the best round.
    pub forest: Forest,
    /// Loss on the training rows with these trees (mean log-loss, squared error, or 1 − nDCG).
    pub train_loss: f64,
    /// The same on the validation rows, when there were any.
    pub valid_loss: Option<f64>,
    /// Rounds grown, those after the best one included.
    pub rounds: usize,
}

impl Forest {
    /// Fits trees to `train`. With `valid`, stops when its loss has not fallen for
    /// `options.patience` rounds and keeps the best round's trees.
    ///
    /// # Errors
    /// [`FitError::Input`] for rows or options that do not fit together; [`FitError::Cancelled`].
    pub fn fit(
        train: &TreeRows<'_>,
        valid: Option<&TreeRows<'_>>,
        options: &TreeOptions,
        progress: Progress<'_>,
    ) -> Result<Fitted, FitError> {
        options.check(train.feature_count)?;
        for rows in [Some(train), valid].into_iter().flatten() {
            rows.check(options.objective)?;
            if rows.feature_count != train.feature_count {
                let (have, want) = (rows.feature_count, train.feature_count);
                return Err(FitError::Input(format!("trees: {have} features against {want}")));
            }
        }
        progress.step("trees: bins", 0, 1)?;
        let bins = Bins::new(train, options.bins);
        let mut round = Rounds::new(train, valid, options, &bins);
        let total = options.trees as u64;
        for number in 0..options.trees {
            progress.step("trees: boost", number as u64, total)?;
            if !round.boost() {
                break;
            }
        }
        progress.step("trees: boost", total, total)?;
        Ok(round.finish())
    }

    fn new(train: &TreeRows<'_>, options: &TreeOptions) -> Self {
        Self {
            objective: options.objective,
            feature_count: train.feature_count as u32,
            base: options.objective.base(train),
            trees: Vec::new(),
            nodes: Vec::new(),
            values: Vec::new(),
            gains: vec![0.0; train.feature_count],
        }
    }

    /// Appends a grown tree in its serving form.
    fn plant(&mut self, grown: &Grown, bins: &Bins) {
        let first = self.nodes.len();
        let mut depths = vec![0_u16; grown.nodes.len()];
        let mut means: Vec<f64> = grown.nodes.iter().map(|node| f64::from(node.value)).collect();
        for (at, node) in grown.nodes.iter().enumerate() {
            let Some(split) = node.split else {
                let left = at as u16;
                self.nodes.push(Node { threshold: f32::INFINITY, feature: 0, left });
                continue;
            };
            depths[node.left] = depths[at] + 1;
            depths[node.left + 1] = depths[at] + 1;
            let side = if split.missing_left { 0 } else { bins.feature_count };
            self.nodes.push(Node {
                // Past the last cut: all that is known goes left.
                threshold: bins.cuts[split.feature].get(split.bin - 1).copied().unwrap_or(f32::MAX),
                feature: (split.feature + side) as u16,
                left: node.left as u16,
            });
            self.gains[split.feature] += split.gain;
        }
        // Children come after their parent, so walking back sees them first.
        for (at, node) in grown.nodes.iter().enumerate().rev().filter(|(_, n)| n.split.is_some()) {
            let rows = |child: usize| f64::from(grown.nodes[child].rows);
            let (left, right) = (node.left, node.left + 1);
            means[at] = (means[left] * rows(left) + means[right] * rows(right))
                / (rows(left) + rows(right));
        }
        self.values.extend(means.iter().map(|mean| *mean as f32));
        let depth = depths.into_iter().max().unwrap_or(0);
        self.trees.push(Tree { first: first as u32, depth });
    }

    /// Keeps the first `trees` trees.
    fn cut(&mut self, trees: usize) {
        if let Some(next) = self.trees.get(trees) {
            self.nodes.truncate(next.first as usize);
            self.values.truncate(next.first as usize);
            self.trees.truncate(trees);
        }
    }
}

/// All that changes from round to round.
struct Rounds<'a> {
    train: &'a TreeRows<'a>,
    valid: Option<&'a TreeRows<'a>>,
    options: &'a TreeOptions,
    bins: &'a Bins,
    forest: Forest,
    rng: Pcg64Mcg,
    scores: Vec<f32>,
    valid_scores: Vec<f32>,
    gradients: Vec<[f32; 2]>,
    /// Loss and number of trees of the best round.
    best: (f64, usize),
    rounds: usize,
}

impl<'a> Rounds<'a> {
    fn new(
        train: &'a TreeRows<'a>,
        valid: Option<&'a TreeRows<'a>>,
        options: &'a TreeOptions,
        bins: &'a Bins,
    ) -> Self {
        let forest = Forest::new(train, options);
        let valid_scores = vec![forest.base; valid.map_or(0, TreeRows::len)];
        let loss = valid.map_or(f64::INFINITY, |rows| options.objective.loss(rows, &valid_scores));
        Self {
            rng: Pcg64Mcg::seed_from_u64(options.seed),
            scores: vec![forest.base; train.len()],
            gradients: vec![[0.0; 2]; train.len()],
            best: (loss, 0),
            rounds: 0,
            train,
            valid,
            options,
            bins,
            forest,
            valid_scores,
        }
    }

    /// One round; false when there is nothing more to gain.
    fn boost(&mut self) -> bool {
        self.options.objective.gradients(self.train, &self.scores, &mut self.gradients);
        let features = self.some_features();
        let rows = self.some_rows();
        let is_sample = rows.len() < self.train.len();
        let grower = Grower {
            bins: self.bins,
            gradients: &self.gradients,
            options: self.options,
            features: &features,
        };
        let grown = grower.grow(rows);
        self.rounds += 1;
        if grown.nodes.len() == 1 {
            return is_sample || features.len() < self.train.feature_count;
        }
        self.forest.plant(&grown, self.bins);
        if is_sample {
            add_last_tree(&self.forest, self.train, &mut self.scores);
        } else {
            for (leaf, rows) in &grown.leaves {
                let value = grown.nodes[*leaf].value;
                rows.iter().for_each(|&row| self.scores[row as usize] += value);
            }
        }
        let Some(valid) = self.valid else { return true };
        add_last_tree(&self.forest, valid, &mut self.valid_scores);
        let loss = self.options.objective.loss(valid, &self.valid_scores);
        if loss < self.best.0 {
            self.best = (loss, self.forest.len());
        }
        self.forest.len() < self.best.1 + self.options.patience
    }

    fn finish(mut self) -> Fitted {
        if self.valid.is_some() {
            self.forest.cut(self.best.1);
        }
        let mut scores = vec![0.0; self.train.len()];
        self.forest.score(self.train.features, &mut TreeScratch::default(), &mut scores);
        Fitted {
            train_loss: self.options.objective.loss(self.train, &scores),
            valid_loss: self.valid.map(|_| self.best.0),
            rounds: self.rounds,
            forest: self.forest,
        }
    }

    fn some_features(&mut self) -> Vec<usize> {
        let all = self.train.feature_count;
        let count = ((all as f32 * self.options.feature_share).ceil() as usize).clamp(1, all);
        let mut features: Vec<usize> = (0..all).collect();
        if count < all {
            features.partial_shuffle(&mut self.rng, count);
            features.drain(..all - count);
        }
        features.sort_unstable();
        features
    }

    /// Rows of this round, ascending; whole groups when ranking.
    fn some_rows(&mut self) -> Vec<u32> {
        let all = 0..self.train.len() as u32;
        let share = f64::from(self.options.row_share);
        if share >= 1.0 {
            return all.collect();
        }
        let rng = &mut self.rng;
        if matches!(self.options.objective, Objective::LambdaRank { .. }) {
            let mut rows = Vec::new();
            let mut first = 0;
            for &size in self.train.groups {
                if rng.random_bool(share) {
                    rows.extend(first..first + size);
                }
                first += size;
            }
            return rows;
        }
        all.filter(|_| rng.random_bool(share)).collect()
    }
}

/// Adds the forest's last tree to `scores`.
fn add_last_tree(forest: &Forest, rows: &TreeRows<'_>, scores: &mut [f32]) {
    let Some((tree, nodes, values)) = forest.iter().last() else { return };
    let features = rows.feature_count;
    for (row, score) in rows.features.chunks_exact(features).zip(scores) {
        let leaf = (0..tree.depth).fold(0, |at, _| step(nodes, 0, at, row).1);
        *score += values[leaf];
    }
}
