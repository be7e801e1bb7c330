//! How well does each model say what a session clicks next?
//!
//! `bol-sessions` is the evaluation that the crate `serenade` 0.3.1 ships (its `evaluator`): every
//! test session is ordered by time, and for each of its prefixes the rest is predicted. Of the 20
//! answers,
//!
//! * hit rate and MRR ask for the next click alone;
//! * precision (of 20), recall (of the remaining clicks) and nDCG ask for any remaining click. That
//!   nDCG discounts by 1, 1, 1/log₂ 3, 1/log₂ 4 … and lets a repeated remaining click count twice in
//!   the best possible list, so it is comparable with itself only;
//! * coverage is the share of training items that were answered at all.
//!
//! `p50_us` and `p90_us` are microseconds per answer, one after the other on one core.
//!
//! Constants were found by two random searches on `valid.tsv` and on the last two days of
//! `train.tsv` (fitted without them); `--search` searches on the same parts. `test.tsv` is read for
//! the final measures alone.

mod rankers;
mod search;
#[cfg(test)]
mod tests;

use super::{Files, Line, MeasureError, Measured, Outcome, Protocol, Row, Setup};
use learn::{
    error::FitError,
    sequences::{Event, Sequences},
};
use rankers::Ranker;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The publisher's evaluation of Serenade's example data.
pub(super) const BOL_SESSIONS: Protocol = Protocol {
    name: "bol-sessions",
    about: "bol.com sessions, publisher's split, each prefix predicts the rest, top 20",
    folder: "bol-sessions",
    files: &["train.tsv", "valid.tsv", "test.tsv"],
    seeds: &[1],
    primary: "mrr@20",
    run,
};

/// Length of an answer.
const K: usize = 20;

/// The clicks of one session, oldest first.
type Session = Vec<Event>;

fn run(setup: &Setup<'_>) -> Result<Outcome, MeasureError> {
    let mut items = Items::default();
    let [train, valid, test] =
        ["train.tsv", "valid.tsv", "test.tsv"].map(|file| items.read(setup.files, file));
    let (train, valid, test) = (train?, valid?, test?);
    let count = items.0.len();
    let mut notes = Vec::new();
    let next = if setup.search {
        let found = search::search(setup, &train, &valid, count)?;
        notes.push(found.note);
        found.settings
    } else {
        rankers::NextSettings::default()
    };
    let sessions = sequences(&train, count)?;
    let mut rows = Vec::new();
    for (name, fit) in rankers::ALL {
        if !setup.wants(name) {
            continue;
        }
        let started_s = setup.meter.now_s();
        let mut ranker = fit(&sessions, &next, setup.progress)?;
        let train_s = setup.meter.now_s() - started_s;
        let rss_mb = setup.meter.rss_mb();
        let metrics = measure(&test, &sessions, &mut ranker, setup)?;
        let runs = vec![Measured { metrics, train_s, rss_mb }];
        rows.push(Row { model: (*name).to_owned(), runs });
    }
    Ok(Outcome { rows, notes })
}

/// Item numbers of the data, counted from 0 in the order of appearance.
#[derive(Debug, Default)]
struct Items(FxHashMap<u64, u32>);

impl Items {
    /// The sessions of a file, by session number, clicks by time; equal times keep their order.
    fn read(&mut self, files: &Files, file: &str) -> Result<Vec<Session>, MeasureError> {
        let mut sessions: BTreeMap<u64, Session> = BTreeMap::new();
        for line in files.lines(file)?.skip(1) {
            let (session, item, at_s) = parse(&line)?;
            let next = self.0.len() as u32;
            let item = *self.0.entry(item).or_insert(next);
            sessions.entry(session).or_default().push(Event { item, at_s, weight: 1.0 });
        }
        let mut sessions: Vec<Session> = sessions.into_values().collect();
        sessions.iter_mut().for_each(|session| session.sort_by_key(|event| event.at_s));
        Ok(sessions)
    }
}

fn parse(line: &Line<'_>) -> Result<(u64, u64, i64), MeasureError> {
    let mut fields = line.text.split('\t');
    let mut number = || fields.next()?.trim().parse::<u64>().ok();
    let ids = number().zip(number());
    let at_s = fields.next().and_then(|text| text.trim().parse::<f64>().ok());
    match (ids, at_s.filter(|at_s| at_s.is_finite())) {
        (Some((session, item)), Some(at_s)) => Ok((session, item, at_s.round() as i64)),
        _ => Err(line.bad("session<TAB>item<TAB>unix seconds")),
    }
}

fn sequences(sessions: &[Session], item_count: usize) -> Result<Sequences, FitError> {
    let mut made = Sequences::new(item_count);
    for session in sessions {
        made.push(&mut session.clone())?;
    }
    Ok(made)
}

/// Calls `each` with every prefix of every session and what followed.
fn for_prefixes(sessions: &[Session], mut each: impl FnMut(&[u32], &[u32])) {
    for session in sessions {
        let items: Vec<u32> = session.iter().map(|event| event.item).collect();
        for seen in 1..items.len() {
            let (before, after) = items.split_at(seen);
            each(before, after);
        }
    }
}

fn measure(
    test: &[Session],
    train: &Sequences,
    ranker: &mut Ranker,
    setup: &Setup<'_>,
) -> Result<Vec<(String, f64)>, MeasureError> {
    setup.progress.step("bol-sessions: measure", 0, 1)?;
    let (mut sums, mut times_us) = (Sums::default(), Vec::new());
    let mut answered = FxHashSet::default();
    let mut answer = Vec::new();
    for_prefixes(test, |before, after| {
        let asked_s = setup.meter.now_s();
        ranker(before, K, &mut answer);
        times_us.push((setup.meter.now_s() - asked_s) * 1e6);
        let items: Vec<u32> = answer.iter().take(K).map(|(item, _)| *item).collect();
        answered.extend(items.iter().copied());
        sums.add(&items, after);
    });
    let known: FxHashSet<u32> = train.iter().flat_map(|list| list.items).copied().collect();
    times_us.sort_by(f64::total_cmp);
    let percentile = |share: f64| {
        let at = (times_us.len() as f64 * share) as usize;
        times_us.get(at.min(times_us.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    };
    let mut metrics = sums.means();
    metrics.push(("coverage@20".into(), answered.len() as f64 / known.len().max(1) as f64));
    metrics.push(("p50_us".into(), percentile(0.5)));
    metrics.push(("p90_us".into(), percentile(0.9)));
    Ok(metrics)
}

/// Sums of the measures over predictions.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    predictions: usize,
    reciprocal_rank: f64,
    hits: f64,
    gain: f64,
    precision: f64,
    recall: f64,
}

impl Sums {
    /// Adds one answer (best first, no item twice) against the clicks that followed.
    fn add(&mut self, answer: &[u32], after: &[u32]) {
        self.predictions += 1;
        if let Some(rank) = answer.iter().position(|item| after.first() == Some(item)) {
            self.hits += 1.0;
            self.reciprocal_rank += 1.0 / (rank + 1) as f64;
        }
        let found = answer.iter().enumerate().filter(|(_, item)| after.contains(item));
        let (mut count, mut gain) = (0.0, 0.0);
        for (rank, _) in found {
            count += 1.0;
            gain += discount(rank);
        }
        self.gain += gain / (0..after.len().min(K)).map(discount).sum::<f64>();
        self.precision += count / K as f64;
        self.recall += count / after.len() as f64;
    }

    fn means(&self) -> Vec<(String, f64)> {
        let n = self.predictions as f64;
        [
            ("mrr@20", self.reciprocal_rank),
            ("hit@20", self.hits),
            ("ndcg@20", self.gain),
            ("precision@20", self.precision),
            ("recall@20", self.recall),
        ]
        .into_iter()
        .map(|(name, sum)| (name.to_owned(), sum / n))
        .collect()
    }
}

/// The publisher's: 1 for the first two ranks, then 1 / log₂ of the rank counted from 1.
fn discount(rank: usize) -> f64 {
    if rank == 0 { 1.0 } else { 1.0 / ((rank + 1) as f64).log2() }
}
