//! From values to at most 254 bins per feature, so that a tree only counts.

use rayon::prelude::*;

use super::TreeRows;

/// Values looked at to place a feature's cuts; more are sampled evenly.
const SAMPLE: usize = 200_000;

/// Rows as bin codes. Code 0 is a missing value; code `b ≥ 1` lies in `(cuts[b − 2], cuts[b − 1]]`.
pub(super) struct Bins {
    pub(super) feature_count: usize,
    /// Per feature, ascending; a split sends `x ≤ cut` to the left.
    pub(super) cuts: Vec<Vec<f32>>,
    /// Row-major, `rows × feature_count`.
    pub(super) codes: Vec<u8>,
}

impl Bins {
    pub(super) fn new(rows: &TreeRows<'_>, bins: usize) -> Self {
        let feature_count = rows.feature_count;
        let step = rows.len().div_ceil(SAMPLE);
        let cuts: Vec<Vec<f32>> = (0..feature_count)
            .into_par_iter()
            .map(|feature| {
                let column = rows.features[feature..].iter().step_by(feature_count * step).copied();
                place_cuts(column.filter(|value| value.is_finite()).collect(), bins)
            })
            .collect();
        let mut codes = vec![0; rows.features.len()];
        codes
            .par_chunks_mut(feature_count)
            .zip(rows.features.par_chunks(feature_count))
            .with_min_len(1024)
            .for_each(|(codes, values)| {
                for ((code, value), cuts) in codes.iter_mut().zip(values).zip(&cuts) {
                    if value.is_finite() {
                        *code = 1 + cuts.partition_point(|cut| cut < value) as u8;
                    }
                }
            });
        Self { feature_count, cuts, codes }
    }

    pub(super) fn code(&self, row: u32, feature: usize) -> u8 {
        self.codes[row as usize * self.feature_count + feature]
    }
}

/// At most `bins − 1` cuts between neighbouring values, bins about equally full; a value that is
/// more frequent than that has a bin of its own.
fn place_cuts(mut values: Vec<f32>, bins: usize) -> Vec<f32> {
    values.sort_unstable_by(f32::total_cmp);
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for value in values.iter().copied() {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let mut cuts = Vec::new();
    let (mut held, mut left) = (0, values.len());
    for (at, &(value, count)) in distinct.iter().enumerate() {
        held += count;
        let Some(&(next, next_count)) = distinct.get(at + 1) else { break };
        let free = bins - cuts.len();
        let fair = left / free.max(1);
        let is_full = held >= fair || held + next_count / 2 > fair.max(1);
        if distinct.len() <= bins || (is_full && free > 1) {
            cuts.push(between(value, next));
            left -= held;
            held = 0;
        }
    }
    cuts
}

/// A number `c` with `low ≤ c < high`.
fn between(low: f32, high: f32) -> f32 {
    let middle = low + (high - low) / 2.0;
    if middle < high && middle.is_finite() { middle } else { low }
}
