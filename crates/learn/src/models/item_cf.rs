//! w(j → i) = s(i, j) · c_ij / (c_ij + shrinkage), s = cosine, Jaccard or asymmetric cosine.
//!
//! c_ij = Σ_u x_ui x_uj over customers u, c_i = Σ_u x_ui². Sarwar et al., "Item-based collaborative
//! filtering recommendation algorithms", WWW 2001; the asymmetric cosine is Aiolli's (RecSys 2013);
//! shrinkage as in Bell & Koren (ICDM 2007). Left out: adjusted cosine, which needs ratings with a
//! meaning of dislike.
//!
//! Time O(Σ_u |x_u|²) on all cores, memory 5 · items bytes per core and 8 · top_n · items for the
//! result.

use crate::{
    error::FitError, models::item_weights::ItemWeights, progress::Progress, sparse::Csr,
    topk::top_k_of,
};
use serde::{Deserialize, Serialize};

/// How alike are two items?
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Likeness {
    /// c_ij / √(c_i c_j).
    Cosine,
    /// c_ij / (c_i + c_j − c_ij); meant for weights of 0 and 1.
    Jaccard,
    /// c_ij / (c_i^a · c_j^(1−a)) with i the target: a → 0 favours popular targets.
    Asymmetric {
        /// 0 ..= 1; 0.5 is the cosine.
        target_share: f32,
    },
}

/// Options of item CF.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ItemCfOptions {
    /// The likeness.
    pub likeness: Likeness,
    /// Co-occurrences at which a likeness counts half; 0 for none.
    pub shrinkage: f32,
    /// Sources kept per target item, ≥ 1.
    pub top_n: usize,
}

impl Default for ItemCfOptions {
    fn default() -> Self {
        Self { likeness: Likeness::Cosine, shrinkage: 10.0, top_n: 200 }
    }
}

impl Likeness {
    fn of(self, together: f32, target: f32, source: f32) -> f32 {
        let scale = match self {
            Self::Cosine => (target * source).sqrt(),
            Self::Jaccard => target + source - together,
            Self::Asymmetric { target_share } => {
                target.powf(target_share) * source.powf(1.0 - target_share)
            }
        };
        if scale > 0.0 { together / scale } else { 0.0 }
    }
}

/// Fits item CF on `history`, customers × items.
///
/// # Errors
/// [`FitError::Cancelled`], or [`FitError::Input`] when `top_n` is 0.
pub fn fit(
    history: &Csr,
    options: ItemCfOptions,
    progress: Progress<'_>,
) -> Result<ItemWeights, FitError> {
    if options.top_n == 0 {
        return Err(FitError::Input("item cf keeps top_n = 0 sources, want at least 1".to_owned()));
    }
    progress.step("item cf: likeness", 0, 1)?;
    let sizes = history.map(|_, _, value| value * value).column_sums();
    let targets = history.gram_rows(|target, row| {
        let pairs = row.iter().filter(|(source, together)| *source != target && *together > 0.0);
        let likenesses = pairs.map(|(source, together)| {
            let size = |item: u32| sizes[item as usize] as f32;
            let likeness = options.likeness.of(together, size(target), size(source));
            (source, likeness * together / (together + options.shrinkage))
        });
        top_k_of(likenesses, options.top_n)
    });
    progress.step("item cf: likeness", 1, 1)?;
    Ok(ItemWeights::of(&targets))
}
