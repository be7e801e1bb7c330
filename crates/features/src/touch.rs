//! What is kept of one line of an event? Sixteen bytes.

use crate::hash::hash;
use commerce::{At, Event, EventKind, Line};

/// Stands for "no item" in a touch of a search, a sign-in and the like.
pub const NO_ITEM: u32 = u32::MAX;

/// Stands for "nothing known of where and how".
pub(crate) const NO_CONTEXT: u8 = u8::MAX;

/// A customer touched an item: one line of an event, packed into 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Touch {
    /// The item's number, or [`NO_ITEM`].
    pub item: u32,
    /// When, in Unix seconds by the sender's clock; 0 for anything before 1970.
    pub at_s: u32,
    /// A hash of the session's id; 0 when none was sent.
    pub session: u32,
    /// Meaning by kind: see [`Touch::dwell_ms`], [`Touch::rating`], [`Touch::quantity`].
    pub(crate) value: u16,
    /// What was done.
    pub kind: EventKind,
    /// Where and how: a place in the party's list of contexts, or [`NO_CONTEXT`].
    pub(crate) context: u8,
}

/// An item was shown to a customer in a list: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    /// The item's number.
    pub item: u32,
    /// When, in Unix seconds.
    pub at_s: u32,
}

impl Touch {
    pub(crate) fn new(event: &Event, line: Option<(&Line, u32)>, at: At, context: u8) -> Self {
        let quantity = line.map_or(1, |(line, _)| line.quantity);
        let value = match event.kind {
            EventKind::RateItem => event.rating.map_or(u16::MAX, |r| (r * 100.0).round() as u16),
            EventKind::ViewItem | EventKind::SelectItem | EventKind::SkipItem => {
                u16::try_from(event.dwell_ms.unwrap_or(0) / 100).unwrap_or(u16::MAX)
            }
            _ => u16::try_from(quantity).unwrap_or(u16::MAX),
        };
        Self {
            item: line.map_or(NO_ITEM, |(_, ix)| ix),
            at_s: seconds(at),
            session: event.who.session.as_ref().map_or(0, |s| hash(b's', s.as_str()) as u32 | 1),
            value,
            kind: event.kind,
            context,
        }
    }

    /// Item, time, session, value, kind, context: little-endian.
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0..4].copy_from_slice(&self.item.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.at_s.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.session.to_le_bytes());
        bytes[12..14].copy_from_slice(&self.value.to_le_bytes());
        bytes[14] = self.kind as u8;
        bytes[15] = self.context;
        bytes
    }

    /// The opposite of [`Touch::to_bytes`], with the kind that byte 14 stands for.
    pub(crate) fn from_bytes(bytes: [u8; 16], kind: EventKind) -> Self {
        let number = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Self {
            item: number(0),
            at_s: number(4),
            session: number(8),
            value: u16::from_le_bytes([bytes[12], bytes[13]]),
            kind,
            context: bytes[15],
        }
    }

    /// A touch made by hand, for tests and for models that think of one.
    #[must_use]
    pub fn of(item: u32, kind: EventKind, at_s: u32) -> Self {
        let value = u16::from(kind != EventKind::ViewItem);
        Self { item, at_s, session: 0, value, kind, context: NO_CONTEXT }
    }

    /// How long the item was looked at, in milliseconds (kept to tenths of a second, up to 109
    /// minutes); 0 when unknown or when the kind has none.
    #[must_use]
    pub fn dwell_ms(&self) -> u32 {
        match self.kind {
            EventKind::ViewItem | EventKind::SelectItem | EventKind::SkipItem => {
                u32::from(self.value) * 100
            }
            _ => 0,
        }
    }

    /// The rating, 0 to 5 in hundredths, of a touch that rates.
    #[must_use]
    pub fn rating(&self) -> Option<f32> {
        let rated = self.kind == EventKind::RateItem && self.value != u16::MAX;
        rated.then(|| f32::from(self.value) / 100.0)
    }

    /// How many pieces, up to 65,535; 1 for kinds that do not count pieces.
    #[must_use]
    pub fn quantity(&self) -> u32 {
        match self.kind {
            EventKind::ViewItem
            | EventKind::SelectItem
            | EventKind::SkipItem
            | EventKind::RateItem => 1,
            _ => u32::from(self.value),
        }
    }
}

/// Whole Unix seconds; 0 before 1970, the last one after 2106.
pub(crate) fn seconds(at: At) -> u32 {
    u32::try_from(at.s().max(0)).unwrap_or(u32::MAX)
}
