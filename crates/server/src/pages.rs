//! What do people see in a browser? The console, the shop page, the SDK and pictures of items.
//!
//! The pages are files of the binary, packed when it was built; they ask the API like any other
//! program. Whatever is no file below `/console` and `/shop` is an address within the page, which
//! its own script reads.

use crate::Problem;
use crate::door::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::io::Read as _;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// A file of the binary.
#[derive(Debug)]
struct File {
    path: &'static str,
    gzip: &'static [u8],
}

/// What pages may load and where they may be shown. Styles are made while a page runs.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
                      object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PICTURES: &str = "/shop/pictures/";

/// Answers what is no address of the API: a page, a picture, or a problem.
pub(crate) async fn page(State(door): State<Shared>, request: Request) -> Response {
    let unknown = || Problem::new("route_unknown", "see /openapi.json for what there is");
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return unknown().into_response();
    }
    if matches!(path, "/" | "/console") {
        return Redirect::to("/console/").into_response();
    }
    if path == "/shop" {
        return Redirect::to("/shop/").into_response();
    }
    if let Some(name) = path.strip_prefix(PICTURES) {
        return picture(&door, name).await.unwrap_or_else(|| unknown().into_response());
    }
    let within = ["/console/", "/shop/"].into_iter().find(|page| path.starts_with(page));
    let found = find(path).or_else(|| find(&format!("{}index.html", within?)));
    match (found, within) {
        (Some(file), _) => file.respond(request.headers()),
        (None, Some(page)) => not_built(page),
        (None, None) => unknown().into_response(),
    }
}

fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

impl File {
    fn respond(&self, headers: &HeaderMap) -> Response {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let takes_gzip = accepted.is_some_and(|all| all.contains("gzip"));
        let body = if takes_gzip { Body::from(self.gzip) } else { Body::from(self.plain()) };
        // Files below `assets` are called by a hash of what is in them.
        let is_lasting = self.path.contains("/assets/");
        let caching = if is_lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::CONTENT_TYPE, content_type(self.path));
        set(header::CACHE_CONTROL, caching);
        set(header::VARY, "Accept-Encoding");
        if takes_gzip {
            set(header::CONTENT_ENCODING, "gzip");
        }
        guarded(response)
    }

    fn plain(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        // Packed when the binary was built: a failure would be one of the build.
        let _ = flate2::read::GzDecoder::new(self.gzip).read_to_end(&mut plain);
        plain
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// With what keeps a page from being misused.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    response
}

fn not_built(page: &str) -> Response {
    let text = format!(
        "This server was built without its pages, of which {page} is one. Build them with Node: \
         cargo xtask pages, then build the server again.\n"
    );
    (StatusCode::NOT_FOUND, text).into_response()
}

/// A picture of the directory that the shop's operator named.
async fn picture(door: &Shared, name: &str) -> Option<Response> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.starts_with('.') || !name.bytes().all(sound) {
        return None;
    }
    let dir = door.options.pictures.as_deref()?;
    let bytes = tokio::fs::read(dir.join(name)).await.ok()?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    Some(guarded(response))
}
