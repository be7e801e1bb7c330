//! What holds when nobody said anything? The `[govern]` section.

use commerce::Purpose;
use serde::{Deserialize, Serialize};

/// What may be done with the data of customers who said neither yes nor no, and what is kept.
///
/// The defaults suit a shop whose terms tell of personalisation and offer a way out (PIPL art. 24,
/// GDPR art. 6 (1) f and 21); what needs a yes of its own by those laws is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GovernOptions {
    /// Choose what to show by what this customer did. Default true; false gives everybody who
    /// did not say yes the slate made for anybody.
    pub personalisation: bool,
    /// Treat a device and a customer as one after a login. Default false: joining what was done
    /// without a name to a person needs their yes.
    pub identity_merge: bool,
    /// Count this customer's behaviour into models of all. Default true.
    pub training: bool,
    /// Send offers. Default false: direct marketing needs a yes.
    pub marketing: bool,
    /// Audit entries kept for reading, 0 to 1,000,000. Default 10,000; all stay in the log.
    pub trail_entries: usize,
}

impl Default for GovernOptions {
    fn default() -> Self {
        Self {
            personalisation: true,
            identity_merge: false,
            training: true,
            marketing: false,
            trail_entries: 10_000,
        }
    }
}

impl GovernOptions {
    /// What holds for `purpose` when nobody said anything.
    #[must_use]
    pub fn default_for(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Personalisation => self.personalisation,
            Purpose::IdentityMerge => self.identity_merge,
            Purpose::Training => self.training,
            Purpose::Marketing => self.marketing,
        }
    }
}
