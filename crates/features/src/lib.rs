//! What was known about X at time T?
//!
//! Every feature is a pure fold over [`commerce::Fact`]s in log order. Serving reads the state of
//! now; training replays the log through the same code and reads the state of then, so the two
//! cannot drift apart. There is no clock, no chance and no file in here.
//!
//! | room | its question |
//! |---|---|
//! | `fold` | which state does each fact change? ([`Features`]) |
//! | `shelf` | what does a fact change in the item table? |
//! | `items` | what is known about an item? ([`Items`]) |
//! | `forget` | who is forgotten? |
//! | `party`, `ties` | what do we keep of somebody, and which devices are whose? |
//! | `view`, `profile` | what is known about a customer? ([`CustomerView`]) |
//! | `history` | what is there to learn from? |
//! | `replay` | what was known just before each fact? |
//! | `memory` | how much room does it take? |
//! | `snapshot` | how does the state survive a restart? |
//! | `rates` | how popular are these items, all at one moment? ([`Rates`]) |
//! | `named` | which features may others rely on? ([`FEATURES`]) |
//! | `cow`, `names`, `times`, `sketch`, `top`, `decay`, `wire` | the small structures all this stands on |
//!
//! **Two offsets name a state.** [`Items::as_of`] and [`CustomerView::as_of`] say how much of the
//! log each depends on; folding the log up to them gives the same values, bit for bit. Decision
//! records carry both.
//!
//! **What is kept, per piece** (see [`MemoryReport`] for a live count): an event line by a
//! customer 16 bytes, an impression 8, both up to a cap per party; an event line of an item 4
//! more, up to a cap per item and kind; a party about 130 bytes with its key; an item about 400
//! bytes beside its catalogue entry, and 12 bytes for each of its (at most 32) companions.

mod contexts;
mod cow;
mod decay;
mod fold;
mod forget;
mod hash;
mod history;
mod items;
mod memory;
mod named;
mod names;
mod options;
mod party;
mod profile;
mod rates;
mod replay;
mod shelf;
mod sketch;
mod snapshot;
mod stats;
mod ties;
mod times;
mod top;
mod touch;
mod view;
mod wire;

pub use decay::halved;
pub use fold::Features;
pub use history::History;
pub use items::{Companion, ItemRow, Items, Term, TermKind};
pub use memory::MemoryReport;
pub use named::{FEATURES, FeatureInfo};
pub use options::{FeatureOptions, OptionsError, Weights};
pub use profile::{Bought, Fatigue};
pub use rates::{ItemRates, Rates};
pub use replay::replay;
pub use snapshot::LoadError;
pub use stats::{ItemStats, Signal, Span};
pub use times::Count;
pub use touch::{NO_ITEM, Shown, Touch};
pub use view::{CustomerView, Party, PartyKind};

#[cfg(test)]
mod tests;
