//! When did it happen? Instants in Unix milliseconds, and what a believable instant is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(i64);

/// Why a text is not a believable instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Neither RFC 3339 nor a Unix time.
    #[error(
        "{found:?} is not a time; expected RFC 3339 such as 2026-11-11T20:00:00+08:00, or Unix seconds or milliseconds"
    )]
    Unreadable { found: String },
    /// Well formed, and beyond what can be kept.
    #[error("{found:?} lies beyond the years -9999 to 9999; check the sender's clock")]
    Beyond { found: String },
    /// Before there were web shops.
    #[error("{at} lies before 1995; is the unit of the timestamp right (seconds, milliseconds)?")]
    TooEarly { at: At },
    /// More than a day ahead of the receiver's clock.
    #[error(
        "{at} lies more than 24 hours ahead of now ({now}); check the sender's clock, and the unit \
         of the timestamp (seconds, milliseconds, microseconds)"
    )]
    TooLate { at: At, now: At },
}

impl At {
    /// One second, minute, hour and day in milliseconds.
    pub const SECOND_MS: i64 = 1_000;
    /// One hour in milliseconds.
    pub const HOUR_MS: i64 = 3_600_000;
    /// One day in milliseconds.
    pub const DAY_MS: i64 = 86_400_000;
    /// 1995-01-01, the earliest believable instant.
    const EARLIEST: Self = Self(788_918_400_000);

    /// The instant `ms` milliseconds after the epoch.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// The instant `s` seconds after the epoch.
    #[must_use]
    pub const fn from_s(s: i64) -> Self {
        Self(s.saturating_mul(Self::SECOND_MS))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn s(self) -> i64 {
        self.0.div_euclid(Self::SECOND_MS)
    }

    /// `ms` milliseconds later (earlier when negative), saturating.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 (`2026-11-11T20:00:00+08:00`), a civil time taken as UTC
    /// (`2017-01-28 19:06:53`), a date, or a Unix time in seconds, milliseconds or microseconds,
    /// told apart by size (seconds below 10¹¹, milliseconds below 10¹⁴).
    ///
    /// # Errors
    /// [`TimeError::Unreadable`].
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        let unreadable = || TimeError::Unreadable { found: text.chars().take(40).collect() };
        if let Some(at) = Self::parse_unix(text) {
            return Ok(at);
        }
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(stamp.as_millisecond()));
        }
        let bare = text.strip_suffix(" UTC").or(text.strip_suffix('Z')).unwrap_or(text);
        let civil = bare.parse::<jiff::civil::DateTime>();
        let beyond = || TimeError::Beyond { found: text.chars().take(40).collect() };
        let civil = civil.map_err(|_| unreadable())?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| beyond())?;
        Ok(Self(zoned.timestamp().as_millisecond()))
    }

    fn parse_unix(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        if !plain || text.bytes().skip(1).any(|b| b == b'-') {
            return None;
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let whole: i64 = whole.parse().ok()?;
        let ms = match whole.unsigned_abs() {
            0..100_000_000_000 => {
                let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
                whole.checked_mul(Self::SECOND_MS)?.checked_add(padded.parse().ok()?)?
            }
            100_000_000_000..100_000_000_000_000 => whole,
            _ => whole / 1_000,
        };
        Some(Self(ms))
    }

    /// Passes instants from 1995 to a day after `now`; clocks of senders are often wrong.
    ///
    /// # Errors
    /// [`TimeError::TooEarly`] or [`TimeError::TooLate`].
    pub fn believable(self, now: Self) -> Result<Self, TimeError> {
        if self < Self::EARLIEST {
            return Err(TimeError::TooEarly { at: self });
        }
        if self > now.plus_ms(Self::DAY_MS) {
            return Err(TimeError::TooLate { at: self, now });
        }
        Ok(self)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
