//! Has this sender's id been stored before, and at which offset?
//!
//! One 8-byte slot per entry: 28 bits of the id's hash and 36 bits of offset. Another 12 bits of
//! the hash choose one of 4,096 small tables, so a lookup compares 40 bits before anything is
//! read back; among 10 million ids a new one meets a false match once in 100,000 lookups. The
//! caller reads the stored id back on every match, so the answer is exact.
//!
//! Each table grows by an eighth when it is seven eighths full: 9.1 to 10.3 bytes per entry, and
//! no pause longer than one small table takes to copy.

/// Tables, each chosen by the top 12 bits of the hash.
const TABLES: usize = 1 << 12;
const PRINT_BITS: u32 = 28;
const OFFSET_BITS: u32 = 36;
const OFFSET_MASK: u64 = (1 << OFFSET_BITS) - 1;
/// A slot without an entry: its offset lies beyond [`OFFSET_MAX`].
const EMPTY: u64 = u64::MAX;
/// Largest offset that a slot can hold: 68 billion entries.
pub(crate) const OFFSET_MAX: u64 = OFFSET_MASK - 1;

/// The hash of sender ids, keyed by the log's random id so that nobody can craft collisions.
pub(crate) fn hash_id(log_id: &[u8; 16], id: &[u8]) -> u64 {
    use std::hash::Hasher as _;
    #[expect(
        deprecated,
        reason = "the one hasher of std whose algorithm, SipHash 2-4, is fixed"
    )]
    use std::hash::SipHasher;
    let (k0, k1) = (super::frame::u64_at(log_id, 0), super::frame::u64_at(log_id, 8));
    #[expect(deprecated, reason = "see above")]
    let mut hasher = SipHasher::new_with_keys(k0, k1);
    hasher.write(id);
    hasher.finish()
}

/// Offsets by hash of the sender's id.
pub(crate) struct IdTable {
    tables: Vec<Table>,
}

impl std::fmt::Debug for IdTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdTable").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

#[derive(Clone, Default)]
struct Table {
    slots: Box<[u64]>,
    used: usize,
}

impl IdTable {
    /// A table with room for `entries` before it grows.
    pub(crate) fn with_room(entries: u64) -> Self {
        let each = usize::try_from(entries).unwrap_or(usize::MAX).div_ceil(TABLES);
        // Counts per table scatter by the square root of their mean.
        let room = (each + 2 * each.isqrt()) * 8 / 7;
        Self { tables: vec![Table { slots: vec![EMPTY; room].into(), used: 0 }; TABLES] }
    }

    /// Remembers that the id of this hash stands at `offset`.
    pub(crate) fn insert(&mut self, hash: u64, offset: u64) {
        assert!(offset <= OFFSET_MAX, "the log refuses entries beyond OFFSET_MAX");
        self.tables[table_of(hash)].insert(print_of(hash) << OFFSET_BITS | offset);
    }

    /// Forgets that the id of this hash stands at `offset`. Costs a walk over one small table.
    pub(crate) fn remove(&mut self, hash: u64, offset: u64) {
        self.tables[table_of(hash)].remove(print_of(hash) << OFFSET_BITS | offset);
    }

    /// Remembers the ids of many entries, whose offsets rise from `first`.
    ///
    /// Sorted by table first: each table is then brought into the cache once, which is what the
    /// restart of a long log spends its time on.
    pub(crate) fn insert_all(&mut self, hashes: &[u64], first: u64) {
        assert!(first + hashes.len() as u64 <= OFFSET_MAX, "the log refuses entries beyond");
        let mut ends = vec![0; TABLES];
        hashes.iter().for_each(|&hash| ends[table_of(hash)] += 1);
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut slots = vec![EMPTY; hashes.len()];
        for (offset, &hash) in (first..).zip(hashes) {
            let at = &mut ends[table_of(hash)];
            slots[*at] = print_of(hash) << OFFSET_BITS | offset;
            *at += 1;
        }
        let mut start = 0;
        for (table, end) in self.tables.iter_mut().zip(ends) {
            slots[start..end].iter().for_each(|&slot| table.insert(slot));
            start = end;
        }
    }

    /// Offsets that may hold the id of this hash; each must be compared with the stored id.
    pub(crate) fn candidates(&self, hash: u64) -> impl Iterator<Item = u64> + '_ {
        self.tables[table_of(hash)].candidates(print_of(hash))
    }

    /// Memory held, bytes.
    pub(crate) fn bytes(&self) -> usize {
        let slots: usize = self.tables.iter().map(|t| t.slots.len()).sum();
        slots * size_of::<u64>() + TABLES * size_of::<Table>()
    }
}

fn table_of(hash: u64) -> usize {
    (hash >> (64 - TABLES.ilog2())) as usize
}

fn print_of(hash: u64) -> u64 {
    (hash >> 24) & ((1 << PRINT_BITS) - 1)
}

impl Table {
    /// First slot to look at for a print: prints spread evenly, so any table size will do.
    fn home(&self, print: u64) -> usize {
        ((print * self.slots.len() as u64) >> PRINT_BITS) as usize
    }

    fn insert(&mut self, slot: u64) {
        if (self.used + 1) * 8 > self.slots.len() * 7 {
            self.grow();
        }
        self.place(slot);
    }

    fn place(&mut self, slot: u64) {
        let mut at = self.home(slot >> OFFSET_BITS);
        while self.slots[at] != EMPTY {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = slot;
        self.used += 1;
    }

    fn remove(&mut self, slot: u64) {
        let old = self.slots.clone();
        self.slots.fill(EMPTY);
        self.used = 0;
        for kept in old.into_iter().filter(|&kept| kept != EMPTY && kept != slot) {
            self.place(kept);
        }
    }

    fn grow(&mut self) {
        let room = (self.slots.len() * 9 / 8).max(self.slots.len() + 8);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; room].into());
        self.used = 0;
        for slot in old.into_iter().filter(|&slot| slot != EMPTY) {
            self.place(slot);
        }
    }

    fn candidates(&self, print: u64) -> impl Iterator<Item = u64> + '_ {
        let start = if self.slots.is_empty() { 0 } else { self.home(print) };
        // An eighth of the slots is empty, so the run ends before it wraps around to its start.
        self.slots[start..]
            .iter()
            .chain(&self.slots[..start])
            .take_while(|&&slot| slot != EMPTY)
            .filter(move |&&slot| slot >> OFFSET_BITS == print)
            .map(|&slot| slot & OFFSET_MASK)
    }
}
