//! Attribute search against the formula written out.

use crate::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Entries = BTreeMap<u32, Vec<Term>>;

/// BM25 as the head of `attributes.rs` states it, over entries that were never changed.
fn expected(entries: &Entries, query: &[Term], k: usize, filter: &Filter<'_>) -> Vec<Hit> {
    let options = AttributeOptions::default();
    let weight = |terms: &[Term], term| terms.iter().find(|t| t.0 == term).map(|t| t.1);
    let length = |terms: &[Term]| terms.iter().map(|t| t.1).sum::<f32>();
    let n = entries.len() as f32;
    let mean = entries.values().map(|terms| length(terms)).sum::<f32>() / n;
    let mut hits = Vec::new();
    for (&id, terms) in entries.iter().filter(|(id, _)| filter.allows(**id)) {
        let mut score = None;
        for &(term, asked) in query {
            let Some(w) = weight(terms, term) else { continue };
            let df = entries.values().filter(|terms| weight(terms, term).is_some()).count() as f32;
            let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln();
            let norm = options.k1 * (1.0 - options.b + options.b * length(terms) / mean);
            let part = asked * idf * w * (options.k1 + 1.0) / (w + norm);
            score = Some(score.unwrap_or(0.0) + part);
        }
        hits.extend(score.map(|score| Hit { id, score }));
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    hits.truncate(k);
    hits
}

fn same(got: &[Hit], expected: &[Hit]) {
    assert_eq!(got.len(), expected.len(), "{got:?} {expected:?}");
    for (got, expected) in got.iter().zip(expected) {
        // Equal scores may swap: the formula is summed in another order here.
        assert!(
            (got.score - expected.score).abs() <= 1e-4 * expected.score,
            "{got:?} {expected:?}"
        );
    }
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    prop::collection::btree_map(0_u32..12, 0.5_f32..3.0, 0..5)
        .prop_map(|terms| terms.into_iter().collect())
}

proptest! {
    #[test]
    fn answers_follow_the_formula(
        base in prop::collection::btree_map(0_u32..40, terms(), 1..30),
        changes in prop::collection::vec((0_u32..40, prop::option::of(terms())), 0..20),
        query in terms(),
    ) {
        let all = base.iter().map(|(&id, terms)| (id, &terms[..]));
        let built = AttributeIndex::build(AttributeOptions::default(), all).unwrap();
        if base.values().any(|terms| !terms.is_empty()) {
            let odd = |id| id % 2 == 1;
            for filter in [Filter::All, Filter::Where(&odd)] {
                same(&built.search(&query, 5, &filter).unwrap(), &expected(&base, &query, 5, &filter));
            }
        }
        let (mut index, mut entries) = (built, base);
        for (id, terms) in changes {
            match terms {
                Some(terms) => {
                    index = index.with_upsert(id, &terms).unwrap();
                    prop_assert_eq!(index.terms(id), Some(terms.clone()));
                    entries.insert(id, terms);
                }
                None => {
                    index = index.with_delete(id);
                    entries.remove(&id);
                }
            }
            // Scores move until compaction; who is found does not.
            let mut found: Vec<u32> =
                index.search(&query, 99, &Filter::All).unwrap().iter().map(|hit| hit.id).collect();
            let carries = |terms: &[Term]| terms.iter().any(|t| query.iter().any(|q| q.0 == t.0));
            found.sort_unstable();
            let carriers = entries.iter().filter(|(_, terms)| carries(terms)).map(|(&id, _)| id);
            prop_assert_eq!(found, carriers.collect::<Vec<_>>());
            prop_assert_eq!(index.len(), entries.len());
        }
        let bytes = index.to_bytes();
        let again = AttributeIndex::from_bytes(&bytes).unwrap();
        prop_assert_eq!(again.to_bytes(), bytes);
        prop_assert_eq!(
            again.search(&query, 9, &Filter::All).unwrap(),
            index.search(&query, 9, &Filter::All).unwrap()
        );
        if entries.values().any(|terms| !terms.is_empty()) {
            let found = index.compacted().search(&query, 5, &Filter::All).unwrap();
            same(&found, &expected(&entries, &query, 5, &Filter::All));
        }
    }
}

#[test]
fn windows_join_without_a_seam() {
    let entries: Vec<(u32, Vec<Term>)> =
        (0..10_000).map(|id| (id * 2, vec![(id % 7, 1.0), (7 + id % 5, 2.0)])).collect();
    let all = entries.iter().map(|(id, terms)| (*id, &terms[..]));
    let index = AttributeIndex::build(AttributeOptions::default(), all).unwrap();
    let query = [(3, 1.0), (9, 1.0)];
    let found = index.search(&query, usize::MAX, &Filter::All).unwrap();
    let model = entries.iter().cloned().collect();
    same(&found, &expected(&model, &query, usize::MAX, &Filter::All));
}

#[test]
fn damage_and_bad_input_are_refused() {
    let index = AttributeIndex::build(AttributeOptions::default(), [(4, &[(1, 1.0)][..])]).unwrap();
    let bytes = index.with_upsert(5, &[(1, 2.0)]).unwrap().to_bytes();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x11;
        let why = AttributeIndex::from_bytes(&damaged).unwrap_err();
        assert!(why.to_string().starts_with("open stored index: "), "{why}");
        assert!(AttributeIndex::from_bytes(&bytes[..at]).is_err());
    }
    for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let why = index.with_upsert(1, &[(2, 1.0), (1, weight)]).unwrap_err();
        let rule = "weights are finite and above 0";
        assert_eq!(why, IndexError::Value { id: 1, position: 1, rule });
    }
    let limit = filter::ID_LIMIT;
    assert_eq!(
        index.with_upsert(limit, &[]).unwrap_err(),
        IndexError::IdTooLarge { id: limit, limit }
    );
    let options = AttributeOptions { b: 1.5, ..AttributeOptions::default() };
    assert!(AttributeIndex::empty(options).is_err());
}
