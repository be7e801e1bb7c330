//! What the neighbours vote for, and, from the same votes, which clicks brought an item in.

use super::neighbours::{Neighbour, VmisAsk, VmisScratch};
use super::{Tail, VmisKnn};
use crate::warm::warm;

/// Items that neighbours vote for, usually.
const VOTES: usize = 1 << 10;
/// Reaches beyond which an item's share, below 1 % of the vote, is left out: a history of hundreds
/// would otherwise cost as many votes.
const FAR: f32 = 5.0;

impl VmisKnn {
    /// The `count` best items for the asking session, best first, into `out` (cleared before).
    ///
    /// Scores are positive and comparable within one answer only. The latest click itself is never
    /// answered; earlier clicks are, because people return to what they saw (on bol-sessions 33 % of
    /// next clicks do): a caller that wants none asks for more and drops them. Ties go to the lower
    /// item id. No allocation once `scratch` and `out` have grown.
    pub fn query(
        &self,
        ask: &VmisAsk<'_>,
        count: usize,
        scratch: &mut VmisScratch,
        out: &mut Vec<(u32, f32)>,
    ) {
        out.clear();
        self.find(ask, scratch);
        self.warm(ask, scratch);
        scratch.votes.start(VOTES);
        for at in 0..scratch.neighbours.len() {
            let neighbour = scratch.neighbours[at];
            let vote = self.vote(&neighbour, scratch);
            if vote > 0.0 {
                let anchor = scratch.anchors[neighbour.first as usize].item;
                let items = self.items_at(neighbour.session, ask.tail);
                self.spread(items, anchor, vote, |item, share| {
                    scratch.votes.add(item, share, anchor);
                });
            }
        }
        let latest = ask.session.last();
        let scored = scratch.votes.drain().filter(|(item, _, _)| latest != Some(item));
        out.extend(scored.map(|(item, score, _)| (item, score * self.item_weight_of(item))));
        keep_best(out, count);
    }

    /// How much each clicked item contributed to the score of `item`, latest click first.
    ///
    /// The parts sum to the score that [`VmisKnn::query`] gives (within rounding); items that
    /// contributed nothing are left out. Empty when `item` would not have been recommended.
    pub fn explain_score(
        &self,
        ask: &VmisAsk<'_>,
        item: u32,
        scratch: &mut VmisScratch,
    ) -> Vec<(u32, f32)> {
        self.find(ask, scratch);
        let mut parts = vec![0.0_f32; scratch.anchors.len()];
        for neighbour in &scratch.neighbours {
            let items = self.items_at(neighbour.session, ask.tail);
            let anchor = scratch.anchors[neighbour.first as usize].item;
            let mut share = 0.0;
            self.spread(items, anchor, self.vote(neighbour, scratch), |it, part| {
                if it == item {
                    share = part;
                }
            });
            let shared = || scratch.anchors.iter().map(|a| (items.contains(&a.item), a.weight));
            let total: f32 = shared().filter(|(holds, _)| *holds).map(|(_, weight)| weight).sum();
            if share > 0.0 && total > 0.0 {
                for (part, (holds, weight)) in parts.iter_mut().zip(shared()) {
                    if holds {
                        *part += share * weight / total * self.item_weight_of(item);
                    }
                }
            }
        }
        let clicked = scratch.anchors.iter().map(|anchor| anchor.item);
        clicked.zip(parts).filter(|(_, part)| *part > 0.0).collect()
    }

    /// Has what the neighbours touched fetched from memory, as far as it will be read.
    fn warm(&self, ask: &VmisAsk<'_>, scratch: &VmisScratch) {
        for neighbour in &scratch.neighbours {
            let at = (neighbour.session as usize).min(self.session_offsets.len() - 1);
            warm(&self.session_offsets[at..=at]);
        }
        for neighbour in &scratch.neighbours {
            warm(self.items_at(neighbour.session, ask.tail));
        }
    }

    /// `sim · first_match`: what a neighbour gives to the latest item it shares.
    fn vote(&self, neighbour: &Neighbour, scratch: &VmisScratch) -> f32 {
        let distance = scratch.anchors[neighbour.first as usize].distance as usize;
        let length = self.options().last_items;
        neighbour.similarity * self.options().first_match.weight(distance, length)
    }

    /// Gives each of a neighbour's items its share of the vote, by the distance from the `anchor`.
    fn spread(&self, items: &[u32], anchor: u32, vote: f32, mut give: impl FnMut(u32, f32)) {
        let options = self.options();
        let fall = (-1.0 / options.reach).exp();
        let far = (FAR * options.reach) as usize; // all of them when the reach has no end
        let from = items.iter().position(|&item| item == anchor).unwrap_or(0);
        let mut share = vote;
        for &item in items[from..].iter().take(far.saturating_add(1)) {
            give(item, share);
            share *= fall;
        }
        share = vote * options.backward;
        for &item in items[..from].iter().rev().take(far) {
            share *= fall;
            give(item, share);
        }
    }

    fn items_at<'a>(&'a self, session: u32, tail: Option<&'a Tail>) -> &'a [u32] {
        match tail {
            Some(tail) if session as usize >= self.session_count() => tail.items_of(session),
            _ => self.items_of(session),
        }
    }

    /// `idf(j)^p`; an item that came after the build counts as held by one session.
    fn item_weight_of(&self, item: u32) -> f32 {
        self.item_weight.get(item as usize).copied().unwrap_or(self.rarest_weight)
    }
}

/// Sorts `out` by score, best first, and cuts it to `count`; ties go to the lower id.
pub(super) fn keep_best(out: &mut Vec<(u32, f32)>, count: usize) {
    let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if count == 0 {
        out.clear();
    } else if out.len() > count {
        out.select_nth_unstable_by(count - 1, better);
        out.truncate(count);
    }
    out.sort_unstable_by(better);
}
