//! How much room does the state take? Bytes on the heap by part, counted, not guessed.

use crate::fold::Features;
use crate::items::{ItemRow, Items};
use crate::names::Names;
use crate::sketch::{Pair, Sketch};

/// Bytes by part, with the capacity that waits for growth; allocator overhead is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryReport {
    /// How many parties, items, and touches and impressions there are.
    pub parties: u64,
    /// See `parties`.
    pub items: u64,
    /// See `parties`.
    pub touches: u64,
    /// See `parties`.
    pub shown: u64,
    /// Parties' ids and their table.
    pub key_bytes: u64,
    /// What each party takes before it does anything.
    pub party_bytes: u64,
    /// Touches, impressions and contexts of parties.
    pub history_bytes: u64,
    /// Item rows with their counters, without catalogue entries.
    pub row_bytes: u64,
    /// Exact times of item events.
    pub times_bytes: u64,
    /// Companions and baskets.
    pub companion_bytes: u64,
    /// Ids and terms of items, their tables, lists of items by term.
    pub name_bytes: u64,
    /// Catalogue entries as the shop described them.
    pub catalogue_bytes: u64,
}

impl MemoryReport {
    /// All parts together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.key_bytes
            + self.party_bytes
            + self.history_bytes
            + self.row_bytes
            + self.times_bytes
            + self.companion_bytes
            + self.name_bytes
            + self.catalogue_bytes
    }
}

impl Features {
    /// Counts the bytes of every part; walks the whole state, so it is for people, not for loops.
    #[must_use]
    pub fn memory(&self) -> MemoryReport {
        let frozen = self.freeze();
        let mut report = MemoryReport::default();
        for shard in &frozen.shards {
            let (keys, fixed, lists) = shard.bytes();
            report.key_bytes += keys as u64;
            report.party_bytes += fixed as u64;
            report.history_bytes += lists as u64;
            report.parties += shard.held.len() as u64;
            report.touches += shard.held.iter().map(|held| held.touches.len() as u64).sum::<u64>();
            report.shown += shard.held.iter().map(|held| held.shown.len() as u64).sum::<u64>();
        }
        count_items(&frozen.items, &mut report);
        report
    }
}

fn count_items(items: &Items, report: &mut MemoryReport) {
    let pairs = |sketch: &Sketch| sketch.pairs.capacity() * size_of::<Pair>();
    let sketches = items.together.iter().chain(items.baskets.iter());
    report.items = items.len().into();
    report.row_bytes = items.rows().map(|(_, row)| row_bytes(row)).sum::<usize>() as u64;
    report.times_bytes = items.times.iter().flatten().map(|times| times.bytes() as u64).sum();
    report.companion_bytes =
        sketches.map(|sketch| (size_of::<Sketch>() + pairs(sketch)) as u64).sum();
    let listed: usize = items.with_term.iter().map(|list| 48 + 4 * list.capacity()).sum();
    let names = [&items.ids, &items.terms].into_iter().map(Names::bytes).sum::<usize>();
    report.name_bytes = (listed + names) as u64;
    report.catalogue_bytes = items.rows().map(|(_, row)| entry_bytes(row)).sum::<usize>() as u64;
}

fn row_bytes(row: &ItemRow) -> usize {
    size_of::<ItemRow>() + 16 + 4 * row.terms.len()
}

fn entry_bytes(row: &ItemRow) -> usize {
    let item = &row.item;
    let text = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len() + 16);
    let texts = [&item.title_zh, &item.title_en, &item.brand, &item.image, &item.link];
    let levels: usize = item.category.iter().map(|level| level.len() + 32).sum();
    let attributes: usize =
        item.attributes.iter().map(|one| one.name.len() + one.value.len() + 64).sum();
    size_of_val(&**item)
        + 32
        + item.id.as_str().len()
        + texts.into_iter().map(text).sum::<usize>()
        + levels
        + attributes
}
