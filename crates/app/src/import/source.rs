//! How is a file read, whatever it is packed in? Lines out of plain, gzip and zstd files.
//!
//! Two guards stand here because only here they can: a line may not grow beyond memory, and a
//! small packed file may not unpack to something enormous (a "bomb").

use super::ImportError;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest line that is read, in bytes. Longer ones are quarantined.
pub(crate) const LINE_BYTES_MAX: usize = 1 << 20;
/// What any file may unpack to, in bytes, before its packed size is held against it.
const UNPACKED_FREE: u64 = 1 << 30;
/// How many times its packed size a file may unpack to beyond that. Text packs 3 to 30 times.
const UNPACKED_RATIO: u64 = 200;

/// A file as bytes, unpacked, with its progress on disk.
pub(crate) struct Source {
    path: PathBuf,
    reader: Box<dyn Read + Send>,
    /// Bytes of the file on disk read so far, for progress.
    pub(crate) read_bytes: Arc<AtomicU64>,
}

impl Source {
    /// Opens `path`; gzip and zstd are told by their first bytes, not by the name.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let cannot = |source| ImportError::Read { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(cannot)?;
        let packed_bytes = file.metadata().map_err(cannot)?.len();
        let mut magic = [0u8; 4];
        let got = read_up_to(&mut file, &mut magic).map_err(cannot)?;
        if let Some((what, mend)) = foreign(magic) {
            return Err(ImportError::Foreign { path: path.to_owned(), what, mend });
        }
        let read_bytes = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            inner: io::Cursor::new(magic[..got].to_vec()).chain(file),
            bytes: Arc::clone(&read_bytes),
        };
        let limit = UNPACKED_FREE.saturating_add(packed_bytes.saturating_mul(UNPACKED_RATIO));
        let guard = |reader| Limited { inner: reader, left: limit, limit };
        let reader: Box<dyn Read + Send> = match magic {
            [0x1f, 0x8b, ..] => {
                let unpacked: Box<dyn Read + Send> =
                    Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(counted)));
                Box::new(guard(unpacked))
            }
            [0x28, 0xb5, 0x2f, 0xfd] => {
                let unpacked: Box<dyn Read + Send> =
                    Box::new(zstd::stream::read::Decoder::new(counted).map_err(cannot)?);
                Box::new(guard(unpacked))
            }
            _ => Box::new(counted),
        };
        Ok(Self { path: path.to_owned(), reader, read_bytes })
    }

    /// Reads all of it, if it is not larger than `bytes_max`.
    pub(crate) fn whole(self, bytes_max: u64) -> Result<Vec<u8>, ImportError> {
        let mut bytes = Vec::new();
        let mut limited = self.reader.take(bytes_max + 1);
        limited.read_to_end(&mut bytes).map_err(|source| broken(&self.path, 1, source))?;
        if bytes.len() as u64 > bytes_max {
            return Err(ImportError::Large { path: self.path, bytes_max });
        }
        Ok(bytes)
    }

    /// Reads line by line.
    pub(crate) fn lines(self) -> Lines {
        Lines {
            path: self.path,
            reader: BufReader::with_capacity(256 << 10, self.reader),
            number: 0,
            buffer: Vec::new(),
        }
    }
}

/// What a file is that begins like this and is not read here, and what to do about it.
fn foreign(magic: [u8; 4]) -> Option<(&'static str, &'static str)> {
    let unpack = "unpack it first; gzip and zstd are read as they are";
    match magic {
        [b'P', b'K', 3, 4] => {
            Some(("a zip archive or a spreadsheet", "unpack it, or save it as CSV"))
        }
        [b'B', b'Z', b'h', b'1'..=b'9'] => Some(("packed with bzip2", unpack)),
        [0xfd, b'7', b'z', b'X'] => Some(("packed with xz", unpack)),
        [b'7', b'z', 0xbc, 0xaf] => Some(("a 7z archive", unpack)),
        [0xd0, 0xcf, 0x11, 0xe0] => Some(("an old spreadsheet", "save it as CSV")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(("UTF-16 text", "save it as UTF-8")),
        [b'P', b'A', b'R', b'1'] => {
            Some(("Parquet", "name it .parquet, or say format = \"parquet\" in the mapping"))
        }
        _ => None,
    }
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match file.read(&mut buffer[got..])? {
            0 => break,
            n => got += n,
        }
    }
    Ok(got)
}

/// One line of a file.
pub(crate) enum LineRead<'a> {
    /// Its bytes, without the line end.
    Whole(&'a [u8]),
    /// It was longer than is read; its first bytes. The rest was skipped.
    Overlong(&'a [u8]),
}

/// The lines of a file, counted from 1.
pub(crate) struct Lines {
    path: PathBuf,
    reader: BufReader<Box<dyn Read + Send>>,
    number: u64,
    buffer: Vec<u8>,
}

impl Lines {
    /// The next line and its number, or nothing at the end.
    pub(crate) fn next_line(&mut self) -> Result<Option<(u64, LineRead<'_>)>, ImportError> {
        self.buffer.clear();
        let mut overlong = false;
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(broken(&self.path, self.number + 1, source)),
            };
            if chunk.is_empty() {
                if self.buffer.is_empty() {
                    return Ok(None);
                }
                break;
            }
            let end = chunk.iter().position(|&b| b == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = LINE_BYTES_MAX - self.buffer.len().min(LINE_BYTES_MAX);
            self.buffer.extend_from_slice(&part[..part.len().min(room)]);
            overlong |= part.len() > room;
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        if overlong {
            return Ok(Some((self.number, LineRead::Overlong(&self.buffer[..80]))));
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        Ok(Some((self.number, LineRead::Whole(&self.buffer))))
    }
}

fn broken(path: &Path, line: u64, source: io::Error) -> ImportError {
    if source.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Bomb>) {
        return ImportError::Bomb { path: path.to_owned(), line, why: source.to_string() };
    }
    ImportError::Broken { path: path.to_owned(), line, source }
}

struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.bytes.fetch_add(got as u64, Ordering::Relaxed);
        Ok(got)
    }
}

/// The complaint of a file that unpacks to too much.
#[derive(Debug, thiserror::Error)]
#[error("unpacks to more than {limit} bytes")]
struct Bomb {
    limit: u64,
}

struct Limited<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(got as u64)
            .ok_or_else(|| io::Error::other(Bomb { limit: self.limit }))?;
        Ok(got)
    }
}
