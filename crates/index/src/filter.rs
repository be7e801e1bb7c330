//! Which ids may be answered?
//!
//! Ids are small integers numbered densely by the caller, so a set of them is a row of bits: a
//! set over one million ids is 125 KB, and joining two costs a few microseconds.

use std::fmt;

/// Ids from this one on are refused: a bitset with the largest id is then at most 32 MiB.
pub const ID_LIMIT: u32 = 1 << 28;

/// A set of `u32` ids, one bit each; grows to the largest id inserted.
///
/// Memory: `max_id / 8` bytes. Equality looks at the members, not at the capacity.
#[derive(Clone, Default)]
pub struct Bitset {
    words: Vec<u64>,
}

impl Bitset {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty set with room for ids below `ids`.
    #[must_use]
    pub fn with_capacity(ids: usize) -> Self {
        Self { words: vec![0; ids.div_ceil(64)] }
    }

    /// All ids below `ids`.
    #[must_use]
    pub fn full(ids: usize) -> Self {
        let mut words = vec![u64::MAX; ids.div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), ids % 64) {
            *last = (1 << rest) - 1;
        }
        Self { words }
    }

    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether `id` is a member; O(1).
    #[inline]
    #[must_use]
    pub fn contains(&self, id: u32) -> bool {
        self.words.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    /// Adds `id`; true if it was absent.
    ///
    /// Allocates `id / 8` bytes when the id lies beyond the capacity: the caller checks ids that
    /// come from outside against [`ID_LIMIT`].
    pub fn insert(&mut self, id: u32) -> bool {
        let at = id as usize / 64;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        let bit = 1 << (id % 64);
        let absent = self.words[at] & bit == 0;
        self.words[at] |= bit;
        absent
    }

    /// Removes `id`; true if it was present.
    pub fn remove(&mut self, id: u32) -> bool {
        let bit = 1 << (id % 64);
        let Some(word) = self.words.get_mut(id as usize / 64) else { return false };
        let present = *word & bit != 0;
        *word &= !bit;
        present
    }

    /// Removes every member and keeps the capacity.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Number of members; O(capacity / 64).
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Keeps the ids that are also in `other`.
    pub fn and(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= theirs;
        }
    }

    /// Adds the ids of `other`.
    pub fn or(&mut self, other: &Self) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word |= theirs;
        }
    }

    /// Removes the ids of `other`: `self and not other`.
    pub fn and_not(&mut self, other: &Self) {
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= !theirs;
        }
    }

    /// Turns the set into its complement among the ids below `ids`.
    pub fn not(&mut self, ids: usize) {
        let mut rest = Self::full(ids);
        rest.and_not(self);
        *self = rest;
    }

    /// Members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }
}

impl FromIterator<u32> for Bitset {
    fn from_iter<I: IntoIterator<Item = u32>>(ids: I) -> Self {
        let mut set = Self::new();
        for id in ids {
            set.insert(id);
        }
        set
    }
}

impl Extend<u32> for Bitset {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, ids: I) {
        for id in ids {
            self.insert(id);
        }
    }
}

impl PartialEq for Bitset {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Bitset {}

impl fmt::Debug for Bitset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bitset({} ids)", self.count())
    }
}

/// Which ids a search may answer. A search never answers an id outside its filter.
#[derive(Clone, Copy, Default)]
pub enum Filter<'a> {
    /// Every id.
    #[default]
    All,
    /// The ids of this set. Cheapest for narrow filters: the index sees how many there are.
    Only(&'a Bitset),
    /// Every id but those of this set.
    Without(&'a Bitset),
    /// The ids for which this holds; must give the same answer for the same id during a search.
    Where(&'a (dyn Fn(u32) -> bool + Sync)),
}

impl Filter<'_> {
    /// Whether `id` may be answered.
    #[inline]
    #[must_use]
    pub fn allows(&self, id: u32) -> bool {
        match self {
            Self::All => true,
            Self::Only(set) => set.contains(id),
            Self::Without(set) => !set.contains(id),
            Self::Where(holds) => holds(id),
        }
    }
}

impl fmt::Debug for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(f, "All"),
            Self::Only(set) => write!(f, "Only({set:?})"),
            Self::Without(set) => write!(f, "Without({set:?})"),
            Self::Where(_) => write!(f, "Where(..)"),
        }
    }
}
