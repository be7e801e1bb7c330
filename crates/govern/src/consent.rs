//! May we use what we know, and who said so?
//!
//! A customer's own word holds over a device's, because several people share a tablet; a device's
//! word holds for a customer who said nothing, because it is the best word there is; and the shop's
//! default holds when nobody said anything. Of two words of one voice the later one holds, by the
//! time they were said, not by the time they arrived.

use crate::GovernOptions;
use commerce::{At, ConsentChange, ConsentUse, CustomerId, DeviceId, Purpose, Who};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One voice's word on one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Word {
    granted: bool,
    at: At,
}

/// One voice's word on every purpose, in stored order.
type Words = [Option<Word>; Purpose::ALL.len()];

/// On whose word a purpose is allowed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The customer said so, then.
    Customer(At),
    /// The device said so, then, and the customer is unknown or silent.
    Device(At),
    /// Nobody said anything: the shop's default.
    Default,
}

/// Whether something is allowed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Whether it is.
    pub allowed: bool,
    /// On whose word.
    pub why: Why,
}

impl Permission {
    /// Whether somebody said so, as against the shop's default.
    #[must_use]
    pub fn declared(self) -> bool {
        self.why != Why::Default
    }
}

/// What everybody said. Only those who said something take memory: about 150 bytes each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Consents {
    customers: HashMap<CustomerId, Words>,
    devices: HashMap<DeviceId, Words>,
}

impl Consents {
    /// Takes the next change of the log, said at `at`. It is the word of the customer when one is
    /// named, else of the device; a change that names neither says nothing.
    pub fn fold(&mut self, at: At, change: &ConsentChange) {
        let words = match (&change.who.customer, &change.who.device) {
            (Some(customer), _) => self.customers.entry(customer.clone()).or_default(),
            (None, Some(device)) => self.devices.entry(device.clone()).or_default(),
            (None, None) => return,
        };
        let word = &mut words[change.purpose as usize];
        if word.is_none_or(|before| before.at <= at) {
            *word = Some(Word { granted: change.granted, at });
        }
    }

    /// May what we know of `who` be used for `purpose`?
    #[must_use]
    pub fn may(&self, purpose: Purpose, who: &Who, options: &GovernOptions) -> Permission {
        let place = purpose as usize;
        let customer = who.customer.as_ref().and_then(|id| self.customers.get(id)?[place]);
        if let Some(word) = customer {
            return Permission { allowed: word.granted, why: Why::Customer(word.at) };
        }
        let device = who.device.as_ref().and_then(|id| self.devices.get(id)?[place]);
        if let Some(word) = device {
            return Permission { allowed: word.granted, why: Why::Device(word.at) };
        }
        Permission { allowed: options.default_for(purpose), why: Why::Default }
    }

    /// What a decision for `who` may use, as its record keeps it.
    #[must_use]
    pub fn consent_use(&self, who: &Who, options: &GovernOptions) -> ConsentUse {
        let permission = self.may(Purpose::Personalisation, who, options);
        ConsentUse { personal: permission.allowed, declared: permission.declared() }
    }

    /// How many customers and devices said something.
    #[must_use]
    pub fn voices(&self) -> usize {
        self.customers.len() + self.devices.len()
    }
}
