//! Where do large immutable things live: model weights, indexes, pictures?
//!
//! In a file named after the SHA-256 of its bytes, so that equal bytes are kept once, a name is
//! also a proof (`sha256sum` checks it without us), and nothing ever changes under a reader. A
//! blob is written beside its final name, synced, made read-only, renamed, and its directory
//! synced: under its name there are all of its bytes or none.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::Mmap;
use sha2::{Digest as _, Sha256};

use crate::StoreError;
use crate::dir::{UNFINISHED, create_unfinished, make_dir, sweep, sync_dir};

/// Bytes read from a source at a time.
const CHUNK: usize = 256 << 10;

/// The name of a blob: the SHA-256 of its bytes. Written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId([u8; 32]);

impl BlobId {
    /// The name that these bytes have.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blob:{self}")
    }
}

/// A text that is not the name of a blob.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not the name of a blob; expected 64 digits 0-9, a-f")]
pub struct BlobIdError {
    found: String,
}

impl FromStr for BlobId {
    type Err = BlobIdError;

    fn from_str(text: &str) -> Result<Self, BlobIdError> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut id = [0; 32];
        let pairs = text.as_bytes().chunks(2);
        let fits = text.len() == 64
            && id.iter_mut().zip(pairs).all(|(byte, pair)| {
                let parsed = digit(pair[0]).zip(digit(pair[1]));
                parsed.inspect(|(high, low)| *byte = high << 4 | low).is_some()
            });
        let found = || text.chars().take(80).collect();
        if fits { Ok(Self(id)) } else { Err(BlobIdError { found: found() }) }
    }
}

/// A directory of blobs. Any number of processes may use it at once.
#[derive(Debug)]
pub struct Blobs {
    dir: PathBuf,
    /// Makes the names of unfinished files differ.
    unfinished: AtomicU64,
}

impl Blobs {
    /// The blobs in `dir`, which is made if there is none. What a process that died left
    /// unfinished is removed.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be made.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        make_dir(dir)?;
        sweep(dir)?;
        Ok(Self { dir: dir.to_owned(), unfinished: AtomicU64::new(0) })
    }

    /// Keeps all bytes that `source` has; they are durable when this returns. Keeping the same
    /// bytes again changes nothing. Memory used does not depend on their number.
    ///
    /// # Errors
    /// [`StoreError::Io`], also for an error of `source`.
    pub fn put(&self, source: &mut dyn Read) -> Result<BlobId, StoreError> {
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        let temporary = self.dir.join(format!("{}-{number}.{UNFINISHED}", std::process::id()));
        let id = write_file(&temporary, source).map_err(|e| {
            drop(fs::remove_file(&temporary)); // half a blob only takes space
            StoreError::io("writing", &temporary, e)
        })?;
        let path = self.path(id);
        fs::rename(&temporary, &path).map_err(|e| StoreError::io("renaming", &temporary, e))?;
        sync_dir(&self.dir)?;
        Ok(id)
    }

    /// Maps a blob into memory; `None` if it is not here. Costs no memory of this process until
    /// it is read, and then only page cache.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the file cannot be opened.
    pub fn get(&self, id: BlobId) -> Result<Option<Blob>, StoreError> {
        let path = self.path(id);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(StoreError::io("opening", &path, e)),
        };
        map(&file).map(Some).map_err(|e| StoreError::io("mapping", &path, e))
    }

    /// Maps a blob and reads all of it to check that it is what its name says.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is not, and as for [`get`](Self::get).
    pub fn get_checked(&self, id: BlobId) -> Result<Option<Blob>, StoreError> {
        let blob = self.get(id)?;
        if blob.as_ref().is_some_and(|blob| BlobId::of(blob) != id) {
            let what = "its bytes are not those that its name was made from";
            return Err(StoreError::corrupt(&self.path(id), 0, what));
        }
        Ok(blob)
    }

    /// Forgets a blob, if it is here. Readers that have it mapped keep it.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the file cannot be removed.
    pub fn remove(&self, id: BlobId) -> Result<(), StoreError> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("removing", &path, e))
            }
            _ => Ok(()),
        }
    }

    /// Names of all blobs here and their sizes in bytes, in order of name.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the directory cannot be read.
    pub fn list(&self) -> Result<Vec<(BlobId, u64)>, StoreError> {
        let fail = |e| StoreError::io("listing", &self.dir, e);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".blob")?.parse().ok());
            if let Some(id) = id {
                found.push((id, entry.metadata().map_err(fail)?.len()));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.dir.join(format!("{id}.blob"))
    }
}

fn write_file(path: &Path, source: &mut dyn Read) -> io::Result<BlobId> {
    let mut file = create_unfinished(path)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(len) => {
                hash.update(&chunk[..len]);
                file.write_all(&chunk[..len])?;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    file.set_permissions(Permissions::from_mode(0o444))?;
    file.sync_all()?;
    Ok(BlobId(hash.finalize().into()))
}

/// The bytes of a blob, mapped into memory.
#[derive(Debug)]
pub struct Blob {
    map: Mmap,
}

impl Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

#[expect(unsafe_code, reason = "a memory map is the one way to read weights without copying them")]
fn map(file: &File) -> io::Result<Blob> {
    // SAFETY: the bytes of a mapped file must not change or shrink while it is mapped. A blob
    // gets its name only after its last byte is written and the file made read-only; nothing
    // here opens it for writing again; removing it unlinks the name and leaves the mapped inode
    // whole. What is left is somebody with rights who overwrites files of this directory.
    let map = unsafe { Mmap::map(file)? };
    Ok(Blob { map })
}

#[cfg(test)]
mod tests;
