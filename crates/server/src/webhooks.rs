//! Who is told what happens, and does the word arrive?
//!
//! A webhook is a reader of the log with a place of its own: it looks at each fact once, and what
//! its receiver wants to hear becomes a message. A message is the fact's offset and no more, so the
//! state of all webhooks is one small file, and no outage makes a queue grow beyond its bound: a
//! webhook whose receiver is down stops reading, and goes on where it was.
//!
//! Delivery is at least once, signed as Standard Webhooks asks. A message keeps its id over all
//! attempts, by which a receiver knows it again. What failed too often goes to the dead letters.
//!
//! | room | the question it answers |
//! |---|---|
//! | `endpoint` | what is remembered of a webhook? |
//! | `sign` | how does a receiver know that a message is ours? |
//! | `courier` | how does a message get out? |
//! | `rounds` | which messages are due, and what came of them? |
//! | `desk` | what can an operator ask for? |

mod courier;
mod desk;
mod endpoint;
mod options;
mod rounds;
mod sign;
#[cfg(test)]
mod tests;

pub(crate) use courier::Outcome;
pub(crate) use desk::{Change, DeadLetter, Seen};
pub use options::WebhookOptions;

use crate::facade::Shop;
use courier::Courier;
use endpoint::Endpoint;
use parking_lot::{Condvar, Mutex};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A signature, for tests that play the receiver.
#[cfg(test)]
pub(crate) fn signed(secret: &str, id: &str, at_s: i64, body: &str) -> String {
    sign::sign(&[secret.to_owned()], id, at_s, body)
}

/// Every webhook and what is under way.
pub(crate) struct Webhooks {
    shop: Arc<dyn Shop>,
    options: WebhookOptions,
    courier: Courier,
    /// Where the state is kept.
    path: PathBuf,
    state: Mutex<State>,
    /// Something may be due.
    wake: Condvar,
    stopping: AtomicBool,
    /// Messages that arrived, and attempts that failed, since the start.
    pub(crate) sent: AtomicU64,
    pub(crate) failed: AtomicU64,
}

/// What is remembered, and what is on its way.
#[derive(Default)]
struct State {
    endpoints: Vec<Endpoint>,
    /// Webhook and offset of each message on its way.
    under_way: HashSet<(String, u64)>,
    /// Whether the file is older than this.
    dirty: bool,
}

impl Webhooks {
    /// The webhooks as they were left.
    ///
    /// # Errors
    /// Says what is wrong with their file.
    pub(crate) fn open(
        shop: Arc<dyn Shop>,
        options: WebhookOptions,
    ) -> Result<Arc<Self>, std::io::Error> {
        let path = shop.options().store.dir.join("webhooks.json");
        let mut endpoints = endpoint::load(&path)?;
        let end = shop.facts_end();
        for endpoint in &mut endpoints {
            endpoint.within(end);
        }
        Ok(Arc::new(Self {
            courier: Courier::new(&options),
            path,
            state: Mutex::new(State { endpoints, ..State::default() }),
            wake: Condvar::new(),
            stopping: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            shop,
            options,
        }))
    }

    /// How many messages wait to be tried again, and how many are dead.
    pub(crate) fn left(&self) -> (usize, usize) {
        let state = self.state.lock();
        let sum = |count: fn(&Endpoint) -> usize| state.endpoints.iter().map(count).sum();
        (sum(|one| one.waiting.len()), sum(|one| one.dead.len()))
    }

    /// Stops the rounds; what is under way is sent again after the next start, if it must be.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.wake.notify_all();
    }
}
