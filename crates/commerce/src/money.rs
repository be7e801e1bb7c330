//! What does it cost? Integer minor units of an ISO 4217 currency, never a float.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 4217 currency code such as `CNY`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Three bytes in the log, text where people read.
impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(self.as_str()) } else { self.0.serialize(to) }
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = String::deserialize(from)?;
            Self::parse(&text).map_err(serde::de::Error::custom)
        } else {
            <[u8; 3]>::deserialize(from).map(Self)
        }
    }
}

/// Currencies without minor units, and with three of them (ISO 4217, table A.1).
const NO_MINOR: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
];
const THREE_MINOR: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Currency {
    /// Renminbi, the default of a Chinese shop.
    pub const CNY: Self = Self(*b"CNY");
    /// US dollar.
    pub const USD: Self = Self(*b"USD");

    /// Reads a three-letter code, upper or lower case.
    ///
    /// # Errors
    /// [`MoneyError::Currency`] when it is not three ASCII letters.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        let bytes: [u8; 3] = text
            .as_bytes()
            .try_into()
            .map_err(|_| MoneyError::Currency { found: text.chars().take(16).collect() })?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(MoneyError::Currency { found: text.into() });
        }
        Ok(Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Digits after the decimal point: 2 for most, 0 for yen, 3 for dinars.
    #[must_use]
    pub fn minor_digits(&self) -> u32 {
        match self.as_str() {
            code if NO_MINOR.contains(&code) => 0,
            code if THREE_MINOR.contains(&code) => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount of money, in integer minor units (fen, cents) of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; negative amounts are debts and refunds.
    pub minor: i64,
    /// Which money.
    pub currency: Currency,
}

/// Why an amount cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three letters.
    #[error("currency {found:?} is not an ISO 4217 code; expected three letters such as CNY")]
    Currency { found: String },
    /// Not a decimal number.
    #[error("amount {found:?} is not a decimal number; expected digits with at most one point")]
    Amount { found: String },
    /// More digits after the point than the currency has.
    #[error(
        "amount {found:?} has more than {digits} digits after the point, the most {currency} has"
    )]
    Precision { found: String, digits: u32, currency: Currency },
    /// Beyond what 64 bits hold.
    #[error("amount is beyond what can be kept")]
    Overflow,
    /// Two currencies in one sum.
    #[error("{left} and {right} cannot be added without an exchange rate")]
    Mixed { left: Currency, right: Currency },
}

impl Money {
    /// `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a decimal amount such as `12.5` exactly; zeros beyond the currency's digits are fine.
    ///
    /// # Errors
    /// [`MoneyError`] when it is no number, too precise or too large.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let shown = || text.chars().take(32).collect::<String>();
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Amount { found: shown() });
        }
        let places = currency.minor_digits();
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > places as usize {
            return Err(MoneyError::Precision { found: shown(), digits: places, currency });
        }
        let mut minor: i64 = 0;
        let padding = places as usize - fraction.len();
        for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding))
        {
            minor = minor
                .checked_mul(10)
                .and_then(|m| m.checked_add(i64::from(digit - b'0')))
                .ok_or(MoneyError::Overflow)?;
        }
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::Mixed`] for two currencies, [`MoneyError::Overflow`] beyond 64 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The amount in major units, for features and charts only; never for bookkeeping.
    #[must_use]
    pub fn major(self) -> f64 {
        self.minor as f64 / 10f64.powi(self.currency.minor_digits() as i32)
    }
}

impl fmt::Display for Money {
    /// `CNY 12.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.currency.minor_digits();
        let unit = 10u64.pow(places);
        let sign = if self.minor < 0 { "-" } else { "" };
        let size = self.minor.unsigned_abs();
        write!(f, "{} {sign}{}", self.currency, size / unit)?;
        if places > 0 {
            write!(f, ".{:0width$}", size % unit, width = places as usize)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
