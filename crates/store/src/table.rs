//! Which row has this key now, and what was it before?
//!
//! For the small things that people administer – API keys, model cards, experiments – thousands
//! of rows that change a few times a day. A table is a fold over a log of its own: every change
//! is an entry, the rows are in memory, opening reads the log. So a table has the promises of
//! [`Log`] (durable when answered, crash-safe, checksummed), every row's history for free, and no
//! second storage engine; `docs/decisions/0001-event-log-and-tables.md` says when one would pay.
//!
//! Entry payloads: `version u8 = 1 | set u8 (0 or 1) | key_len u16 LE | key | value`.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::StoreError;
use crate::log::{Ack, Entry, EntryRef, Log, LogOptions, Receipt};

const VERSION: u8 = 1;
/// `version`, `set`, `key_len`.
const HEAD_LEN: usize = 4;

/// Rows by key, in one directory. Shared between threads by reference or `Arc`.
///
/// Kinds of rows share a table by prefixes of their keys: `api_key/…`, `experiment/…`.
#[derive(Debug)]
pub struct Table {
    rows: RwLock<BTreeMap<Box<str>, Row>>,
    /// Held over a whole change, the wait for the disk included; readers never wait for it.
    log: Mutex<Log>,
}

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The value.
    pub value: Arc<[u8]>,
    /// Number of the change that set it: rises with every change of the table.
    pub change: u64,
    /// When it was set, Unix milliseconds, as the caller said.
    pub at_ms: i64,
}

/// What must hold of a row for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum If {
    /// Nothing: the last change wins.
    Anything,
    /// There is no such row.
    Absent,
    /// The row is still the one of this change, so no other change is lost.
    Unchanged(u64),
}

impl Table {
    /// Opens the table in `dir`, or makes a new one there.
    ///
    /// # Errors
    /// As for [`Log::open`], and [`StoreError::Codec`] if a newer release wrote it.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let log = Log::open(dir, &LogOptions::default())?;
        let mut rows = BTreeMap::new();
        let mut cursor = log.reader().read(0..u64::MAX);
        while let Some(entry) = cursor.next_entry()? {
            match decode(&entry)? {
                (key, Some(row)) => rows.insert(key.into(), row),
                (key, None) => rows.remove(key),
            };
        }
        Ok(Self { rows: RwLock::new(rows), log: Mutex::new(log) })
    }

    /// The row of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Row> {
        self.rows.read().get(key).cloned()
    }

    /// The rows whose keys start with `prefix`, in order of key.
    #[must_use]
    pub fn scan(&self, prefix: &str) -> Vec<(Box<str>, Row)> {
        let rows = self.rows.read();
        let from = (Bound::Included(prefix), Bound::Unbounded);
        rows.range::<str, _>(from)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, row)| (key.clone(), row.clone()))
            .collect()
    }

    /// Sets the row of a key, durably, if `condition` holds; says whether it did. `at_ms` is the
    /// time now, Unix milliseconds.
    ///
    /// # Errors
    /// As for [`Log::append`]; the key is at most 65,535 bytes, the value at most 15 MiB.
    pub fn put(
        &self,
        key: &str,
        value: &[u8],
        condition: If,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        self.change(key, Some(value), condition, at_ms)
    }

    /// Removes the row of a key, durably, if `condition` holds; says whether it did. Its history
    /// stays.
    ///
    /// # Errors
    /// As for [`Log::append`].
    pub fn remove(&self, key: &str, condition: If, at_ms: i64) -> Result<bool, StoreError> {
        self.change(key, None, condition, at_ms)
    }

    /// All rows that a key ever had, oldest first; `None` where it was removed. Reads the whole
    /// log.
    ///
    /// # Errors
    /// As for reading the log.
    pub fn history(&self, key: &str) -> Result<Vec<Option<Row>>, StoreError> {
        let mut cursor = self.log.lock().reader().read(0..u64::MAX);
        let mut found = Vec::new();
        while let Some(entry) = cursor.next_entry()? {
            let (changed, row) = decode(&entry)?;
            if changed == key {
                found.push(row);
            }
        }
        Ok(found)
    }

    fn change(
        &self,
        key: &str,
        value: Option<&[u8]>,
        condition: If,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let log = self.log.lock();
        let holds = match (condition, self.rows.read().get(key)) {
            (If::Anything, _) | (If::Absent, None) => true,
            (If::Unchanged(seen), Some(row)) => row.change == seen,
            (If::Absent, Some(_)) | (If::Unchanged(_), None) => false,
        };
        if !holds {
            return Ok(false);
        }
        // Changes are made one at a time, so the number of the next one is a fresh id.
        let change = log.reader().end();
        let entry = Entry { id: change.to_be_bytes().into(), at_ms, payload: encode(key, value)? };
        let receipts = log.append(vec![entry], Ack::Disk)?;
        debug_assert_eq!(receipts, [Receipt::Appended { offset: change }]);
        let mut rows = self.rows.write();
        match value {
            Some(value) => rows.insert(key.into(), Row { value: value.into(), change, at_ms }),
            None => rows.remove(key),
        };
        Ok(true)
    }
}

fn encode(key: &str, value: Option<&[u8]>) -> Result<Vec<u8>, StoreError> {
    let Ok(key_len) = u16::try_from(key.len()) else {
        let what = format!("its key has {} bytes, at most {}", key.len(), u16::MAX);
        return Err(StoreError::Refused { index: 0, what });
    };
    let mut bytes = vec![VERSION, u8::from(value.is_some())];
    bytes.extend_from_slice(&key_len.to_le_bytes());
    bytes.extend_from_slice(key.as_bytes());
    bytes.extend_from_slice(value.unwrap_or_default());
    Ok(bytes)
}

fn decode<'a>(entry: &EntryRef<'a>) -> Result<(&'a str, Option<Row>), StoreError> {
    let refuse = |what: String| StoreError::Codec { kind: "table row", what };
    let Some((head, rest)) = entry.payload.split_at_checked(HEAD_LEN) else {
        return Err(refuse("they are too few".into()));
    };
    if head[0] != VERSION {
        return Err(refuse(format!("version {} is not known, only {VERSION}", head[0])));
    }
    let key_len = usize::from(u16::from_le_bytes([head[2], head[3]]));
    let Some((key, value)) = rest.split_at_checked(key_len) else {
        return Err(refuse("the key is cut short".into()));
    };
    let key = std::str::from_utf8(key).map_err(|e| refuse(format!("the key: {e}")))?;
    let row = || Row { value: value.into(), change: entry.offset, at_ms: entry.at_ms };
    Ok((key, (head[1] == 1).then(row)))
}

#[cfg(test)]
mod tests;
