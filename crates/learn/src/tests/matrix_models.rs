//! Matrix models against direct formulas on small data, and what must hold for any data.

use crate::{
    dense::{solve_spd, solve_spd_rows},
    models::{
        bpr::{Bpr, BprOptions},
        ease::{EaseOptions, Gram, Nearness, fit as fit_ease},
        ials::{Ials, IalsOptions},
        item_cf::{self, ItemCfOptions, Likeness},
        local_ease::{self, LocalEaseOptions},
        user_cf::{UserCf, UserCfOptions},
    },
    progress::Progress,
    sequences::{Event, Sequences},
    sparse::{Accumulator, Csr},
};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const QUIET: Progress<'static> = Progress::SILENT;

/// Customers × items, each cell 1 with a chance of 0.3.
fn histories(customers: u32, items: u32, seed: u64) -> Csr {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let cells = (0..customers).flat_map(|u| (0..items).map(move |i| (u, i)));
    let seen: Vec<_> = cells.filter(|_| rng.random_bool(0.3)).map(|(u, i)| (u, i, 1.0)).collect();
    Csr::from_triples(customers as usize, items as usize, &seen).unwrap()
}

fn history_of(matrix: &Csr, row: usize) -> Vec<(u32, f32)> {
    matrix.row(row).iter().collect()
}

/// Gauss-Jordan in f64: slow, obvious, ours only here.
fn inverse(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    for (i, row) in a.iter_mut().enumerate() {
        row.extend((0..n).map(|j| f64::from(u8::from(i == j))));
    }
    for i in 0..n {
        let pivot = a[i][i];
        a[i].iter_mut().for_each(|cell| *cell /= pivot);
        let lead = a[i].clone();
        for (k, row) in a.iter_mut().enumerate().filter(|(k, _)| *k != i) {
            let _ = k;
            let factor = row[i];
            row.iter_mut().zip(&lead).for_each(|(cell, l)| *cell -= factor * l);
        }
    }
    a.into_iter().map(|row| row[n..].to_vec()).collect()
}

#[test]
fn ease_is_the_closed_form() {
    let history = histories(30, 8, 1);
    let options = EaseOptions { ridge: 3.0, dropout: 0.25 };
    let ease = fit_ease(&history, options, QUIET).unwrap();
    let gram = history.gram();
    let regular = (0..8).map(|i| {
        let cell = |j: usize| f64::from(gram[i * 8 + j]);
        (0..8).map(|j| if i == j { cell(j) * 1.25 + 3.0 } else { cell(j) }).collect()
    });
    let p = inverse(regular.collect());
    for j in 0..8 {
        for (i, got) in ease.row(j as u32).iter().enumerate() {
            let want = if i == j { 0.0 } else { -p[j][i] / p[i][i] };
            assert!((f64::from(*got) - want).abs() < 1e-5, "{j} → {i}");
        }
    }
}

#[test]
fn ease_does_not_care_how_items_are_numbered() {
    let history = histories(40, 9, 2);
    let renumber = |item: u32| (item * 4 + 3) % 9;
    let rows =
        history.iter().map(|row| row.iter().map(|(i, v)| (renumber(i), v)).collect::<Vec<_>>());
    let renumbered = Csr::from_rows(9, rows).unwrap();
    let first = fit_ease(&history, EaseOptions::default(), QUIET).unwrap();
    let second = fit_ease(&renumbered, EaseOptions::default(), QUIET).unwrap();
    for j in 0..9 {
        for i in 0..9 {
            let moved = second.row(renumber(j))[renumber(i) as usize];
            assert!((first.row(j)[i as usize] - moved).abs() < 1e-6);
        }
    }
}

#[test]
fn an_incremental_gram_solves_as_a_fresh_one() {
    let (old, new) = (histories(25, 7, 3), histories(25, 10, 4));
    let mut gram = Gram::of(&old, 0.0);
    gram.grow(10);
    for customer in 0..25 {
        gram.replace(old.row(customer), new.row(customer));
    }
    let options = EaseOptions { ridge: 5.0, dropout: 0.0 };
    let refreshed = gram.solve(options, QUIET).unwrap();
    let fresh = fit_ease(&new, options, QUIET).unwrap();
    for source in 0..10 {
        for (a, b) in refreshed.row(source).iter().zip(fresh.row(source)) {
            assert!((a - b).abs() < 1e-5);
        }
    }
}

#[test]
fn nearness_in_time_weighs_pairs() {
    let event = |item, at_s| Event { item, at_s, weight: 1.0 };
    let events = [(0, event(0, 0)), (0, event(1, 100)), (0, event(2, 1_000_000))];
    let lists = Sequences::from_events(1, 3, &events).unwrap();
    let nearness = Nearness { near_s: 100.0, far: 1.0 };
    let gram = Gram::near_in_time(&lists, nearness);
    let mut by_hand = Gram::empty(3);
    by_hand.replace_near(None, Some(lists.list(0)), nearness);
    assert_eq!(gram, by_hand);
    let ease = gram.solve(EaseOptions { ridge: 1.0, dropout: 0.0 }, QUIET).unwrap();
    assert!(ease.row(0)[1] > ease.row(0)[2] * 1.2, "{:?}", ease.row(0));
    // With everything at one moment, nearness changes nothing.
    let history = histories(20, 6, 5);
    let mut same_time = Sequences::new(6);
    for row in history.iter() {
        let mut list: Vec<_> = row.columns.iter().map(|item| event(*item, 7)).collect();
        same_time.push(&mut list).unwrap();
    }
    assert_eq!(Gram::near_in_time(&same_time, nearness), Gram::of(&history, 0.0));
}

#[test]
fn ease_refuses_what_it_cannot_solve() {
    let gram = Gram::of(&histories(5, 3, 1), 0.0);
    assert!(gram.solve(EaseOptions { ridge: 0.0, dropout: 0.0 }, QUIET).is_err());
    assert!(gram.solve(EaseOptions { ridge: f32::NAN, dropout: 0.0 }, QUIET).is_err());
}

#[test]
fn local_ease_with_all_pairs_is_ease() {
    let history = histories(60, 12, 6);
    let options = LocalEaseOptions { ridge: 4.0, dropout: 0.5, sources: 12, pairs: 12 };
    let local = local_ease::fit(&history, options, QUIET).unwrap();
    let ease = fit_ease(&history, EaseOptions { ridge: 4.0, dropout: 0.5 }, QUIET).unwrap();
    // EASE regularises the target's own column too, but that column is out of its own regression.
    for source in 0..12 {
        let mut scores = vec![0.0; 12];
        local.score_into(&[(source, 1.0)], &mut scores);
        for (a, b) in scores.iter().zip(ease.row(source)) {
            assert!((a - b).abs() < 1e-4, "{a} is not {b}");
        }
    }
}

#[test]
fn local_ease_survives_dropped_pairs() {
    let history = histories(80, 40, 7);
    let options = LocalEaseOptions { ridge: 0.01, dropout: 0.0, sources: 20, pairs: 4 };
    let local = local_ease::fit(&history, options, QUIET).unwrap();
    let mut scores = vec![0.0; 40];
    local.score_into(&history_of(&history, 0), &mut scores);
    assert!(scores.iter().all(|score| score.is_finite()) && local.stored() > 0);
}

#[test]
fn strongest_weights_of_ease_score_alike_and_explain_themselves() {
    let history = histories(50, 10, 8);
    let ease = fit_ease(&history, EaseOptions { ridge: 3.0, dropout: 0.0 }, QUIET).unwrap();
    let sparse = ease.strongest(10).unwrap();
    let own = history_of(&history, 4);
    let (mut dense_scores, mut sparse_scores) = (vec![0.0; 10], vec![0.0; 10]);
    ease.score_into(&own, &mut dense_scores);
    sparse.score_into(&own, &mut sparse_scores);
    let (targets, scores) = sparse.candidates(&own, &mut Accumulator::new(10));
    for item in 0..10_u32 {
        let score = sparse_scores[item as usize];
        assert!((dense_scores[item as usize] - score).abs() < 1e-6);
        let parts: f32 = sparse.explain(&own, item).iter().map(|part| part.1).sum();
        assert!((parts - score).abs() < 1e-5);
        let place = targets.iter().position(|target| *target == item).unwrap();
        assert_eq!(scores[place], score);
    }
    assert_eq!(ease.strongest(3).unwrap().stored(), 30);
    // An item the model never saw is no reason to fail.
    sparse.score_into(&[(99, 1.0)], &mut sparse_scores);
}

#[test]
fn item_cf_follows_its_formulas() {
    let rows = vec![
        vec![(0, 1.0), (1, 1.0)],
        vec![(0, 1.0), (1, 1.0), (2, 1.0)],
        vec![(0, 1.0)],
        vec![(2, 1.0)],
    ];
    let history = Csr::from_rows(3, rows).unwrap();
    let weight = |likeness, shrinkage, source: u32, target| {
        let options = ItemCfOptions { likeness, shrinkage, top_n: 5 };
        let model = item_cf::fit(&history, options, QUIET).unwrap();
        model.explain(&[(source, 1.0)], target).first().map_or(0.0, |part| part.1)
    };
    let near = |got: f32, want: f32| assert!((got - want).abs() < 1e-6, "{got} is not {want}");
    // c_0 = 3, c_1 = 2, c_2 = 2, c_01 = 2, c_02 = 1.
    near(weight(Likeness::Cosine, 0.0, 0, 1), 2.0 / 6_f32.sqrt());
    near(weight(Likeness::Cosine, 3.0, 0, 1), 2.0 / 6_f32.sqrt() * 2.0 / 5.0);
    near(weight(Likeness::Jaccard, 0.0, 0, 2), 1.0 / 4.0);
    near(weight(Likeness::Asymmetric { target_share: 0.0 }, 0.0, 0, 1), 2.0 / 3.0);
    near(weight(Likeness::Asymmetric { target_share: 1.0 }, 0.0, 0, 1), 1.0);
}

#[test]
fn user_cf_scores_by_the_nearest_customers() {
    let rows = vec![
        vec![(0, 1.0), (1, 1.0)],
        vec![(0, 1.0), (1, 1.0), (2, 1.0)],
        vec![(1, 1.0), (3, 1.0)],
        vec![(3, 1.0)],
    ];
    let history = Csr::from_rows(4, rows).unwrap();
    let options =
        UserCfOptions { neighbours: 1, size_power: 0.5, popularity_power: 0.0, sharpness: 1.0 };
    let model = UserCf::fit(&history, options).unwrap();
    let own = history_of(&history, 0);
    let nearest = model.neighbours(&own, Some(0), &mut model.scratch());
    assert_eq!(nearest.len(), 1);
    assert_eq!(nearest[0].0, 1);
    assert!((nearest[0].1 - 2.0 / 6_f32.sqrt()).abs() < 1e-6);
    let mut scores = vec![0.0; 4];
    model.score_into(&own, Some(0), &mut model.scratch(), &mut scores);
    assert_eq!(scores[2], nearest[0].1);
    assert_eq!(scores[3], 0.0);
}

#[test]
fn small_systems_are_solved_for_any_number_of_unknowns_and_right_sides() {
    let mut rng = Pcg64Mcg::seed_from_u64(21);
    for n in 0..23 {
        let root: Vec<f32> = (0..n * n).map(|_| rng.random::<f32>() - 0.5).collect();
        let cell = |i: usize, j: usize| {
            let dot: f32 = (0..n).map(|k| root[i * n + k] * root[j * n + k]).sum();
            dot + f32::from(u8::from(i == j))
        };
        // Only the lower triangle may be read.
        let lower = |at: usize| if at % n > at / n { f32::NAN } else { cell(at / n, at % n) };
        let mut a: Vec<f32> = (0..n * n).map(lower).collect();
        let wanted: Vec<f32> = (0..3 * n).map(|_| rng.random::<f32>()).collect();
        let right = |side: usize, i: usize| -> f32 {
            (0..n).map(|j| cell(i, j) * wanted[side * n + j]).sum()
        };
        let mut rows: Vec<f32> = (0..3)
            .flat_map(|side| (0..n).map(move |i| (side, i)))
            .map(|(s, i)| right(s, i))
            .collect();
        solve_spd_rows(&mut a, n, &mut rows).unwrap();
        for (got, want) in rows.iter().zip(&wanted) {
            assert!((got - want).abs() < 1e-4, "{n} unknowns: {got} is not {want}");
        }
    }
    assert!(solve_spd(&mut [1.0, 0.0, 2.0, 1.0], &mut [1.0, 1.0]).is_err());
}

/// Many short histories, so that they are solved in their own unknowns.
#[test]
fn ials_solves_short_histories_as_it_solves_long_ones() {
    let mut rng = Pcg64Mcg::seed_from_u64(22);
    let cells = (0..4_000).flat_map(|customer| [(customer, 0), (customer, 1), (customer, 2)]);
    let mut cells: Vec<_> = cells.map(|(u, _)| (u, rng.random_range(0..12_u32))).collect();
    cells.sort_unstable();
    cells.dedup();
    let weigh = |(u, i): (u32, u32)| (u, i, if i == 11 { 0.0 } else { 1.0 + i as f32 / 4.0 });
    let history = Csr::from_triples(4_000, 12, &cells.into_iter().map(weigh).collect::<Vec<_>>());
    let history = history.unwrap();
    let options = IalsOptions { factors: 16, sweeps: 1, ..ials_options() };
    let model = Ials::fit(&history, options, QUIET).unwrap();
    let again = model.clone().refit(&history, 1, QUIET).unwrap();
    // A fold-in solves in the factors; the half sweep that came before the last items did not.
    let items_fixed = |customer: u32| model.fold_in(history.row(customer as usize)).unwrap();
    for customer in (0..4_000).step_by(371) {
        for (a, b) in again.customer(customer).iter().zip(items_fixed(customer)) {
            assert!((a - b).abs() < 1e-4, "customer {customer}: {a} is not {b}");
        }
    }
    let serving = model.without_customers();
    assert_eq!(serving.fold_in(history.row(0)).unwrap().len(), 16);
}

fn ials_options() -> IalsOptions {
    IalsOptions { factors: 6, sweeps: 5, unseen_weight: 0.3, ridge: 0.01, ..IalsOptions::default() }
}

#[test]
fn an_ials_fold_in_solves_its_normal_equations() {
    let history = histories(30, 14, 9);
    let options = ials_options();
    let model = Ials::fit(&history, options, QUIET).unwrap();
    let row = history.row(3);
    let p = model.fold_in(row).unwrap();
    // The gradient of the objective at p, written out over all items.
    let size = row.len() as f32 + options.unseen_weight * 14.0;
    for k in 0..options.factors {
        let mut gradient = options.ridge * size * p[k];
        for item in 0..14 {
            let q = model.item(item);
            let score: f32 = p.iter().zip(q).map(|(a, b)| a * b).sum();
            let seen = history.value(3, item).unwrap_or(0.0);
            gradient += (options.unseen_weight * score + seen * (score - 1.0)) * q[k];
        }
        assert!(gradient.abs() < 1e-4, "factor {k}: {gradient}");
    }
}

#[test]
fn ials_repeats_and_refits_from_where_it_was() {
    let history = histories(30, 14, 10);
    let options = ials_options();
    let once = Ials::fit(&history, options, QUIET).unwrap();
    assert_eq!(once, Ials::fit(&history, options, QUIET).unwrap());
    let longer = IalsOptions { sweeps: 8, ..options };
    let full = Ials::fit(&history, longer, QUIET).unwrap();
    let warm = once.clone().refit(&history, 3, QUIET).unwrap();
    assert_eq!(full.item(5), warm.item(5));
    let grown = histories(33, 16, 11);
    assert_eq!(once.clone().refit(&grown, 2, QUIET).unwrap().items(), 16);
    assert!(once.refit(&histories(10, 14, 1), 2, QUIET).is_err());
}

#[test]
fn bpr_is_the_same_on_any_number_of_cores_and_ranks_what_was_seen() {
    let history = histories(40, 33, 12);
    let options = BprOptions { factors: 8, epochs: 80, ..BprOptions::default() };
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Bpr::fit(&history, options, QUIET).unwrap())
    };
    let model = fit(1);
    assert_eq!(model, fit(3));
    let mut aucs = 0.0;
    for customer in 0..40 {
        let mut scores = vec![0.0; 33];
        model.score_into(model.customer(customer), &mut scores);
        let seen: Vec<bool> =
            (0..33).map(|i| history.value(customer as usize, i).is_some()).collect();
        aucs += crate::metrics::auc(&scores, &seen).unwrap() / 40.0;
    }
    assert!(aucs > 0.8, "{aucs}");
}

#[test]
fn models_survive_a_round_trip_through_bytes() {
    let history = histories(20, 9, 13);
    let model = item_cf::fit(&history, ItemCfOptions::default(), QUIET).unwrap();
    let bytes = postcard::to_stdvec(&model).unwrap();
    assert_eq!(
        postcard::from_bytes::<crate::models::item_weights::ItemWeights>(&bytes).unwrap(),
        model
    );
}
