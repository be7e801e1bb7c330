//! Where is the record of this decision? The latest ones in memory, all of them in the log.

use commerce::{Body, DecisionId, DecisionRecord, FactId};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use store::Entry;

/// Records kept in memory for next pages and explanations, encoded: about 2 KB each. As values
/// each would be hundreds of small allocations, freed by another thread long after.
const RECENT_MAX: usize = 4_096;

/// How the ids of their facts begin.
const PREFIX: &str = "decision:";

/// The records of decisions.
#[derive(Debug)]
pub(crate) struct Decisions {
    recent: Mutex<Recent>,
    reader: store::Reader,
}

#[derive(Debug, Default)]
struct Recent {
    by_id: HashMap<DecisionId, Entry>,
    order: VecDeque<DecisionId>,
}

impl Decisions {
    pub(crate) fn new(reader: store::Reader) -> Self {
        Self { recent: Mutex::default(), reader }
    }

    /// Remembers the record of `id`, whose `entry` is on its way into the log.
    pub(crate) fn remember(&self, id: DecisionId, entry: Entry) {
        let mut recent = self.recent.lock();
        if recent.by_id.insert(id, entry).is_none() {
            recent.order.push_back(id);
        }
        if recent.order.len() > RECENT_MAX
            && let Some(oldest) = recent.order.pop_front()
        {
            recent.by_id.remove(&oldest);
        }
    }

    /// The record of `id`, if there is one.
    pub(crate) fn find(
        &self,
        id: DecisionId,
    ) -> Result<Option<Arc<DecisionRecord>>, store::StoreError> {
        let recent = self.recent.lock().by_id.get(&id).cloned();
        let entry = match recent {
            Some(entry) => entry,
            None => match self.reader.find(fact_id_text(id).as_bytes())? {
                Some(stored) => stored.entry,
                None => return Ok(None),
            },
        };
        Ok(match store::codec::fact_of(&entry)?.body {
            Body::Decision(record) => Some(record),
            _ => None,
        })
    }
}

/// The fact that holds a decision is called by the decision's id.
pub(crate) fn fact_id(id: DecisionId) -> Option<FactId> {
    FactId::new(&fact_id_text(id)).ok()
}

fn fact_id_text(id: DecisionId) -> String {
    format!("{PREFIX}{id}")
}

/// Whether an entry with this id holds a decision.
pub(crate) fn is_decision(id: &[u8]) -> bool {
    id.starts_with(PREFIX.as_bytes())
}
