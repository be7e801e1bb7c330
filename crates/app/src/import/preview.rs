//! What would an import make of these files? Their first rows, and the facts that they tell.

use super::format::{self, Format, Halt};
use super::mapping::FileMapping;
use super::row::{Row, flat};
use super::{ImportError, Mapping, Rejected, convert, guess};
use commerce::{At, Currency, Fact};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

/// Rows looked at in each file.
const LOOKED_AT: u64 = 200;
/// Rows shown, each with its facts.
const SHOWN: usize = 10;
/// Refused rows shown.
const REFUSED_SHOWN: usize = 20;
/// Columns shown; a file may have thousands.
const COLUMNS_SHOWN: usize = 200;
/// Characters of one cell that are shown.
const CELL_CHARS: usize = 200;

/// What an import would do.
#[derive(Debug)]
pub struct Preview {
    /// Whether a mapping was named, or one preset fits the names of the files.
    pub fits: bool,
    /// The preset that fits, when none was named.
    pub guessed: Option<&'static str>,
    /// Why there is no mapping.
    pub why: Option<String>,
    /// Each file, in the order named.
    pub files: Vec<PreviewFile>,
}

/// What an import would make of one file.
#[derive(Debug)]
pub struct PreviewFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What it is made of.
    pub format: Format,
    /// Its columns; of objects, dotted paths into them.
    pub columns: Vec<String>,
    /// The first rows: line, and a cell for each column.
    pub rows: Vec<(u64, Vec<Option<String>>)>,
    /// Rows looked at.
    pub rows_read: u64,
    /// Those that tell facts.
    pub rows_accepted: u64,
    /// The facts of the first rows.
    pub facts: Vec<(u64, Fact)>,
    /// The first rows that would go to the quarantine.
    pub refused: Vec<Refused>,
    /// Why it cannot be read at all, or is not read.
    pub why: Option<String>,
}

/// A row that would go to the quarantine.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its line, from 1.
    pub line: u64,
    /// The column that it is about.
    pub column: String,
    /// The value seen there.
    pub seen: String,
    /// What is wrong with it.
    pub problem: String,
    /// What is allowed, or what to do.
    pub hint: Option<String>,
}

/// Looks at the first rows of each file as `mapping` reads them, or a preset that fits.
///
/// # Errors
/// [`ImportError::Mapping`] for a currency that is none. What is wrong with a file is said in it.
pub fn preview(
    files: &[PathBuf],
    mapping: Option<&Mapping>,
    now: At,
) -> Result<Preview, ImportError> {
    let guessed = mapping.is_none().then(|| guess(files));
    let (guessed, own, why) = match guessed {
        Some(Ok((name, own))) => (Some(name), Some(own), None),
        Some(Err(why)) => (None, None, Some(why.to_string())),
        None => (None, None, None),
    };
    let mapping = mapping.or(own.as_ref());
    let currency = mapping.map_or(Ok(Currency::CNY), Mapping::shop_currency)?;
    let look = |path: &PathBuf| {
        let ways = mapping.map(|mapping| mapping.for_file(path).collect::<Vec<_>>());
        PreviewFile::of(path, ways.as_deref(), currency, now)
    };
    Ok(Preview { fits: mapping.is_some(), guessed, why, files: files.iter().map(look).collect() })
}

impl PreviewFile {
    /// `ways` are those in which the mapping reads the file; without one it is only shown.
    fn of(path: &Path, ways: Option<&[&FileMapping]>, currency: Currency, now: At) -> Self {
        let first = ways.and_then(|ways| ways.first().copied());
        let format = first.and_then(|way| way.format).or(Format::of(path)).unwrap_or(Format::Csv);
        let mut file = Self {
            path: path.to_owned(),
            bytes: path.metadata().map_or(0, |meta| meta.len()),
            format,
            columns: Vec::new(),
            rows: Vec::new(),
            rows_read: 0,
            rows_accepted: 0,
            facts: Vec::new(),
            refused: Vec::new(),
            why: None,
        };
        if ways.is_some_and(<[_]>::is_empty) {
            file.why = Some("the mapping does not name this file".into());
        }
        let header = first.and_then(|way| way.header.as_deref());
        let ways = ways.unwrap_or_default();
        let mut on_row = |line, row: Result<Row<'_>, (Rejected, String)>| {
            file.take(line, row.map_err(|(rejected, _)| rejected), ways, currency, now);
            if file.rows_read < LOOKED_AT { Ok(()) } else { Err(Halt::Enough) }
        };
        let read = format::read_rows(path, format, header, &AtomicU64::new(0), &mut on_row);
        if let Err(error) = read {
            file.why = Some(error.to_string());
        }
        // A later row may have had columns that the first did not.
        let width = file.columns.len();
        file.rows.iter_mut().for_each(|(_, cells)| cells.resize(width, None));
        file
    }

    fn take(
        &mut self,
        line: u64,
        row: Result<Row<'_>, Rejected>,
        ways: &[&FileMapping],
        currency: Currency,
        now: At,
    ) {
        self.rows_read += 1;
        let shows = self.rows.len() < SHOWN;
        if let (Ok(row), true) = (&row, shows) {
            self.show(line, *row);
        }
        let shared = |mapping| convert::Shared { mapping, currency, file: "preview", now };
        let told: Result<Vec<Vec<Fact>>, Rejected> = row.and_then(|row| {
            ways.iter().map(|way| convert::facts(shared(way), line, row)).collect()
        });
        match told {
            Ok(facts) => {
                self.rows_accepted += 1;
                if shows {
                    self.facts.extend(facts.into_iter().flatten().map(|fact| (line, fact)));
                }
            }
            Err(Rejected { column, seen, problem, hint }) => {
                if self.refused.len() < REFUSED_SHOWN {
                    self.refused.push(Refused { line, column, seen, problem, hint });
                }
            }
        }
    }

    fn show(&mut self, line: u64, row: Row<'_>) {
        let cut = |text: &str| text.chars().take(CELL_CHARS).collect::<String>();
        let mut cells = vec![None; self.columns.len()];
        let mut put = |columns: &mut Vec<String>, name: &str, text: Option<String>| {
            let place = columns.iter().position(|column| column == name);
            let Some(place) = place.or_else(|| {
                (columns.len() < COLUMNS_SHOWN).then(|| {
                    columns.push(name.to_owned());
                    cells.push(None);
                    columns.len() - 1
                })
            }) else {
                return;
            };
            cells[place] = text;
        };
        match row {
            Row::Record { header, fields } => {
                for (place, name) in header.names().enumerate() {
                    let bytes = fields.field(place).filter(|bytes| !bytes.is_empty());
                    let text = bytes.map(|bytes| cut(&String::from_utf8_lossy(bytes)));
                    put(&mut self.columns, name, text);
                }
            }
            Row::Object(object) => {
                for (name, value) in flat(object) {
                    let text = match value {
                        Value::Null => None,
                        Value::String(text) => Some(cut(text)),
                        other => Some(cut(&other.to_string())),
                    };
                    put(&mut self.columns, &name, text);
                }
            }
        }
        self.rows.push((line, cells));
    }
}
