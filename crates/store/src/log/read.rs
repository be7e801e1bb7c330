//! What was stored, from this offset, under this id, in this span of time?
//!
//! Readers never block the writer and see exactly what has been acknowledged or is about to be:
//! an entry becomes visible once it is as durable as its batch asked for.

use std::ops::Range;
use std::sync::Arc;

use super::scan::Scan;
use super::segment::Segment;
use super::{Entry, Shared, ids};
use crate::StoreError;

/// Reads the log. Cheap to clone; outlives the [`Log`](super::Log) it came from.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) shared: Arc<Shared>,
}

/// An entry as it stands in the log, borrowed from the cursor's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// Sequence number: 0, 1, 2 … without gaps.
    pub offset: u64,
    /// When it happened according to the sender, Unix milliseconds.
    pub at_ms: i64,
    /// The sender's id.
    pub id: &'a [u8],
    /// What happened, encoded.
    pub payload: &'a [u8],
}

/// An entry with its offset, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Sequence number: 0, 1, 2 … without gaps.
    pub offset: u64,
    /// The entry.
    pub entry: Entry,
}

impl EntryRef<'_> {
    /// Copies the entry out of the cursor's buffer.
    #[must_use]
    pub fn to_stored(self) -> Stored {
        let entry =
            Entry { id: self.id.to_vec(), at_ms: self.at_ms, payload: self.payload.to_vec() };
        Stored { offset: self.offset, entry }
    }
}

impl Reader {
    /// First offset that no visible entry has: the number of visible entries.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.shared.end()
    }

    /// Entries with offsets in `offsets`, in order. The range may reach beyond the end: the
    /// cursor then says `None` for now and goes on when more has become visible.
    #[must_use]
    pub fn read(&self, offsets: Range<u64>) -> Cursor {
        Cursor::new(Arc::clone(&self.shared), offsets, None)
    }

    /// Entries that happened in `at_ms` (Unix milliseconds, end excluded), in order of offset.
    /// Segments without any are skipped; times of entries need not rise with their offsets.
    #[must_use]
    pub fn between(&self, at_ms: Range<i64>) -> Cursor {
        Cursor::new(Arc::clone(&self.shared), 0..u64::MAX, Some(at_ms))
    }

    /// The entry at an offset; `None` beyond the end.
    ///
    /// # Errors
    /// [`StoreError::Io`] and [`StoreError::Corrupt`], as for every read.
    pub fn get(&self, offset: u64) -> Result<Option<Stored>, StoreError> {
        let mut cursor = self.read(offset..offset.saturating_add(1));
        Ok(cursor.next_entry()?.map(EntryRef::to_stored))
    }

    /// The entry with this sender's id, if one is visible.
    ///
    /// # Errors
    /// [`StoreError::Io`] and [`StoreError::Corrupt`], as for every read.
    pub fn find(&self, id: &[u8]) -> Result<Option<Stored>, StoreError> {
        let hash = ids::hash_id(&self.shared.log_id, id);
        let mut cursor = self.read(0..0);
        match cursor.offset_of(hash, id)? {
            Some(offset) => self.get(offset),
            None => Ok(None),
        }
    }
}

/// A position in the log that moves forward over its entries.
#[derive(Debug)]
pub struct Cursor {
    shared: Arc<Shared>,
    /// Offset of the next entry.
    next: u64,
    /// Offset to stop at.
    to: u64,
    /// Span of time to keep to, if one was asked for.
    at_ms: Option<Range<i64>>,
    /// The segment that `scan` reads; none before the first entry.
    segment: Option<Arc<Segment>>,
    scan: Scan,
    /// Offset at which the stretch aimed at ends.
    known: u64,
}

impl Cursor {
    pub(super) fn new(shared: Arc<Shared>, offsets: Range<u64>, at_ms: Option<Range<i64>>) -> Self {
        let (next, to) = (offsets.start, offsets.end);
        Self { shared, next, to, at_ms, segment: None, scan: Scan::default(), known: 0 }
    }

    /// Offset of the entry that comes next, where reading can be taken up again later.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.next
    }

    /// The next entry; `None` if the range is read, or nothing more is visible yet.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the file and byte position of damage; the cursor stays
    /// there. [`StoreError::Io`] if the file cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<EntryRef<'_>>, StoreError> {
        while self.next < self.to {
            if (self.next >= self.known || self.segment.is_none()) && !self.aim()? {
                break;
            }
            let Some(segment) = &self.segment else {
                continue; // the stretch held nothing of the time asked for
            };
            let at_ms = segment.next_entry(&mut self.scan)?;
            let offset = self.next;
            self.next += 1;
            if self.at_ms.as_ref().is_none_or(|span| span.contains(&at_ms)) {
                let frame = self.scan.entry();
                return Ok(Some(EntryRef { offset, at_ms, id: frame.id, payload: frame.payload }));
            }
        }
        Ok(None)
    }

    /// Points the scan at the next visible stretch; false if there is none.
    fn aim(&mut self) -> Result<bool, StoreError> {
        if self.next >= self.shared.end() {
            return Ok(false);
        }
        let segment = self.shared.segment_of(self.next);
        let (end, known, (at_ms_min, at_ms_max)) = {
            let extent = segment.extent.read();
            (extent.end, segment.header.first + extent.count, extent.at_ms)
        };
        let outside = |span: &Range<i64>| at_ms_max < span.start || at_ms_min >= span.end;
        if self.at_ms.as_ref().is_some_and(outside) {
            self.segment = None;
            (self.next, self.known) = (known, known);
            return Ok(true);
        }
        match &self.segment {
            Some(current) if Arc::ptr_eq(current, &segment) => self.scan.extend(end),
            _ => {
                segment.seek(&mut self.scan, self.next)?;
                self.segment = Some(segment);
            }
        }
        self.known = known;
        Ok(true)
    }

    /// Offset of the visible entry with this id, whose hash is `hash`.
    ///
    /// Keeps its place: looking up ids in the order they were stored reads the log once.
    pub(super) fn offset_of(&mut self, hash: u64, id: &[u8]) -> Result<Option<u64>, StoreError> {
        let end = self.shared.end();
        let candidates: Vec<u64> =
            self.shared.ids.read().candidates(hash).filter(|&offset| offset < end).collect();
        for offset in candidates {
            self.move_to(offset);
            if self.next_entry()?.is_some_and(|entry| entry.id == id) {
                return Ok(Some(offset));
            }
        }
        Ok(None)
    }

    /// Makes `offset` the only entry left to read; steps on if it is close ahead, else seeks.
    fn move_to(&mut self, offset: u64) {
        let ahead = offset.checked_sub(self.next).filter(|_| offset < self.known);
        if ahead != Some(0) {
            self.segment = None;
        }
        (self.next, self.to) = (offset, offset + 1);
    }
}
