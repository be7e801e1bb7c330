//! Vector search against brute force.

use crate::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Points around `n / 50` centres, `dims` values each.
pub(super) fn clustered(n: usize, dims: usize, seed: u64) -> Vec<f32> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut noise = move || (0..4).map(|_| rng.random::<f32>() - 0.5).sum::<f32>();
    let centres: Vec<f32> = (0..(n / 50).max(1) * dims).map(|_| noise()).collect();
    (0..n)
        .flat_map(|row| {
            let centre = row % (n / 50).max(1) * dims;
            (0..dims).map(move |d| centre + d).collect::<Vec<_>>()
        })
        .map(|at| centres[at] + 0.4 * noise())
        .collect()
}

fn recall(index: &VectorIndex, queries: &[f32], filter: Filter<'_>) -> f64 {
    let (mut hit, mut all) = (0, 0);
    for query in queries.chunks(index.options().dims) {
        let exact = index.search_exact(query, 10, &filter).unwrap();
        let found = index.search(query, 10, &Search { filter, ef: 128 }).unwrap();
        assert!(found.iter().all(|hit| filter.allows(hit.id)));
        hit += exact.iter().filter(|hit| found.iter().any(|f| f.id == hit.id)).count();
        all += exact.len();
    }
    hit as f64 / all as f64
}

#[test]
fn graph_recall_holds_under_every_filter() {
    let (n, dims) = (8_000, 24);
    let ids: Vec<u32> = (0..n as u32).collect();
    let values = clustered(n, dims, 1);
    let queries = clustered(100, dims, 2);
    for metric in [Metric::InnerProduct, Metric::Cosine, Metric::L2] {
        let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, metric) };
        let index = VectorIndex::build(options, &ids, &values).unwrap();
        assert!(index.stats().graph);
        for share in [2, 20, 200] {
            let set: Bitset = ids.iter().copied().filter(|id| id % share == 1).collect();
            let found = recall(&index, &queries, Filter::Only(&set));
            assert!(found >= 0.95, "{metric:?} 1/{share}: {found}");
            let found = recall(&index, &queries, Filter::Where(&|id| id % share == 1));
            assert!(found >= 0.95, "{metric:?} where 1/{share}: {found}");
        }
        let found = recall(&index, &queries, Filter::All);
        assert!(found >= 0.95, "{metric:?}: {found}");
    }
}

#[test]
fn stored_index_returns_bit_for_bit_and_damage_is_refused() {
    let (n, dims) = (600, 20);
    let ids: Vec<u32> = (0..n as u32).map(|id| id * 3).collect();
    let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, Metric::Cosine) };
    let index = VectorIndex::build(options, &ids, &clustered(n, dims, 3)).unwrap();
    let index = index.with_upserts(&[0, 5], &clustered(2, dims, 4)).unwrap().with_deletes(&[9, 12]);
    let bytes = index.to_bytes();
    let again = VectorIndex::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!((again.stats(), again.options()), (index.stats(), index.options()));
    for query in clustered(20, dims, 5).chunks(dims) {
        let ask = Search::default();
        assert_eq!(again.search(query, 7, &ask).unwrap(), index.search(query, 7, &ask).unwrap());
    }
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        let why = VectorIndex::from_bytes(&damaged).unwrap_err();
        assert!(why.to_string().starts_with("open stored index: "), "{why}");
        assert!(VectorIndex::from_bytes(&bytes[..at]).is_err());
    }
    assert!(VectorIndex::from_bytes(b"").is_err());
}
