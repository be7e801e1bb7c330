//! Which rows does a file hold? Delimited text, JSON lines and Parquet, one row after another.

use super::row::{Fields, Header, Row};
use super::source::{LineRead, Lines, Source};
use super::{ImportError, Rejected};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many lines one quoted field may run over before the quote counts as a mistake.
const QUOTED_LINES_MAX: usize = 200;

/// The largest JSON file that is read whole, unpacked, in bytes.
const JSON_MAP_BYTES_MAX: u64 = 256 << 20;

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated, quotes as in RFC 4180.
    Csv,
    /// Tab-separated.
    Tsv,
    /// Separated by `|`, no quotes.
    Pipe,
    /// Separated by blanks, no quotes.
    Blank,
    /// One JSON object a line.
    JsonLines,
    /// One JSON object for the whole file, its members taken as rows of `key` and `value`.
    JsonMap,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// Guesses from a file's name, packed or not.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The name in a mapping.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Pipe => "pipe",
            Self::Blank => "blank",
            Self::JsonLines => "json_lines",
            Self::JsonMap => "json_map",
            Self::Parquet => "parquet",
        }
    }

    fn delimiter(self) -> (u8, bool) {
        match self {
            Self::Tsv => (b'\t', true),
            Self::Pipe => (b'|', false),
            Self::Blank => (b' ', false),
            _ => (b',', true),
        }
    }
}

/// Why reading goes no further.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The reader has seen what it wanted.
    Enough,
    /// It cannot.
    Broken(ImportError),
}

impl From<ImportError> for Halt {
    fn from(error: ImportError) -> Self {
        Self::Broken(error)
    }
}

/// What reading a file hands out: each row with its line number, or what is wrong with it.
pub(crate) type OnRow<'a> =
    dyn FnMut(u64, Result<Row<'_>, (Rejected, String)>) -> Result<(), Halt> + 'a;

/// Reads every row of the file at `path`. `header` names the columns of text without a header
/// line. `read_bytes` is told how far the file on disk has been read.
pub(crate) fn read_rows(
    path: &Path,
    format: Format,
    header: Option<&[String]>,
    read_bytes: &AtomicU64,
    on_row: &mut OnRow<'_>,
) -> Result<(), ImportError> {
    match rows(path, format, header, read_bytes, on_row) {
        Ok(()) | Err(Halt::Enough) => Ok(()),
        Err(Halt::Broken(error)) => Err(error),
    }
}

fn rows(
    path: &Path,
    format: Format,
    header: Option<&[String]>,
    read_bytes: &AtomicU64,
    on_row: &mut OnRow<'_>,
) -> Result<(), Halt> {
    if format == Format::Parquet {
        return parquet_rows(path, read_bytes, on_row);
    }
    let source = Source::open(path)?;
    let counter = Arc::clone(&source.read_bytes);
    let mut on_row = |line, row: Result<Row<'_>, (Rejected, String)>| {
        read_bytes.store(counter.load(Ordering::Relaxed), Ordering::Relaxed);
        on_row(line, row)
    };
    match format {
        Format::JsonLines => json_rows(source.lines(), &mut on_row),
        Format::JsonMap => json_map(path, source, &mut on_row),
        _ => text_rows(path, source.lines(), format, header, &mut on_row),
    }
}

fn text_rows(
    path: &Path,
    mut lines: Lines,
    format: Format,
    header: Option<&[String]>,
    on_row: &mut OnRow<'_>,
) -> Result<(), Halt> {
    let (delimiter, quoted) = format.delimiter();
    let mut records = Records::new(delimiter, quoted);
    let mut header = header.map(|names| Header::new(names.iter().map(String::as_str)));
    while let Some((line, outcome)) = records.next_record(&mut lines)? {
        if let Err(rejected) = outcome {
            on_row(line, Err((rejected, records.shown())))?;
            continue;
        }
        let fields = &records.fields;
        let Some(header) = &header else {
            header = Some(header_of(path, fields)?);
            continue;
        };
        // A row may be short (missing fields are empty) but not longer than its header.
        if fields.count > header.len() && format != Format::Blank {
            let seen = format!("{} fields", fields.count);
            let rejected = Rejected::new("(row)", seen, "more fields than the header has columns")
                .hint(&format!("the header names {}; is a delimiter unquoted?", header.len()));
            on_row(line, Err((rejected, records.shown())))?;
            continue;
        }
        on_row(line, Ok(Row::Record { header, fields }))?;
    }
    Ok(())
}

fn header_of(path: &Path, fields: &Fields) -> Result<Header, ImportError> {
    let name = |place| {
        let bytes = fields.field(place).unwrap_or_default();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        String::from_utf8_lossy(bytes).trim().to_owned()
    };
    let names: Vec<String> = (0..fields.count).map(name).collect();
    if names.iter().any(|name| name.contains('\r')) {
        let (what, mend) = ("text whose lines end with CR alone", "save it with LF or CRLF");
        return Err(ImportError::Foreign { path: path.to_owned(), what, mend });
    }
    if names.iter().all(String::is_empty) {
        return Err(ImportError::Header { path: path.to_owned() });
    }
    Ok(Header::new(names))
}

/// A record's first line, and what is wrong with it.
type Outcome = (u64, Result<(), Rejected>);

/// Cuts lines into records; a quoted field may hold line ends.
struct Records {
    parser: csv_core::ReaderBuilder,
    quoted: bool,
    joined: Vec<u8>,
    fields: Fields,
    /// Lines read ahead in vain after an unclosed quote.
    pending: std::collections::VecDeque<(u64, Vec<u8>)>,
}

impl Records {
    fn new(delimiter: u8, quoted: bool) -> Self {
        let mut parser = csv_core::ReaderBuilder::new();
        // Lines were cut already. A CR within one is data: were it an end, the rest would be lost.
        let terminator = csv_core::Terminator::Any(b'\n');
        parser.delimiter(delimiter).quoting(quoted).terminator(terminator);
        let fields = Fields { bytes: vec![0; 4096], ends: vec![0; 64], count: 0 };
        Self { parser, quoted, joined: Vec::new(), fields, pending: Default::default() }
    }

    /// The current record as text, for the quarantine.
    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.joined).chars().take(2_000).collect()
    }

    fn take_line(
        &mut self,
        lines: &mut Lines,
    ) -> Result<Option<(u64, Option<Rejected>)>, ImportError> {
        if let Some((line, bytes)) = self.pending.pop_front() {
            self.joined.extend_from_slice(&bytes);
            return Ok(Some((line, None)));
        }
        Ok(lines.next_line()?.map(|(line, read)| match read {
            LineRead::Whole(bytes) => {
                self.joined.extend_from_slice(bytes);
                (line, None)
            }
            LineRead::Overlong(start) => {
                self.joined.extend_from_slice(start);
                (line, Some(overlong(start)))
            }
        }))
    }

    /// The next record that is not blank: its first line's number, and what is wrong with it.
    fn next_record(&mut self, lines: &mut Lines) -> Result<Option<Outcome>, ImportError> {
        loop {
            self.joined.clear();
            let Some((line, wrong)) = self.take_line(lines)? else { return Ok(None) };
            if let Some(rejected) = wrong {
                return Ok(Some((line, Err(rejected))));
            }
            if self.joined.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if self.quoted && !self.close_quotes(lines)? {
                let rejected = Rejected::new("(row)", self.shown(), "a quote that is never closed")
                    .hint("double a quote that belongs to the text");
                return Ok(Some((line, Err(rejected))));
            }
            self.parse();
            return Ok(Some((line, Ok(()))));
        }
    }

    /// Joins following lines until quotes are even; puts them back if they never are.
    fn close_quotes(&mut self, lines: &mut Lines) -> Result<bool, ImportError> {
        let odd = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'"').count() % 2 == 1;
        if !odd(&self.joined) {
            return Ok(true);
        }
        let own = self.joined.len();
        let mut taken: Vec<(u64, Vec<u8>)> = Vec::new();
        while taken.len() < QUOTED_LINES_MAX {
            self.joined.push(b'\n');
            let before = self.joined.len();
            let Some((line, wrong)) = self.take_line(lines)? else { break };
            let part = self.joined[before..].to_vec();
            let closes = odd(&part);
            taken.push((line, part));
            if closes && wrong.is_none() {
                return Ok(true);
            }
            if wrong.is_some() {
                break;
            }
        }
        self.joined.truncate(own);
        for back in taken.into_iter().rev() {
            self.pending.push_front(back);
        }
        Ok(false)
    }

    fn parse(&mut self) {
        let mut parser = self.parser.build();
        let fields = &mut self.fields;
        let (mut input, mut out, mut ends) = (0, 0, 0);
        loop {
            use csv_core::ReadRecordResult as R;
            let (result, used, wrote, ended) = parser.read_record(
                &self.joined[input..],
                &mut fields.bytes[out..],
                &mut fields.ends[ends..],
            );
            input += used;
            out += wrote;
            ends += ended;
            match result {
                R::OutputFull => fields.bytes.resize(fields.bytes.len() * 2, 0),
                R::OutputEndsFull => fields.ends.resize(fields.ends.len() * 2, 0),
                // An empty input tells the parser that the record is over.
                R::InputEmpty if input >= self.joined.len() => {}
                R::InputEmpty => {}
                R::Record | R::End => break,
            }
        }
        fields.count = ends;
    }
}

fn overlong(start: &[u8]) -> Rejected {
    let shown = String::from_utf8_lossy(start).into_owned();
    Rejected::new("(row)", shown, "a line longer than 1 MiB")
        .hint("is this the right format, and are line ends as expected?")
}

fn json_rows(mut lines: Lines, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
    while let Some((line, read)) = lines.next_line()? {
        let bytes = match read {
            LineRead::Whole(bytes) => bytes,
            LineRead::Overlong(start) => {
                let shown = String::from_utf8_lossy(start).into_owned();
                on_row(line, Err((overlong(start), shown)))?;
                continue;
            }
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let shown = || String::from_utf8_lossy(bytes).chars().take(2_000).collect::<String>();
        match serde_json::from_slice::<Value>(bytes) {
            Ok(object @ Value::Object(_)) => on_row(line, Ok(Row::Object(&object)))?,
            Ok(_) => {
                let rejected = Rejected::new("(row)", shown(), "JSON that is not an object")
                    .hint("one {…} a line");
                on_row(line, Err((rejected, shown())))?;
            }
            Err(e) => {
                let problem = format!("not JSON at column {}", e.column());
                on_row(line, Err((Rejected::new("(row)", shown(), &problem), shown())))?;
            }
        }
    }
    Ok(())
}

/// Reads `{"key": value, …}`; each member is a row, its line number its place.
fn json_map(path: &Path, source: Source, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
    let text = source.whole(JSON_MAP_BYTES_MAX)?;
    let map: serde_json::Map<String, Value> = serde_json::from_slice(&text)
        .map_err(|e| ImportError::Json { path: path.to_owned(), why: e.to_string() })?;
    for (place, (key, value)) in (1..).zip(map) {
        let row = serde_json::json!({ "key": key, "value": value });
        on_row(place, Ok(Row::Object(&row)))?;
    }
    Ok(())
}

fn parquet_rows(path: &Path, read_bytes: &AtomicU64, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let cannot = |why: String| ImportError::Parquet { path: path.to_owned(), why };
    let file = std::fs::File::open(path)
        .map_err(|source| ImportError::Read { path: path.to_owned(), source })?;
    let reader = SerializedFileReader::new(file).map_err(|e| cannot(e.to_string()))?;
    let mut done_bytes = 0u64;
    let mut number = 0u64;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(|e| cannot(e.to_string()))?;
        let rows = group.get_row_iter(None).map_err(|e| cannot(e.to_string()))?;
        for row in rows {
            number += 1;
            match row {
                Ok(row) => on_row(number, Ok(Row::Object(&row.to_json_value())))?,
                Err(e) => return Err(cannot(format!("row {number}: {e}")).into()),
            }
        }
        done_bytes += u64::try_from(group.metadata().compressed_size()).unwrap_or(0);
        read_bytes.store(done_bytes, Ordering::Relaxed);
    }
    Ok(())
}
