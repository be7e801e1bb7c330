//! How does anything come in? One object, a list or lines; each part is answered for itself.

use crate::Problem;
use crate::body::{Asked, Content, Form, not_json};
use crate::calls::Caller;
use crate::door::{Door, Shared};
use crate::wire::FieldProblem;
use crate::wire::fields::Fields;
use crate::wire::report::Report;
use axum::Json;
use axum::body::Bytes;
use commerce::{At, Fact};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{Ack, Receipt};
use utoipa::ToSchema;

/// Bodies above this many bytes are read beside the threads that hold connections: it takes more
/// than about a quarter of a millisecond.
const READ_INLINE_MAX: usize = 32 << 10;

/// What a reader may know beside the fields.
pub(crate) struct Reading<'a> {
    pub(crate) door: &'a Door,
    pub(crate) now: At,
    pub(crate) caller: &'a str,
}

/// Makes a fact of an object's fields, or says what is wrong with them.
pub(crate) type ReadFact = fn(&Fields<'_>, &Reading<'_>) -> Option<Fact>;

/// How one kind of message is taken.
#[derive(Clone, Copy)]
pub(crate) struct Taking {
    pub(crate) read: ReadFact,
    /// Whether an unknown field refuses the message; otherwise it is a warning.
    pub(crate) strict: bool,
}

/// What came of each part of a write.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Receipts, example = json!({
    "accepted": 1, "duplicate": 0, "rejected": 1, "results": [
        {"index": 0, "id": "web-7f3a-1042", "status": "accepted", "offset": 120341},
        {"index": 1, "id": "web-7f3a-1043", "status": "rejected", "code": "field_invalid",
         "errors": [{"path": "items[0].quantity", "seen": "-1", "allowed": "a whole number from 1 to 1000000"}]}
    ]
}))]
pub(crate) struct ReceiptsOut {
    /// Stored now.
    accepted: usize,
    /// Stored before under the same id; nothing changed.
    duplicate: usize,
    /// Not stored; see why below.
    rejected: usize,
    /// One for each part, in order; with `results=rejected` only for those not stored.
    results: Vec<ReceiptOut>,
}

/// What came of one part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptOut {
    /// Its place in the list, or its line, counted from 0.
    index: usize,
    /// The id of the fact: the sender's or the one made for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `accepted`, `duplicate` or `rejected`.
    status: &'static str,
    /// Where it stands in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    /// The code of what is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// What was ignored of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<FieldProblem>,
}

impl ReceiptsOut {
    /// The answer to one part that was stored.
    pub(crate) fn one(id: String, offset: u64) -> Self {
        let result = ReceiptOut {
            index: 0,
            id: Some(id),
            status: "accepted",
            offset: Some(offset),
            code: None,
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        Self { accepted: 1, results: vec![result], ..Self::default() }
    }
}

/// One part as it was read.
struct Part {
    fact: Result<Fact, Problem>,
    warnings: Vec<FieldProblem>,
}

/// Reads, stores and answers a write.
pub(crate) async fn write(
    door: &Shared,
    caller: &Caller,
    content: Content,
    asked: &Asked,
    taking: Taking,
) -> Result<Json<ReceiptsOut>, Problem> {
    let (ack, all) = asked.read(|query| Some((ack(query), all_results(query))))?;
    let single = content.form == Form::Json && first_byte(&content.bytes) != Some(b'[');
    let parts = if content.bytes.len() <= READ_INLINE_MAX {
        read_parts(door, &caller.0, &content, taking)?
    } else {
        let (here, name) = (Arc::clone(door), caller.0.clone());
        door.look(move |_| read_parts(&here, &name, &content, taking)).await?
    };
    store(door, parts, ack, all, single).await
}

fn ack(query: &Fields<'_>) -> Ack {
    let named = |name: &str| match name {
        "disk" => Some(Ack::Disk),
        "memory" => Some(Ack::Memory),
        _ => None,
    };
    query.word("ack", named, &["disk", "memory"]).unwrap_or_default()
}

fn all_results(query: &Fields<'_>) -> bool {
    let named = |name: &str| match name {
        "all" => Some(true),
        "rejected" => Some(false),
        _ => None,
    };
    query.word("results", named, &["all", "rejected"]).unwrap_or(true)
}

fn first_byte(bytes: &Bytes) -> Option<u8> {
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn read_parts(
    door: &Door,
    caller: &str,
    content: &Content,
    taking: Taking,
) -> Result<Vec<Part>, Problem> {
    let reading = Reading { door, now: door.shop.now(), caller };
    let most = door.options.batch_max;
    let within = |found: usize| {
        if found <= most {
            return Ok(());
        }
        let (seen, allowed) = (format!("{found} entries"), format!("at most {most} entries"));
        Err(Problem::field("body_large", "body", seen, allowed))
    };
    let read = |bytes: &[u8]| read_part(bytes, &reading, taking);
    if content.form == Form::Lines {
        let whole = content.bytes.split(|b| *b == b'\n');
        let lines = whole.filter(|line| !line.iter().all(u8::is_ascii_whitespace));
        within(lines.clone().count())?;
        return Ok(lines.map(read).collect());
    }
    if first_byte(&content.bytes) != Some(b'[') {
        return Ok(vec![read(&content.bytes)]);
    }
    let list: Vec<&RawValue> =
        serde_json::from_slice(&content.bytes).map_err(|error| not_json(&error))?;
    within(list.len())?;
    Ok(list.into_iter().map(|one| read(one.get().as_bytes())).collect())
}

fn read_part(bytes: &[u8], reading: &Reading<'_>, taking: Taking) -> Part {
    let map = match serde_json::from_slice(bytes) {
        Ok(Value::Object(map)) => map,
        Ok(other) => {
            let seen = crate::wire::report::shown(&other);
            let problem = Problem::field("body_invalid", "body", seen, "a JSON object");
            return Part { fact: Err(problem), warnings: Vec::new() };
        }
        Err(error) => return Part { fact: Err(not_json(&error)), warnings: Vec::new() },
    };
    let report = Report::default();
    let fields = Fields::of_body(&map, &report);
    let fact = (taking.read)(&fields, reading);
    fields.note_unknown();
    let code = if report.only_rules() { "event_invalid" } else { "field_invalid" };
    let (mut errors, mut warnings) = (report.problems(), report.unknown());
    if taking.strict {
        errors.append(&mut warnings);
    }
    let fact = match fact {
        Some(fact) if errors.is_empty() => Ok(fact),
        _ => Err(Problem::fields(code, errors)),
    };
    Part { fact, warnings }
}

/// Stores what can be stored. A single message that cannot is a problem; a part of a list that
/// cannot is told in its place, and does not keep the others out.
async fn store(
    door: &Shared,
    parts: Vec<Part>,
    ack: Ack,
    all: bool,
    single: bool,
) -> Result<Json<ReceiptsOut>, Problem> {
    let mut out = ReceiptsOut { results: Vec::with_capacity(parts.len()), ..Default::default() };
    let mut facts = Vec::with_capacity(parts.len());
    for (index, Part { fact, warnings }) in parts.into_iter().enumerate() {
        let empty = ReceiptOut {
            index,
            id: None,
            status: "rejected",
            offset: None,
            code: None,
            errors: Vec::new(),
            warnings,
        };
        out.results.push(match fact {
            Ok(fact) => {
                let id = Some(fact.id.to_string());
                facts.push(fact);
                ReceiptOut { id, status: "accepted", ..empty }
            }
            Err(problem) if single => {
                door.metrics.rejected.fetch_add(1, Ordering::Relaxed);
                return Err(problem);
            }
            Err(problem) => {
                out.rejected += 1;
                ReceiptOut { code: Some(problem.code.name), errors: told(problem), ..empty }
            }
        });
    }
    let receipts = door.ingest(facts, ack).await?;
    let stored = out.results.iter_mut().filter(|result| result.code.is_none());
    for (result, receipt) in stored.zip(receipts) {
        result.offset = Some(receipt.offset());
        match receipt {
            Receipt::Appended { .. } => out.accepted += 1,
            Receipt::Duplicate { .. } => {
                out.duplicate += 1;
                result.status = "duplicate";
            }
        }
    }
    if !all {
        out.results.retain(|result| result.code.is_some());
    }
    let metrics = &door.metrics;
    metrics.accepted.fetch_add(out.accepted as u64, Ordering::Relaxed);
    metrics.duplicate.fetch_add(out.duplicate as u64, Ordering::Relaxed);
    metrics.rejected.fetch_add(out.rejected as u64, Ordering::Relaxed);
    Ok(Json(out))
}

/// A problem's fields, or the problem itself when it has none.
fn told(problem: Problem) -> Vec<FieldProblem> {
    if problem.errors.is_empty() {
        let allowed = problem.code.meaning.into();
        return vec![FieldProblem { path: "body".into(), seen: problem.detail, allowed }];
    }
    problem.errors
}
