//! Reading while the index changes and is compacted.

use super::vector::clustered;
use crate::*;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn readers_see_every_change_at_once_while_compaction_runs() {
    let (n, dims) = (2_000, 16);
    let ids: Vec<u32> = (0..n as u32).collect();
    let values = clustered(n, dims, 1);
    let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, Metric::L2) };
    let live = Live::new(VectorIndex::build(options, &ids, &values).unwrap());
    let done = AtomicBool::new(false);
    let fresh = clustered(300, dims, 2);
    std::thread::scope(|threads| {
        let compactions = threads.spawn(|| {
            let mut ran = 0;
            while !done.load(Ordering::Acquire) {
                ran += usize::from(live.compact().unwrap());
            }
            ran
        });
        threads.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let index = live.read();
                let hits = index.search(&values[..dims], 10, &Search::default()).unwrap();
                assert_eq!(hits.len(), 10);
                assert!(hits.iter().all(|hit| index.contains(hit.id)));
            }
        });
        for (at, vector) in fresh.chunks(dims).enumerate() {
            let id = 5_000 + at as u32;
            live.apply(VectorChange::Upsert { ids: vec![id], values: vector.to_vec() }).unwrap();
            let hits = live.read().search(vector, 1, &Search::default()).unwrap();
            assert_eq!((hits[0].id, hits[0].score), (id, 0.0), "found by the next search");
            live.apply(VectorChange::Delete { ids: vec![at as u32] }).unwrap();
            assert!(!live.read().contains(at as u32));
        }
        while live.read().stats().tail > 0 {
            std::thread::yield_now();
        }
        done.store(true, Ordering::Release);
        assert!(compactions.join().unwrap() > 0);
    });
    let index = live.read();
    assert_eq!(index.len(), n);
    for (at, vector) in fresh.chunks(dims).enumerate() {
        assert!(!index.contains(at as u32));
        assert_eq!(index.vector(5_000 + at as u32).unwrap(), vector);
    }
}

#[test]
fn a_refused_change_changes_nothing_and_replacing_wins() {
    let live = Live::new(AttributeIndex::empty(AttributeOptions::default()).unwrap());
    live.apply(AttributeChange::Upsert { id: 1, terms: vec![(1, 1.0)] }).unwrap();
    live.apply(AttributeChange::Upsert { id: 2, terms: vec![(1, -1.0)] }).unwrap_err();
    live.apply(AttributeChange::Delete { id: 7 }).unwrap();
    assert_eq!(live.read().len(), 1);
    assert!(live.compact().unwrap());
    assert_eq!(live.read().terms(1), Some(vec![(1, 1.0)]));
    live.replace(AttributeIndex::empty(AttributeOptions::default()).unwrap());
    assert!(live.read().is_empty());
}
