//! Which dense number does this text have? An interner whose clones are snapshots.
//!
//! Linear hashing (Litwin, 1980) over copy-on-write buckets: the directory grows by one bucket at
//! a time, so no insertion ever rehashes the whole, and a clone stays as it was.

use crate::cow::CowVec;
use crate::hash::hash;
use std::sync::Arc;

/// Mean entries per bucket before another bucket is split.
const LOAD: usize = 4;

/// Texts and their numbers, in order of first mention.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    names: CowVec<Arc<str>>,
    buckets: CowVec<Vec<Entry>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    ix: u32,
}

impl Names {
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn name(&self, ix: u32) -> Option<&Arc<str>> {
        self.names.get(ix as usize)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        self.names.iter()
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let names: usize = self.iter().map(|name| 32 + name.len()).sum();
        let buckets = self.buckets.iter().map(|b| 40 + b.capacity() * size_of::<Entry>());
        names + buckets.sum::<usize>()
    }

    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let hash = low(name);
        let bucket = self.buckets.get(place(hash, self.buckets.len()))?;
        let same = |e: &&Entry| e.hash == hash && self.name(e.ix).is_some_and(|n| &**n == name);
        bucket.iter().find(same).map(|e| e.ix)
    }

    /// The number of `name`, a new one if need be.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        if let Some(ix) = self.find(name) {
            return ix;
        }
        let ix = self.names.len() as u32;
        self.names.push(name.into());
        if self.names.len() > LOAD * self.buckets.len() {
            self.split();
        }
        let entry = Entry { hash: low(name), ix };
        let at = place(entry.hash, self.buckets.len());
        if let Some(bucket) = self.buckets.get_mut(at) {
            bucket.push(entry);
        }
        ix
    }

    /// Adds a bucket and moves into it what now belongs there.
    fn split(&mut self) {
        let added = self.buckets.len();
        let buckets = added + 1;
        let mut moved = Vec::new();
        if added > 0 {
            let parent = added - (1 << added.ilog2());
            if let Some(bucket) = self.buckets.get_mut(parent) {
                moved = bucket.extract_if(.., |e| place(e.hash, buckets) == added).collect();
            }
        }
        self.buckets.push(moved);
    }
}

fn low(name: &str) -> u32 {
    hash(0, name) as u32
}

/// The bucket, of `buckets`, that `hash` belongs to; 0 when there is none yet.
fn place(hash: u32, buckets: usize) -> usize {
    let mask = buckets.next_power_of_two() - 1;
    let at = hash as usize & mask;
    if at < buckets { at } else { at & (mask >> 1) }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut all = Self::default();
        for name in names {
            all.intern(name);
        }
        all
    }
}
