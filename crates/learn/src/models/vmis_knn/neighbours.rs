//! Finding the neighbours of a session: the latest `m` that share an item, then the `k` most alike.
//!
//! Lists run from the latest session to the oldest, and a larger id is a later session. So once
//! `m` sessions are known, whatever is older than the oldest of them cannot enter, and the rest of
//! a list is not read. Instead of a heap that knows the oldest at every moment, twice `m` sessions
//! are gathered and then halved by a selection: constant work per session, the same answer.

use super::{Tail, VmisKnn};
use crate::votes::Votes;

/// What one session asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct VmisAsk<'a> {
    /// Clicked items, oldest first. Unknown items count as distance but find nobody.
    pub session: &'a [u32],
    /// Sessions that came after the build.
    pub tail: Option<&'a Tail>,
    /// A session that must not be its own neighbour: its id in the index or the tail.
    pub except: Option<u32>,
}

/// Buffers of an ask, reused: one per thread. Sized by the index it is first used with.
#[derive(Debug, Clone, Default)]
pub struct VmisScratch {
    slots: Vec<Slot>,
    epoch: u32,
    shift: u32,
    floor: u32,
    pub(super) anchors: Vec<Anchor>,
    pub(super) neighbours: Vec<Neighbour>,
    /// Score so far of each item.
    pub(super) votes: Votes,
}

/// A place in the hash table session → neighbour; empty unless `epoch` is the scratch's.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    session: u32,
    epoch: u32,
    neighbour: u32,
}

/// An item of the asking session that may be shared, at its latest click.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) item: u32,
    /// Clicks between it and the end of the session.
    pub(super) distance: u32,
    /// `position(distance)`.
    pub(super) weight: f32,
}

/// A session that shares an item with the asking one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour {
    pub(super) session: u32,
    /// Index of the latest shared item in `anchors`.
    pub(super) first: u32,
    pub(super) similarity: f32,
}

impl VmisKnn {
    /// Leaves in `scratch.neighbours` the at most `k` neighbours of the asking session.
    pub(super) fn find(&self, ask: &VmisAsk<'_>, scratch: &mut VmisScratch) {
        let options = self.options();
        scratch.start(options.recent_sessions);
        scratch.anchor(ask.session, self);
        for at in 0..scratch.anchors.len() {
            let Anchor { item, weight, .. } = scratch.anchors[at];
            let later = ask.tail.map_or(&[][..], |tail| tail.sessions_of(item));
            for &session in later.iter().rev().chain(self.sessions_of(item)) {
                if ask.except == Some(session) {
                    continue;
                }
                if !scratch.meet(session, at as u32, weight, options.recent_sessions) {
                    break;
                }
            }
        }
        scratch.keep_latest(options.recent_sessions);
        for neighbour in &mut scratch.neighbours {
            neighbour.similarity *= self.weight_of(neighbour.session, ask.tail);
        }
        if scratch.neighbours.len() > options.neighbours {
            scratch.neighbours.select_nth_unstable_by(options.neighbours - 1, |a, b| {
                b.similarity.total_cmp(&a.similarity).then(b.session.cmp(&a.session))
            });
            scratch.neighbours.truncate(options.neighbours);
        }
    }

    fn weight_of(&self, session: u32, tail: Option<&Tail>) -> f32 {
        match self.session_weight.get(session as usize) {
            Some(&weight) => weight,
            None => tail.map_or(1.0, |tail| {
                let (length, ended_at_s) = tail.length_and_end(session);
                self.options().session_weight(length, self.newest_s() - ended_at_s)
            }),
        }
    }
}

impl VmisScratch {
    /// Elements its buffers can hold: what a test watches to see that a warm ask allocates nothing.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.slots.capacity()
            + self.anchors.capacity()
            + self.neighbours.capacity()
            + self.votes.capacity()
    }

    /// Forgets the last ask without touching its memory.
    fn start(&mut self, m: usize) {
        let slots = (4 * m).next_power_of_two();
        if self.slots.len() < slots {
            self.slots = vec![Slot::default(); slots];
            self.epoch = 0;
        }
        self.shift = 32 - self.slots.len().trailing_zeros();
        self.neighbours.clear();
        self.neighbours.reserve(2 * m);
        self.anchors.clear();
        self.floor = 0;
        self.next_epoch();
    }

    fn next_epoch(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.slots.fill(Slot::default());
            self.epoch = 1;
        }
    }

    /// Notes the latest clicks, each item once, at its latest place.
    fn anchor(&mut self, session: &[u32], index: &VmisKnn) {
        let options = index.options();
        let length = session.len().min(options.last_items);
        for (distance, &item) in session.iter().rev().take(length).enumerate() {
            if self.anchors.iter().all(|anchor| anchor.item != item) {
                let weight = options.position.weight(distance, length);
                self.anchors.push(Anchor { item, distance: distance as u32, weight });
            }
        }
    }

    /// Counts one shared item with `session`; false when it, and so all older ones, come too late.
    #[inline]
    fn meet(&mut self, session: u32, anchor: u32, weight: f32, m: usize) -> bool {
        if session < self.floor {
            return false;
        }
        let slot = self.slot_of(session);
        if self.slots[slot].epoch == self.epoch {
            self.neighbours[self.slots[slot].neighbour as usize].similarity += weight;
            return true;
        }
        if self.neighbours.len() == 2 * m {
            self.keep_latest(m);
            return self.meet(session, anchor, weight, m);
        }
        let neighbour = self.neighbours.len() as u32;
        self.slots[slot] = Slot { session, epoch: self.epoch, neighbour };
        self.neighbours.push(Neighbour { session, first: anchor, similarity: weight });
        true
    }

    /// Where `session` is, or the empty place where it belongs. At least half is always empty.
    #[inline]
    fn slot_of(&self, session: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (session.wrapping_mul(0x9E37_79B1) >> self.shift) as usize;
        while self.slots[slot].epoch == self.epoch && self.slots[slot].session != session {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Keeps the `m` latest sessions and raises the floor to the oldest of them.
    fn keep_latest(&mut self, m: usize) {
        if self.neighbours.len() <= m {
            return;
        }
        let (_, oldest, _) =
            self.neighbours.select_nth_unstable_by(m - 1, |a, b| b.session.cmp(&a.session));
        self.floor = oldest.session;
        self.neighbours.truncate(m);
        self.next_epoch();
        for at in 0..self.neighbours.len() {
            let session = self.neighbours[at].session;
            let slot = self.slot_of(session);
            self.slots[slot] = Slot { session, epoch: self.epoch, neighbour: at as u32 };
        }
    }
}
