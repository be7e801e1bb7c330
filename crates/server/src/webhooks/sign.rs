//! How does a receiver know that a message is ours? Signatures as Standard Webhooks has them.
//!
//! The signature is HMAC-SHA256 over `id.timestamp.body` in base64, behind `v1,`. A secret is
//! `whsec_` and base64 of its bytes. See the Standard Webhooks specification, "Signature scheme".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// A secret of these bytes.
pub(super) fn secret_of(chance: [u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(chance))
}

/// The signatures of a message, one by each secret, separated by blanks.
pub(super) fn sign(secrets: &[String], id: &str, at_s: i64, body: &str) -> String {
    let one = |secret: &String| {
        let text = secret.strip_prefix(PREFIX).unwrap_or(secret);
        let bytes = STANDARD.decode(text).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).ok()?;
        for part in [id, ".", &at_s.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.iter().filter_map(one).collect::<Vec<_>>().join(" ")
}
