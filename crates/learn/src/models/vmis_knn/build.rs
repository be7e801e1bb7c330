//! From clicks to the index: sort sessions by time, then two counting passes.

use super::{VmisKnn, VmisOptions};
use crate::{error::FitError, progress::Progress, sequences::Sequences};

impl VmisKnn {
    /// Builds the index over `sessions`; each ends at its last event, and lists may come in any
    /// order. Equal ends keep the order given, so the same input gives the same index.
    ///
    /// Time O(sessions log sessions + clicks), peak memory about twice the finished index.
    ///
    /// # Errors
    /// [`FitError::Input`] for an option out of range or more than 2³² − 2 clicks;
    /// [`FitError::Cancelled`].
    pub fn fit(
        sessions: &Sequences,
        options: VmisOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        options.check()?;
        let limit = u32::MAX as usize - 1;
        if sessions.event_count().max(sessions.len()).max(sessions.item_count()) > limit {
            let clicks = sessions.event_count();
            return Err(FitError::Input(format!("VMIS-kNN: {clicks} clicks, at most {limit}")));
        }
        progress.step("vmis-knn: index", 0, 2)?;
        let ended_at_s =
            |s: u32| sessions.list(s as usize).at_s.last().copied().unwrap_or(i64::MIN);
        let mut order: Vec<u32> = (0..sessions.len() as u32).collect();
        order.sort_by_key(|&s| ended_at_s(s));
        let newest_s = order.last().map_or(0, |&s| ended_at_s(s));

        let mut index = Self {
            item_offsets: Vec::new(),
            item_sessions: Vec::new(),
            session_offsets: vec![0],
            session_items: Vec::with_capacity(sessions.event_count()),
            session_weight: Vec::with_capacity(order.len()),
            item_weight: Vec::new(),
            rarest_weight: 1.0,
            newest_s,
            options,
        };
        let mut distinct = Vec::new();
        for &s in &order {
            keep_last(sessions.list(s as usize).items, &mut distinct);
            if distinct.is_empty() || distinct.len() > index.options.session_items_max {
                continue;
            }
            index.session_items.extend_from_slice(&distinct);
            index.session_offsets.push(index.session_items.len() as u32);
            let age_s = newest_s - ended_at_s(s);
            index.session_weight.push(index.options.session_weight(distinct.len(), age_s));
        }
        index.session_items.shrink_to_fit();
        progress.step("vmis-knn: index", 1, 2)?;
        index.invert(sessions.item_count());
        progress.step("vmis-knn: index", 2, 2)?;
        Ok(index)
    }

    /// Fills item → latest sessions and the item weights from session → items.
    fn invert(&mut self, item_count: usize) {
        let mut holders = vec![0_u32; item_count];
        for &item in &self.session_items {
            holders[item as usize] += 1;
        }
        let clicks = self.session_items.len() as f32;
        let power = self.options.idf_power;
        let weight = |n: u32| (clicks.max(2.0) / n.max(1) as f32).ln().max(0.01).powf(power);
        self.item_weight = holders.iter().map(|&n| weight(n)).collect();
        self.rarest_weight = weight(1);

        let cap = self.options.recent_sessions as u32;
        self.item_offsets = Vec::with_capacity(item_count + 1);
        let mut total = 0;
        for &n in &holders {
            self.item_offsets.push(total);
            total += n.min(cap);
        }
        self.item_offsets.push(total);

        self.item_sessions = vec![0; total as usize];
        let mut free = self.item_offsets.clone();
        for s in (0..self.session_weight.len() as u32).rev() {
            let (from, to) =
                (self.session_offsets[s as usize], self.session_offsets[s as usize + 1]);
            for &item in &self.session_items[from as usize..to as usize] {
                let item = item as usize;
                if free[item] < self.item_offsets[item + 1] {
                    self.item_sessions[free[item] as usize] = s;
                    free[item] += 1;
                }
            }
        }
    }
}

/// Writes the distinct items of `clicks` to `distinct`, in the order of their last click.
pub(super) fn keep_last(clicks: &[u32], distinct: &mut Vec<u32>) {
    distinct.clear();
    if clicks.len() <= 64 {
        for (at, item) in clicks.iter().enumerate() {
            if !clicks[at + 1..].contains(item) {
                distinct.push(*item);
            }
        }
        return;
    }
    let mut seen = rustc_hash::FxHashSet::default();
    distinct.extend(clicks.iter().rev().filter(|item| seen.insert(**item)));
    distinct.reverse();
}
