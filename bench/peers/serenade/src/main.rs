//! How good and how fast is Serenade on these sessions? Its own index, prediction and measures.
//!
//! `serenade-peer TRAIN TEST` reads two of its tab-separated files, writes one JSON object, and then
//! another for each line of standard input: a pass over the test sessions on one thread. So another
//! program can be timed in turn with it. The options are those its README found by search.

use serde_json::json;
use serenade::metrics::SessionMetric;
use serenade::metrics::{hitrate::HitRate, mrr::Mrr, ndcg::Ndcg};
use serenade::vmisknn::{predict, vmis_index::VMISIndex};
use std::io::BufRead;
use std::time::Instant;

const RECENT_SESSIONS: usize = 1_502;
const NEIGHBOURS: usize = 288;
const IDF_WEIGHTING: f64 = 1.0;
const LAST_ITEMS: usize = 4;
const ANSWERED: usize = 21;
const JUDGED: usize = 20;

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(train), Some(test)) = (args.next(), args.next()) else {
        eprintln!("usage: serenade-peer TRAIN TEST");
        std::process::exit(2);
    };
    let started = Instant::now();
    let index = VMISIndex::new_from_csv(&train, RECENT_SESSIONS, IDF_WEIGHTING);
    println!("{}", json!({ "fit_s": started.elapsed().as_secs_f64() }));
    // In the order of their ids: the map that it reads into has none.
    let mut sessions: Vec<_> = serenade::io::read_test_data_evolving(&test).into_iter().collect();
    sessions.sort_unstable();
    for _ in std::io::stdin().lock().lines() {
        println!("{}", pass(&index, &sessions));
    }
}

/// What comes next in each prefix of each session?
fn pass(index: &VMISIndex, sessions: &[(u32, Vec<u64>)]) -> serde_json::Value {
    let mut metrics: [Box<dyn SessionMetric>; 3] =
        [Box::new(Mrr::new(JUDGED)), Box::new(HitRate::new(JUDGED)), Box::new(Ndcg::new(JUDGED))];
    let mut took_us = Vec::new();
    for (_, items) in sessions {
        for end in 1..items.len() {
            let session = &items[end.saturating_sub(LAST_ITEMS)..end];
            let started = Instant::now();
            let found = predict(index, session, NEIGHBOURS, RECENT_SESSIONS, ANSWERED, false);
            took_us.push(started.elapsed().as_secs_f64() * 1e6);
            let ids: Vec<u64> = found.into_sorted_vec().iter().map(|s| s.id).collect();
            metrics.iter_mut().for_each(|metric| metric.add(&ids, &items[end..]));
        }
    }
    let asked = took_us.len();
    took_us.sort_unstable_by(f64::total_cmp);
    let quantile = |share: f64| took_us[((asked as f64 * share) as usize).min(asked - 1)];
    json!({
        "asked": asked,
        "mrr@20": metrics[0].result(),
        "hr@20": metrics[1].result(),
        "ndcg@20": metrics[2].result(),
        "p50_us": quantile(0.5),
        "p90_us": quantile(0.9),
        "p99_us": quantile(0.99),
    })
}
