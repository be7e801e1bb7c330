//! How well does each matrix model rank `MovieLens`-100K?
//!
//! Two protocols on `u.data` (tab-separated customer, item, rating 1–5, unix seconds). All ratings
//! count as relevant, whatever their stars, because both published protocols do so; the stars may
//! only be used as weights.
//!
//! * `ml-100k-75-25` is the benchmark of the Microsoft recommenders repository: per customer a
//!   random 75 / 25 split, top 10 of all items but the customer's training items; MAP over |R|.
//! * `ml-100k-recbole` is `RecBole`'s default: per customer a random 8 : 1 : 1 split, models fitted
//!   on the 8, the test lists leave out training and validation items; MAP over min(|R|, 10).

use super::{Files, MeasureError, Measured, Outcome, Protocol, Row, Setup};
use learn::{
    metrics::{ApBase, Hits, Means},
    sparse::Csr,
    split::{Part, by_share, eight_one_one},
    topk::top_k,
};
use std::collections::BTreeMap;

/// The Microsoft recommenders repository's benchmark.
pub(super) const SHARE_75_25: Protocol = Protocol {
    name: "ml-100k-75-25",
    about: "MovieLens-100K, per-customer random 75/25, all ratings relevant, top 10 of all items",
    folder: "movielens-100k",
    files: &["u.data", "u.item", "u.user"],
    seeds: &[1, 2, 3],
    primary: "ndcg@10",
    run: |setup| run(setup, Split::Share),
};

/// `RecBole`'s default protocol.
pub(super) const EIGHT_ONE_ONE: Protocol = Protocol {
    name: "ml-100k-recbole",
    about: "MovieLens-100K, per-customer random 8:1:1, all ratings relevant, top 10 of all items",
    folder: "movielens-100k",
    files: &["u.data", "u.item", "u.user"],
    seeds: &[1, 2, 3],
    primary: "ndcg@10",
    run: |setup| run(setup, Split::EightOneOne),
};

const K: usize = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Split {
    Share,
    EightOneOne,
}

/// One rating.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rating {
    customer: u32,
    item: u32,
    stars: f32,
    at_s: i64,
}

/// All ratings, grouped by customer, customers and items counted from 0.
struct Ratings {
    customers: usize,
    items: usize,
    list: Vec<Rating>,
}

fn run(setup: &Setup<'_>, split: Split) -> Result<Outcome, MeasureError> {
    let ratings = Ratings::parse(setup.files)?;
    let mut runs: BTreeMap<&str, Vec<Measured>> = BTreeMap::new();
    for (done, &seed) in setup.seeds.iter().enumerate() {
        setup.progress.step("seeds", done as u64, setup.seeds.len() as u64)?;
        let judged = ratings.split(split, seed)?;
        if setup.wants("popularity") {
            let started_s = setup.meter.now_s();
            let counts: Vec<f32> =
                judged.train.column_counts().iter().map(|&count| count as f32).collect();
            let train_s = setup.meter.now_s() - started_s;
            let metrics = judged.measure(|_| counts.clone());
            let rss_mb = setup.meter.rss_mb();
            runs.entry("popularity").or_default().push(Measured { metrics, train_s, rss_mb });
        }
    }
    let rows = runs.into_iter().map(|(model, runs)| Row { model: model.to_owned(), runs });
    Ok(Outcome { rows: rows.collect(), notes: Vec::new() })
}

impl Ratings {
    fn parse(files: &Files) -> Result<Self, MeasureError> {
        let mut list = Vec::new();
        for line in files.lines("u.data")? {
            let rating = parse_rating(line.text).ok_or_else(|| {
                line.bad("customer<TAB>item<TAB>rating 1..5<TAB>unix seconds, ids from 1")
            })?;
            list.push(rating);
        }
        list.sort_by_key(|rating| (rating.customer, rating.at_s, rating.item));
        let customers = list.iter().map(|r| r.customer as usize + 1).max().unwrap_or(0);
        let items = list.iter().map(|r| r.item as usize + 1).max().unwrap_or(0);
        Ok(Self { customers, items, list })
    }

    fn split(&self, split: Split, seed: u64) -> Result<Judged, MeasureError> {
        let mut groups = vec![0; self.customers];
        for rating in &self.list {
            groups[rating.customer as usize] += 1;
        }
        let (parts, base) = match split {
            Split::Share => (by_share(&groups, 0.75, seed), ApBase::Relevant),
            Split::EightOneOne => (eight_one_one(&groups, seed), ApBase::Reachable),
        };
        let of = |part: Part| {
            let chosen = self.list.iter().zip(&parts).filter(|(_, p)| **p == part);
            let triples: Vec<_> = chosen.map(|(r, _)| (r.customer, r.item, r.stars)).collect();
            Csr::from_triples(self.customers, self.items, &triples)
        };
        Ok(Judged { train: of(Part::Train)?, valid: of(Part::Valid)?, test: of(Part::Test)?, base })
    }
}

fn parse_rating(text: &str) -> Option<Rating> {
    let mut fields = text.split('\t');
    let customer = fields.next()?.parse::<u32>().ok()?.checked_sub(1)?;
    let item = fields.next()?.parse::<u32>().ok()?.checked_sub(1)?;
    let stars = fields.next()?.parse().ok().filter(|stars| (1.0..=5.0).contains(stars))?;
    let at_s = fields.next()?.trim_end().parse().ok()?;
    Some(Rating { customer, item, stars, at_s })
}

/// A split and its judge.
struct Judged {
    train: Csr,
    valid: Csr,
    test: Csr,
    base: ApBase,
}

impl Judged {
    /// All measures of the lists that `score` (customer → a score per item) gives.
    fn measure(&self, score: impl Fn(usize) -> Vec<f32>) -> Vec<(String, f64)> {
        let judge = |customer: usize| {
            let mut known = self.train.row(customer).columns.to_vec();
            known.extend_from_slice(self.valid.row(customer).columns);
            known.sort_unstable();
            let list = top_k(&score(customer), K, &known);
            let hits =
                Hits::new(list.iter().map(|(item, _)| *item), self.test.row(customer).columns);
            Means::of(&hits, K, self.base)
        };
        (0..self.train.rows()).map(judge).sum::<Means>().named(K)
    }
}
