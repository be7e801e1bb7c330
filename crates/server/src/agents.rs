//! What can a language model ask, and how is it told?
//!
//! The Model Context Protocol over its Streamable HTTP transport, without sessions: each POST is
//! one message and its answer is JSON. Whether the caller may come in, how often and for how long,
//! `calls` has decided before; `rmcp` speaks the protocol in each of its versions. What it finds
//! here are tools, which read what they are told as the API does and are answered by the functions
//! that answer the API: a decision asked for by a model is recorded like any other.

pub(crate) mod args;
mod schema;
pub(crate) mod tools;

use crate::Problem;
use crate::api::recommend::ASK_BYTES_MAX;
use crate::body::{Content, Form};
use crate::calls::{Caller, RequestId};
use crate::door::{Door, Shared};
use crate::wire::report::shown;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, Full};
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorCode,
    ErrorData, Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities,
    ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use std::sync::Arc;
use tools::{TOOLS, Told, Tool};

/// How long a client may keep the list of tools.
const LIST_KEPT_MS: u64 = 300_000;

/// What a client shows to whoever connects this server, and to the model.
const INSTRUCTIONS: &str = "\
掌柜回答一家店的问题：给这位顾客看什么、有哪些商品、顾客是谁、为什么这样决定。\
先用 recommend 得到商品编号和 decision_id，用 find_items 的 ids 查标题和价格，用 explain_decision 问理由。\
列出的工具取决于所用的密钥。

Shopkeeper answers for one shop: what to show this customer, which items there are, what is known \
of a customer, and why something was decided. Ask recommend first: it gives item ids and a \
decision_id. Then find_items with these ids for titles and prices, and explain_decision for the \
reasons. Which tools are listed depends on the key.";

/// One message of a client, and its answer.
///
/// # Errors
/// `origin_refused`, `body_large`, `media_type`, `internal`. What is wrong with the message itself
/// is said in JSON-RPC's own words.
pub(crate) async fn speak(
    State(door): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    content: Content,
) -> Result<Response, Problem> {
    check_origin(&door, &headers)?;
    content.at_most(ASK_BYTES_MAX)?;
    if content.form != Form::Json {
        let seen = "lines";
        return Err(Problem::field("media_type", "Content-Type", seen, "application/json"));
    }
    let message = match serde_json::from_slice::<Value>(&content.bytes) {
        Ok(message @ Value::Object(_)) => message,
        Ok(Value::Array(_)) => {
            let why = "batches are not taken: send one message in each request";
            return Ok(refused(StatusCode::BAD_REQUEST, None, ErrorCode::INVALID_REQUEST, why));
        }
        Ok(other) => {
            let why = format!("a message is a JSON object, not {}", shown(&other));
            return Ok(refused(StatusCode::BAD_REQUEST, None, ErrorCode::INVALID_REQUEST, &why));
        }
        Err(error) => {
            let why = format!("the body is not JSON: {error}");
            return Ok(refused(StatusCode::BAD_REQUEST, None, ErrorCode::PARSE_ERROR, &why));
        }
    };
    let agent = Agent { door, caller, request_id };
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(ASK_BYTES_MAX);
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(agent.clone()), sessions, config);
    let answer = service.handle(inner(&headers, content.bytes)?).await;
    in_words(answer.map(Body::new), message.get("id")).await
}

/// A page of another site, shown by a browser on this network, must not ask in its visitor's name
/// (DNS rebinding). Browsers name the page's origin; other programs name none.
fn check_origin(door: &Door, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let listed = |one: &String| one == "*" || origin.as_bytes() == one.as_bytes();
    if door.options.origins.iter().any(listed) {
        return Ok(());
    }
    let detail = format!("{origin:?} is not among [server] origins");
    Err(Problem::new("origin_refused", detail))
}

/// The request as `rmcp` gets it: of its headers only those of the protocol, so that no key comes
/// further than here. What it would ask of `Accept` and `Host` is ours: answers are always JSON,
/// and origins are checked.
fn inner(headers: &HeaderMap, bytes: Bytes) -> Result<Request<Full<Bytes>>, Problem> {
    let mut request = Request::post("/mcp").body(Full::new(bytes)).map_err(broken)?;
    let own = headers.iter().filter(|(name, _)| name.as_str().starts_with("mcp-"));
    let kept = request.headers_mut();
    for (name, value) in own {
        kept.append(name, value.clone());
    }
    kept.insert(header::HOST, HeaderValue::from_static("localhost"));
    kept.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let both = HeaderValue::from_static("application/json, text/event-stream");
    kept.insert(header::ACCEPT, both);
    Ok(request)
}

fn broken(error: impl std::error::Error) -> Problem {
    Problem::internal(&error)
}

/// The answer, or, where `rmcp` refuses in plain text, the same refusal in JSON-RPC.
async fn in_words(answer: Response, id: Option<&Value>) -> Result<Response, Problem> {
    let status = answer.status();
    if status.is_server_error() {
        return Err(Problem::new("internal", "the message got no answer; see the server's log"));
    }
    if status.is_success() || answer.headers().get(header::CONTENT_TYPE).is_some_and(is_json) {
        return Ok(answer);
    }
    let why = if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        "this is no message of JSON-RPC 2.0, or its parameters are not what its method takes".into()
    } else {
        let text = answer.into_body().collect().await.map_err(broken)?.to_bytes();
        String::from_utf8_lossy(&text).into_owned()
    };
    Ok(refused(StatusCode::BAD_REQUEST, id, ErrorCode::INVALID_REQUEST, &why))
}

fn is_json(value: &HeaderValue) -> bool {
    value.as_bytes().starts_with(b"application/json")
}

fn refused(status: StatusCode, id: Option<&Value>, code: ErrorCode, message: &str) -> Response {
    let id = id.filter(|id| id.is_string() || id.is_number());
    let error = json!({"code": code.0, "message": message});
    (status, axum::Json(json!({"jsonrpc": "2.0", "id": id, "error": error}))).into_response()
}

/// What `rmcp` asks on behalf of one caller, for one message.
#[derive(Clone)]
struct Agent {
    door: Shared,
    caller: Caller,
    request_id: Box<str>,
}

impl Agent {
    fn may(&self, tool: &Tool) -> bool {
        self.caller.1.allow(tool.scope)
    }

    async fn call(&self, tool: &Tool, call: CallToolRequestParams) -> Result<Told, Problem> {
        if !self.may(tool) {
            let (key, Tool { name, scope, .. }) = (&self.caller.0, tool);
            let detail = format!("key {key:?} lacks the scope {scope}, which {name} needs");
            return Err(Problem::new("key_scope", detail));
        }
        tool.what.answer(&self.door, &call.arguments.unwrap_or_default()).await
    }
}

impl ServerHandler for Agent {
    fn get_info(&self) -> ServerConfig {
        let about = Implementation::new("shopkeeper", env!("CARGO_PKG_VERSION"))
            .with_title("Shopkeeper 掌柜");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(about)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let listed = TOOLS.iter().filter(|tool| self.may(tool)).map(Tool::described);
        Ok(ListToolsResult {
            ttl_ms: Some(LIST_KEPT_MS),
            cache_scope: Some(CacheScope::Private), // it depends on the key
            ..ListToolsResult::with_all_items(listed.collect())
        })
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == call.name) else {
            let names: Vec<&str> =
                TOOLS.iter().filter(|tool| self.may(tool)).map(|tool| tool.name).collect();
            let seen = shown(&Value::from(&*call.name));
            let why = format!("no tool is called {seen:?}; there are {}", names.join(", "));
            return Err(ErrorData::invalid_params(why, None));
        };
        let result = match self.call(tool, call).await {
            Ok(told) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(told.text)]);
                result.structured_content = Some(told.whole);
                result
            }
            Err(problem) => {
                let told = serde_json::to_string(&problem.told(&self.request_id));
                CallToolResult::error(vec![ContentBlock::text(told.unwrap_or_default())])
            }
        };
        Ok(result.into())
    }
}
