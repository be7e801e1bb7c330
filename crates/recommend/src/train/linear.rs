//! Which linear item model serves: EASE, which knows what is liked along, or SLIST, which knows what
//! comes next?
//!
//! That depends on the shop, so both are fitted on the history before the labels and judged on the
//! first touch of each customer after it, asked as the channel asks; the better one is fitted again
//! on everything. Neither sees the last part of the log, on which the version is judged. By size:
//!
//! | method | when | time | memory |
//! |---|---|---|---|
//! | EASE | up to `dense_items_max` items | n³ / 2 | 12 n² bytes |
//! | local EASE | above | n · (K³ / 3 + K · pairs) | 8 · n · (pairs + 2K) bytes |
//! | SLIST, dense or local by the same limit | when it fits into `sequential_mb` | n³ / 2, or n · K³ / 6 | 8 n², or 12 n · K, and 40 bytes a pair |

use super::channels::{ChannelOptions, Histories, Times, Touched};
use super::fit_error;
use crate::error::RecommendError;
use crate::models::ItemRows;
use crate::needs::lasting;
use crate::options::RecommendOptions;
use learn::error::FitError;
use learn::models::ease::{self, EaseOptions};
use learn::models::local_ease::{self, LocalEaseOptions};
use learn::models::slist::{self, SlistOptions, Solve};
use learn::progress::Progress;
use learn::sequences::{Event, Sequences};
use learn::sparse::Csr;
use learn::votes::Votes;

/// Customers whose next touch is foreseen, at most.
const JUDGED: usize = 5_000;
/// Places of a list that count.
const LIST: usize = 20;

/// A way to fit the linear item model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// EASE or local EASE, by size.
    Ease,
    /// The sequential linear model, dense or local by size.
    Slist,
}

/// How the method is found.
#[derive(Clone, Copy)]
pub(super) enum How<'a> {
    /// It is known.
    By(Method),
    /// Both are tried and asked for what the whole histories hold next.
    Try { whole: &'a Histories, times: Times, asking: &'a RecommendOptions },
}

/// What is fitted on: the histories, and the items that models speak of.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) histories: &'a Histories,
    /// Customers × spoken-of items.
    pub(super) matrix: &'a Csr,
    /// The items spoken of, ascending.
    pub(super) whole: &'a [u32],
    /// The place of each item among them; `u32::MAX` for the others.
    pub(super) part: &'a [u32],
}

/// Fits the model, and says by which method and why.
pub(super) fn fit(
    ground: Ground<'_>,
    how: How<'_>,
    options: &ChannelOptions,
    progress: Progress<'_>,
    notes: &mut Vec<String>,
) -> Result<(ItemRows, Method), RecommendError> {
    let (items, is_dense) = (ground.whole.len(), ground.whole.len() <= options.dense_items_max);
    let place = if is_dense { "" } else { "local " };
    let fitted = |method| -> Result<ItemRows, RecommendError> {
        let rows = match method {
            Method::Ease => fit_ease(ground.matrix, is_dense, options, progress),
            Method::Slist => fit_slist(ground, is_dense, options, progress),
        };
        let rows = rows.map_err(|why| fit_error("the linear model", &why))?;
        Ok(ItemRows::spread(&rows, ground.whole, ground.part.len()))
    };
    let name = |method| if method == Method::Ease { "EASE" } else { "SLIST" };
    let (whole, times, asking) = match how {
        How::By(method) => {
            notes.push(format!("linear model: {place}{} over {items} items", name(method)));
            return Ok((fitted(method)?, method));
        }
        How::Try { whole, times, asking } => (whole, times, asking),
    };
    let plain = fitted(Method::Ease)?;
    let needed_mb = slist_bytes(ground, is_dense, options).div_ceil(1 << 20);
    if needed_mb > options.sequential_mb {
        let allowed = options.sequential_mb;
        notes.push(format!(
            "SLIST was not tried: it may take {needed_mb} MiB, {allowed} are allowed"
        ));
        return Ok((plain, Method::Ease));
    }
    let sequential = fitted(Method::Slist)?;
    let foreseen = |rows| foresight(rows, whole, times, asking);
    let (own, other) = (foreseen(&plain), foreseen(&sequential));
    notes.push(format!(
        "next touches foreseen (nDCG@{LIST}): {place}EASE {own:.4}, {place}SLIST {other:.4}"
    ));
    // As good is not better: EASE needs no order and asks less of the log.
    Ok(if other > own { (sequential, Method::Slist) } else { (plain, Method::Ease) })
}

fn fit_ease(
    matrix: &Csr,
    is_dense: bool,
    options: &ChannelOptions,
    progress: Progress<'_>,
) -> Result<Csr, FitError> {
    let weights = if is_dense {
        // The ridge in proportion to how often items are touched: a small shop needs a small one.
        let ridge = (2.0 * mean_touches(matrix)).clamp(5.0, 500.0);
        let ease = ease::fit(matrix, EaseOptions { ridge, ..EaseOptions::default() }, progress)?;
        ease.strongest(options.rows_max)?
    } else {
        let local = LocalEaseOptions { sources: options.rows_max, ..LocalEaseOptions::default() };
        local_ease::fit(matrix, local, progress)?
    };
    Ok(weights.into_rows())
}

fn fit_slist(
    ground: Ground<'_>,
    is_dense: bool,
    options: &ChannelOptions,
    progress: Progress<'_>,
) -> Result<Csr, FitError> {
    let slist = SlistOptions {
        ridge: mean_touches(ground.matrix).clamp(5.0, 100.0),
        // What was touched already is another channel's business.
        self_weight: 0.0,
        keep: options.rows_max,
        solve: if is_dense { Solve::Dense } else { Solve::Local { candidates: options.rows_max } },
        ..SlistOptions::default()
    };
    let map = slist::fit(&ground.sequences()?, None, &slist, progress)?;
    Ok(map.weights().clone())
}

fn mean_touches(matrix: &Csr) -> f32 {
    matrix.nnz() as f32 / matrix.cols().max(1) as f32
}

fn slist_bytes(ground: Ground<'_>, is_dense: bool, options: &ChannelOptions) -> u64 {
    let items = ground.whole.len() as u64;
    let longest = SlistOptions::default().longest;
    let squared = |touches: &[Touched]| (touches.len().min(longest) as u64).pow(2);
    let pairs = ground.histories.iter().map(squared).sum::<u64>().min(items * items);
    if is_dense {
        slist::dense_bytes(ground.whole.len(), pairs)
    } else {
        let cores = rayon::current_num_threads();
        slist::local_bytes(ground.whole.len(), pairs, options.rows_max, cores)
    }
}

impl Ground<'_> {
    /// Each history as a walk over the spoken-of items; a view, its cart and its purchase are one
    /// step.
    fn sequences(&self) -> Result<Sequences, FitError> {
        let mut sequences = Sequences::new(self.whole.len());
        let mut walk: Vec<Event> = Vec::new();
        for history in self.histories.iter() {
            walk.clear();
            for touch in history {
                let item = self.part[touch.item as usize];
                if item != u32::MAX && walk.last().is_none_or(|last| last.item != item) {
                    walk.push(Event { item, at_s: touch.at_s.into(), weight: 1.0 });
                }
            }
            sequences.push(&mut walk)?;
        }
        Ok(sequences)
    }
}

/// nDCG@20 of the first touch of each history between the labels and their last part, when `rows`
/// are asked as the channel asks them.
fn foresight(rows: &ItemRows, whole: &Histories, times: Times, asking: &RecommendOptions) -> f64 {
    let mut asks = Vec::new();
    for history in whole.iter() {
        let next = history.partition_point(|touch| touch.at_s < times.labels_s);
        let Some(touch) = history.get(next).filter(|touch| touch.at_s < times.calibrate_s) else {
            continue;
        };
        if next > 0 && history[next - 1].item != touch.item {
            asks.push((&history[..next], touch.item));
        }
    }
    let stride = asks.len().div_ceil(JUDGED).max(1);
    let (mut gain, mut count) = (0.0, 0);
    let mut votes = Votes::default();
    for (past, next) in asks.into_iter().step_by(stride) {
        let anchors = anchors(past, asking);
        votes.start(anchors.iter().map(|&(item, _)| rows.row(item).len()).sum());
        for (item, weight) in anchors {
            for (other, value) in rows.row(item) {
                votes.add(other, weight * value, item);
            }
        }
        count += 1;
        let own = votes.remove(next);
        if own <= 0.0 {
            continue;
        }
        let before = votes.drain().filter(|(_, sum, _)| *sum > own).count();
        if before < LIST {
            gain += 1.0 / (before as f64 + 2.0).log2();
        }
    }
    gain / f64::from(count.max(1))
}

/// The different items of a history, latest first, with the weights of `needs`.
fn anchors(past: &[Touched], asking: &RecommendOptions) -> Vec<(u32, f32)> {
    let mut found: Vec<(u32, f32)> = Vec::new();
    for touch in past.iter().rev() {
        match found.iter().position(|(item, _)| *item == touch.item) {
            Some(at) => found[at].1 += touch.weight,
            None if found.len() < asking.history_max => found.push((touch.item, touch.weight)),
            None => break,
        }
    }
    let mut fade = 1.0;
    for (_, strength) in &mut found {
        *strength = (1.0 + *strength).ln() * lasting(fade);
        fade *= asking.session_decay;
    }
    found
}
