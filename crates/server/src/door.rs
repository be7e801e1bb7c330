//! What do all requests share?

use crate::facade::Shop;
use crate::limits::Bucket;
use crate::metrics::Metrics;
use crate::routes::ROUTES;
use crate::webhooks::Webhooks;
use crate::work::Seats;
use crate::{Problem, ServerError, ServerOptions};
use commerce::{Currency, Fact, FactId};
use govern::Keys;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{Ack, Receipt};
use tokio::sync::{Semaphore, oneshot};

/// How many lookups that may take long run at once.
const LOOKS_MAX: usize = 4;

/// What every handler gets.
pub(crate) type Shared = Arc<Door>;

/// The server's state. None of it is the shop's: that is behind `shop`.
pub(crate) struct Door {
    pub(crate) shop: Arc<dyn Shop>,
    pub(crate) options: ServerOptions,
    pub(crate) currency: Currency,
    pub(crate) keys: Keys,
    /// One for each key, by name.
    pub(crate) buckets: HashMap<Box<str>, Bucket>,
    pub(crate) seats: Seats,
    /// Places for what may take long.
    looks: Arc<Semaphore>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) metrics: Metrics,
    /// Set once, when the server goes down.
    pub(crate) draining: AtomicBool,
    /// Drawn at the start, so that ids of two runs differ.
    run: u64,
    made: AtomicU64,
    /// When the door was opened.
    pub(crate) opened: Instant,
}

impl Door {
    pub(crate) fn new(options: ServerOptions, shop: Arc<dyn Shop>) -> Result<Self, ServerError> {
        let keys = options.check()?;
        let webhooks = Webhooks::open(Arc::clone(&shop), options.webhooks.clone());
        let bucket =
            |key: &govern::Key| (key.name.clone(), Bucket::new(key.requests_per_s, key.burst));
        Ok(Self {
            shop,
            currency: options.shop_currency()?,
            buckets: keys.iter().map(bucket).collect(),
            keys,
            seats: Seats::new(options.thinking_max, options.waiting_max),
            looks: Arc::new(Semaphore::new(LOOKS_MAX)),
            webhooks: webhooks.map_err(ServerError::Webhooks)?,
            metrics: Metrics::new(ROUTES.len()),
            draining: AtomicBool::new(false),
            run: RandomState::new().build_hasher().finish(),
            made: AtomicU64::new(0),
            opened: Instant::now(),
            options,
        })
    }

    /// A text that no other request or fact was called by.
    pub(crate) fn fresh_name(&self) -> String {
        format!("{:016x}-{:x}", self.run, self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// The id of a fact whose sender gave it none.
    pub(crate) fn fresh_fact_id(&self) -> Option<FactId> {
        FactId::new(&format!("door-{}", self.fresh_name())).ok()
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.options.timeout_ms)
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Runs `think`, which is quick, as soon as a seat is free.
    pub(crate) async fn think<T: Send + 'static>(
        self: &Arc<Self>,
        think: impl FnOnce(&dyn Shop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let shop = Arc::clone(&self.shop);
        self.seats.run(move || think(shop.as_ref())).await
    }

    /// Runs `look`, which may take long (reading the log, loading a model), beside those that think, so that no answer ever waits behind it; at most [`LOOKS_MAX`] at once.
    pub(crate) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&dyn Shop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let gone = || Problem::new("shutting_down", "the threads that look things up have ended");
        let place = Arc::clone(&self.looks).acquire_owned().await.map_err(|_| gone())?;
        let shop = Arc::clone(&self.shop);
        let looked = tokio::task::spawn_blocking(move || {
            let _place = place;
            look(shop.as_ref())
        });
        looked.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
    }

    /// Appends `facts` and waits for their receipts.
    pub(crate) async fn ingest(&self, facts: Vec<Fact>, ack: Ack) -> Result<Vec<Receipt>, Problem> {
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        let (sender, receiver) = oneshot::channel();
        let done = move |receipts| drop(sender.send(receipts)); // the sender may have gone by now
        self.shop.ingest(facts, ack, Box::new(done));
        let closed = || Problem::new("shutting_down", "the log is closed");
        receiver.await.unwrap_or_else(|_| Err(closed()))
    }
}
