//! Sparse matrices, sequences, top-k and splits.

use crate::{
    sequences::{Event, Sequences},
    sparse::{Accumulator, Csr},
    split::{Part, by_share, eight_one_one, folds, leave_last_out},
    topk::{top_k, top_k_of},
};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

fn small() -> Csr {
    Csr::from_triples(3, 4, &[(2, 1, 1.0), (0, 3, 2.0), (0, 0, 1.0), (2, 1, 0.5)]).unwrap()
}

#[test]
fn triples_are_sorted_and_summed() {
    let matrix = small();
    assert_eq!((matrix.rows(), matrix.cols(), matrix.nnz()), (3, 4, 3));
    assert_eq!(matrix.row(0).columns, &[0, 3]);
    assert_eq!(matrix.value(2, 1), Some(1.5));
    assert!(matrix.row(1).is_empty());
    assert!(Csr::from_triples(3, 4, &[(3, 0, 1.0)]).is_err());
    assert!(Csr::from_triples(3, 4, &[(0, 0, f32::NAN)]).is_err());
}

#[test]
fn transposing_twice_is_nothing() {
    let matrix = small();
    assert_eq!(matrix.transpose().transpose(), matrix);
    assert_eq!(matrix.transpose().value(1, 2), Some(1.5));
}

#[test]
fn gram_is_the_dense_product() {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let triples: Vec<_> = (0..200)
        .map(|_| (rng.random_range(0..20), rng.random_range(0..13), rng.random::<f32>()))
        .collect();
    let matrix = Csr::from_triples(20, 13, &triples).unwrap();
    let gram = matrix.gram();
    let sparse = matrix.map_gram_rows(|_, row| row.iter().collect::<Vec<_>>());
    assert_eq!(
        Csr::from_rows(13, sparse.clone()),
        Ok(matrix.gram_rows(|_, row| row.iter().collect()))
    );
    for i in 0..13 {
        for j in 0..13 {
            let cell = |u, i| matrix.value(u, i as u32).unwrap_or(0.0);
            let want: f32 = (0..20).map(|u| cell(u, i) * cell(u, j)).sum();
            assert!((gram[i * 13 + j] - want).abs() < 1e-4);
            let got = sparse[i].iter().find(|cell| cell.0 == j as u32).map_or(0.0, |cell| cell.1);
            assert!((got - want).abs() < 1e-4);
        }
    }
    assert_eq!(matrix.transposed_times(&matrix).unwrap(), gram);
}

#[test]
fn an_accumulator_is_empty_after_take() {
    let mut sums = Accumulator::new(4);
    sums.add(2, 1.0);
    sums.add(0, 1.0);
    sums.add(2, 1.0);
    assert_eq!(sums.take(), (vec![0, 2], vec![1.0, 2.0]));
    assert_eq!(sums.take(), (vec![], vec![]));
}

#[test]
fn sequences_sort_by_time_and_keep_ties() {
    let event = |item, at_s| Event { item, at_s, weight: 1.0 };
    let given = [(1, event(0, 9)), (0, event(3, 5)), (1, event(1, 4)), (1, event(2, 4))];
    let lists = Sequences::from_events(2, 4, &given).unwrap();
    assert_eq!(lists.list(1).items, &[1, 2, 0]);
    assert_eq!(lists.list(1).last(2).items, &[2, 0]);
    assert_eq!(lists.without_last(1).list(1).items, &[1, 2]);
    assert_eq!(lists.without_last(1).list(0).items, &[3]);
    assert_eq!(lists.to_csr().row(1).columns, &[0, 1, 2]);
    assert!(Sequences::from_events(2, 4, &[(0, event(4, 0))]).is_err());
    assert!(Sequences::from_events(2, 4, &[(2, event(0, 0))]).is_err());
}

#[test]
fn top_k_agrees_with_sorting() {
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    for _ in 0..50 {
        let n = rng.random_range(0..200);
        let scores: Vec<f32> = (0..n).map(|_| rng.random_range(0..20) as f32).collect();
        let excluded: Vec<u32> = (0..n as u32).filter(|_| rng.random_bool(0.3)).collect();
        let k = rng.random_range(0..30);
        let mut want: Vec<(u32, f32)> = scores
            .iter()
            .enumerate()
            .map(|(i, &s)| (i as u32, s))
            .filter(|(i, _)| !excluded.contains(i))
            .collect();
        want.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        want.truncate(k);
        assert_eq!(top_k(&scores, k, &excluded), want);
        let backwards = scores.iter().enumerate().rev().map(|(i, &s)| (i as u32, s));
        let kept = backwards.filter(|(i, _)| !excluded.contains(i));
        assert_eq!(top_k_of(kept, k), want);
    }
    assert_eq!(top_k(&[f32::NAN, f32::NEG_INFINITY, -1.0], 3, &[]), vec![(2, -1.0)]);
}

#[test]
fn splits_have_the_published_sizes() {
    let count = |parts: &[Part], part| parts.iter().filter(|&&p| p == part).count();
    for n in [0, 1, 3, 10, 19, 20, 37] {
        let parts = eight_one_one(&[n], 1);
        assert_eq!(count(&parts, Part::Valid), n / 10);
        assert_eq!(count(&parts, Part::Test), n / 10);
        assert_eq!(parts.len(), n);
    }
    // Halves go to even, as Python's round does: 0.75 · 2 = 1.5 → 2, 0.75 · 6 = 4.5 → 4.
    assert_eq!(count(&by_share(&[2], 0.75, 1), Part::Train), 2);
    assert_eq!(count(&by_share(&[6], 0.75, 1), Part::Train), 4);
    assert_eq!(by_share(&[40, 9], 0.75, 5), by_share(&[40, 9], 0.75, 5));
    assert_ne!(by_share(&[40, 9], 0.75, 5), by_share(&[40, 9], 0.75, 6));

    assert_eq!(
        leave_last_out(&[4, 2])[1..],
        [Part::Train, Part::Valid, Part::Test, Part::Train, Part::Train]
    );
}

#[test]
fn folds_are_even() {
    let dealt = folds(&[7, 5, 11, 2], 5, 9);
    for fold in 0..5 {
        let size = dealt.iter().filter(|&&f| f == fold).count();
        assert_eq!(size, 5);
    }
}
