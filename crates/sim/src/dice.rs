//! Where does chance come from? SplitMix64 (Steele, Lea, Flood 2014), seeded by what it is for.

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream for `what` number `number` of the shop with `seed`.
    pub(crate) fn of(seed: u64, what: u64, number: u64) -> Self {
        let mut dice = Self(seed ^ what.rotate_left(32));
        let salt = dice.bits();
        Self(salt ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in 0..n; 0 when n is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(n) * (self.bits() >> 32)) >> 32) as u32
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A rank in 0..n that falls off like Zipf's law with exponent near 1: n^u − 1.
    pub(crate) fn rank(&mut self, n: u32) -> u32 {
        let rank = f64::from(n.max(1)).powf(self.unit()) - 1.0;
        (rank as u32).min(n.saturating_sub(1))
    }

    /// About normal, mean 0, deviation 1 (sum of four uniforms; bounded by ±3.5).
    pub(crate) fn bell(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.unit()).sum();
        (sum - 2.0) * 3f64.sqrt()
    }
}
