//! Files to import: what is asked of them, and what came of it.

use super::fact::{data_of, type_of};
use super::fields::{Fields, WORD_MAX};
use super::model::JobOut;
use app::import::{Complaint, PRESETS, Preview, PreviewFile, QuarantinedRow, SHAPES};
use app::{ImportEntry, Job, Layout, Page, Upload};
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

/// Most files of one import.
const FILES_MAX: usize = 1_000;
/// Longest mapping, in bytes.
const MAPPING_MAX: usize = 1 << 20;

/// Reads which files are to be imported, and how.
pub(crate) fn read_import(fields: &Fields<'_>) -> Option<(Vec<Box<str>>, Layout)> {
    let files = fields.words("files", FILES_MAX);
    if files.is_empty() {
        fields.wrong("files", "the names of uploaded files");
    }
    let preset = fields.boxed("preset", WORD_MAX);
    let mapping = fields.lines("mapping", MAPPING_MAX);
    if preset.is_some() && mapping.is_some() {
        fields.broken("mapping", "either a preset or a mapping");
    }
    let layout = match (preset, mapping) {
        (_, Some(text)) => Layout::Mapping(text),
        (Some(name), None) => Layout::Preset(name),
        (None, None) => Layout::Guessed,
    };
    Some((files, layout))
}

/// A path's last part: where files lie is the server's business.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A file that was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upload)]
pub(crate) struct UploadOut {
    #[schema(example = "UserBehavior.csv.gz")]
    name: String,
    bytes: u64,
    /// When it came.
    at: String,
}

impl From<Upload> for UploadOut {
    fn from(upload: Upload) -> Self {
        Self { name: upload.name, bytes: upload.bytes, at: upload.at.to_string() }
    }
}

/// The files that were sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Uploads)]
pub(crate) struct UploadsOut {
    pub(crate) uploads: Vec<UploadOut>,
}

/// Layouts that are well known, and what a mapping may say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Presets)]
pub(crate) struct PresetsOut {
    presets: Vec<PresetOut>,
    shapes: Vec<ShapeOut>,
}

/// A layout that is well known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preset)]
struct PresetOut {
    name: &'static str,
    /// What it reads.
    about: &'static str,
    /// Its mapping, as TOML.
    mapping: &'static str,
}

/// What a row of one kind may say, and must.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RowShape)]
struct ShapeOut {
    row: &'static str,
    fields: &'static [&'static str],
    /// Those that must be mapped.
    wanted: &'static [&'static str],
    /// Of these, one at least.
    one_of: &'static [&'static str],
}

impl PresetsOut {
    pub(crate) fn new() -> Self {
        let preset = |&(name, about, mapping): &(_, _, _)| PresetOut { name, about, mapping };
        let shape = |shape: &app::import::Shape| ShapeOut {
            row: shape.row,
            fields: shape.fields,
            wanted: shape.wanted,
            one_of: shape.one_of,
        };
        Self {
            presets: PRESETS.iter().map(preset).collect(),
            shapes: SHAPES.iter().map(shape).collect(),
        }
    }
}

/// What an import would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview)]
pub(crate) struct PreviewOut {
    /// The preset that reads them: the one named, or the one whose file names fit.
    preset: Option<String>,
    /// The mapping that reads them, as TOML.
    mapping: Option<String>,
    /// Whether there is one.
    fits: bool,
    /// Why not.
    why: Option<String>,
    files: Vec<PreviewFileOut>,
}

/// What an import would make of one file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewFile)]
struct PreviewFileOut {
    name: String,
    bytes: u64,
    /// `csv`, `tsv`, `pipe`, `blank`, `json_lines`, `json_map` or `parquet`.
    format: &'static str,
    /// Its columns; of objects, dotted paths into them.
    columns: Vec<String>,
    /// The first rows.
    rows: Vec<PreviewRowOut>,
    /// Rows looked at.
    rows_read: u64,
    /// Those that tell facts.
    rows_accepted: u64,
    /// Those that would go to the quarantine.
    rows_refused: u64,
    /// The facts of the first rows.
    facts: Vec<PreviewFactOut>,
    /// The first rows that would go to the quarantine.
    refused: Vec<RefusedOut>,
    /// Why it cannot be read at all, or is not read.
    why: Option<String>,
}

/// A row as it stands in the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewRow)]
struct PreviewRowOut {
    /// From 1.
    line: u64,
    /// In the order of the columns.
    cells: Vec<Option<String>>,
}

/// A fact that a row tells.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewFact)]
struct PreviewFactOut {
    line: u64,
    /// `event.view_item`, `item.changed`, ….
    r#type: String,
    at: String,
    /// Its fields, by the names under which the API takes them.
    data: Value,
}

/// A row that would go to the quarantine.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedRow)]
struct RefusedOut {
    line: u64,
    column: String,
    seen: String,
    problem: String,
    hint: Option<String>,
}

impl PreviewOut {
    pub(crate) fn new(layout: &Layout, preview: Preview) -> Self {
        let preset = match layout {
            Layout::Preset(name) => Some(name.to_string()),
            _ => preview.guessed.map(Into::into),
        };
        let text = |name: &String| {
            PRESETS.iter().find(|(preset, ..)| preset == name).map(|(_, _, text)| *text)
        };
        let mapping = match layout {
            Layout::Mapping(text) => Some(text.to_string()),
            _ => preset.as_ref().and_then(text).map(Into::into),
        };
        Self {
            preset,
            mapping,
            fits: preview.fits,
            why: preview.why,
            files: preview.files.into_iter().map(PreviewFileOut::new).collect(),
        }
    }
}

impl PreviewFileOut {
    fn new(file: PreviewFile) -> Self {
        let fact = |(line, fact): &(u64, commerce::Fact)| {
            let r#type = type_of(&fact.body)?;
            Some(PreviewFactOut {
                line: *line,
                r#type,
                at: fact.at.to_string(),
                data: data_of(fact),
            })
        };
        let refused = |row: app::import::Refused| RefusedOut {
            line: row.line,
            column: row.column,
            seen: row.seen,
            problem: row.problem,
            hint: row.hint,
        };
        let name = name_of(&file.path);
        let quoted = format!("{:?}", file.path);
        let rows = file.rows.into_iter().map(|(line, cells)| PreviewRowOut { line, cells });
        Self {
            bytes: file.bytes,
            format: file.format.name(),
            columns: file.columns,
            rows: rows.collect(),
            rows_read: file.rows_read,
            rows_accepted: file.rows_accepted,
            rows_refused: file.rows_read - file.rows_accepted,
            facts: file.facts.iter().filter_map(fact).collect(),
            refused: file.refused.into_iter().map(refused).collect(),
            why: file.why.map(|why| why.replace(&quoted, &name)),
            name,
        }
    }
}

/// An import that runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportStarted)]
pub(crate) struct ImportStartedOut {
    job: JobOut,
}

impl From<Job> for ImportStartedOut {
    fn from(job: Job) -> Self {
        Self { job: job.into() }
    }
}

/// Imports, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Imports)]
pub(crate) struct ImportsOut {
    imports: Vec<ImportOut>,
}

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
struct ImportOut {
    id: String,
    started_at: String,
    /// When it ended; not yet, or never if it was cut off.
    ended_at: Option<String>,
    /// Who asked for it: a key's name, or `command line`.
    by: String,
    /// The preset that was named.
    preset: Option<String>,
    /// Files read, and the rows in each.
    files: Vec<ImportFileOut>,
    /// Files that the mapping does not read.
    skipped: Vec<String>,
    /// Facts appended.
    new: u64,
    /// Facts that the log had already.
    known: u64,
    /// Facts that said what another of the import had said.
    repeated: u64,
    /// Rows in the quarantine.
    quarantined: u64,
    /// Whether it went on with one that had been interrupted.
    resumed: bool,
    /// Why rows are in the quarantine, most frequent first.
    problems: Vec<ComplaintOut>,
    /// Whether quarantined rows can be looked at.
    quarantine: bool,
    /// Why it stopped, if it did.
    failed: Option<String>,
}

/// A file that was read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFile)]
struct ImportFileOut {
    name: String,
    rows: u64,
}

/// A kind of problem, and the first row that had it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Complaint)]
struct ComplaintOut {
    column: String,
    problem: String,
    /// Rows that have it.
    rows: u64,
    /// The first of them.
    file: String,
    line: u64,
    seen: String,
    hint: Option<String>,
}

impl ImportsOut {
    pub(crate) fn new(entries: Vec<ImportEntry>) -> Self {
        Self { imports: entries.into_iter().map(ImportOut::new).collect() }
    }
}

impl ImportOut {
    fn new(entry: ImportEntry) -> Self {
        let file =
            |(path, rows): &(PathBuf, u64)| ImportFileOut { name: name_of(path), rows: *rows };
        let problem = |one: Complaint| ComplaintOut {
            column: one.column,
            problem: one.problem,
            rows: one.rows,
            file: name_of(&one.first.0),
            line: one.first.1,
            seen: one.seen,
            hint: one.hint,
        };
        let report = entry.report;
        Self {
            id: entry.id,
            started_at: entry.started_at.to_string(),
            ended_at: entry.ended_at.map(|at| at.to_string()),
            by: entry.by,
            preset: entry.preset,
            files: report.files.iter().map(file).collect(),
            skipped: report.skipped.iter().map(|path| name_of(path)).collect(),
            new: report.new,
            known: report.known,
            repeated: report.repeated,
            quarantined: report.quarantined,
            resumed: report.resumed,
            problems: report.problems.into_iter().map(problem).collect(),
            quarantine: report.quarantine.is_some(),
            failed: entry.failed,
        }
    }
}

/// Rows that an import kept away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quarantine)]
pub(crate) struct QuarantineOut {
    /// How many are kept; at most 100,000.
    total: usize,
    offset: usize,
    rows: Vec<QuarantinedRowOut>,
}

/// A row that was kept away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuarantinedRow)]
struct QuarantinedRowOut {
    file: String,
    line: u64,
    column: String,
    seen: String,
    problem: String,
    hint: Option<String>,
    /// The whole row.
    row: String,
}

impl QuarantineOut {
    pub(crate) fn new(offset: usize, page: Page<QuarantinedRow>) -> Self {
        let row = |row: QuarantinedRow| QuarantinedRowOut {
            file: name_of(Path::new(&row.file)),
            line: row.line,
            column: row.column,
            seen: row.seen,
            problem: row.problem,
            hint: row.hint,
            row: row.row,
        };
        Self { total: page.total, offset, rows: page.rows.into_iter().map(row).collect() }
    }
}
