//! How does a message get out? One signed POST, and what the receiver said.

use super::options::WebhookOptions;
use super::sign::sign;
use commerce::At;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// Bytes of a refusal that are told on.
const WHY_BYTES: u64 = 300;

/// Sends messages. Connections are kept for the next.
#[derive(Debug)]
pub(super) struct Courier(Agent);

/// A message, ready to go.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) url: String,
    pub(super) secrets: Vec<String>,
    pub(super) id: String,
    pub(super) body: String,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// The receiver's status, if there was an answer.
    pub(crate) status: Option<u16>,
    pub(crate) took_ms: f64,
    /// Why it counts as not arrived, if it does.
    pub(crate) why: Option<String>,
    /// When the receiver wants it again, in seconds.
    pub(crate) again_s: Option<u32>,
}

impl Courier {
    pub(super) fn new(options: &WebhookOptions) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(known_roots())
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0) // a redirect is no delivery, and could lead anywhere
            .timeout_global(Some(Duration::from_millis(options.timeout_ms)))
            .user_agent(concat!("Shopkeeper/", env!("CARGO_PKG_VERSION")))
            .build();
        let names = Names { inner: DefaultResolver::default(), public_only: options.public_only };
        Self(Agent::with_parts(config, DefaultConnector::default(), names))
    }

    /// Tries once.
    pub(super) fn send(&self, message: &Message, now: At) -> Outcome {
        let started = Instant::now();
        let at_s = now.ms().div_euclid(1_000);
        let signature = sign(&message.secrets, &message.id, at_s, &message.body);
        let answer = self
            .0
            .post(&message.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", at_s.to_string())
            .header("webhook-signature", signature)
            .send(&message.body);
        let (status, why, again_s) = match answer {
            Err(error) => (None, Some(error.to_string()), None),
            Ok(mut answer) => {
                let status = answer.status();
                let again_s = answer.headers().get("retry-after");
                let again_s = again_s.and_then(|value| value.to_str().ok()?.parse().ok());
                let body = answer.body_mut().with_config().limit(WHY_BYTES).read_to_string();
                let said = body.unwrap_or_default();
                let why = (!status.is_success()).then(|| format!("{status} {said}").trim().into());
                (Some(status.as_u16()), why, again_s)
            }
        };
        Outcome { status, took_ms: started.elapsed().as_secs_f64() * 1e3, why, again_s }
    }
}

/// The authorities that this system trusts.
fn known_roots() -> RootCerts {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of this system cannot be read");
    }
    let certs = found.certs.iter().map(|cert| Certificate::from_der(cert).to_owned());
    RootCerts::Specific(Arc::new(certs.collect()))
}

/// Finds addresses, and passes over those of one's own network where only the public internet is
/// allowed.
#[derive(Debug)]
struct Names {
    inner: DefaultResolver,
    public_only: bool,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if !self.public_only {
            return Ok(found);
        }
        let mut public = self.empty();
        let allowed = |address: &&SocketAddr| is_public(address.ip());
        found.iter().filter(allowed).for_each(|address| public.push(*address));
        if public.is_empty() {
            return Err(Error::Other(
                "the receiver is not in the public internet, and server.webhooks.public_only is set"
                    .into(),
            ));
        }
        Ok(public)
    }
}

/// Whether an address is one of the public internet.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let tests = matches!((a, b, c), (192, 0, 0) | (198, 18 | 19, _));
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_broadcast()
                || ip.is_documentation()
                || ip.is_multicast()
                || a == 0
                || a >= 240
                || shared
                || tests)
        }
        IpAddr::V6(ip) => {
            let local =
                (ip.segments()[0] & 0xfe00) == 0xfc00 || (ip.segments()[0] & 0xffc0) == 0xfe80;
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || local)
        }
    }
}
