//! Which files were brought in, by whom, and what came of them?
//!
//! Files come from the command line as paths, or over the door into `uploads/` of the data
//! directory. Each import leaves its report in `imports/`, so that the console can tell of it, and
//! of what went to the quarantine, after a restart too.

use crate::browse::Page;
use crate::import::{
    self, Import, ImportError, ImportProgress, ImportReport, Mapping, Preview, QuarantinedRow,
};
use crate::jobs::{Entry, Job};
use crate::train::lower_priority;
use crate::{App, AppError};
use commerce::{At, Audit};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use store::Receipt;

/// Facts after which a running import writes the state down.
const SNAPSHOT_EVERY: u64 = 5_000_000;
/// Reports that are listed.
const LISTED: usize = 200;
/// The longest name of an uploaded file, in bytes.
const NAME_MAX: usize = 128;
/// Uploaded files of one import.
const FILES_MAX: usize = 1_000;

/// A file that was sent to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// When it came.
    pub at: At,
}

/// How files are to be read.
#[derive(Clone, Debug, Default)]
pub enum Layout {
    /// As the preset that fits their names.
    #[default]
    Guessed,
    /// As the preset of this name.
    Preset(Box<str>),
    /// By a mapping, as TOML.
    Mapping(Box<str>),
}

/// The import that runs.
#[derive(Debug)]
pub(crate) struct Importing {
    id: String,
    files: Vec<PathBuf>,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportEntry {
    /// Its name.
    pub id: String,
    /// When it began.
    pub started_at: At,
    /// When it ended; not yet, or never.
    pub ended_at: Option<At>,
    /// Who asked for it: a key's name, or `command line`.
    pub by: String,
    /// The preset that was named.
    pub preset: Option<String>,
    /// What was read and appended.
    pub report: ImportReport,
    /// Why it stopped, if it did.
    pub failed: Option<String>,
}

impl Layout {
    fn mapping(&self) -> Result<Option<Mapping>, ImportError> {
        match self {
            Self::Guessed => Ok(None),
            Self::Preset(name) => Mapping::preset(name).map(Some),
            Self::Mapping(text) => Mapping::parse(text).map(Some),
        }
    }
}

impl App {
    fn dir(&self) -> &Path {
        &self.options.store.dir
    }

    /// Keeps what `from` holds as the file `name`, in place of one of that name.
    ///
    /// # Errors
    /// [`AppError::UploadName`]; [`AppError::ImportBusy`] while an import reads the one of that
    /// name; [`AppError::UploadLarge`] beyond `bytes_max`; when it cannot be
    /// read or written. Nothing is kept then.
    pub fn upload(
        &self,
        name: &str,
        bytes_max: u64,
        from: &mut dyn Read,
    ) -> Result<Upload, AppError> {
        let path = self.upload_path(name)?;
        self.not_read(&path)?;
        let dir = self.dir().join("uploads");
        let part = dir.join(format!(".{name}.{:x}.part", self.chance.bits()));
        let written = fs::create_dir_all(&dir).and_then(|()| {
            let mut to = fs::File::create(&part)?;
            let bytes = io::copy(&mut from.take(bytes_max.saturating_add(1)), &mut to)?;
            to.sync_all()?;
            if bytes <= bytes_max {
                fs::rename(&part, &path)?;
            }
            Ok(bytes)
        });
        match written {
            Ok(bytes) if bytes <= bytes_max => {
                Ok(Upload { name: name.to_owned(), bytes, at: self.now() })
            }
            outcome => {
                let _ = fs::remove_file(&part); // the error is what counts
                outcome.map_err(|source| cannot("writing", &path, source))?;
                Err(AppError::UploadLarge { bytes_max })
            }
        }
    }

    /// The uploaded files, by name.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn uploads(&self) -> Result<Vec<Upload>, AppError> {
        let dir = self.dir().join("uploads");
        let mut found = Vec::new();
        for (name, path) in files_of(&dir).map_err(|source| cannot("reading", &dir, source))? {
            // One that was removed meanwhile is none.
            let Ok(meta) = path.metadata() else { continue };
            let since = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let ms = since.and_then(|since| i64::try_from(since.as_millis()).ok());
            found.push(Upload { name, bytes: meta.len(), at: At::from_ms(ms.unwrap_or_default()) });
        }
        Ok(found)
    }

    /// Forgets an uploaded file.
    ///
    /// # Errors
    /// [`AppError::UploadUnknown`], [`AppError::ImportBusy`] while an import reads it, or when it
    /// cannot be removed.
    pub fn remove_upload(&self, name: &str) -> Result<(), AppError> {
        let path = self.uploaded(name)?;
        self.not_read(&path)?;
        fs::remove_file(&path).map_err(|source| cannot("removing", &path, source))
    }

    /// What an import of these uploaded files would do.
    ///
    /// # Errors
    /// [`AppError::UploadUnknown`], [`AppError::Import`] for a mapping that cannot be used.
    pub fn preview(&self, files: &[Box<str>], layout: &Layout) -> Result<Preview, AppError> {
        let paths = self.all_uploaded(files)?;
        Ok(import::preview(&paths, layout.mapping()?.as_ref(), self.now())?)
    }

    /// Imports uploaded files beside serving.
    ///
    /// # Errors
    /// As [`App::preview`]; [`AppError::ImportBusy`] while one runs.
    pub fn import_beside(
        &self,
        files: &[Box<str>],
        layout: &Layout,
        by: &str,
    ) -> Result<Job, AppError> {
        let gone = || AppError::Internal("the shop is closing".into());
        let app = self.this.upgrade().ok_or_else(gone)?;
        let paths = self.all_uploaded(files)?;
        layout.mapping()?;
        let (job, layout, by) = (self.begin_import()?, layout.clone(), by.to_owned());
        let shown = job.shown();
        let run = move || {
            lower_priority();
            let told = app.run_import(&job, &paths, &layout, &by, &mut |_| {});
            if let Err(error) = told {
                tracing::error!(%error, "the import failed");
            }
        };
        let spawned = std::thread::Builder::new().name("import".into()).spawn(run);
        spawned.map_err(|e| AppError::Internal(format!("starting an import: {e}")))?;
        Ok(shown)
    }

    /// Imports files and folders on this thread.
    ///
    /// # Errors
    /// [`AppError::Import`], [`AppError::ImportBusy`].
    pub fn import_now(
        &self,
        inputs: &[PathBuf],
        layout: &Layout,
        by: &str,
        progress: &mut dyn FnMut(&ImportProgress),
    ) -> Result<ImportReport, AppError> {
        let job = self.begin_import()?;
        self.run_import(&job, inputs, layout, by, progress)
    }

    fn begin_import(&self) -> Result<Arc<Entry>, AppError> {
        self.jobs.begin("import", self.now()).map_err(|percent| AppError::ImportBusy { percent })
    }

    fn run_import(
        &self,
        job: &Entry,
        inputs: &[PathBuf],
        layout: &Layout,
        by: &str,
        progress: &mut dyn FnMut(&ImportProgress),
    ) -> Result<ImportReport, AppError> {
        let mut entry = self.new_entry(layout, by);
        *self.importing.lock() = Some(Importing { id: entry.id.clone(), files: inputs.to_vec() });
        let mut tell = |at: &ImportProgress| {
            job.tell(&self.without_dirs(&at.step), at.done, at.total);
            progress(at);
        };
        let outcome = self
            .keep(&entry)
            .and_then(|()| self.note_import(inputs, by))
            .and_then(|()| self.read_and_append(inputs, layout, &mut tell));
        entry.ended_at = Some(self.now());
        let told = match &outcome {
            Ok(report) => {
                entry.report = report.clone();
                Ok(format!(
                    "{} new facts, {} known already, {} repeated, {} rows quarantined",
                    report.new, report.known, report.repeated, report.quarantined
                ))
            }
            Err(error) => {
                let why = self.without_dirs(&error.to_string());
                entry.failed = Some(why.clone());
                Err(why)
            }
        };
        let kept = self.keep(&entry);
        *self.importing.lock() = None;
        job.end(told, self.now());
        let report = outcome?;
        kept?;
        Ok(report)
    }

    fn new_entry(&self, layout: &Layout, by: &str) -> ImportEntry {
        let (now, bits) = (self.now(), self.chance.bits() & 0xffff_ffff);
        let preset = match layout {
            Layout::Preset(name) => Some(name.to_string()),
            _ => None,
        };
        let id = format!("{:013}-{bits:08x}", now.ms());
        ImportEntry { id, started_at: now, by: by.to_owned(), preset, ..ImportEntry::default() }
    }

    fn note_import(&self, inputs: &[PathBuf], by: &str) -> Result<(), AppError> {
        let names = inputs.iter().map(|path| self.without_dirs(&path.to_string_lossy()));
        let subject: String = names.collect::<Vec<_>>().join(", ").chars().take(500).collect();
        let (actor, action) = (by.into(), "import.start".into());
        self.note_audit(Audit { actor, action, subject: subject.into(), note: "".into() })
    }

    fn read_and_append(
        &self,
        inputs: &[PathBuf],
        layout: &Layout,
        progress: &mut dyn FnMut(&ImportProgress),
    ) -> Result<ImportReport, AppError> {
        let mapping = layout.mapping()?;
        let import = Import { inputs, mapping, work_dir: self.dir(), now: self.now() };
        let mut since = 0;
        let mut append = |facts: Vec<commerce::Fact>, ack| {
            let receipts = self.append(&facts, ack).map_err(|e| e.to_string())?;
            since += receipts.len() as u64;
            if since > SNAPSHOT_EVERY {
                since = 0;
                self.snapshot().map_err(|e| e.to_string())?;
            }
            Ok(receipts.iter().filter(|r| matches!(r, Receipt::Appended { .. })).count() as u64)
        };
        Ok(import.run(&mut append, progress)?)
    }

    fn reports_dir(&self) -> PathBuf {
        self.dir().join("imports").join("reports")
    }

    fn keep(&self, entry: &ImportEntry) -> Result<(), AppError> {
        let dir = self.reports_dir();
        let path = dir.join(format!("{}.json", entry.id));
        let part = dir.join(format!(".{}.part", entry.id));
        // Whole or not at all: one that cannot be read would hide all others.
        let written = fs::create_dir_all(&dir)
            .and_then(|()| fs::write(&part, serde_json::to_vec(entry)?))
            .and_then(|()| fs::rename(&part, &path));
        written.map_err(|source| cannot("writing", &path, source))
    }

    /// Imports, the newest first; one that runs has not ended yet.
    ///
    /// # Errors
    /// When their reports cannot be read.
    pub fn imports(&self) -> Result<Vec<ImportEntry>, AppError> {
        let dir = self.reports_dir();
        let files = files_of(&dir).map_err(|source| cannot("reading", &dir, source))?;
        let running = self.importing.lock().as_ref().map(|running| running.id.clone());
        let read = |(_, path): &(String, PathBuf)| {
            let bytes = fs::read(path).map_err(|source| cannot("reading", path, source))?;
            let mut entry: ImportEntry = serde_json::from_slice(&bytes)
                .map_err(|error| cannot("reading", path, error.into()))?;
            if entry.ended_at.is_none() && running.as_ref() != Some(&entry.id) {
                entry.failed = Some("it was cut off; import the same files again to go on".into());
            }
            Ok(entry)
        };
        files.iter().rev().take(LISTED).map(read).collect()
    }

    /// Rows that an import kept away; nothing when there is no such import.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn quarantined(
        &self,
        id: &str,
        offset: usize,
        count: usize,
    ) -> Result<Option<Page<QuarantinedRow>>, AppError> {
        let Some(entry) = self.imports()?.into_iter().find(|entry| entry.id == id) else {
            return Ok(None);
        };
        let Some(path) = entry.report.quarantine else {
            return Ok(Some(Page { total: 0, rows: Vec::new() }));
        };
        let page = import::quarantine_page(&path, offset, count);
        let (total, rows) = page.map_err(|source| cannot("reading", &path, source))?;
        Ok(Some(Page { total, rows }))
    }

    fn all_uploaded(&self, names: &[Box<str>]) -> Result<Vec<PathBuf>, AppError> {
        if names.is_empty() || names.len() > FILES_MAX {
            let why = format!("{} files are named; allowed: 1 to {FILES_MAX}", names.len());
            return Err(ImportError::Mapping { why }.into());
        }
        names.iter().map(|name| self.uploaded(name)).collect()
    }

    fn uploaded(&self, name: &str) -> Result<PathBuf, AppError> {
        let path = self.upload_path(name)?;
        if path.is_file() { Ok(path) } else { Err(AppError::UploadUnknown { name: name.into() }) }
    }

    /// Refuses to touch a file while an import reads it.
    fn not_read(&self, path: &PathBuf) -> Result<(), AppError> {
        let is_read = self.importing.lock().as_ref().is_some_and(|run| run.files.contains(path));
        let percent = |job: &Job| (job.progress * 100.0) as u32;
        let running = self.jobs.all().into_iter().find(|job| job.kind == "import");
        let percent = running.as_ref().map_or(0, percent);
        if is_read { Err(AppError::ImportBusy { percent }) } else { Ok(()) }
    }

    /// Where a file of this name lies. A name leads nowhere else.
    fn upload_path(&self, name: &str) -> Result<PathBuf, AppError> {
        let sound = |c: char| !c.is_control() && !matches!(c, '/' | '\\');
        let is_sound = (1..=NAME_MAX).contains(&name.len())
            && !name.starts_with('.')
            && name.chars().all(sound);
        if !is_sound {
            return Err(AppError::UploadName { name: name.chars().take(80).collect() });
        }
        Ok(self.dir().join("uploads").join(name))
    }

    /// A text without the directory of uploads, which is nobody's business.
    fn without_dirs(&self, text: &str) -> String {
        let dir = self.dir().join("uploads").join("");
        text.replace(&*dir.to_string_lossy(), "")
    }
}

/// Removes what uploads left that a crash cut off.
pub(crate) fn forget_parts(dir: &Path) {
    let entries = fs::read_dir(dir.join("uploads")).into_iter().flatten().flatten();
    let is_part = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "part");
    for path in entries.map(|entry| entry.path()).filter(is_part) {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden && let Err(error) = fs::remove_file(&path) {
            tracing::warn!(%error, path = %path.display(), "half an upload was not removed");
        }
    }
}

fn cannot(doing: &'static str, path: &Path, source: io::Error) -> AppError {
    store::StoreError::io(doing, path, source).into()
}

/// The files in a directory that are no work in progress, by name; none when there is no directory.
fn files_of(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        files.extend(name.filter(|name| !name.starts_with('.')).map(|name| (name, path)));
    }
    files.sort();
    Ok(files)
}
