//! How much is left of what happened a while ago? Exponentially decayed sums.
//!
//! A sum is v(now) = Σ wᵢ · 2^(−(now − tᵢ)/h) with half-life h. It is kept relative to an epoch
//! that is a whole number of half-lives, so moving the epoch multiplies by a power of two, which
//! is exact in binary floating point: events may come in any order, and only the order of the
//! additions can show, in the last bits. Powers are computed from additions and multiplications
//! alone, so that every machine gets the same bits.

/// What is left of 1 after `age_s` seconds with a half-life of `half_life_s` > 0 seconds, in
/// [0, 1]; a negative age counts as none.
#[must_use]
pub fn halved(age_s: f64, half_life_s: f64) -> f64 {
    if age_s <= 0.0 { 1.0 } else { exp2(-age_s / half_life_s) }
}

/// 2^x, to about one unit in the last place; 0 below 2^−1022.
fn exp2(x: f64) -> f64 {
    let whole = x.round();
    power_of_two(whole) * exp2_near_zero(x - whole)
}

/// 2^x for |x| ≤ 1/2: the Taylor series of e^(x ln 2), 13 terms (next one below 2·10⁻¹⁷).
fn exp2_near_zero(x: f64) -> f64 {
    let y = x * std::f64::consts::LN_2;
    let mut sum = 1.0;
    let mut n = 13.0;
    while n >= 1.0 {
        sum = 1.0 + y * sum / n;
        n -= 1.0;
    }
    sum
}

/// 2^n for a whole n; 0 below −1022, 2^1023 above 1023.
fn power_of_two(n: f64) -> f64 {
    if n < -1022.0 {
        return 0.0;
    }
    f64::from_bits(((n.min(1023.0) as i64 + 1023) as u64) << 52)
}

/// `N` decayed sums that share a half-life.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decayed<const N: usize> {
    /// Whole half-lives since 1970 that the sums are relative to.
    pub(crate) epoch: i32,
    pub(crate) sums: [f64; N],
}

impl<const N: usize> Default for Decayed<N> {
    fn default() -> Self {
        Self { epoch: 0, sums: [0.0; N] }
    }
}

impl<const N: usize> Decayed<N> {
    /// Counts `weight` ≥ 0 at `at_s` in sum `slot`.
    pub(crate) fn add(&mut self, slot: usize, weight: f64, at_s: u32, half_life_s: f64) {
        let (epoch, grown) = split(at_s, half_life_s);
        if epoch > self.epoch {
            let scale = power_of_two(f64::from(self.epoch) - f64::from(epoch));
            self.sums.iter_mut().for_each(|sum| *sum *= scale);
            self.epoch = epoch;
        }
        let back = power_of_two(f64::from(epoch) - f64::from(self.epoch));
        self.sums[slot] += weight * grown * back;
    }

    /// The sums' weighted total at `now_s`.
    pub(crate) fn value(&self, weights: &[f64; N], now_s: u32, half_life_s: f64) -> f64 {
        self.value_at(weights, split(now_s, half_life_s))
    }

    /// The same at a moment given as [`split`] gives it.
    pub(crate) fn value_at(&self, weights: &[f64; N], (epoch, grown): (i32, f64)) -> f64 {
        self.total(weights) * power_of_two(f64::from(self.epoch) - f64::from(epoch)) / grown
    }

    /// The sum in `slot` at a moment given as [`split`] gives it.
    pub(crate) fn sum_at(&self, slot: usize, (epoch, grown): (i32, f64)) -> f64 {
        self.sums[slot] * power_of_two(f64::from(self.epoch) - f64::from(epoch)) / grown
    }

    /// A number that orders totals as they would be at any one time: the total's exponent, epoch
    /// included, above the top 32 bits of its fraction. 0 when there is nothing.
    pub(crate) fn rank(&self, weights: &[f64; N]) -> u64 {
        let total = self.total(weights);
        if total < f64::MIN_POSITIVE {
            return 0;
        }
        let bits = total.to_bits();
        let exponent = (bits >> 52) as i64 + i64::from(self.epoch);
        ((exponent.max(0) as u64) << 32) | ((bits >> 20) & 0xffff_ffff)
    }

    fn total(&self, weights: &[f64; N]) -> f64 {
        self.sums.iter().zip(weights).map(|(sum, weight)| sum * weight).sum()
    }
}

/// Whole half-lives until `at_s`, and 2 to the power of the rest. The rest is taken from the
/// seconds, not from the large quotient, which would cost it five digits.
pub(crate) fn split(at_s: u32, half_life_s: f64) -> (i32, f64) {
    let whole = (f64::from(at_s) / half_life_s).floor();
    let rest_s = f64::from(at_s) - whole * half_life_s;
    (whole as i32, exp2(rest_s / half_life_s))
}

/// The factor that moves a sum from `epoch` to the later epoch `to`; exact.
pub(crate) fn rescale(epoch: i32, to: i32) -> f64 {
    power_of_two(f64::from(epoch) - f64::from(to))
}
