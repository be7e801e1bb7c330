//! What is thinkable? Each channel proposes items in its own way; the pool merges them.
//!
//! A channel is one file and one plain function: it reads the [`Scene`], adds to the pool, and
//! knows nothing of the others. Its scores are scaled by its best, so a *share* in [0, 1] says how
//! strongly it proposes an item among its own proposals; shares of different channels can be
//! blended. Which channels a surface asks is the table [`asked`].
//!
//! With [`Surface::Rank`] the caller's candidates are in the pool first, and channels only say how
//! strongly they would have proposed those.

mod again;
mod alike;
mod content;
mod embedding;
mod fresh;
mod hot;
mod interests;
mod live;
mod rows;

use crate::ask::Surface;
use crate::guard::Gate;
use crate::models::Models;
use crate::needs::Known;
use crate::options::RecommendOptions;
use commerce::At;
use decide::slate::{NOTHING, Pool, Sifted};
use features::Items;
use learn::models::vmis_knn::VmisScratch;
use learn::votes::Votes;

/// A way to find candidates. Kept by number in records (a bit each): add at the end only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Channel {
    /// Items like those touched: neighbours by who touched both (item to item).
    Similar,
    /// What alike histories went on to (customer to items).
    Alike,
    /// Nearest to the customer in the embedding.
    Embedding,
    /// Popular and rising.
    Hot,
    /// Touched together with these just now; knows items that are minutes old.
    Live,
    /// The linear item model.
    Linear,
    /// Bought together.
    Complements,
    /// Same category, brand, attributes; knows items that nobody has touched.
    Content,
    /// Declared interests.
    Interests,
    /// Due to be bought again.
    Again,
    /// The caller's own candidates, and pins.
    Given,
    /// Little shown, for exploration only.
    Fresh,
}

impl Channel {
    /// How many channels there are.
    pub const COUNT: usize = 12;

    /// Every channel, in stored order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Similar,
        Self::Alike,
        Self::Embedding,
        Self::Hot,
        Self::Live,
        Self::Linear,
        Self::Complements,
        Self::Content,
        Self::Interests,
        Self::Again,
        Self::Given,
        Self::Fresh,
    ];

    /// Its name in options, metrics and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Similar => "similar",
            Self::Alike => "alike",
            Self::Embedding => "embedding",
            Self::Hot => "hot",
            Self::Live => "live",
            Self::Linear => "linear",
            Self::Complements => "complements",
            Self::Content => "content",
            Self::Interests => "interests",
            Self::Again => "again",
            Self::Given => "given",
            Self::Fresh => "fresh",
        }
    }

    /// Its bit in the `sources` of a choice.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// The channels whose bits are set in the `sources` of a choice.
    pub fn of_sources(sources: u32) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |channel| sources & channel.bit() != 0)
    }
}

/// The channels that `surface` asks, in the order asked: when time runs short the last are left
/// out. [`Channel::Fresh`] is asked wherever something is explored.
#[must_use]
pub const fn asked(surface: Surface) -> &'static [Channel] {
    use Channel::{
        Again, Alike, Complements, Content, Embedding, Hot, Interests, Linear, Live, Similar,
    };
    match surface {
        Surface::Home | Surface::Rank => {
            &[Hot, Linear, Similar, Live, Alike, Embedding, Content, Interests, Complements, Again]
        }
        Surface::Similar => &[Similar, Live, Linear, Embedding, Content, Alike],
        Surface::Complements => &[Complements, Live, Linear, Alike],
        Surface::Cart => &[Complements, Alike, Live, Linear, Similar, Hot],
        Surface::Session => &[Alike, Live, Similar, Linear, Hot],
        Surface::BuyAgain => &[Again],
    }
}

/// All that a channel may look at.
pub(crate) struct Scene<'a> {
    pub(crate) now: At,
    pub(crate) surface: Surface,
    pub(crate) items: &'a Items,
    pub(crate) models: &'a Models,
    pub(crate) options: &'a RecommendOptions,
    pub(crate) known: &'a Known,
    pub(crate) gate: &'a Gate<'a>,
}

impl Scene<'_> {
    /// Whether channels may only speak about candidates that are already in the pool.
    fn is_closed(&self) -> bool {
        self.surface == Surface::Rank
    }

    /// How many of its best a channel looks at until `channel_max` have passed the gate. Without a
    /// filter nearly all pass, so the gate is left to the sifting after the merge.
    fn reach(&self) -> usize {
        let most = self.options.channel_max;
        if self.gate.is_narrow() { most * 4 } else { most }
    }
}

/// What gathering writes while it goes; kept per thread.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) pool: Pool,
    pub(crate) votes: Votes,
    pub(crate) vmis: VmisScratch,
    /// One channel's proposals: item, score, evidence.
    pub(crate) found: Vec<(u32, f32, u32)>,
    pub(crate) pairs: Vec<(u32, f32)>,
}

impl Scratch {
    /// Finds the items that were voted for.
    fn elect(&mut self) {
        self.found.extend(self.votes.drain().filter(|&(_, sum, _)| sum > 0.0));
    }
}

/// Lets `channel` propose.
pub(crate) fn gather(
    channel: Channel,
    scene: &Scene<'_>,
    scratch: &mut Scratch,
    sifted: &mut Sifted,
) {
    scratch.found.clear();
    match channel {
        Channel::Similar => rows::propose(scene, scene.models.similar.as_ref(), scratch),
        Channel::Linear => rows::propose(scene, scene.models.linear.as_ref(), scratch),
        Channel::Complements => rows::propose_complements(scene, scratch),
        Channel::Alike => alike::propose(scene, scratch),
        Channel::Embedding => embedding::propose(scene, scratch),
        Channel::Hot => hot::propose(scene, scratch),
        Channel::Live => live::propose(scene, scratch),
        Channel::Content => content::propose(scene, scratch),
        Channel::Interests => interests::propose(scene, scratch),
        Channel::Again => again::propose(scene, scratch),
        Channel::Fresh => fresh::propose(scene, scratch),
        Channel::Given => {}
    }
    merge(channel, scene, scratch, sifted);
}

/// Takes the best of `scratch.found` into the pool, scaled by the best of all.
fn merge(channel: Channel, scene: &Scene<'_>, scratch: &mut Scratch, sifted: &mut Sifted) {
    let Scratch { pool, found, .. } = scratch;
    let best = found.iter().map(|&(_, score, _)| score).fold(0.0, f32::max);
    if best <= 0.0 {
        return;
    }
    let source = channel as usize;
    if scene.is_closed() {
        for &(item, score, why) in found.iter() {
            if score > 0.0 && pool.place_of(item).is_some() {
                pool.add(item, source, score / best, why);
            }
        }
        return;
    }
    let reach = scene.reach();
    let better = |a: &(u32, f32, u32), b: &(u32, f32, u32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if found.len() > reach {
        found.select_nth_unstable_by(reach - 1, better);
        found.truncate(reach);
    }
    let narrow = scene.gate.is_narrow();
    if narrow {
        found.sort_unstable_by(better);
    }
    let mut left = scene.options.channel_max;
    for &(item, score, why) in found.iter() {
        if left == 0 || score <= 0.0 {
            break;
        }
        // Only a narrow gate is asked here; the rest is sifted once, after the merge.
        if narrow && let Some(guard) = scene.gate.stops(item) {
            sifted.stop(guard as usize, item);
            continue;
        }
        pool.add(item, source, score / best, why);
        left -= 1;
    }
}

/// "Nothing in particular speaks for it."
pub(crate) const NO_EVIDENCE: u32 = NOTHING;
