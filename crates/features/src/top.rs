//! Which items are ahead? The best `cap` by a score that only grows, kept sorted.
//!
//! Decayed scores keep their order while time passes (all shrink alike), so an item moves only
//! when it is touched, and only up: an exact list costs a binary search and a short shift.

/// The leaders, best first; of equals, the lower number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Top {
    /// Rank and item.
    pub(crate) entries: Vec<(u64, u32)>,
}

impl Top {
    /// Whether a change to `rank` can show in a list of `cap`.
    pub(crate) fn admits(&self, rank: u64, cap: usize) -> bool {
        self.entries.len() < cap || self.entries.last().is_some_and(|last| rank >= last.0)
    }

    /// Moves `item` from its place at `old` rank, if it had one, to its place at `new`.
    pub(crate) fn raise(&mut self, item: u32, old: u64, new: u64, cap: usize) {
        let place = |entries: &[(u64, u32)], rank: u64| {
            entries.partition_point(|&(r, i)| (r, u32::MAX - i) > (rank, u32::MAX - item))
        };
        let from = place(&self.entries, old);
        let to = place(&self.entries, new);
        if self.entries.get(from) == Some(&(old, item)) {
            if to <= from {
                self.entries[to..=from].rotate_right(1);
                self.entries[to] = (new, item);
            }
        } else if to < cap {
            self.entries.insert(to, (new, item));
            self.entries.truncate(cap);
        }
    }
}
