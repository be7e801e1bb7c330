//! What did the sender send? Bodies and queries, bounded before and after decompression.

use crate::Problem;
use crate::door::Shared;
use crate::wire::FieldProblem;
use crate::wire::fields::Fields;
use crate::wire::report::Report;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use commerce::IdError;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::io::Read as _;
use std::time::Duration;

/// What a body is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One JSON value.
    Json,
    /// A JSON value on each line.
    Lines,
}

/// A whole body.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) form: Form,
    pub(crate) bytes: Bytes,
}

impl FromRequest<Shared> for Content {
    type Rejection = Problem;

    async fn from_request(request: Request, door: &Shared) -> Result<Self, Problem> {
        let form = form(request.headers())?;
        let gzip = is_gzip(request.headers())?;
        let most = door.options.body_bytes_max;
        let bytes = whole(request.into_body(), most, door.timeout()).await?;
        Ok(Self { form, bytes: if gzip { inflated(&bytes, most)? } else { bytes } })
    }
}

/// The whole body, if it has at most `most` bytes.
///
/// What is too large is read on for a while, beside the refusal.
async fn whole(mut body: Body, most: usize, patience: Duration) -> Result<Bytes, Problem> {
    let known = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if known <= most {
        match Limited::new(&mut body, most).collect().await {
            Ok(collected) => return Ok(collected.to_bytes()),
            Err(error) if !error.is::<LengthLimitError>() => return Err(cut_off(&error)),
            Err(_) => {}
        }
    }
    forget(body, patience);
    Err(large(most as u64))
}

/// Reads the rest of a body and forgets it: closing while the sender still sends would destroy the
/// answer on its way.
pub(crate) fn forget(mut body: Body, patience: Duration) {
    let forget = async move { while let Some(Ok(_)) = body.frame().await {} };
    tokio::spawn(tokio::time::timeout(patience, forget));
}

fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Form::Json) };
    let essence = value.to_str().unwrap_or("").split(';').next().unwrap_or("").trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/json" | "text/json" => Ok(Form::Json),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Form::Lines),
        other => {
            let allowed = "application/json or application/x-ndjson";
            Err(Problem::field("media_type", "Content-Type", other, allowed))
        }
    }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Problem> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?")) {
        None | Some("identity") => Ok(false),
        Some("gzip" | "x-gzip") => Ok(true),
        Some(other) => {
            Err(Problem::field("media_type", "Content-Encoding", other, "gzip or identity"))
        }
    }
}

/// Decompresses, and stops as soon as it is too much: a bomb costs no more than an honest body.
fn inflated(bytes: &[u8], most: usize) -> Result<Bytes, Problem> {
    let mut whole = Vec::with_capacity((bytes.len() * 4).min(most));
    let mut reader = flate2::bufread::MultiGzDecoder::new(bytes).take(most as u64 + 1);
    reader
        .read_to_end(&mut whole)
        .map_err(|error| Problem::new("body_invalid", format!("the body is not gzip: {error}")))?;
    if whole.len() > most { Err(large(most as u64)) } else { Ok(whole.into()) }
}

pub(crate) fn large(most: u64) -> Problem {
    Problem::field("body_large", "body", "more", format!("at most {most} bytes, decompressed"))
}

pub(crate) fn cut_off(error: &dyn std::fmt::Display) -> Problem {
    Problem::new("body_invalid", format!("the body ended early: {error}"))
}

impl Content {
    /// The body as one JSON object, read by `read`; unknown fields are refused.
    ///
    /// # Errors
    /// `body_invalid`, or `field_invalid` with everything that is wrong.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Fields<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        read_object(&object(&self.bytes)?, read)
    }

    /// Refuses what has more than `most` bytes.
    ///
    /// # Errors
    /// `body_large`.
    pub(crate) fn at_most(&self, most: usize) -> Result<(), Problem> {
        if self.bytes.len() <= most {
            return Ok(());
        }
        let seen = format!("{} bytes", self.bytes.len());
        Err(Problem::field("body_large", "body", seen, format!("at most {most} bytes")))
    }

    /// As [`Content::read`], but an empty body is an empty object.
    pub(crate) fn read_or_empty<T>(
        self,
        read: impl FnOnce(&Fields<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let bytes = if self.bytes.is_empty() { Bytes::from_static(b"{}") } else { self.bytes };
        Self { bytes, ..self }.read(read)
    }
}

/// One JSON object, read by `read`; unknown fields are refused.
///
/// # Errors
/// `field_invalid` with everything that is wrong.
pub(crate) fn read_object<T>(
    map: &Map<String, Value>,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> Result<T, Problem> {
    let report = Report::default();
    let fields = Fields::of_body(map, &report);
    let made = read(&fields);
    fields.note_unknown();
    strict(made, &report, "field_invalid")
}

/// A JSON object.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(bytes).map_err(|error| not_json(&error))? {
        Value::Object(map) => Ok(map),
        other => {
            let seen = crate::wire::report::shown(&other);
            Err(Problem::field("body_invalid", "body", seen, "a JSON object"))
        }
    }
}

/// What is wrong with the JSON, by line and column.
pub(crate) fn not_json(error: &serde_json::Error) -> Problem {
    Problem::new("body_invalid", format!("the body is not JSON: {error}"))
}

/// What was read, if nothing at all is wrong with it.
fn strict<T>(made: Option<T>, report: &Report, code: &str) -> Result<T, Problem> {
    let mut errors = report.problems();
    errors.extend(report.unknown());
    match made {
        Some(made) if errors.is_empty() => Ok(made),
        _ => Err(Problem::fields(code, errors)),
    }
}

/// The parameters of a query; a repeated one counts as a list with commas.
#[derive(Debug)]
pub(crate) struct Asked(Map<String, Value>);

impl FromRequestParts<Shared> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Shared) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, door).await;
        let Query(pairs) = pairs.map_err(|error| {
            Problem::new("query_invalid", format!("the query cannot be read: {error}"))
        })?;
        let mut map = Map::new();
        for (name, value) in pairs {
            // What is not UTF-8 arrives with replacement characters; two ids could become one.
            if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
                return Err(Problem::field(
                    "query_invalid",
                    &name,
                    value,
                    "UTF-8, percent-encoded",
                ));
            }
            let whole = match map.get(&name).and_then(Value::as_str) {
                Some(before) => format!("{before},{value}"),
                None => value,
            };
            map.insert(name, whole.into());
        }
        Ok(Self(map))
    }
}

impl Asked {
    /// The parameters, read by `read`; unknown ones are refused.
    ///
    /// # Errors
    /// `query_invalid` with everything that is wrong.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Fields<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let report = Report::default();
        let fields = Fields::of_query(&self.0, &report);
        let made = read(&fields);
        fields.note_unknown();
        strict(made, &report, "query_invalid")
    }
}

/// The one variable part of a path, or several.
#[derive(Debug)]
pub(crate) struct Named<T = String>(pub(crate) T);

impl Named {
    /// The id that it is.
    ///
    /// # Errors
    /// `field_invalid` for what is no id.
    pub(crate) fn id<T>(&self, make: impl Fn(&str) -> Result<T, IdError>) -> Result<T, Problem> {
        let Self(text) = self;
        make(text).map_err(|error| Problem::field("field_invalid", "id", text, error.to_string()))
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Shared) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, door).await;
        let unreadable = |error: axum::extract::rejection::PathRejection| {
            Problem::fields(
                "field_invalid",
                vec![FieldProblem {
                    path: "path".into(),
                    seen: error.to_string(),
                    allowed: "UTF-8 text".into(),
                }],
            )
        };
        path.map(|Path(parts)| Self(parts)).map_err(unreadable)
    }
}
