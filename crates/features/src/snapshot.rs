//! How does the state survive a restart? Saved whole at one offset, loaded, and the tail folded.
//!
//! The bytes are canonical: equal states give equal bytes, whichever way they came about. What
//! follows from the rest (tables, leader lists, items by term) is built again on loading. The
//! envelope, checksum included, is the store's.

use crate::contexts::{Contexts, Numbering};
use crate::cow::CowVec;
use crate::fold::{Features, Frozen, Writer};
use crate::items::{ItemRow, Items};
use crate::names::Names;
use crate::options::FeatureOptions;
use crate::party::{Held, Key, Lost, PartyKind, Rare, SHARDS, Said, Shard};
use crate::sketch::{Pair, Sketch};
use crate::stats::ItemStats;
use crate::ties::Ties;
use crate::times::{TimeList, Times};
use crate::top::Top;
use crate::touch::{Shown, Touch};
use crate::wire::{In, Out};
use arc_swap::ArcSwap;
use commerce::{Currency, EventKind, Item, Money};
use parking_lot::{Mutex, RwLock};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Counts up when the layout changes.
const VERSION: u8 = 2;

/// Why a saved state cannot be used. The log can always be folded again.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The bytes could not be read.
    #[error("the feature snapshot could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// Another version wrote it.
    #[error("the feature snapshot has version {found}, this server reads {VERSION}")]
    Version {
        /// The version found.
        found: u8,
    },
    /// It was folded by other options.
    #[error("the feature snapshot was folded by other [features] options")]
    Options,
    /// The bytes make no sense.
    #[error("the feature snapshot is damaged: {what}")]
    Damaged {
        /// What does not.
        what: &'static str,
    },
}

impl Features {
    /// Writes the whole state at one offset, which is returned. Folding goes on meanwhile and
    /// copies what it changes, so memory can grow by what changes while it is written.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn save(&self, to: &mut dyn Write) -> std::io::Result<u64> {
        let Frozen { folded, clock_s, items, contexts, ties, shards } = self.freeze();
        let mut out = Out::new(to);
        out.u8(VERSION)?;
        put_encoded(&mut out, &*self.options)?;
        out.u64(folded)?;
        out.u32(clock_s)?;
        put_items(&mut out, &items)?;
        drop(items);
        put_names(&mut out, &contexts.words)?;
        out.len(contexts.all.len())?;
        for word in contexts.all.iter().flatten() {
            out.u32(*word)?;
        }
        put_ties(&mut out, &ties)?;
        for shard in shards {
            out.len(shard.held.len())?;
            for (at, held) in shard.held.iter().enumerate() {
                put_party(&mut out, shard.key(at), held)?;
            }
        }
        out.flush()?;
        Ok(folded)
    }

    /// Reads a state that [`Features::save`] wrote under the same options.
    ///
    /// # Errors
    /// [`LoadError`]; fold the log from its beginning then.
    pub fn load(options: FeatureOptions, from: &mut dyn Read) -> Result<Self, LoadError> {
        let mut from = In::new(from);
        match from.u8()? {
            VERSION => {}
            found => return Err(LoadError::Version { found }),
        }
        if encoded::<FeatureOptions>(&mut from)? != options {
            return Err(LoadError::Options);
        }
        let options = Arc::new(options);
        let folded = from.u64()?;
        let clock_s = from.u32()?;
        let items = items(&mut from, &options)?;
        let words = names(&mut from)?;
        let all = from.list(|from| Ok([from.u32()?, from.u32()?, from.u32()?, from.u32()?]))?;
        let contexts = Contexts { words, all: all.into_iter().collect() };
        let ties = ties(&mut from)?;
        let mut shards = Vec::with_capacity(SHARDS);
        for number in 0..SHARDS {
            shards.push(RwLock::new(Arc::new(shard(&mut from, number)?)));
        }
        Ok(Self {
            options,
            folded: AtomicU64::new(folded),
            published: ArcSwap::from_pointee(items.clone()),
            contexts: ArcSwap::from_pointee(contexts.clone()),
            writer: Mutex::new(Writer::new(clock_s, items, Numbering::of(contexts))),
            shards,
            ties: RwLock::new(Arc::new(ties)),
        })
    }
}

fn put_encoded(out: &mut Out<'_>, value: &impl Serialize) -> std::io::Result<()> {
    out.sized(&postcard::to_stdvec(value).map_err(std::io::Error::other)?)
}

fn encoded<T: DeserializeOwned>(from: &mut In<'_>) -> Result<T, LoadError> {
    postcard::from_bytes(&from.sized()?)
        .map_err(|_| LoadError::Damaged { what: "an entry cannot be decoded" })
}

fn put_names(out: &mut Out<'_>, names: &Names) -> std::io::Result<()> {
    out.len(names.len())?;
    names.iter().try_for_each(|name| out.sized(name.as_bytes()))
}

fn names(from: &mut In<'_>) -> Result<Names, LoadError> {
    let mut names = Names::default();
    for ix in 0..from.u32()? {
        if names.intern(&from.text()?) != ix {
            return Err(LoadError::Damaged { what: "a name appears twice" });
        }
    }
    Ok(names)
}

fn put_items(out: &mut Out<'_>, items: &Items) -> std::io::Result<()> {
    out.u64(items.as_of)?;
    out.u32(items.clock_s)?;
    put_stats(out, &items.whole)?;
    put_names(out, &items.terms)?;
    put_names(out, &items.ids)?;
    for (ix, row) in items.rows() {
        let catalogued = *row.item != Item::bare(row.id().clone());
        out.u8(u8::from(row.known) | u8::from(row.gone) << 1 | u8::from(catalogued) << 2)?;
        if catalogued {
            put_encoded(out, &*row.item)?;
        }
        out.u32s(&row.terms)?;
        put_stats(out, &row.stats)?;
        let times = items.times.get(ix as usize).and_then(Option::as_ref);
        put_times(out, times.map_or(&[], |times| &times.lists))?;
        for sketches in [&items.together, &items.baskets] {
            put_sketch(out, sketches.get(ix as usize))?;
        }
    }
    Ok(())
}

fn items(from: &mut In<'_>, options: &Arc<FeatureOptions>) -> Result<Items, LoadError> {
    let mut items = Items::new(Arc::clone(options));
    items.as_of = from.u64()?;
    items.clock_s = from.u32()?;
    items.whole = stats(from)?;
    items.terms = names(from)?;
    items.ids = names(from)?;
    let mut with_term = vec![Vec::new(); items.terms.len()];
    let (mut rows, mut times) = (Vec::new(), Vec::new());
    let mut sketches = [Vec::new(), Vec::new()];
    for ix in 0..items.ids.len() as u32 {
        let row = row(from, &items, ix)?;
        for &term in row.terms.iter() {
            let list = with_term.get_mut(term as usize);
            list.ok_or(LoadError::Damaged { what: "an item has an unknown term" })?.push(ix);
        }
        rows.push(row);
        let lists = from.list(time_list)?;
        times.push((!lists.is_empty()).then(|| Arc::new(Times { lists })));
        for sketches in &mut sketches {
            sketches.push(sketch(from)?);
        }
    }
    items.rows = rows.into_iter().collect();
    items.note_all_sellable();
    items.times = times.into_iter().collect();
    [items.together, items.baskets] = sketches.map(CowVec::from_iter);
    items.with_term = with_term.into_iter().map(Arc::new).collect();
    let cap = options.leaders_kept as usize;
    items.leaders = [0, 1].map(|place| Arc::new(Top::of(&items.rows, place, cap)));
    Ok(items)
}

fn row(from: &mut In<'_>, items: &Items, ix: u32) -> Result<ItemRow, LoadError> {
    let flags = from.u8()?;
    let id = items.ids.name(ix).and_then(|id| commerce::ItemId::new(id).ok());
    let mut row = ItemRow::bare(id.ok_or(LoadError::Damaged { what: "an item id is not one" })?);
    row.known = flags & 1 != 0;
    row.gone = flags & 2 != 0;
    if flags & 4 != 0 {
        row.item = Arc::new(encoded(from)?);
    }
    row.terms = from.list(In::u32)?.into();
    if !row.gone {
        (row.leaf, row.brand) = items.kind_of(&row.item);
    }
    row.stats = stats(from)?;
    Ok(row)
}

fn put_stats(out: &mut Out<'_>, stats: &ItemStats) -> std::io::Result<()> {
    for n in [stats.first_s, stats.last_s, stats.last_price_s, stats.ratings] {
        out.u32(n)?;
    }
    out.f64(stats.ratings_sum)?;
    out.u8(u8::from(stats.last_price.is_some()))?;
    if let Some(price) = stats.last_price {
        out.u64(price.minor.cast_unsigned())?;
        out.sized(price.currency.as_str().as_bytes())?;
    }
    stats.totals.iter().try_for_each(|&n| out.u32(n))?;
    for decayed in &stats.decayed {
        out.u32(decayed.epoch.cast_unsigned())?;
        decayed.sums.iter().try_for_each(|&sum| out.f64(sum))?;
    }
    stats.ranks.iter().try_for_each(|&rank| out.u64(rank))
}

fn stats(from: &mut In<'_>) -> Result<ItemStats, LoadError> {
    let mut stats = ItemStats {
        first_s: from.u32()?,
        last_s: from.u32()?,
        last_price_s: from.u32()?,
        ratings: from.u32()?,
        ratings_sum: from.f64()?,
        ..ItemStats::default()
    };
    if from.u8()? != 0 {
        let minor = from.u64()?.cast_signed();
        let currency = Currency::parse(&from.text()?)
            .map_err(|_| LoadError::Damaged { what: "a currency is not one" })?;
        stats.last_price = Some(Money::new(minor, currency));
    }
    for n in &mut stats.totals {
        *n = from.u32()?;
    }
    for decayed in &mut stats.decayed {
        decayed.epoch = from.u32()?.cast_signed();
        for sum in &mut decayed.sums {
            *sum = from.f64()?;
        }
    }
    for rank in &mut stats.ranks {
        *rank = from.u64()?;
    }
    Ok(stats)
}

fn put_times(out: &mut Out<'_>, lists: &[TimeList]) -> std::io::Result<()> {
    out.len(lists.len())?;
    for list in lists {
        out.u8(list.kind as u8)?;
        out.u32(list.floor_s)?;
        out.u32(list.len)?;
        list.seconds().try_for_each(|s| out.u32(s))?;
    }
    Ok(())
}

fn time_list(from: &mut In<'_>) -> Result<TimeList, LoadError> {
    let kind = kind(from.u8()?)?;
    let floor_s = from.u32()?;
    let seconds = from.list(In::u32)?;
    if !seconds.is_sorted() {
        return Err(LoadError::Damaged { what: "times are out of order" });
    }
    Ok(TimeList::of(kind, floor_s, &seconds))
}

fn kind(place: u8) -> Result<EventKind, LoadError> {
    let kind = EventKind::ALL.get(usize::from(place)).copied();
    kind.ok_or(LoadError::Damaged { what: "an event kind is unknown" })
}

fn put_sketch(out: &mut Out<'_>, sketch: Option<&Sketch>) -> std::io::Result<()> {
    let pairs = sketch.map_or(&[][..], |sketch| &sketch.pairs);
    out.u32(sketch.map_or(0, |sketch| sketch.epoch).cast_unsigned())?;
    out.len(pairs.len())?;
    for pair in pairs {
        out.u32(pair.item)?;
        out.u32(pair.weight.to_bits())?;
        out.u32(pair.error.to_bits())?;
    }
    Ok(())
}

fn sketch(from: &mut In<'_>) -> Result<Sketch, LoadError> {
    let epoch = from.u32()?.cast_signed();
    let pairs = from.list(|from| {
        let item = from.u32()?;
        let weight = f32::from_bits(from.u32()?);
        Ok(Pair { item, weight, error: f32::from_bits(from.u32()?) })
    })?;
    Ok(Sketch { epoch, pairs })
}

fn put_ties(out: &mut Out<'_>, ties: &Ties) -> std::io::Result<()> {
    let mut families: Vec<_> = ties.devices.iter().collect();
    families.sort_unstable();
    out.len(families.len())?;
    for (customer, devices) in families {
        out.u32(*customer)?;
        out.u32s(devices)?;
    }
    Ok(())
}

fn ties(from: &mut In<'_>) -> Result<Ties, LoadError> {
    let mut ties = Ties::default();
    for (customer, devices) in from.list(|from| Ok((from.u32()?, from.list(In::u32)?)))? {
        for device in devices {
            ties.link(device, customer);
        }
    }
    Ok(ties)
}

fn put_party(out: &mut Out<'_>, key: Key<'_>, held: &Held) -> std::io::Result<()> {
    out.u8(key.kind as u8 | u8::from(held.rare.is_some()) << 7)?;
    out.sized(key.id.as_bytes())?;
    out.u64(held.as_of)?;
    out.len(held.touches.len())?;
    held.touches.iter().try_for_each(|touch| out.bytes(&touch.to_bytes()))?;
    out.len(held.shown.len())?;
    for shown in &held.shown {
        out.u32(shown.item)?;
        out.u32(shown.at_s)?;
    }
    out.u32s(&held.contexts)?;
    held.rare.as_ref().map_or(Ok(()), |rare| put_rare(out, rare))
}

fn shard(from: &mut In<'_>, number: usize) -> Result<Shard, LoadError> {
    let mut shard = Shard::default();
    for at in 0..from.u32()? {
        let flags = from.u8()?;
        let kind = match flags & 0x7f {
            0 => PartyKind::Customer,
            1 => PartyKind::Device,
            2 => PartyKind::Session,
            _ => return Err(LoadError::Damaged { what: "a party's kind is unknown" }),
        };
        let id = from.text()?;
        let key = Key { kind, id: &id };
        if key.shard(key.hash()) != number || shard.intern(key, key.hash()) != at {
            return Err(LoadError::Damaged { what: "a party is not in its place" });
        }
        let held = Held {
            as_of: from.u64()?,
            touches: from.list(|from| from.array().and_then(touch))?,
            shown: from.list(|from| Ok(Shown { item: from.u32()?, at_s: from.u32()? }))?,
            contexts: from.list(In::u32)?,
            rare: if flags & 0x80 == 0 { None } else { Some(Box::new(rare(from)?)) },
        };
        shard.held[at as usize] = held;
    }
    Ok(shard)
}

fn touch(bytes: [u8; 16]) -> Result<Touch, LoadError> {
    Ok(Touch::from_bytes(bytes, kind(bytes[14])?))
}

fn put_rare(out: &mut Out<'_>, rare: &Rare) -> std::io::Result<()> {
    out.u32(rare.lost.floor_s)?;
    out.u32(rare.lost.shown_floor_s)?;
    out.u32s(&rare.lost.counts)?;
    for said in rare.consents {
        out.u8(said.map_or(0, |said| 1 + u8::from(said.granted)))?;
        out.u64(said.map_or(0, |said| said.at_ms).cast_unsigned())?;
    }
    put_encoded(out, &rare.declared.as_deref())
}

fn rare(from: &mut In<'_>) -> Result<Rare, LoadError> {
    let mut rare = Rare {
        lost: Lost { floor_s: from.u32()?, shown_floor_s: from.u32()?, ..Lost::default() },
        ..Rare::default()
    };
    // Kinds of event are added at the end: an older snapshot has fewer.
    for (known, n) in rare.lost.counts.iter_mut().zip(from.list(In::u32)?) {
        *known = n;
    }
    for said in &mut rare.consents {
        let word = from.u8()?;
        let at_ms = from.u64()?.cast_signed();
        *said = (word > 0).then_some(Said { at_ms, granted: word == 2 });
    }
    rare.declared = encoded::<Option<commerce::Customer>>(from)?.map(Arc::new);
    Ok(rare)
}
