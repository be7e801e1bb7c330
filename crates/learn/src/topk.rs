//! Which k of these scores are the highest?
//!
//! One pass, a buffer of 2 k and a rising threshold: most scores cost one comparison. The order is
//! total: higher score first, then the lower index, so equal inputs give equal lists. NaN and −∞
//! are never chosen, so a caller may mask an entry by writing −∞.

/// The `k` best entries of `scores` as `(index, score)`, best first, leaving out the indexes in
/// `excluded` (ascending; entries beyond the slice are ignored). Fewer than `k` when there are no
/// more. O(n + k log k) on average.
pub fn top_k(scores: &[f32], k: usize, excluded: &[u32]) -> Vec<(u32, f32)> {
    debug_assert!(excluded.is_sorted(), "excluded must ascend");
    let mut next = 0;
    top_k_where(scores, k, |index| {
        while next < excluded.len() && excluded[next] < index {
            next += 1;
        }
        excluded.get(next) != Some(&index)
    })
}

/// The `k` best entries of `scores` that `keep` accepts. `keep` is asked in ascending order, and
/// only about entries that would enter the list.
pub fn top_k_where(scores: &[f32], k: usize, mut keep: impl FnMut(u32) -> bool) -> Vec<(u32, f32)> {
    let mut best = TopK::new(k);
    for (index, &score) in scores.iter().enumerate() {
        if score > best.threshold && keep(index as u32) {
            best.push(index as u32, score);
        }
    }
    best.into_sorted()
}

/// The `k` best of a stream of `(index, score)` pairs; for sparse candidates. Indexes may come in
/// any order; a tie at the edge goes to the lower index.
pub fn top_k_of(pairs: impl IntoIterator<Item = (u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    let mut best = TopK::new(k);
    for (index, score) in pairs {
        if score >= best.threshold && score > f32::NEG_INFINITY {
            best.push(index, score);
        }
    }
    best.into_sorted()
}

struct TopK {
    k: usize,
    /// No entry below this score can be among the best.
    threshold: f32,
    kept: Vec<(u32, f32)>,
}

impl TopK {
    fn new(k: usize) -> Self {
        let threshold = if k == 0 { f32::INFINITY } else { f32::NEG_INFINITY };
        Self { k, threshold, kept: Vec::with_capacity(k.saturating_mul(2).min(4096)) }
    }

    fn push(&mut self, index: u32, score: f32) {
        if self.k == 0 {
            return;
        }
        self.kept.push((index, score));
        if self.kept.len() >= self.k * 2 {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        self.kept.select_nth_unstable_by(self.k - 1, better_first);
        self.kept.truncate(self.k);
        self.threshold = self.kept[self.k - 1].1;
    }

    fn into_sorted(mut self) -> Vec<(u32, f32)> {
        if self.kept.len() > self.k {
            self.shrink();
        }
        self.kept.sort_unstable_by(better_first);
        self.kept
    }
}

fn better_first(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}
