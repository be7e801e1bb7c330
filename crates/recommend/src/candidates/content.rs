//! What is of the same kind? Shared categories, brands and attributes, newest items first: those
//! are the ones that no behaviour speaks for yet.
//!
//! score(j) = Σ over shared terms t of taste(t) · ln(items / items with t). Looked through are the
//! newest carriers of the strongest terms, so the cost does not grow with the shop.

use super::{NO_EVIDENCE, Scene, Scratch};

/// Terms whose carriers are looked through.
const TERMS: usize = 6;
/// Newest carriers looked through for each.
const CARRIERS: usize = 80;

pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    let items = scene.items;
    let count = items.len() as f32;
    let weigh = |term: u32, taste: f32| {
        let carriers = items.with_term(term).len().max(1) as f32;
        taste * (count / carriers).ln().max(0.05)
    };
    scratch.votes.start(TERMS * CARRIERS);
    let taste = &scene.known.taste;
    let mut strongest: Vec<(u32, f32)> =
        taste.iter().map(|&(term, weight)| (term, weigh(term, weight))).collect();
    strongest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let closed = scene.is_closed();
    for (at, &(term, worth)) in strongest.iter().enumerate() {
        if closed {
            for &item in scratch.pool.whats() {
                if items.row(item).terms.binary_search(&term).is_ok() {
                    scratch.votes.add(item, worth, NO_EVIDENCE);
                }
            }
        } else if at < TERMS {
            for &item in items.with_term(term).iter().rev().take(CARRIERS) {
                scratch.votes.add(item, worth, term);
            }
        }
    }
    scratch.elect();
}
