//! What may be configured? The `[server.webhooks]` section.

use serde::{Deserialize, Serialize};

/// How webhooks are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookOptions {
    /// Seconds to wait after each failed attempt, 1 to 604,800 each, at most 20; with the last of
    /// them gone, a message goes to the dead letters. Default 5 s, 5 min, 30 min, 2 h, 5 h, 10 h,
    /// 14 h, 20 h, 24 h, as Standard Webhooks proposes.
    pub retry_s: Vec<u32>,
    /// Longest time for a receiver's answer, in milliseconds, 100 to 120,000. Default 15,000.
    pub timeout_ms: u64,
    /// Send to addresses of the public internet alone, so that a webhook cannot be used to reach
    /// machines of one's own network. Default false: a shop's own systems are often there.
    pub public_only: bool,
    /// Dead letters of one webhook before it stops, 1 to 100,000. Default 10,000.
    pub dead_max: usize,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        let (minute, hour) = (60, 3_600);
        Self {
            retry_s: vec![
                5,
                5 * minute,
                30 * minute,
                2 * hour,
                5 * hour,
                10 * hour,
                14 * hour,
                20 * hour,
                24 * hour,
            ],
            timeout_ms: 15_000,
            public_only: false,
            dead_max: 10_000,
        }
    }
}
