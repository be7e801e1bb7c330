//! What customers do, as it happens.

use super::write::{ReceiptsOut, Taking, write};
use crate::Problem;
use crate::body::{Asked, Content};
use crate::calls::Caller;
use crate::door::Shared;
use crate::wire::event::read_event;
use crate::wire::shapes::EventIn;
use axum::extract::State;
use axum::{Extension, Json};

/// Send events: one object, a list, or one on each line (NDJSON); gzip is understood.
///
/// Each is stored once under its `event_id`, however often it is sent. A single event that is
/// wrong is answered with a problem. Of a list or lines, the sound ones are stored and the others
/// told in `results`, with status 200. Unknown fields are ignored and named in `warnings`.
#[utoipa::path(
    post, path = "/v1/events", tag = "events", operation_id = "send_events",
    params(
        ("ack" = Option<String>, Query, description = "What must be true before the answer: `disk` (default): on disk. `memory`: written, on disk within milliseconds.", example = "disk"),
        ("results" = Option<String>, Query, description = "`all` (default), or `rejected` for those not stored alone.", example = "all"),
    ),
    request_body(content = EventIn, description = "One, a list, or lines of these.", content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = ReceiptsOut)),
)]
pub(crate) async fn send(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Asked,
    content: Content,
) -> Result<Json<ReceiptsOut>, Problem> {
    let taking =
        Taking { read: |fields, at| read_event(fields, at.now, at.door.currency), strict: false };
    write(&door, &caller, content, &asked, taking).await
}
