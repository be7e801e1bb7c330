//! Webhooks and their dead letters, as they are asked for and told.

use super::fact::type_of;
use super::fields::{Fields, TEXT_MAX};
use crate::webhooks::{Change, DeadLetter, Outcome, Seen};
use commerce::EventKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Most types of one webhook.
const TYPES_MAX: usize = 50;
/// The longest address, in bytes.
const URL_MAX: usize = 2_000;

/// Reads what an operator says of a webhook.
pub(crate) fn read_webhook(fields: &Fields<'_>) -> Option<Change> {
    let change = Change {
        url: fields.text("url", URL_MAX).unwrap_or_default().to_owned(),
        types: fields.words("types", TYPES_MAX),
        enabled: fields.flag("enabled").unwrap_or(true),
        note: fields.boxed("note", TEXT_MAX).unwrap_or_default(),
    };
    if let Some((field, allowed)) = change.wrong().filter(|_| fields.is_sound()) {
        fields.wrong(field, allowed);
    }
    Some(change)
}

/// Every webhook, and what there is to hear of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhooks)]
pub(crate) struct WebhooksOut {
    webhooks: Vec<WebhookOut>,
    /// What messages may be about.
    types: Vec<MessageTypeOut>,
}

/// A type of message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageType)]
struct MessageTypeOut {
    #[schema(example = "event.purchase")]
    name: String,
    about: &'static str,
}

/// What there is to hear of, besides events; a family stands for types that grow.
const TYPES: [(&str, &str); 9] = [
    ("item.changed", "an item came or changed"),
    ("item.gone", "an item is gone for good"),
    ("stock.changed", "stock was counted or moved"),
    ("customer.changed", "a customer came or changed"),
    ("merchant.changed", "a merchant came or changed"),
    ("consent.changed", "somebody said what may be done with what is known of them"),
    ("identity.changed", "a device was joined with a customer, or parted"),
    ("decision.made", "an ask was answered"),
    ("audit.*", "somebody with rights did something: model.promote, import.start, webhook.add, …"),
];

impl WebhooksOut {
    pub(crate) fn new(all: Vec<Seen>) -> Self {
        let event = |kind: EventKind| MessageTypeOut {
            name: format!("event.{kind}"),
            about: "a customer did this",
        };
        let other =
            |(name, about): (&str, &'static str)| MessageTypeOut { name: name.into(), about };
        Self {
            webhooks: all.into_iter().map(WebhookOut::new).collect(),
            types: EventKind::ALL.into_iter().map(event).chain(TYPES.map(other)).collect(),
        }
    }
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookOut {
    id: String,
    url: String,
    types: Vec<Box<str>>,
    enabled: bool,
    note: Box<str>,
    made_at: String,
    /// Facts not looked at yet.
    behind: u64,
    /// Messages that have not arrived and will be tried again.
    waiting: usize,
    /// Messages that were given up.
    dead: usize,
    /// Messages that arrived.
    sent: u64,
    last_sent_at: Option<String>,
    last_failure: Option<FailureOut>,
    /// Why nothing is sent any more.
    stopped: Option<String>,
    /// What messages are signed with; told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// An attempt that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
struct FailureOut {
    at: String,
    why: String,
}

impl WebhookOut {
    pub(crate) fn new(seen: Seen) -> Self {
        let failure = |(at, why): (commerce::At, String)| FailureOut { at: at.to_string(), why };
        Self {
            id: seen.id,
            url: seen.said.url,
            types: seen.said.types,
            enabled: seen.said.enabled,
            note: seen.said.note,
            made_at: seen.made_at.to_string(),
            behind: seen.behind,
            waiting: seen.waiting,
            dead: seen.dead,
            sent: seen.sent,
            last_sent_at: seen.last_sent_at.map(|at| at.to_string()),
            last_failure: seen.last_failure.map(failure),
            stopped: seen.stopped,
            secret: None,
        }
    }

    pub(crate) fn with_secret((seen, secret): (Seen, String)) -> Self {
        Self { secret: Some(secret), ..Self::new(seen) }
    }
}

/// What came of an attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryOut {
    /// The receiver's status, if it answered.
    status: Option<u16>,
    took_ms: f64,
    /// Why it counts as not arrived, if it does.
    why: Option<String>,
}

impl From<Outcome> for DeliveryOut {
    fn from(outcome: Outcome) -> Self {
        Self { status: outcome.status, took_ms: outcome.took_ms, why: outcome.why }
    }
}

/// Messages that were given up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetters)]
pub(crate) struct DeadLettersOut {
    total: usize,
    offset: usize,
    messages: Vec<DeadLetterOut>,
}

/// A message that was given up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
struct DeadLetterOut {
    id: String,
    webhook: String,
    url: String,
    r#type: Option<String>,
    /// When what it tells of happened.
    at: Option<String>,
    attempts: u32,
    failed_at: String,
    status: Option<u16>,
    why: String,
    /// What would be sent.
    #[schema(value_type = Object)]
    payload: Option<Value>,
}

impl DeadLettersOut {
    pub(crate) fn new(offset: usize, (total, letters): (usize, Vec<DeadLetter>)) -> Self {
        let letter = |letter: DeadLetter| DeadLetterOut {
            r#type: letter.fact.as_ref().and_then(|fact| type_of(&fact.body)),
            at: letter.fact.as_ref().map(|fact| fact.at.to_string()),
            payload: letter.payload(),
            id: letter.id,
            webhook: letter.webhook,
            url: letter.url,
            attempts: letter.attempts,
            failed_at: letter.failed_at.to_string(),
            status: letter.status,
            why: letter.why,
        };
        Self { total, offset, messages: letters.into_iter().map(letter).collect() }
    }
}
