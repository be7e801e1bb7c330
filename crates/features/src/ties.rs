//! Which devices are whose? Links between devices and customers, made and undone by facts.
//!
//! A link moves nothing: histories stay where they were written and are merged when they are read,
//! so parting a device restores both sides exactly. Whoever writes the fact has asked for consent
//! (`IdentityMerge`); a no to it, said before or later, keeps them apart.

use rustc_hash::FxHashMap;

/// Links, by party number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ties {
    pub(crate) owner: FxHashMap<u32, u32>,
    pub(crate) devices: FxHashMap<u32, Vec<u32>>,
}

impl Ties {
    /// Links `device` to `customer`; a device has one owner, the last. Returns the one it left.
    pub(crate) fn link(&mut self, device: u32, customer: u32) -> Option<u32> {
        let before = self.owner.get(&device).copied().filter(|&owner| owner != customer);
        if let Some(owner) = before {
            self.part(device, owner);
        }
        self.owner.insert(device, customer);
        let devices = self.devices.entry(customer).or_default();
        if !devices.contains(&device) {
            devices.push(device);
        }
        before
    }

    /// Undoes a link; nothing happens if the device is not that customer's.
    pub(crate) fn part(&mut self, device: u32, customer: u32) {
        if self.owner.get(&device) != Some(&customer) {
            return;
        }
        self.owner.remove(&device);
        if let Some(devices) = self.devices.get_mut(&customer) {
            devices.retain(|&d| d != device);
            if devices.is_empty() {
                self.devices.remove(&customer);
            }
        }
    }

    /// The party that speaks for `party`, and the devices that go with it.
    pub(crate) fn family(&self, party: u32) -> (u32, &[u32]) {
        let head = self.owner.get(&party).copied().unwrap_or(party);
        (head, self.devices.get(&head).map_or(&[], Vec::as_slice))
    }
}
