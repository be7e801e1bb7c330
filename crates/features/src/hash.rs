//! Which 64 bits stand for this text? The same on every machine and in every version.
//!
//! FNV-1a with a final mix (Fowler, Noll, Vo; the mix is that of `SplitMix64`). Part of the stored
//! format through [`crate::Touch::session`], so it must never change.

/// The hash of `tag` followed by `text`.
pub(crate) fn hash(tag: u8, text: &str) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut h = (0xcbf2_9ce4_8422_2325 ^ u64::from(tag)).wrapping_mul(PRIME);
    for byte in text.bytes() {
        h = (h ^ u64::from(byte)).wrapping_mul(PRIME);
    }
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}
