//! What can an operator ask for? To add, change, try and remove webhooks, and to send dead letters
//! again.

use super::courier::{Message, Outcome};
use super::endpoint::{Endpoint, OLD_SECRET_MS};
use super::rounds::{payload, settle};
use super::sign::secret_of;
use super::{State, Webhooks};
use crate::Problem;
use axum::http::Uri;
use commerce::{At, Audit, Fact};
use serde_json::json;
use std::collections::BTreeMap;

/// Most webhooks.
const WEBHOOKS_MAX: usize = 32;

/// What an operator says of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) url: String,
    pub(crate) types: Vec<Box<str>>,
    pub(crate) enabled: bool,
    pub(crate) note: Box<str>,
}

/// A webhook, as an operator sees it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) said: Change,
    pub(crate) made_at: At,
    /// Facts not looked at yet.
    pub(crate) behind: u64,
    pub(crate) waiting: usize,
    pub(crate) dead: usize,
    pub(crate) sent: u64,
    pub(crate) last_sent_at: Option<At>,
    pub(crate) last_failure: Option<(At, String)>,
    pub(crate) stopped: Option<String>,
}

/// A message that was given up.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetter {
    pub(crate) id: String,
    pub(crate) webhook: String,
    pub(crate) url: String,
    pub(crate) attempts: u32,
    pub(crate) failed_at: At,
    pub(crate) status: Option<u16>,
    pub(crate) why: String,
    /// What it tells of; none when the fact cannot be read any more.
    pub(crate) fact: Option<Fact>,
}

impl Change {
    /// What is wrong with it: a field, and what is allowed there.
    pub(crate) fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let uri = self.url.parse::<Uri>().ok();
        let sound = uri.is_some_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri
                    .authority()
                    .is_some_and(|at| !at.host().is_empty() && !at.as_str().contains('@'))
        });
        if !sound {
            return Some((
                "url",
                "an address that begins with http:// or https://, without a user",
            ));
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let sound = |name: &str| {
            let bare = name.strip_suffix(".*").unwrap_or(name);
            !bare.is_empty() && bare.chars().all(is_name)
        };
        if self.types.is_empty() || !self.types.iter().all(|name| sound(name)) {
            return Some(("types", "types such as event.purchase, or families such as audit.*"));
        }
        None
    }
}

impl Webhooks {
    /// Every webhook, in the order made.
    pub(crate) fn list(&self) -> Vec<Seen> {
        let end = self.shop.facts_end();
        self.state.lock().endpoints.iter().map(|endpoint| seen(endpoint, end)).collect()
    }

    /// Adds one, which hears of everything from now on. Returns it and its secret.
    pub(crate) fn add(
        &self,
        change: &Change,
        chance: [u8; 32],
        actor: &str,
    ) -> Result<(Seen, String), Problem> {
        let secret = secret_of(chance);
        let id = chance[..4].iter().rev().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (now, end) = (self.shop.now(), self.shop.facts_end());
        let mut state = self.state.lock();
        if state.endpoints.len() >= WEBHOOKS_MAX {
            let detail = format!("there are {WEBHOOKS_MAX} webhooks; remove one first");
            return Err(Problem::new("field_invalid", detail));
        }
        let endpoint = Endpoint {
            id,
            url: change.url.clone(),
            types: change.types.clone(),
            enabled: change.enabled,
            note: change.note.clone(),
            made_at: now,
            secret: secret.clone(),
            old_secret: None,
            next: end,
            waiting: BTreeMap::new(),
            dead: BTreeMap::new(),
            sent: 0,
            last_sent_at: None,
            last_failure: None,
            stopped: None,
        };
        let shown = seen(&endpoint, end);
        state.endpoints.push(endpoint);
        drop(state);
        self.changed("webhook.add", &shown, actor)?;
        Ok((shown, secret))
    }

    /// Changes one; if it had stopped and is enabled, it goes on where it was.
    pub(crate) fn change(&self, id: &str, change: &Change, actor: &str) -> Result<Seen, Problem> {
        let end = self.shop.facts_end();
        let shown = self.with(id, |endpoint| {
            endpoint.url.clone_from(&change.url);
            endpoint.types.clone_from(&change.types);
            endpoint.note.clone_from(&change.note);
            endpoint.enabled = change.enabled;
            if change.enabled {
                endpoint.stopped = None;
            }
            seen(endpoint, end)
        })?;
        self.changed("webhook.change", &shown, actor)?;
        Ok(shown)
    }

    /// Removes one, and whatever it had not delivered.
    pub(crate) fn remove(&self, id: &str, actor: &str) -> Result<(), Problem> {
        let end = self.shop.facts_end();
        let shown = self.with(id, |endpoint| seen(endpoint, end))?;
        self.state.lock().endpoints.retain(|endpoint| endpoint.id != id);
        self.changed("webhook.remove", &shown, actor)
    }

    /// Gives one a new secret; the old one signs too for a day.
    pub(crate) fn renew_secret(
        &self,
        id: &str,
        chance: [u8; 32],
        actor: &str,
    ) -> Result<(Seen, String), Problem> {
        let (now, end) = (self.shop.now(), self.shop.facts_end());
        let secret = secret_of(chance);
        let shown = self.with(id, |endpoint| {
            let old = std::mem::replace(&mut endpoint.secret, secret.clone());
            endpoint.old_secret = Some((old, now.plus_ms(OLD_SECRET_MS)));
            seen(endpoint, end)
        })?;
        self.changed("webhook.secret", &shown, actor)?;
        Ok((shown, secret))
    }

    /// Sends a message of type `webhook.test`, once.
    pub(crate) fn test(&self, id: &str, name: &str) -> Result<Outcome, Problem> {
        let now = self.shop.now();
        let body = json!({
            "type": "webhook.test", "timestamp": now.to_string(), "data": { "webhook": id },
        });
        let message = self.with(id, |endpoint| Message {
            url: endpoint.url.clone(),
            secrets: endpoint.secrets(now),
            id: format!("msg_test_{name}"),
            body: body.to_string(),
        })?;
        Ok(self.courier.send(&message, now))
    }

    /// Messages that were given up, of one webhook or of all, the latest first: how many there are,
    /// and those asked for.
    pub(crate) fn dead_letters(
        &self,
        of: Option<&str>,
        offset: usize,
        count: usize,
    ) -> (usize, Vec<DeadLetter>) {
        let mut found = Vec::new();
        for endpoint in &self.state.lock().endpoints {
            if of.is_none_or(|id| *id == endpoint.id) {
                found.extend(endpoint.dead.iter().map(|(at, dead)| {
                    let letter = DeadLetter {
                        id: endpoint.message_id(*at),
                        webhook: endpoint.id.clone(),
                        url: endpoint.url.clone(),
                        attempts: dead.attempts,
                        failed_at: dead.failed_at,
                        status: dead.status,
                        why: dead.why.clone(),
                        fact: None,
                    };
                    (*at, letter)
                }));
            }
        }
        found.sort_by_key(|(at, letter)| std::cmp::Reverse((letter.failed_at, *at)));
        let total = found.len();
        let page = found.into_iter().skip(offset).take(count).map(|(at, letter)| {
            let fact = self.shop.fact(at).ok().flatten();
            DeadLetter { fact, ..letter }
        });
        (total, page.collect())
    }

    /// Sends a dead letter again, once; if it arrives it is dead no more.
    pub(crate) fn resend(&self, id: &str, message: &str) -> Result<Outcome, Problem> {
        let offset = self.dead_offset(id, message)?;
        let unknown = || unknown(id);
        let letter = self.message(id, offset)?.ok_or_else(unknown)?;
        let outcome = self.courier.send(&letter, self.shop.now());
        let now = self.shop.now();
        self.with(id, |endpoint| {
            // Discarded meanwhile: then there is nothing to note.
            if let Some(dead) = endpoint.dead.get(&offset) {
                let attempts = dead.attempts + 1;
                settle(endpoint, offset, attempts, outcome.clone(), now, &self.options);
            }
        })?;
        self.save();
        Ok(outcome)
    }

    /// Forgets a dead letter.
    pub(crate) fn discard(&self, id: &str, message: &str, actor: &str) -> Result<(), Problem> {
        let offset = self.dead_offset(id, message)?;
        let end = self.shop.facts_end();
        let shown = self.with(id, |endpoint| {
            endpoint.dead.remove(&offset);
            seen(endpoint, end)
        })?;
        self.changed("webhook.discard", &shown, actor)
    }

    fn dead_offset(&self, id: &str, message: &str) -> Result<u64, Problem> {
        let found = self.with(id, |endpoint| {
            endpoint.dead.keys().copied().find(|offset| endpoint.message_id(*offset) == message)
        })?;
        let detail = || format!("webhook {id:?} has no dead letter {message:?}");
        found.ok_or_else(|| Problem::new("message_unknown", detail()))
    }

    /// Does something with one webhook, which is written down soon.
    fn with<T>(&self, id: &str, act: impl FnOnce(&mut Endpoint) -> T) -> Result<T, Problem> {
        let mut state = self.state.lock();
        let State { endpoints, dirty, .. } = &mut *state;
        let found = endpoints.iter_mut().find(|endpoint| endpoint.id == id);
        *dirty = true;
        found.map(act).ok_or_else(|| unknown(id))
    }

    /// Writes a change down and leaves a trace of it.
    fn changed(&self, action: &str, what: &Seen, actor: &str) -> Result<(), Problem> {
        self.state.lock().dirty = true;
        self.save();
        self.wake.notify_all();
        self.shop.note_audit(Audit {
            actor: actor.into(),
            action: action.into(),
            subject: what.id.as_str().into(),
            note: what.said.url.as_str().into(),
        })
    }
}

impl DeadLetter {
    /// What would be sent.
    pub(crate) fn payload(&self) -> Option<serde_json::Value> {
        self.fact.as_ref().map(payload)
    }
}

fn unknown(id: &str) -> Problem {
    Problem::new("webhook_unknown", format!("no webhook is called {id:?}"))
}

fn seen(endpoint: &Endpoint, end: u64) -> Seen {
    Seen {
        id: endpoint.id.clone(),
        said: Change {
            url: endpoint.url.clone(),
            types: endpoint.types.clone(),
            enabled: endpoint.enabled,
            note: endpoint.note.clone(),
        },
        made_at: endpoint.made_at,
        behind: end.saturating_sub(endpoint.next),
        waiting: endpoint.waiting.len(),
        dead: endpoint.dead.len(),
        sent: endpoint.sent,
        last_sent_at: endpoint.last_sent_at,
        last_failure: endpoint.last_failure.clone(),
        stopped: endpoint.stopped.clone(),
    }
}
