//! What was found wrong with a message, where, and what would have been right?

use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::fmt;

/// One thing that is wrong: where, what was seen, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(example = json!({"path": "items[0].quantity", "seen": "-1", "allowed": "1 to 1000000"}))]
pub struct FieldProblem {
    /// Where: `items[0].price`; for a query parameter its name.
    pub path: String,
    /// The value seen, shortened; `nothing` when it is missing.
    pub seen: String,
    /// The values allowed.
    pub allowed: String,
}

/// The most mistakes that are noted of one message: a body of a million of them must not cost
/// seconds.
pub(crate) const NOTED_MAX: usize = 1_000;

/// Everything found wrong with one message.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(super) problems: RefCell<Vec<FieldProblem>>,
    pub(super) unknown: RefCell<Vec<FieldProblem>>,
    pub(super) asked: RefCell<Vec<&'static str>>,
    /// How many of the problems break a rule of the whole rather than of one field.
    pub(super) rules: Cell<usize>,
}

impl Report {
    /// Whether every field is sound by itself and only rules between them are broken.
    pub(crate) fn only_rules(&self) -> bool {
        self.rules.get() == self.problems.borrow().len()
    }

    /// What forbids the message.
    pub(crate) fn problems(&self) -> Vec<FieldProblem> {
        self.problems.take()
    }

    /// Fields that nobody asked for.
    pub(crate) fn unknown(&self) -> Vec<FieldProblem> {
        self.unknown.take()
    }

    /// Every name asked for, at any depth.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        self.asked.take()
    }
}

/// Where in the message a value stands.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Place(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Path::Root, name) => f.write_str(name),
            Self::Field(within, name) => write!(f, "{within}.{name}"),
            Self::Place(within, place) => write!(f, "{within}[{place}]"),
        }
    }
}

/// A value as a sender recognises it, at most 80 characters.
pub(crate) fn shown(value: &Value) -> String {
    let text = match value {
        Value::Array(list) => return format!("a list of {} entries", list.len()),
        Value::Object(map) => return format!("an object of {} fields", map.len()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
