//! iALS and item CF: ours, and beside them the Python package `implicit`.
//!
//! Two sets: MovieLens-100K, and a generated shop whose size makes the times mean something. Three
//! quarters of each customer's items, at random, are seen; the rest is to be found among all items.
//! Both sides fit the same 0/1 matrix on all cores with as many factors, sweeps and neighbours, the
//! same weight of a seen cell and the same ridge.

use super::super::report::Report;
use super::super::say;
use super::peer::{Folder, Peer, medians, number};
use crate::demo::wall_day;
use crate::eval::{find, read_text};
use anyhow::{Context, Result};
use commerce::Body;
use learn::metrics::{ApBase, Hits, Means};
use learn::models::ials::{Ials, IalsOptions};
use learn::models::item_cf::{self, ItemCfOptions};
use learn::progress::Progress;
use learn::sparse::Csr;
use learn::split::{Part, by_share};
use learn::topk::top_k;
use serde_json::{Value, json};
use sim::{Shop, SimOptions};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const FOLDER: &str = "movielens-100k";
const FILE: &str = "u.data";
const COUNT: usize = 10;
const SEED: u64 = 1;
const FACTORS: usize = 64;
const SWEEPS: usize = 15;
const NEIGHBOURS: usize = 200;
/// α of the peer: the weight of a seen cell against 1 for every cell.
const SEEN_WEIGHT: f32 = 10.0;
/// λ of the peer, in the same units, the same for short and long histories.
const RIDGE: f32 = 5.0;
/// Customers whose hidden items are looked for, at most: judging is not what is timed.
const JUDGED: usize = 2_000;
/// A fit is as good as another from this share of its nDCG@10 on.
const EQUAL: f64 = 0.99;

/// What is fitted, and what is to be found.
struct Split {
    seen: Csr,
    hidden: Csr,
}

/// How large a generated shop, and how often each fit is timed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct MatrixArgs {
    /// Items of the generated shop
    #[arg(long, default_value_t = 20_000)]
    items: u32,
    /// Its customers
    #[arg(long, default_value_t = 200_000)]
    customers: u32,
    /// Its visits, of several touches each
    #[arg(long, default_value_t = 300_000)]
    visits: u64,
    /// How often each fit is timed, ours and theirs in turn; on the generated shop a third of that
    #[arg(long, default_value_t = 9)]
    turns: usize,
}

impl MatrixArgs {
    pub(super) fn measure(
        self,
        data: &Path,
        python: Option<&Path>,
        report: &mut Report,
    ) -> Result<()> {
        say("iALS and item CF on MovieLens-100K");
        beside("ml_100k", &read(data)?, python, self.turns, report)?;
        say("iALS and item CF on a generated shop");
        beside("shop", &self.shop()?, python, self.turns.div_ceil(3), report)
    }

    /// Who was interested in what, in a generated shop.
    fn shop(self) -> Result<Split> {
        let Self { items, customers, visits: sessions, .. } = self;
        let options = SimOptions {
            seed: SEED,
            items,
            customers,
            from: wall_day(),
            days: 60,
            sessions,
            lists: 0.0,
        };
        let mut known = [HashMap::new(), HashMap::new()];
        let mut number = |side: usize, id: &str| -> u32 {
            let next = known[side].len() as u32;
            *known[side].entry(id.to_owned()).or_insert(next)
        };
        let mut pairs = Vec::new();
        for fact in Shop::new(options).sessions() {
            let Body::Event(event) = fact.body else { continue };
            let Some(who) = event.who.customer.filter(|_| event.kind.is_interest()) else {
                continue;
            };
            for line in &event.lines {
                pairs.push((number(0, who.as_str()), number(1, line.item.as_str())));
            }
        }
        Split::of_pairs(pairs)
    }
}

/// One method on both sides.
struct Method {
    name: &'static str,
    ours: fn(&Split) -> Result<(f64, f64)>,
}

const METHODS: [Method; 2] =
    [Method { name: "ials", ours: fit_ials }, Method { name: "item_cf", ours: fit_item_cf }];

/// Times both methods in turns and reports them as `SET_METHOD_…`.
fn beside(
    set: &str,
    split: &Split,
    python: Option<&Path>,
    turns: usize,
    report: &mut Report,
) -> Result<()> {
    report.figure(format!("{set}_customers"), split.seen.rows() as f64);
    report.figure(format!("{set}_items"), split.seen.cols() as f64);
    report.figure(format!("{set}_seen"), split.seen.nnz() as f64);
    let folder = Folder::new(set)?;
    let mut peer = python.context("not given; see --python").and_then(|p| start(p, &folder, split));
    for Method { name, ours } in METHODS {
        let mut times = Vec::new();
        let (mut own, mut theirs) = ((0.0, 0.0), Value::Null);
        for _ in 0..turns.max(1) {
            own = ours(split)?;
            if let Ok(peer) = &mut peer {
                theirs = peer.ask(name)?;
            }
            times.push((own.0, number(&theirs, "fit_s")));
        }
        let [own_s, their_s, ratio] = medians(&times);
        report.figure(format!("{set}_{name}_fit_s"), own_s);
        report.figure(format!("{set}_{name}_ndcg_10"), own.1);
        if peer.is_ok() {
            report.figure(format!("{set}_implicit_{name}_fit_s"), their_s);
            report.figure(format!("{set}_implicit_{name}_ndcg_10"), number(&theirs, "ndcg@10"));
            report.aimed(format!("{set}_{name}_fit_over_implicit"), ratio, 1.0);
        }
        if let Ok(peer) = &mut peer
            && name == "ials"
        {
            let sweeps = [ials_sweeps(split)?, their_sweeps(peer)?];
            let [ours, theirs] = until_equal(&sweeps);
            report.figure(format!("{set}_ials_sweeps_to_equal"), ours);
            report.figure(format!("{set}_implicit_ials_sweeps_to_equal"), theirs);
            let name = format!("{set}_ials_time_to_equal_over_implicit");
            report.aimed(name, ratio * ours / theirs, 1.0);
        }
    }
    peer.map(drop)
}

/// Seconds and nDCG@10 of one fit.
fn fit_ials(split: &Split) -> Result<(f64, f64)> {
    let started = Instant::now();
    let ials = Ials::fit(&split.seen, ials_options(SWEEPS), Progress::SILENT)?;
    Ok((started.elapsed().as_secs_f64(), split.ndcg_of(&ials)))
}

/// Our seen cells weigh 1 beside what every cell weighs; the peer's weigh α, of which 1 is that.
fn ials_options(sweeps: usize) -> IalsOptions {
    let unseen_weight = 1.0 / (SEEN_WEIGHT - 1.0);
    IalsOptions {
        factors: FACTORS,
        sweeps,
        unseen_weight,
        ridge: RIDGE * unseen_weight,
        ridge_power: 0.0,
        seed: 0,
    }
}

fn fit_item_cf(split: &Split) -> Result<(f64, f64)> {
    let options = ItemCfOptions { top_n: NEIGHBOURS, ..ItemCfOptions::default() };
    let started = Instant::now();
    let weights = item_cf::fit(&split.seen, options, Progress::SILENT)?;
    let took_s = started.elapsed().as_secs_f64();
    let ndcg = split.ndcg(|customer, scores| {
        let history: Vec<_> = split.seen.row(customer as usize).iter().collect();
        weights.score_into(&history, scores);
    });
    Ok((took_s, ndcg))
}

/// nDCG@10 after each of our sweeps.
fn ials_sweeps(split: &Split) -> Result<Vec<f64>> {
    let mut ials = Ials::fit(&split.seen, ials_options(1), Progress::SILENT)?;
    let mut after = vec![split.ndcg_of(&ials)];
    for _ in 1..SWEEPS {
        ials = ials.refit(&split.seen, 1, Progress::SILENT)?;
        after.push(split.ndcg_of(&ials));
    }
    Ok(after)
}

fn their_sweeps(peer: &mut Peer) -> Result<Vec<f64>> {
    let after = peer.ask("ials_sweeps")?;
    let after = after["ndcg@10"].as_array().context("no nDCG@10 after each sweep")?;
    Ok(after.iter().filter_map(Value::as_f64).collect())
}

/// How many sweeps each needs to be as good as the lesser of the two ends up; NaN without any.
fn until_equal(sides: &[Vec<f64>; 2]) -> [f64; 2] {
    let ends = sides.iter().map(|after| after.last().copied().unwrap_or(f64::NAN));
    let enough = EQUAL * ends.fold(f64::INFINITY, f64::min);
    let sweeps = |after: &Vec<f64>| after.iter().position(|ndcg| *ndcg >= enough);
    [&sides[0], &sides[1]].map(|after| sweeps(after).map_or(f64::NAN, |at| at as f64 + 1.0))
}

/// A quarter of MovieLens-100K is hidden.
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
        Self::of_pairs(pairs)
    }

    /// Of `(customer, item)` in any order; some may come twice.
    fn of_pairs(mut pairs: Vec<(u32, u32)>) -> Result<Self> {
        pairs.sort_unstable();
        pairs.dedup();
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
        let (seen, hidden) = (of(Part::Train)?, of(Part::Test)?);
        // Every so many, so that those who come often and those who come once are both judged.
        let step = customers.div_ceil(JUDGED).max(1);
        let judged = hidden.iter().enumerate().map(|(customer, row)| {
            if customer % step == 0 { row.iter().collect() } else { Vec::new() }
        });
        let hidden = Csr::from_rows(items, judged)?;
        Ok(Self { seen, hidden })
    }

    fn ndcg_of(&self, ials: &Ials) -> f64 {
        self.ndcg(|customer, scores| ials.score_into(ials.customer(customer), scores))
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
        let judged = (0..self.seen.rows()).filter(|&c| !self.hidden.row(c).is_empty());
        judged.map(judge).sum::<Means>().ndcg()
    }
}

/// Starts the peer on the same split, with as many threads as ours has.
fn start(python: &Path, folder: &Folder, split: &Split) -> Result<Peer> {
    let options = json!({
        "factors": FACTORS,
        "sweeps": SWEEPS,
        "neighbours": NEIGHBOURS,
        "alpha": SEEN_WEIGHT,
        "regularization": RIDGE,
    });
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut command = Command::new(python);
    // Not in a folder of its own name: Python would import the script in place of the package.
    let script = include_str!("../../../../../bench/peers/implicit.py");
    command.arg(folder.write("peer.py", script)?);
    command.arg(folder.write("seen.tsv", &pairs(&split.seen))?);
    command.arg(folder.write("hidden.tsv", &pairs(&split.hidden))?);
    command.arg(format!("{}x{}", split.seen.rows(), split.seen.cols()));
    command.args([threads.to_string(), options.to_string()]);
    // The package asks for this itself: threads of its own and of its linear algebra get in each
    // other's way.
    command.env("OPENBLAS_NUM_THREADS", "1").env("MKL_NUM_THREADS", "1");
    Peer::start(&mut command)
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
        let once = Split::of_pairs(vec![(0, 1), (0, 1), (0, 2)]).unwrap();
        assert_eq!(once.seen.nnz() + once.hidden.nnz(), 2);
    }

    #[test]
    fn equal_is_when_the_lesser_end_is_reached() {
        let sides = [vec![0.1, 0.2, 0.4], vec![0.2, 0.3, 0.3]];
        assert_eq!(until_equal(&sides), [3.0, 2.0]);
        assert!(until_equal(&[Vec::new(), vec![0.1]])[0].is_nan());
    }
}
