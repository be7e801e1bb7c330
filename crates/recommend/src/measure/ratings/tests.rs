//! The protocols on a tiny generated data set: they run, repeat, and never look at test rows.

use super::*;
use crate::measure::{self, Meter};
use learn::progress::Progress;

struct Still;

impl Meter for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
    fn rss_mb(&self) -> f64 {
        f64::NAN
    }
}

/// 30 customers in three circles of taste, 24 items, 12 ratings each.
fn files() -> Files {
    let mut text = String::new();
    for customer in 0..30 {
        for step in 0..12 {
            let item = (customer % 3 * 8 + step * (1 + customer % 2) + step / 8) % 24;
            text += &format!("{}\t{}\t{}\t{}\n", customer + 1, item + 1, 1 + step % 5, step * 60);
        }
    }
    let mut files = Files::default();
    files.insert("u.data", text);
    files
}

fn report(files: &Files, models: &[String], search: bool) -> measure::Report {
    let setup =
        Setup { files, seeds: &[1, 2], search, models, progress: Progress::SILENT, meter: &Still };
    measure::run(&SHARE_75_25, &setup).unwrap()
}

#[test]
fn every_model_is_measured_and_repeats() {
    let files = files();
    let report_of = || report(&files, &[], false);
    let first = report_of();
    assert_eq!(first.rows.len(), CHANNELS.len() + 2);
    for row in &first.rows {
        let ndcg = row.mean("ndcg@10");
        assert!((0.0..=1.0).contains(&ndcg), "{}: {ndcg}", row.model);
        assert_eq!(row.runs.len(), 2);
    }
    let again = report_of();
    for (a, b) in first.rows.iter().zip(&again.rows) {
        assert_eq!((&a.model, a.mean("ndcg@10")), (&b.model, b.mean("ndcg@10")));
    }
}

#[test]
fn a_search_says_what_stacking_gains_and_what_is_missing() {
    let report = report(&files(), &["stacked".to_owned()], true);
    assert_eq!(report.rows.len(), 1);
    let starts = ["stacked: no u.item", "stacked: no u.user", "stacked, seed 1: validation"];
    for (note, start) in report.notes.iter().zip(starts) {
        assert!(note.starts_with(start), "{note}");
    }
    let gain = report.notes.last().unwrap();
    assert!(gain.starts_with("stacked: validation gain "), "{gain}");
    assert!(!gain.contains("NaN"), "{gain}");
}

#[test]
fn the_searched_part_holds_no_test_row() {
    let ratings = Ratings::parse(&files()).unwrap();
    for split in [Split::Share, Split::EightOneOne] {
        let (known, test) = ratings.split(split, 5).unwrap();
        let shown = known.tuning(split, 5).unwrap();
        assert!(shown.valid.nnz() > 0);
        for (customer, row) in test.iter().enumerate() {
            for &item in row.columns {
                assert_eq!(shown.train.value(customer, item), None);
                assert_eq!(shown.valid.value(customer, item), None);
                assert!(!shown.lists.list(customer).items.contains(&item));
            }
        }
        let all = known_cells(&ratings);
        assert_eq!(all, shown.train.nnz() + shown.valid.nnz() + test.nnz());
    }
}

fn known_cells(ratings: &Ratings) -> usize {
    cells((ratings.customers, ratings.items), &ratings.list).unwrap().nnz()
}

#[test]
fn a_search_reports_what_it_found() {
    let models = vec!["ease".to_owned()];
    let report = report(&files(), &models, true);
    assert_eq!(report.rows.len(), 1);
    assert!(report.notes[0].starts_with("ease: ridge "), "{}", report.notes[0]);
}

#[test]
fn a_bad_line_is_named() {
    let mut files = Files::default();
    files.insert("u.data", "1\t1\t5\t10\n\n1\t2\t9\t10\n".to_owned());
    let error = Ratings::parse(&files).unwrap_err().to_string();
    assert!(error.starts_with("u.data, line 3: expected customer<TAB>item"), "{error}");
    let error = Ratings::parse(&Files::default()).unwrap_err().to_string();
    assert_eq!(error, "the data has no file u.data (or u.data.gz)");
}

#[test]
fn standardised_scores_ignore_what_is_known() {
    let train = Csr::from_rows(3, vec![vec![(1, 1.0)]]).unwrap();
    let scores = Scores { items: 3, cells: vec![1.0, 500.0, 3.0] }.standardise(&train);
    assert!((scores.row(0)[0] + 1.0).abs() < 1e-5 && (scores.row(0)[2] - 1.0).abs() < 1e-5);
}
