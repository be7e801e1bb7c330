//! How is the server doing? Counters and histograms, and their Prometheus text.

use crate::door::Door;
use app::Health;
use commerce::At;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Upper ends of the latency buckets, in microseconds: three for each factor of ten.
const BUCKETS_US: [u64; 15] = [
    200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000, 5_000_000, 10_000_000,
];
/// Classes of answers.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What happened on one route.
#[derive(Debug, Default)]
pub(crate) struct RouteMetrics {
    by_class: [AtomicU64; CLASSES.len()],
    by_latency: [AtomicU64; BUCKETS_US.len() + 1],
    total_us: AtomicU64,
}

impl RouteMetrics {
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, CLASSES.len()) - 1;
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_US.partition_point(|end| *end < us);
        self.by_class[class].fetch_add(1, Ordering::Relaxed);
        self.by_latency[bucket].fetch_add(1, Ordering::Relaxed);
        self.total_us.fetch_add(us, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.by_latency.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// By place in the table of routes; the last is for what is no route.
    pub(crate) routes: Vec<RouteMetrics>,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) connections: AtomicUsize,
    pub(crate) shed: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) duplicate: AtomicU64,
    pub(crate) rejected: AtomicU64,
}

impl Metrics {
    pub(crate) fn new(routes: usize) -> Self {
        Self {
            routes: (0..=routes).map(|_| RouteMetrics::default()).collect(),
            in_flight: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            shed: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            duplicate: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
        }
    }

    /// The Prometheus text format, version 0.0.4. `names` are `(method, path)` of each route.
    pub(crate) fn text(
        &self,
        names: &[(&str, &str)],
        health: &Health,
        door: &Door,
        now: At,
    ) -> String {
        let (ready, waiting) = (!door.is_draining(), door.seats.waiting());
        let mut page = Page::default();
        self.route_lines(&mut page, names);
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let size = |count: &AtomicUsize| count.load(Ordering::Relaxed) as u64;
        page.one("shopkeeper_ready", "gauge", "1 when asks can be answered", ready.into());
        page.one("shopkeeper_in_flight", "gauge", "Requests in work", size(&self.in_flight));
        page.one("shopkeeper_waiting", "gauge", "Asks that wait for their turn", waiting as u64);
        page.one("shopkeeper_connections", "gauge", "Open connections", size(&self.connections));
        page.one(
            "shopkeeper_shed_total",
            "counter",
            "Requests refused when full",
            load(&self.shed),
        );
        page.head("shopkeeper_facts_total", "counter", "Facts sent, by what came of them");
        for (result, count) in [
            ("accepted", &self.accepted),
            ("duplicate", &self.duplicate),
            ("rejected", &self.rejected),
        ] {
            page.line(format_args!("shopkeeper_facts_total{{result=\"{result}\"}}"), load(count));
        }
        page.one("shopkeeper_log_offset", "gauge", "Facts in the log", health.log_facts);
        page.one("shopkeeper_log_bytes", "gauge", "Bytes of the log on disk", health.log_bytes);
        let degraded = health.degraded_total;
        page.one("shopkeeper_degraded_total", "counter", "Lesser answers given", degraded);
        page.head("shopkeeper_model_version", "gauge", "The version that serves");
        for (model, _) in &health.models {
            let name = &model.name;
            page.line(
                format_args!("shopkeeper_model_version{{model=\"{name}\"}}"),
                model.version.into(),
            );
        }
        page.head("shopkeeper_model_age_seconds", "gauge", "Age of the version that serves");
        for (model, made_at) in &health.models {
            let age_s = u64::try_from(now.since_ms(*made_at) / 1_000).unwrap_or(0);
            let name = &model.name;
            page.line(format_args!("shopkeeper_model_age_seconds{{model=\"{name}\"}}"), age_s);
        }
        page.head("shopkeeper_webhook_attempts_total", "counter", "Messages sent, by outcome");
        for (result, count) in [("arrived", &door.webhooks.sent), ("failed", &door.webhooks.failed)]
        {
            let name = format_args!("shopkeeper_webhook_attempts_total{{result=\"{result}\"}}");
            page.line(name, load(count));
        }
        let (undelivered, dead) = door.webhooks.left();
        let help = "Messages that have not arrived yet";
        page.one("shopkeeper_webhook_undelivered", "gauge", help, undelivered as u64);
        page.one("shopkeeper_webhook_dead", "gauge", "Messages given up", dead as u64);
        if let Some(bytes) = resident_bytes() {
            page.one("process_resident_memory_bytes", "gauge", "Resident memory", bytes);
        }
        page.0
    }

    fn route_lines(&self, page: &mut Page, names: &[(&str, &str)]) {
        let other = [("ANY", "other")];
        let named = || self.routes.iter().zip(names.iter().chain(&other));
        let used = || named().filter(|(route, _)| route.count() > 0);
        page.head("shopkeeper_requests_total", "counter", "Requests answered");
        for (route, (method, path)) in used() {
            for (class, count) in CLASSES.iter().zip(&route.by_class) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    page.line(
                        format_args!(
                            "shopkeeper_requests_total{{method=\"{method}\",route=\"{path}\",status=\"{class}\"}}"
                        ),
                        count,
                    );
                }
            }
        }
        page.head(
            "shopkeeper_request_seconds",
            "histogram",
            "Time from headers read to answer made",
        );
        for (route, (method, path)) in used() {
            let labels = format!("method=\"{method}\",route=\"{path}\"");
            let mut below = 0;
            for (place, count) in route.by_latency.iter().enumerate() {
                below += count.load(Ordering::Relaxed);
                let end = match BUCKETS_US.get(place) {
                    Some(us) => (*us as f64 / 1e6).to_string(),
                    None => "+Inf".to_owned(),
                };
                page.line(
                    format_args!("shopkeeper_request_seconds_bucket{{{labels},le=\"{end}\"}}"),
                    below,
                );
            }
            let total_s = route.total_us.load(Ordering::Relaxed) as f64 / 1e6;
            let _ = writeln!(page.0, "shopkeeper_request_seconds_sum{{{labels}}} {total_s}");
            page.line(format_args!("shopkeeper_request_seconds_count{{{labels}}}"), below);
        }
    }
}

/// The text as it grows. Writing to a `String` cannot fail, so results are let go.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: std::fmt::Arguments<'_>, value: u64) {
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.line(format_args!("{name}"), value);
    }
}

/// Resident memory in bytes, where the system tells (Linux).
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1_024)
}
