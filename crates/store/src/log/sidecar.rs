//! What would a sealed segment say if it were read again, so that it need not be?
//!
//! ```text
//! magic "SKEEPIDS" | version u32 | crc32c u32 of all that follows | log id [16] | first u64
//! | count u64 | end u64 | at_ms min i64 | max i64 | sparse u32 × ⌈count / 64⌉ | hash u64 × count
//! ```
//!
//! Written when a segment is sealed, without a sync: if it is lost, cut, damaged, or belongs to
//! another segment it is rebuilt from the segment. Nothing is believed that does not check.

use std::fs;
use std::path::{Path, PathBuf};

use super::frame::{Header, u32_at, u64_at};
use super::segment::{Extent, STRIDE, Segment};
use crate::StoreError;

const MAGIC: &[u8; 8] = b"SKEEPIDS";
const VERSION: u32 = 1;
const HEAD_LEN: usize = 72;

/// Name of the sidecar beside its segment.
pub(crate) fn path_of(segment: &Path) -> PathBuf {
    segment.with_extension("ids")
}

/// Writes the sidecar of a sealed segment. `hashes` are those of its ids, in order of offset.
pub(crate) fn write(segment: &Segment, hashes: &[u64]) -> Result<(), StoreError> {
    let bytes = encode(&segment.header, &segment.extent.read(), hashes);
    let path = path_of(&segment.path);
    let temporary = path.with_extension("ids.new");
    fs::write(&temporary, bytes).map_err(|e| StoreError::io("writing", &temporary, e))?;
    fs::rename(&temporary, &path).map_err(|e| StoreError::io("renaming", &temporary, e))
}

/// Reads the sidecar of a segment; `None` if there is none that fits it.
pub(crate) fn read(segment: &Segment) -> Option<(Extent, Vec<u64>)> {
    let bytes = fs::read(path_of(&segment.path)).ok()?;
    let (extent, hashes) = decode(&segment.header, &bytes)?;
    (segment.file_len().ok()? == extent.end).then_some((extent, hashes))
}

fn encode(header: &Header, extent: &Extent, hashes: &[u64]) -> Vec<u8> {
    debug_assert_eq!(extent.count, hashes.len() as u64);
    let mut bytes = Vec::with_capacity(HEAD_LEN + extent.sparse.len() * 4 + hashes.len() * 8);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&header.log_id);
    bytes.extend_from_slice(&header.first.to_le_bytes());
    bytes.extend_from_slice(&extent.count.to_le_bytes());
    bytes.extend_from_slice(&extent.end.to_le_bytes());
    bytes.extend_from_slice(&extent.at_ms.0.to_le_bytes());
    bytes.extend_from_slice(&extent.at_ms.1.to_le_bytes());
    bytes.extend(extent.sparse.iter().flat_map(|position| position.to_le_bytes()));
    bytes.extend(hashes.iter().flat_map(|hash| hash.to_le_bytes()));
    let crc = crc32c::crc32c(&bytes[16..]);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn decode(header: &Header, bytes: &[u8]) -> Option<(Extent, Vec<u64>)> {
    let fits = bytes.len() >= HEAD_LEN
        && &bytes[..8] == MAGIC
        && u32_at(bytes, 8) == VERSION
        && u32_at(bytes, 12) == crc32c::crc32c(&bytes[16..])
        && bytes[16..32] == header.log_id
        && u64_at(bytes, 32) == header.first;
    if !fits {
        return None;
    }
    let count = u64_at(bytes, 40);
    let slots = usize::try_from(count.div_ceil(STRIDE)).ok()?;
    let (sparse, hashes) = bytes[HEAD_LEN..].split_at_checked(slots.checked_mul(4)?)?;
    if hashes.len() as u64 != count.checked_mul(8)? {
        return None;
    }
    let extent = Extent {
        end: u64_at(bytes, 48),
        count,
        at_ms: (u64_at(bytes, 56).cast_signed(), u64_at(bytes, 64).cast_signed()),
        sparse: sparse.chunks_exact(4).map(|le| u32_at(le, 0)).collect(),
    };
    Some((extent, hashes.chunks_exact(8).map(|le| u64_at(le, 0)).collect()))
}
