//! iALS and item CF on MovieLens-100K: ours, and beside it the Python package `implicit`.
//!
//! Three quarters of each customer's ratings, at random, are seen; the rest is to be found among all
//! items. Both sides fit the same 0/1 matrix on all cores with as many factors, sweeps and
//! neighbours; what differs in the definition of the ridge was set so that both do well.

use super::super::report::Report;
use super::super::say;
use super::sessions::last_line;
use crate::eval::{find, read_text};
use anyhow::{Context, Result, bail};
use learn::metrics::{ApBase, Hits, Means};
use learn::models::ials::{Ials, IalsOptions};
use learn::models::item_cf::{self, ItemCfOptions};
use learn::progress::Progress;
use learn::sparse::Csr;
use learn::split::{Part, by_share};
use learn::topk::top_k;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const FOLDER: &str = "movielens-100k";
const FILE: &str = "u.data";
const COUNT: usize = 10;
const SEED: u64 = 1;
/// Fits of each; the fastest counts.
const FITS: usize = 3;
const FACTORS: usize = 64;
const SWEEPS: usize = 15;
const NEIGHBOURS: usize = 200;

/// What is fitted, and what is to be found.
struct Split {
    seen: Csr,
    hidden: Csr,
}

pub(super) fn measure(data: &Path, python: Option<&Path>, report: &mut Report) -> Result<()> {
    let split = read(data)?;
    say("iALS and item CF: ours");
    let options = IalsOptions {
        factors: FACTORS,
        sweeps: SWEEPS,
        unseen_weight: 0.1,
        ridge: 0.003,
        ridge_power: 1.0,
        seed: 0,
    };
    let fit = || Ials::fit(&split.seen, options, Progress::SILENT);
    let (ials_s, ials) = fastest(fit)?;
    let ials_ndcg = split.ndcg(|customer, scores| {
        ials.score_into(ials.customer(customer), scores);
    });
    let options = ItemCfOptions { top_n: NEIGHBOURS, ..ItemCfOptions::default() };
    let (cf_s, weights) = fastest(|| item_cf::fit(&split.seen, options, Progress::SILENT))?;
    let cf_ndcg = split.ndcg(|customer, scores| {
        let history: Vec<_> = split.seen.row(customer as usize).iter().collect();
        weights.score_into(&history, scores);
    });
    report.figure("ials_fit_s", ials_s);
    report.figure("ials_ndcg_10", ials_ndcg);
    report.figure("item_cf_fit_s", cf_s);
    report.figure("item_cf_ndcg_10", cf_ndcg);
    let Some(python) = python else { bail!("not given; see --python") };
    say("iALS and item CF: implicit");
    let theirs = theirs(python, &split)?;
    let figure = |model: &str, name: &str| theirs[model][name].as_f64().unwrap_or(f64::NAN);
    report.figure("implicit_ials_fit_s", figure("ials", "fit_s"));
    report.figure("implicit_ials_ndcg_10", figure("ials", "ndcg@10"));
    report.figure("implicit_item_cf_fit_s", figure("item_cf", "fit_s"));
    report.figure("implicit_item_cf_ndcg_10", figure("item_cf", "ndcg@10"));
    report.figure("implicit_ials_fit_over_ours", figure("ials", "fit_s") / ials_s);
    report.figure("implicit_item_cf_fit_over_ours", figure("item_cf", "fit_s") / cf_s);
    Ok(())
}

fn fastest<T, E>(fit: impl Fn() -> Result<T, E>) -> Result<(f64, T)>
where
    anyhow::Error: From<E>,
{
    let mut best = f64::INFINITY;
    let mut timed = || -> Result<T> {
        let started = Instant::now();
        let model = fit()?;
        best = best.min(started.elapsed().as_secs_f64());
        Ok(model)
    };
    let mut model = timed()?;
    for _ in 1..FITS {
        model = timed()?;
    }
    Ok((best, model))
}

fn read(data: &Path) -> Result<Split> {
    let places = [data.to_owned(), data.join(FOLDER), data.join("rec").join(FOLDER)];
    let found = places.iter().find_map(|place| find(place, FILE));
    Split::of(&read_text(&found.with_context(|| format!("no {FILE} in {}", data.display()))?)?)
}

impl Split {
    /// Of `customer item rating time` lines, numbers from 1.
    fn of(text: &str) -> Result<Self> {
        let mut pairs = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let mut fields = line.split('\t').map(str::parse::<u32>);
            let mut field = || fields.next()?.ok()?.checked_sub(1);
            let pair = field().zip(field());
            pairs.push(pair.with_context(|| format!("line {}: {line:?}", number + 1))?);
        }
        pairs.sort_unstable();
        let customers = pairs.iter().map(|(customer, _)| *customer as usize + 1).max().unwrap_or(0);
        let items = pairs.iter().map(|(_, item)| *item as usize + 1).max().unwrap_or(0);
        let mut groups = vec![0; customers];
        pairs.iter().for_each(|(customer, _)| groups[*customer as usize] += 1);
        let parts = by_share(&groups, 0.75, SEED);
        let of = |part: Part| {
            let chosen = pairs.iter().zip(&parts).filter(|(_, its)| **its == part);
            let triples: Vec<_> =
                chosen.map(|(&(customer, item), _)| (customer, item, 1.0)).collect();
            Csr::from_triples(customers, items, &triples)
        };
        Ok(Self { seen: of(Part::Train)?, hidden: of(Part::Test)? })
    }

    /// Mean nDCG@10 over the customers with something hidden.
    fn ndcg(&self, score: impl Fn(u32, &mut [f32])) -> f64 {
        let judge = |customer: usize| {
            let mut scores = vec![0.0; self.seen.cols()];
            score(customer as u32, &mut scores);
            let list = top_k(&scores, COUNT, self.seen.row(customer).columns);
            let wanted = self.hidden.row(customer).columns;
            Means::of(
                &Hits::new(list.iter().map(|(item, _)| *item), wanted),
                COUNT,
                ApBase::Relevant,
            )
        };
        (0..self.seen.rows()).map(judge).sum::<Means>().ndcg()
    }
}

fn theirs(python: &Path, split: &Split) -> Result<Value> {
    let folder = std::env::temp_dir().join(format!("shopkeeper-matrix-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("making a folder for the peer's files")?;
    let paths = ["peer.py", "seen.tsv", "hidden.tsv"].map(|name| folder.join(name));
    std::fs::write(&paths[0], include_str!("../../../../../bench/peers/implicit.py"))?;
    std::fs::write(&paths[1], pairs(&split.seen))?;
    std::fs::write(&paths[2], pairs(&split.hidden))?;
    let options = json!({
        "factors": FACTORS,
        "sweeps": SWEEPS,
        "neighbours": NEIGHBOURS,
        "alpha": 10.0,
        "regularization": 5.0,
        "fits": FITS,
    });
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut command = Command::new(python);
    command.args(&paths);
    command.arg(format!("{}x{}", split.seen.rows(), split.seen.cols()));
    command.args([threads.to_string(), options.to_string()]);
    // The package asks for this itself: threads of its own and of its linear algebra get in each
    // other's way.
    command.env("OPENBLAS_NUM_THREADS", "1").env("MKL_NUM_THREADS", "1");
    let figures = last_line(&mut command);
    // Left behind when it cannot be removed; the system's own sweep takes it.
    let _ = std::fs::remove_dir_all(&folder);
    figures
}

fn pairs(matrix: &Csr) -> String {
    let mut text = String::new();
    for (customer, row) in matrix.iter().enumerate() {
        for item in row.columns {
            let _ = writeln!(text, "{customer}\t{item}"); // writing to a String cannot fail
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_seen_or_hidden_and_perfect_scores_are_judged_perfect() {
        let mut text = String::new();
        for customer in 1..=3 {
            for item in 1..=8 {
                writeln!(text, "{customer}\t{item}\t5\t0").unwrap();
            }
        }
        let split = Split::of(&text).unwrap();
        assert_eq!((split.seen.nnz(), split.hidden.nnz()), (18, 6));
        let oracle = |customer: u32, scores: &mut [f32]| {
            for item in split.hidden.row(customer as usize).columns {
                scores[*item as usize] = 1.0;
            }
        };
        assert!((split.ndcg(oracle) - 1.0).abs() < 1e-9);
        assert_eq!(pairs(&split.seen).lines().count(), 18);
        assert!(Split::of("0\t1\t5\t0\n").is_err());
    }
}
