//! What was touched together with these just now? Straight from the live features, so an item that
//! came minutes ago is found as soon as two customers have touched it.

use super::{Scene, Scratch};

/// Views that must be seen before companionship counts in full.
const PRIOR: f32 = 5.0;
/// Latest anchors that are looked at.
const ANCHORS: usize = 20;

pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    scratch.votes.start(1 << 10);
    for anchor in scene.known.anchors.iter().take(ANCHORS) {
        let companions = scene.items.companions(anchor.item, scene.now);
        let all: f32 = companions.iter().map(|companion| companion.weight).sum();
        for companion in &companions {
            let share = companion.weight / (all + PRIOR);
            scratch.votes.add(companion.item, anchor.weight * share, anchor.item);
        }
    }
    scratch.elect();
}
