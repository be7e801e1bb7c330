//! What is said when something is wrong? RFC 9457 problem details, made from the one table of
//! codes.

use crate::wire::FieldProblem;
use crate::wire::report::NOTED_MAX;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::{CODES, Code, Retry, code};
use serde::Serialize;
use utoipa::ToSchema;

/// The most field problems in one answer; the rest is counted in `detail`.
const ERRORS_MAX: usize = 50;
/// What a sender should wait before trying again, unless something better is known.
const RETRY_AFTER_S: u32 = 1;

/// Something that is wrong: a code of the table, what happened this time, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The kind of problem.
    pub code: &'static Code,
    /// What happened this time, for a person.
    pub detail: String,
    /// What is wrong with which field, when it is the message's fault.
    pub errors: Vec<FieldProblem>,
    /// Seconds to wait before trying again.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem of the table's code `name`.
    #[must_use]
    pub fn new(name: &str, detail: impl Into<String>) -> Self {
        let code = code(name);
        let retry_after_s = (code.retry == Retry::Later).then_some(RETRY_AFTER_S);
        Self { code, detail: detail.into(), errors: Vec::new(), retry_after_s }
    }

    /// A message with these mistakes, under the code `name`.
    #[must_use]
    pub fn fields(name: &str, mut errors: Vec<FieldProblem>) -> Self {
        let found = errors.len();
        let detail = match found {
            1 => "1 field is wrong".to_owned(),
            2..=ERRORS_MAX => format!("{found} fields are wrong"),
            NOTED_MAX.. => format!("{NOTED_MAX} fields or more are wrong, {ERRORS_MAX} are named"),
            _ => format!("{found} fields are wrong, the first {ERRORS_MAX} are named"),
        };
        errors.truncate(ERRORS_MAX);
        Self { errors, ..Self::new(name, detail) }
    }

    /// One field that is wrong.
    #[must_use]
    pub fn field(
        name: &str,
        path: &str,
        seen: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        let (seen, allowed) = (seen.into(), allowed.into());
        Self::fields(name, vec![FieldProblem { path: path.into(), seen, allowed }])
    }

    /// As the wire has it, with `request_id` as this occurrence's name.
    pub(crate) fn told(&self, request_id: &str) -> ProblemOut<'_> {
        ProblemOut {
            kind: format!("/problems/{}", self.code.name),
            title: self.code.meaning,
            status: self.code.status,
            code: self.code.name,
            detail: &self.detail,
            instance: format!("urn:request:{request_id}"),
            retry: retry_name(self.code.retry),
            errors: &self.errors,
        }
    }

    /// The answer, with `request_id` as this occurrence's name.
    pub(crate) fn respond(&self, request_id: &str) -> Response {
        let status =
            StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = serde_json::to_vec(&self.told(request_id)).unwrap_or_default();
        let mut response = (status, bytes).into_response();
        let headers = response.headers_mut();
        let problem_json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem_json);
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.code.status == 401 {
            let bearer = HeaderValue::from_static("Bearer realm=\"shopkeeper\"");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

/// The problem travels beside an empty answer until the request's name is known (`calls`).
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What is wrong, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/field_invalid", "title": "a field holds a value that is not allowed",
    "status": 422, "code": "field_invalid", "detail": "1 field is wrong",
    "instance": "urn:request:5b1f0c2e9a7d4410-2a", "retry": "never",
    "errors": [{"path": "items[0].quantity", "seen": "-1", "allowed": "a whole number from 1 to 1000000"}]
}))]
pub(crate) struct ProblemOut<'a> {
    /// Where the kind of problem is described.
    #[serde(rename = "type")]
    kind: String,
    /// What the kind of problem is, in one line.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The kind of problem, for programs.
    code: &'static str,
    /// What happened this time.
    detail: &'a str,
    /// This occurrence; the id is also in the server's log.
    instance: String,
    /// `never`: the same message will fail again. `later`: send it again after `Retry-After`.
    retry: &'static str,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldProblem],
}

/// A kind of problem, as its page describes it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CodeOut {
    /// The kind of problem.
    code: &'static str,
    /// The HTTP status.
    status: u16,
    /// May the same message be sent again? `never` or `later`.
    retry: &'static str,
    /// Whose turn is it? `sender` or `operator`.
    owner: &'static str,
    /// What it means.
    meaning: &'static str,
}

impl CodeOut {
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|code| Self {
            code: code.name,
            status: code.status,
            retry: retry_name(code.retry),
            owner: match code.owner {
                commerce::Owner::Sender => "sender",
                commerce::Owner::Operator => "operator",
            },
            meaning: code.meaning,
        })
    }
}

fn retry_name(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "never",
        Retry::Later => "later",
    }
}

/// What the store says, as the world should hear it: paths of files stay in the log.
impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        use store::StoreError as E;
        match root_cause(&error) {
            E::Io { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                    Self::new("disk_full", "the disk of the data directory is full")
                }
                std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                    Self::new("read_only", "the data directory cannot be written to")
                }
                _ => Self::internal(&error),
            },
            E::Refused { index, what } => {
                Self::new("event_invalid", format!("fact {index} cannot be stored: {what}"))
            }
            E::Busy { waiting_bytes } => {
                Self::new("overloaded", format!("{waiting_bytes} bytes wait to be written"))
            }
            E::Closed => Self::new("shutting_down", "the log is closed"),
            _ => Self::internal(&error),
        }
    }
}

impl Problem {
    /// Something that should not have happened: told in full to the log, in short to the caller.
    #[must_use]
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request failed in a way it should not");
        Self::new("internal", "the server's log has the reason")
    }
}

fn root_cause(error: &store::StoreError) -> &store::StoreError {
    match error {
        store::StoreError::Stopped { why } => root_cause(why),
        other => other,
    }
}

impl From<registry::RegistryError> for Problem {
    fn from(error: registry::RegistryError) -> Self {
        use registry::RegistryError as E;
        match error {
            E::Gate { verdicts, .. } => {
                let failed = verdicts.into_iter().filter(|verdict| !verdict.passed);
                let errors = failed.map(|verdict| FieldProblem {
                    path: verdict.metric.into(),
                    seen: verdict.text,
                    allowed: "a version that passes, or \"force\": true with a note".into(),
                });
                let detail = "the version fails its gates";
                Self { errors: errors.collect(), ..Self::new("model_gate", detail) }
            }
            E::NoteMissing { .. } => {
                Self::field("field_invalid", "note", "nothing", "why the gates are passed over")
            }
            E::Name { .. }
            | E::Unknown { .. }
            | E::NothingServes { .. }
            | E::NothingBefore { .. } => Self::new("model_unknown", error.to_string()),
            other => Self::internal(&other),
        }
    }
}
