//! Does the protocol measure what it says, on data small enough to know the answers?

use super::*;
use crate::measure::{Meter, Report, run};
use learn::progress::Progress;
use std::fmt::Write as _;

const ITEMS: u32 = 20;

struct Still;

impl Meter for Still {
    fn now_s(&self) -> f64 {
        0.0
    }

    fn rss_mb(&self) -> f64 {
        0.0
    }
}

/// Every customer walks round the same circle of items, starting anywhere.
fn circle() -> Files {
    let mut lists = String::new();
    for customer in 0..200 {
        let _ = write!(lists, "{}", customer + 1);
        (0..6).for_each(|step| {
            let _ = write!(lists, " {}", (customer * 7 + step) % ITEMS + 1);
        });
        lists.push('\n');
    }
    let pairs: Vec<_> =
        (1..=ITEMS).map(|item| format!("\"{item}\": [{}, 9]", item % 4 + 1)).collect();
    let mut files = Files::default();
    files.insert("sequences.txt", lists);
    files.insert("item2attributes.json", format!("{{{}}}", pairs.join(", ")));
    files
}

fn measured(files: &Files, models: &[&str]) -> Result<Report, MeasureError> {
    let models: Vec<String> = models.iter().map(|name| (*name).to_owned()).collect();
    let setup = Setup {
        files,
        seeds: &[0],
        search: false,
        models: &models,
        progress: Progress::SILENT,
        meter: &Still,
    };
    run(&BEAUTY, &setup)
}

#[test]
fn models_that_see_order_foresee_the_circle() {
    let report = measured(&circle(), &["slist", "slist (train only)", "popularity"]).unwrap();
    assert_eq!(report.rows.len(), 3);
    for row in &report.rows {
        let recall = row.mean("recall@5");
        let sees_order = row.model != "popularity";
        assert_eq!(recall > 0.99, sees_order, "{}: {recall}", row.model);
    }
}

#[test]
fn every_model_and_the_blend_can_be_asked_for() {
    let report = measured(&circle(), &[]).unwrap();
    assert_eq!(report.rows.len(), 2 * (models::NAMES.len() + 1));
    for row in &report.rows {
        for name in row.metric_names() {
            let value = row.mean(name);
            assert!((0.0..=1.0).contains(&value), "{} {name}: {value}", row.model);
        }
    }
}

#[test]
fn numbering_of_items_is_not_read() {
    let files = circle();
    let data = Data::parse(&files).unwrap();
    let mut renumbered = Files::default();
    let mut lists = String::new();
    for (customer, list) in data.lists.iter().enumerate() {
        let _ = write!(lists, "{customer}");
        list.items.iter().for_each(|item| {
            let _ = write!(lists, " {}", ITEMS - item);
        });
        lists.push('\n');
    }
    renumbered.insert("sequences.txt", lists);
    let lines: Vec<_> = (0..ITEMS)
        .map(|item| {
            let carried = data.attributes.row(item as usize).columns;
            let numbers: Vec<_> = carried.iter().map(|number| (number + 1).to_string()).collect();
            format!("\"{}\": [{}]", ITEMS - item, numbers.join(", "))
        })
        .collect();
    renumbered.insert("item2attributes.json", format!("{{{}}}", lines.join(", ")));
    for model in ["popularity", "likeness", "markov", "slist"] {
        let (a, b) =
            (measured(&files, &[model]).unwrap(), measured(&renumbered, &[model]).unwrap());
        let apart = a.rows[0].mean("mrr") - b.rows[0].mean("mrr");
        assert!(apart.abs() < 0.02, "{model}: {apart}");
    }
}

#[test]
fn bad_lines_are_named() {
    for (file, text) in [
        ("sequences.txt", "1 2 3 4\n2 5 x 6\n"),
        ("sequences.txt", "1 2 3 4\n2 0 1 2\n"),
        ("sequences.txt", "1 2 3 4\n2 5\n"),
        ("item2attributes.json", "\n{\"1\": [2, y]}"),
    ] {
        let mut files = circle();
        files.insert(file, text.to_owned());
        let seen = Data::parse(&files).err();
        assert!(
            matches!(&seen, Some(MeasureError::BadLine { file: named, line: 2, .. }) if named == file),
            "{seen:?}"
        );
    }
}
