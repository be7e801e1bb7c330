//! How is a question answered, recorded and shadowed?

use crate::decisions::fact_id;
use crate::state::Side;
use crate::{App, AppError};
use commerce::{
    Body, DecisionId, DecisionRecord, Fact, FactId, ItemId, MerchantId, ShadowRecord, Who,
};
use decide::{Ctx, Language, Lineup, Names, Records, Runner, WhenRecorded};
use features::Items;
use parking_lot::Mutex;
use recommend::{RecommendAnswer, RecommendAsk, Recommender};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{Ack, codec};

/// Questions that wait for the shadow; when more come, the shadow misses some.
const SHADOWS_WAITING_MAX: usize = 256;

/// An answer, and the record that defends it.
#[derive(Clone, Debug)]
pub struct Recommended {
    /// What is answered.
    pub answer: RecommendAnswer,
    /// The record, on its way into the log.
    pub record: Arc<DecisionRecord>,
}

/// Questions on their way to the shadow.
#[derive(Debug, Default)]
pub(crate) struct Shadows(Mutex<Option<SyncSender<Shadowed>>>);

#[derive(Debug)]
struct Shadowed {
    lineup: Arc<Lineup<Recommender>>,
    live: Arc<DecisionRecord>,
    ctx: Ctx,
    ask: RecommendAsk,
}

impl Records for App {
    fn keep(&self, record: &Arc<DecisionRecord>, when: WhenRecorded) -> Result<(), String> {
        let id = fact_id(record.id).ok_or("the decision has no id")?;
        let body = Body::Decision(Arc::clone(record));
        let fact = Fact { id, at: record.at, received_at: record.at, body };
        let entry = codec::entry_of(&fact).map_err(|e| e.to_string())?;
        self.decisions.remember(record.id, entry.clone());
        match when {
            WhenRecorded::Before => self.log.append(vec![entry], Ack::Disk).map(drop),
            WhenRecorded::After => self.log.submit(vec![entry], Ack::Later, |outcome| {
                if let Err(error) = outcome {
                    tracing::error!(%error, "a decision was answered but not recorded");
                }
            }),
        }
        .map_err(|e| e.to_string())
    }
}

impl App {
    /// Answers `ask`; the record goes into the log.
    ///
    /// # Errors
    /// [`AppError::Ask`] for an ask that breaks a limit.
    pub fn recommend(&self, ask: &RecommendAsk) -> Result<Recommended, AppError> {
        let lineup = self.lineup.load_full();
        ask.check(lineup.live.options().slate_max)?;
        let id = DecisionId::from_parts(self.now().ms(), self.chance.bits());
        let consent = |who: &Who| self.state.govern.read().consent_use(who);
        let runner = Runner {
            features: &self.state.features,
            consent: &consent,
            experiments: &self.state.experiments,
            records: self,
            budget: Duration::from_millis(self.options.decide.budget_ms),
        };
        let answered = runner.run(&lineup, ask, id).map_err(AppError::Internal)?;
        let is_degraded = answered.record.degraded.is_some();
        self.degraded.fetch_add(u64::from(is_degraded), Ordering::Relaxed);
        self.pulse.decided(answered.record.at, answered.record.took_us, is_degraded);
        let live = Arc::clone(&answered.record);
        if lineup.shadow.is_some() {
            self.shadows.send(Shadowed { lineup, live, ctx: answered.ctx, ask: ask.clone() });
        }
        Ok(Recommended { answer: answered.answer, record: answered.record })
    }

    /// The record of a decision, if there is one.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn decision(&self, id: DecisionId) -> Result<Option<Arc<DecisionRecord>>, AppError> {
        Ok(self.decisions.find(id)?)
    }

    /// A record in sentences.
    #[must_use]
    pub fn explain(&self, record: &DecisionRecord, language: Language) -> Vec<String> {
        let lineup = self.lineup.load();
        let items = self.state.features.items();
        let names =
            Called { items: &items, side: &self.state.side, chinese: language == Language::Zh };
        decide::explain(lineup.live.as_ref(), record, language, &names)
    }

    /// Starts the thread that asks the shadow; it ends with the app.
    pub(crate) fn start_shadows(&self) {
        if self.lineup.load().shadow.is_none() {
            return;
        }
        let (send, receive) = sync_channel(SHADOWS_WAITING_MAX);
        *self.shadows.0.lock() = Some(send);
        let app = Weak::clone(&self.this);
        let spawned = std::thread::Builder::new()
            .name("shadow".into())
            .spawn(move || ask_shadow(&app, &receive));
        if let Err(error) = spawned {
            tracing::error!(%error, "the shadow cannot be asked");
        }
    }
}

/// What the shop calls its items and merchants.
struct Called<'a> {
    items: &'a Items,
    side: &'a Mutex<Side>,
    chinese: bool,
}

impl Names for Called<'_> {
    fn item(&self, id: &str) -> String {
        let known = ItemId::new(id).ok().and_then(|id| self.items.ix(&id));
        let row = known.map(|ix| self.items.row(ix));
        row.map_or(id, |row| row.item.title(self.chinese)).to_owned()
    }

    fn merchant(&self, id: &str) -> String {
        let side = self.side.lock();
        let known = MerchantId::new(id).ok().and_then(|id| side.merchants.get(&id));
        known.map_or(id, |name| name).to_owned()
    }
}

impl Shadows {
    fn send(&self, shadowed: Shadowed) {
        if let Some(to) = &*self.0.lock() {
            // A full queue means that the shadow is slower than the answers: it misses this one.
            let _ = to.try_send(shadowed);
        }
    }
}

fn ask_shadow(app: &Weak<App>, receive: &Receiver<Shadowed>) {
    while let Ok(Shadowed { lineup, live, ctx, ask }) = receive.recv() {
        let Some(app) = app.upgrade() else { return };
        let Some((name, policy)) = lineup.shadow() else { continue };
        let allowed = Duration::from_millis(app.options.decide.budget_ms);
        let record = decide::shadow(name, policy.as_ref(), &live, ctx, &ask, allowed);
        if let Err(error) = app.keep_shadow(record) {
            tracing::error!(%error, "a shadow's answer was not recorded");
        }
    }
}

impl App {
    fn keep_shadow(&self, record: ShadowRecord) -> Result<(), AppError> {
        let now = self.now();
        let id = FactId::new(&format!("shadow:{}", record.decision))
            .map_err(|e| AppError::Internal(e.to_string()))?;
        let fact = Fact { id, at: now, received_at: now, body: Body::Shadow(Box::new(record)) };
        self.log.submit(vec![codec::entry_of(&fact)?], Ack::Later, |_| {})?;
        Ok(())
    }
}
