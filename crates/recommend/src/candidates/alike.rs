//! What did alike histories go on to? VMIS-kNN over whole histories: the newest neighbours who
//! share items with the path so far vote for what they went on to.

use super::{NO_EVIDENCE, Scene, Scratch};
use learn::models::vmis_knn::VmisAsk;

pub(super) fn propose(scene: &Scene<'_>, scratch: &mut Scratch) {
    let Some(alike) = &scene.models.alike else { return };
    let path = &scene.known.path;
    if path.is_empty() {
        return;
    }
    let ask = VmisAsk { session: path, tail: None, except: None };
    let Scratch { vmis, pairs, found, .. } = scratch;
    alike.query(&ask, scene.reach(), vmis, pairs);
    let latest = path.last().copied().unwrap_or(NO_EVIDENCE);
    found.extend(pairs.iter().map(|&(item, score)| (item, score, latest)));
}
