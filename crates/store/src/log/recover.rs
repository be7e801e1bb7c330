//! What is in this directory, and which bytes at its end were never acknowledged?

use std::fs;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::frame::{HEADER_LEN, Header};
use super::ids::{IdTable, hash_id};
use super::scan::{Scan, Step, find_voucher};
use super::segment::{Extent, Segment, file_name};
use super::sidecar;
use crate::StoreError;
use crate::dir::sync_dir;

/// What opening a log found and did.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    /// Entries found.
    pub entries: u64,
    /// Segment files found.
    pub segments: usize,
    /// Sealed segments that had to be read in full because their sidecar was lost or damaged.
    pub reread: usize,
    /// The torn tail that was cut, if there was one.
    pub cut: Option<Cut>,
    /// Time that opening took, milliseconds.
    pub took_ms: u64,
}

/// Bytes cut from the end of the last segment. No entry in them was ever acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The file that was cut.
    pub path: PathBuf,
    /// Its length now, bytes.
    pub position: u64,
    /// Bytes that were removed.
    pub bytes: u64,
}

/// Everything the log needs to go on.
pub(super) struct Found {
    pub log_id: [u8; 16],
    pub segments: Vec<Arc<Segment>>,
    pub ids: IdTable,
    /// Hashes of the ids in the last segment.
    pub hashes: Vec<u64>,
    pub recovery: Recovery,
}

/// Reads a directory that this process has locked; makes the first segment if there is none.
pub(super) fn recover(dir: &Path) -> Result<Found, StoreError> {
    let started = Instant::now();
    let mut recovery = Recovery::default();
    let mut firsts = list(dir)?;
    let last = open_last(dir, &mut firsts, &mut recovery)?;
    if let Some(&first) = firsts.first().filter(|&&first| first != 0) {
        let what = format!("the files that held entries 0 to {first} are missing");
        return Err(StoreError::corrupt(&dir.join(file_name(first)), 0, what));
    }
    let log_id = last.header.log_id;
    let tail = read_tail(&last, &mut recovery)?;
    let entries = last.header.first + tail.extent.count;
    let mut ids = IdTable::with_room(entries);
    let mut segments = Vec::with_capacity(firsts.len());
    for pair in firsts.windows(2) {
        let segment = open_sealed(dir, pair[0], &log_id)?;
        let hashes = load_sealed(&segment, &mut recovery)?;
        if segment.end_offset() != pair[1] {
            let what = format!(
                "it holds entries {} to {} but the next file starts at {}",
                pair[0],
                segment.end_offset(),
                pair[1]
            );
            return Err(StoreError::corrupt(&segment.path, segment.extent.read().end, what));
        }
        ids.insert_all(&hashes, pair[0]);
        segments.push(Arc::new(segment));
    }
    ids.insert_all(&tail.hashes, last.header.first);
    *last.extent.write() = tail.extent;
    segments.push(Arc::new(last));
    recovery.entries = entries;
    recovery.segments = segments.len();
    recovery.took_ms = started.elapsed().as_millis() as u64;
    Ok(Found { log_id, segments, ids, hashes: tail.hashes, recovery })
}

/// First offsets of the segments in a directory, rising.
fn list(dir: &Path) -> Result<Vec<u64>, StoreError> {
    let fail = |e| StoreError::io("listing", dir, e);
    let mut firsts = Vec::new();
    for entry in fs::read_dir(dir).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        let first = name.to_str().and_then(|n| n.strip_suffix(".log")?.parse().ok());
        firsts.extend(first.filter(|&first| name.to_str() == Some(&*file_name(first))));
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// Opens the last segment for appending, after removing one that died before it had a header.
fn open_last(
    dir: &Path,
    firsts: &mut Vec<u64>,
    recovery: &mut Recovery,
) -> Result<Segment, StoreError> {
    while let Some(&first) = firsts.last() {
        let path = dir.join(file_name(first));
        if let Some(segment) = Segment::open(&path, true)? {
            check_first(&segment, first)?;
            return Ok(segment);
        }
        let bytes = fs::metadata(&path).map_or(0, |meta| meta.len());
        recovery.cut = Some(Cut { path: path.clone(), position: 0, bytes });
        fs::remove_file(&path).map_err(|e| StoreError::io("removing", &path, e))?;
        sync_dir(dir)?;
        firsts.pop();
    }
    firsts.push(0);
    Segment::create(dir, Header { first: 0, log_id: draw_id() })
}

fn check_first(segment: &Segment, first: u64) -> Result<(), StoreError> {
    if segment.header.first == first {
        return Ok(());
    }
    let what = format!("its header says that it starts at entry {}", segment.header.first);
    Err(StoreError::corrupt(&segment.path, 16, what))
}

/// A random id for a new log, from the source that seeds the standard hash maps.
fn draw_id() -> [u8; 16] {
    use std::hash::{BuildHasher as _, RandomState};
    let mut id = [0; 16];
    for half in id.chunks_exact_mut(8) {
        half.copy_from_slice(&RandomState::new().hash_one(Instant::now()).to_le_bytes());
    }
    id
}

/// What the last segment holds.
struct Tail {
    extent: Extent,
    hashes: Vec<u64>,
}

/// Reads the last segment to its end, cuts what is torn, and makes the rest durable.
fn read_tail(segment: &Segment, recovery: &mut Recovery) -> Result<Tail, StoreError> {
    let fail = |doing, e| StoreError::io(doing, &segment.path, e);
    let len = segment.file_len()?;
    let mut tail = Tail { extent: Extent::default(), hashes: Vec::new() };
    let mut scan = Scan::default();
    let mut vouched = HEADER_LEN as u64;
    scan.aim(vouched, len);
    let broken = loop {
        match scan.step(&segment.file, segment.seed).map_err(|e| fail("reading", e))? {
            Step::Entry { position, at_ms } => {
                tail.extent.note(position, at_ms);
                tail.hashes.push(hash_id(&segment.header.log_id, scan.entry().id));
            }
            Step::Mark { vouched: position } => vouched = vouched.max(position),
            Step::End => break None,
            Step::Broken { position, what } => break Some((position, what)),
        }
    };
    tail.extent.end = scan.position();
    if let Some((position, what)) = broken {
        if !is_zero(segment, position, len).map_err(|e| fail("reading", e))? {
            recovery.cut = Some(torn(segment, position, what)?);
        }
        segment.file.set_len(position).map_err(|e| fail("cutting the tail of", e))?;
    }
    settle(segment, vouched, tail.extent.end)?;
    Ok(tail)
}

/// Whether nothing stands in `[start, end)`: room that was prepared and not used.
fn is_zero(segment: &Segment, start: u64, end: u64) -> io::Result<bool> {
    let mut bytes = vec![0; 64 << 10];
    let mut at = start;
    while at < end {
        let want = usize::try_from(end - at).unwrap_or(usize::MAX).min(bytes.len());
        segment.file.read_exact_at(&mut bytes[..want], at)?;
        if bytes[..want].iter().any(|&byte| byte != 0) {
            return Ok(false);
        }
        at += want as u64;
    }
    Ok(true)
}

/// What is to be cut at `position`, where `what` is wrong, unless it had been on disk before.
fn torn(segment: &Segment, position: u64, what: &str) -> Result<Cut, StoreError> {
    let len = segment.file_len()?;
    let voucher = find_voucher(&segment.file, segment.seed, position, len);
    if let Some(mark) = voucher.map_err(|e| StoreError::io("reading", &segment.path, e))? {
        let what = format!("{what}, though it was on disk when byte {mark} was written");
        return Err(StoreError::corrupt(&segment.path, position, what));
    }
    let bytes = len - position;
    tracing::warn!(path = %segment.path.display(), position, bytes, "cut a torn tail");
    Ok(Cut { path: segment.path.clone(), position, bytes })
}

/// Makes `[vouched, end)` durable by writing it again.
///
/// A sync alone is not enough. If the process before us saw a sync fail, the kernel may hold
/// these bytes as clean though they never reached the disk, and a new sync would skip them.
fn settle(segment: &Segment, vouched: u64, end: u64) -> Result<(), StoreError> {
    let fail = |doing, e| StoreError::io(doing, &segment.path, e);
    let mut bytes = vec![0; usize::try_from(end.saturating_sub(vouched)).unwrap_or(0)];
    segment.file.read_exact_at(&mut bytes, vouched).map_err(|e| fail("reading", e))?;
    segment.file.write_all_at(&bytes, vouched).map_err(|e| fail("writing", e))?;
    segment.file.sync_all().map_err(|e| fail("syncing", e))
}

fn open_sealed(dir: &Path, first: u64, log_id: &[u8; 16]) -> Result<Segment, StoreError> {
    let path = dir.join(file_name(first));
    let Some(segment) = Segment::open(&path, false)? else {
        return Err(StoreError::corrupt(&path, 0, "the file is shorter than its header"));
    };
    check_first(&segment, first)?;
    if segment.header.log_id != *log_id {
        return Err(StoreError::corrupt(&path, 24, "the file belongs to another log"));
    }
    Ok(segment)
}

/// Fills the extent of a sealed segment and returns the hashes of its ids.
fn load_sealed(segment: &Segment, recovery: &mut Recovery) -> Result<Vec<u64>, StoreError> {
    if let Some((extent, hashes)) = sidecar::read(segment) {
        *segment.extent.write() = extent;
        return Ok(hashes);
    }
    recovery.reread += 1;
    let (extent, hashes) = reread(segment)?;
    *segment.extent.write() = extent;
    if let Err(error) = sidecar::write(segment, &hashes) {
        tracing::warn!(%error, "kept no sidecar; the next start reads this segment again");
    }
    Ok(hashes)
}

/// Reads a sealed segment in full; all of it was durable before the next one was made.
fn reread(segment: &Segment) -> Result<(Extent, Vec<u64>), StoreError> {
    let (mut extent, mut hashes, mut scan) = (Extent::default(), Vec::new(), Scan::default());
    scan.aim(extent.end, segment.file_len()?);
    loop {
        let step = scan.step(&segment.file, segment.seed);
        match step.map_err(|e| StoreError::io("reading", &segment.path, e))? {
            Step::Entry { position, at_ms } => {
                extent.note(position, at_ms);
                hashes.push(hash_id(&segment.header.log_id, scan.entry().id));
            }
            Step::Mark { .. } => {}
            Step::End => break,
            Step::Broken { position, what } => {
                return Err(StoreError::corrupt(&segment.path, position, what));
            }
        }
    }
    extent.end = scan.position();
    Ok((extent, hashes))
}
