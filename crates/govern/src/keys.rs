//! Who is calling, and what may they do? API keys and their scopes, as plain values.
//!
//! A config holds SHA-256 of each key, never the key. A slow password hash (argon2, 10 ms and up)
//! protects what a person can remember, by making each guess dear; our keys are 256 bits of chance,
//! which no number of guesses finds, and a slow hash on every request would cost more than the
//! answer. Keys are found by their hash in a map: what that leaks by timing is about the hash of
//! the attacker's own guess, from which nothing leads to a key.

use commerce::At;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;

/// What every key begins with, so that scanners of code and logs find leaked ones.
const PREFIX: &str = "sk_";

/// One thing that a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Scope {
    /// Send events, consents, identities.
    EventsWrite,
    /// Change items, merchants, stock.
    CatalogueWrite,
    /// Ask for recommendations.
    RecommendRead,
    /// Read decisions, customers, experiments, models.
    DecisionsRead,
    /// Train, promote, roll back.
    ModelsWrite,
    /// Everything, and what only the operator may.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::EventsWrite,
        Self::CatalogueWrite,
        Self::RecommendRead,
        Self::DecisionsRead,
        Self::ModelsWrite,
        Self::Admin,
    ];

    /// The name in the config and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::CatalogueWrite => "catalogue:write",
            Self::RecommendRead => "recommend:read",
            Self::DecisionsRead => "decisions:read",
            Self::ModelsWrite => "models:write",
            Self::Admin => "admin",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Every scope, as an open server on loopback gives to everybody.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether `scope` is among them; `admin` holds every other.
    #[must_use]
    pub fn allow(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8 | 1 << Scope::Admin as u8) != 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | 1 << scope as u8))
    }
}

/// SHA-256 of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of a key as it was presented.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Reads `sha256:` and 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:").filter(|digits| digits.len() == 64)?;
        let mut bytes = [0u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let digit = |b: u8| (b as char).to_digit(16);
            *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A new key of 256 bits of `chance`: `sk_` and 64 hexadecimal digits. Show it once, keep its hash.
#[must_use]
pub fn new_secret(chance: [u8; 32]) -> String {
    chance.iter().fold(PREFIX.to_owned(), |secret, byte| format!("{secret}{byte:02x}"))
}

/// One key as typed by an operator: an entry of `[[keys]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyOptions {
    /// Its name in audits, logs and metrics; unique.
    pub name: Box<str>,
    /// `sha256:` and 64 hexadecimal digits, as `shopkeeper key` prints.
    pub hash: Box<str>,
    /// What it may do: `events:write`, `catalogue:write`, `recommend:read`, `decisions:read`,
    /// `models:write`, `admin`.
    pub scopes: Vec<Box<str>>,
    /// Requests per second, averaged; 0 for no limit. Default 0.
    #[serde(default)]
    pub requests_per_s: u32,
    /// Requests that may come at once. Default: two seconds' worth.
    #[serde(default)]
    pub burst: Option<u32>,
    /// RFC 3339 time after which it is refused. Default: never.
    #[serde(default)]
    pub expires_at: Option<Box<str>>,
}

/// Why the keys of a config cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A name that is empty or taken.
    #[error("key {name:?}: names must be unique and not empty")]
    Name {
        /// As configured.
        name: String,
    },
    /// Not a hash.
    #[error(
        "key {name:?}: hash is not \"sha256:\" and 64 hexadecimal digits; never write the key itself"
    )]
    Hash {
        /// The key's name.
        name: String,
    },
    /// The same key twice.
    #[error("keys {left:?} and {right:?} have the same hash; make a key for each")]
    Same {
        /// One of them.
        left: String,
        /// The other.
        right: String,
    },
    /// No such scope, or none at all.
    #[error("key {name:?}: scope {scope:?} is unknown; allowed: {}", allowed_scopes())]
    Scope {
        /// The key's name.
        name: String,
        /// As configured; empty when none was given.
        scope: String,
    },
    /// Not a time.
    #[error("key {name:?}: expires_at {found:?} is not an RFC 3339 time")]
    Expires {
        /// The key's name.
        name: String,
        /// As configured.
        found: String,
    },
}

fn allowed_scopes() -> String {
    Scope::ALL.map(Scope::name).join(", ")
}

/// A known caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: Box<str>,
    /// What it may do.
    pub scopes: Scopes,
    /// Requests per second, averaged; 0 for no limit.
    pub requests_per_s: u32,
    /// Requests that may come at once.
    pub burst: u32,
    /// When it ends.
    pub expires_at: Option<At>,
}

/// Why a presented key opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nobody has it.
    #[error("the key is unknown")]
    Unknown,
    /// It was good once.
    #[error("the key expired at {at}")]
    Expired {
        /// When.
        at: At,
    },
}

/// Every key of a config.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    by_hash: HashMap<KeyHash, Key>,
}

impl Keys {
    /// Checks and keeps `options`.
    ///
    /// # Errors
    /// The first [`KeysError`] found, in the order of the config.
    pub fn new(options: &[KeyOptions]) -> Result<Self, KeysError> {
        let mut keys = Self::default();
        for one in options {
            let (hash, key) = checked(one)?;
            let twice = keys.by_hash.values().any(|other| other.name == key.name);
            if twice || key.name.trim().is_empty() {
                return Err(KeysError::Name { name: key.name.into() });
            }
            let right = key.name.to_string();
            if let Some(other) = keys.by_hash.insert(hash, key) {
                return Err(KeysError::Same { left: other.name.into(), right });
            }
        }
        Ok(keys)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    /// Every key, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.by_hash.values()
    }

    /// Whose key `secret` is.
    ///
    /// # Errors
    /// [`KeyError::Unknown`], or [`KeyError::Expired`] at `now`.
    pub fn find(&self, secret: &str, now: At) -> Result<&Key, KeyError> {
        let key = self.by_hash.get(&KeyHash::of(secret)).ok_or(KeyError::Unknown)?;
        match key.expires_at {
            Some(at) if at <= now => Err(KeyError::Expired { at }),
            _ => Ok(key),
        }
    }
}

fn checked(options: &KeyOptions) -> Result<(KeyHash, Key), KeysError> {
    let name = || options.name.to_string();
    let hash = KeyHash::parse(&options.hash).ok_or_else(|| KeysError::Hash { name: name() })?;
    let unknown = |scope: &str| KeysError::Scope { name: name(), scope: scope.into() };
    if options.scopes.is_empty() {
        return Err(unknown(""));
    }
    let scopes =
        options.scopes.iter().map(|scope| Scope::named(scope).ok_or_else(|| unknown(scope)));
    let expires_at = options.expires_at.as_deref().map(|text| {
        At::parse(text).map_err(|_| KeysError::Expires { name: name(), found: text.into() })
    });
    let key = Key {
        name: options.name.clone(),
        scopes: scopes.collect::<Result<Scopes, _>>()?,
        requests_per_s: options.requests_per_s,
        burst: options.burst.unwrap_or(options.requests_per_s.saturating_mul(2)).max(1),
        expires_at: expires_at.transpose()?,
    };
    Ok((hash, key))
}
