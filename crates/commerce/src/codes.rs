//! Which errors are there? The one table of codes.
//!
//! The docs page, the OpenAPI file and the console's texts are made from it; a test fails when a
//! code is never exercised.

/// What a sender should do with the same message after this error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Sending it again unchanged will fail again.
    Never,
    /// Send it again after a while, with back-off.
    Later,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The program that sent the request.
    Sender,
    /// The person who runs the server.
    Operator,
}

/// One kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable name, the last part of the problem's `type`.
    pub name: &'static str,
    /// HTTP status.
    pub status: u16,
    /// May it be sent again?
    pub retry: Retry,
    /// Whose turn is it?
    pub owner: Owner,
    /// What it means, in one line.
    pub meaning: &'static str,
}

const fn sender(name: &'static str, status: u16, meaning: &'static str) -> Code {
    Code { name, status, retry: Retry::Never, owner: Owner::Sender, meaning }
}

const fn later(name: &'static str, status: u16, owner: Owner, meaning: &'static str) -> Code {
    Code { name, status, retry: Retry::Later, owner, meaning }
}

/// Every error that the server answers with, by name.
pub const CODES: &[Code] = &[
    sender("body_invalid", 400, "the body is not the JSON that this endpoint takes"),
    sender("body_large", 413, "the body is larger than this endpoint takes"),
    sender("decision_unknown", 404, "no decision has this id, or it is no longer kept"),
    later("disk_full", 507, Owner::Operator, "the disk is full, so nothing can be made durable"),
    sender("event_invalid", 422, "an event breaks a rule of its kind"),
    sender("field_invalid", 422, "a field holds a value that is not allowed"),
    later("import_busy", 409, Owner::Operator, "an import is already running"),
    sender("import_invalid", 422, "the files cannot be imported as the mapping says"),
    sender("import_unknown", 404, "no import has this id"),
    later(
        "internal",
        500,
        Owner::Operator,
        "the server failed in a way it should not; see its log",
    ),
    sender("item_unknown", 404, "no item has this id"),
    sender("key_missing", 401, "the request carries no API key"),
    sender("key_scope", 403, "the API key may not do this"),
    sender("key_unknown", 401, "the API key is unknown or was taken back"),
    sender("media_type", 415, "the content type is not one that this endpoint takes"),
    sender("method", 405, "this endpoint does not answer to this method"),
    sender("model_gate", 409, "the model does not pass its gates, so it was not promoted"),
    sender("model_unknown", 404, "no model has this name and version"),
    sender("customer_unknown", 404, "nothing is known of this customer"),
    later("overloaded", 503, Owner::Operator, "more requests wait than can be answered in time"),
    sender("origin_refused", 403, "pages of this origin may not ask at this endpoint"),
    sender("page_invalid", 400, "the page token was not given out by this server, or has expired"),
    sender(
        "query_invalid",
        400,
        "a query parameter is missing or holds a value that is not allowed",
    ),
    later(
        "rate_limit",
        429,
        Owner::Sender,
        "this key has sent more requests than its limit allows",
    ),
    later("read_only", 503, Owner::Operator, "the data directory cannot be written to"),
    sender("route_unknown", 404, "there is no such endpoint"),
    later("shutting_down", 503, Owner::Operator, "the server is going down and takes no more work"),
    later("timeout", 504, Owner::Operator, "the answer took longer than the request's time limit"),
    later("training_busy", 409, Owner::Operator, "a training is already running"),
    sender("message_unknown", 404, "no dead letter has this id"),
    sender("webhook_unknown", 404, "no webhook has this id"),
    sender("upload_unknown", 404, "no file of this name was uploaded"),
];

/// The code called `name`; the table's `internal` when there is none (a test keeps that from
/// happening).
#[must_use]
pub fn code(name: &str) -> &'static Code {
    const INTERNAL: &Code = &later(
        "internal",
        500,
        Owner::Operator,
        "the server failed in a way it should not; see its log",
    );
    CODES.iter().find(|code| code.name == name).unwrap_or(INTERNAL)
}
