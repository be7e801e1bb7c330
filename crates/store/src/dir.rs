//! When does a name in a directory survive the loss of power, and which names are nobody's?
//!
//! Syncing a file makes its bytes durable, not its name: the directory must be synced too, and
//! the directory that holds that one when it is new.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Ending of files that are being written and will be renamed when they are whole.
pub(crate) const UNFINISHED: &str = "new";

/// Makes a directory and those above it that are missing, durably.
pub(crate) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = match dir.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    make_dir(above)?;
    match fs::create_dir(dir) {
        // Somebody else may have made it just now.
        Err(e) if !dir.is_dir() => return Err(StoreError::io("creating directory", dir, e)),
        _ => {}
    }
    sync_dir(above)
}

/// Makes names created or removed in a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir)
        .and_then(|d| d.sync_all())
        .map_err(|e| StoreError::io("syncing directory", dir, e))
}

/// Creates a file that is going to be renamed, locked so that [`sweep`] leaves it alone.
pub(crate) fn create_unfinished(path: &Path) -> io::Result<File> {
    let file = File::create(path)?;
    file.try_lock()?;
    Ok(file)
}

/// Removes what processes that died left unfinished. Whatever is still being written is locked.
pub(crate) fn sweep(dir: &Path) -> Result<(), StoreError> {
    let fail = |e| StoreError::io("listing", dir, e);
    let paths: io::Result<Vec<PathBuf>> =
        fs::read_dir(dir).map_err(fail)?.map(|entry| entry.map(|entry| entry.path())).collect();
    for path in paths.map_err(fail)? {
        let unfinished = path.extension().is_some_and(|ending| ending == UNFINISHED);
        let abandoned = || File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if unfinished && abandoned() {
            fs::remove_file(&path).map_err(|e| StoreError::io("removing", &path, e))?;
        }
    }
    Ok(())
}
