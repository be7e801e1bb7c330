//! What to show?

use crate::Problem;
use crate::body::{Asked, Content, Named};
use crate::door::{Door, Shared};
use crate::facade::Shop;
use crate::wire::fields::Fields;
use crate::wire::page::read_token;
use crate::wire::recommend::{AnswerOut, Detail, Limits, read_ask};
use crate::wire::shapes::{AskIn, BatchIn};
use axum::Json;
use axum::extract::State;
use axum::routing::{MethodRouter, get, post};
use recommend::{RecommendAsk, Surface};
use serde::Serialize;
use utoipa::ToSchema;

/// Most asks in one batch.
const ASKS_MAX: usize = 100;
/// The largest single ask. Every list at its limit and every id at its longest takes less.
pub(crate) const ASK_BYTES_MAX: usize = 2 << 20;

/// The POST side of a surface.
pub(crate) fn posted(surface: Surface) -> MethodRouter<Shared> {
    post(move |door: State<Shared>, content: Content| ask(surface, door, content))
}

/// The GET side of a surface.
pub(crate) fn asked(surface: Surface) -> MethodRouter<Shared> {
    get(move |door: State<Shared>, query: Asked| ask_by_query(surface, door, query))
}

/// Ask with everything that can be said.
#[utoipa::path(
    post, path = "/v1/recommend/{surface}", tag = "recommend", operation_id = "recommend",
    request_body(content = AskIn, content_type = "application/json"),
    responses((status = 200, description = "The first page of the answer", body = AnswerOut)),
)]
pub(crate) async fn ask(
    surface: Surface,
    State(door): State<Shared>,
    content: Content,
) -> Result<Json<AnswerOut>, Problem> {
    let limits = limits(&door);
    let read = |fields: &Fields<'_>| read_ask(fields, Some(surface), limits);
    content.at_most(ASK_BYTES_MAX)?;
    let (ask, detail) = content.read_or_empty(read)?;
    Ok(Json(answer(&door, ask, detail).await?))
}

/// Ask with what fits a query; lists are separated by commas.
#[utoipa::path(
    get, path = "/v1/recommend/{surface}", tag = "recommend", operation_id = "recommend_get",
    params(
        ("customer_id" = Option<String>, Query, description = "The signed-in customer.", example = "c-1001"),
        ("device_id" = Option<String>, Query, description = "The browser or phone.", example = "d-77"),
        ("session_id" = Option<String>, Query, description = "The visit.", example = "s-9"),
        ("items" = Option<String>, Query, description = "The item of the page, the visit's items.", example = "kettle-1,tea-3"),
        ("count" = Option<u16>, Query, description = "Items on a page. Default 10.", example = 10),
        ("bury" = Option<String>, Query, description = "Items that come last, if at all.", example = "mug-2"),
        ("detail" = Option<String>, Query, description = "`ids`, `reasons` (default) or `full`.", example = "reasons"),
    ),
    responses((status = 200, description = "The first page of the answer", body = AnswerOut)),
)]
pub(crate) async fn ask_by_query(
    surface: Surface,
    State(door): State<Shared>,
    query: Asked,
) -> Result<Json<AnswerOut>, Problem> {
    let limits = limits(&door);
    let (ask, detail) = query.read(|fields| read_ask(fields, Some(surface), limits))?;
    Ok(Json(answer(&door, ask, detail).await?))
}

pub(crate) fn limits(door: &Door) -> Limits {
    Limits { currency: door.currency, count_max: door.shop.count_max() }
}

pub(crate) async fn answer(
    door: &Shared,
    ask: RecommendAsk,
    detail: Detail,
) -> Result<AnswerOut, Problem> {
    door.think(move |shop| answered(shop, &ask, detail)).await
}

fn answered(shop: &dyn Shop, ask: &RecommendAsk, detail: Detail) -> Result<AnswerOut, Problem> {
    Ok(AnswerOut::first(&shop.recommend(ask)?, ask.count, detail))
}

/// The next page of an answer: the same slate, further down. Nothing repeats or shifts, whatever
/// happened in between.
#[utoipa::path(
    get, path = "/v1/recommend/pages/{token}", tag = "recommend", operation_id = "recommend_page",
    params(
        ("token" = String, Path, description = "The `next_page` of the page before.", example = "019a7356-4c00-7d3e-9c1f-0242ac120002.10.10"),
    ),
    responses((status = 200, description = "The page", body = AnswerOut)),
)]
pub(crate) async fn page(
    State(door): State<Shared>,
    Named(token): Named,
) -> Result<Json<AnswerOut>, Problem> {
    let (id, start, count) = read_token(&token)?;
    let look = move |shop: &dyn Shop| {
        let gone = || Problem::new("page_invalid", "the decision of this page is no longer kept");
        let record = shop.decision(id)?.ok_or_else(gone)?;
        if record.consent.personal && !shop.may_personalise(&record.who) {
            let why = "the customer has declined personalisation since; ask anew";
            return Err(Problem::new("page_invalid", why));
        }
        if start >= record.chosen.len() {
            return Err(Problem::new("page_invalid", "the slate ends before this page"));
        }
        Ok(AnswerOut::page(&record, start, count, Detail::default()))
    };
    Ok(Json(door.look(look).await?))
}

/// What came of a batch, in the order asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answers)]
pub(crate) struct AnswersOut {
    /// One for each ask.
    answers: Vec<AnswerOut>,
}

/// Several asks at once, at most 100; all are answered or none.
#[utoipa::path(
    post, path = "/v1/recommend/batch", tag = "recommend", operation_id = "recommend_batch",
    request_body(content = BatchIn, content_type = "application/json"),
    responses((status = 200, description = "The answers", body = AnswersOut)),
)]
pub(crate) async fn batch(
    State(door): State<Shared>,
    content: Content,
) -> Result<Json<AnswersOut>, Problem> {
    let limits = limits(&door);
    let asks = content.read(|fields| {
        let asks = fields.objects("asks", ASKS_MAX, |ask| read_ask(ask, None, limits));
        if asks.is_empty() && fields.is_sound() {
            fields.wrong("asks", format!("1 to {ASKS_MAX} asks"));
        }
        Some(asks)
    })?;
    let look = move |shop: &dyn Shop| {
        let answers = asks.iter().map(|(ask, detail)| answered(shop, ask, *detail));
        Ok(AnswersOut { answers: answers.collect::<Result<_, _>>()? })
    };
    Ok(Json(door.look(look).await?))
}
