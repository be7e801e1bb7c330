//! How fast does a full shop answer, hear and start?
//!
//! The server is a process of its own with the product's defaults; this one only asks. Three kinds
//! of traffic come at once (home asks, batches of events that must be durable, and probes that
//! post an event and look for it in the next answer), then session asks alone, then two restarts.

use super::histogram::Histogram;
use super::http::{Connection, get};
use super::load::{Came, Outcome, Plan};
use super::process::{Memory, Served, Server};
use super::report::Report;
use super::shop::{Made, Size, ready};
use super::{machine, say, traffic};
use crate::settings::ConfigArgs;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Events in one post, as a shop's server would gather them.
const BATCH: usize = 10;
/// Probes each second.
const PROBES_PER_S: f64 = 10.0;
/// Traffic that comes before it counts.
const WARM_UP: Duration = Duration::from_secs(3);
/// Different session asks.
const VISITS: usize = 5_000;

/// Recommendations over HTTP on a generated shop
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper bench recommend
  shopkeeper bench recommend --items 5000 --customers 20000 --events 200000 --seconds 10
  shopkeeper bench recommend --json > figures.json

The shop is made and trained once, in --dir [default: data/bench-ITEMS-CUSTOMERS-EVENTS], and used
again by the next run.")]
pub(crate) struct RecommendArgs {
    /// Items in the catalogue
    #[arg(long, default_value_t = 100_000)]
    items: u32,
    /// Customers who may come
    #[arg(long, default_value_t = 1_000_000)]
    customers: u32,
    /// Events in the shop's past
    #[arg(long, default_value_t = 10_000_000)]
    events: u64,
    /// Home asks each second
    #[arg(long, default_value_t = 300.0)]
    rate: f64,
    /// Events each second meanwhile
    #[arg(long, default_value_t = 1_000.0)]
    event_rate: f64,
    /// Session asks each second, afterwards
    #[arg(long, default_value_t = 2_000.0)]
    session_rate: f64,
    /// How long each kind of traffic is measured, in seconds
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// The same seed gives the same shop and the same traffic
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The program to measure [default: this one]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Print one JSON object on standard output instead of a table
    #[arg(long)]
    json: bool,
}

impl RecommendArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        for rate in [self.rate, self.event_rate, self.session_rate] {
            ensure!(
                rate > 0.0 && rate <= 1e6,
                "rates are above 0 and at most 1,000,000, not {rate}"
            );
        }
        ensure!(self.customers > 0 && self.seconds > 0, "a shop without customers or time");
        let Self { items, customers, events, seed, .. } = *self;
        let dir = config
            .dir
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("data/bench-{items}-{customers}-{events}")));
        let mut report = Report::new("recommend");
        let product = Served::new(self.program.as_deref(), config, dir)?;
        let made = ready(config, &product, Size { items, customers, events, seed })?;
        tell_made(&mut report, &made);

        let first = traffic::home("c1");
        let start = |report: &mut Report, names: [&'static str; 2]| -> Result<Server> {
            let mut server = product.serve()?;
            let [wall, cpu] = names;
            report.figure(wall, server.first_answer(&first)?.as_secs_f64());
            // Where others slow us down, this is what an idle machine would take.
            report.figure(cpu, server.cpu_s());
            Ok(server)
        };
        say("starting");
        let server = start(&mut report, ["start_s", "start_cpu_s"])?;
        self.serve(&mut report, &made, &server)?;
        say("restarting after a kill");
        server.kill()?;
        let server = start(&mut report, ["restart_after_kill_s", "restart_after_kill_cpu_s"])?;
        say("restarting after a stop");
        report.figure("stop_s", server.stop()?.as_secs_f64());
        start(&mut report, ["restart_s", "restart_cpu_s"])?.stop()?;
        report.figure("load_1m_after", machine::load());
        report.print(self.json)
    }

    /// All traffic, one kind of load after the other.
    fn serve(&self, report: &mut Report, made: &Made, server: &Server) -> Result<()> {
        let shopping = self.shopping(made)?;
        let (lanes, rate) = (32, self.rate);
        say(&format!("{rate} home asks and {} events each second", self.event_rate));
        let from_s = server.cpu_s();
        let came = shopping.run(server.address);
        let cpu_s = server.cpu_s() - from_s;
        let memory = server.memory();
        came.tell(report);
        // Everything that went on meanwhile, for each home ask.
        report.figure("recommend_cpu_ms", cpu_s * 1e3 / came.home.0.asked as f64);

        let plan = self.plan(self.session_rate, lanes, 4);
        let asks = traffic::session_asks(&made.going_on(10 * VISITS as u64), VISITS);
        ensure!(!asks.is_empty(), "nobody visits this shop");
        say(&format!("{} session asks each second", self.session_rate));
        let from_s = server.cpu_s();
        let (outcome, answered) = asked(plan, server.address, &asks);
        let cpu_s = server.cpu_s() - from_s;
        report.figure("session_asked", outcome.latency.count() as f64);
        report.figure("session_p50_ms", outcome.latency.quantile_ms(0.5));
        report.aimed("session_p99_ms", outcome.latency.quantile_ms(0.99), 2.0);
        report.figure("session_think_p50_ms", answered.think.quantile_ms(0.5));
        report.figure("session_think_p99_ms", answered.think.quantile_ms(0.99));
        report.figure("session_cpu_ms", cpu_s * 1e3 / outcome.asked as f64);
        tell_troubles(report, &outcome, ["session_degraded", "session_failed"]);
        tell_memory(report, memory, server.memory());
        Ok(())
    }

    fn shopping(&self, made: &Made) -> Result<Shopping> {
        // Unix milliseconds: ids of one run never meet those of another.
        let run = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
        let run = u64::try_from(run)?;
        let home = self.plan(self.rate, 32, 1);
        let ingest = self.plan(self.event_rate / BATCH as f64, 16, 2);
        let probes = self.plan(PROBES_PER_S, 4, 3);
        let mut visitors = traffic::Visitors::new(self.customers, self.seed);
        let mut coming = |plan: &Plan| -> Vec<String> {
            plan.arrivals().iter().map(|_| visitors.next()).collect()
        };
        let homes = coming(&home).iter().map(|customer| get(&traffic::home(customer))).collect();
        let probed = coming(&probes);
        let posts = ingest.arrivals().len();
        // At least one event a session, so that they never run out.
        let shop = made.going_on((posts * BATCH) as u64);
        let posts = traffic::event_posts(&shop, run, BATCH, posts);
        Ok(Shopping { run, home, homes, ingest, posts, probes, probed })
    }

    fn plan(&self, rate_per_s: f64, lanes: usize, part: u64) -> Plan {
        let span = Duration::from_secs(self.seconds);
        Plan { rate_per_s, warm_up: WARM_UP, span, lanes, seed: self.seed + part }
    }
}

/// Home asks, events and probes, ready to be sent at once.
struct Shopping {
    run: u64,
    home: Plan,
    homes: Vec<Vec<u8>>,
    ingest: Plan,
    posts: Vec<Vec<u8>>,
    probes: Plan,
    probed: Vec<String>,
}

/// What came of them.
struct Shopped {
    home: (Outcome, Answered),
    ingest: Outcome,
    probes: (Outcome, Probed),
}

impl Shopping {
    fn run(&self, address: SocketAddr) -> Shopped {
        std::thread::scope(|scope| {
            let ingest = scope.spawn(|| self.ingest(address));
            let probes = scope.spawn(|| self.probes(address));
            let home = asked(self.home, address, &self.homes);
            let ingest = ingest.join().unwrap_or_default();
            let probes = probes.join().unwrap_or_default();
            Shopped { home, ingest, probes }
        })
    }

    fn ingest(&self, address: SocketAddr) -> Outcome {
        let post = |connection: &mut Connection, number: usize| {
            let body: Value = serde_json::from_slice(connection.ask_ok(&self.posts[number])?)?;
            ensure!(body["accepted"] == BATCH, "not every event was taken: {body}");
            Ok(Came::Whole)
        };
        self.ingest.run(|| Connection::new(address), post).0
    }

    fn probes(&self, address: SocketAddr) -> (Outcome, Probed) {
        let counted_from = self.probes.counted_from();
        let lane = || (Connection::new(address), Probed::default());
        let probe = |(connection, probed): &mut (Connection, Probed), number: usize| {
            let found = self.probe(connection, number)?;
            if number >= counted_from {
                probed.durable.record(found.durable);
                probed.visible.record(found.visible);
                probed.unseen += u64::from(!found.seen);
            }
            Ok(Came::Whole)
        };
        let (outcome, lanes) = self.probes.run(lane, probe);
        let mut all = Probed::default();
        for (_, probed) in lanes {
            all.durable.merge(&probed.durable);
            all.visible.merge(&probed.visible);
            all.unseen += probed.unseen;
        }
        (outcome, all)
    }

    /// Somebody dismisses the first item of their home feed, and looks again at once.
    fn probe(&self, connection: &mut Connection, number: usize) -> Result<Found> {
        let customer = &self.probed[number];
        let ask = get(&traffic::home(customer));
        let before: Value = serde_json::from_slice(connection.ask_ok(&ask)?)?;
        let item = before["items"][0]["item_id"].as_str().context("an empty home feed")?;
        let post = traffic::dismissal(customer, item, self.run, number);

        let happened = Instant::now();
        let receipt: Value = serde_json::from_slice(connection.ask_ok(&post)?)?;
        let durable = happened.elapsed();
        let after = connection.ask_ok(&ask)?;
        let visible = happened.elapsed();

        let after: Value = serde_json::from_slice(after)?;
        let offset =
            receipt["results"][0]["offset"].as_u64().context("a receipt without offset")?;
        let shown = after["items"].as_array().context("an answer without items")?;
        let gone = shown.iter().all(|shown| shown["item_id"] != item);
        let id = after["decision_id"].as_str().context("an answer without decision_id")?;
        let record = connection.ask_ok(&get(&format!("/v1/decisions/{id}")))?;
        let record: Value = serde_json::from_slice(record)?;
        let known = record["customers_as_of"].as_u64().is_some_and(|as_of| as_of > offset);
        Ok(Found { durable, visible, seen: gone && known })
    }
}

/// One probe's spans, from the event to its receipt and to the answer that reflects it.
struct Found {
    durable: Duration,
    visible: Duration,
    /// Whether the answer reflects it: the item is gone, and the record covers the event.
    seen: bool,
}

#[derive(Default)]
struct Probed {
    durable: Histogram,
    visible: Histogram,
    unseen: u64,
}

/// What answers say of themselves.
#[derive(Default)]
struct Answered {
    /// How long the decision alone took.
    think: Histogram,
}

/// Sends `requests` by `plan`, from the first again after the last.
fn asked(plan: Plan, address: SocketAddr, requests: &[Vec<u8>]) -> (Outcome, Answered) {
    let lane = || (Connection::new(address), Answered::default());
    let ask = |(connection, answered): &mut (Connection, Answered), number: usize| {
        let body = connection.ask_ok(&requests[number % requests.len()])?;
        let body = std::str::from_utf8(body)?;
        if body.contains("\"items\":[]") {
            bail!("an empty answer");
        }
        let took_us = body.rsplit_once("\"took_us\":").map_or("", |(_, rest)| rest);
        if let Ok(us) = took_us.trim_end_matches('}').parse() {
            answered.think.record(Duration::from_micros(us));
        }
        Ok(if body.contains("\"degraded\":") { Came::Degraded } else { Came::Whole })
    };
    let (outcome, lanes) = plan.run(lane, ask);
    let mut all = Answered::default();
    lanes.iter().for_each(|(_, answered)| all.think.merge(&answered.think));
    (outcome, all)
}

impl Shopped {
    fn tell(&self, report: &mut Report) {
        let (home, answered) = &self.home;
        let (probes, probed) = &self.probes;
        report.figure("recommend_asked", home.latency.count() as f64);
        report.aimed("recommend_p50_ms", home.latency.quantile_ms(0.5), 5.0);
        report.aimed("recommend_p99_ms", home.latency.quantile_ms(0.99), 15.0);
        report.figure("recommend_max_ms", home.latency.longest_ms());
        report.figure("recommend_service_p99_ms", home.service.quantile_ms(0.99));
        report.figure("recommend_think_p50_ms", answered.think.quantile_ms(0.5));
        report.figure("recommend_think_p99_ms", answered.think.quantile_ms(0.99));
        tell_troubles(report, home, ["recommend_degraded", "recommend_failed"]);
        report.figure("event_to_visible_p50_ms", probed.visible.quantile_ms(0.5));
        report.aimed("event_to_visible_p99_ms", probed.visible.quantile_ms(0.99), 10.0);
        report.figure("event_to_durable_p99_ms", probed.durable.quantile_ms(0.99));
        report.aimed("events_not_visible", probed.unseen as f64, 0.0);
        tell_troubles(report, probes, ["probes_degraded", "probes_failed"]);
        report.figure("ingest_p50_ms", self.ingest.latency.quantile_ms(0.5));
        report.figure("ingest_p99_ms", self.ingest.latency.quantile_ms(0.99));
        tell_troubles(report, &self.ingest, ["ingest_degraded", "ingest_failed"]);
    }
}

/// Says how many answers were lesser ones or none: figures mean nothing without.
fn tell_troubles(report: &mut Report, outcome: &Outcome, names: [&'static str; 2]) {
    let [degraded, failed] = names;
    report.aimed(degraded, outcome.degraded as f64, 0.0);
    report.aimed(failed, (outcome.failed + outcome.left) as f64, 0.0);
    if let Some(why) = &outcome.first_failure {
        report.note(format!("{failed}: the first of {}: {why}", outcome.failed));
    }
    if outcome.left > 0 {
        report.note(format!("{failed}: {} came after the backlog was cut off", outcome.left));
    }
}

fn tell_made(report: &mut Report, made: &Made) {
    report.figure("items", f64::from(made.size.items));
    report.figure("customers", f64::from(made.size.customers));
    report.figure("facts", made.facts as f64);
    report.figure("log_mb", made.log_mb);
    report.figure("fill_s", made.fill_s);
    report.figure("train_s", made.train_s);
    report.figure("train_peak_mb", made.train_peak_mb);
}

/// The larger of what is held after each load, and the most ever held.
fn tell_memory(report: &mut Report, shopping: Memory, sessions: Memory) {
    report.aimed("resident_mb", shopping.resident_mb.max(sessions.resident_mb), 2_048.0);
    report.figure("resident_peak_mb", sessions.peak_mb);
    report.figure("resident_own_mb", shopping.own_mb.max(sessions.own_mb));
}
