//! Where do bad rows go? Into a file of JSON lines, each with its place and what is wrong with it.

use super::{ImportError, Rejected};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Quarantined rows written to the file; beyond that they are only counted.
const KEPT_MAX: u64 = 100_000;
/// Different problems told apart in the summary.
const PROBLEMS_MAX: usize = 50;

/// A kind of problem, and the first row that had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// The column that it is about.
    pub column: String,
    /// What is wrong.
    pub problem: String,
    /// Rows that have it.
    pub rows: u64,
    /// The first row's file and line.
    pub first: (PathBuf, u64),
    /// The value seen there.
    pub seen: String,
    /// What is allowed, or what to do.
    pub hint: Option<String>,
}

/// A row that was kept away: where it stands, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRow {
    /// The file's path, as it was named to the import.
    pub file: String,
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
    /// The whole row.
    pub row: String,
}

/// How many rows the quarantine file at `path` holds, and `count` of them after `offset`.
pub(crate) fn page(
    path: &Path,
    offset: usize,
    count: usize,
) -> std::io::Result<(usize, Vec<QuarantinedRow>)> {
    let mut rows = Vec::new();
    let mut total = 0;
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line?;
        if total >= offset && rows.len() < count {
            rows.push(serde_json::from_str(&line)?);
        }
        total += 1;
    }
    Ok((total, rows))
}

pub(crate) struct Quarantine {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    rows: u64,
    problems: BTreeMap<(String, String), Complaint>,
}

impl Quarantine {
    /// A quarantine whose file is made when the first row comes.
    pub(crate) fn new(work_dir: &Path, name: &str) -> Self {
        let path = work_dir.join("quarantine").join(format!("{name}.jsonl"));
        Self { path, file: None, rows: 0, problems: BTreeMap::new() }
    }

    /// The file that an import of this name wrote, if it did.
    pub(crate) fn of_before(work_dir: &Path, name: &str) -> Option<PathBuf> {
        Some(Self::new(work_dir, name).path).filter(|path| path.exists())
    }

    pub(crate) fn keep(
        &mut self,
        file: &Path,
        line: u64,
        rejected: &Rejected,
        raw: &str,
    ) -> Result<(), ImportError> {
        self.rows += 1;
        let key = (rejected.column.clone(), rejected.problem.clone());
        if self.problems.len() < PROBLEMS_MAX || self.problems.contains_key(&key) {
            let complaint = self.problems.entry(key).or_insert_with(|| Complaint {
                column: rejected.column.clone(),
                problem: rejected.problem.clone(),
                rows: 0,
                first: (file.to_owned(), line),
                seen: rejected.seen.clone(),
                hint: rejected.hint.clone(),
            });
            complaint.rows += 1;
        }
        if self.rows > KEPT_MAX {
            return Ok(());
        }
        let entry = QuarantinedRow {
            file: file.display().to_string(),
            line,
            column: rejected.column.clone(),
            seen: rejected.seen.clone(),
            problem: rejected.problem.clone(),
            hint: rejected.hint.clone(),
            row: raw.to_owned(),
        };
        let path = self.path.clone();
        let cannot = |source| ImportError::Write { path: path.clone(), source };
        let file = self.file().map_err(cannot)?;
        let line = serde_json::to_string(&entry).map_err(|e| cannot(e.into()))?;
        writeln!(file, "{line}").map_err(cannot)
    }

    fn file(&mut self) -> std::io::Result<&mut BufWriter<File>> {
        if self.file.is_none() {
            if let Some(parent) = self.path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            self.file = Some(BufWriter::new(File::create(&self.path)?));
        }
        self.file.as_mut().ok_or_else(|| std::io::Error::other("the quarantine file is not open"))
    }

    /// Rows kept away, why (most frequent first), and the file that holds them.
    pub(crate) fn close(self) -> Result<(u64, Vec<Complaint>, Option<PathBuf>), ImportError> {
        let written = self.file.is_some();
        if let Some(mut file) = self.file {
            let flushed = file.flush();
            flushed.map_err(|source| ImportError::Write { path: self.path.clone(), source })?;
        }
        let mut problems: Vec<Complaint> = self.problems.into_values().collect();
        problems.sort_by_key(|complaint| std::cmp::Reverse(complaint.rows));
        Ok((self.rows, problems, written.then_some(self.path)))
    }
}
