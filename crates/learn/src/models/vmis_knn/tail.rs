//! Sessions that came after the index was built, so that the next ask already finds them.
//!
//! A tail belongs to one index: its session ids go on where the index stops. It is small, mutable
//! and thrown away when a new index has taken its sessions in. A session may grow while it lasts.

use rustc_hash::FxHashMap;

use super::VmisKnn;

/// New and growing sessions behind a [`VmisKnn`].
///
/// About 60 bytes a click: meant for the hours between two builds.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    first: u32,
    sessions: Vec<TailSession>,
    /// Sessions of an item, oldest first.
    holders: FxHashMap<u32, Vec<u32>>,
    item_limit: usize,
}

#[derive(Debug, Clone)]
struct TailSession {
    items: Vec<u32>,
    ended_at_s: i64,
}

/// Why a click was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TailError {
    /// The session was not opened in this tail.
    #[error("session {0} was not opened in this tail")]
    Session(u32),
    /// The item id is at or above the tail's limit.
    #[error("item {item} is not below the limit {limit}")]
    Item {
        /// The id seen.
        item: u32,
        /// One past the largest allowed.
        limit: usize,
    },
}

impl Tail {
    /// An empty tail of `index`. It accepts item ids below `item_limit`, which may exceed the items
    /// known at the build: an ask keeps one `f32` per item id that the tail has seen.
    #[must_use]
    pub fn new(index: &VmisKnn, item_limit: usize) -> Self {
        Self { first: index.session_count() as u32, item_limit, ..Self::default() }
    }

    /// Number of sessions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether nothing came since the build.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Opens an empty session and returns its id, to be used in [`Tail::click`] and as `except`.
    pub fn open(&mut self, at_s: i64) -> u32 {
        self.sessions.push(TailSession { items: Vec::new(), ended_at_s: at_s });
        self.first + (self.sessions.len() - 1) as u32
    }

    /// Appends a click of `session` on `item` at `at_s` (seconds since the epoch). A second click
    /// moves the item to the end. Ids order by the opening of a session, not by its last click: a
    /// session that lasts does not become more recent than those opened meanwhile.
    ///
    /// # Errors
    /// The session was not opened here, or the item is at or above the limit.
    pub fn click(&mut self, session: u32, item: u32, at_s: i64) -> Result<(), TailError> {
        let at = session.checked_sub(self.first).map(|at| at as usize);
        let Some(open) = at.and_then(|at| self.sessions.get_mut(at)) else {
            return Err(TailError::Session(session));
        };
        if item as usize >= self.item_limit {
            return Err(TailError::Item { item, limit: self.item_limit });
        }
        open.ended_at_s = open.ended_at_s.max(at_s);
        match open.items.iter().position(|&known| known == item) {
            Some(at) => open.items[at..].rotate_left(1),
            None => {
                open.items.push(item);
                let holders = self.holders.entry(item).or_default();
                holders.insert(holders.partition_point(|&s| s < session), session);
            }
        }
        Ok(())
    }

    /// Sessions that hold `item`, oldest first.
    pub(super) fn sessions_of(&self, item: u32) -> &[u32] {
        self.holders.get(&item).map_or(&[], Vec::as_slice)
    }

    pub(super) fn items_of(&self, session: u32) -> &[u32] {
        self.session(session).map_or(&[], |open| &open.items)
    }

    pub(super) fn length_and_end(&self, session: u32) -> (usize, i64) {
        self.session(session).map_or((0, 0), |open| (open.items.len(), open.ended_at_s))
    }

    fn session(&self, session: u32) -> Option<&TailSession> {
        session.checked_sub(self.first).and_then(|at| self.sessions.get(at as usize))
    }
}
