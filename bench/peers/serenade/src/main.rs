//! How good and how fast is Serenade on these sessions? Its own index, prediction and measures.
//!
//! `serenade-peer TRAIN TEST` reads two of its tab-separated files and writes one JSON object as
//! the last line of standard output. The options are those its README found by search.

use serde_json::json;
use serenade::metrics::SessionMetric;
use serenade::metrics::{hitrate::HitRate, mrr::Mrr, ndcg::Ndcg};
use serenade::vmisknn::{predict, vmis_index::VMISIndex};
use std::time::Instant;

const RECENT_SESSIONS: usize = 1_502;
const NEIGHBOURS: usize = 288;
const IDF_WEIGHTING: f64 = 1.0;
const LAST_ITEMS: usize = 4;
const ANSWERED: usize = 21;
const JUDGED: usize = 20;
/// Passes over the test sessions: the first warms up, the best quantiles of the others count.
const PASSES: usize = 6;

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(train), Some(test)) = (args.next(), args.next()) else {
        eprintln!("usage: serenade-peer TRAIN TEST");
        std::process::exit(2);
    };
    let started = Instant::now();
    let index = VMISIndex::new_from_csv(&train, RECENT_SESSIONS, IDF_WEIGHTING);
    let fit_s = started.elapsed().as_secs_f64();
    // In the order of their ids: the map that it reads into has none.
    let mut sessions: Vec<_> = serenade::io::read_test_data_evolving(&test).into_iter().collect();
    sessions.sort_unstable();

    let mut metrics: [Box<dyn SessionMetric>; 3] =
        [Box::new(Mrr::new(JUDGED)), Box::new(HitRate::new(JUDGED)), Box::new(Ndcg::new(JUDGED))];
    let mut best_us = [f64::INFINITY; 3];
    let mut asked = 0;
    for pass in 0..PASSES {
        let mut took_us = Vec::new();
        for (_, items) in &sessions {
            for end in 1..items.len() {
                let session = &items[end.saturating_sub(LAST_ITEMS)..end];
                let started = Instant::now();
                let found = predict(&index, session, NEIGHBOURS, RECENT_SESSIONS, ANSWERED, false);
                took_us.push(started.elapsed().as_secs_f64() * 1e6);
                if pass == 0 {
                    let ids: Vec<u64> = found.into_sorted_vec().iter().map(|s| s.id).collect();
                    metrics.iter_mut().for_each(|metric| metric.add(&ids, &items[end..]));
                }
            }
        }
        asked = took_us.len();
        took_us.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| took_us[((asked as f64 * share) as usize).min(asked - 1)];
        if pass > 0 {
            for (best, share) in best_us.iter_mut().zip([0.5, 0.9, 0.99]) {
                *best = best.min(quantile(share));
            }
        }
    }
    let figures = json!({
        "asked": asked,
        "fit_s": fit_s,
        "mrr@20": metrics[0].result(),
        "hr@20": metrics[1].result(),
        "ndcg@20": metrics[2].result(),
        "p50_us": best_us[0],
        "p90_us": best_us[1],
        "p99_us": best_us[2],
    });
    println!("{figures}");
}
