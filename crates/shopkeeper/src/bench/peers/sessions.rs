//! VMIS-kNN on bol-sessions: ours, and beside it the crate that its authors published.
//!
//! For each prefix of each test session, what comes next? Both sides look at the 1,502 most recent
//! sessions, keep 288 neighbours and use the last 4 items, as the peer's README found by search.

use super::super::report::Report;
use super::super::say;
use super::Micros;
use crate::eval::{find, read_text};
use anyhow::{Context, Result, bail};
use learn::metrics::Hits;
use learn::models::vmis_knn::{Decay, VmisAsk, VmisKnn, VmisOptions, VmisScratch};
use learn::progress::Progress;
use learn::sequences::{Event, Sequences};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const FOLDER: &str = "bol-sessions";
/// Items that are answered and judged.
const COUNT: usize = 20;
const LAST_ITEMS: usize = 4;
/// Passes over the test sessions; the first warms up.
const PASSES: usize = 6;

pub(super) fn measure(data: &Path, peer: Option<&Path>, report: &mut Report) -> Result<()> {
    let (train, test) = (read(data, "train.tsv")?, read(data, "test.tsv")?);
    say("session neighbours: ours");
    let mut clicks = Clicks::default();
    let past = clicks.sessions(&train)?;
    let asks = clicks.sessions(&test)?;
    let ours = ours(past, &asks, clicks.items.len())?;
    report.figure("vmis_asked", ours.asked as f64);
    report.figure("vmis_fit_s", ours.fit_s);
    report.figure("vmis_mrr_20", ours.mrr);
    report.figure("vmis_hr_20", ours.hit_rate);
    report.figure("vmis_p50_us", ours.took.p50);
    report.aimed("vmis_p90_us", ours.took.p90, 50.0);
    report.figure("vmis_p99_us", ours.took.p99);
    let Some(program) = peer else { bail!("not given; see --serenade") };
    say("session neighbours: serenade");
    let theirs = theirs(program, &train, &test)?;
    let figure = |name: &str| theirs[name].as_f64().unwrap_or(f64::NAN);
    report.figure("serenade_asked", figure("asked"));
    report.figure("serenade_fit_s", figure("fit_s"));
    report.figure("serenade_mrr_20", figure("mrr@20"));
    report.figure("serenade_hr_20", figure("hr@20"));
    report.figure("serenade_p50_us", figure("p50_us"));
    report.figure("serenade_p90_us", figure("p90_us"));
    report.figure("serenade_p99_us", figure("p99_us"));
    report.figure("serenade_p90_over_ours", figure("p90_us") / ours.took.p90);
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

struct Ours {
    asked: usize,
    fit_s: f64,
    mrr: f64,
    hit_rate: f64,
    took: Micros,
}

fn ours(past: Vec<Vec<Event>>, asks: &[Vec<Event>], items: usize) -> Result<Ours> {
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
    let prefixes: Vec<(Vec<u32>, u32)> =
        asks.iter().flat_map(|session| prefixes(session)).collect();
    let (mut scratch, mut out) = (VmisScratch::default(), Vec::new());
    let (mut reciprocal, mut hits, mut took) = (0.0, 0.0, Micros::NONE);
    for pass in 0..PASSES {
        let mut took_us = Vec::with_capacity(prefixes.len());
        for (session, next) in &prefixes {
            let started = Instant::now();
            let ask = VmisAsk { session, tail: None, except: None };
            model.query(&ask, COUNT, &mut scratch, &mut out);
            took_us.push(started.elapsed().as_secs_f64() * 1e6);
            if pass == 0 {
                let judged = Hits::new(out.iter().map(|(item, _)| *item), &[*next]);
                reciprocal += judged.reciprocal_rank(COUNT);
                hits += judged.hit_rate(COUNT);
            }
        }
        if pass > 0 {
            took = took.better(took_us);
        }
    }
    let asked = prefixes.len();
    let each = 1.0 / asked.max(1) as f64;
    Ok(Ours { asked, fit_s, mrr: reciprocal * each, hit_rate: hits * each, took })
}

/// What was clicked so far, and what came next.
fn prefixes(session: &[Event]) -> Vec<(Vec<u32>, u32)> {
    let mut session = session.to_vec();
    session.sort_by_key(|event| event.at_s);
    let items: Vec<u32> = session.iter().map(|event| event.item).collect();
    (1..items.len()).map(|end| (items[..end].to_vec(), items[end])).collect()
}

/// Runs the peer on the same texts; it writes one JSON object as its last line.
fn theirs(program: &Path, train: &str, test: &str) -> Result<Value> {
    let folder = std::env::temp_dir().join(format!("shopkeeper-peers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("making a folder for the peer's files")?;
    let (train_path, test_path) = (folder.join("train.txt"), folder.join("test.txt"));
    std::fs::write(&train_path, train)?;
    std::fs::write(&test_path, test)?;
    let mut command = Command::new(program);
    command.arg(&train_path).arg(&test_path);
    let figures = last_line(&mut command);
    // Left behind when it cannot be removed; the system's own sweep takes it.
    let _ = std::fs::remove_dir_all(&folder);
    figures
}

/// Runs a peer to its end and reads the last line that it wrote.
pub(super) fn last_line(command: &mut Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("starting {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}", output.status);
    }
    let text = String::from_utf8(output.stdout).context("reading a peer's figures")?;
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).with_context(|| format!("{line:?} is not a peer's figures"))
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
        let ours = ours(past, &asks, 5).unwrap();
        assert_eq!((ours.asked, ours.hit_rate), (2, 1.0));
        assert!(ours.mrr >= 0.5 && ours.took.p99 >= ours.took.p50);
    }
}
