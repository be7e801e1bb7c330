//! The next click of a session: its neighbours, its own past, and the neighbours of its neighbours.
//!
//! ```text
//! next(j) = score(j) / max score  +  returns · e^(−d_j / returns_clicks) [j in s]
//!                                 +  hop · score'(j) / max score'
//! ```
//!
//! `score` is the index's answer for the session, `score'` its answer for a made-up session of the
//! best answers. Two things that neighbours alone get wrong (bol-sessions, two last training days):
//! a third of the clicks return to an item of the session, which neighbours rank only when somebody
//! else saw it too; and four in ten asks have fewer than 20 items in all their neighbours.

use serde::{Deserialize, Serialize};

use super::score::keep_best;
use super::{VmisAsk, VmisKnn, VmisScratch};

/// Clicks of the asking session that may be returned to.
const RETURNS_MAX: usize = 64;

/// What counts beside the neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NextOptions {
    /// Weight of having been clicked in this session, ≥ 0; the best neighbour vote weighs 1.
    pub returns: f32,
    /// Clicks after which that has faded to 1/e, > 0.
    pub returns_clicks: f32,
    /// Weight of the second hop, ≥ 0; 0 halves the time.
    pub hop: f32,
    /// Best answers that make up the second hop's session, ≥ 1.
    pub hop_items: usize,
    /// Answers of each hop that are looked at, ≥ `hop_items`.
    pub list: usize,
}

impl Default for NextOptions {
    /// Found on bol-sessions, see `recommend`'s protocol of that name.
    fn default() -> Self {
        Self { returns: 0.9, returns_clicks: 8.0, hop: 0.1, hop_items: 10, list: 150 }
    }
}

/// Buffers of [`VmisKnn::next`], reused: one per thread.
#[derive(Debug, Clone, Default)]
pub struct NextScratch {
    vmis: VmisScratch,
    hop: Vec<(u32, f32)>,
    made_up: Vec<u32>,
}

impl VmisKnn {
    /// The `count` likeliest next clicks, best first, into `out` (cleared before). The latest click
    /// is never among them, earlier ones are. Scores lie in (0, 1 + returns + hop]. No allocation
    /// once the buffers have grown.
    pub fn next(
        &self,
        ask: &VmisAsk<'_>,
        options: &NextOptions,
        count: usize,
        scratch: &mut NextScratch,
        out: &mut Vec<(u32, f32)>,
    ) {
        self.query(ask, options.list, &mut scratch.vmis, out);
        self.second_hop(ask, options, scratch, out);
        share_of_best(out, 1.0);
        share_of_best(&mut scratch.hop, options.hop);

        let votes = &mut scratch.vmis.votes;
        votes.start(out.len() + scratch.hop.len());
        for &(item, score) in out.iter().chain(&scratch.hop) {
            votes.add(item, score, item);
        }
        out.clear();
        let latest = ask.session.last();
        for (item, weight) in returns(ask.session, options) {
            out.push((item, weight + votes.remove(item)));
        }
        let others = votes.drain().filter(|(item, score, _)| *score > 0.0 && latest != Some(item));
        out.extend(others.map(|(item, score, _)| (item, score)));
        keep_best(out, count);
    }

    /// What each clicked item contributed to `next(item)`: `(clicked item, part)`, parts > 0. A
    /// return is the part of the item itself; a second hop is shared out by what brought its own
    /// items in. The parts sum to the score of [`VmisKnn::next`] within rounding.
    pub fn explain_next(
        &self,
        ask: &VmisAsk<'_>,
        options: &NextOptions,
        item: u32,
        scratch: &mut NextScratch,
    ) -> Vec<(u32, f32)> {
        let mut first = Vec::new();
        self.query(ask, options.list, &mut scratch.vmis, &mut first);
        self.second_hop(ask, options, scratch, &first);
        let mut parts: Vec<(u32, f32)> = Vec::new();
        let mut add =
            |clicked: u32, part: f32| match parts.iter_mut().find(|(known, _)| *known == clicked) {
                Some((_, sum)) => *sum += part,
                None => parts.push((clicked, part)),
            };
        for (clicked, weight) in returns(ask.session, options) {
            if clicked == item {
                add(clicked, weight);
            }
        }
        if first.iter().any(|(listed, _)| *listed == item) {
            for (clicked, part) in self.explain_score(ask, item, &mut scratch.vmis) {
                add(clicked, part / first[0].1);
            }
        }
        let is_hop = scratch.hop.iter().any(|(listed, _)| *listed == item);
        if is_hop && ask.session.last() != Some(&item) {
            let best = scratch.hop[0].1;
            let made_up = VmisAsk { session: &scratch.made_up, ..*ask };
            for (between, part) in self.explain_score(&made_up, item, &mut scratch.vmis) {
                let brought = self.explain_score(ask, between, &mut scratch.vmis);
                let total: f32 = brought.iter().map(|(_, share)| share).sum();
                for (clicked, share) in brought {
                    add(clicked, options.hop * part / best * share / total);
                }
            }
        }
        parts
    }

    /// Leaves the answers for a session of the best of `first` in `scratch.hop`.
    fn second_hop(
        &self,
        ask: &VmisAsk<'_>,
        options: &NextOptions,
        scratch: &mut NextScratch,
        first: &[(u32, f32)],
    ) {
        scratch.hop.clear();
        scratch.made_up.clear();
        if options.hop > 0.0 {
            // The best answer comes last, where a session's weight is.
            scratch
                .made_up
                .extend(first.iter().take(options.hop_items).rev().map(|(item, _)| item));
            let made_up = VmisAsk { session: &scratch.made_up, ..*ask };
            self.query(&made_up, options.list, &mut scratch.vmis, &mut scratch.hop);
        }
    }
}

/// Items of the session but the latest, each at its latest click, with what returning is worth.
fn returns<'a>(session: &'a [u32], options: &NextOptions) -> impl Iterator<Item = (u32, f32)> + 'a {
    let NextOptions { returns, returns_clicks, .. } = *options;
    let recent = &session[session.len().saturating_sub(RETURNS_MAX)..];
    recent.iter().rev().enumerate().filter_map(move |(distance, &item)| {
        let is_latest = !recent[recent.len() - distance..].contains(&item);
        let weight = returns * (-(distance as f32) / returns_clicks).exp();
        (distance > 0 && is_latest && weight > 0.0).then_some((item, weight))
    })
}

/// Divides a list by its best score, times `weight`.
fn share_of_best(list: &mut [(u32, f32)], weight: f32) {
    if let Some(&(_, best)) = list.first() {
        list.iter_mut().for_each(|(_, score)| *score *= weight / best);
    }
}
