//! How does this survive a restart? Consents and the trail as one fold with one snapshot.

use crate::{Consents, GovernOptions, Permission, Trail};
use commerce::{At, Audit, Body, ConsentUse, CustomerId, DeviceId, Fact, Purpose, Who};

/// The layout of snapshots that this release writes; the first byte of each.
const FORMAT: u8 = 1;

/// Why a snapshot cannot be used. Folding the log from its beginning always helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Written by another release.
    #[error("the snapshot has format {found}, this release reads format {FORMAT}")]
    Format {
        /// The format found.
        found: u8,
    },
    /// Cut short or changed.
    #[error("the snapshot is damaged: {problem}")]
    Damaged {
        /// What the decoder said.
        problem: String,
    },
}

/// Everything that `govern` knows of the log, and the options it answers by.
#[derive(Clone, Debug, Default)]
pub struct Govern {
    /// What customers and devices said.
    pub consents: Consents,
    /// Who did what lately.
    pub trail: Trail,
    options: GovernOptions,
}

impl Govern {
    /// Nothing known yet.
    #[must_use]
    pub fn new(options: GovernOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Takes the next fact of the log; most are none of its business.
    pub fn fold(&mut self, offset: u64, fact: &Fact) {
        match &fact.body {
            Body::Consent(change) => {
                self.consents.fold(fact.at, change);
                if change.purpose == Purpose::IdentityMerge && !change.granted {
                    let subject = named(change.who.customer.as_ref(), change.who.device.as_ref());
                    let note = "consent to identity_merge was taken back";
                    self.trace(offset, fact.at, &parted(&subject, &subject, note));
                }
            }
            Body::Identity(change) if !change.linked => {
                let subject = named(Some(&change.customer), Some(&change.device));
                self.trace(offset, fact.at, &parted(&change.by, &subject, ""));
            }
            Body::Audit(audit) => self.trace(offset, fact.at, audit),
            _ => {}
        }
    }

    fn trace(&mut self, offset: u64, at: At, audit: &Audit) {
        self.trail.fold(offset, at, audit, self.options.trail_entries);
    }

    /// May what we know of `who` be used for `purpose`?
    #[must_use]
    pub fn may(&self, purpose: Purpose, who: &Who) -> Permission {
        self.consents.may(purpose, who, &self.options)
    }

    /// What a decision for `who` may use, as its record keeps it.
    #[must_use]
    pub fn consent_use(&self, who: &Who) -> ConsentUse {
        self.consents.consent_use(who, &self.options)
    }

    /// The state as bytes: a format byte, then postcard. The offset it was taken at is the
    /// caller's to keep beside it.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`] when the encoder fails, which takes more memory than there is.
    pub fn save(&self) -> Result<Vec<u8>, SnapshotError> {
        postcard::to_extend(&(&self.consents, &self.trail), vec![FORMAT])
            .map_err(|error| damaged(&error))
    }

    /// The state from [`Govern::save`]'s bytes, answering by `options` from now on.
    ///
    /// # Errors
    /// [`SnapshotError`]; then fold the log from its beginning.
    pub fn load(bytes: &[u8], options: GovernOptions) -> Result<Self, SnapshotError> {
        match bytes.split_first() {
            Some((&FORMAT, rest)) => {
                let (consents, trail) =
                    postcard::from_bytes(rest).map_err(|error| damaged(&error))?;
                Ok(Self { consents, trail, options })
            }
            Some((&found, _)) => Err(SnapshotError::Format { found }),
            None => Err(SnapshotError::Damaged { problem: "it is empty".into() }),
        }
    }
}

/// A customer and a device, as far as they are named.
fn named(customer: Option<&CustomerId>, device: Option<&DeviceId>) -> String {
    let both = [customer.map(CustomerId::as_str), device.map(DeviceId::as_str)];
    both.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The trace of devices that are a customer's no more.
fn parted(actor: &str, subject: &str, note: &str) -> Audit {
    let action = "identity.unlink".into();
    Audit { actor: actor.into(), action, subject: subject.into(), note: note.into() }
}

fn damaged(error: &postcard::Error) -> SnapshotError {
    SnapshotError::Damaged { problem: error.to_string() }
}
