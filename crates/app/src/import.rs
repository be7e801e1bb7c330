//! How does a shop's past get in? Files of rows become facts of the log.
//!
//! Three steps: **read** every row and turn it into facts (bad rows go to the quarantine with a
//! reason), **sort** what was read by time, because features are folded in log order, and
//! **append** it. Facts without an id of their own are named by the file's content and the line,
//! so importing the same file again changes nothing. The sorted spool is kept until the last fact
//! is in: an interrupted import goes on where it was.

mod convert;
mod format;
mod mapping;
mod preview;
mod quarantine;
mod row;
mod source;
mod spool;
#[cfg(test)]
mod tests;

pub use format::Format;
pub use mapping::{Mapping, PRESETS, SHAPES, Shape};
pub use preview::{Preview, PreviewFile, Refused, preview};
pub(crate) use quarantine::page as quarantine_page;
pub use quarantine::{Complaint, QuarantinedRow};

use commerce::{At, Fact};
use mapping::FileMapping;
use quarantine::Quarantine;
use serde::{Deserialize, Serialize};
use spool::Spool;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use store::Ack;

/// Facts handed to the log at once.
const BATCH: usize = 2_000;
/// Batches after which all is made durable, so that going on can begin there.
const DURABLE_EVERY: u64 = 50;

/// Why an import stops. A bad row does not stop it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be opened.
    #[error("cannot read {path:?}: {source}")]
    Read { path: PathBuf, source: io::Error },
    /// A file breaks off or is damaged.
    #[error("{path:?} is damaged near line {line}: {source}; nothing of this import was stored")]
    Broken { path: PathBuf, line: u64, source: io::Error },
    /// A small file unpacks to an enormous one.
    #[error(
        "{path:?} {why} near line {line}, over 200 times its packed size; unpack it yourself if that is right"
    )]
    Bomb { path: PathBuf, line: u64, why: String },
    /// A file that must be read whole is too large for that.
    #[error("{path:?} is larger than {bytes_max} bytes unpacked, the most that can be read whole")]
    Large { path: PathBuf, bytes_max: u64 },
    /// A file of another kind than is read.
    #[error("{path:?} is {what}; {mend}")]
    Foreign { path: PathBuf, what: &'static str, mend: &'static str },
    /// No column names.
    #[error("{path:?} has no header line; give the column names as `header` in the mapping")]
    Header { path: PathBuf },
    /// Not JSON.
    #[error("{path:?} is not one JSON object: {why}")]
    Json { path: PathBuf, why: String },
    /// Not Parquet.
    #[error("{path:?} cannot be read as Parquet: {why}")]
    Parquet { path: PathBuf, why: String },
    /// The mapping is wrong.
    #[error("the mapping cannot be used: {why}")]
    Mapping { why: String },
    /// There is no such preset.
    #[error("there is no preset {name:?}; there are: {}", preset_names())]
    Preset { name: String },
    /// Nothing fits.
    #[error("none of the {files} files fits the mapping, which reads: {patterns}")]
    NothingFits { files: usize, patterns: String },
    /// No preset fits, and none was named.
    #[error("no preset fits these files; name one ({}), or write a mapping", preset_names())]
    Unknown,
    /// The work files cannot be written.
    #[error("cannot write {path:?}: {source}")]
    Write { path: PathBuf, source: io::Error },
    /// The log refused.
    #[error("the log refused: {0}; run the same import again to go on")]
    Log(String),
}

fn preset_names() -> String {
    PRESETS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    column: String,
    seen: String,
    problem: String,
    hint: Option<String>,
}

impl Rejected {
    fn new<'a>(column: &str, seen: impl Into<Cow<'a, str>>, problem: &str) -> Self {
        let seen = seen.into().chars().take(80).collect();
        Self { column: column.into(), seen, problem: problem.into(), hint: None }
    }

    fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProgress {
    /// `reading FILE` or `appending`.
    pub step: String,
    /// Done of this step, in bytes (reading) or facts (appending).
    pub done: u64,
    /// All of this step.
    pub total: u64,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Files read, and the rows in each.
    pub files: Vec<(PathBuf, u64)>,
    /// Files that the mapping does not read.
    pub skipped: Vec<PathBuf>,
    /// Facts appended.
    pub new: u64,
    /// Facts that the log had already.
    pub known: u64,
    /// Facts that said what another of the import had said.
    pub repeated: u64,
    /// Rows in the quarantine.
    pub quarantined: u64,
    /// Why, most frequent first, each with the first row that it was said of.
    pub problems: Vec<Complaint>,
    /// Where the quarantined rows are, if there are any.
    pub quarantine: Option<PathBuf>,
    /// Whether this went on with an import that had been interrupted.
    pub resumed: bool,
}

/// One import, ready to run.
#[derive(Debug)]
pub struct Import<'a> {
    /// Files and folders to read.
    pub inputs: &'a [PathBuf],
    /// How to read them; guessed from their names when not given.
    pub mapping: Option<Mapping>,
    /// Where the spool and the quarantine are kept.
    pub work_dir: &'a Path,
    /// The receiver's clock.
    pub now: At,
}

/// Hands a batch to the log, which answers how many facts were new once they are as durable as asked.
pub type Append<'a> = dyn FnMut(Vec<Fact>, Ack) -> Result<u64, String> + 'a;

impl Import<'_> {
    /// Reads, sorts and appends.
    ///
    /// # Errors
    /// [`ImportError`]; running the same import again goes on where it stopped.
    pub fn run(
        &self,
        append: &mut Append<'_>,
        progress: &mut dyn FnMut(&ImportProgress),
    ) -> Result<ImportReport, ImportError> {
        let files = files_in(self.inputs)?;
        let mapping = match &self.mapping {
            Some(mapping) => Cow::Borrowed(mapping),
            None => Cow::Owned(guess(&files)?.1),
        };
        let plan = plan(&files, &mapping)?;
        let stamps = plan.iter().map(|part| (part.stamp.as_str(), format!("{:?}", part.mapping)));
        let name = spool::name_of(&(mapping.currency.as_deref(), stamps.collect::<Vec<_>>()));
        let mut report = ImportReport {
            skipped: files
                .iter()
                .filter(|f| mapping.for_file(f).next().is_none())
                .cloned()
                .collect(),
            ..ImportReport::default()
        };
        let spool = match Spool::resume(self.work_dir, &name)? {
            Some(spool) => {
                report.resumed = true;
                (report.quarantined, report.quarantine) =
                    (spool.quarantined, Quarantine::of_before(self.work_dir, &name));
                spool
            }
            None => self.read(&plan, &mapping, &name, &mut report, progress)?,
        };
        self.append(spool, append, &mut report, progress)?;
        Ok(report)
    }

    fn read(
        &self,
        plan: &[PlannedFile<'_>],
        mapping: &Mapping,
        name: &str,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(&ImportProgress),
    ) -> Result<Spool, ImportError> {
        let currency = mapping.shop_currency()?;
        let mut spool = Spool::create(self.work_dir, name)?;
        let mut quarantine = Quarantine::new(self.work_dir, name);
        for part in plan {
            let shared = convert::Shared {
                mapping: part.mapping,
                currency,
                file: &part.stamp,
                now: self.now,
            };
            let format = part.mapping.format.or(Format::of(&part.path)).unwrap_or(Format::Csv);
            let read_bytes = AtomicU64::new(0);
            let mut rows = 0;
            let step = format!("reading {}", part.path.display());
            let mut on_row = |line, row: Result<row::Row<'_>, (Rejected, String)>| {
                rows += 1;
                if rows % 20_000 == 1 {
                    let done = read_bytes.load(Ordering::Relaxed);
                    progress(&ImportProgress { step: step.clone(), done, total: part.bytes });
                }
                let outcome = row.and_then(|row| {
                    convert::facts(shared, line, row).map_err(|rejected| (rejected, shown(row)))
                });
                let kept = match outcome {
                    Ok(facts) => facts.iter().try_for_each(|fact| spool.push(fact)),
                    Err((rejected, raw)) => quarantine.keep(&part.path, line, &rejected, &raw),
                };
                Ok(kept?)
            };
            format::read_rows(
                &part.path,
                format,
                part.mapping.header.as_deref(),
                &read_bytes,
                &mut on_row,
            )?;
            progress(&ImportProgress { step, done: part.bytes, total: part.bytes });
            // A file that tells of several kinds of facts is read once for each.
            if report.files.last().is_none_or(|(path, _)| *path != part.path) {
                report.files.push((part.path.clone(), rows));
            }
        }
        let (quarantined, problems, file) = quarantine.close()?;
        (report.quarantined, report.problems, report.quarantine) = (quarantined, problems, file);
        spool.sorted(quarantined)
    }

    fn append(
        &self,
        mut spool: Spool,
        append: &mut Append<'_>,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(&ImportProgress),
    ) -> Result<(), ImportError> {
        let total = spool.len();
        for count in 1.. {
            let batch = spool.next_batch(BATCH)?;
            report.repeated += batch.repeated;
            if batch.facts.is_empty() {
                break;
            }
            let sent = batch.facts.len() as u64;
            let ack = if count % DURABLE_EVERY == 0 { Ack::Disk } else { Ack::Memory };
            let new = append(batch.facts, ack).map_err(ImportError::Log)?;
            report.new += new;
            report.known += sent - new;
            if ack == Ack::Disk {
                spool.mark_done()?;
            }
            progress(&ImportProgress { step: "appending".into(), done: spool.done(), total });
        }
        spool.remove()
    }
}

/// The raw row, for the quarantine.
fn shown(row: row::Row<'_>) -> String {
    match row {
        row::Row::Record { header, fields } => {
            let field = |place| {
                String::from_utf8_lossy(fields.field(place).unwrap_or_default()).into_owned()
            };
            let pairs =
                header.names().enumerate().map(|(place, name)| format!("{name}={}", field(place)));
            pairs.collect::<Vec<_>>().join(" | ").chars().take(2_000).collect()
        }
        row::Row::Object(object) => object.to_string().chars().take(2_000).collect(),
    }
}

/// A file with one way to read it.
struct PlannedFile<'a> {
    path: PathBuf,
    mapping: &'a FileMapping,
    bytes: u64,
    /// Names the content: the id of facts without one.
    stamp: String,
}

fn plan<'a>(files: &[PathBuf], mapping: &'a Mapping) -> Result<Vec<PlannedFile<'a>>, ImportError> {
    let mut plan = Vec::new();
    for path in files {
        let ways: Vec<_> = mapping.for_file(path).collect();
        if ways.is_empty() {
            continue;
        }
        let (bytes, crc) = spool::fingerprint(path)?;
        for mapping in ways {
            let stamp = format!("{crc:08x}{bytes:x}");
            plan.push(PlannedFile { path: path.clone(), mapping, bytes, stamp });
        }
    }
    if plan.is_empty() {
        let patterns = mapping.file.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(ImportError::NothingFits { files: files.len(), patterns });
    }
    Ok(plan)
}

/// Every file named, and every file directly in a folder named, in order of name.
fn files_in(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, ImportError> {
    let cannot = |path: &Path| {
        let path = path.to_owned();
        move |source| ImportError::Read { path, source }
    };
    let mut files = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            std::fs::metadata(input).map_err(cannot(input))?;
            files.push(input.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(input).map_err(cannot(input))? {
            let path = entry.map_err(cannot(input))?.path();
            if path.is_file() {
                inside.push(path);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

/// The one preset that reads the most of these files by name; those that read any file do not count.
fn guess(files: &[PathBuf]) -> Result<(&'static str, Mapping), ImportError> {
    let mut fits = BTreeMap::new();
    for (name, ..) in PRESETS {
        let mut mapping = Mapping::preset(name)?;
        mapping.file.retain(|file| !file.name.starts_with('*'));
        let read = files.iter().filter(|path| mapping.for_file(path).next().is_some()).count();
        if read > 0 {
            fits.insert(read, (*name, mapping));
        }
    }
    fits.pop_last().map(|(_, found)| found).ok_or(ImportError::Unknown)
}
