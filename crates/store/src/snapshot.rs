//! What was the state at this offset, so that a restart need not read the whole log?
//!
//! ```text
//! header  magic "SKEEPSNP" | version u32 | state version u32 | offset u64 | 0 [36] | crc32c u32
//! block   len u32 | crc32c u32 | bytes           len ≥ 1
//! end     0 u32 | crc32c u32 | total bytes u64
//! ```
//!
//! Checksums are chained, each block's starting from the one before, so a block that is missing,
//! doubled or out of place does not check. A snapshot is written beside its final name, synced,
//! renamed, and its directory synced: under its name there is a whole snapshot or none.
//!
//! A snapshot is never the only copy of anything: it is a fold over the log that was kept. One
//! that does not check is therefore skipped, with a warning, for the one before it.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::dir::{UNFINISHED, create_unfinished, make_dir, sweep, sync_dir};

const MAGIC: &[u8; 8] = b"SKEEPSNP";
const VERSION: u32 = 1;
const HEADER_LEN: usize = 64;
/// Bytes of a full block.
const BLOCK_LEN: usize = 256 << 10;

/// The snapshots of one named state, in one directory.
#[derive(Debug, Clone)]
pub struct Snapshots {
    dir: PathBuf,
    name: String,
    keep: usize,
}

/// Which snapshot this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// Every log entry before this offset is in the state; replay goes on from here.
    pub offset: u64,
    /// The state's own format version, as its writer gave it.
    pub state_version: u32,
}

impl Snapshots {
    /// Snapshots called `name` in `dir`, of which the newest `keep` (at least 1) are kept. The
    /// name consists of `a-z`, `0-9` and `_`. What a process that died left unfinished is removed.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the directory cannot be made or the name has other characters.
    pub fn open(dir: &Path, name: &str, keep: usize) -> Result<Self, StoreError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "names are of a-z, 0-9 and _");
            return Err(StoreError::io("naming a snapshot in", &dir.join(name), error));
        }
        make_dir(dir)?;
        sweep(dir)?;
        Ok(Self { dir: dir.to_owned(), name: name.to_owned(), keep: keep.max(1) })
    }

    /// Keeps the state that `write` writes; it is durable when this returns. Older snapshots
    /// beyond those to keep are then removed.
    ///
    /// The log must be on disk up to `info.offset` first ([`Log::sync`](crate::Log::sync)), lest
    /// the snapshot know of entries that the loss of power takes away.
    ///
    /// # Errors
    /// [`StoreError::Io`], also for an error of `write`. Earlier snapshots are then untouched.
    pub fn save(
        &self,
        info: SnapshotInfo,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let path = self.path(info.offset);
        let temporary = path.with_extension(UNFINISHED);
        write_file(&temporary, info, write).map_err(|e| {
            drop(fs::remove_file(&temporary)); // half a snapshot only takes space
            StoreError::io("writing", &temporary, e)
        })?;
        fs::rename(&temporary, &path).map_err(|e| StoreError::io("renaming", &temporary, e))?;
        sync_dir(&self.dir)?;
        let offsets = self.offsets()?;
        for &old in offsets.iter().rev().skip(self.keep) {
            let path = self.path(old);
            fs::remove_file(&path).map_err(|e| StoreError::io("removing", &path, e))?;
        }
        Ok(())
    }

    /// Reads the newest snapshot at or before `end`, the end of the log. `read` gets the state's
    /// bytes; if they do not check, or `read` fails (with
    /// [`Unsupported`](io::ErrorKind::Unsupported), say, for a state version it does not know),
    /// the snapshot before is tried. `None` if there is none to be used: replay from 0.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the directory cannot be read.
    pub fn load<T>(
        &self,
        end: u64,
        mut read: impl FnMut(SnapshotInfo, &mut dyn Read) -> io::Result<T>,
    ) -> Result<Option<(SnapshotInfo, T)>, StoreError> {
        for &offset in self.offsets()?.iter().rev() {
            let path = self.path(offset);
            if offset > end {
                tracing::warn!(path = %path.display(), end, "skip a snapshot ahead of the log");
                continue;
            }
            match read_file(&path, offset, &mut read) {
                Ok(loaded) => return Ok(Some(loaded)),
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "skip a snapshot");
                }
            }
        }
        Ok(None)
    }

    /// Offsets of the snapshots there are, rising. Not all need be sound.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the directory cannot be read.
    pub fn offsets(&self) -> Result<Vec<u64>, StoreError> {
        let fail = |e| StoreError::io("listing", &self.dir, e);
        let mut offsets = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(fail)? {
            let name = entry.map_err(fail)?.file_name();
            let digits = name.to_str().and_then(|name| {
                name.strip_prefix(&*self.name)?.strip_prefix('-')?.strip_suffix(".snap")
            });
            offsets.extend(digits.and_then(|digits| digits.parse::<u64>().ok()));
        }
        offsets.sort_unstable();
        Ok(offsets)
    }

    fn path(&self, offset: u64) -> PathBuf {
        self.dir.join(format!("{}-{offset:020}.snap", self.name))
    }
}

fn header(info: SnapshotInfo) -> [u8; HEADER_LEN] {
    let mut bytes = [0; HEADER_LEN];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&info.state_version.to_le_bytes());
    bytes[16..24].copy_from_slice(&info.offset.to_le_bytes());
    let crc = crc32c::crc32c(&bytes[..60]);
    bytes[60..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn write_file(
    path: &Path,
    info: SnapshotInfo,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let header = header(info);
    let mut file = create_unfinished(path)?;
    file.write_all(&header)?;
    let blocks = Blocks { file, chain: crc32c::crc32c(&header), total: 0 };
    let mut buffered = BufWriter::with_capacity(BLOCK_LEN, blocks);
    write(&mut buffered)?;
    let mut blocks = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
    let total = blocks.total.to_le_bytes();
    let crc = crc32c::crc32c_append(blocks.chain, &total);
    blocks.file.write_all(&[&[0; 4], &crc.to_le_bytes()[..], &total].concat())?;
    blocks.file.sync_all()
}

/// Writes each buffer it is given as a block.
struct Blocks {
    file: File,
    chain: u32,
    total: u64,
}

impl Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(BLOCK_LEN)];
        if bytes.is_empty() {
            return Ok(0);
        }
        self.chain = crc32c::crc32c_append(self.chain, bytes);
        self.total += bytes.len() as u64;
        self.file.write_all(&(bytes.len() as u32).to_le_bytes())?;
        self.file.write_all(&self.chain.to_le_bytes())?;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn read_file<T>(
    path: &Path,
    offset: u64,
    read: &mut impl FnMut(SnapshotInfo, &mut dyn Read) -> io::Result<T>,
) -> io::Result<(SnapshotInfo, T)> {
    let mut file = BufReader::with_capacity(BLOCK_LEN, File::open(path)?);
    let mut head = [0; HEADER_LEN];
    file.read_exact(&mut head)?;
    let (version, state_version) = (word(&head[8..]), word(&head[12..]));
    if &head[..8] != MAGIC {
        return Err(invalid("this is not a snapshot"));
    }
    if version != VERSION {
        let what = format!("snapshot version {version} is not known, only {VERSION}");
        return Err(io::Error::new(io::ErrorKind::Unsupported, what));
    }
    let info = SnapshotInfo { offset, state_version };
    if head != header(info) {
        return Err(invalid("the header does not check"));
    }
    let mut state = State {
        file,
        chain: crc32c::crc32c(&head),
        total: 0,
        block: Vec::new(),
        at: 0,
        end: false,
    };
    let value = read(info, &mut state)?;
    // The state is believed only when all of it has checked, also what `read` did not want.
    while !state.end {
        state.next_block()?;
    }
    Ok((info, value))
}

/// The bytes of a state, checked block by block.
struct State {
    file: BufReader<File>,
    chain: u32,
    total: u64,
    block: Vec<u8>,
    at: usize,
    end: bool,
}

impl State {
    fn next_block(&mut self) -> io::Result<()> {
        let mut head = [0; 8];
        self.file.read_exact(&mut head)?;
        let (len, crc) = (word(&head) as usize, word(&head[4..]));
        self.end = len == 0;
        if len > BLOCK_LEN {
            return Err(invalid("a block has an impossible length"));
        }
        self.block.resize(if self.end { 8 } else { len }, 0);
        self.at = 0;
        self.file.read_exact(&mut self.block)?;
        self.chain = crc32c::crc32c_append(self.chain, &self.block);
        if self.chain != crc {
            return Err(invalid("a block does not match its checksum"));
        }
        if self.end {
            let whole = self.block == self.total.to_le_bytes();
            self.block.clear();
            return if whole { Ok(()) } else { Err(invalid("blocks are missing")) };
        }
        self.total += len as u64;
        Ok(())
    }
}

impl Read for State {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() && !self.end {
            self.next_block()?;
        }
        let len = into.len().min(self.block.len() - self.at);
        into[..len].copy_from_slice(&self.block[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}

fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests;
