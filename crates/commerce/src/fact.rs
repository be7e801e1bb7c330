//! What happened? Everything that the event log can hold.
//!
//! A fact is idempotent by the sender's id and durable before it is acknowledged. Decisions are
//! facts too, so are changes of policy, consent and identity: state is whatever the folds make of
//! the log, and nothing else. The order of [`Body`]'s variants is part of the stored format: add
//! at the end only.

use crate::{
    At, Customer, CustomerId, DecisionRecord, DeviceId, Event, FactId, Item, ItemId, Merchant,
    ShadowRecord, Who,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Something that happened, at a time, told once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The sender's id; a second fact with the same id changes nothing.
    pub id: FactId,
    /// When it happened, by the sender's clock.
    pub at: At,
    /// When it reached us, by ours.
    pub received_at: At,
    /// What happened.
    pub body: Body,
}

/// The kinds of fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// A customer did something.
    Event(Event),
    /// An item is, or is now, like this.
    Item(Item),
    /// An item is gone for good.
    ItemGone(ItemId),
    /// Stock changed.
    Stock(StockMove),
    /// A customer is, or is now, like this.
    Customer(Customer),
    /// A merchant is, or is now, like this.
    Merchant(Merchant),
    /// Somebody said what we may do with what we know.
    Consent(ConsentChange),
    /// A device turned out to be a customer's, or not to be.
    Identity(IdentityChange),
    /// We answered.
    Decision(Arc<DecisionRecord>),
    /// A second policy would have answered this.
    Shadow(Box<ShadowRecord>),
    /// From now on we decide by these options.
    Policy(Policy),
    /// Somebody with rights did something that must be traceable.
    Audit(Audit),
}

/// A change of stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StockMove {
    /// Counted: there are `left` pieces.
    Counted { item: ItemId, left: u32 },
    /// Moved: `change` pieces came (positive) or went.
    Moved { item: ItemId, change: i32 },
}

/// What personal data may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Purpose {
    /// Choosing what to show by what this customer did.
    Personalisation,
    /// Treating a device and a customer as one.
    IdentityMerge,
    /// Counting this customer's behaviour into models of all.
    Training,
    /// Sending offers.
    Marketing,
}

impl Purpose {
    /// Every purpose, in stored order.
    pub const ALL: [Self; 4] =
        [Self::Personalisation, Self::IdentityMerge, Self::Training, Self::Marketing];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personalisation => "personalisation",
            Self::IdentityMerge => "identity_merge",
            Self::Training => "training",
            Self::Marketing => "marketing",
        }
    }

    /// The purpose with this wire name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

/// Somebody said yes or no to a purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentChange {
    /// Who said it: a customer or a device.
    pub who: Who,
    /// About what.
    pub purpose: Purpose,
    /// Yes or no.
    pub granted: bool,
}

/// A device is joined with, or parted from, a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityChange {
    /// The device.
    pub device: DeviceId,
    /// The customer.
    pub customer: CustomerId,
    /// Joined (true) or parted.
    pub linked: bool,
    /// Who or what decided it: `login`, an operator's name, a matching rule.
    pub by: Box<str>,
}

/// The options that a kind of decision runs under from now on, so that a replay can find them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The domain: `recommend`.
    pub domain: Box<str>,
    /// Hash of `options`, as decision records name it.
    pub hash: u64,
    /// The options as TOML text.
    pub options: Box<str>,
}

/// A trace of something done by somebody with rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Who did it: the name of a key or an operator.
    pub actor: Box<str>,
    /// What: `model.promote`, `identity.unlink`, …
    pub action: Box<str>,
    /// To what.
    pub subject: Box<str>,
    /// Why, in the actor's words.
    pub note: Box<str>,
}
