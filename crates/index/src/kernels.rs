//! How alike are these numbers, at the speed of the memory?
//!
//! One body of plain loops is compiled three times (baseline, AVX2 + FMA, AVX-512) and chosen at
//! run time. Sixteen partial sums per row are added in a fixed tree, so every machine with fused
//! multiply-add gives the same bits, whatever its vector width.

#![allow(unsafe_code)] // calling a function compiled for a feature; `level` proves that it is there

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
    slices(Kernel::Dot, a, b)
}

/// Squared Euclidean distance of two slices; the shorter one decides the length.
#[must_use]
pub fn l2_squared(a: &[f32], b: &[f32]) -> f32 {
    -slices(Kernel::MinusL2, a, b)
}

fn slices(kernel: Kernel, a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    // SAFETY: `level` names only what this processor has.
    match (level(), kernel) {
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, Kernel::Dot) => unsafe { slices_avx512::<false>(&a[..n], &b[..n]) },
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, Kernel::MinusL2) => unsafe { slices_avx512::<true>(&a[..n], &b[..n]) },
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, Kernel::Dot) => unsafe { slices_avx2::<false>(&a[..n], &b[..n]) },
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, Kernel::MinusL2) => unsafe { slices_avx2::<true>(&a[..n], &b[..n]) },
        (Level::Baseline, Kernel::Dot) => slices_body::<FUSED, false>(&a[..n], &b[..n]),
        (Level::Baseline, Kernel::MinusL2) => slices_body::<FUSED, true>(&a[..n], &b[..n]),
    }
}

/// Scores `query` against the rows `first .. first + out.len()`.
///
/// `rows` holds `query.len()` lines per row. Panics if the rows end before `out` does.
pub fn score_range(kernel: Kernel, query: &[Line], rows: &[Line], first: usize, out: &mut [f32]) {
    score(kernel, query, rows, |at| first + at, out);
}

/// Scores `query` against the rows named by `picks`, one score each.
///
/// Panics if a pick lies outside `rows`, or if `out` is shorter than `picks`.
pub fn score_picks(kernel: Kernel, query: &[Line], rows: &[Line], picks: &[u32], out: &mut [f32]) {
    score(kernel, query, rows, |at| picks[at] as usize, &mut out[..picks.len()]);
}

#[inline]
fn score(
    kernel: Kernel,
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    // SAFETY: `level` names only what this processor has.
    match (level(), kernel) {
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, Kernel::Dot) => unsafe { score_avx512::<false>(query, rows, pick, out) },
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, Kernel::MinusL2) => unsafe { score_avx512::<true>(query, rows, pick, out) },
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, Kernel::Dot) => unsafe { score_avx2::<false>(query, rows, pick, out) },
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, Kernel::MinusL2) => unsafe { score_avx2::<true>(query, rows, pick, out) },
        (Level::Baseline, Kernel::Dot) => score_body::<FUSED, false>(query, rows, pick, out),
        (Level::Baseline, Kernel::MinusL2) => score_body::<FUSED, true>(query, rows, pick, out),
    }
}

/// Whether the baseline itself fuses: aarch64 always does, x86-64 without AVX2 would call libm.
const FUSED: bool = cfg!(target_arch = "aarch64");

/// The best instruction set that was both compiled for and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

#[inline]
fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        // The standard library caches the answer: one load per call.
        if std::arch::is_x86_feature_detected!("avx512f") {
            return Level::Avx512;
        }
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
        {
            return Level::Avx2;
        }
    }
    Level::Baseline
}

/// The instruction set in use, for reports: `avx512`, `avx2` or `baseline`.
#[must_use]
pub fn level_name() -> &'static str {
    match level() {
        Level::Baseline => "baseline",
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => "avx2",
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => "avx512",
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn score_avx512<const L2: bool>(
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    score_body::<true, L2>(query, rows, pick, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn score_avx2<const L2: bool>(
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    score_body::<true, L2>(query, rows, pick, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn slices_avx512<const L2: bool>(a: &[f32], b: &[f32]) -> f32 {
    slices_body::<true, L2>(a, b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn slices_avx2<const L2: bool>(a: &[f32], b: &[f32]) -> f32 {
    slices_body::<true, L2>(a, b)
}

/// Four rows at a time: each query line is loaded once for four, and four independent sums hide
/// the latency of the multiply-add.
#[inline(always)]
fn score_body<const FUSED: bool, const L2: bool>(
    query: &[Line],
    rows: &[Line],
    pick: impl Fn(usize) -> usize,
    out: &mut [f32],
) {
    let width = query.len();
    let row = |at: usize| &rows[pick(at) * width..][..width];
    let whole = out.len() / 4 * 4;
    for at in (0..whole).step_by(4) {
        let (a, b, c, d) = (row(at), row(at + 1), row(at + 2), row(at + 3));
        let mut sums = [[0.0; LANES]; 4];
        for (i, q) in query.iter().enumerate() {
            add::<FUSED, L2>(&mut sums[0], &q.0, &a[i].0);
            add::<FUSED, L2>(&mut sums[1], &q.0, &b[i].0);
            add::<FUSED, L2>(&mut sums[2], &q.0, &c[i].0);
            add::<FUSED, L2>(&mut sums[3], &q.0, &d[i].0);
        }
        for (i, sum) in sums.into_iter().enumerate() {
            out[at + i] = signed::<L2>(fold(sum));
        }
    }
    for (at, score) in out.iter_mut().enumerate().skip(whole) {
        let mut sum = [0.0; LANES];
        for (q, r) in query.iter().zip(row(at)) {
            add::<FUSED, L2>(&mut sum, &q.0, &r.0);
        }
        *score = signed::<L2>(fold(sum));
    }
}

#[inline(always)]
fn slices_body<const FUSED: bool, const L2: bool>(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        add::<FUSED, L2>(&mut sum, a, b);
    }
    let (mut a, mut b) = ([0.0; LANES], [0.0; LANES]);
    a[..a_rest.len()].copy_from_slice(a_rest);
    b[..b_rest.len()].copy_from_slice(b_rest);
    add::<FUSED, L2>(&mut sum, &a, &b);
    signed::<L2>(fold(sum))
}

#[inline(always)]
fn add<const FUSED: bool, const L2: bool>(
    sum: &mut [f32; LANES],
    a: &[f32; LANES],
    b: &[f32; LANES],
) {
    for i in 0..LANES {
        let (x, y) = if L2 { (a[i] - b[i], a[i] - b[i]) } else { (a[i], b[i]) };
        sum[i] = if FUSED { x.mul_add(y, sum[i]) } else { x * y + sum[i] };
    }
}

#[inline(always)]
fn fold(mut sum: [f32; LANES]) -> f32 {
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            sum[i] += sum[i + width];
        }
    }
    sum[0]
}

#[inline(always)]
fn signed<const L2: bool>(sum: f32) -> f32 {
    if L2 { -sum } else { sum }
}
