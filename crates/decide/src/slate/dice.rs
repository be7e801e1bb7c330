//! Where does chance come from? From the decision's seed, so that a replay throws the same dice.

/// SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, equal seeds give equal throws.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one decision and one purpose; different purposes throw independently.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let purpose = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed ^ purpose)
    }

    /// The next 64 even bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Even in [0, 1).
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Even in `0..count`; 0 when `count` is 0. The bias is below `count / 2⁶⁴`.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }
}
