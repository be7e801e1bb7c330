//! VMIS-kNN against the formula written out naively, and what must hold for any sessions.

use proptest::prelude::*;

use super::build::keep_last;
use super::*;
use crate::{
    progress::Progress,
    sequences::{Event, Sequences},
};

/// Sessions as lists, oldest first; session `s` ends at second `100 · s`.
fn fit(sessions: &[Vec<u32>], items: usize, options: VmisOptions) -> VmisKnn {
    VmisKnn::fit(&lists(sessions, items), options, Progress::SILENT).unwrap()
}

fn lists(sessions: &[Vec<u32>], items: usize) -> Sequences {
    let mut lists = Sequences::new(items);
    for (s, session) in sessions.iter().enumerate() {
        let event = |&item: &u32| Event { item, at_s: 100 * s as i64, weight: 1.0 };
        lists.push(&mut session.iter().map(event).collect::<Vec<_>>()).unwrap();
    }
    lists
}

fn ask(index: &VmisKnn, session: &[u32]) -> Vec<(u32, f32)> {
    let mut out = Vec::new();
    let ask = VmisAsk { session, ..VmisAsk::default() };
    index.query(&ask, usize::MAX, &mut VmisScratch::default(), &mut out);
    out
}

/// The formula of the file head, session by session and item by item.
fn naive(
    sessions: &[Vec<u32>],
    items: usize,
    options: &VmisOptions,
    asked: &[u32],
) -> Vec<(u32, f64)> {
    let kept: Vec<Vec<u32>> = sessions
        .iter()
        .map(|session| {
            let mut distinct = Vec::new();
            keep_last(session, &mut distinct);
            distinct
        })
        .collect();
    let length = asked.len().min(options.last_items);
    let recent = &asked[asked.len() - length..];
    let distance = |item: u32| recent.iter().rev().position(|&i| i == item);
    let clicks: usize = kept.iter().map(Vec::len).sum();
    let newest = 100.0 * (sessions.len() as f64 - 1.0);

    let mut company: Vec<usize> =
        (0..kept.len()).filter(|&s| kept[s].iter().any(|&i| distance(i).is_some())).collect();
    company.reverse();
    company.truncate(options.recent_sessions);
    let similarity = |s: usize| -> f64 {
        let shared = kept[s].iter().filter_map(|&i| distance(i));
        let sum: f64 = shared.map(|d| f64::from(options.position.weight(d, length))).sum();
        let age = (newest - 100.0 * s as f64) / 86_400.0 / f64::from(options.recency_days);
        sum * (-age).exp() * (kept[s].len() as f64).powf(-f64::from(options.length_power))
    };
    company.sort_by(|&a, &b| similarity(b).total_cmp(&similarity(a)).then(b.cmp(&a)));
    company.truncate(options.neighbours);

    let mut scores = vec![0.0; items];
    for s in company {
        let nearest = kept[s].iter().filter_map(|&i| distance(i)).min().unwrap();
        let anchor = kept[s].iter().position(|&i| distance(i) == Some(nearest)).unwrap();
        for (at, &item) in kept[s].iter().enumerate() {
            let holders = kept.iter().filter(|other| other.contains(&item)).count();
            let idf = (clicks.max(2) as f64 / holders as f64).ln().max(0.01);
            let distance = at.abs_diff(anchor) as f32;
            if distance > (5.0 * options.reach).floor() {
                continue;
            }
            let along = (-f64::from(distance) / f64::from(options.reach)).exp();
            let side = if at < anchor { f64::from(options.backward) } else { 1.0 };
            scores[item as usize] += similarity(s)
                * f64::from(options.first_match.weight(nearest, options.last_items))
                * along
                * side
                * idf.powf(f64::from(options.idf_power));
        }
    }
    let latest = asked.last().copied();
    let scored = (0..items as u32).zip(scores);
    scored.filter(|&(item, score)| score > 0.0 && Some(item) != latest).collect()
}

#[test]
fn answers_as_the_publisher_does() {
    // The two sessions of serenade 0.3.1's own test of `predict`: asked with item 5 of
    // {6, 5, 4} and {5, 4, 3, 2}, all four others are answered and 4 comes first.
    let options = VmisOptions { recent_sessions: 5, neighbours: 5, ..VmisOptions::default() };
    let index = fit(&[vec![6, 5, 4], vec![5, 4, 3, 2]], 7, options);
    let answer = ask(&index, &[5]);
    assert_eq!(answer.len(), 4);
    assert_eq!(answer[0].0, 4);
}

#[test]
fn order_inside_a_neighbour_counts_when_asked_to() {
    let options =
        VmisOptions { reach: 1.0, backward: 0.25, idf_power: 0.0, ..VmisOptions::default() };
    let index = fit(&[vec![0, 1, 2, 3]], 4, options);
    let items: Vec<u32> = ask(&index, &[1]).into_iter().map(|(item, _)| item).collect();
    assert_eq!(items, [2, 3, 0]);
}

#[test]
fn a_long_session_is_not_indexed_and_repeats_count_once() {
    let options = VmisOptions { session_items_max: 2, ..VmisOptions::default() };
    let index = fit(&[vec![0, 1, 2], vec![0, 1, 0, 1, 0]], 3, options);
    assert_eq!(index.session_count(), 1);
    assert_eq!(index.items_of(0), [1, 0]);
}

#[test]
fn names_what_does_not_fit() {
    let options = VmisOptions { neighbours: 501, ..VmisOptions::default() };
    let said = VmisKnn::fit(&lists(&[vec![0]], 1), options, Progress::SILENT).unwrap_err();
    assert_eq!(
        said.to_string(),
        "VMIS-kNN: neighbours is out of range, allowed: 1..=recent_sessions"
    );
}

#[test]
fn people_return_even_to_what_nobody_else_saw() {
    let index = fit(&[vec![0, 1]], 2, VmisOptions::default());
    let (mut scratch, mut out) = (NextScratch::default(), Vec::new());
    let ask = VmisAsk { session: &[9, 1, 9, 0], ..VmisAsk::default() };
    index.next(&ask, &NextOptions::default(), 9, &mut scratch, &mut out);
    assert_eq!(out.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [1, 9]);
}

#[test]
fn the_second_hop_reaches_past_the_neighbours() {
    let index = fit(&[vec![0, 1], vec![1, 2], vec![3, 4]], 5, VmisOptions::default());
    let (mut scratch, mut out) = (NextScratch::default(), Vec::new());
    let ask = VmisAsk { session: &[0], ..VmisAsk::default() };
    index.next(&ask, &NextOptions::default(), 9, &mut scratch, &mut out);
    assert_eq!(out.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn an_empty_index_answers_nothing() {
    let index = fit(&[], 0, VmisOptions::default());
    assert!(ask(&index, &[3, 4]).is_empty());
    assert!(ask(&index, &[]).is_empty());
}

#[test]
fn a_session_is_not_its_own_neighbour() {
    let index = fit(&[vec![0, 1]], 2, VmisOptions::default());
    let (mut scratch, mut out) = (VmisScratch::default(), Vec::new());
    index.query(&VmisAsk { session: &[0], tail: None, except: Some(0) }, 9, &mut scratch, &mut out);
    assert!(out.is_empty());
}

#[test]
fn a_tail_knows_items_the_build_did_not() {
    let index = fit(&[vec![0, 1]], 2, VmisOptions::default());
    let mut tail = Tail::new(&index, 10);
    let session = tail.open(500);
    tail.click(session, 0, 500).unwrap();
    tail.click(session, 7, 510).unwrap();
    assert!(tail.click(session, 10, 520).is_err());
    assert!(tail.click(session + 1, 1, 520).is_err());
    let (mut scratch, mut out) = (VmisScratch::default(), Vec::new());
    let ask = VmisAsk { session: &[0], tail: Some(&tail), except: None };
    index.query(&ask, 9, &mut scratch, &mut out);
    assert_eq!(out.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [1, 7]);
}

fn sessions() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(0..12_u32, 1..8), 1..40)
}

fn options() -> impl Strategy<Value = VmisOptions> {
    let decay = prop_oneof![
        Just(Decay::Flat),
        Just(Decay::ToStart),
        Just(Decay::Linear(0.1)),
        Just(Decay::Harmonic),
        Just(Decay::Quadratic),
        Just(Decay::Logarithmic),
        Just(Decay::Exponential(2.0)),
    ];
    let spans = (prop_oneof![Just(f32::INFINITY), 0.001..1.0_f32], 0.0..1.0_f32);
    (1..20_usize, 1..9_usize, decay.clone(), decay, spans, 0.0..1.0_f32, 0.5..4.0_f32).prop_map(
        |(m, last_items, position, first_match, (recency_days, length_power), backward, reach)| {
            VmisOptions {
                recent_sessions: m,
                neighbours: m,
                last_items,
                position,
                first_match,
                recency_days,
                length_power,
                reach,
                backward,
                ..VmisOptions::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn equals_the_formula(past in sessions(), asked in prop::collection::vec(0..12_u32, 1..12), options in options()) {
        // Lists are cut at `m` per item while the formula cuts once, so `m` latest overall agree.
        let index = fit(&past, 12, options.clone());
        let expected = naive(&past, 12, &options, &asked);
        let found = ask(&index, &asked);
        prop_assert_eq!(found.len(), expected.len());
        for (item, score) in expected {
            let got = found.iter().find(|(it, _)| *it == item).map_or(0.0, |(_, s)| f64::from(*s));
            prop_assert!((got - score).abs() <= 1e-4 * score.max(1e-6), "{item}: {got} {score}");
        }
        prop_assert!(found.windows(2).all(|w| w[0].1 >= w[1].1));
    }

    #[test]
    fn parts_sum_to_the_score(past in sessions(), asked in prop::collection::vec(0..12_u32, 1..12), options in options()) {
        let index = fit(&past, 12, options);
        let mut scratch = VmisScratch::default();
        let about = VmisAsk { session: &asked, ..VmisAsk::default() };
        for (item, score) in ask(&index, &asked) {
            let parts = index.explain_score(&about, item, &mut scratch);
            let sum: f32 = parts.iter().map(|(_, part)| part).sum();
            prop_assert!((sum - score).abs() <= 1e-4 * score, "{parts:?} {score}");
            prop_assert!(parts.iter().all(|(clicked, _)| asked.contains(clicked)));
        }
    }

    #[test]
    fn parts_sum_to_the_next_score(past in sessions(), asked in prop::collection::vec(0..12_u32, 1..12), options in options()) {
        let index = fit(&past, 12, options);
        let (mut scratch, mut out) = (NextScratch::default(), Vec::new());
        let about = VmisAsk { session: &asked, ..VmisAsk::default() };
        let next = NextOptions { hop_items: 3, list: 5, ..NextOptions::default() };
        index.next(&about, &next, 99, &mut scratch, &mut out);
        for &(item, score) in &out {
            let parts = index.explain_next(&about, &next, item, &mut scratch);
            let sum: f32 = parts.iter().map(|(_, part)| part).sum();
            prop_assert!((sum - score).abs() <= 1e-4 * score, "{item} {parts:?} {score}");
            prop_assert!(parts.iter().all(|(clicked, _)| asked.contains(clicked)));
        }
        let mut once: Vec<u32> = out.iter().map(|(item, _)| *item).collect();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), out.len());
        prop_assert!(!once.contains(&asked[asked.len() - 1]));
    }

    #[test]
    fn a_tail_answers_as_a_rebuild(past in sessions(), later in sessions(), asked in prop::collection::vec(0..12_u32, 1..12), options in options()) {
        let options = VmisOptions { idf_power: 0.0, recency_days: f32::INFINITY, ..options };
        let index = fit(&past, 12, options.clone());
        let mut tail = Tail::new(&index, 12);
        for (s, session) in later.iter().enumerate() {
            let id = tail.open(100 * (past.len() + s) as i64);
            for &item in session {
                tail.click(id, item, 0).unwrap();
            }
        }
        let mut live = Vec::new();
        let about = VmisAsk { session: &asked, tail: Some(&tail), except: None };
        index.query(&about, usize::MAX, &mut VmisScratch::default(), &mut live);
        let mut rebuilt = ask(&fit(&[past, later].concat(), 12, options), &asked);
        // Sums may round differently, and so order ties differently.
        live.sort_by_key(|(item, _)| *item);
        rebuilt.sort_by_key(|(item, _)| *item);
        prop_assert_eq!(live.len(), rebuilt.len());
        for ((item, score), (same, expected)) in live.into_iter().zip(rebuilt) {
            prop_assert_eq!(item, same);
            prop_assert!((score - expected).abs() <= 1e-5 * expected);
        }
    }

    #[test]
    fn a_warm_scratch_neither_grows_nor_remembers(past in sessions(), asked in prop::collection::vec(prop::collection::vec(0..12_u32, 1..12), 2..9)) {
        let index = fit(&past, 12, VmisOptions { recent_sessions: 3, neighbours: 2, ..VmisOptions::default() });
        let mut scratch = VmisScratch::default();
        let mut out = Vec::with_capacity(64);
        let everything: Vec<u32> = (0..12).collect();
        index.query(&VmisAsk { session: &everything, ..VmisAsk::default() }, 5, &mut scratch, &mut out);
        let held = scratch.capacity();
        for session in &asked {
            index.query(&VmisAsk { session, ..VmisAsk::default() }, 5, &mut scratch, &mut out);
            let mut fresh = ask(&index, session);
            fresh.truncate(5);
            prop_assert_eq!(&out, &fresh);
        }
        prop_assert_eq!(scratch.capacity(), held);
    }

    #[test]
    fn survives_storage(past in sessions(), asked in prop::collection::vec(0..12_u32, 1..12)) {
        let index = fit(&past, 12, VmisOptions::default());
        let bytes = postcard::to_stdvec(&index).unwrap();
        let back: VmisKnn = postcard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(ask(&back, &asked), ask(&index, &asked));
    }
}
