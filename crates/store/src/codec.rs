//! How does a fact become bytes, and how do old bytes become today's fact?
//!
//! The payload of a log entry is one version byte and the postcard encoding of what the fact
//! says beyond its id and time, which the entry itself carries. postcard names no fields, so any
//! change to a stored type of `commerce` – a field, its order, its width – is a new version: add
//! a reader for it at the end of [`READERS`], turn the previous one into an upcaster from a
//! frozen copy of the old types, and add golden bytes. The golden test fails when the bytes
//! change without that. New variants at the end of an enum are the one change that old bytes
//! survive; older releases then refuse the new entries by name.

use commerce::{
    ArmRef, AsOf, At, Body, ConsentUse, DecisionId, DecisionRecord, Fact, FactId, ModelRef, Who,
};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::log::{Entry, EntryRef};

/// The version written now: the number of readers.
pub const VERSION: u8 = READERS.len() as u8;

/// Reads the bytes after the version byte.
type ReadBody = fn(&[u8]) -> Result<Said, postcard::Error>;

/// One reader per version, from version 1; each returns today's types, whole or in brief.
const READERS: [[ReadBody; 2]; 1] = [[|bytes| postcard::from_bytes(bytes), brief]];

/// What a fact says beyond its id and time.
#[derive(Deserialize)]
struct Said {
    received_at: At,
    body: Body,
}

/// The same, borrowed for writing. Field for field the same as [`Said`].
#[derive(Serialize)]
struct Saying<'a> {
    received_at: At,
    body: &'a Body,
}

/// The log entry of a fact.
///
/// # Errors
/// [`StoreError::Codec`] if a part of it cannot be encoded, which no fact built from checked
/// words is.
pub fn entry_of(fact: &Fact) -> Result<Entry, StoreError> {
    let saying = Saying { received_at: fact.received_at, body: &fact.body };
    let mut payload = Vec::with_capacity(match fact.body {
        Body::Decision(_) => 8 << 10,
        _ => 128,
    });
    payload.push(VERSION);
    let payload = postcard::to_extend(&saying, payload).map_err(|e| refuse(e.to_string()))?;
    Ok(Entry { id: fact.id.as_str().as_bytes().to_vec(), at_ms: fact.at.ms(), payload })
}

/// The fact in a log entry.
///
/// # Errors
/// [`StoreError::Codec`] if a newer release wrote it, or the bytes are no fact.
pub fn fact_of(entry: &Entry) -> Result<Fact, StoreError> {
    decode(&entry.id, entry.at_ms, &entry.payload, Whole)
}

/// The fact in a log entry, as far as folds read it: a decision comes without what it considered,
/// stopped and chose, and why. That is most of a log's bytes, and no state is made of it.
///
/// # Errors
/// As for [`fact_of`].
pub fn brief_of(entry: &Entry) -> Result<Fact, StoreError> {
    decode(&entry.id, entry.at_ms, &entry.payload, Brief)
}

/// The fact in an entry that a cursor stands at.
///
/// # Errors
/// As for [`fact_of`].
pub fn fact_at(entry: &EntryRef<'_>) -> Result<Fact, StoreError> {
    decode(entry.id, entry.at_ms, entry.payload, Whole)
}

/// [`brief_of`] an entry that a cursor stands at.
///
/// # Errors
/// As for [`fact_of`].
pub fn brief_at(entry: &EntryRef<'_>) -> Result<Fact, StoreError> {
    decode(entry.id, entry.at_ms, entry.payload, Brief)
}

/// How much of a fact is wanted; by number, a place in each of [`READERS`].
#[derive(Clone, Copy)]
enum Extent {
    Whole,
    Brief,
}
use Extent::{Brief, Whole};

/// How the encoding of a decision begins. Field for field the start of [`Said`] with a
/// [`DecisionRecord`] in it.
#[derive(Deserialize)]
struct Begun {
    received_at: At,
    _variant: u32,
    id: DecisionId,
    kind: Box<str>,
    at: At,
    who: Who,
    ask: Vec<u8>,
    as_of: AsOf,
    seed: u64,
    consent: ConsentUse,
    arms: Vec<ArmRef>,
    policy: u64,
    models: Vec<ModelRef>,
    considered_total: u32,
}

/// The place of [`Body::Decision`] among the variants.
const DECISION: u32 = 8;

fn brief(bytes: &[u8]) -> Result<Said, postcard::Error> {
    let ((_, variant), _) = postcard::take_from_bytes::<(At, u32)>(bytes)?;
    if variant != DECISION {
        return postcard::from_bytes(bytes);
    }
    let (begun, _) = postcard::take_from_bytes::<Begun>(bytes)?;
    let record = DecisionRecord {
        id: begun.id,
        kind: begun.kind,
        at: begun.at,
        who: begun.who,
        ask: begun.ask,
        as_of: begun.as_of,
        seed: begun.seed,
        consent: begun.consent,
        arms: begun.arms,
        policy: begun.policy,
        models: begun.models,
        considered_total: begun.considered_total,
        considered: Vec::new(),
        stopped: Vec::new(),
        chosen: Vec::new(),
        reasons: Vec::new(),
        degraded: None,
        cut_at: None,
        took_us: 0,
    };
    Ok(Said { received_at: begun.received_at, body: Body::Decision(record.into()) })
}

fn decode(id: &[u8], at_ms: i64, payload: &[u8], extent: Extent) -> Result<Fact, StoreError> {
    let (&version, bytes) = payload.split_first().ok_or_else(|| refuse("there are none"))?;
    let reader = usize::from(version).checked_sub(1).and_then(|index| READERS.get(index));
    let Some(readers) = reader else {
        return Err(refuse(format!(
            "version {version} is not among 1 to {VERSION}; use the release that wrote it"
        )));
    };
    let said = readers[extent as usize](bytes).map_err(|e| refuse(e.to_string()))?;
    let id = std::str::from_utf8(id).map_err(|e| refuse(format!("its id: {e}")))?;
    let id = FactId::new(id).map_err(|e| refuse(format!("its id: {e}")))?;
    Ok(Fact { id, at: At::from_ms(at_ms), received_at: said.received_at, body: said.body })
}

fn refuse(what: impl Into<String>) -> StoreError {
    StoreError::Codec { kind: "fact", what: what.into() }
}

#[cfg(test)]
mod tests;
