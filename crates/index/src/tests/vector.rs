//! Vector search against brute force.

use crate::*;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::collections::BTreeMap;

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

/// What an index must answer, told by a map.
fn brute_force(
    vectors: &BTreeMap<u32, Vec<f32>>,
    metric: Metric,
    query: &[f32],
    k: usize,
    filter: &Filter<'_>,
) -> Vec<Hit> {
    let unit = |v: &[f32]| -> Vec<f32> {
        let norm = v.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        v.iter().map(|&x| if norm > 0.0 { (f64::from(x) / norm) as f32 } else { x }).collect()
    };
    let score = |v: &[f32]| match metric {
        Metric::InnerProduct => kernels::dot(query, v),
        Metric::Cosine => kernels::dot(&unit(query), &unit(v)),
        Metric::L2 => 0.0 - kernels::l2_squared(query, v),
    };
    let allowed = vectors.iter().filter(|(id, _)| filter.allows(**id));
    let mut hits: Vec<Hit> = allowed.map(|(&id, v)| Hit { id, score: score(v) }).collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    hits.truncate(k);
    hits
}

fn metric() -> impl Strategy<Value = Metric> {
    prop::sample::select(vec![Metric::InnerProduct, Metric::Cosine, Metric::L2])
}

fn vector() -> impl Strategy<Value = Vec<f32>> {
    // Few values, so that equal vectors and equal scores happen.
    prop::collection::vec((-3_i8..4).prop_map(f32::from), 5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))] // each builds and stores several indexes

    #[test]
    fn exact_search_is_brute_force_through_every_change(
        metric in metric(),
        base in prop::collection::vec((0_u32..60, vector()), 0..60),
        changes in prop::collection::vec((0_u32..60, prop::option::of(vector())), 0..80),
        compact_at in 0_usize..80,
        allowed in prop::collection::btree_set(0_u32..70, 0..40),
        query in vector(),
        k in 0_usize..12,
        scan_below in prop::sample::select(vec![0, 1_000_000]),
    ) {
        let options =
            VectorOptions { scan_below, degree: 4, ..VectorOptions::new(5, metric) };
        let ids: Vec<u32> = base.iter().map(|(id, _)| *id).collect();
        let values: Vec<f32> = base.iter().flat_map(|(_, v)| v.clone()).collect();
        let mut index = VectorIndex::build(options, &ids, &values).unwrap();
        let mut vectors: BTreeMap<u32, Vec<f32>> = base.into_iter().collect();
        for (at, (id, vector)) in changes.into_iter().enumerate() {
            if at == compact_at {
                index = index.compacted();
                prop_assert_eq!(index.stats().tail, 0);
            }
            if let Some(vector) = vector {
                index = index.with_upserts(&[id], &vector).unwrap();
                vectors.insert(id, vector);
            } else {
                index = index.with_deletes(&[id]);
                vectors.remove(&id);
            }
            prop_assert_eq!(index.len(), vectors.len());
        }
        let set: Bitset = allowed.iter().copied().collect();
        let holds = |id| set.contains(id);
        let again = VectorIndex::from_bytes(&index.to_bytes()).unwrap();
        for index in [&index, &again, &index.compacted()] {
            for filter in
                [Filter::All, Filter::Only(&set), Filter::Without(&set), Filter::Where(&holds)]
            {
                let expected = brute_force(&vectors, metric, &query, k, &filter);
                let got = index.search_exact(&query, k, &filter).unwrap();
                prop_assert_eq!(&got, &expected);
                let walked = index.search(&query, k, &Search { filter, ..Search::default() }).unwrap();
                prop_assert!(walked.iter().all(|hit| vectors.contains_key(&hit.id)));
                prop_assert!(walked.iter().all(|hit| filter.allows(hit.id)));
            }
        }
    }
}

#[test]
fn changes_keep_recall_and_the_deleted_never_return() {
    let (n, dims) = (6_000, 32);
    let ids: Vec<u32> = (0..n as u32).collect();
    let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, Metric::Cosine) };
    let index = VectorIndex::build(options, &ids, &clustered(n, dims, 1)).unwrap();
    let gone: Vec<u32> = ids.iter().copied().filter(|id| id % 7 == 0).collect();
    let new: Vec<u32> = (10_000..11_000).collect();
    let index = index.with_deletes(&gone).with_upserts(&new, &clustered(1_000, dims, 6)).unwrap();
    let queries = clustered(100, dims, 9);
    let (extended, rebuilt) = (index.compacted(), index.with_deletes(&ids[..3_000]).compacted());
    assert!(extended.stats().dead > 0 && rebuilt.stats().dead == 0, "one of each kind");
    for index in [index, extended, rebuilt] {
        let found = recall(&index, &queries, Filter::All);
        assert!(found >= 0.95, "{found}");
        for query in queries.chunks(dims) {
            let hits = index.search(query, 50, &Search::default()).unwrap();
            assert!(hits.iter().all(|hit| hit.id % 7 != 0 || hit.id >= 10_000));
        }
    }
}

#[test]
fn building_twice_gives_the_same_bytes_on_any_number_of_threads() {
    let (n, dims) = (3_000, 16);
    let values = clustered(n, dims, 1);
    let mut ids: Vec<u32> = (0..n as u32).collect();
    let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, Metric::InnerProduct) };
    let build = |threads, ids: &[u32], values: &[f32]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| VectorIndex::build(options, ids, values).unwrap().to_bytes())
    };
    let bytes = build(1, &ids, &values);
    assert_eq!(bytes, build(4, &ids, &values));
    ids.reverse();
    let values: Vec<f32> = values.chunks(dims).rev().flatten().copied().collect();
    assert_eq!(bytes, build(3, &ids, &values), "the order of the input does not matter");
}

#[test]
fn bad_input_is_named() {
    let index = VectorIndex::empty(VectorOptions::new(3, Metric::L2)).unwrap();
    let ask = Search::default();
    assert_eq!(
        index.search(&[1.0], 1, &ask).unwrap_err(),
        IndexError::Shape { expected: 3, got: 1 }
    );
    let why = index.with_upserts(&[7], &[0.0, f32::NAN, 0.0]).unwrap_err();
    assert_eq!(why.to_string(), "read values of id 7: value 1 is not usable (must be finite)");
    assert!(index.with_upserts(&[filter::ID_LIMIT], &[0.0; 3]).is_err());
    assert!(index.search(&[0.0; 3], 5, &ask).unwrap().is_empty());
    for (dims, degree, build_effort) in [(0, 32, 128), (3, 2, 128), (3, 32, 8)] {
        let options =
            VectorOptions { degree, build_effort, ..VectorOptions::new(dims, Metric::L2) };
        assert!(matches!(VectorIndex::empty(options), Err(IndexError::Option { .. })));
    }
}

#[test]
fn equal_vectors_are_all_found() {
    let (n, dims) = (4_000, 16);
    let ids: Vec<u32> = (0..n as u32).collect();
    let mut values = clustered(n, dims, 1);
    let picture = clustered(1, dims, 2);
    for row in values.chunks_mut(dims).step_by(8) {
        row.copy_from_slice(&picture); // one picture used by five hundred items
    }
    let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, Metric::L2) };
    let index = VectorIndex::build(options, &ids, &values).unwrap();
    let index = index.with_deletes(&[0, 8]).with_upserts(&[9_000], &picture).unwrap().compacted();
    assert!(index.stats().graph && index.stats().dead == 2);
    let some: Bitset = ids.iter().copied().filter(|id| id % 3 == 1).collect();
    for filter in [Filter::All, Filter::Only(&some)] {
        let search = Search { ef: 200, filter };
        let found = index.search(&picture, 120, &search).unwrap();
        assert_eq!(found, index.search_exact(&picture, 120, &filter).unwrap());
        assert!(found.iter().all(|hit| hit.score == 0.0));
    }
    let queries = clustered(50, dims, 3);
    assert!(recall(&index, &queries, Filter::All) >= 0.95);
    assert_eq!(VectorIndex::from_bytes(&index.to_bytes()).unwrap().to_bytes(), index.to_bytes());
}
