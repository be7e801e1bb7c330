//! How alike are these numbers, at the speed of the memory?
//!
//! One body is compiled three times (baseline, AVX2 + FMA, AVX-512) and chosen at run time.
//! Sixteen partial sums per row are added in a fixed tree, so every machine with fused
//! multiply-add gives the same bits, whatever its vector width.

#![allow(unsafe_code)] // calls what is compiled for a feature; `level` proves that it is there

mod lanes;

use lanes::Lanes;

/// Sixteen values, one cache line; rows are padded with zeros to whole lines.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Line(pub [f32; LANES]);

/// Values per [`Line`].
pub const LANES: usize = 16;

impl Line {
    /// All zeros.
    pub const ZERO: Self = Self([0.0; LANES]);
}

/// Copies `values` into whole lines, the last one padded with zeros.
#[must_use]
pub fn to_lines(values: &[f32]) -> Vec<Line> {
    let mut lines = vec![Line::ZERO; values.len().div_ceil(LANES)];
    for (line, chunk) in lines.iter_mut().zip(values.chunks(LANES)) {
        line.0[..chunk.len()].copy_from_slice(chunk);
    }
    lines
}

/// The same memory as plain values, padding included.
#[must_use]
pub fn as_values(lines: &[Line]) -> &[f32] {
    // SAFETY: a `Line` is exactly `LANES` consecutive `f32` (repr(C), 64 bytes, aligned to 64), so
    // `lines.len() * LANES` values lie there, initialised, and live as long as `lines`.
    unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), lines.len() * LANES) }
}

/// What two rows are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// `Σ aᵢ bᵢ`
    Dot,
    /// `-Σ (aᵢ - bᵢ)²`: minus, so that higher is nearer.
    MinusL2,
}

/// Inner product of two slices; the shorter one decides the length.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    slices(level(), Kernel::Dot, a, b)
}

/// Squared Euclidean distance of two slices; the shorter one decides the length.
#[must_use]
pub fn l2_squared(a: &[f32], b: &[f32]) -> f32 {
    0.0 - slices(level(), Kernel::MinusL2, a, b)
}

pub(crate) fn slices(level: Level, kernel: Kernel, a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    // SAFETY: a `Level` is made only where the processor has it.
    unsafe {
        match (level, kernel) {
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx512), Kernel::Dot) => slices_avx512::<false>(a, b),
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx512), Kernel::MinusL2) => slices_avx512::<true>(a, b),
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx2), Kernel::Dot) => slices_avx2::<false>(a, b),
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx2), Kernel::MinusL2) => slices_avx2::<true>(a, b),
            (Level(Set::Baseline), Kernel::Dot) => slices_body::<[f32; LANES], false>(a, b),
            (Level(Set::Baseline), Kernel::MinusL2) => slices_body::<[f32; LANES], true>(a, b),
        }
    }
}

/// Scores `query` against the rows `first .. first + out.len()`.
///
/// `rows` holds `query.len()` lines per row. Panics if the rows end before `out` does.
pub fn score_range(kernel: Kernel, query: &[Line], rows: &[Line], first: usize, out: &mut [f32]) {
    score(level(), kernel, query, rows, |at| first + at, out);
}

/// Scores `query` against the rows named by `picks`, one score each.
///
/// Panics if a pick lies outside `rows`, or if `out` is shorter than `picks`.
pub fn score_picks(kernel: Kernel, query: &[Line], rows: &[Line], picks: &[u32], out: &mut [f32]) {
    score(level(), kernel, query, rows, |at| picks[at] as usize, &mut out[..picks.len()]);
}

#[inline]
pub(crate) fn score(
    level: Level,
    kernel: Kernel,
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    type Plain = [f32; LANES];
    // SAFETY: a `Level` is made only where the processor has it.
    unsafe {
        match (level, kernel) {
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx512), Kernel::Dot) => score_avx512::<false>(query, rows, pick, out),
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx512), Kernel::MinusL2) => score_avx512::<true>(query, rows, pick, out),
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx2), Kernel::Dot) => score_avx2::<false>(query, rows, pick, out),
            #[cfg(target_arch = "x86_64")]
            (Level(Set::Avx2), Kernel::MinusL2) => score_avx2::<true>(query, rows, pick, out),
            (Level(Set::Baseline), Kernel::Dot) => {
                score_body::<Plain, false>(query, rows, pick, out);
            }
            (Level(Set::Baseline), Kernel::MinusL2) => {
                score_body::<Plain, true>(query, rows, pick, out);
            }
        }
    }
}

/// An instruction set that this processor has; made by [`level`] and [`levels`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level(Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// The best that was both compiled for and found. The standard library caches what it found: one
/// load per call.
#[inline]
fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return Level(Set::Avx512);
        }
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
        {
            return Level(Set::Avx2);
        }
    }
    Level(Set::Baseline)
}

/// All that this processor has, the best last.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    let mut levels = vec![Level(Set::Baseline)];
    #[cfg(target_arch = "x86_64")]
    if level() != levels[0] {
        levels.push(Level(Set::Avx2)); // AVX-512F implies it
        levels.push(level());
    }
    levels
}

/// The instruction set in use, for reports: `avx512`, `avx2` or `baseline`.
#[must_use]
pub fn level_name() -> &'static str {
    match level().0 {
        Set::Baseline => "baseline",
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => "avx2",
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => "avx512",
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn score_avx512<const L2: bool>(
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    // SAFETY: this function is compiled for the feature that the lanes need; below likewise.
    unsafe { score_body::<lanes::Avx512, L2>(query, rows, pick, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn score_avx2<const L2: bool>(
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    // SAFETY: as above.
    unsafe { score_body::<lanes::Avx2, L2>(query, rows, pick, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn slices_avx512<const L2: bool>(a: &[f32], b: &[f32]) -> f32 {
    // SAFETY: as above.
    unsafe { slices_body::<lanes::Avx512, L2>(a, b) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn slices_avx2<const L2: bool>(a: &[f32], b: &[f32]) -> f32 {
    // SAFETY: as above.
    unsafe { slices_body::<lanes::Avx2, L2>(a, b) }
}

/// Four rows at a time: each query line is loaded once for four, and four independent sums hide
/// the latency of the multiply-add.
///
/// # Safety
/// The processor has what `V` needs, and the caller is compiled for it.
#[inline(always)]
unsafe fn score_body<V: Lanes, const L2: bool>(
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    let width = query.len();
    let row = |at: usize| &rows[pick(at) * width..][..width];
    let (fours, rest) = out.as_chunks_mut::<4>();
    // SAFETY: as this function.
    unsafe {
        for (four, out) in fours.iter_mut().enumerate() {
            let at = four * 4;
            let (a, b, c, d) = (row(at), row(at + 1), row(at + 2), row(at + 3));
            let mut sums = [V::zero(); 4];
            for i in 0..width {
                let q = V::load(&query[i].0);
                sums[0] = sums[0].plus::<L2>(q, V::load(&a[i].0));
                sums[1] = sums[1].plus::<L2>(q, V::load(&b[i].0));
                sums[2] = sums[2].plus::<L2>(q, V::load(&c[i].0));
                sums[3] = sums[3].plus::<L2>(q, V::load(&d[i].0));
            }
            *out = [sums[0].fold(), sums[1].fold(), sums[2].fold(), sums[3].fold()];
        }
        for (at, out) in rest.iter_mut().enumerate() {
            let mut sum = V::zero();
            for (q, r) in query.iter().zip(row(fours.len() * 4 + at)) {
                sum = sum.plus::<L2>(V::load(&q.0), V::load(&r.0));
            }
            *out = sum.fold();
        }
    }
    if L2 {
        for score in out {
            *score = 0.0 - *score; // zero stays plus zero
        }
    }
}

/// # Safety
/// As [`score_body`].
#[inline(always)]
unsafe fn slices_body<V: Lanes, const L2: bool>(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let (mut a_last, mut b_last) = ([0.0; LANES], [0.0; LANES]);
    a_last[..a_rest.len()].copy_from_slice(a_rest);
    b_last[..b_rest.len()].copy_from_slice(b_rest);
    // SAFETY: as this function.
    let sum = unsafe {
        let mut sum = V::zero();
        for (a, b) in a.iter().zip(b) {
            sum = sum.plus::<L2>(V::load(a), V::load(b));
        }
        sum.plus::<L2>(V::load(&a_last), V::load(&b_last)).fold()
    };
    if L2 { 0.0 - sum } else { sum }
}
