//! Which models take part? One container, encoded and swapped as a whole.
//!
//! All models speak of items by their number in the log's order of first mention, as
//! [`features::Items`] does, so nothing is translated on the way. Items that came after the
//! training have higher numbers and empty rows. [`Models::fits`] checks the first ids against the
//! shop's, so that models of another log are refused and never answer nonsense.

mod embedding;
mod ranker;
mod repeats;
mod rows;

pub use embedding::Embedding;
pub use ranker::{Calibration, Ranker};
pub use repeats::{Purchased, Repeats, Rhythm};
pub use rows::ItemRows;

use crate::error::RecommendError;
use features::Items;
use learn::models::vmis_knn::VmisKnn;
use serde::{Deserialize, Serialize};

/// The first bytes of encoded models: a name and a version.
const MAGIC: &[u8; 8] = b"SKRECO\x00\x01";

/// All models of one training. Every one may be missing: without any, popularity, attributes and
/// live behaviour still answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Models {
    /// Items known at the training.
    pub items: u32,
    /// A hash of their ids in order.
    pub fingerprint: u64,
    /// The log offset up to which facts were learned from.
    pub as_of: u64,
    /// Item to item: who touched this touched that.
    pub similar: Option<ItemRows>,
    /// The linear item model (EASE or SLIST), its strongest entries.
    pub linear: Option<ItemRows>,
    /// Bought together more than by chance.
    pub complements: Option<ItemRows>,
    /// Histories as an index.
    pub alike: Option<VmisKnn>,
    /// Items and customers as vectors.
    pub embedding: Option<Embedding>,
    /// What is bought again, and after how long.
    pub repeats: Repeats,
    /// What a candidate is expected to bring.
    pub ranker: Option<Ranker>,
}

impl Models {
    /// No models yet.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether no channel model was trained.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.similar.is_none()
            && self.linear.is_none()
            && self.complements.is_none()
            && self.alike.is_none()
            && self.embedding.is_none()
    }

    /// Whether these models were learned from the log that `items` were folded from: the ids of
    /// the items known at the training are the same, in the same order. About 50 ns an item; asked
    /// when models are loaded, not per decision.
    #[must_use]
    pub fn fits(&self, items: &Items) -> bool {
        items.len() >= self.items && fingerprint(items, self.items) == self.fingerprint
    }

    /// The models as bytes: eight bytes of name and version, then postcard.
    ///
    /// # Errors
    /// [`RecommendError::Stored`] when a part cannot be encoded.
    pub fn encode(&self) -> Result<Vec<u8>, RecommendError> {
        let stored = |why: postcard::Error| RecommendError::Stored(why.to_string());
        // Counted first: a growing vector would hold nearly three times as much at its last step.
        let size = postcard::experimental::serialized_size(self).map_err(stored)?;
        let mut bytes = Vec::with_capacity(MAGIC.len() + size);
        bytes.extend_from_slice(MAGIC);
        postcard::to_extend(self, bytes).map_err(stored)
    }

    /// The models of [`Models::encode`].
    ///
    /// # Errors
    /// [`RecommendError::Stored`] says what is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecommendError> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            let why = match bytes.get(..7) {
                Some(start) if *start == MAGIC[..7] => {
                    format!("version {}, this server reads {}", bytes[7], MAGIC[7])
                }
                _ => "they begin otherwise".to_owned(),
            };
            return Err(RecommendError::Stored(why));
        };
        let models: Self =
            postcard::from_bytes(rest).map_err(|why| RecommendError::Stored(why.to_string()))?;
        models.check().map_err(RecommendError::Stored)?;
        Ok(models)
    }

    /// Whether the parts hold together, so that bytes from elsewhere cannot cause a panic later.
    fn check(&self) -> Result<(), String> {
        for rows in [&self.similar, &self.linear, &self.complements].into_iter().flatten() {
            rows.check()?;
        }
        self.ranker.as_ref().map_or(Ok(()), Ranker::check)
    }

    /// Bytes held by the larger parts, for reports.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let rows = [&self.similar, &self.linear, &self.complements];
        rows.into_iter().flatten().map(ItemRows::bytes).sum::<usize>()
            + self.alike.as_ref().map_or(0, VmisKnn::state_bytes)
            + self.embedding.as_ref().map_or(0, Embedding::bytes)
    }
}

/// A hash of the ids of the first `count` items (FNV-1a, ids apart by a zero byte).
pub(crate) fn fingerprint(items: &Items, count: u32) -> u64 {
    (0..count).fold(0xcbf2_9ce4_8422_2325, |hash, ix| {
        let id = items.row(ix).id().as_str().bytes().chain(std::iter::once(0));
        id.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}
