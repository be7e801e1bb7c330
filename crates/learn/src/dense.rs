//! Small dense kernels: dot products, sums of outer products, and the Cholesky solve of one little
//! system.
//!
//! Matrix models solve very many systems of 4 to 500 unknowns, one per customer or item, in
//! parallel over the systems. Four columns are eliminated at a time, so that a row is loaded and
//! stored once for four multiply-adds, and nothing but the four columns is ever summed across
//! lanes. The one big system of EASE goes to faer.
//!
//! The kernels are compiled for the baseline and for AVX2, and chosen at run time. No multiply is
//! fused with an add and every sum has a fixed order, so all machines give the same bits.

use crate::error::FitError;
use pulp::{Simd, WithSimd};

const LANES: usize = 16;
/// Columns eliminated, and outer products added, at a time.
const BLOCK: usize = 4;

/// Σ aᵢ bᵢ over the shorter of the two. Summed in 16 lanes, so it vectorises; the order of
/// summation is fixed and does not depend on the machine.
#[inline]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0_f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tail: f32 = if a.len() == b.len() {
        a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum()
    } else {
        let from = a_chunks.len().min(b_chunks.len()) * LANES;
        a[from..].iter().zip(&b[from..]).map(|(x, y)| x * y).sum()
    };
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + tail
}

/// `out += scale · x`, over the shorter of the two.
#[inline]
pub fn add_scaled(out: &mut [f32], scale: f32, x: &[f32]) {
    for (o, v) in out.iter_mut().zip(x) {
        *o += scale * v;
    }
}

/// `row += Σ scale · x` over the four `(scale, x)`, one after the other.
#[inline(always)]
fn add_block(row: &mut [f32], scales: [f32; BLOCK], [a, b, c, d]: [&[f32]; BLOCK]) {
    let n = row.len();
    let (a, b, c, d) = (&a[..n], &b[..n], &c[..n], &d[..n]);
    let [s, t, u, v] = scales;
    for i in 0..n {
        row[i] = row[i] + s * a[i] + t * b[i] + u * c[i] + v * d[i];
    }
}

/// `count` rounded up to whole registers, `most` at most. What lies above the diagonal is never read,
/// so it may as well be written.
#[inline(always)]
fn whole(count: usize, most: usize) -> usize {
    count.next_multiple_of(LANES / 2).min(most)
}

/// Adds Σ w x xᵀ to the lower triangle of `matrix`, `n × n` row-major, and Σ w x to `sum`, of length
/// n, over the `picks` among `rows` of n values, each with its own of `weights`. What is above the
/// diagonal loses its meaning.
pub fn add_outer(
    matrix: &mut [f32],
    sum: &mut [f32],
    rows: &[f32],
    picks: &[u32],
    weights: &[f32],
) {
    pulp::Arch::new().dispatch(AddOuter { matrix, sum, rows, picks, weights });
}

/// The arguments of [`add_outer`]. A type and no closure, because only a method can be told to become
/// part of the caller that is compiled for wider registers.
struct AddOuter<'a> {
    matrix: &'a mut [f32],
    sum: &'a mut [f32],
    rows: &'a [f32],
    picks: &'a [u32],
    weights: &'a [f32],
}

impl WithSimd for AddOuter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { matrix, sum, rows, picks, weights } = self;
        let n = sum.len();
        for (picks, weights) in picks.chunks(BLOCK).zip(weights.chunks(BLOCK)) {
            // What the last block lacks weighs nothing.
            let weights: [f32; BLOCK] =
                std::array::from_fn(|k| weights.get(k).copied().unwrap_or(0.0));
            let rows: [&[f32]; BLOCK] = std::array::from_fn(|k| {
                let pick = *picks.get(k).unwrap_or(&picks[0]) as usize;
                &rows[pick * n..(pick + 1) * n]
            });
            for i in 0..n {
                let scales = std::array::from_fn(|k| weights[k] * rows[k][i]);
                add_block(&mut matrix[i * n..i * n + whole(i + 1, n)], scales, rows);
            }
            add_block(sum, weights, rows);
        }
    }
}

/// Solves `A x = b` for a symmetric positive definite `A` of `n × n`, row-major, of which only the
/// lower triangle is read. `A` becomes its Cholesky factor, with no meaning above the diagonal, and
/// `b` becomes `x`. n³/6 multiplies.
///
/// # Errors
/// [`FitError::Numeric`] when a pivot is not positive; `A` and `b` are then spoilt.
pub fn solve_spd(a: &mut [f32], b: &mut [f32]) -> Result<(), FitError> {
    let n = b.len();
    solve_spd_rows(a, n, b)
}

/// The same for many right sides at once: each row of `n` values of `rows` is a `b` and becomes its
/// `x`. n³/6 + rows · n² multiplies.
///
/// # Errors
/// As [`solve_spd`].
pub fn solve_spd_rows(a: &mut [f32], n: usize, rows: &mut [f32]) -> Result<(), FitError> {
    debug_assert_eq!(a.len(), n * n, "a must be n × n");
    if n == 0 {
        return Ok(()); // an item without companions: nothing is unknown
    }
    pulp::Arch::new().dispatch(Eliminate { a, n, rows })
}

/// The arguments of [`solve_spd_rows`], for the same reason as [`AddOuter`].
struct Eliminate<'a> {
    a: &'a mut [f32],
    n: usize,
    rows: &'a mut [f32],
}

impl WithSimd for Eliminate<'_> {
    type Output = Result<(), FitError>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        eliminate(self.a, self.n, self.rows)
    }
}

/// Right sides are carried along as further rows of `A`: what is left of them in the end is L⁻¹ b.
#[inline(always)]
fn eliminate(a: &mut [f32], n: usize, rows: &mut [f32]) -> Result<(), FitError> {
    let mut columns = vec![0.0; BLOCK * n];
    for from in (0..n).step_by(BLOCK) {
        let to = n.min(from + BLOCK);
        let corner = Corner::factor(a, n, from, to)?;
        for k in to..n {
            let solved = corner.solve(&mut a[k * n + from..k * n + to]);
            for (p, value) in solved.into_iter().enumerate() {
                columns[p * n + k] = -value;
            }
        }
        let columns: [&[f32]; BLOCK] = std::array::from_fn(|p| &columns[p * n + to..(p + 1) * n]);
        for k in to..n {
            let row = &mut a[k * n + from..][..BLOCK + whole(k + 1 - to, n - to)];
            let (solved, rest) = row.split_at_mut(BLOCK);
            add_block(rest, std::array::from_fn(|p| solved[p]), columns);
        }
        for row in rows.chunks_exact_mut(n) {
            let (solved, rest) = row.split_at_mut(to);
            add_block(rest, corner.solve(&mut solved[from..]), columns);
        }
    }
    for row in rows.chunks_exact_mut(n) {
        for i in (0..n).rev() {
            row[i] /= a[i * n + i];
            let solved = row[i];
            add_scaled(&mut row[..i], -solved, &a[i * n..i * n + i]);
        }
    }
    Ok(())
}

/// The Cholesky factor of up to four rows on the diagonal; zeros beyond them.
struct Corner {
    factor: [[f32; BLOCK]; BLOCK],
    /// 1 / the pivots.
    inverse: [f32; BLOCK],
}

impl Corner {
    /// Factors rows and columns `from .. to` in place; what stands left of them was eliminated.
    #[inline(always)]
    fn factor(a: &mut [f32], n: usize, from: usize, to: usize) -> Result<Self, FitError> {
        let mut made = Self { factor: [[0.0; BLOCK]; BLOCK], inverse: [0.0; BLOCK] };
        for p in 0..to - from {
            let row = &mut a[(from + p) * n + from..][..p + 1];
            let mut pivot = row[p];
            for q in 0..p {
                let known: f32 = (0..q).map(|r| row[r] * made.factor[q][r]).sum();
                row[q] = (row[q] - known) * made.inverse[q];
                pivot -= row[q] * row[q];
            }
            if pivot.is_nan() || pivot <= 0.0 {
                let at = from + p;
                return Err(FitError::Numeric(format!("pivot {at} of {n} is {pivot}, want > 0")));
            }
            row[p] = pivot.sqrt();
            made.inverse[p] = 1.0 / row[p];
            made.factor[p][..=p].copy_from_slice(row);
        }
        Ok(made)
    }

    /// What `row` (up to four values) is in terms of the factor's columns; zeros beyond it.
    #[inline(always)]
    fn solve(&self, row: &mut [f32]) -> [f32; BLOCK] {
        if let Ok(row) = <&mut [f32; BLOCK]>::try_from(&mut *row) {
            *row = self.solve_block(*row);
            return *row;
        }
        let mut padded = [0.0; BLOCK];
        padded[..row.len()].copy_from_slice(row);
        let solved = self.solve_block(padded);
        row.copy_from_slice(&solved[..row.len()]);
        solved
    }

    #[inline(always)]
    fn solve_block(&self, row: [f32; BLOCK]) -> [f32; BLOCK] {
        let Self { factor: f, inverse } = self;
        let a = row[0] * inverse[0];
        let b = (row[1] - a * f[1][0]) * inverse[1];
        let c = (row[2] - a * f[2][0] - b * f[2][1]) * inverse[2];
        let d = (row[3] - a * f[3][0] - b * f[3][1] - c * f[3][2]) * inverse[3];
        [a, b, c, d]
    }
}
