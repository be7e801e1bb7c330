//! VMIS-kNN on bol-sessions: ours, and beside it the crate that its authors published.
//!
//! For each prefix of each test session, what comes next? Both sides look at the 1,502 most recent
//! sessions, keep 288 neighbours and use the last 4 items, as the peer's README found by search.

use super::super::report::Report;
use super::super::say;
use super::peer::{Folder, Peer, medians, number};
use crate::eval::{find, read_text};
use anyhow::{Context, Result, ensure};
use learn::metrics::Hits;
use learn::models::vmis_knn::{Decay, VmisAsk, VmisKnn, VmisOptions, VmisScratch};
use learn::progress::Progress;
use learn::sequences::{Event, Sequences};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const FOLDER: &str = "bol-sessions";
/// Items that are answered and judged.
const COUNT: usize = 20;
const LAST_ITEMS: usize = 4;
/// Passes over the test sessions, ours and theirs in turn; the first warms up.
const PASSES: usize = 16;

pub(super) fn measure(data: &Path, peer: Option<&Path>, report: &mut Report) -> Result<()> {
    let (train, test) = (read(data, "train.tsv")?, read(data, "test.tsv")?);
    let mut clicks = Clicks::default();
    let past = clicks.sessions(&train)?;
    let asks = clicks.sessions(&test)?;
    let mut ours = Ours::fit(past, &asks, clicks.items.len())?;
    let (mrr, hit_rate) = ours.judge();
    report.figure("vmis_asked", ours.prefixes.len() as f64);
    report.figure("vmis_mrr_20", mrr);
    report.figure("vmis_hr_20", hit_rate);
    let folder = Folder::new("sessions")?;
    let paths = [folder.write("train.txt", &train)?, folder.write("test.txt", &test)?];
    let mut theirs = peer
        .context("not given; see --serenade")
        .and_then(|program| Peer::start(Command::new(program).args(&paths)));
    let their_fit_s = match &mut theirs {
        Ok(peer) => number(&peer.heard()?, "fit_s"),
        Err(_) => f64::NAN,
    };
    say("session neighbours: ours and serenade's in turn");
    let mut turns = QUANTILES.map(|_| Vec::new());
    let mut said = serde_json::Value::Null;
    for pass in 0..PASSES {
        let own = ours.pass();
        if let Ok(peer) = &mut theirs {
            said = peer.ask("pass")?;
        }
        if pass > 0 {
            for (at, (name, _)) in QUANTILES.into_iter().enumerate() {
                turns[at].push((own[at], number(&said, name)));
            }
        }
    }
    let measured: Vec<_> = QUANTILES.iter().zip(turns.map(|turns| medians(&turns))).collect();
    for ((name, _), [own, ..]) in &measured {
        report.figure(format!("vmis_{name}"), *own);
    }
    theirs?;
    ensure!(number(&said, "asked") == ours.prefixes.len() as f64, "it was asked something else");
    report.figure("serenade_mrr_20", number(&said, "mrr@20"));
    report.figure("serenade_hr_20", number(&said, "hr@20"));
    for ((name, _), [_, theirs, _]) in &measured {
        report.figure(format!("serenade_{name}"), *theirs);
    }
    for ((name, _), [_, _, ratio]) in &measured {
        report.aimed(format!("vmis_over_serenade_{name}"), *ratio, 1.0);
    }
    report.figure("vmis_over_serenade_fit_s", ours.fit_s / their_fit_s);
    Ok(())
}

fn read(data: &Path, name: &str) -> Result<String> {
    let places = [data.to_owned(), data.join(FOLDER), data.join("rec").join(FOLDER)];
    let found = places.iter().find_map(|place| find(place, name));
    read_text(&found.with_context(|| format!("no {FOLDER}/{name} in {}", data.display()))?)
}

/// Items get numbers in the order in which they are met.
#[derive(Default)]
struct Clicks {
    items: HashMap<String, u32>,
}

impl Clicks {
    /// The clicks of each session of `SessionId ItemId Time` lines, in the order of their ids.
    fn sessions(&mut self, text: &str) -> Result<Vec<Vec<Event>>> {
        let mut sessions: BTreeMap<u64, Vec<Event>> = BTreeMap::new();
        for (number, line) in text.lines().enumerate().skip(1) {
            let mut fields = line.split('\t');
            let mut field =
                || fields.next().with_context(|| format!("line {}: {line:?}", number + 1));
            let (session, item, at_s) =
                (field()?.parse()?, field()?, field()?.trim().parse::<f64>()?);
            let next = self.items.len() as u32;
            let item = *self.items.entry(item.to_owned()).or_insert(next);
            let event = Event { item, at_s: at_s.round() as i64, weight: 1.0 };
            sessions.entry(session).or_default().push(event);
        }
        Ok(sessions.into_values().collect())
    }
}

/// The quantiles that are reported, by the names that the peer gives them.
const QUANTILES: [(&str, f64); 3] = [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99)];

struct Ours {
    model: VmisKnn,
    fit_s: f64,
    prefixes: Vec<(Vec<u32>, u32)>,
    scratch: VmisScratch,
    out: Vec<(u32, f32)>,
}

impl Ours {
    fn fit(past: Vec<Vec<Event>>, asks: &[Vec<Event>], items: usize) -> Result<Self> {
        let started = Instant::now();
        let mut sequences = Sequences::new(items);
        for mut session in past {
            sequences.push(&mut session)?;
        }
        let options = VmisOptions {
            recent_sessions: 1_502,
            neighbours: 288,
            last_items: LAST_ITEMS,
            position: Decay::ToStart,
            first_match: Decay::Linear(0.1),
            ..VmisOptions::default()
        };
        let model = VmisKnn::fit(&sequences, options, Progress::SILENT)?;
        let fit_s = started.elapsed().as_secs_f64();
        let prefixes = asks.iter().flat_map(|session| prefixes(session)).collect();
        Ok(Self { model, fit_s, prefixes, scratch: VmisScratch::default(), out: Vec::new() })
    }

    /// MRR@20 and the hit rate of what comes next.
    fn judge(&mut self) -> (f64, f64) {
        let (mut reciprocal, mut hits) = (0.0, 0.0);
        for at in 0..self.prefixes.len() {
            self.query(at);
            let wanted = [self.prefixes[at].1];
            let judged = Hits::new(self.out.iter().map(|(item, _)| *item), &wanted);
            reciprocal += judged.reciprocal_rank(COUNT);
            hits += judged.hit_rate(COUNT);
        }
        let each = 1.0 / self.prefixes.len().max(1) as f64;
        (reciprocal * each, hits * each)
    }

    fn query(&mut self, at: usize) {
        let ask = VmisAsk { session: &self.prefixes[at].0, tail: None, except: None };
        self.model.query(&ask, COUNT, &mut self.scratch, &mut self.out);
    }

    /// Microseconds of one ask, by [`QUANTILES`], on one thread.
    fn pass(&mut self) -> [f64; QUANTILES.len()] {
        let asks = self.prefixes.len();
        let timed = |at| {
            let started = Instant::now();
            self.query(at);
            started.elapsed().as_secs_f64() * 1e6
        };
        let mut took_us: Vec<f64> = (0..asks).map(timed).collect();
        took_us.sort_unstable_by(f64::total_cmp);
        let last = took_us.len().saturating_sub(1);
        QUANTILES.map(|(_, share)| {
            let place = ((took_us.len() as f64 * share) as usize).min(last);
            took_us.get(place).copied().unwrap_or(f64::NAN)
        })
    }
}

/// What was clicked so far, and what came next.
fn prefixes(session: &[Event]) -> Vec<(Vec<u32>, u32)> {
    let mut session = session.to_vec();
    session.sort_by_key(|event| event.at_s);
    let items: Vec<u32> = session.iter().map(|event| event.item).collect();
    (1..items.len()).map(|end| (items[..end].to_vec(), items[end])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_asked_about_at_each_of_its_prefixes_in_time_order() {
        let text = "SessionId\tItemId\tTime\n7\ta\t30.4\n7\tb\t10\n8\tc\t1\n7\ta\t20\n";
        let mut clicks = Clicks::default();
        let sessions = clicks.sessions(text).unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!(prefixes(&sessions[0]), [(vec![1], 0), (vec![1, 0], 0)]);
        assert!(prefixes(&sessions[1]).is_empty());
        assert!(clicks.sessions("SessionId\tItemId\tTime\n7\ta\n").is_err());
    }

    #[test]
    fn a_session_seen_before_is_continued_as_it_went() {
        let event = |item, at_s| Event { item, at_s, weight: 1.0 };
        let past =
            vec![vec![event(0, 1), event(1, 2), event(2, 3)], vec![event(3, 1), event(4, 2)]];
        let asks = vec![vec![event(0, 9), event(1, 10), event(2, 11)]];
        let mut ours = Ours::fit(past, &asks, 5).unwrap();
        let (mrr, hit_rate) = ours.judge();
        assert_eq!((ours.prefixes.len(), hit_rate), (2, 1.0));
        let [p50, _, p99] = ours.pass();
        assert!(mrr >= 0.5 && p99 >= p50);
    }
}
