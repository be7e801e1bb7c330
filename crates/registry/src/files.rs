//! How does a file change so that a crash leaves the old or the new one, and nothing between?
//!
//! Write beside it, force to disk, rename, force the folder to disk. Renaming within a folder is
//! atomic on every file system that matters; without the last step the new name itself may be
//! lost with the power.

use crate::RegistryError;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

/// Turns an error of the system into ours.
pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> RegistryError {
    let path = path.to_owned();
    move |source| RegistryError::Io { doing, path, source }
}

/// Makes a new file durable (its name is durable once its folder is synced).
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let mut file = File::create(path).map_err(io("creating", path))?;
    file.write_all(bytes).map_err(io("writing", path))?;
    file.sync_all().map_err(io("syncing", path))
}

/// Replaces `path` atomically and durably.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let beside = path.with_extension("new");
    write_new(&beside, bytes)?;
    fs::rename(&beside, path).map_err(io("renaming", &beside))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), RegistryError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(io("syncing", path))
}
