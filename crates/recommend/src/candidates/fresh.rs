//! What has hardly been shown? The newest items of the catalogue, so that a new item is reachable
//! at once and gets its chance to be known.

use super::{NO_EVIDENCE, Scene, Scratch};
use features::Signal;

/// Newest items looked at.
const NEWEST: u32 = 64;

pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    let count = scene.items.len();
    for item in (count.saturating_sub(NEWEST)..count).rev() {
        let row = scene.items.row(item);
        let shown = row.stats.total(Signal::Shown);
        if row.known && shown <= scene.options.exploration.shown_max {
            scratch.found.push((item, 1.0 / (1.0 + shown as f32), NO_EVIDENCE));
        }
    }
}
