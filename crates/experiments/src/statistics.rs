//! How sure can one be? Wilson (1927) for one rate, Newcombe (1998, method 10) for the difference
//! of two, Pearson's chi-square for counts against shares.

/// The 97.5 % point of the normal distribution: two-sided 95 % intervals.
const Z: f64 = 1.959_963_984_540_054;

/// `hits` out of `of`, with Wilson's 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many did.
    pub hits: u64,
    /// Out of how many.
    pub of: u64,
    /// `hits / of`; 0 when `of` is 0.
    pub value: f64,
    /// Lower end of the interval, in [0, 1].
    pub low: f64,
    /// Upper end of the interval, in [0, 1]; 1 when `of` is 0.
    pub high: f64,
}

impl Rate {
    /// Wilson's score interval: near 0 and for few trials it keeps its promise where the usual
    /// normal interval does not. `hits` above `of` counts as `of`.
    #[must_use]
    pub fn new(hits: u64, of: u64) -> Self {
        let hits = hits.min(of);
        if of == 0 {
            return Self { hits, of, value: 0.0, low: 0.0, high: 1.0 };
        }
        let n = of as f64;
        let value = hits as f64 / n;
        let z2 = Z * Z;
        let middle = value + z2 / (2.0 * n);
        let half = Z * (value * (1.0 - value) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        let low = if hits == 0 { 0.0 } else { (middle - half) / scale };
        let high = if hits == of { 1.0 } else { (middle + half) / scale };
        Self { hits, of, value, low, high }
    }
}

/// `(value, low, high)` of `one` minus `base`, by Newcombe's combination of their Wilson
/// intervals; each in [-1, 1]. An interval that excludes 0 is a difference at the 5 % level.
#[must_use]
pub fn difference(one: Rate, base: Rate) -> (f64, f64, f64) {
    let value = one.value - base.value;
    let below = (one.value - one.low).hypot(base.high - base.value);
    let above = (one.high - one.value).hypot(base.value - base.low);
    (value, (value - below).max(-1.0), (value + above).min(1.0))
}

/// The probability that counts drawn by `shares` (positive, summing to 1) differ from them at
/// least as much as `counts` do: Pearson's statistic and its p-value. `(0, 1)` when nothing was
/// counted or there is one share only.
#[must_use]
pub fn chi_square_p(counts: &[u64], shares: &[f64]) -> (f64, f64) {
    let total: u64 = counts.iter().sum();
    if total == 0 || counts.len() < 2 || counts.len() != shares.len() {
        return (0.0, 1.0);
    }
    let terms = counts.iter().zip(shares).map(|(count, share)| {
        let expected = share * total as f64;
        (*count as f64 - expected).powi(2) / expected
    });
    let statistic: f64 = terms.sum();
    (statistic, upper_gamma(counts.len() - 1, statistic / 2.0))
}

/// The regularised upper incomplete gamma function Q(k/2, x), for whole `k` ≥ 1 and `x` ≥ 0.
///
/// Series below x = a + 1 and continued fraction above (Numerical Recipes, 6.2); Γ at halves of
/// whole numbers is a product, so no approximation of it is needed.
pub(crate) fn upper_gamma(k: usize, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let a = k as f64 / 2.0;
    let front = (a * x.ln() - x - ln_gamma_half(k)).exp();
    let value =
        if x < a + 1.0 { 1.0 - front * lower_series(a, x) } else { front * upper_fraction(a, x) };
    value.clamp(0.0, 1.0)
}

fn lower_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut n = a;
    for _ in 0..1_000 {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    sum
}

/// Lentz's method.
fn upper_fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for step in 1..1_000 {
        let n = f64::from(step);
        let numerator = -n * (n - a);
        b += 2.0;
        d = 1.0 / away_from_zero(numerator * d + b, TINY);
        c = away_from_zero(b + numerator / c, TINY);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

fn away_from_zero(value: f64, least: f64) -> f64 {
    if value.abs() < least { least } else { value }
}

/// ln Γ(k/2), from Γ(1/2) = √π, Γ(1) = 1 and Γ(a + 1) = a Γ(a).
fn ln_gamma_half(k: usize) -> f64 {
    let odd = k % 2 == 1;
    let start = if odd { 0.5 } else { 1.0 };
    let base = if odd { std::f64::consts::PI.ln() / 2.0 } else { 0.0 };
    let steps = (k as f64 / 2.0 - start).round() as usize;
    base + (0..steps).map(|step| (start + step as f64).ln()).sum::<f64>()
}
