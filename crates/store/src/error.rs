//! Why did the store say no, where, and what should a person do?
//!
//! Every variant names the file or directory, so that the message alone is enough to act on.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A refusal of the store. Cheap to clone: one failed write is told to many waiting senders.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused. `advice` says what to do about this kind of refusal.
    #[error("{doing} {}: {source}; {advice}", path.display())]
    Io {
        /// What was being done, as a verb: "writing", "opening".
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The refusal itself.
        source: Arc<io::Error>,
        /// What an operator should do.
        advice: &'static str,
    },
    /// Bytes that were once on disk are not what was written. Never repaired silently.
    #[error(
        "{} is damaged at byte {position}: {what}; restore this file from a backup",
        path.display()
    )]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// Byte position of the first thing that does not check.
        position: u64,
        /// What does not check.
        what: String,
    },
    /// The file was written by a newer release.
    #[error(
        "{} has format version {found}, this release reads up to {newest}; use the newer release",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it carries.
        found: u32,
        /// The newest version this release reads.
        newest: u32,
    },
    /// Another process has this directory open.
    #[error("{} is in use by another process; stop it or choose another directory", dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// What was handed in cannot be stored; nothing of the batch was.
    #[error("entry {index} cannot be stored: {what}; nothing of its batch was stored")]
    Refused {
        /// Index within the batch, from 0.
        index: usize,
        /// What is wrong with it, with the value seen and the values allowed.
        what: String,
    },
    /// Stored bytes cannot be read as the asked kind of record.
    #[error("stored bytes are not a {kind}: {what}")]
    Codec {
        /// The record kind that was asked for.
        kind: &'static str,
        /// What does not fit.
        what: String,
    },
    /// Too much waits to be written. Try again when some of it has been.
    #[error("{waiting_bytes} bytes already wait to be written; try again shortly")]
    Busy {
        /// Bytes waiting.
        waiting_bytes: usize,
    },
    /// An earlier write failed, so the log takes nothing more until it is opened anew.
    ///
    /// A write that found no room is refused alone and taken back. After any other failed write or
    /// a failed sync nobody can say which bytes reached the disk, and a second
    /// sync would report success without having written them (the kernel drops the pages). Only
    /// reading the files again tells the truth.
    #[error("the log takes no more entries since: {why}; repair the cause and restart")]
    Stopped {
        /// The first failure.
        why: Arc<StoreError>,
    },
    /// Code that follows the log panicked, so what it shows may lag behind what is stored.
    #[error("what follows the log panicked at offset {offset}: {what}")]
    Follower {
        /// First offset of the group that was being followed.
        offset: u64,
        /// The panic message.
        what: String,
    },
    /// The log is being closed.
    #[error("the log is closed")]
    Closed,
}

impl StoreError {
    /// What the system refused while `doing` something to `path`.
    #[must_use]
    pub fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let advice = advise(&source);
        Self::Io { doing, path: path.to_owned(), source: Arc::new(source), advice }
    }

    /// Whether the disk, or what we may use of it, is full.
    pub(crate) fn is_no_room(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Io { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded))
    }

    pub(crate) fn corrupt(path: &Path, position: u64, what: impl Into<String>) -> Self {
        Self::Corrupt { path: path.to_owned(), position, what: what.into() }
    }
}

/// What an operator should do about a refusal of the operating system.
fn advise(error: &io::Error) -> &'static str {
    use io::ErrorKind as K;
    match error.kind() {
        K::StorageFull | K::QuotaExceeded => {
            "free space on this disk; nothing acknowledged was lost"
        }
        K::FileTooLarge => "raise the file size limit of this process, then restart",
        K::ReadOnlyFilesystem => "mount this file system writable, or choose another directory",
        K::PermissionDenied => "let this process read and write there, or choose another directory",
        K::NotADirectory | K::AlreadyExists => {
            "a file stands where a directory is needed: move it, or choose another directory"
        }
        K::NotFound => "create it, or choose another directory",
        _ => "check the disk and the system log, then restart",
    }
}
