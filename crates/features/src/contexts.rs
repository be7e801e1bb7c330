//! Where and how did it happen? Contexts numbered, so that a touch holds one byte of them.

use crate::cow::CowVec;
use crate::names::Names;
use commerce::Context;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// No word.
const NO_WORD: u32 = u32::MAX;

/// Words of one context: place, channel, referrer, device class.
pub(crate) type Words = [u32; 4];

/// The numbered contexts; a clone is a snapshot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contexts {
    pub(crate) words: Names,
    pub(crate) all: CowVec<Words>,
}

impl Contexts {
    /// The four texts of a context.
    pub(crate) fn texts(&self, ix: u32) -> [Option<Arc<str>>; 4] {
        let words = self.all.get(ix as usize).copied().unwrap_or([NO_WORD; 4]);
        words.map(|word| self.words.name(word).cloned())
    }
}

/// The writer's side: numbers contexts as they come.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    pub(crate) known: Contexts,
    index: FxHashMap<Words, u32>,
}

impl Numbering {
    pub(crate) fn of(known: Contexts) -> Self {
        let index = known.all.iter().copied().zip(0..).collect();
        Self { known, index }
    }

    /// The number of `context`, if it has any word and there is room, and whether it is new.
    pub(crate) fn number(&mut self, context: &Context, cap: usize) -> Option<(u32, bool)> {
        let texts = [&context.place, &context.channel, &context.referrer, &context.device_class];
        if texts.iter().all(|text| text.is_none()) {
            return None;
        }
        let full = self.known.all.len() >= cap;
        let mut words = texts.map(|text| match text {
            None => NO_WORD,
            Some(text) if full => self.known.words.find(text).unwrap_or(NO_WORD),
            Some(text) => self.known.words.intern(text),
        });
        if full {
            // Too many to keep apart: let go of the referrer, which varies most, then of the place.
            for forgotten in [None, Some(2), Some(0)] {
                if let Some(place) = forgotten {
                    words[place] = NO_WORD;
                }
                if let Some(&ix) = self.index.get(&words) {
                    return Some((ix, false));
                }
            }
            return None;
        }
        if let Some(&ix) = self.index.get(&words) {
            return Some((ix, false));
        }
        let ix = self.known.all.len() as u32;
        self.known.all.push(words);
        self.index.insert(words, ix);
        Some((ix, true))
    }
}
