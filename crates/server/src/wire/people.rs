//! Customers, their word and their devices, as a sender tells them.

use super::catalogue::read_attributes;
use super::fields::{Fields, WORD_MAX};
use commerce::{ConsentChange, Customer, CustomerId, DeviceId, IdentityChange, Purpose, Who};

/// Most interests of one customer.
const INTERESTS_MAX: usize = 50;

/// Reads one customer.
pub(crate) fn read_customer(fields: &Fields<'_>) -> Option<Customer> {
    let id = fields.id_needed("customer_id", CustomerId::new);
    let interests = fields.words("interests", INTERESTS_MAX);
    let place = fields.boxed("place", WORD_MAX);
    let attributes = read_attributes(fields);
    Some(Customer { id: id?, interests, place, attributes })
}

/// Reads one word on a use of data.
pub(crate) fn read_consent(fields: &Fields<'_>) -> Option<ConsentChange> {
    let who = Who {
        customer: fields.id("customer_id", CustomerId::new),
        device: fields.id("device_id", DeviceId::new),
        session: None,
    };
    if !fields.has("customer_id") && !fields.has("device_id") {
        fields.wrong("customer_id", "customer_id or device_id is needed");
    }
    let names = Purpose::ALL.map(Purpose::name);
    let purpose = fields.word_needed("purpose", Purpose::named, &names);
    let granted = fields.flag("granted");
    if !fields.has("granted") {
        fields.wrong("granted", "true or false");
    }
    Some(ConsentChange { who, purpose: purpose?, granted: granted? })
}

/// Reads one tie of a device to a customer; `caller` stands for who decided it unless said.
pub(crate) fn read_identity(fields: &Fields<'_>, caller: &str) -> Option<IdentityChange> {
    let device = fields.id_needed("device_id", DeviceId::new);
    let customer = fields.id_needed("customer_id", CustomerId::new);
    let linked = fields.flag("linked").unwrap_or(true);
    let by = fields.boxed("by", WORD_MAX).unwrap_or_else(|| caller.into());
    Some(IdentityChange { device: device?, customer: customer?, linked, by })
}
