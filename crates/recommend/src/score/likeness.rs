//! How alike are two items? For diversity, and for what is near a dismissed item.
//!
//! ```text
//! likeness(a, b) = ½ max(0, cos(a, b)) + 0.3 [same narrowest category] + 0.2 [same brand]
//! ```
//!
//! with the embedding's cosine; without one for either item, categories and brands count double.
//! What is compared is read into flat arrays once per decision, because the diversifier asks
//! thousands of times.

use crate::models::{Embedding, Models};
use features::Items;

/// "No such thing", of kinds and of rows.
const NONE: u32 = u32::MAX;

/// The candidates of one decision, ready to be compared.
#[derive(Debug, Default)]
pub(crate) struct Likeness {
    /// For each place its row in the lists below; [`NONE`] while it has not been read.
    rows: Vec<u32>,
    kinds: Vec<[u32; 2]>,
    /// Unit vectors, `dims` values for each row; zero where there is none.
    vectors: Vec<f32>,
    dims: usize,
    nearest: Vec<(u32, f32)>,
}

impl Likeness {
    /// Begins with `items` (candidates), and reads how near each is to any of `dismissed`.
    pub(crate) fn start(
        &mut self,
        shop: &Items,
        models: &Models,
        items: &[u32],
        dismissed: &[u32],
    ) {
        self.dims = models.embedding.as_ref().map_or(0, Embedding::dims);
        self.kinds.clear();
        self.vectors.clear();
        self.rows.clear();
        self.rows.resize(items.len(), NONE);
        self.nearest.clear();
        self.nearest.resize(items.len(), (NONE, 0.0));
        if dismissed.is_empty() {
            return;
        }
        for &item in dismissed {
            self.push(shop, models, item);
        }
        for (place, &item) in items.iter().enumerate() {
            let row = self.read(shop, models, place, item);
            let near = |no: usize| (dismissed[no], self.of_rows(row, no));
            let all = (0..dismissed.len()).map(near);
            let nearest = all.max_by(|a, b| a.1.total_cmp(&b.1));
            self.nearest[place] = nearest.unwrap_or((NONE, 0.0));
        }
    }

    /// Reads the candidate at `place`, once, so that it can be compared; its row.
    pub(crate) fn read(&mut self, shop: &Items, models: &Models, place: usize, item: u32) -> usize {
        if self.rows[place] == NONE {
            self.rows[place] = self.push(shop, models, item);
        }
        self.rows[place] as usize
    }

    fn push(&mut self, shop: &Items, models: &Models, item: u32) -> u32 {
        let row = shop.row(item);
        self.kinds.push([row.leaf.unwrap_or(NONE), row.brand.unwrap_or(NONE)]);
        if let Some(embedding) = &models.embedding {
            embedding.push_unit(item, &mut self.vectors);
        }
        self.kinds.len() as u32 - 1
    }

    /// The dismissed item nearest to the candidate at `place`, and how alike they are.
    pub(crate) fn nearest_dismissed(&self, place: usize) -> (u32, f32) {
        self.nearest[place]
    }

    /// How alike the candidates at two places are, in [0, 1]; both have been read.
    #[inline]
    pub(crate) fn of(&self, a: usize, b: usize) -> f32 {
        self.of_rows(self.rows[a] as usize, self.rows[b] as usize)
    }

    #[inline]
    fn of_rows(&self, a: usize, b: usize) -> f32 {
        let same = |at: usize| {
            let kind = self.kinds[a][at];
            f32::from(kind != NONE && kind == self.kinds[b][at])
        };
        let kind = 0.3 * same(0) + 0.2 * same(1);
        match self.cosine(a, b) {
            Some(cosine) => 0.5 * cosine.clamp(0.0, 1.0) + kind,
            None => 2.0 * kind,
        }
    }

    #[inline]
    fn cosine(&self, a: usize, b: usize) -> Option<f32> {
        if self.dims == 0 {
            return None;
        }
        let a = &self.vectors[a * self.dims..][..self.dims];
        let b = &self.vectors[b * self.dims..][..self.dims];
        // A zero vector stands for "no embedding"; its first values are all zero.
        if a[0] == 0.0 && a.iter().all(|&v| v == 0.0) || b[0] == 0.0 && b.iter().all(|&v| v == 0.0)
        {
            return None;
        }
        let mut sums = [0.0_f32; 8];
        let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
        let rest: f32 =
            a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
        for (x, y) in a_chunks.zip(b_chunks) {
            for lane in 0..8 {
                sums[lane] += x[lane] * y[lane];
            }
        }
        Some(sums.iter().sum::<f32>() + rest)
    }
}
