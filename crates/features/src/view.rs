//! What is known about a customer? An owned view, fetched once, asked without waiting.

use crate::fold::Features;
use crate::options::FeatureOptions;
use crate::party::{Consents, Held, Key, Lost, Shard, hear, place};
use crate::touch::{NO_CONTEXT, Shown, Touch};
use commerce::{At, Customer, Purpose, Who};
use parking_lot::RwLockReadGuard;
use std::sync::Arc;

pub use crate::party::PartyKind;

/// Whose history it is: a kind of id and the id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// Customer, device or session.
    pub kind: PartyKind,
    /// The id as the shop sent it.
    pub id: Box<str>,
}

/// What is known about somebody at a moment: their history merged with that of the devices linked
/// to them, and everything that follows from it.
///
/// A device that is linked to a customer is answered with that customer's view. Everything but the
/// history itself is derived when asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerView {
    /// Whose; none when nobody was named.
    pub key: Option<Party>,
    /// No fact at or after this offset went into the view; 0 for the unknown.
    pub as_of: u64,
    /// Whether any fact tells about them.
    pub known: bool,
    /// The moment of the ask: ages and windows count back from here.
    pub now: At,
    /// What they touched, oldest first; of one second, in order of arrival.
    pub recent: Vec<Touch>,
    /// What they were shown in lists, oldest first.
    pub shown: Vec<Shown>,
    /// The shop's description of them: interests, place, attributes.
    pub declared: Option<Arc<Customer>>,
    /// The devices whose histories are merged in, in order of linking.
    pub linked: Vec<Party>,
    pub(crate) consents: Consents,
    pub(crate) lost: Lost,
    /// What [`Touch::context`] counts: place, channel, referrer, device class.
    pub(crate) contexts: Vec<[Option<Arc<str>>; 4]>,
    pub(crate) options: Arc<FeatureOptions>,
}

impl CustomerView {
    /// The view of somebody of whom nothing is known.
    #[must_use]
    pub fn empty(who: &Who, now: At, options: Arc<FeatureOptions>) -> Self {
        Self {
            key: Key::of(who).map(Key::owned),
            as_of: 0,
            known: false,
            now,
            recent: Vec::new(),
            shown: Vec::new(),
            declared: None,
            linked: Vec::new(),
            consents: Consents::default(),
            lost: Lost::default(),
            contexts: Vec::new(),
            options,
        }
    }

    /// The same moment and options, nothing known: what a decision sees that may not be personal.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::empty(&Who::default(), self.now, Arc::clone(&self.options))
    }

    /// The latest word about a purpose, if any was given: by them or on a device linked to them.
    #[must_use]
    pub fn consent(&self, purpose: Purpose) -> Option<bool> {
        self.consents[purpose as usize].map(|said| said.granted)
    }

    /// Adds what is held of one more party.
    fn merge(&mut self, held: &Held) {
        self.as_of = self.as_of.max(held.as_of);
        self.shown.extend_from_slice(&held.shown);
        let first = self.contexts.len();
        self.recent.extend(held.touches.iter().map(|touch| {
            let shifted = usize::from(touch.context) + first;
            let none = touch.context == NO_CONTEXT || shifted >= usize::from(NO_CONTEXT);
            Touch { context: if none { NO_CONTEXT } else { shifted as u8 }, ..*touch }
        }));
        let Some(rare) = &held.rare else { return };
        self.lost.floor_s = self.lost.floor_s.max(rare.lost.floor_s);
        self.lost.shown_floor_s = self.lost.shown_floor_s.max(rare.lost.shown_floor_s);
        for (sum, lost) in self.lost.counts.iter_mut().zip(rare.lost.counts) {
            *sum = sum.saturating_add(lost);
        }
        for (known, said) in self.consents.iter_mut().zip(rare.consents) {
            if let Some(said) = said {
                hear(known, said);
            }
        }
        if let Some(declared) = &rare.declared {
            self.declared = Some(Arc::clone(declared));
        }
    }
}

impl Key<'_> {
    pub(crate) fn owned(self) -> Party {
        Party { kind: self.kind, id: self.id.into() }
    }
}

impl Features {
    /// What is known about `who` at `now`. The party is the customer named, else the device (and
    /// the customer it is linked to), else the session; an empty view for the unknown.
    #[must_use]
    pub fn customer(&self, who: &Who, now: At) -> CustomerView {
        let mut view = CustomerView::empty(who, now, Arc::clone(&self.options));
        let Some(key) = Key::of(who) else { return view };
        let ties = self.ties.read();
        let hash = key.hash();
        let shard = key.shard(hash);
        let Some(at) = self.shards[shard].read().find(key, hash) else { return view };
        let party = at * self.shards.len() as u32 + shard as u32;
        let (head, devices) = ties.family(party);
        let family: Vec<u32> = std::iter::once(head).chain(devices.iter().copied()).collect();
        let cut = self.cut(&family);
        let contexts = self.contexts.load();
        view.key = None;
        for &party in &family {
            let Some((_, shard)) = cut.iter().find(|(number, _)| *number == place(party).0) else {
                continue;
            };
            let at = place(party).1;
            let Some(held) = shard.held.get(at) else { continue };
            view.merge(held);
            view.contexts.extend(held.contexts.iter().map(|&c| contexts.texts(c)));
            let owned = shard.key(at).owned();
            if view.key.is_none() {
                view.key = Some(owned);
            } else {
                view.linked.push(owned);
            }
        }
        view.known = view.as_of > 0;
        if family.len() > 1 {
            view.recent.sort_by_key(|touch| touch.at_s);
            view.shown.sort_by_key(|shown| shown.at_s);
        }
        view
    }

    /// The shards of a family, held at once so that they show one state of the log.
    fn cut(&self, family: &[u32]) -> Vec<(usize, RwLockReadGuard<'_, Arc<Shard>>)> {
        let mut numbers: Vec<usize> = family.iter().map(|&party| place(party).0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| (number, self.shards[number].read())).collect()
    }
}
