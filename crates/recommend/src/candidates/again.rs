//! What is about to be needed again? Bought before, and the cycle says it is nearly time.

use super::{NO_EVIDENCE, Scene, Scratch};

pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    for (item, past) in scene.known.bought() {
        let due = scene
            .models
            .repeats
            .due(&past.purchase(item, scene.items, scene.known), &scene.options.repeats);
        if due > 0.0 {
            scratch.found.push((item, due, NO_EVIDENCE));
        }
    }
}
