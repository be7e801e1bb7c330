//! What do we keep of somebody? Their touches, what they were shown, what they declared.

use crate::hash::hash;
use crate::options::FeatureOptions;
use crate::touch::{NO_CONTEXT, NO_ITEM, Shown, Touch};
use commerce::{Customer, EventKind, Purpose, Who};
use hashbrown::HashTable;
use std::sync::Arc;

/// Customers and devices are spread over this many shards by the hash of their key.
const STAYING: usize = 256;
/// Visits of nobody known, over as many more: see `forget`.
pub(crate) const VISITING: usize = 64;
/// Shards of all parties.
pub(crate) const SHARDS: usize = STAYING + VISITING;

/// Whose history it is: the best-known id of whoever acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PartyKind {
    /// Signed in.
    Customer,
    /// Known by browser or phone only.
    Device,
    /// Known by the visit only.
    Session,
}

/// A party's key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) kind: PartyKind,
    pub(crate) id: &'a str,
}

impl<'a> Key<'a> {
    /// Customer, else device, else session, else nobody.
    pub(crate) fn of(who: &'a Who) -> Option<Self> {
        let key = |kind, id| Self { kind, id };
        who.customer
            .as_ref()
            .map(|id| key(PartyKind::Customer, id.as_str()))
            .or_else(|| who.device.as_ref().map(|id| key(PartyKind::Device, id.as_str())))
            .or_else(|| who.session.as_ref().map(|id| key(PartyKind::Session, id.as_str())))
    }

    pub(crate) fn hash(self) -> u64 {
        hash(self.kind as u8, self.id)
    }

    /// The shard of this key, whose hash is `hash`.
    pub(crate) fn shard(self, hash: u64) -> usize {
        let high = (hash >> 56) as usize;
        if self.kind == PartyKind::Session { visiting(high) } else { high % STAYING }
    }
}

/// One of the shards of visits.
pub(crate) fn visiting(number: usize) -> usize {
    STAYING + number % VISITING
}

/// Splits a party's number into shard and place.
pub(crate) fn place(party: u32) -> (usize, usize) {
    (party as usize % SHARDS, party as usize / SHARDS)
}

/// A word given about a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) at_ms: i64,
    pub(crate) granted: bool,
}

/// The words given, by [`Purpose`].
pub(crate) type Consents = [Option<Said>; Purpose::ALL.len()];

/// Keeps the later word of two; of equally late ones, the no.
pub(crate) fn hear(known: &mut Option<Said>, said: Said) {
    let later = |k: &Said| (said.at_ms, !said.granted) >= (k.at_ms, !k.granted);
    if known.as_ref().is_none_or(later) {
        *known = Some(said);
    }
}

/// What was forgotten for want of room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Some touches at or before this second are forgotten; 0 when none is.
    pub(crate) floor_s: u32,
    pub(crate) shown_floor_s: u32,
    /// How many, by kind.
    pub(crate) counts: [u32; EventKind::ALL.len()],
}

/// What few parties have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rare {
    pub(crate) lost: Lost,
    pub(crate) consents: Consents,
    pub(crate) declared: Option<Arc<Customer>>,
}

/// All that is kept of one party.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// One more than the offset of the last fact about it; 0 before any.
    pub(crate) as_of: u64,
    /// By time; of one second, in order of arrival.
    pub(crate) touches: Vec<Touch>,
    pub(crate) shown: Vec<Shown>,
    /// The contexts that [`Touch::context`] counts.
    pub(crate) contexts: Vec<u32>,
    pub(crate) rare: Option<Box<Rare>>,
}

impl Held {
    pub(crate) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// The second of the last touch or impression kept; 0 without any.
    pub(crate) fn last_s(&self) -> u32 {
        let touched = self.touches.last().map_or(0, |touch| touch.at_s);
        touched.max(self.shown.last().map_or(0, |shown| shown.at_s))
    }

    /// Whether they said anything about what may be done.
    pub(crate) fn has_spoken(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.consents.iter().any(Option::is_some))
    }

    /// The place of a context in this party's list; [`NO_CONTEXT`] when the list is full.
    pub(crate) fn context(&mut self, context: Option<u32>) -> u8 {
        let Some(context) = context else { return NO_CONTEXT };
        let known = self.contexts.iter().position(|&c| c == context);
        let at = known.unwrap_or(self.contexts.len());
        if at >= usize::from(NO_CONTEXT) {
            return NO_CONTEXT;
        }
        if known.is_none() {
            self.contexts.reserve_exact(1);
            self.contexts.push(context);
        }
        at as u8
    }

    /// Adds a touch in its place and returns the place.
    pub(crate) fn touch(&mut self, touch: Touch, cap: usize) -> usize {
        let at = after(&self.touches, touch.at_s, |t| t.at_s);
        make_room(&mut self.touches);
        self.touches.insert(at, touch);
        if self.touches.len() <= cap {
            return at;
        }
        let oldest = cap / 8;
        let lost = &mut self.rare.get_or_insert_default().lost;
        for gone in self.touches.drain(..oldest) {
            lost.floor_s = lost.floor_s.max(gone.at_s);
            lost.counts[gone.kind as usize] += 1;
        }
        at.saturating_sub(oldest)
    }

    /// Adds an impression in its place.
    pub(crate) fn show(&mut self, shown: Shown, cap: usize) {
        let at = after(&self.shown, shown.at_s, |s| s.at_s);
        make_room(&mut self.shown);
        self.shown.insert(at, shown);
        if self.shown.len() > cap {
            let lost = &mut self.rare.get_or_insert_default().lost;
            for gone in self.shown.drain(..cap / 8) {
                lost.shown_floor_s = lost.shown_floor_s.max(gone.at_s);
                lost.counts[EventKind::ViewItemList as usize] += 1;
            }
        }
    }

    /// The different items of interest touched before the touch at `place`, in the same visit and
    /// since it was last touched itself, latest first, with the lesser weight of the two.
    pub(crate) fn companions(
        &self,
        place: usize,
        options: &FeatureOptions,
        found: &mut Vec<(u32, f32)>,
    ) {
        found.clear();
        let Some(new) = self.touches.get(place) else { return };
        let own = options.weights.of_touch(new);
        if own <= 0.0 || new.item == NO_ITEM {
            return;
        }
        let earliest = new.at_s.saturating_sub(options.session_gap_s());
        for old in self.touches[..place].iter().rev() {
            let same_visit = new.session != 0 && old.session == new.session;
            let near = old.at_s >= earliest || same_visit;
            if !near || old.item == new.item || found.len() >= options.companions_back as usize {
                return;
            }
            let weight = options.weights.of_touch(old).min(own);
            let paired = found.iter().any(|&(item, _)| item == old.item);
            if weight > 0.0 && old.item != NO_ITEM && !paired {
                found.push((old.item, weight));
            }
        }
    }
}

/// Where something at `at_s` goes in a list sorted by time: behind its equals. Most goes last.
fn after<T>(sorted: &[T], at_s: u32, time: impl Fn(&T) -> u32) -> usize {
    match sorted.last() {
        Some(last) if time(last) > at_s => sorted.partition_point(|t| time(t) <= at_s),
        _ => sorted.len(),
    }
}

/// Grows by a quarter, so that millions of short lists waste little.
fn make_room<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 4).max(3));
    }
}

/// Some of the parties, with their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shard {
    table: HashTable<u32>,
    keys: Vec<u8>,
    ends: Vec<u32>,
    pub(crate) held: Vec<Held>,
}

impl Shard {
    pub(crate) fn find(&self, key: Key<'_>, hash: u64) -> Option<u32> {
        self.table.find(hash, |&at| self.has_key(at as usize, key)).copied()
    }

    /// The place of a party, a new one if need be.
    pub(crate) fn intern(&mut self, key: Key<'_>, hash: u64) -> u32 {
        if let Some(at) = self.find(key, hash) {
            return at;
        }
        let at = self.held.len() as u32;
        self.keys.push(key.kind as u8);
        self.keys.extend_from_slice(key.id.as_bytes());
        self.ends.push(self.keys.len() as u32);
        make_room(&mut self.held);
        self.held.push(Held::default());
        let (keys, ends) = (&self.keys, &self.ends);
        self.table.insert_unique(hash, at, |&at| read_key(keys, ends, at as usize).hash());
        at
    }

    /// Lets go of all parties but those to keep. The others move up, so numbers change.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Held) -> bool) {
        let mut kept = Self::default();
        for (at, held) in std::mem::take(&mut self.held).into_iter().enumerate() {
            if keep(&held) {
                let key = self.key(at);
                let to = kept.intern(key, key.hash());
                kept.held[to as usize] = held;
            }
        }
        *self = kept;
    }

    /// The word that the party at `at` gave about a purpose.
    pub(crate) fn said(&self, at: usize, purpose: Purpose) -> Option<Said> {
        let rare = self.held.get(at)?.rare.as_ref()?;
        rare.consents[purpose as usize]
    }

    pub(crate) fn key(&self, at: usize) -> Key<'_> {
        read_key(&self.keys, &self.ends, at)
    }

    fn has_key(&self, at: usize, key: Key<'_>) -> bool {
        let own = self.key(at);
        own.kind == key.kind && own.id == key.id
    }

    /// Bytes on the heap: keys with their table, lists, rare parts.
    pub(crate) fn bytes(&self) -> (usize, usize, usize) {
        let keys = self.keys.capacity() + 4 * self.ends.capacity() + self.table.allocation_size();
        let heap = |bytes: usize| if bytes == 0 { 0 } else { (bytes + 8).next_multiple_of(16) };
        let lists = self.held.iter().map(|held| {
            heap(held.touches.capacity() * size_of::<Touch>())
                + heap(held.shown.capacity() * size_of::<Shown>())
                + heap(held.contexts.capacity() * 4)
        });
        let rare = self.held.iter().filter(|held| held.rare.is_some()).count();
        let fixed = self.held.capacity() * size_of::<Held>() + rare * heap(size_of::<Rare>());
        (keys, fixed, lists.sum())
    }
}

fn read_key<'a>(keys: &'a [u8], ends: &[u32], at: usize) -> Key<'a> {
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    let bytes = &keys[start..ends[at] as usize];
    let kind = match bytes[0] {
        0 => PartyKind::Customer,
        1 => PartyKind::Device,
        _ => PartyKind::Session,
    };
    Key { kind, id: std::str::from_utf8(&bytes[1..]).unwrap_or("") }
}
