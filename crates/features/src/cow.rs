//! Which table can one write while many read? A vector of shared chunks, copied on write.
//!
//! A clone shares every chunk with the original and costs one reference count per 2,048 entries;
//! writing to an entry copies its page and its chunk if, and only if, a clone still holds them. So
//! the writer works in place while nobody looks (a restart's replay) and pays for what it dirtied
//! otherwise.

use std::sync::Arc;

/// Entries per chunk: what one dirty entry costs to copy.
const CHUNK: usize = 16;
/// Chunks per page.
const PAGE: usize = 128;

/// Chunks that are next to each other.
type Page<T> = Arc<[Arc<[T]>]>;

/// A vector that is cheap to clone and to change a little.
#[derive(Clone, Debug)]
pub(crate) struct CowVec<T> {
    pages: Vec<Page<T>>,
    len: usize,
}

impl<T> Default for CowVec<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<T: Clone> CowVec<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, ix: usize) -> Option<&T> {
        self.pages.get(ix / (CHUNK * PAGE))?.get(ix / CHUNK % PAGE)?.get(ix % CHUNK)
    }

    pub(crate) fn get_mut(&mut self, ix: usize) -> Option<&mut T> {
        let page = Arc::make_mut(self.pages.get_mut(ix / (CHUNK * PAGE))?);
        Arc::make_mut(page.get_mut(ix / CHUNK % PAGE)?).get_mut(ix % CHUNK)
    }

    pub(crate) fn push(&mut self, value: T) {
        let chunk = self.len / CHUNK;
        if self.len.is_multiple_of(CHUNK * PAGE) {
            self.pages.push(Arc::from([]));
        }
        if let Some(page) = self.pages.last_mut() {
            match page.get(chunk % PAGE) {
                Some(_) => {
                    let slot = &mut Arc::make_mut(page)[chunk % PAGE];
                    *slot = grown(slot, value);
                }
                None => *page = grown(page, Arc::from([value])),
            }
        }
        self.len += 1;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter()).flat_map(|chunk| chunk.iter())
    }
}

fn grown<T: Clone>(old: &Arc<[T]>, value: T) -> Arc<[T]> {
    old.iter().cloned().chain(std::iter::once(value)).collect()
}

impl<T: Clone> FromIterator<T> for CowVec<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut all = Self::default();
        for value in values {
            all.push(value);
        }
        all
    }
}
