//! Where is the record of this decision? The latest ones in memory, all of them in the log.

use commerce::{Body, DecisionId, DecisionRecord, FactId};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Records kept in memory for next pages and explanations, about 3 KB each.
const RECENT_MAX: usize = 4_096;

/// The records of decisions.
#[derive(Debug)]
pub(crate) struct Decisions {
    recent: Mutex<Recent>,
    reader: store::Reader,
}

#[derive(Debug, Default)]
struct Recent {
    by_id: HashMap<DecisionId, Arc<DecisionRecord>>,
    order: VecDeque<DecisionId>,
}

impl Decisions {
    pub(crate) fn new(reader: store::Reader) -> Self {
        Self { recent: Mutex::default(), reader }
    }

    /// Remembers a record that is on its way into the log.
    pub(crate) fn remember(&self, record: &Arc<DecisionRecord>) {
        let mut recent = self.recent.lock();
        if recent.by_id.insert(record.id, Arc::clone(record)).is_none() {
            recent.order.push_back(record.id);
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
        if let Some(record) = self.recent.lock().by_id.get(&id) {
            return Ok(Some(Arc::clone(record)));
        }
        let Some(stored) = self.reader.find(fact_id_text(id).as_bytes())? else { return Ok(None) };
        let fact = store::codec::fact_of(&stored.entry)?;
        Ok(match fact.body {
            Body::Decision(record) => Some(Arc::from(record)),
            _ => None,
        })
    }
}

/// The fact that holds a decision is called by the decision's id.
pub(crate) fn fact_id(id: DecisionId) -> Option<FactId> {
    FactId::new(&fact_id_text(id)).ok()
}

fn fact_id_text(id: DecisionId) -> String {
    format!("decision:{id}")
}
