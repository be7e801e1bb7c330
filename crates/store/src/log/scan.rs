//! Which frames stand in this stretch of a segment, one after the other?
//!
//! Reads with `pread` into one buffer, not through a memory map: a failing disk or a file cut by
//! someone else then comes back as an error with a position instead of killing the process with
//! SIGBUS, and sealed and active segments are read by the same code.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::frame::{self, Frame, PREFIX_LEN};

/// Bytes asked of the file at first, enough for a seek; doubled while the scan goes on.
const CHUNK_MIN: usize = 8 << 10;
/// Bytes asked of the file at most, unless one entry is longer.
const CHUNK_MAX: usize = 256 << 10;

/// A stretch of a segment, read frame by frame.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    buf: Vec<u8>,
    /// Start of the frame last stepped over, within `buf`.
    last: usize,
    /// Start of the next frame, within `buf`.
    at: usize,
    /// Bytes of `buf` that are read.
    filled: usize,
    /// File position of `buf[0]`.
    origin: u64,
    /// File position to stop at.
    end: u64,
    /// Bytes to ask for next.
    chunk: usize,
}

/// What a scan stepped over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// An entry; [`Scan::entry`] has its bytes.
    Entry { position: u64, at_ms: i64 },
    /// A mark: the bytes before `vouched` were on disk when it was written.
    Mark { vouched: u64 },
    /// The stretch is read.
    End,
    /// No frame stands here although the stretch goes on.
    Broken { position: u64, what: &'static str },
}

impl Scan {
    /// Points at `[start, end)` of a file. Keeps the buffer.
    pub(crate) fn aim(&mut self, start: u64, end: u64) {
        (self.last, self.at, self.filled, self.chunk) = (0, 0, 0, CHUNK_MIN);
        (self.origin, self.end) = (start, end);
    }

    /// Lets the scan run on to a later end.
    pub(crate) fn extend(&mut self, end: u64) {
        debug_assert!(end >= self.end);
        self.end = end;
    }

    /// File position of the next frame.
    pub(crate) fn position(&self) -> u64 {
        self.origin + self.at as u64
    }

    /// The frame last stepped over.
    pub(crate) fn entry(&self) -> Frame<'_> {
        frame::read(&self.buf[self.last..self.at])
    }

    /// Steps over the next frame.
    pub(crate) fn step(&mut self, file: &File, seed: u32) -> io::Result<Step> {
        let position = self.position();
        if position >= self.end {
            return Ok(Step::End);
        }
        if !self.fill(file, PREFIX_LEN)? {
            return Ok(Step::Broken { position, what: "an entry is cut short" });
        }
        let Some(size) = frame::size(&self.buf[self.at..self.filled]) else {
            return Ok(Step::Broken { position, what: "an entry has an impossible length" });
        };
        if !self.fill(file, size)? {
            return Ok(Step::Broken { position, what: "an entry is cut short" });
        }
        let Some(frame) = frame::check(&self.buf[self.at..self.at + size], seed) else {
            return Ok(Step::Broken { position, what: "an entry does not match its checksum" });
        };
        let step = match frame.vouched() {
            Some(vouched) => Step::Mark { vouched },
            None => Step::Entry { position, at_ms: frame.at_ms },
        };
        self.last = self.at;
        self.at += size;
        Ok(step)
    }

    /// Makes `want` bytes available; false if the stretch or the file ends before.
    fn fill(&mut self, file: &File, want: usize) -> io::Result<bool> {
        if self.filled - self.at >= want {
            return Ok(true);
        }
        self.buf.copy_within(self.at..self.filled, 0);
        self.origin += self.at as u64;
        self.filled -= self.at;
        (self.last, self.at) = (0, 0);
        let left = usize::try_from(self.end - self.origin).unwrap_or(usize::MAX);
        let room = want.max(self.chunk).min(left);
        self.chunk = (self.chunk * 2).min(CHUNK_MAX);
        if self.buf.len() < room {
            self.buf.resize(room, 0);
        }
        while self.filled < want && self.filled < room {
            let position = self.origin + self.filled as u64;
            match file.read_at(&mut self.buf[self.filled..room], position) {
                Ok(0) => break,
                Ok(read) => self.filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(self.filled >= want)
    }
}

/// Position of the first mark at or after `start` that vouches for bytes beyond `start`.
///
/// Used when no frame stands at `start`: such a mark proves that what stood there had been on
/// disk, so the file is damaged, not torn.
pub(crate) fn find_voucher(
    file: &File,
    seed: u32,
    start: u64,
    end: u64,
) -> io::Result<Option<u64>> {
    let mut window = vec![0; CHUNK_MAX];
    let mut origin = start;
    while end.saturating_sub(origin) >= frame::MARK_LEN as u64 {
        let want = usize::try_from(end - origin).unwrap_or(CHUNK_MAX).min(CHUNK_MAX);
        file.read_exact_at(&mut window[..want], origin)?;
        for (at, bytes) in window[..want].windows(frame::MARK_LEN).enumerate() {
            let vouched = (frame::size(bytes) == Some(frame::MARK_LEN))
                .then(|| frame::check(bytes, seed))
                .flatten()
                .and_then(|frame| frame.vouched());
            if vouched.is_some_and(|vouched| vouched > start) {
                return Ok(Some(origin + at as u64));
            }
        }
        origin += (want - frame::MARK_LEN + 1) as u64;
    }
    Ok(None)
}
