//! Small dense kernels: dot products and the Cholesky solve of one little system.
//!
//! Matrix models solve very many systems of 8 to 500 unknowns, one per customer or item, in
//! parallel over the systems; a plain row-by-row Cholesky whose inner loop is a dot product of two
//! contiguous rows is the right size for that. The one big system of EASE goes to faer.

use crate::error::FitError;

const LANES: usize = 16;

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

/// Solves `A x = b` for a symmetric positive definite `A` of `n × n`, row-major, of which only the
/// lower triangle is read. `A` becomes its Cholesky factor and `b` becomes `x`. n³/3 multiplies.
///
/// # Errors
/// [`FitError::Numeric`] when a pivot is not positive; `A` and `b` are then spoilt.
pub fn solve_spd(a: &mut [f32], b: &mut [f32]) -> Result<(), FitError> {
    let n = b.len();
    debug_assert_eq!(a.len(), n * n, "a must be n × n");
    for i in 0..n {
        let (above, current) = a.split_at_mut(i * n);
        for j in 0..i {
            let row = &above[j * n..j * n + j + 1];
            current[j] = (current[j] - dot(&current[..j], &row[..j])) / row[j];
        }
        let pivot = current[i] - dot(&current[..i], &current[..i]);
        if pivot.is_nan() || pivot <= 0.0 {
            return Err(FitError::Numeric(format!("pivot {i} of {n} is {pivot}, want > 0")));
        }
        current[i] = pivot.sqrt();
    }
    for i in 0..n {
        let row = &a[i * n..i * n + i + 1];
        b[i] = (b[i] - dot(&b[..i], &row[..i])) / row[i];
    }
    for i in (0..n).rev() {
        let row = &a[i * n..i * n + i + 1];
        b[i] /= row[i];
        let solved = b[i];
        add_scaled(&mut b[..i], -solved, row);
    }
    Ok(())
}
