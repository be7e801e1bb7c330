//! Does the same state still give the same answer? The log is folded up to where a decision saw
//! it, and the decision is asked again.

use crate::open::MODEL;
use crate::{App, AppError};
use commerce::{Body, DecisionRecord};
use decide::Replayed;
use features::{CustomerView, Features, Items};
use recommend::{Models, RecommendOptions, Recommender};
use std::sync::Arc;
use store::codec;

/// How many decisions were asked again, and how many gave the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayCount {
    /// Asked again.
    pub asked: u64,
    /// Gave the same bytes.
    pub same: u64,
    /// Those that did not: id and the fields that differ, at most 20.
    pub different: Vec<(String, Vec<&'static str>)>,
    /// Those that could not be asked: id and why, at most 20.
    pub failed: Vec<(String, String)>,
}

impl App {
    /// Asks again what `old` records, in the state it was answered from. Takes as long as folding
    /// the log up to there.
    ///
    /// # Errors
    /// [`AppError::Gone`] when its model or options are no longer kept.
    pub fn replay(&self, old: &DecisionRecord) -> Result<Replayed, AppError> {
        let mut outcome = None;
        self.replay_many(vec![old.clone()], &mut |_, replayed| outcome = Some(replayed))?;
        outcome.ok_or_else(|| AppError::Internal("the log ends before this decision".into()))?
    }

    /// Asks every decision again that the log holds between two offsets, folding the log once.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn replay_all(&self, offsets: std::ops::Range<u64>) -> Result<ReplayCount, AppError> {
        let mut records = Vec::new();
        let mut cursor = self.log.reader().read(offsets);
        while let Some(entry) = cursor.next_entry()? {
            if let Body::Decision(record) = codec::fact_at(&entry)?.body {
                records.push(Arc::unwrap_or_clone(record));
            }
        }
        let mut count = ReplayCount::default();
        self.replay_many(records, &mut |old, replayed| {
            count.asked += 1;
            match replayed {
                Ok(replayed) if replayed.differs.is_empty() => count.same += 1,
                Ok(replayed) if count.different.len() < 20 => {
                    count.different.push((old.id.to_string(), replayed.differs));
                }
                Err(error) if count.failed.len() < 20 => {
                    count.failed.push((old.id.to_string(), error.to_string()));
                }
                _ => {}
            }
        })?;
        Ok(count)
    }

    fn replay_many(
        &self,
        records: Vec<DecisionRecord>,
        each: &mut dyn FnMut(&DecisionRecord, Result<Replayed, AppError>),
    ) -> Result<(), AppError> {
        let mut waiting: Vec<Waiting> = records.into_iter().map(Waiting::new).collect();
        // Both offsets of each, in order: the state is stopped at every one of them.
        let mut stops: Vec<(u64, usize)> = Vec::with_capacity(waiting.len() * 2);
        for (place, one) in waiting.iter().enumerate() {
            stops.push((one.record.as_of.customers, place));
            stops.push((one.record.as_of.items, place));
        }
        stops.sort_unstable();
        let features = Features::new(self.options.features.clone());
        let reader = self.log.reader();
        let mut cursor = reader.read(0..reader.end());
        let mut policies = Policies::default();
        for (offset, place) in stops {
            while features.folded() < offset {
                let Some(entry) = cursor.next_entry()? else { break };
                features.fold(entry.offset, &codec::brief_at(&entry)?);
            }
            features.publish();
            let Some(one) = waiting.get_mut(place) else { continue };
            one.see(&features);
            if let (Some(items), Some(customer)) = (&one.items, &one.customer) {
                let replayed = policies.of(self, &one.record).and_then(|policy| {
                    decide::replay(
                        policy.as_ref(),
                        &one.record,
                        Arc::clone(items),
                        customer.clone(),
                    )
                    .map_err(AppError::Internal)
                });
                each(&one.record, replayed);
                (one.items, one.customer) = (None, None);
            }
        }
        Ok(())
    }
}

/// A decision whose state is being brought back.
struct Waiting {
    record: DecisionRecord,
    customer: Option<CustomerView>,
    items: Option<Arc<Items>>,
}

impl Waiting {
    fn new(record: DecisionRecord) -> Self {
        Self { record, customer: None, items: None }
    }

    fn see(&mut self, features: &Features) {
        let folded = features.folded();
        if folded >= self.record.as_of.customers && self.customer.is_none() {
            self.customer = Some(features.customer(&self.record.who, self.record.at));
        }
        if folded >= self.record.as_of.items && self.items.is_none() {
            self.items = Some(features.items());
        }
    }
}

/// Policies of the past, made once for each pair of options and model version.
#[derive(Default)]
struct Policies(Vec<(PolicyKey, Arc<Recommender>)>);

/// Hash of the options, version of the models.
type PolicyKey = (u64, Option<u32>);

impl Policies {
    fn of(&mut self, app: &App, record: &DecisionRecord) -> Result<Arc<Recommender>, AppError> {
        let version = record.models.first();
        let key = (record.policy, version.map(|model| model.version));
        if let Some((_, policy)) = self.0.iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(policy));
        }
        let options = app.state.side.lock().policies.get(&record.policy).cloned();
        let options = options.ok_or_else(|| AppError::Gone { what: "the options".into() })?;
        let options: RecommendOptions =
            toml::from_str(&options.options).map_err(|e| AppError::Internal(e.to_string()))?;
        let models = match version {
            Some(model) => {
                let (_, bytes) = app.registry.load(MODEL, model.version).map_err(|_| {
                    AppError::Gone { what: format!("model version {}", model.version) }
                })?;
                Models::decode(&bytes)?
            }
            None => Models::none(),
        };
        let policy = Arc::new(Recommender::new(options, Arc::new(models), version.cloned())?);
        self.0.push((key, Arc::clone(&policy)));
        Ok(policy)
    }
}
