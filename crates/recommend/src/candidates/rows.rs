//! Channels that add up rows of an item × item matrix: similar, linear, complements.
//!
//! score(j) = Σ over the anchors i of weight(i) · M[i, j], with the anchor that gives most as the
//! evidence. For an EASE or SLIST matrix that is the model's own prediction.

use super::{Scene, Scratch};
use crate::models::ItemRows;

pub(super) fn propose(scene: &Scene<'_>, rows: Option<&ItemRows>, scratch: &mut Scratch) {
    let Some(rows) = rows else { return };
    let anchors = &scene.known.anchors;
    scratch.votes.start(rows.warm(anchors.iter().map(|anchor| anchor.item)));
    for anchor in anchors {
        for (item, weight) in rows.row(anchor.item) {
            scratch.votes.add(item, anchor.weight * weight, anchor.item);
        }
    }
    scratch.elect();
}

/// Learned rules, and what was bought together lately: the rules know the long run, the baskets of
/// the live features know the new items.
pub(super) fn propose_complements(scene: &Scene<'_>, scratch: &mut Scratch) {
    scratch.votes.start(1 << 10);
    for anchor in scene.known.anchors.iter().filter(|anchor| anchor.is_wanted) {
        if let Some(rows) = &scene.models.complements {
            for (item, weight) in rows.row(anchor.item) {
                scratch.votes.add(item, anchor.weight * weight, anchor.item);
            }
        }
        let baskets = scene.items.bought_with(anchor.item, scene.now);
        let all: f32 = baskets.iter().map(|companion| companion.weight).sum();
        for companion in &baskets {
            let share = companion.weight / (all + BASKETS_PRIOR);
            scratch.votes.add(companion.item, anchor.weight * share, anchor.item);
        }
    }
    scratch.elect();
}

/// Baskets that must be seen before live counts weigh as much as learned rules.
const BASKETS_PRIOR: f32 = 10.0;
