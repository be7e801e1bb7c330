//! Which state does each fact change? The shared handle over all folds.
//!
//! One writer folds facts in log order; readers take item snapshots without waiting and views of
//! customers under short shard locks. Lock order: writer, ties, shards by number. The writer holds
//! one shard at a time, and the ties for writing only while it folds a change of identity, so a
//! reader that holds the ties sees a cut of the log.

use crate::contexts::{Contexts, Numbering};
use crate::items::Items;
use crate::options::FeatureOptions;
use crate::party::{Held, Key, PartyKind, SHARDS, Said, Shard, hear, place};
use crate::ties::Ties;
use crate::touch::{Shown, Touch, seconds};
use arc_swap::ArcSwap;
use commerce::{
    At, Body, ConsentChange, Customer, Event, EventKind, Fact, IdentityChange, Purpose,
};
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The feature state: folds facts, answers what is known.
#[derive(Debug)]
pub struct Features {
    pub(crate) options: Arc<FeatureOptions>,
    pub(crate) folded: AtomicU64,
    pub(crate) writer: Mutex<Writer>,
    pub(crate) published: ArcSwap<Items>,
    pub(crate) shards: Vec<RwLock<Arc<Shard>>>,
    pub(crate) ties: RwLock<Arc<Ties>>,
    pub(crate) contexts: ArcSwap<Contexts>,
}

/// What only the writer sees.
#[derive(Debug)]
pub(crate) struct Writer {
    /// The latest second that any fact tells of: how `forget` knows the time.
    pub(crate) clock_s: u32,
    pub(crate) items: Items,
    pub(crate) numbering: Numbering,
    /// Scratch: item numbers of an event's lines, and each line's companions.
    lines: Vec<u32>,
    companions: Vec<Vec<(u32, f32)>>,
}

/// The state at one offset.
#[derive(Debug)]
pub(crate) struct Frozen {
    pub(crate) folded: u64,
    pub(crate) clock_s: u32,
    pub(crate) items: Items,
    pub(crate) contexts: Contexts,
    pub(crate) ties: Arc<Ties>,
    pub(crate) shards: Vec<Arc<Shard>>,
}

/// An event with its names numbered.
struct Told<'a> {
    at: At,
    event: &'a Event,
    lines: &'a [u32],
    context: u8,
}

impl Writer {
    pub(crate) fn new(clock_s: u32, items: Items, numbering: Numbering) -> Self {
        Self { clock_s, items, numbering, lines: Vec::new(), companions: Vec::new() }
    }
}

impl Features {
    /// An empty state that expects the fact at offset 0. `options` are taken as they are: pass
    /// them through [`FeatureOptions::checked`] where they come from outside.
    #[must_use]
    pub fn new(options: FeatureOptions) -> Self {
        let options = Arc::new(options);
        let items = Items::new(Arc::clone(&options));
        Self {
            folded: AtomicU64::new(0),
            published: ArcSwap::from_pointee(items.clone()),
            writer: Mutex::new(Writer::new(0, items, Numbering::default())),
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            ties: RwLock::default(),
            contexts: ArcSwap::default(),
            options,
        }
    }

    /// The options it folds by.
    #[must_use]
    pub fn options(&self) -> &FeatureOptions {
        &self.options
    }

    /// The same, for views that are made elsewhere.
    #[must_use]
    pub fn options_shared(&self) -> Arc<FeatureOptions> {
        Arc::clone(&self.options)
    }

    /// The offset of the next fact it expects.
    #[must_use]
    pub fn folded(&self) -> u64 {
        self.folded.load(Ordering::Acquire)
    }

    /// Folds the fact at `offset`; facts come in log order. One that was folded before (a restart
    /// that reads from too early) changes nothing. Customers change at once, the item table that
    /// others see with the next [`Features::publish`].
    pub fn fold(&self, offset: u64, fact: &Fact) {
        let mut writer = self.writer.lock();
        if offset < self.folded() {
            return;
        }
        self.forget_visits(&mut writer.clock_s, fact);
        match &fact.body {
            Body::Event(event) => self.fold_event(&mut writer, offset, fact.at, event),
            Body::Item(item) => writer.items.upsert(item, fact.at),
            Body::ItemGone(id) => writer.items.gone(id, fact.at),
            Body::Stock(change) => writer.items.stock(change, fact.at),
            Body::Customer(customer) => self.fold_customer(offset, customer),
            Body::Consent(change) => self.fold_consent(offset, fact.at, change),
            Body::Identity(change) => self.fold_identity(offset, change),
            // What we answered is not what was seen: impressions come as `view_item_list`.
            Body::Decision(_)
            | Body::Shadow(_)
            | Body::Merchant(_)
            | Body::Policy(_)
            | Body::Audit(_) => {}
        }
        self.folded.store(offset + 1, Ordering::Release);
    }

    /// Makes the item table as folded so far visible; called after each batch of facts.
    pub fn publish(&self) {
        let mut writer = self.writer.lock();
        let folded = self.folded();
        if writer.items.as_of != folded {
            writer.items.as_of = folded;
            self.published.store(Arc::new(writer.items.clone()));
        }
    }

    /// The item table as last published.
    #[must_use]
    pub fn items(&self) -> Arc<Items> {
        self.published.load_full()
    }

    fn fold_event(&self, writer: &mut Writer, offset: u64, at: At, event: &Event) {
        let Writer { items, numbering, lines, companions, .. } = writer;
        lines.clear();
        lines.extend(event.lines.iter().map(|line| items.mention(&line.item, at)));
        companions.iter_mut().for_each(Vec::clear);
        if let Some(key) = Key::of(&event.who) {
            let cap = self.options.contexts_kept as usize;
            let context = numbering.number(&event.context, cap);
            if let Some((_, true)) = context {
                self.contexts.store(Arc::new(numbering.known.clone()));
            }
            let context = context.map(|(context, _)| context);
            let party = self.party(key);
            let trains = self.trains(party);
            companions.resize_with(companions.len().max(lines.len()), Vec::new);
            self.change(party, offset, |held| {
                let context = held.context(context);
                let told = Told { at, event, lines, context };
                self.keep(held, &told, trains.then_some(companions));
            });
            if trains && event.kind == EventKind::Purchase {
                items.fill_basket(lines, at);
            }
        }
        for ((place, line), &ix) in event.lines.iter().enumerate().zip(lines.iter()) {
            items.count_line(event, line, ix, at);
            if let Some(others) = companions.get(place).filter(|others| !others.is_empty()) {
                items.accompany(ix, others, at);
            }
        }
    }

    /// Keeps an event's lines with its party; finds the companions of each, where asked to.
    fn keep(
        &self,
        held: &mut Held,
        told: &Told<'_>,
        mut companions: Option<&mut Vec<Vec<(u32, f32)>>>,
    ) {
        let &Told { at, event, lines, context } = told;
        if event.kind == EventKind::ViewItemList {
            for &item in lines {
                held.show(Shown { item, at_s: seconds(at) }, self.options.shown_kept as usize);
            }
            return;
        }
        let cap = self.options.touches_kept as usize;
        if lines.is_empty() {
            held.touch(Touch::new(event, None, at, context), cap);
        }
        for (place, (line, &ix)) in event.lines.iter().zip(lines).enumerate() {
            let touch = Touch::new(event, Some((line, ix)), at, context);
            let kept_at = held.touch(touch, cap);
            if let Some(found) = companions.as_mut().and_then(|all| all.get_mut(place)) {
                held.companions(kept_at, &self.options, found);
            }
        }
    }

    fn fold_customer(&self, offset: u64, customer: &Customer) {
        let party = self.party(Key { kind: PartyKind::Customer, id: customer.id.as_str() });
        self.change(party, offset, |held| {
            held.rare().declared = Some(Arc::new(customer.clone()));
        });
    }

    fn fold_consent(&self, offset: u64, at: At, change: &ConsentChange) {
        let Some(key) = Key::of(&change.who) else { return };
        let said = Said { at_ms: at.ms(), granted: change.granted };
        let party = self.party(key);
        self.change(party, offset, |held| {
            hear(&mut held.rare().consents[change.purpose as usize], said);
        });
        if change.purpose == Purpose::IdentityMerge {
            self.part_unwilling(party, offset);
        }
    }

    /// Parts the devices of a family that may no longer be treated as one with their customer. What
    /// each did is its own again, and a later consent and sign-in join them as before.
    fn part_unwilling(&self, party: u32, offset: u64) {
        let mut shared = self.ties.write();
        let (head, devices) = shared.family(party);
        let mut parted: Vec<u32> =
            devices.iter().copied().filter(|&device| !self.may_join(device, head)).collect();
        if parted.is_empty() {
            return;
        }
        let ties = Arc::make_mut(&mut shared);
        parted.iter().for_each(|&device| ties.part(device, head));
        parted.push(head);
        parted.into_iter().for_each(|party| self.change(party, offset, |_| ()));
    }

    /// Whether a device and a customer may be treated as one: by the customer's own word, else by
    /// the device's; whoever joins them has asked for the shop's default.
    fn may_join(&self, device: u32, customer: u32) -> bool {
        let said = |party| {
            let (shard, at) = place(party);
            self.shards[shard].read().said(at, Purpose::IdentityMerge)
        };
        said(customer).or_else(|| said(device)).is_none_or(|said| said.granted)
    }

    fn fold_identity(&self, offset: u64, change: &IdentityChange) {
        let device = self.party(Key { kind: PartyKind::Device, id: change.device.as_str() });
        let customer = self.party(Key { kind: PartyKind::Customer, id: change.customer.as_str() });
        let mut shared = self.ties.write();
        let ties = Arc::make_mut(&mut shared);
        let mut left = None;
        if change.linked && self.may_join(device, customer) {
            left = ties.link(device, customer);
        } else if !change.linked {
            ties.part(device, customer);
        }
        for party in [Some(device), Some(customer), left].into_iter().flatten() {
            self.change(party, offset, |_| ());
        }
    }

    /// The whole state at one offset, shared: what changes from now on is copied first.
    pub(crate) fn freeze(&self) -> Frozen {
        let writer = self.writer.lock();
        Frozen {
            folded: self.folded(),
            clock_s: writer.clock_s,
            items: writer.items.clone(),
            contexts: writer.numbering.known.clone(),
            ties: Arc::clone(&self.ties.read()),
            shards: self.shards.iter().map(|shard| Arc::clone(&shard.read())).collect(),
        }
    }

    /// The number of a party, a new one if need be.
    fn party(&self, key: Key<'_>) -> u32 {
        let hash = key.hash();
        let shard = key.shard(hash);
        let found = self.shards[shard].read().find(key, hash);
        let at = found
            .unwrap_or_else(|| Arc::make_mut(&mut self.shards[shard].write()).intern(key, hash));
        at * SHARDS as u32 + shard as u32
    }

    /// Changes what is held of one party by the fact at `offset`.
    fn change(&self, party: u32, offset: u64, change: impl FnOnce(&mut Held)) {
        let (shard, at) = place(party);
        let mut shared = self.shards[shard].write();
        if let Some(held) = Arc::make_mut(&mut shared).held.get_mut(at) {
            held.as_of = offset + 1;
            change(held);
        }
    }

    /// Whether a party's behaviour may train models of all: by its family's latest word.
    fn trains(&self, party: u32) -> bool {
        let ties = self.ties.read();
        let (head, devices) = ties.family(party);
        let mut latest = None;
        for &party in devices.iter().chain([&head]) {
            let (shard, at) = place(party);
            if let Some(said) = self.shards[shard].read().said(at, Purpose::Training) {
                hear(&mut latest, said);
            }
        }
        latest.map_or(self.options.training_by_default, |said| said.granted)
    }
}
