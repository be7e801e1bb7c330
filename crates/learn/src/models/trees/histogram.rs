//! Sums of gradients by feature and bin: all that a split needs to know of the rows.

use std::ops::{AddAssign, Sub};

use rayon::prelude::*;

use super::bins::Bins;

/// Rows per part when a histogram is built in parallel. Parts are fixed by the rows alone, so the
/// sums do not depend on the number of threads.
const PART: usize = 16_384;
const PARTS_MAX: usize = 16;

/// Gradient, curvature and number of some rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) gradient: f64,
    pub(super) curvature: f32,
    pub(super) rows: u32,
}

impl AddAssign for Sums {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.curvature += other.curvature;
        self.rows += other.rows;
    }
}

impl Sub for Sums {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: (self.curvature - other.curvature).max(0.0),
            rows: self.rows - other.rows,
        }
    }
}

/// `[feature][code]`; 4 KiB a feature.
pub(super) type Histogram = Vec<[Sums; 256]>;

/// Sums `gradients` (`[g, h]` per row) over `rows`.
pub(super) fn build(bins: &Bins, rows: &[u32], gradients: &[[f32; 2]]) -> Histogram {
    let parts = (rows.len() / PART).clamp(1, PARTS_MAX);
    if parts == 1 {
        return build_part(bins, rows, gradients);
    }
    let built: Vec<Histogram> = rows
        .par_chunks(rows.len().div_ceil(parts))
        .map(|part| build_part(bins, part, gradients))
        .collect();
    let mut sum = vec![[Sums::default(); 256]; bins.feature_count];
    for part in built {
        for (sum, part) in sum.iter_mut().flatten().zip(part.iter().flatten()) {
            *sum += *part;
        }
    }
    sum
}

fn build_part(bins: &Bins, rows: &[u32], gradients: &[[f32; 2]]) -> Histogram {
    let mut histogram = vec![[Sums::default(); 256]; bins.feature_count];
    for &row in rows {
        let row = row as usize;
        let [gradient, curvature] = gradients[row];
        let codes = &bins.codes[row * bins.feature_count..][..bins.feature_count];
        for (slots, &code) in histogram.iter_mut().zip(codes) {
            slots[code as usize] += Sums { gradient: f64::from(gradient), curvature, rows: 1 };
        }
    }
    histogram
}

/// Turns a parent's histogram into one child's, given the other's.
pub(super) fn subtract(parent: &mut Histogram, child: &Histogram) {
    for (parent, child) in parent.iter_mut().flatten().zip(child.iter().flatten()) {
        *parent = *parent - *child;
    }
}
