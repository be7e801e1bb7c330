//! How often in this window? Exact counts over sorted seconds.
//!
//! One list of `u32` seconds per item and kind, in shared blocks: 4 bytes an event, plus at most
//! as much again in a block that is being filled. Past the cap the oldest block is forgotten, and
//! a count that would need it says that it is a lower bound.

use commerce::EventKind;
use std::sync::Arc;

/// A block is split when it outgrows this many seconds.
const BLOCK: usize = 128;

/// How often something happened in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Count {
    /// How often, as far as it is still known.
    pub n: u64,
    /// Whether all of the window is still known; `n` is a lower bound otherwise.
    pub exact: bool,
}

/// When each kind of event happened to one item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(crate) lists: Vec<TimeList>,
}

/// When one kind happened: sorted seconds.
#[derive(Clone, Debug)]
pub(crate) struct TimeList {
    pub(crate) kind: EventKind,
    /// Some events at or before this second are forgotten; 0 when none is.
    pub(crate) floor_s: u32,
    pub(crate) len: u32,
    pub(crate) blocks: Vec<Arc<Vec<u32>>>,
}

impl Times {
    pub(crate) fn add(&mut self, kind: EventKind, at_s: u32, cap: u32) {
        let found = self.lists.iter().position(|list| list.kind == kind);
        let at = found.unwrap_or_else(|| {
            self.lists.reserve_exact(1);
            self.lists.push(TimeList { kind, floor_s: 0, len: 0, blocks: Vec::new() });
            self.lists.len() - 1
        });
        self.lists[at].add(at_s, cap);
    }

    /// Events of `kind` after `after_s` and up to `until_s`.
    pub(crate) fn count(&self, kind: EventKind, after_s: u32, until_s: u32) -> Count {
        let Some(list) = self.lists.iter().find(|list| list.kind == kind) else {
            return Count { n: 0, exact: true };
        };
        let n = list.up_to(until_s).saturating_sub(list.up_to(after_s));
        Count { n, exact: after_s >= list.floor_s }
    }
}

impl TimeList {
    pub(crate) fn seconds(&self) -> impl Iterator<Item = u32> {
        self.blocks.iter().flat_map(|block| block.iter().copied())
    }

    /// A list of `seconds`, which are sorted.
    pub(crate) fn of(kind: EventKind, floor_s: u32, seconds: &[u32]) -> Self {
        let blocks = seconds.chunks(BLOCK).map(|block| Arc::new(block.to_vec())).collect();
        Self { kind, floor_s, len: seconds.len() as u32, blocks }
    }

    fn add(&mut self, at_s: u32, cap: u32) {
        let after = self.blocks.partition_point(|block| block[0] <= at_s);
        let newest = |block: &[u32]| block.last().is_none_or(|&end| at_s >= end);
        match self.blocks.get_mut(after.saturating_sub(1)) {
            None => self.blocks.push(Arc::new(vec![at_s])),
            Some(block) if block.len() >= BLOCK && newest(block) => {
                self.blocks.insert(after, Arc::new(vec![at_s]));
            }
            Some(block) => {
                let block = Arc::make_mut(block);
                block.insert(block.partition_point(|&t| t <= at_s), at_s);
                if block.len() > 2 * BLOCK {
                    let rest = block.split_off(BLOCK);
                    self.blocks.insert(after.max(1), Arc::new(rest));
                }
            }
        }
        self.len += 1;
        if self.len > cap {
            self.forget(BLOCK);
        }
    }

    /// Forgets the oldest `n`, wherever blocks begin and end.
    fn forget(&mut self, mut n: usize) {
        while let Some(oldest) = self.blocks.first_mut().filter(|_| n > 0) {
            let gone = n.min(oldest.len());
            self.floor_s = self.floor_s.max(oldest[gone - 1]);
            self.len -= gone as u32;
            n -= gone;
            if gone == oldest.len() {
                self.blocks.remove(0);
            } else {
                Arc::make_mut(oldest).drain(..gone);
            }
        }
    }

    fn up_to(&self, s: u32) -> u64 {
        let full = self.blocks.partition_point(|block| block.last().is_some_and(|&t| t <= s));
        let before: usize = self.blocks[..full].iter().map(|block| block.len()).sum();
        let within = self.blocks.get(full).map_or(0, |block| block.partition_point(|&t| t <= s));
        (before + within) as u64
    }
}
