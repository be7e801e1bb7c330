//! What did the experiments bring, and who did what to the server?

use crate::Problem;
use crate::body::Asked;
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::fields::WORD_MAX;
use crate::wire::model::{AuditOut, ExperimentOut};
use axum::Json;
use axum::extract::State;
use govern::TrailFilter;

/// Every experiment and what its arms brought so far.
#[utoipa::path(
    get, path = "/v1/experiments", tag = "experiments", operation_id = "experiments",
    responses((status = 200, description = "The results", body = Vec<ExperimentOut>)),
)]
pub(crate) async fn list(State(door): State<Shared>) -> Result<Json<Vec<ExperimentOut>>, Problem> {
    let look = |shop: &dyn Shop| Ok(shop.experiments().into_iter().map(Into::into).collect());
    Ok(Json(door.look(look).await?))
}

/// Who did what to the server lately, newest first.
#[utoipa::path(
    get, path = "/v1/audits", tag = "operation", operation_id = "audits",
    params(
        ("actor" = Option<String>, Query, description = "Done by this key or operator.", example = "ops"),
        ("action" = Option<String>, Query, description = "An action or a family: `model` finds `model.promote`.", example = "model"),
        ("subject" = Option<String>, Query, description = "Done to this.", example = "recommend/7"),
        ("since" = Option<String>, Query, description = "Done at this time or later.", example = "2026-11-11T00:00:00Z"),
        ("before" = Option<u64>, Query, description = "Before this log offset: the last `offset` of a page leads to the next.", example = 1042),
        ("count" = Option<u32>, Query, description = "How many, 1 to 1000. Default 100.", example = 100),
    ),
    responses((status = 200, description = "The entries", body = Vec<AuditOut>)),
)]
pub(crate) async fn audits(
    State(door): State<Shared>,
    asked: Asked,
) -> Result<Json<Vec<AuditOut>>, Problem> {
    let now = door.shop.now();
    let (filter, most) = asked.read(|query| {
        let text = |name| query.text(name, WORD_MAX).map(str::to_owned);
        let filter = TrailFilter {
            actor: text("actor"),
            action: text("action"),
            subject: text("subject"),
            since: query.time("since", now),
            before_offset: query.whole("before", 0, u64::MAX),
        };
        Some((filter, query.whole_u32("count", 1, 1_000).unwrap_or(100)))
    })?;
    let look = move |shop: &dyn Shop| {
        Ok(shop.trail(&filter, most as usize).into_iter().map(Into::into).collect())
    };
    Ok(Json(door.look(look).await?))
}
