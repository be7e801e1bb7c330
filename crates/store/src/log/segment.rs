//! One file of the log: where is the entry of this offset in it, and how far may readers go?

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use parking_lot::RwLock;

use super::frame::{BadHeader, HEADER_LEN, Header, VERSION};
use super::scan::{Scan, Step};
use crate::StoreError;
use crate::dir::sync_dir;

/// Every so many entries the position is kept in memory; a seek walks over fewer than this.
pub(crate) const STRIDE: u64 = 64;

/// A segment file, open for reading and, while it is the last one, for appending.
#[derive(Debug)]
pub(crate) struct Segment {
    pub path: PathBuf,
    pub file: File,
    pub header: Header,
    pub seed: u32,
    /// What readers may see. Grows while the segment is the last one.
    pub extent: RwLock<Extent>,
}

/// How far a segment goes and where its entries stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Bytes, header included.
    pub end: u64,
    /// Entries.
    pub count: u64,
    /// Smallest and largest `at_ms`; reversed while there is no entry.
    pub at_ms: (i64, i64),
    /// File position of every [`STRIDE`]th entry.
    pub sparse: Vec<u32>,
}

impl Default for Extent {
    fn default() -> Self {
        Self { end: HEADER_LEN as u64, count: 0, at_ms: (i64::MAX, i64::MIN), sparse: Vec::new() }
    }
}

impl Extent {
    /// Takes in the next entry, which stands at `position`.
    pub(crate) fn note(&mut self, position: u64, at_ms: i64) {
        if self.count.is_multiple_of(STRIDE) {
            debug_assert!(u32::try_from(position).is_ok(), "segments stay below 4 GiB");
            self.sparse.push(position as u32);
        }
        self.count += 1;
        self.at_ms = (self.at_ms.0.min(at_ms), self.at_ms.1.max(at_ms));
    }

    /// Position of the nearest known entry at or before index `index`, and that entry's index.
    pub(crate) fn near(&self, index: u64) -> (u64, u64) {
        let slot = (index / STRIDE) as usize;
        match self.sparse.get(slot) {
            Some(&position) => (u64::from(position), index - index % STRIDE),
            // Only the end of the segment has no slot of its own.
            None => (self.end, self.count),
        }
    }
}

/// Name of the segment that starts at an offset; sorts like the offsets.
pub(crate) fn file_name(first: u64) -> String {
    format!("{first:020}.log")
}

impl Segment {
    /// Creates the file, writes its header and makes both durable.
    pub(crate) fn create(dir: &Path, header: Header) -> Result<Self, StoreError> {
        let path = dir.join(file_name(header.first));
        let fail = |doing, e| StoreError::io(doing, &path, e);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(|e| fail("creating", e))?;
        file.write_all_at(&header.encode(), 0).map_err(|e| fail("writing", e))?;
        file.sync_all().map_err(|e| fail("syncing", e))?;
        sync_dir(dir)?;
        Ok(Self { seed: header.seed(), path, file, header, extent: RwLock::default() })
    }

    /// Removes the file again, of which nothing was ever used; whether it is gone.
    pub(crate) fn remove(dir: &Path, header: Header) -> bool {
        let path = dir.join(file_name(header.first));
        fs::remove_file(&path).is_ok() || !path.exists()
    }

    /// Opens the file and checks its header; `Ok(None)` if the file is too short to have one,
    /// so that no entry in it can ever have been acknowledged.
    pub(crate) fn open(path: &Path, writable: bool) -> Result<Option<Self>, StoreError> {
        let fail = |doing, e| StoreError::io(doing, path, e);
        let file = OpenOptions::new()
            .read(true)
            .write(writable)
            .open(path)
            .map_err(|e| fail("opening", e))?;
        let mut bytes = [0; HEADER_LEN];
        match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(e) => return Err(fail("reading", e)),
        }
        let header = Header::decode(&bytes).map_err(|bad| match bad {
            BadHeader::Version(found) => {
                StoreError::Version { path: path.to_owned(), found, newest: VERSION }
            }
            BadHeader::Magic => StoreError::corrupt(path, 0, "this is not a segment of a log"),
            BadHeader::Checksum => {
                StoreError::corrupt(path, 0, "the header does not match its checksum")
            }
        })?;
        let (seed, path) = (header.seed(), path.to_owned());
        Ok(Some(Self { path, file, header, seed, extent: RwLock::default() }))
    }

    /// Bytes of the file now.
    pub(crate) fn file_len(&self) -> Result<u64, StoreError> {
        let meta = self.file.metadata().map_err(|e| StoreError::io("reading", &self.path, e))?;
        Ok(meta.len())
    }

    /// First offset after the visible entries.
    pub(crate) fn end_offset(&self) -> u64 {
        self.header.first + self.extent.read().count
    }

    /// Aims `scan` so that the next entry it meets is the one of `offset`, which is visible.
    pub(crate) fn seek(&self, scan: &mut Scan, offset: u64) -> Result<(), StoreError> {
        let index = offset - self.header.first;
        let (position, end, mut at) = {
            let extent = self.extent.read();
            let (position, at) = extent.near(index);
            (position, extent.end, at)
        };
        scan.aim(position, end);
        while at < index {
            self.next_entry(scan)?;
            at += 1;
        }
        Ok(())
    }

    /// Steps a scan over visible bytes to the next entry, which must be there and must check.
    /// Returns the entry's `at_ms`.
    pub(crate) fn next_entry(&self, scan: &mut Scan) -> Result<i64, StoreError> {
        loop {
            let step = scan.step(&self.file, self.seed);
            match step.map_err(|e| StoreError::io("reading", &self.path, e))? {
                Step::Entry { at_ms, .. } => return Ok(at_ms),
                Step::Mark { .. } => {}
                Step::End => {
                    let what = "entries that were here are missing";
                    return Err(StoreError::corrupt(&self.path, scan.position(), what));
                }
                Step::Broken { position, what } => {
                    return Err(StoreError::corrupt(&self.path, position, what));
                }
            }
        }
    }
}
