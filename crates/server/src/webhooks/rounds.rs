//! Which messages are due, and what came of them? One thread that looks, a few that send.

use super::courier::{Message, Outcome};
use super::endpoint::{self, Dead, Endpoint, Waiting};
use super::{State, Webhooks};
use crate::Problem;
use crate::wire::fact::{data_of, type_of};
use commerce::{At, Fact};
use parking_lot::Mutex;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// How long a round waits for something to do.
const ROUND: Duration = Duration::from_millis(200);
/// How often the state is written down when it changed.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// Messages of one webhook that may wait; with more it reads no further.
const WAITING_MAX: usize = 1_000;
/// Facts looked at in one go.
const STRETCH: usize = 2_000;
/// Messages of one webhook that are on their way at once.
const UNDER_WAY_MAX: usize = 4;
/// Threads that send.
const COURIERS: usize = 12;

/// A message to be sent: its webhook's id, its offset, and how often it was tried.
type Errand = (String, u64, u32);

impl Webhooks {
    /// Starts the threads. They end with [`Webhooks::stop`].
    ///
    /// # Errors
    /// When no thread can be had.
    pub(crate) fn start(self: &Arc<Self>) -> std::io::Result<()> {
        let (sender, receiver) = sync_channel(COURIERS);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..COURIERS {
            let (hooks, receiver) = (Arc::downgrade(self), Arc::clone(&receiver));
            let named = std::thread::Builder::new().name("webhook".into());
            named.spawn(move || run_errands(&hooks, &receiver))?;
        }
        let hooks = Arc::clone(self);
        let named = std::thread::Builder::new().name("webhooks".into());
        named.spawn(move || hooks.rounds(&sender))?;
        Ok(())
    }

    fn rounds(&self, sender: &SyncSender<Errand>) {
        let mut saved = Instant::now();
        while !self.stopping.load(Ordering::Relaxed) {
            let has_read = self.read_on();
            let due = self.due();
            let is_idle = !has_read && due.is_empty();
            for errand in due {
                if sender.send(errand).is_err() {
                    return;
                }
            }
            if saved.elapsed() >= SAVE_EVERY {
                self.save();
                saved = Instant::now();
            }
            if is_idle {
                let mut state = self.state.lock();
                self.wake.wait_for(&mut state, ROUND);
            }
        }
        self.save();
    }

    /// Looks at new facts; whether there were any.
    fn read_on(&self) -> bool {
        let mut has_read = false;
        for (id, from) in self.readers() {
            match self.shop.facts(from, STRETCH) {
                Ok((facts, next)) => {
                    has_read |= next > from;
                    self.take_in(&id, from, &facts, next);
                }
                Err(problem) => {
                    let detail = &problem.detail;
                    tracing::error!(webhook = id, %detail, "the log cannot be read");
                }
            }
        }
        has_read
    }

    /// Takes what is due.
    fn due(&self) -> Vec<Errand> {
        let now = self.shop.now();
        let mut state = self.state.lock();
        let State { endpoints, under_way, .. } = &mut *state;
        let mut due = Vec::new();
        for endpoint in endpoints.iter().filter(|endpoint| endpoint.is_live()) {
            let mine = under_way.iter().filter(|(id, _)| *id == endpoint.id).count();
            let ready = endpoint.waiting.iter().filter(|(offset, message)| {
                message.due <= now && !under_way.contains(&(endpoint.id.clone(), **offset))
            });
            // One whose receiver fails or hangs does not keep couriers from the others.
            let failing = endpoint.last_failure.as_ref().map(|(at, _)| *at) > endpoint.last_sent_at;
            let most = if failing { 1 } else { UNDER_WAY_MAX };
            let ready = ready.take(most.saturating_sub(mine));
            due.extend(
                ready.map(|(offset, message)| (endpoint.id.clone(), *offset, message.attempts)),
            );
        }
        under_way.extend(due.iter().map(|(id, offset, _)| (id.clone(), *offset)));
        due
    }

    /// Webhooks with room for more, and where each goes on.
    fn readers(&self) -> Vec<(String, u64)> {
        let end = self.shop.facts_end();
        let state = self.state.lock();
        let has_room =
            |one: &&Endpoint| one.is_live() && one.next < end && one.waiting.len() < WAITING_MAX;
        state.endpoints.iter().filter(has_room).map(|one| (one.id.clone(), one.next)).collect()
    }

    fn take_in(&self, id: &str, from: u64, facts: &[(u64, Fact)], next: u64) {
        let now = self.shop.now();
        let mut state = self.state.lock();
        let found = state.endpoints.iter_mut().find(|one| one.id == id && one.next == from);
        let Some(endpoint) = found else { return };
        let wanted = facts
            .iter()
            .filter(|(_, fact)| type_of(&fact.body).is_some_and(|name| endpoint.wants(&name)));
        let mut offsets = wanted.map(|(offset, _)| *offset);
        let room = WAITING_MAX.saturating_sub(endpoint.waiting.len());
        let taken: Vec<u64> = offsets.by_ref().take(room).collect();
        // The first for which there is no room is where it goes on.
        endpoint.next = offsets.next().unwrap_or(next);
        let message = Waiting { due: now, attempts: 0 };
        endpoint.waiting.extend(taken.into_iter().map(|offset| (offset, message)));
        state.dirty = true;
    }

    /// Writes the state down when it changed.
    pub(super) fn save(&self) {
        let endpoints = {
            let mut state = self.state.lock();
            if !std::mem::take(&mut state.dirty) {
                return;
            }
            state.endpoints.clone()
        };
        if let Err(error) = endpoint::save(&self.path, &endpoints) {
            tracing::error!(%error, path = %self.path.display(), "the webhooks were not written down");
            self.state.lock().dirty = true;
        }
    }

    /// Sends a message once and notes what came of it.
    fn run(&self, (id, offset, attempts): Errand) {
        let outcome = match self.message(&id, offset) {
            Ok(Some(message)) => Some(self.courier.send(&message, self.shop.now())),
            Ok(None) => None, // the webhook is gone
            Err(problem) => Some(Outcome {
                status: None,
                took_ms: 0.0,
                why: Some(format!("its fact cannot be read: {}", problem.detail)),
                again_s: None,
            }),
        };
        let now = self.shop.now();
        let mut state = self.state.lock();
        state.under_way.remove(&(id.clone(), offset));
        if let (Some(outcome), Some(endpoint)) =
            (outcome, state.endpoints.iter_mut().find(|endpoint| endpoint.id == id))
        {
            let counted = if outcome.why.is_none() { &self.sent } else { &self.failed };
            counted.fetch_add(1, Ordering::Relaxed);
            settle(endpoint, offset, attempts + 1, outcome, now, &self.options);
            state.dirty = true;
        }
        self.wake.notify_all();
    }

    /// The message about the fact at `offset`; nothing when there is no such webhook any more.
    pub(super) fn message(&self, id: &str, offset: u64) -> Result<Option<Message>, Problem> {
        let fact = self.shop.fact(offset)?;
        let fact = fact.ok_or_else(|| Problem::new("internal", "the log holds no such fact"))?;
        let now = self.shop.now();
        let state = self.state.lock();
        let Some(endpoint) = state.endpoints.iter().find(|endpoint| endpoint.id == id) else {
            return Ok(None);
        };
        Ok(Some(Message {
            url: endpoint.url.clone(),
            secrets: endpoint.secrets(now),
            id: endpoint.message_id(offset),
            body: payload(&fact).to_string(),
        }))
    }
}

/// What a receiver reads of a fact.
pub(super) fn payload(fact: &Fact) -> serde_json::Value {
    json!({
        "type": type_of(&fact.body),
        "timestamp": fact.at.to_string(),
        "data": data_of(fact),
    })
}

/// Notes what came of an attempt.
pub(super) fn settle(
    endpoint: &mut Endpoint,
    offset: u64,
    attempts: u32,
    outcome: Outcome,
    now: At,
    options: &super::WebhookOptions,
) {
    let Outcome { status, why, again_s, .. } = outcome;
    let Some(why) = why else {
        endpoint.waiting.remove(&offset);
        endpoint.dead.remove(&offset);
        endpoint.sent += 1;
        endpoint.last_sent_at = Some(now);
        return;
    };
    endpoint.last_failure = Some((now, why.clone()));
    if status == Some(410) {
        endpoint.stopped = Some("the receiver said 410 Gone".into());
    }
    let after = options.retry_s.get(attempts.saturating_sub(1) as usize);
    match after {
        Some(wait_s) if endpoint.waiting.contains_key(&offset) => {
            let wait_ms = i64::from((*wait_s).max(again_s.unwrap_or(0))) * 1_000;
            // Apart by a tenth, so that what failed together does not come back together.
            let spread = (offset.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as i64 % 1_000;
            let due = now.plus_ms(wait_ms + wait_ms / 10 * spread / 1_000);
            endpoint.waiting.insert(offset, Waiting { due, attempts });
        }
        _ => {
            endpoint.waiting.remove(&offset);
            endpoint.dead.insert(offset, Dead { attempts, failed_at: now, status, why });
            if endpoint.dead.len() >= options.dead_max {
                let many = endpoint.dead.len();
                endpoint.stopped = Some(format!("{many} messages could not be delivered"));
            }
        }
    }
}

fn run_errands(hooks: &Weak<Webhooks>, receiver: &Mutex<Receiver<Errand>>) {
    loop {
        let Ok(errand) = receiver.lock().recv() else { return };
        let Some(hooks) = hooks.upgrade() else { return };
        hooks.run(errand);
    }
}
