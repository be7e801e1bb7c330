//! How is a thing called? Ids of a letter and a number, written without a formatter: every event
//! carries several.

use commerce::{CustomerId, DeviceId, FactId, ItemId, MerchantId, OrderId, SessionId};

/// A short text on the stack.
struct Text {
    bytes: [u8; 48],
    len: usize,
}

impl Text {
    fn new(prefix: &str) -> Self {
        let mut text = Self { bytes: [0; 48], len: 0 };
        text.push(prefix.as_bytes());
        text
    }

    fn push(&mut self, more: &[u8]) {
        let end = (self.len + more.len()).min(self.bytes.len());
        self.bytes[self.len..end].copy_from_slice(&more[..end - self.len]);
        self.len = end;
    }

    fn number(mut self, mut number: u64) -> Self {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.push(&digits[at..]);
        self
    }

    fn and(mut self, more: &str) -> Self {
        self.push(more.as_bytes());
        self
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("x")
    }
}

pub(crate) fn item(number: u32) -> Option<ItemId> {
    ItemId::new(Text::new("i").number(number.into()).as_str()).ok()
}

/// The number in the id of an item of the shop.
pub(crate) fn item_number(id: &ItemId) -> Option<u32> {
    id.as_str().strip_prefix('i')?.parse().ok()
}

pub(crate) fn customer(number: u32) -> Option<CustomerId> {
    CustomerId::new(Text::new("c").number(number.into()).as_str()).ok()
}

/// A customer's first device, or the second that some have.
pub(crate) fn device(number: u32, second: bool) -> Option<DeviceId> {
    let tail = if second { "b" } else { "" };
    DeviceId::new(Text::new("d").number(number.into()).and(tail).as_str()).ok()
}

pub(crate) fn merchant(number: u32) -> Option<MerchantId> {
    MerchantId::new(Text::new("m").number(number.into()).as_str()).ok()
}

pub(crate) fn session(prefix: &str, number: u64) -> Option<SessionId> {
    SessionId::new(Text::new(prefix).number(number).as_str()).ok()
}

pub(crate) fn order(prefix: &str, number: u64) -> Option<OrderId> {
    OrderId::new(Text::new(prefix).number(number).as_str()).ok()
}

/// `e12-3`: the third fact of visit 12.
pub(crate) fn fact(prefix: &str, number: u64, place: u32) -> Option<FactId> {
    FactId::new(Text::new(prefix).number(number).and("-").number(place.into()).as_str()).ok()
}
