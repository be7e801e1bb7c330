//! Which few of many, good ones and not all alike?

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Higher score first, then the lower place: a total order, so that equal inputs give equal slates.
fn better_first(scores: &[f32], a: u32, b: u32) -> Ordering {
    scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b))
}

/// Writes the places of the `count` highest `scores` to `out`, best first; ties go to the lower
/// place. O(n + count log count).
pub fn best(scores: &[f32], count: usize, out: &mut Vec<u32>) {
    out.clear();
    out.extend(0..scores.len() as u32);
    if count < out.len() {
        if count > 0 {
            out.select_nth_unstable_by(count - 1, |&a, &b| better_first(scores, a, b));
        }
        out.truncate(count);
    }
    out.sort_unstable_by(|&a, &b| better_first(scores, a, b));
}

/// A candidate with the worth it had when it was last looked at.
#[derive(Debug, Clone, Copy)]
struct Bid {
    worth: f32,
    place: u32,
    /// How many of the picked it has been compared with.
    compared: u32,
    /// The greatest similarity found so far.
    nearest: f32,
}

impl Ord for Bid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then(other.place.cmp(&self.place))
    }
}
impl PartialOrd for Bid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Bid {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Bid {}

/// Picks `count` of the candidates by marginal relevance: each next one has the greatest
///
/// ```text
/// worth(c) = score(c) · (1 − diversity · max over the picked p of similar(c, p))
/// ```
///
/// Carbonell & Goldstein (1998) subtract the likeness instead. That asks for a scale that scores do
/// not have: of calibrated probabilities the first is often ten times the tenth, and once both are
/// scaled by the first, likeness alone decides all places but a few. As a factor it means the same
/// at every place: what is wholly like something above counts `diversity` less.
///
/// Scores below 0 are raised together until none is; `similar` takes two places and answers in
/// [0, 1], and so is `diversity`. Writes the places to `out` in the order picked.
///
/// A worth only falls as more is picked, so a candidate is compared again only when its last worth
/// would win (Minoux 1978). The picks are those of the full greedy scan; the comparisons are a
/// small part of its `count · n`.
pub fn diversify(
    scores: &[f32],
    count: usize,
    diversity: f32,
    mut similar: impl FnMut(u32, u32) -> f32,
    out: &mut Vec<u32>,
) {
    out.clear();
    let low = scores.iter().fold(0.0_f32, |low, &score| low.min(score));
    let bids = scores.iter().enumerate().map(|(place, &score)| Bid {
        worth: score - low,
        place: place as u32,
        compared: 0,
        nearest: 0.0,
    });
    let mut heap: BinaryHeap<Bid> = bids.collect();
    while out.len() < count {
        let Some(mut bid) = heap.pop() else { break };
        if bid.compared as usize == out.len() {
            out.push(bid.place);
            continue;
        }
        for &picked in &out[bid.compared as usize..] {
            bid.nearest = bid.nearest.max(similar(bid.place, picked));
        }
        bid.compared = out.len() as u32;
        let score = scores[bid.place as usize] - low;
        bid.worth = score * (1.0 - diversity * bid.nearest);
        heap.push(bid);
    }
}

/// Reorders `order` so that each whole window of `window` places has at least `least` entries that
/// `wanted` accepts, as long as there are any further down: the nearest wanted entries from below
/// move up to the end of the window, and the last unwanted entries of the window move to just below
/// it. Entries above the first window that lacks any stay where they are.
pub fn promote(order: &mut [u32], window: usize, least: usize, wanted: impl Fn(u32) -> bool) {
    let mut start = 0;
    while window > 0 && start + window <= order.len() {
        let end = start + window;
        let mut have = order[start..end].iter().filter(|&&place| wanted(place)).count();
        while have < least.min(window) {
            let Some(below) = order[end..].iter().position(|&place| wanted(place)) else { return };
            let Some(out) = order[start..end].iter().rposition(|&place| !wanted(place)) else {
                break;
            };
            // Up to just below the window, then past the one that leaves it.
            order[end..=end + below].rotate_right(1);
            order[start + out..=end].rotate_left(1);
            have += 1;
        }
        start = end;
    }
}
