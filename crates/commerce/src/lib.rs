//! What do we call things?
//!
//! Words only: ids, money, time, facts, the decision record, error codes. No IO, no async, no
//! maths beyond what keeps a word honest. Every other crate speaks these words, so a change here
//! is a change of the whole; the durable shapes ([`Fact`] and what it carries) are encoded and
//! versioned by `store::codec`.
//!
//! | room | the words it holds |
//! |---|---|
//! | `ids` | who and what: items, customers, devices, sessions, orders, facts, decisions |
//! | `money` | amounts in minor units of an ISO 4217 currency |
//! | `time` | instants in milliseconds, and what a believable instant is |
//! | `event` | behaviour in the GA4 e-commerce vocabulary, plus ours |
//! | `catalogue` | items, customers, merchants as the shop describes them |
//! | `fact` | everything the log can hold |
//! | `decision` | the record of an answer that can be defended |
//! | `codes` | the one table of error codes |

mod catalogue;
mod codes;
mod decision;
mod event;
mod fact;
mod ids;
mod money;
mod time;

pub use catalogue::{Attribute, Customer, Item, Merchant};
pub use codes::{CODES, Code, Owner, Retry, code};
pub use decision::{
    ArmRef, AsOf, Choice, ConsentUse, Considered, DecisionRecord, ModelRef, Part, Reason,
    ShadowRecord, Stop,
};
pub use event::{Context, Event, EventKind, Line, Who};
pub use fact::{Audit, Body, ConsentChange, Fact, IdentityChange, Policy, Purpose, StockMove};
pub use ids::{
    CustomerId, DecisionId, DeviceId, FactId, IdError, ItemId, MerchantId, OrderId, SessionId,
};
pub use money::{Currency, Money, MoneyError};
pub use time::{At, TimeError};

#[cfg(test)]
mod tests;
