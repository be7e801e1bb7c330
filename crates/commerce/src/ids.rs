//! Who and what: the ids that a shop sends and the ones that we make.
//!
//! A shop's ids are text that we keep as it was sent; each kind of id is a type of its own, so
//! that an item can never be passed for a customer. Hot paths intern them to dense `u32`s
//! (`features`); text stays at the edges and in the log.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest id a shop may send, in bytes.
const ID_BYTES_MAX: usize = 128;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing, or only blanks.
    #[error("{kind} is empty; send the id your shop uses for it")]
    Empty { kind: &'static str },
    /// More than 128 bytes.
    #[error("{kind} has {bytes} bytes; at most {ID_BYTES_MAX} are allowed")]
    Long { kind: &'static str, bytes: usize },
    /// A control character such as a line break or NUL.
    #[error("{kind} holds the control character {found:?}; ids are printable text")]
    Control { kind: &'static str, found: char },
    /// Not a decision id that this server gave out.
    #[error("{found:?} is not a decision id; expected the UUID that came with the answer")]
    Decision { found: String },
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks and keeps `text`: 1 to 128 bytes, no control characters, blanks around it cut.
            ///
            /// # Errors
            /// [`IdError`] names what is wrong with the text.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check($kind, text).map(|text| Self(text.into()))
            }

            /// The id as the shop sent it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{}", $kind, self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// Something that is sold.
    ItemId, "item_id"
);
id!(
    /// Someone who buys, known to the shop by this id.
    CustomerId, "customer_id"
);
id!(
    /// A browser or phone; stands for a customer who has not signed in.
    DeviceId, "device_id"
);
id!(
    /// One visit.
    SessionId, "session_id"
);
id!(
    /// One purchase as the shop numbers it.
    OrderId, "order_id"
);
id!(
    /// Someone who sells on the marketplace.
    MerchantId, "merchant_id"
);
id!(
    /// The sender's id of a fact: sending it again changes nothing.
    FactId, "fact_id"
);

fn check<'a>(kind: &'static str, text: &'a str) -> Result<&'a str, IdError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IdError::Empty { kind });
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::Long { kind, bytes: text.len() });
    }
    match text.chars().find(|c| c.is_control()) {
        Some(found) => Err(IdError::Control { kind, found }),
        None => Ok(text),
    }
}

/// A decision's id: a UUID, version 7, so that ids sort by the millisecond they were made in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DecisionId(uuid::Uuid);

impl DecisionId {
    /// Makes the id of a decision taken at `at_ms` (Unix milliseconds) from 74 bits of chance.
    #[must_use]
    pub fn from_parts(at_ms: i64, chance: u128) -> Self {
        let millis = u64::try_from(at_ms).unwrap_or(0);
        let bytes = chance.to_be_bytes();
        let mut random = [0u8; 10];
        random.copy_from_slice(&bytes[6..]);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Reads the hyphenated form.
    ///
    /// # Errors
    /// [`IdError::Decision`] when `text` is not a UUID.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        uuid::Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| IdError::Decision { found: text.chars().take(64).collect() })
    }

    /// Unix milliseconds at which the decision was taken.
    #[must_use]
    pub fn at_ms(self) -> i64 {
        i64::try_from(self.0.as_u128() >> 80).unwrap_or(i64::MAX)
    }

    /// The 128 bits of the id.
    #[must_use]
    pub fn as_u128(self) -> u128 {
        self.0.as_u128()
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_hyphenated())
    }
}

impl fmt::Debug for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "decision:{self}")
    }
}
