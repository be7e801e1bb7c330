//! What did the customer say they like? The leaders, then the newest, of declared categories.

use super::{Scene, Scratch};
use features::Span;

/// Leaders looked through.
const LEADERS: usize = 400;
/// Newest items of each category.
const NEWEST: usize = 20;

/// The evidence is the term declared.
pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    let items = scene.items;
    let declared = &scene.known.interests;
    if declared.is_empty() {
        return;
    }
    for (rank, item) in items.popular(Span::Middle).take(LEADERS).enumerate() {
        let terms = &items.row(item).terms;
        if let Some(&term) = declared.iter().find(|term| terms.binary_search(term).is_ok()) {
            scratch.found.push((item, 30.0 / (30.0 + rank as f32), term));
        }
    }
    for &term in declared {
        for &item in items.with_term(term).iter().rev().take(NEWEST) {
            scratch.found.push((item, 0.2, term));
        }
    }
}
