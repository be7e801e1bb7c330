//! What is there to learn from? Histories of all who agreed.

use crate::fold::{Features, Frozen};
use crate::party::{Held, PartyKind, SHARDS, hear, place};
use crate::touch::{NO_CONTEXT, Shown, Touch};
use commerce::Purpose;

/// One party's history, that of linked devices merged in.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// What kind of id it goes by.
    pub kind: PartyKind,
    /// The id as the shop sent it.
    pub id: &'a str,
    /// What was touched, oldest first, as far as it is kept.
    pub touches: &'a [Touch],
    /// What was shown in lists, oldest first, as far as it is kept.
    pub shown: &'a [Shown],
}

impl Features {
    /// Calls `each` with the history of every party whose behaviour may train models of all (their
    /// latest word, else [`crate::FeatureOptions::training_by_default`]), all at one offset of the
    /// log, which is returned. The order is the same for the same log. Folding goes on meanwhile
    /// and copies what it changes.
    pub fn histories(&self, mut each: impl FnMut(History<'_>)) -> u64 {
        let frozen = self.freeze();
        let (mut touches, mut shown) = (Vec::new(), Vec::new());
        for (number, shard) in frozen.shards.iter().enumerate() {
            for (at, held) in shard.held.iter().enumerate() {
                let party = (at * SHARDS + number) as u32;
                let (head, devices) = frozen.ties.family(party);
                if head != party || !frozen.trains(party, devices, self.options.training_by_default)
                {
                    continue;
                }
                touches.clear();
                shown.clear();
                let linked = devices.iter().filter_map(|&device| frozen.held(device));
                for (nth, held) in std::iter::once(held).chain(linked).enumerate() {
                    let own = |t: &Touch| if nth == 0 { t.context } else { NO_CONTEXT };
                    touches.extend(held.touches.iter().map(|t| Touch { context: own(t), ..*t }));
                    shown.extend_from_slice(&held.shown);
                }
                if !devices.is_empty() {
                    touches.sort_by_key(|touch| touch.at_s);
                    shown.sort_by_key(|shown| shown.at_s);
                }
                let key = shard.key(at);
                let (touches, shown) = (touches.as_slice(), shown.as_slice());
                each(History { kind: key.kind, id: key.id, touches, shown });
            }
        }
        frozen.folded
    }
}

impl Features {
    /// Calls `each` with the id and the kept touches, oldest first, of every party of `kind` whose
    /// id begins with `prefix`, in no order. Folding waits while a part of them is read.
    pub fn parties(&self, kind: PartyKind, prefix: &str, mut each: impl FnMut(&str, &[Touch])) {
        for shard in &self.shards {
            let shard = shard.read();
            for (at, held) in shard.held.iter().enumerate() {
                let key = shard.key(at);
                if key.kind == kind && key.id.starts_with(prefix) {
                    each(key.id, &held.touches);
                }
            }
        }
    }
}

impl Frozen {
    fn held(&self, party: u32) -> Option<&Held> {
        let (shard, at) = place(party);
        self.shards[shard].held.get(at)
    }

    fn trains(&self, head: u32, devices: &[u32], otherwise: bool) -> bool {
        let mut latest = None;
        for &party in devices.iter().chain([&head]) {
            let (shard, at) = place(party);
            if let Some(said) = self.shards[shard].said(at, Purpose::Training) {
                hear(&mut latest, said);
            }
        }
        latest.map_or(otherwise, |said| said.granted)
    }
}
