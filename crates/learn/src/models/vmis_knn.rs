//! Which items come next in a session like this one?
//!
//! VMIS-kNN: the neighbours of a session `s` are the past sessions `n` that share items with it;
//! an item is worth what its neighbours are worth.
//!
//! ```text
//! sim(s, n)   = Σ_{i ∈ s ∩ n} position(d_i) · weight(n)     d_i = clicks between i and the end of s
//! score(j)    = Σ_{n ∈ top k} sim(s, n) · first_match(d_*) · along(j, n) · idf(j)^p
//! weight(n)   = exp((t_n − t_newest) / recency) · |n|^−q    t_n = when n ended
//! along(j, n) = exp(−|pos_n(j) − pos_n(i_*)| / reach)       i_* = the latest item of s in n
//!             = 0 beyond 5 · reach
//! ```
//!
//! Only the `m` most recent sessions that share an item are looked at, found by early stopping over
//! lists sorted by recency (Kersbergen, Sprangers, Schelter, "Serenade", SIGMOD 2022). With
//! `recency`, `reach` and `q` set it is STAN (Garg et al., SIGIR 2019); with none of them VS-kNN
//! (Ludewig, Jannach 2018). Left out: VSTAN's second sampling pass and its inverse item popularity.
//!
//! A session may as well be a customer's whole history: then this is user-based collaborative
//! filtering with a bounded cost per ask.
//!
//! What surprises: sessions are renumbered by the time they ended, so an id *is* its recency and no
//! timestamp is read while answering. Clicks made after the build live in a [`Tail`], whose ids
//! simply go on.
//!
//! Cost: 8 bytes a click (items distinct within their session), 8 a session, 8 an item; building is
//! two counting passes; an ask allocates nothing once its [`VmisScratch`] has warmed up.

mod build;
mod neighbours;
mod next;
mod options;
mod score;
mod tail;
#[cfg(test)]
mod tests;

pub use neighbours::{VmisAsk, VmisScratch};
pub use next::{NextOptions, NextScratch};
pub use options::{Decay, VmisOptions};
pub use tail::{Tail, TailError};

use serde::{Deserialize, Serialize};

/// Past sessions as an immutable index: item → its most recent sessions, session → its items.
///
/// Fitted by [`VmisKnn::fit`], asked by [`VmisKnn::query`]; swap it whole when it is refitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VmisKnn {
    options: VmisOptions,
    /// `item_sessions[item_offsets[i]..item_offsets[i + 1]]`: sessions with item `i`, latest first.
    item_offsets: Vec<u32>,
    item_sessions: Vec<u32>,
    /// `session_items[session_offsets[s]..session_offsets[s + 1]]`: distinct items in click order.
    session_offsets: Vec<u32>,
    session_items: Vec<u32>,
    /// `weight(n)` of each session; all 1 when neither recency nor length count.
    session_weight: Vec<f32>,
    /// `idf(j)^p` of each item, over all sessions and not only the `m` kept.
    item_weight: Vec<f32>,
    /// `item_weight` of an item held by one session.
    rarest_weight: f32,
    /// When the newest session ended, seconds since the epoch.
    newest_s: i64,
}

impl VmisKnn {
    /// The options this index was fitted with.
    #[must_use]
    pub fn options(&self) -> &VmisOptions {
        &self.options
    }

    /// Number of items known at the build; ids are `0..item_count`.
    #[must_use]
    pub fn item_count(&self) -> usize {
        self.item_weight.len()
    }

    /// Number of sessions known at the build.
    #[must_use]
    pub fn session_count(&self) -> usize {
        self.session_weight.len()
    }

    /// When the newest session of the build ended, seconds since the epoch (0 without sessions).
    #[must_use]
    pub fn newest_s(&self) -> i64 {
        self.newest_s
    }

    /// Bytes held by the arrays.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        4 * (self.item_offsets.len()
            + self.item_sessions.len()
            + self.session_offsets.len()
            + self.session_items.len()
            + self.session_weight.len()
            + self.item_weight.len())
    }

    /// Sessions that hold `item`, latest first; empty for an item the build did not know.
    fn sessions_of(&self, item: u32) -> &[u32] {
        slice(&self.item_offsets, &self.item_sessions, item)
    }

    /// Distinct items of `session`, in the order of their last click.
    fn items_of(&self, session: u32) -> &[u32] {
        slice(&self.session_offsets, &self.session_items, session)
    }
}

/// Row `row` of a ragged array; empty past its end.
fn slice<'a>(offsets: &[u32], values: &'a [u32], row: u32) -> &'a [u32] {
    let row = row as usize;
    match (offsets.get(row), offsets.get(row + 1)) {
        (Some(&from), Some(&to)) => &values[from as usize..to as usize],
        _ => &[],
    }
}
