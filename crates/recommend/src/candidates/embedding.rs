//! What lies nearest to the customer? Their factors are folded in from the anchors and searched.

use super::{NO_EVIDENCE, Scene, Scratch};

pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    let Some(embedding) = &scene.models.embedding else { return };
    let Scratch { pool, pairs, found, .. } = scratch;
    pairs.clear();
    pairs.extend(scene.known.anchors.iter().map(|anchor| (anchor.item, anchor.weight)));
    let Some(taste) = embedding.fold_in(pairs) else { return };
    if scene.is_closed() {
        found.extend(pool.whats().iter().filter_map(|&item| {
            let vector = embedding.vector(item)?;
            let score = vector.iter().zip(&taste).map(|(a, b)| a * b).sum();
            Some((item, score, NO_EVIDENCE))
        }));
        return;
    }
    embedding.nearest(&taste, scene.reach(), pairs);
    found.extend(pairs.iter().map(|&(item, score)| (item, score, NO_EVIDENCE)));
}
