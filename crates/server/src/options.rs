//! What may be configured? The `[server]` section.

use crate::WebhookOptions;
use govern::{KeyOptions, Keys, KeysError};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// How the server listens, whom it lets in and how much it takes at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerOptions {
    /// Address and port; port 0 takes any free one. Default 127.0.0.1:7788. A server that other
    /// machines reach belongs behind a proxy that speaks TLS.
    pub listen: SocketAddr,
    /// Let everybody do everything without a key. Only on a loopback address. Default false.
    pub open: bool,
    /// Who may do what. At least one, unless `open`.
    pub keys: Vec<KeyOptions>,
    /// Largest body, after decompression too, in bytes; 1 KiB to 1 GiB. Default 16 MiB.
    pub body_bytes_max: usize,
    /// Largest file to import that is taken, as it is sent, in bytes; 1 KiB to 1 TiB. Default 4 GiB.
    pub upload_bytes_max: u64,
    /// Most events, items, … in one request, 1 to 1,000,000. Default 10,000.
    pub batch_max: usize,
    /// Longest time for one answer, in milliseconds, 10 to 600,000. Default 10,000. Then 504.
    pub timeout_ms: u64,
    /// Longest time for a sender's headers, in milliseconds, 100 to 600,000. Default 10,000: slow
    /// senders must not hold connections.
    pub header_timeout_ms: u64,
    /// Requests in work at once, 1 to 100,000; beyond them 503 at once. Default 1,024.
    pub in_flight_max: usize,
    /// Connections open at once, 1 to 1,000,000; more wait to be accepted. Default 10,000.
    pub connections_max: usize,
    /// Asks that are thought about at once, 0 to 1,024; 0 takes one for each core. Default 0.
    pub thinking_max: usize,
    /// Asks that wait for their turn, 1 to 100,000; beyond them 503 at once. Default 256: at 5 ms
    /// for each on 2 cores the last one waits about 0.6 s.
    pub waiting_max: usize,
    /// Web origins whose pages may call (CORS); `*` for all. Default none.
    pub origins: Vec<String>,
    /// Directory with pictures of items, which are answered below `/shop/pictures/`. Default none.
    pub pictures: Option<std::path::PathBuf>,
    /// How webhooks are sent.
    pub webhooks: WebhookOptions,
    /// Longest time for running requests to end when the server goes down, in milliseconds.
    /// Default 10,000.
    pub drain_ms: u64,
    /// Currency of amounts that come without one. Default CNY.
    pub currency: String,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7788)),
            open: false,
            keys: Vec::new(),
            body_bytes_max: 16 << 20,
            upload_bytes_max: 4 << 30,
            batch_max: 10_000,
            timeout_ms: 10_000,
            header_timeout_ms: 10_000,
            in_flight_max: 1_024,
            connections_max: 10_000,
            thinking_max: 0,
            waiting_max: 256,
            origins: Vec::new(),
            pictures: None,
            webhooks: WebhookOptions::default(),
            drain_ms: 10_000,
            currency: "CNY".into(),
        }
    }
}

/// Why the server cannot run as configured.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A number out of range.
    #[error("server.{field} is {seen}; allowed: {allowed}")]
    Option {
        /// Which option.
        field: &'static str,
        /// As configured.
        seen: String,
        /// What is allowed.
        allowed: String,
    },
    /// The keys are wrong.
    #[error("server.keys: {0}")]
    Keys(#[from] KeysError),
    /// Nobody could call, or everybody could.
    #[error(
        "server.keys is empty: add a key, or set server.open = true on a loopback address to let \
         every program on this machine in"
    )]
    KeysNone,
    /// Open to the world.
    #[error("server.open = true is allowed on loopback addresses only, and server.listen is {0}")]
    OpenToAll(SocketAddr),
    /// The webhooks cannot be read.
    #[error(
        "the webhooks in the data directory cannot be used: {0}; restore or remove the file webhooks.json"
    )]
    Webhooks(std::io::Error),
    /// The address cannot be had.
    #[error("listening on {address}: {source}; is another server running there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ServerOptions {
    /// Checks every option and makes the keys.
    ///
    /// # Errors
    /// The first [`ServerError`] found.
    pub fn check(&self) -> Result<Keys, ServerError> {
        range("body_bytes_max", self.body_bytes_max, 1 << 10, 1 << 30)?;
        range("upload_bytes_max", self.upload_bytes_max, 1 << 10, 1 << 40)?;
        range("batch_max", self.batch_max, 1, 1_000_000)?;
        range("timeout_ms", self.timeout_ms, 10, 600_000)?;
        range("header_timeout_ms", self.header_timeout_ms, 100, 600_000)?;
        range("in_flight_max", self.in_flight_max, 1, 100_000)?;
        range("connections_max", self.connections_max, 1, 1_000_000)?;
        range("thinking_max", self.thinking_max, 0, 1_024)?;
        range("waiting_max", self.waiting_max, 1, 100_000)?;
        range("webhooks.retry_s (how many)", self.webhooks.retry_s.len(), 1, 20)?;
        for wait_s in &self.webhooks.retry_s {
            range("webhooks.retry_s", *wait_s, 1, 604_800)?;
        }
        range("webhooks.timeout_ms", self.webhooks.timeout_ms, 100, 120_000)?;
        range("webhooks.dead_max", self.webhooks.dead_max, 1, 100_000)?;
        range("drain_ms", self.drain_ms, 0, 600_000)?;
        self.shop_currency()?;
        for origin in &self.origins {
            let sound = axum::http::HeaderValue::from_str(origin).is_ok();
            if !sound || (origin != "*" && !origin.contains("://")) {
                return Err(ServerError::Option {
                    field: "origins",
                    seen: format!("{origin:?}"),
                    allowed: "origins such as https://shop.example, or *".into(),
                });
            }
        }
        let keys = Keys::new(&self.keys)?;
        if self.open && !self.listen.ip().is_loopback() {
            return Err(ServerError::OpenToAll(self.listen));
        }
        if keys.is_empty() && !self.open {
            return Err(ServerError::KeysNone);
        }
        Ok(keys)
    }

    pub(crate) fn shop_currency(&self) -> Result<commerce::Currency, ServerError> {
        commerce::Currency::parse(&self.currency).map_err(|_| ServerError::Option {
            field: "currency",
            seen: self.currency.clone(),
            allowed: "an ISO 4217 code such as CNY".into(),
        })
    }
}

fn range<T: Copy + PartialOrd + std::fmt::Display>(
    field: &'static str,
    found: T,
    least: T,
    most: T,
) -> Result<(), ServerError> {
    if (&least..=&most).contains(&&found) {
        return Ok(());
    }
    let (seen, allowed) = (found.to_string(), format!("{least} to {most}"));
    Err(ServerError::Option { field, seen, allowed })
}
