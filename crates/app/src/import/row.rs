//! What does one row say? Columns of a record, or paths into a JSON object, as text.

use super::Rejected;
use serde_json::Value;
use std::borrow::Cow;

/// Columns named in a message; a file may have thousands.
const COLUMNS_TOLD: usize = 20;

/// The names of a file's columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header(Vec<Box<str>>);

impl Header {
    pub(crate) fn new(names: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|column| &**column == name)
    }
}

/// One row of whatever a file is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    /// A row of delimited text.
    Record { header: &'a Header, fields: &'a Fields },
    /// A JSON object; columns are dotted paths into it.
    Object(&'a Value),
}

/// The fields of a record, laid end to end.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) bytes: Vec<u8>,
    pub(crate) ends: Vec<usize>,
    pub(crate) count: usize,
}

impl Fields {
    pub(crate) fn field(&self, place: usize) -> Option<&[u8]> {
        if place >= self.count {
            return None;
        }
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        Some(&self.bytes[start..self.ends[place]])
    }
}

impl<'a> Row<'a> {
    /// The text in `column`, blanks cut; nothing when it is missing, empty or null.
    pub(crate) fn text(&self, column: &str) -> Result<Option<Cow<'a, str>>, Rejected> {
        match self {
            Self::Record { header, fields } => {
                let Some(bytes) = header.place(column).and_then(|place| fields.field(place)) else {
                    return Ok(None);
                };
                let text = std::str::from_utf8(bytes).map_err(|e| {
                    Rejected::new(
                        column,
                        String::from_utf8_lossy(bytes),
                        "bytes that are not UTF-8",
                    )
                    .hint(&format!(
                        "byte {} of the field is not valid; save the file as UTF-8",
                        e.valid_up_to() + 1
                    ))
                })?;
                let text = text.trim();
                Ok((!text.is_empty()).then_some(Cow::Borrowed(text)))
            }
            Self::Object(object) => {
                at_path(object, column).map_or(Ok(None), |v| text_of(column, v))
            }
        }
    }

    /// The JSON value at `path`, for layouts with nested lists.
    pub(crate) fn json(&self, path: &str) -> Option<&'a Value> {
        match self {
            Self::Record { .. } => None,
            Self::Object(object) => at_path(object, path),
        }
    }

    /// Whether the file has such a column at all (of an object: whether this one does).
    pub(crate) fn has(&self, column: &str) -> bool {
        match self {
            Self::Record { header, .. } => header.place(column).is_some(),
            Self::Object(object) => at_path(object, column).is_some(),
        }
    }

    /// The columns there are, for messages.
    pub(crate) fn columns(&self) -> String {
        match self {
            Self::Record { header, .. } => listed(header.names(), header.len()),
            Self::Object(Value::Object(map)) => listed(map.keys().map(String::as_str), map.len()),
            Self::Object(_) => String::new(),
        }
    }
}

/// The first of some names, as a terminal can show them.
fn listed<'a>(names: impl Iterator<Item = &'a str>, all: usize) -> String {
    let first = names.take(COLUMNS_TOLD).map(|name| {
        let name: String = name.chars().take(40).collect();
        name.escape_debug().to_string()
    });
    let first = first.collect::<Vec<_>>().join(", ");
    match all.saturating_sub(COLUMNS_TOLD) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The value at a dotted path; a key that itself holds dots is tried first.
pub(crate) fn at_path<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(found) = object.get(path) {
        return Some(found);
    }
    let (first, rest) = path.split_once('.')?;
    at_path(object.get(first)?, rest)
}

fn text_of<'a>(column: &str, value: &'a Value) -> Result<Option<Cow<'a, str>>, Rejected> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => {
            let text = text.trim();
            Ok((!text.is_empty()).then_some(Cow::Borrowed(text)))
        }
        Value::Number(number) => Ok(Some(Cow::Owned(number.to_string()))),
        Value::Bool(truth) => Ok(Some(Cow::Borrowed(if *truth { "true" } else { "false" }))),
        Value::Array(_) | Value::Object(_) => {
            let shown: String = value.to_string().chars().take(80).collect();
            Err(Rejected::new(column, shown, "a list or an object where text or a number belongs"))
        }
    }
}

/// The values of an object by dotted path; lists are values.
pub(crate) fn flat(object: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => {
                let below = flat(value).into_iter();
                found.extend(below.map(|(path, value)| (format!("{key}.{path}"), value)));
            }
            _ => found.push((key.clone(), value)),
        }
    }
    found
}
