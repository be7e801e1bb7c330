//! The protocol on a handful of sessions, and its measures against the publisher's own tests.

use super::*;
use crate::measure::Meter;
use learn::progress::Progress;

struct Still;

impl Meter for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
    fn rss_mb(&self) -> f64 {
        0.0
    }
}

fn files() -> Files {
    let mut train = "SessionId\tItemId\tTime\n".to_owned();
    for session in 0..30 {
        // 5 then 6 then 5 again; stored out of order, as the publisher's files are.
        let at = session * 100_000;
        train += &format!("{session}\t6\t{}.0\n{session}\t5\t{at}.0\n", at + 1);
        train +=
            &format!("{session}\t5\t{}.0\n{session}\t{}\t{}.0\n", at + 2, session + 10, at + 3);
    }
    // Without sessions of another kind, 5 and 6 would be in every session, which says nothing.
    for session in 50..80 {
        train += &format!("{session}\t90\t{session}.0\n{session}\t91\t{session}.5\n");
    }
    let asked =
        "SessionId\tItemId\tTime\n1\t6\t20.0\n1\t5\t10.0\n1\t5\t30.0\n2\t7\t40.0\n".to_owned();
    let mut files = Files::default();
    files.insert("train.tsv", train);
    files.insert("valid.tsv", asked.clone());
    files.insert("test.tsv", asked);
    files
}

fn run_with(files: &Files, models: &[String], search: bool) -> Result<Outcome, MeasureError> {
    let progress = Progress::SILENT;
    run(&Setup { files, seeds: &[1], search, models, progress, meter: &Still })
}

#[test]
fn every_model_learns_what_follows() {
    let outcome = run_with(&files(), &[], false).unwrap();
    assert_eq!(outcome.rows.len(), rankers::ALL.len());
    for row in &outcome.rows {
        // 5 → 6 is the commonest pair; 6 → 5 follows. Rules leave out what the session holds.
        let expected = if row.model == "association" { 0.5 } else { 1.0 };
        assert!(row.mean("hit@20") >= expected, "{row:?}");
        assert!(row.mean("mrr@20") > 0.3, "{row:?}");
    }
}

#[test]
fn a_search_stays_off_the_test_rows() {
    let mut files = files();
    let found = run_with(&files, &["next".into()], true).unwrap();
    files.insert("test.tsv", "SessionId\tItemId\tTime\n9\t11\t1\n9\t12\t2\n".into());
    let again = run_with(&files, &["next".into()], true).unwrap();
    assert_eq!(found.notes, again.notes);
    assert_eq!(found.notes.len(), 1);
}

#[test]
fn measures_are_the_publishers() {
    // serenade 0.3.1, tests of mrr.rs, ndcg.rs, precision.rs and recall.rs.
    let answer: Vec<u32> = (1..=20).collect();
    let mut sums = Sums::default();
    sums.add(&answer, &[3, 55, 3, 4]);
    assert_eq!(sums.reciprocal_rank, 1.0 / 3.0);
    assert_eq!(sums.precision, 0.1);
    assert_eq!(sums.recall, 0.5);
    let mut sums = Sums::default();
    sums.add(&answer, &[3, 55, 88, 4]);
    assert!((sums.gain - 0.361_212_113_520_401_95).abs() < 1e-12);
}

#[test]
fn a_broken_line_is_named() {
    let mut files = files();
    files.insert("valid.tsv", "SessionId\tItemId\tTime\n1\tx\t3\n".into());
    let said = run_with(&files, &[], false).unwrap_err().to_string();
    assert_eq!(
        said,
        "valid.tsv, line 2: expected session<TAB>item<TAB>unix seconds, found \"1\\tx\\t3\""
    );
}
