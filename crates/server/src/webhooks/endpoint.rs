//! What is remembered of a webhook? Where it sends, what it wants, and how far it is.

use commerce::At;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// How long a replaced secret signs beside the new one.
pub(super) const OLD_SECRET_MS: i64 = At::HOUR_MS * 24;

/// One webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) url: String,
    /// Types of facts; one that ends in `.*` stands for a family.
    pub(super) types: Vec<Box<str>>,
    pub(super) enabled: bool,
    pub(super) note: Box<str>,
    pub(super) made_at: At,
    pub(super) secret: String,
    /// The secret before, and until when it signs too.
    pub(super) old_secret: Option<(String, At)>,
    /// The first fact that was not looked at.
    pub(super) next: u64,
    /// Messages that have not arrived, by offset.
    pub(super) waiting: BTreeMap<u64, Waiting>,
    /// Messages that were given up, by offset.
    pub(super) dead: BTreeMap<u64, Dead>,
    /// Messages that arrived.
    pub(super) sent: u64,
    pub(super) last_sent_at: Option<At>,
    pub(super) last_failure: Option<(At, String)>,
    /// Why nothing is sent any more.
    pub(super) stopped: Option<String>,
}

/// A message that has not arrived.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// When it is to be tried.
    pub(super) due: At,
    /// Attempts made.
    pub(super) attempts: u32,
}

/// A message that was given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dead {
    pub(super) attempts: u32,
    pub(super) failed_at: At,
    pub(super) status: Option<u16>,
    pub(super) why: String,
}

impl Endpoint {
    /// Whether anything is sent.
    pub(super) fn is_live(&self) -> bool {
        self.enabled && self.stopped.is_none()
    }

    /// Whether it wants facts of this type.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.types.iter().any(|wanted| fits(wanted, name))
    }

    /// What a receiver knows the message by.
    pub(super) fn message_id(&self, offset: u64) -> String {
        format!("msg_{}_{offset}", self.id)
    }

    /// The secrets that sign now.
    pub(super) fn secrets(&self, now: At) -> Vec<String> {
        let old = self.old_secret.iter().filter(|(_, until)| now < *until);
        std::iter::once(&self.secret).chain(old.map(|(secret, _)| secret)).cloned().collect()
    }

    /// Forgets what refers to facts that a crash took from the log's end.
    pub(super) fn within(&mut self, end: u64) {
        self.next = self.next.min(end);
        self.waiting.retain(|offset, _| *offset < end);
        self.dead.retain(|offset, _| *offset < end);
    }
}

/// Whether a type is the one wanted, or of the family wanted.
pub(super) fn fits(wanted: &str, name: &str) -> bool {
    match wanted.strip_suffix(".*") {
        Some(family) => name.strip_prefix(family).is_some_and(|rest| rest.starts_with('.')),
        None => wanted == name,
    }
}

/// The webhooks in the file at `path`; none when there is no file.
pub(super) fn load(path: &Path) -> io::Result<Vec<Endpoint>> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Writes them down whole: the file is the old one or the new one. It holds secrets, so nobody else
/// may read it.
pub(super) fn save(path: &Path, endpoints: &[Endpoint]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(&serde_json::to_vec(endpoints)?)?;
    file.sync_all()?;
    fs::rename(&part, path)
}
