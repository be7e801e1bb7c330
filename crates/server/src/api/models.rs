//! Which models are there, which serves, and what is being trained?

use crate::Problem;
use crate::body::{Content, Named};
use crate::calls::Caller;
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::fields::TEXT_MAX;
use crate::wire::model::{JobOut, ModelVersionOut, ServedOut};
use crate::wire::recommend::ModelOut;
use crate::wire::shapes::{PromotionIn, RollBackIn};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use commerce::ModelRef;
use registry::By;

/// Every version of every model, newest first.
#[utoipa::path(
    get, path = "/v1/models", tag = "models", operation_id = "models",
    responses((status = 200, description = "The versions", body = Vec<ModelVersionOut>)),
)]
pub(crate) async fn list(
    State(door): State<Shared>,
) -> Result<Json<Vec<ModelVersionOut>>, Problem> {
    let look = |shop: &dyn Shop| Ok(shop.models()?.into_iter().map(ModelVersionOut::new).collect());
    Ok(Json(door.look(look).await?))
}

/// Let a version serve, from the next answer on. Refused when it fails a gate, unless forced with
/// a note.
#[utoipa::path(
    post, path = "/v1/models/{name}/promote", tag = "models", operation_id = "promote",
    params(("name" = String, Path, description = "The model's name.", example = "recommend")),
    request_body(content = PromotionIn, content_type = "application/json"),
    responses((status = 200, description = "It serves", body = ServedOut)),
)]
pub(crate) async fn promote(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(name): Named,
    content: Content,
) -> Result<Json<ServedOut>, Problem> {
    let (version, note, force) = content.read(|fields| {
        let version = fields.whole_u32("version", 1, u32::MAX);
        if !fields.has("version") {
            fields.wrong("version", "a whole number from 1");
        }
        let note = fields.boxed("note", TEXT_MAX).unwrap_or_default();
        let force = fields.flag("force").unwrap_or(false);
        Some((version?, note, force))
    })?;
    let look = move |shop: &dyn Shop| {
        let model = ModelRef { name: name.into(), version };
        let verdicts = shop.promote(&model, By { actor: &caller.0, note: &note, force })?;
        let serving = ModelOut { name: model.name.into(), version };
        Ok(ServedOut { serving, verdicts: verdicts.into_iter().map(Into::into).collect() })
    };
    Ok(Json(door.look(look).await?))
}

/// Let the version that served before serve again, from the next answer on.
#[utoipa::path(
    post, path = "/v1/models/{name}/rollback", tag = "models", operation_id = "roll_back",
    params(("name" = String, Path, description = "The model's name.", example = "recommend")),
    request_body(content = Option<RollBackIn>, content_type = "application/json"),
    responses((status = 200, description = "The version before serves", body = ServedOut)),
)]
pub(crate) async fn roll_back(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(name): Named,
    content: Content,
) -> Result<Json<ServedOut>, Problem> {
    let note =
        content.read_or_empty(|fields| Some(fields.boxed("note", TEXT_MAX).unwrap_or_default()))?;
    let look = move |shop: &dyn Shop| {
        let model = shop.roll_back(&name, By { actor: &caller.0, note: &note, force: false })?;
        let serving = ModelOut { name: model.name.into(), version: model.version };
        Ok(ServedOut { serving, verdicts: Vec::new() })
    };
    Ok(Json(door.look(look).await?))
}

/// Train a new version beside serving, at low priority. See `GET /v1/jobs` for how it goes.
#[utoipa::path(
    post, path = "/v1/train", tag = "models", operation_id = "train",
    responses((status = 202, description = "It runs", body = JobOut)),
)]
pub(crate) async fn train(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    content: Content,
) -> Result<(StatusCode, Json<JobOut>), Problem> {
    content.read_or_empty(|_| Some(()))?;
    let job = door.look(move |shop| Ok(JobOut::from(shop.train(&caller.0)?))).await?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// Jobs that run or ran since the start, newest first.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "models", operation_id = "jobs",
    responses((status = 200, description = "The jobs", body = Vec<JobOut>)),
)]
pub(crate) async fn jobs(State(door): State<Shared>) -> Result<Json<Vec<JobOut>>, Problem> {
    let look = |shop: &dyn Shop| Ok(shop.jobs().into_iter().map(Into::into).collect());
    Ok(Json(door.look(look).await?))
}
