//! How does a fact get in? Encoded, written with others in one go, folded, then acknowledged.

use crate::{App, AppError};
use commerce::{Body, EventKind, Fact, FactId, IdentityChange, Purpose};
use store::{Ack, Entry, Receipt, codec};

/// Called once with what came of a batch: a receipt for each fact, in order. Runs on the log's
/// writer thread, so it must be quick.
pub type Ingested = Box<dyn FnOnce(Result<Vec<Receipt>, AppError>) + Send>;

impl App {
    /// Appends `facts` without blocking. When `done` is called, they are as durable as `ack` asks
    /// and the next answer sees them.
    pub fn submit(&self, facts: &[Fact], ack: Ack, done: Ingested) {
        let entries = match self.entries(facts) {
            Ok(entries) => entries,
            Err(error) => return done(Err(error)),
        };
        let wanted = facts.len();
        // `done` goes to the log, which drops it when it refuses; the refusal needs it back.
        let shared = std::sync::Arc::new(parking_lot::Mutex::new(Some(done)));
        let for_log = std::sync::Arc::clone(&shared);
        let answer = move |receipts: Result<Vec<Receipt>, store::StoreError>| {
            if let Some(done) = for_log.lock().take() {
                done(
                    receipts
                        .map(|mut all| {
                            all.truncate(wanted);
                            all
                        })
                        .map_err(AppError::from),
                );
            }
        };
        if let Err(error) = self.log.submit(entries, ack, answer)
            && let Some(done) = shared.lock().take()
        {
            done(Err(error.into()));
        }
    }

    /// Appends `facts` and waits until they are as durable as `ack` asks.
    ///
    /// # Errors
    /// [`AppError::Store`]; nothing of the batch is then acknowledged.
    pub fn append(&self, facts: &[Fact], ack: Ack) -> Result<Vec<Receipt>, AppError> {
        let mut receipts = self.log.append(self.entries(facts)?, ack)?;
        receipts.truncate(facts.len());
        Ok(receipts)
    }

    /// The log entries of `facts`, and behind them those of the joins that sign-ins among them
    /// make.
    fn entries(&self, facts: &[Fact]) -> Result<Vec<Entry>, AppError> {
        let joins = facts.iter().filter_map(|fact| self.join_at_sign_in(fact));
        let mut entries = Vec::with_capacity(facts.len());
        for fact in facts {
            entries.push(codec::entry_of(fact)?);
        }
        for fact in joins {
            entries.push(codec::entry_of(&fact)?);
        }
        Ok(entries)
    }

    /// A sign-in shows whose device it is. That becomes a fact of its own, to be seen and undone,
    /// if the customer lets us treat both as one.
    fn join_at_sign_in(&self, fact: &Fact) -> Option<Fact> {
        let Body::Event(event) = &fact.body else { return None };
        if !matches!(event.kind, EventKind::Login | EventKind::SignUp) {
            return None;
        }
        let (customer, device) = (event.who.customer.as_ref()?, event.who.device.as_ref()?);
        if !self.state.govern.read().may(Purpose::IdentityMerge, &event.who).allowed {
            return None;
        }
        let change = IdentityChange {
            device: device.clone(),
            customer: customer.clone(),
            linked: true,
            by: event.kind.name().into(),
        };
        // The fact's own id may be as long as ids get: a hash keeps this one short.
        let id = FactId::new(&format!("join:{:016x}", short_hash(fact.id.as_str()))).ok()?;
        Some(Fact { id, at: fact.at, received_at: fact.received_at, body: Body::Identity(change) })
    }
}

/// FNV-1a, 64 bits.
fn short_hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
