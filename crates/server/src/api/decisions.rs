//! What was decided, why, and would it be decided again?

use crate::Problem;
use crate::body::{Asked, Named};
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::decision::{DecisionOut, ExplanationOut, ReplayOut};
use crate::wire::fields::Fields;
use app::Language;
use axum::Json;
use axum::extract::State;
use commerce::{DecisionId, DecisionRecord};
use std::sync::Arc;

/// A decision and everything needed to defend it.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", tag = "decisions", operation_id = "decision",
    params(("id" = String, Path, description = "The `decision_id` of an answer.", example = "019a7356-4c00-7d3e-9c1f-0242ac120002")),
    responses((status = 200, description = "The record", body = DecisionOut)),
)]
pub(crate) async fn record(
    State(door): State<Shared>,
    Named(id): Named,
) -> Result<Json<DecisionOut>, Problem> {
    let look = move |shop: &dyn Shop| Ok(DecisionOut::new(&*find(shop, &id)?));
    Ok(Json(door.look(look).await?))
}

/// A decision in sentences, in Chinese or English.
#[utoipa::path(
    get, path = "/v1/decisions/{id}/explain", tag = "decisions", operation_id = "explain",
    params(
        ("id" = String, Path, description = "The `decision_id` of an answer.", example = "019a7356-4c00-7d3e-9c1f-0242ac120002"),
        ("lang" = Option<String>, Query, description = "`zh` or `en` (default).", example = "zh"),
    ),
    responses((status = 200, description = "How it came about, then each choice", body = ExplanationOut)),
)]
pub(crate) async fn explain(
    State(door): State<Shared>,
    Named(id): Named,
    asked: Asked,
) -> Result<Json<ExplanationOut>, Problem> {
    let lang = asked.read(|query| Some(read_lang(query)))?;
    Ok(Json(explain_in(&door, id, lang).await?))
}

/// A language and its name; English when none is named.
pub(crate) fn read_lang(fields: &Fields<'_>) -> (Language, &'static str) {
    let named = |name: &str| match name {
        "zh" => Some((Language::Zh, "zh")),
        "en" => Some((Language::En, "en")),
        _ => None,
    };
    fields.word("lang", named, &["zh", "en"]).unwrap_or((Language::En, "en"))
}

pub(crate) async fn explain_in(
    door: &Shared,
    id: String,
    (language, lang): (Language, &'static str),
) -> Result<ExplanationOut, Problem> {
    let look = move |shop: &dyn Shop| {
        let record = find(shop, &id)?;
        let sentences = shop.explain(&record, language);
        Ok(ExplanationOut { decision_id: record.id.to_string(), lang, sentences })
    };
    door.look(look).await
}

/// Ask again what was asked, in the state it was answered from, and compare.
#[utoipa::path(
    get, path = "/v1/decisions/{id}/replay", tag = "decisions", operation_id = "replay",
    params(("id" = String, Path, description = "The `decision_id` of an answer.", example = "019a7356-4c00-7d3e-9c1f-0242ac120002")),
    responses((status = 200, description = "What it gives now, and in what it differs", body = ReplayOut)),
)]
pub(crate) async fn replay(
    State(door): State<Shared>,
    Named(id): Named,
) -> Result<Json<ReplayOut>, Problem> {
    let look = move |shop: &dyn Shop| {
        let record = find(shop, &id)?;
        Ok(ReplayOut::new(shop.replay(&record)?))
    };
    Ok(Json(door.look(look).await?))
}

fn find(shop: &dyn Shop, id: &str) -> Result<Arc<DecisionRecord>, Problem> {
    let unknown = || Problem::new("decision_unknown", "no decision has this id");
    let id = DecisionId::parse(id).map_err(|_| unknown())?;
    shop.decision(id)?.ok_or_else(unknown)
}
