//! Does any request break the server? Real HTTP to a real server in this process.
//!
//! Broken is: status 500, a connection that closes without an answer, a panic anywhere behind.

use crate::mutate::{Dice, mutated};
use crate::shop::Shop;
use anyhow::{Context, Result, bail};
use server::{Server, ServerOptions};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Sound requests: method, path, body.
const REQUESTS: &[(&str, &str, &str)] = &[
    (
        "POST",
        "/v1/events?ack=memory",
        r#"{"event_id":"e1","event":"purchase","timestamp":"2026-11-11T20:00:00+08:00","customer_id":"c1","device_id":"d1","session_id":"s1","transaction_id":"o1","value":12.5,"currency":"CNY","coupon":"x","items":[{"item_id":"i1","quantity":2,"price":"6.25"}],"context":{"place":"SH","channel":"app","referrer":"r","device_class":"phone"}}"#,
    ),
    (
        "POST",
        "/v1/events?ack=memory&results=rejected",
        r#"[{"event_id":"e2","event":"view_item","customer_id":"c2","items":[{"item_id":"i2"}],"dwell_ms":100},{"event_id":"e3","event":"rate_item","device_id":"d","rating":4.5,"items":[{"item_id":"i3"}]},{"event_id":"e4","event":"search","session_id":"s","search_term":"kettle"},{"event_id":"e5","event":"login","customer_id":"c1","device_id":"d9"}]"#,
    ),
    (
        "POST",
        "/v1/consents?ack=memory",
        r#"{"customer_id":"c1","purpose":"personalisation","granted":false}"#,
    ),
    ("POST", "/v1/identities?ack=memory", r#"{"customer_id":"c1","device_id":"d1","linked":true}"#),
    (
        "POST",
        "/v1/items?ack=memory",
        r#"[{"item_id":"i1","title_en":"Kettle","title_zh":"水壶","category":["Home","Tea"],"brand":"B","merchant_id":"m","price":12.5,"stock":3,"active":true,"attributes":{"colour":"red"}}]"#,
    ),
    ("POST", "/v1/merchants?ack=memory", r#"[{"merchant_id":"m","name":"Tea House"}]"#),
    ("PUT", "/v1/items/i9", r#"{"title_en":"Cup","category":["Home"],"price":"3","stock":0}"#),
    ("DELETE", "/v1/items/i9", ""),
    (
        "POST",
        "/v1/stock?ack=memory",
        r#"[{"item_id":"i1","left":12},{"item_id":"i2","change":-4}]"#,
    ),
    (
        "POST",
        "/v1/customers?ack=memory",
        r#"[{"customer_id":"c1","interests":["Tea"],"place":"SH","attributes":{"tier":"gold"}}]"#,
    ),
    ("GET", "/v1/customers/c1", ""),
    (
        "POST",
        "/mcp",
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recommend","arguments":{"surface":"home","customer_id":"c1","count":5,"filter":{"price_max":100}}}}"#,
    ),
    (
        "POST",
        "/v1/recommend/home",
        r#"{"customer_id":"c1","device_id":"d1","count":20,"detail":"full","filter":{"categories":["Tea"],"brands":["B"],"price_min":1,"price_max":"100","in_stock":true,"exclude":["i1"],"attributes":{"colour":"red"},"currency":"CNY"},"boosts":[{"category":"Tea","factor":2}],"pins":[{"item_id":"i1","at":0}],"bury":["i2"]}"#,
    ),
    ("GET", "/v1/recommend/home?customer_id=c1&count=3", ""),
    ("POST", "/v1/recommend/similar", r#"{"items":["i1"],"count":5}"#),
    ("GET", "/v1/recommend/complements?items=i1&count=5", ""),
    ("POST", "/v1/recommend/cart", r#"{"customer_id":"c1","items":["i1","i2"],"count":5}"#),
    (
        "POST",
        "/v1/recommend/session",
        r#"{"session_id":"s1","items":["i1","i2","i3"],"count":500}"#,
    ),
    ("POST", "/v1/recommend/buy-again", r#"{"customer_id":"c1","count":5}"#),
    (
        "POST",
        "/v1/recommend/rank",
        r#"{"customer_id":"c1","items":["i1","i2","i3","nope"],"count":4}"#,
    ),
    (
        "POST",
        "/v1/recommend/batch",
        r#"{"asks":[{"surface":"home","customer_id":"c1"},{"surface":"similar","items":["i1"]}]}"#,
    ),
    ("GET", "/v1/recommend/pages/019a7356-4c00-7d3e-9c1f-0242ac120002.10.10", ""),
    ("GET", "/v1/decisions/019a7356-4c00-7d3e-9c1f-0242ac120002/explain?language=zh", ""),
    ("POST", "/v1/models/recommend/promote", r#"{"version":1,"note":"n","force":true}"#),
    ("POST", "/v1/models/recommend/rollback", r#"{"note":"n"}"#),
    ("GET", "/v1/audits?actor=a&limit=5", ""),
    ("GET", "/v1/experiments", ""),
    ("GET", "/metrics", ""),
    ("GET", "/problems/field_invalid", ""),
];

/// A running server and one connection to it.
pub struct Door {
    address: SocketAddr,
    stream: Option<TcpStream>,
    _dir: tempfile::TempDir,
}

impl Door {
    pub fn open(shop: &Shop) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let app = shop.opened(dir.path())?;
        let mut options = ServerOptions { open: true, batch_max: 100, ..Default::default() };
        options.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(async {
                let behind: Arc<dyn server::Shop> = app;
                let server = Server::bind(options, behind).await?;
                sender.send(server.address())?;
                server
                    .run(std::future::pending())
                    .await
                    .map_err(|p| anyhow::anyhow!("{}", p.detail))
            })
        });
        Ok(Self { address: receiver.recv()?, stream: None, _dir: dir })
    }

    pub fn knock(&mut self, dice: &mut Dice) -> Result<Vec<u8>> {
        let &(method, path, body) = dice.one(REQUESTS);
        let other = dice.one(REQUESTS).2.as_bytes();
        let (mut path, mut body) = (path.as_bytes().to_vec(), body.as_bytes().to_vec());
        if dice.below(3) == 0 {
            path = mutated(dice, &path, b"?count=1&count=2", 2_000);
        }
        if dice.below(4) != 0 {
            body = mutated(dice, &body, other, 100_000);
        }
        let mut request = format!("{method} ").into_bytes();
        for byte in path {
            match byte {
                b'!'..=b'~' => request.push(byte),
                other => request.extend_from_slice(format!("%{other:02X}").as_bytes()),
            }
        }
        let form = if dice.below(8) == 0 { "application/x-ndjson" } else { "application/json" };
        let gzip = if dice.below(20) == 0 { "content-encoding: gzip\r\n" } else { "" };
        let length = body.len();
        request.extend_from_slice(format!(" HTTP/1.1\r\nhost: x\r\ncontent-type: {form}\r\n{gzip}content-length: {length}\r\n\r\n").as_bytes());
        request.extend_from_slice(&body);
        Ok(request)
    }

    pub fn send(&mut self, request: &[u8]) -> Result<()> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address)?,
        };
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let written = stream.write_all(request);
        let mut bytes = Vec::new();
        let mut block = [0; 16 << 10];
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            let got = stream.read(&mut block).context("no answer")?;
            if got == 0 {
                bail!("closed without an answer ({written:?})");
            }
            bytes.extend_from_slice(&block[..got]);
        };
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let length =
            text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.and_then(|digits| digits.parse().ok()).unwrap_or(0);
        while bytes.len() < head + length {
            let got = stream.read(&mut block).context("half an answer")?;
            if got == 0 {
                bail!("closed within an answer");
            }
            bytes.extend_from_slice(&block[..got]);
        }
        if text.starts_with("http/1.1 500") {
            bail!("{}", String::from_utf8_lossy(&bytes));
        }
        // A request line that is refused outright, or a body not read, ends the connection.
        if !text.contains("connection: close") && !text.starts_with("http/1.1 4") {
            self.stream = Some(stream);
        }
        Ok(())
    }
}
