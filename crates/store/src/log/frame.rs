//! What does one entry look like in a segment file?
//!
//! A segment is a header and then frames, all integers little-endian:
//!
//! ```text
//! header  magic "SKEEPLOG" | version u32 | 0 u32 | first offset u64 | log id [16] | 0 [20] | crc32c u32
//! frame   crc32c u32 | len u32 | at_ms i64 | id_len u8 | id | payload        len counts from at_ms
//! mark    a frame without an id; its payload is a byte position u64
//! ```
//!
//! A **mark** opens every group of frames that was written together. It says: when this group
//! was written, everything before `position` was on disk. That is how recovery tells a torn
//! tail (never acknowledged, may be cut) from damage (acknowledged, must be reported).
//!
//! The checksum of a frame starts from the checksum of its segment's header, which holds the
//! random log id, so neither a stale block of another file nor bytes chosen by a sender can
//! pass for a frame.

/// Bytes of a segment header.
pub(crate) const HEADER_LEN: usize = 64;
/// Newest segment format this code reads, and the one it writes.
pub(crate) const VERSION: u32 = 1;
/// Longest sender's id, bytes.
pub const ID_LEN_MAX: usize = u8::MAX as usize;
/// Longest payload of one entry, bytes.
pub const PAYLOAD_LEN_MAX: usize = 16 << 20;

const MAGIC: &[u8; 8] = b"SKEEPLOG";
/// Checksum and length: what must be read before the size of a frame is known.
pub(crate) const PREFIX_LEN: usize = 8;
/// `at_ms` and `id_len`.
const FIXED_LEN: usize = 9;
/// Size of a mark, bytes.
pub(crate) const MARK_LEN: usize = PREFIX_LEN + FIXED_LEN + 8;

/// What a segment file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Offset of the first entry.
    pub first: u64,
    /// Random, drawn once per log; also the key of the id hash.
    pub log_id: [u8; 16],
}

/// Why a header was not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadHeader {
    Magic,
    Version(u32),
    Checksum,
}

impl Header {
    pub(crate) fn encode(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first.to_le_bytes());
        bytes[24..40].copy_from_slice(&self.log_id);
        let crc = crc32c::crc32c(&bytes[..60]);
        bytes[60..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8; HEADER_LEN]) -> Result<Self, BadHeader> {
        if &bytes[..8] != MAGIC {
            return Err(BadHeader::Magic);
        }
        // The version comes before the checksum: a newer format may place its checksum elsewhere.
        let version = u32_at(bytes, 8);
        if version != VERSION {
            return Err(BadHeader::Version(version));
        }
        if crc32c::crc32c(&bytes[..60]) != u32_at(bytes, 60) {
            return Err(BadHeader::Checksum);
        }
        let mut log_id = [0; 16];
        log_id.copy_from_slice(&bytes[24..40]);
        Ok(Self { first: u64_at(bytes, 16), log_id })
    }

    /// Where the checksum of this segment's frames starts.
    pub(crate) fn seed(&self) -> u32 {
        crc32c::crc32c(&self.encode())
    }
}

/// One frame, borrowed from the bytes it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub at_ms: i64,
    pub id: &'a [u8],
    pub payload: &'a [u8],
}

impl Frame<'_> {
    /// The position a mark vouches for; `None` for an entry.
    pub(crate) fn vouched(&self) -> Option<u64> {
        self.id.is_empty().then(|| u64_at(self.payload, 0))
    }
}

/// Bytes that a frame of this id and payload takes.
pub(crate) fn frame_len(id: &[u8], payload: &[u8]) -> usize {
    PREFIX_LEN + FIXED_LEN + id.len() + payload.len()
}

/// Appends one frame to `out`.
pub(crate) fn encode(out: &mut Vec<u8>, seed: u32, frame: &Frame<'_>) {
    debug_assert!(frame.id.len() <= ID_LEN_MAX && frame.payload.len() <= PAYLOAD_LEN_MAX);
    let start = out.len();
    let len = frame_len(frame.id, frame.payload) - PREFIX_LEN;
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(len as u32).to_le_bytes());
    out.extend_from_slice(&frame.at_ms.to_le_bytes());
    out.push(frame.id.len() as u8);
    out.extend_from_slice(frame.id);
    out.extend_from_slice(frame.payload);
    let crc = crc32c::crc32c_append(seed, &out[start + 4..]);
    out[start..start + 4].copy_from_slice(&crc.to_le_bytes());
}

/// Appends the mark that opens a group: before it, `vouched` bytes of the file are on disk.
pub(crate) fn encode_mark(out: &mut Vec<u8>, seed: u32, written_at_ms: i64, vouched: u64) {
    let payload = vouched.to_le_bytes();
    encode(out, seed, &Frame { at_ms: written_at_ms, id: &[], payload: &payload });
}

/// Size in bytes of the frame that starts with `prefix`; `None` if no frame can start so.
pub(crate) fn size(prefix: &[u8]) -> Option<usize> {
    let len = u32_at(prefix, 4) as usize;
    let possible = FIXED_LEN..=FIXED_LEN + ID_LEN_MAX + PAYLOAD_LEN_MAX;
    possible.contains(&len).then_some(PREFIX_LEN + len)
}

/// Reads the frame that fills `bytes` exactly; `None` if it does not check.
pub(crate) fn check(bytes: &[u8], seed: u32) -> Option<Frame<'_>> {
    if crc32c::crc32c_append(seed, &bytes[4..]) != u32_at(bytes, 0) {
        return None;
    }
    let frame = read(bytes);
    // An entry has an id and a mark has its position; nothing else was ever written.
    (!frame.id.is_empty() || frame.payload.len() == 8).then_some(frame)
}

/// Reads a frame whose checksum is known to match.
pub(crate) fn read(bytes: &[u8]) -> Frame<'_> {
    let body = &bytes[PREFIX_LEN..];
    let id_end = (FIXED_LEN + usize::from(body[8])).min(body.len());
    Frame {
        at_ms: u64_at(body, 0).cast_signed(),
        id: &body[FIXED_LEN..id_end],
        payload: &body[id_end..],
    }
}

/// Reads a little-endian integer at `at`, which the caller has checked to lie inside.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut le = [0; 4];
    le.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(le)
}

/// Reads a little-endian integer at `at`, which the caller has checked to lie inside.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut le = [0; 8];
    le.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(le)
}
