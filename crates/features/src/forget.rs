//! Who is forgotten? Visits of somebody unknown, once they have been quiet for long.
//!
//! A customer or a device comes back; a visit without either does not, and there is no end to them.
//! Time is what facts tell: the latest moment that any of them names, as far as we had received it
//! (a sender's clock ahead of ours moves nothing). It comes in ticks; with each, one shard of visits
//! is looked through, so that no single fact pays for all. What is there thus depends on the facts
//! folded and on nothing else, and a replay forgets where the server forgot.

use crate::fold::Features;
use crate::party::{Held, VISITING, visiting};
use crate::touch::seconds;
use commerce::Fact;
use std::sync::Arc;

/// How often each shard is looked through within the span for which visits are kept, so that they
/// are forgotten at most a quarter of it late.
const ROUNDS: u32 = 4;

impl Features {
    /// Moves the clock on to `fact`, and forgets what has been quiet for too long by then.
    pub(crate) fn forget_visits(&self, clock_s: &mut u32, fact: &Fact) {
        let now_s = seconds(fact.at).min(seconds(fact.received_at));
        if now_s <= *clock_s {
            return;
        }
        let kept_s = self.options.visit_kept_s();
        let tick_s = (kept_s / (ROUNDS * VISITING as u32)).max(1);
        let (last, this) = (*clock_s / tick_s, now_s / tick_s);
        *clock_s = now_s;
        for tick in last.max(this.saturating_sub(VISITING as u32)) + 1..=this {
            self.sweep(visiting(tick as usize), now_s.saturating_sub(kept_s));
        }
    }

    /// Drops the parties of a shard that did nothing since `before_s`. Whoever said a word about
    /// their data is kept, as the word must be.
    fn sweep(&self, shard: usize, before_s: u32) {
        let keep = |held: &Held| held.last_s() >= before_s || held.has_spoken();
        if self.shards[shard].read().held.iter().all(keep) {
            return;
        }
        // Readers hold the ties from finding a party's number until they have read it.
        let _no_reader = self.ties.write();
        Arc::make_mut(&mut self.shards[shard].write()).retain(keep);
    }
}
