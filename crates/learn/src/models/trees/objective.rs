//! What is minimised: the loss of a set of scores, its gradients and its curvatures.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::TreeRows;

/// The loss that trees descend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Objective {
    /// `−y ln p − (1 − y) ln(1 − p)` with `p = 1 / (1 + e^−score)`: scores are log-odds.
    LogLoss,
    /// 1 − nDCG of each group, through the lambdas of all pairs of which one is among the best
    /// `truncation`; gains are `2^grade − 1`. Validation reads nDCG@`truncation`.
    LambdaRank {
        /// How deep the list is looked at, ≥ 1; 10..=30 is usual.
        truncation: usize,
    },
    /// `(score − y)² / 2`.
    Squared,
}

impl Objective {
    pub(super) fn allows(self, label: f32) -> bool {
        match self {
            Self::LogLoss => (0.0..=1.0).contains(&label),
            Self::LambdaRank { .. } => (0.0..=31.0).contains(&label),
            Self::Squared => label.is_finite(),
        }
    }

    /// The best score that is the same for all rows.
    pub(super) fn base(self, rows: &TreeRows<'_>) -> f32 {
        let (mut sum, mut weights) = (0.0_f64, 0.0_f64);
        for (row, &label) in rows.labels.iter().enumerate() {
            sum += f64::from(label * rows.weight(row));
            weights += f64::from(rows.weight(row));
        }
        let mean = if weights > 0.0 { sum / weights } else { 0.0 };
        match self {
            Self::LogLoss => {
                let mean = mean.clamp(1e-6, 1.0 - 1e-6);
                (mean / (1.0 - mean)).ln() as f32
            }
            Self::LambdaRank { .. } => 0.0,
            Self::Squared => mean as f32,
        }
    }

    /// Writes `[g, h]` of every row at `scores` to `out`.
    pub(super) fn gradients(self, rows: &TreeRows<'_>, scores: &[f32], out: &mut [[f32; 2]]) {
        if let Self::LambdaRank { truncation } = self {
            return rank_gradients(rows, scores, truncation, out);
        }
        out.par_iter_mut().enumerate().with_min_len(4096).for_each(|(row, out)| {
            let (label, weight) = (rows.labels[row], rows.weight(row));
            *out = if self == Self::LogLoss {
                let p = sigmoid(scores[row]);
                [weight * (p - label), weight * (p * (1.0 - p)).max(1e-9)]
            } else {
                [weight * (scores[row] - label), weight]
            };
        });
    }

    /// Weighted mean loss at `scores`; lower is better.
    pub(super) fn loss(self, rows: &TreeRows<'_>, scores: &[f32]) -> f64 {
        if let Self::LambdaRank { truncation } = self {
            return 1.0 - mean_ndcg(rows, scores, truncation);
        }
        let (mut sum, mut weights) = (0.0, 0.0);
        for (row, (&label, &score)) in rows.labels.iter().zip(scores).enumerate() {
            let (label, score, weight) =
                (f64::from(label), f64::from(score), f64::from(rows.weight(row)));
            let loss = if self == Self::LogLoss {
                // ln(1 + e^s) − y s, without overflow.
                score.max(0.0) + (-score.abs()).exp().ln_1p() - label * score
            } else {
                (score - label).powi(2) / 2.0
            };
            sum += weight * loss;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }
}

fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Rows of each group: its first row and its size.
fn spans<'a>(rows: &'a TreeRows<'_>) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
    let mut first = 0;
    rows.groups.iter().map(move |&size| {
        let span = first..first + size as usize;
        first = span.end;
        span
    })
}

fn rank_gradients(rows: &TreeRows<'_>, scores: &[f32], truncation: usize, out: &mut [[f32; 2]]) {
    let mut rest = out;
    let mut work = Vec::with_capacity(rows.groups.len());
    for span in spans(rows) {
        let (group, after) = rest.split_at_mut(span.len());
        rest = after;
        work.push((span, group));
    }
    work.into_par_iter().with_min_len(16).for_each(|(span, out)| {
        out.fill([0.0, 1e-9]);
        lambdas(&rows.labels[span.clone()], &scores[span.clone()], truncation, out);
        for (row, out) in span.zip(out) {
            let weight = rows.weight(row);
            *out = [out[0] * weight, out[1] * weight];
        }
    });
}

/// Adds the lambdas of all pairs of one group (Burges 2010, section 7). As in LightGBM, a pair
/// counts less the further its scores are apart, and the group's sum is damped by its logarithm.
fn lambdas(labels: &[f32], scores: &[f32], truncation: usize, out: &mut [[f32; 2]]) {
    let best = ideal_dcg(labels, truncation);
    if best <= 0.0 {
        return;
    }
    let order = ranking(scores);
    let discounts: Vec<f32> = (0..order.len()).map(discount).collect();
    let spread = scores[order[0]] - scores[order[order.len() - 1]];
    let mut total = 0.0;
    for (rank, &i) in order.iter().enumerate().take(truncation) {
        for (later, &j) in order.iter().enumerate().skip(rank + 1) {
            if labels[i] == labels[j] {
                continue;
            }
            let (high, low) = if labels[i] > labels[j] { (i, j) } else { (j, i) };
            let gap = scores[high] - scores[low];
            let swap = (gain(labels[high]) - gain(labels[low]))
                * (discounts[rank] - discounts[later])
                / best;
            let swap = if spread > 0.0 { swap / (0.01 + gap.abs()) } else { swap };
            let chance = sigmoid(-gap);
            let (push, bend) = (chance * swap, chance * (1.0 - chance) * swap);
            out[high][0] -= push;
            out[low][0] += push;
            out[high][1] += bend;
            out[low][1] += bend;
            total += 2.0 * push;
        }
    }
    if total > 0.0 {
        let damp = (1.0 + total).log2() / total;
        for [gradient, curvature] in out {
            *gradient *= damp;
            *curvature *= damp;
        }
    }
}

fn mean_ndcg(rows: &TreeRows<'_>, scores: &[f32], truncation: usize) -> f64 {
    let (mut sum, mut groups) = (0.0, 0.0);
    for span in spans(rows) {
        let labels = &rows.labels[span.clone()];
        let best = ideal_dcg(labels, truncation);
        if best > 0.0 {
            let order = ranking(&scores[span]);
            let found = order.iter().take(truncation).enumerate();
            let dcg: f32 = found.map(|(rank, &row)| gain(labels[row]) * discount(rank)).sum();
            sum += f64::from(dcg / best);
            groups += 1.0;
        }
    }
    if groups > 0.0 { sum / groups } else { 1.0 }
}

/// Rows by falling score; equal scores keep their order.
fn ranking(scores: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order
}

fn ideal_dcg(labels: &[f32], truncation: usize) -> f32 {
    let mut sorted = labels.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    sorted.iter().take(truncation).enumerate().map(|(rank, &l)| gain(l) * discount(rank)).sum()
}

fn gain(label: f32) -> f32 {
    label.exp2() - 1.0
}

fn discount(rank: usize) -> f32 {
    1.0 / (rank as f32 + 2.0).log2()
}
