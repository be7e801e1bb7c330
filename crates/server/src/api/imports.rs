//! Files of a shop's past: sent, looked at, imported, and what could not be read of them.

use crate::Problem;
use crate::body::{Asked, Content, Named, forget, large};
use crate::calls::Caller;
use crate::door::Shared;
use crate::facade::Shop;
use crate::wire::browse::read_rows;
use crate::wire::imports::{
    ImportStartedOut, ImportsOut, PresetsOut, PreviewOut, QuarantineOut, UploadOut, UploadsOut,
    read_import,
};
use crate::wire::shapes::ImportIn;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use http_body_util::BodyExt as _;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Layouts that are well known, and what a mapping may say.
#[utoipa::path(
    get, path = "/v1/imports/presets", tag = "imports", operation_id = "import_presets",
    responses((status = 200, description = "The presets", body = PresetsOut)),
)]
pub(crate) async fn presets() -> Json<PresetsOut> {
    Json(PresetsOut::new())
}

/// Send a file to be imported: its bytes as they are, packed or not. One of the same name is
/// replaced.
#[utoipa::path(
    put, path = "/v1/uploads/{name}", tag = "imports", operation_id = "upload",
    params(("name" = String, Path, description = "The file's name.", example = "orders.csv")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "It is kept", body = UploadOut)),
)]
pub(crate) async fn upload(
    State(door): State<Shared>,
    Named(name): Named,
    body: Body,
) -> Result<Json<UploadOut>, Problem> {
    let most = door.options.upload_bytes_max;
    if body.size_hint().lower() > most {
        forget(body, door.timeout());
        return Err(large(most));
    }
    let (sender, receiver) = mpsc::channel(8);
    let shop = Arc::clone(&door.shop);
    let kept = tokio::task::spawn_blocking(move || {
        shop.upload(&name, most, &mut Arriving { receiver, piece: Bytes::new(), whole: false })
    });
    let sent = feed(&door, body, &sender).await;
    drop(sender);
    let kept = kept.await.unwrap_or_else(|error| Err(Problem::internal(&error)));
    sent?;
    Ok(Json(kept?.into()))
}

/// Hands the body on as it comes. What the keeper does not want any more is read and forgotten, so
/// that its answer is heard.
async fn feed(door: &Shared, mut body: Body, to: &Sender<Option<Bytes>>) -> Result<(), Problem> {
    loop {
        let frame = tokio::time::timeout(door.timeout(), body.frame()).await;
        let stalled = |_| Problem::new("timeout", "the file came too slowly, and was not kept");
        match frame.map_err(stalled)? {
            None => {
                let _ = to.send(None).await; // a keeper that has gone says itself why
                return Ok(());
            }
            Some(Err(error)) => return Err(crate::body::cut_off(&error)),
            Some(Ok(frame)) => {
                let Ok(piece) = frame.into_data() else { continue };
                if to.send(Some(piece)).await.is_err() {
                    forget(body, door.timeout());
                    return Ok(());
                }
            }
        }
    }
}

/// A body that arrives, for who reads and waits. Its end is said, so that half a file is none.
struct Arriving {
    receiver: Receiver<Option<Bytes>>,
    piece: Bytes,
    whole: bool,
}

impl Read for Arriving {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.whole {
            match self.receiver.blocking_recv() {
                Some(Some(piece)) => self.piece = piece,
                Some(None) => self.whole = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let count = to.len().min(self.piece.len());
        to[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

/// The files that were sent.
#[utoipa::path(
    get, path = "/v1/uploads", tag = "imports", operation_id = "uploads",
    responses((status = 200, description = "The files", body = UploadsOut)),
)]
pub(crate) async fn uploads(State(door): State<Shared>) -> Result<Json<UploadsOut>, Problem> {
    let look = |shop: &dyn Shop| {
        Ok(UploadsOut { uploads: shop.uploads()?.into_iter().map(UploadOut::from).collect() })
    };
    Ok(Json(door.look(look).await?))
}

/// Forget a file that was sent.
#[utoipa::path(
    delete, path = "/v1/uploads/{name}", tag = "imports", operation_id = "remove_upload",
    params(("name" = String, Path, description = "The file's name.", example = "orders.csv")),
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn remove_upload(
    State(door): State<Shared>,
    Named(name): Named,
) -> Result<StatusCode, Problem> {
    door.look(move |shop| shop.remove_upload(&name)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an import of files that were sent would do: their first rows, the facts they tell, and what
/// would go to the quarantine.
#[utoipa::path(
    post, path = "/v1/imports/preview", tag = "imports", operation_id = "preview_import",
    request_body(content = ImportIn, content_type = "application/json"),
    responses((status = 200, description = "What it would do", body = PreviewOut)),
)]
pub(crate) async fn preview(
    State(door): State<Shared>,
    content: Content,
) -> Result<Json<PreviewOut>, Problem> {
    let (files, layout) = content.read(read_import)?;
    let look = move |shop: &dyn Shop| Ok(PreviewOut::new(&layout, shop.preview(&files, &layout)?));
    Ok(Json(door.look(look).await?))
}

/// Import files that were sent, beside serving. See `GET /v1/jobs` for how it goes.
#[utoipa::path(
    post, path = "/v1/imports", tag = "imports", operation_id = "start_import",
    request_body(content = ImportIn, content_type = "application/json"),
    responses((status = 202, description = "It runs", body = ImportStartedOut)),
)]
pub(crate) async fn start(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    content: Content,
) -> Result<(StatusCode, Json<ImportStartedOut>), Problem> {
    let (files, layout) = content.read(read_import)?;
    let look =
        move |shop: &dyn Shop| Ok(ImportStartedOut::from(shop.import(&files, &layout, &caller.0)?));
    Ok((StatusCode::ACCEPTED, Json(door.look(look).await?)))
}

/// Imports and what came of them, the newest first; also those of the command line.
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports", operation_id = "imports",
    responses((status = 200, description = "The imports", body = ImportsOut)),
)]
pub(crate) async fn list(State(door): State<Shared>) -> Result<Json<ImportsOut>, Problem> {
    Ok(Json(door.look(|shop: &dyn Shop| Ok(ImportsOut::new(shop.imports()?))).await?))
}

/// Rows that an import kept away, each with its place and what is wrong with it.
#[utoipa::path(
    get, path = "/v1/imports/{id}/quarantine", tag = "imports", operation_id = "quarantine",
    params(
        ("id" = String, Path, description = "The import.", example = "1793534400000-1f0a9c3e"),
        ("offset" = Option<u64>, Query, description = "Rows passed over. Default 0.", example = 50),
        ("count" = Option<u64>, Query, description = "How many, 1 to 200. Default 20.", example = 50),
    ),
    responses((status = 200, description = "The rows", body = QuarantineOut)),
)]
pub(crate) async fn quarantine(
    State(door): State<Shared>,
    Named(id): Named,
    asked: Asked,
) -> Result<Json<QuarantineOut>, Problem> {
    let (offset, count) = asked.read(read_rows)?;
    let look = move |shop: &dyn Shop| {
        let found = shop.quarantined(&id, offset, count)?;
        let unknown = || Problem::new("import_unknown", format!("no import is called {id:?}"));
        Ok(QuarantineOut::new(offset, found.ok_or_else(unknown)?))
    };
    Ok(Json(door.look(look).await?))
}
