//! What happens to every request, whatever it asks?
//!
//! Two functions, each read from top to bottom. [`name`] wraps everything, also what is no route:
//! it names the request and puts problems into words. [`admit`] wraps each route: it decides
//! whether the request may come in, bounds its time, counts it and logs it.

use crate::Problem;
use crate::door::{Door, Shared};
use crate::routes::Route;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use govern::{KeyError, Scopes};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The request's name, as its answer, its problem and the log carry it.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) Box<str>);

/// Who is calling: a key's name, or `open` where none is asked for; and what they may do.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Box<str>, pub(crate) Scopes);

/// One route and everything that requests share.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) door: Shared,
    pub(crate) route: &'static Route,
    pub(crate) place: usize,
}

/// Names the request, and puts a problem into words with that name.
pub(crate) async fn name(State(door): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = match sent_id(request.headers()) {
        Some(id) => id.into(),
        None => door.fresh_name().into_boxed_str(),
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.respond(&id);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Lets the request in or not, bounds its time, counts and logs it.
pub(crate) async fn admit(
    State(at): State<Admission>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let door = &at.door;
    let id = request.extensions().get::<RequestId>().cloned();
    let caller = match enter(&at, request.headers()) {
        Ok(caller) => caller,
        Err(problem) => {
            let response = problem.clone().into_response();
            note(&at, started.elapsed(), problem.code.status, id.as_ref(), None);
            return response;
        }
    };
    let _place = Place::taken(&door.metrics.in_flight);
    request.extensions_mut().insert(caller.clone());
    let answer = next.run(request);
    let response = if at.route.patient {
        answer.await
    } else {
        tokio::time::timeout(door.timeout(), answer).await.unwrap_or_else(|_| {
            let limit = door.options.timeout_ms;
            Problem::new("timeout", format!("no answer within {limit} ms")).into_response()
        })
    };
    let problem = response.extensions().get::<Problem>();
    let status = problem.map_or_else(|| response.status().as_u16(), |p| p.code.status);
    note(&at, started.elapsed(), status, id.as_ref(), Some(&caller));
    response
}

/// May this request come in, and whose is it?
fn enter(at: &Admission, headers: &HeaderMap) -> Result<Caller, Problem> {
    let door = &at.door;
    let Some(needed) = at.route.scope else {
        return Ok(Caller("anybody".into(), Scopes::default()));
    };
    if door.is_draining() {
        return Err(Problem::new("shutting_down", "this server is going down; try another"));
    }
    if door.metrics.in_flight.load(Ordering::Relaxed) >= door.options.in_flight_max {
        door.metrics.shed.fetch_add(1, Ordering::Relaxed);
        return Err(Problem::new("overloaded", "too many requests are in work"));
    }
    let (name, scopes) = match presented(headers) {
        // A page's cookie from another server on this host must not lock anybody out.
        Some(_) if door.options.open && door.keys.is_empty() => ("open", Scopes::ALL),
        None if door.options.open => ("open", Scopes::ALL),
        None => {
            let detail = "send the key as \"Authorization: Bearer KEY\" or \"X-Api-Key: KEY\"";
            return Err(Problem::new("key_missing", detail));
        }
        Some(secret) => match door.keys.find(secret, door.shop.now()) {
            Ok(key) => (&*key.name, key.scopes),
            Err(error @ (KeyError::Unknown | KeyError::Expired { .. })) => {
                return Err(Problem::new("key_unknown", error.to_string()));
            }
        },
    };
    if !scopes.allow(needed) && !at.route.or.is_some_and(|other| scopes.allow(other)) {
        let or = at.route.or.map_or(String::new(), |other| format!(" or {other}"));
        let detail = format!("key {name:?} lacks the scope {needed}{or}");
        return Err(Problem::new("key_scope", detail));
    }
    if let Some(Err(wait_ns)) = door.buckets.get(name).map(crate::limits::Bucket::take) {
        let wait_s = u32::try_from(wait_ns.div_ceil(1_000_000_000)).unwrap_or(u32::MAX).max(1);
        let problem = Problem::new("rate_limit", format!("key {name:?}: wait {wait_s} s"));
        return Err(Problem { retry_after_s: Some(wait_s), ..problem });
    }
    Ok(Caller(name.into(), scopes))
}

/// The key that a request carries.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| {
        let (scheme, secret) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
    });
    bearer.or_else(|| headers.get(API_KEY)?.to_str().ok()).or_else(|| cookie(headers))
}

/// The key in the cookie that signing in has set.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|p| p.trim().split_once('='));
    let found = pairs.find(|(name, _)| *name == crate::api::operation::COOKIE);
    found.map(|(_, secret)| secret).filter(|secret| !secret.is_empty())
}

/// Name and scopes of the key that a request carries, if it is known.
pub(crate) fn key_of<'a>(door: &'a Door, headers: &HeaderMap) -> Option<(&'a str, Scopes)> {
    let key = door.keys.find(presented(headers)?, door.shop.now()).ok()?;
    Some((&*key.name, key.scopes))
}

/// The name that the sender gave the request, if it is fit for a log.
fn sent_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    ((1..=64).contains(&id.len()) && id.bytes().all(sound)).then_some(id)
}

/// Counts and logs. The route's template is logged, never the path: paths carry customers' ids.
fn note(
    at: &Admission,
    took: Duration,
    status: u16,
    id: Option<&RequestId>,
    caller: Option<&Caller>,
) {
    at.door.metrics.routes[at.place].answered(status, took);
    let (method, route) = (at.route.method, at.route.path);
    let id = id.map_or("", |id| &*id.0);
    let key = caller.map_or("", |caller| &*caller.0);
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    match status {
        500.. => tracing::warn!(method, route, status, took_us, key, id, "answered"),
        400.. => tracing::info!(method, route, status, took_us, key, id, "answered"),
        _ => tracing::debug!(method, route, status, took_us, key, id, "answered"),
    }
}

/// One of a counted number, given back when dropped, also when the request is cut off.
pub(crate) struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    pub(crate) fn taken(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
