//! What is popular, and what is rising? The leaders of the live features, best first.

use super::{NO_EVIDENCE, Scene, Scratch};
use features::Span;

/// Leaders of the short span among which risers are looked for.
const RISERS_AMONG: usize = 64;
/// Risers that are proposed.
const RISERS: usize = 20;
/// Rank at which a leader's share has halved.
const HALF_RANK: f32 = 30.0;

/// Evidence of a riser: the item itself.
pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    let found = &mut scratch.found;
    let share = |rank: usize| HALF_RANK / (HALF_RANK + rank as f32);
    let most = scene.options.channel_max;
    let mut rank = 0;
    for item in scene.items.popular(Span::Middle) {
        if rank == most {
            break;
        }
        // A filter that lets little through must not leave the list empty.
        if scene.gate.is_narrow() && scene.gate.stops(item).is_some() {
            continue;
        }
        found.push((item, share(rank), NO_EVIDENCE));
        rank += 1;
    }
    let pairs = &mut scratch.pairs;
    pairs.clear();
    let rates = scene.items.rates(scene.now);
    for item in scene.items.popular(Span::Short).take(RISERS_AMONG) {
        let trend = rates.trend(item) as f32;
        if trend > 1.0 {
            pairs.push((item, trend));
        }
    }
    pairs.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    // Standing beside a leader of the same rank, a riser comes first.
    let risers = pairs.iter().take(RISERS).enumerate();
    found.extend(risers.map(|(rank, &(item, _))| (item, share(rank), item)));
}
