//! A running server and the smallest client that can tell what it says.

use super::fake::FakeShop;
use crate::{Server, ServerOptions};
use govern::{KeyHash, KeyOptions, Scope};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A server on a port of its own; it goes down when dropped.
pub(super) struct Running {
    pub(super) address: SocketAddr,
    pub(super) shop: Arc<FakeShop>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), crate::Problem>>>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

/// Options for tests: a key for each scope (`sk-SCOPE`), one that may do everything (`sk-all`),
/// one slow one (`sk-slow`: one request a second).
pub(super) fn options() -> ServerOptions {
    let key = |name: &str, scopes: &[&str], requests_per_s| KeyOptions {
        name: name.into(),
        hash: KeyHash::of(&format!("sk-{name}")).to_string().into(),
        scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
        requests_per_s,
        burst: Some(1),
        expires_at: None,
    };
    let mut keys: Vec<KeyOptions> =
        Scope::ALL.iter().map(|scope| key(scope.name(), &[scope.name()], 0)).collect();
    keys.push(key("all", &Scope::ALL.map(Scope::name), 0));
    keys.push(key("slow", &["admin"], 1));
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    ServerOptions { listen, keys, thinking_max: 2, ..ServerOptions::default() }
}

impl Running {
    pub(super) fn new() -> Self {
        Self::with(options())
    }

    pub(super) fn with(options: ServerOptions) -> Self {
        let shop = Arc::new(FakeShop::default());
        let (started, starting) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let behind = Arc::clone(&shop);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let server = Server::bind(options, behind).await.unwrap();
                started.send(server.address()).unwrap();
                server.run(async { drop(stopped.await) }).await
            })
        });
        let address = starting.recv().unwrap();
        Self { address, shop, stop: Some(stop), thread: Some(thread) }
    }

    /// Tells the server to go down, and does not wait.
    pub(super) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it is down.
    pub(super) fn wait(&mut self) -> Result<(), crate::Problem> {
        self.thread.take().unwrap().join().unwrap()
    }

    pub(super) fn get(&self, path: &str) -> Reply {
        self.call("GET", path, "Authorization: Bearer sk-all\r\n", b"")
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Reply {
        self.call("POST", path, "X-Api-Key: sk-all\r\n", body.as_bytes())
    }

    /// Sends one request; `headers` end in CR LF each.
    pub(super) fn call(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
        let mut stream = self.send(method, path, headers, body);
        Reply::read(&mut stream)
    }

    /// Sends one request and does not wait for its answer.
    pub(super) fn send(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(body);
        stream
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shop.let_go();
        self.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Reply {
    pub(super) fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes); // a reset after an early refusal is fine
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self { status: status.unwrap_or(0), head: head.to_lowercase(), body: body.into() }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Status and problem code.
    pub(super) fn code(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or("none").to_owned();
        (self.status, code)
    }
}
