//! How the shop is, what is missing, who is looking: for the console's first pages.

use super::recommend::ModelOut;
use crate::ServerOptions;
use crate::metrics::resident_bytes;
use app::{AppOptions, BEAT_S, Beat, Finding, Overview, Severity, Took};
use commerce::At;
use govern::{Keys, Scope, Scopes};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Whole beats that "now" stands for, beside the one that runs.
const NOW_BEATS: i64 = 2;
/// Seconds over which latencies are told.
const LATENCY_S: i64 = 60;

/// What an operator sees at a glance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Overview)]
pub(crate) struct OverviewOut {
    at: String,
    /// Events a second, over the last 10 to 15 seconds.
    events_per_s: f64,
    /// Decisions a second, over the last 10 to 15 seconds.
    decisions_per_s: f64,
    /// Facts in the log, and its size on disk.
    facts_total: u64,
    log_bytes: u64,
    /// Events and decisions since the log began.
    events_total: u64,
    decisions_total: u64,
    items: u64,
    /// Seconds since the server started, and its resident memory where the system tells.
    uptime_s: u64,
    resident_mb: Option<f64>,
    /// How long decisions took over the last minute.
    latency: LatencyOut,
    /// Lesser answers since the start.
    degraded_total: u64,
    /// The model that serves.
    model: Option<ServingOut>,
    /// The last quarter of an hour, oldest first; beats in which nothing happened are left out.
    series: Vec<BeatOut>,
    /// What each policy's answers brought since the log began.
    policies: Vec<PolicyOut>,
}

/// How long decisions took, from the ask to the record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Latency)]
struct LatencyOut {
    /// Seconds looked back.
    window_s: i64,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
}

/// The model that serves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServingModel)]
struct ServingOut {
    #[serde(flatten)]
    model: ModelOut,
    made_at: String,
    /// Facts that came after those it learned from.
    facts_since: u64,
}

/// What happened in 5 seconds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Beat)]
struct BeatOut {
    /// When they began.
    at: String,
    events: u64,
    decisions: u64,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    /// Lesser answers.
    degraded: u64,
}

/// What a policy's answers brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyClicks)]
struct PolicyOut {
    /// Its name in the configuration, `live`, or the hash of options of the past.
    policy: String,
    answers: u64,
    /// Answers of which at least one item was touched.
    clicked: u64,
    /// Their share, and its 95 % interval (Wilson).
    ctr: f64,
    low: f64,
    high: f64,
}

impl OverviewOut {
    pub(crate) fn new(now: At, uptime_s: u64, overview: Overview) -> Self {
        let health = overview.health;
        let since = |s: i64| {
            let recent = move |beat: &&Beat| beat.at.s() > now.s() - s;
            overview.beats.iter().filter(recent)
        };
        // Two whole beats and as much of this one as has passed.
        let span_s = (NOW_BEATS * BEAT_S + now.s().rem_euclid(BEAT_S)).max(1) as f64;
        let lately = || since(NOW_BEATS * BEAT_S + now.s().rem_euclid(BEAT_S) + 1);
        let mut took = Took::default();
        since(LATENCY_S).for_each(|beat| took.merge(&beat.took));
        let model = health.models.first().map(|(model, made_at)| ServingOut {
            model: ModelOut { name: model.name.to_string(), version: model.version },
            made_at: made_at.to_string(),
            facts_since: overview.facts_since.unwrap_or(0),
        });
        Self {
            at: now.to_string(),
            events_per_s: lately().map(|beat| beat.events).sum::<u64>() as f64 / span_s,
            decisions_per_s: lately().map(|beat| beat.decisions).sum::<u64>() as f64 / span_s,
            facts_total: health.log_facts,
            log_bytes: health.log_bytes,
            events_total: overview.events,
            decisions_total: overview.decisions,
            items: health.items,
            uptime_s,
            resident_mb: resident_bytes().map(|bytes| bytes as f64 / f64::from(1 << 20)),
            latency: LatencyOut {
                window_s: LATENCY_S,
                p50_ms: took.quantile_ms(0.5),
                p99_ms: took.quantile_ms(0.99),
            },
            degraded_total: health.degraded_total,
            model,
            series: overview.beats.iter().map(BeatOut::new).collect(),
            policies: overview.policies.into_iter().map(PolicyOut::from).collect(),
        }
    }
}

impl BeatOut {
    fn new(beat: &Beat) -> Self {
        Self {
            at: beat.at.to_string(),
            events: beat.events,
            decisions: beat.decisions,
            p50_ms: beat.took.quantile_ms(0.5),
            p99_ms: beat.took.quantile_ms(0.99),
            degraded: beat.degraded,
        }
    }
}

impl From<app::PolicyClicks> for PolicyOut {
    fn from(one: app::PolicyClicks) -> Self {
        let rate = one.rate;
        Self {
            policy: one.name,
            answers: rate.of,
            clicked: rate.hits,
            ctr: rate.value,
            low: rate.low,
            high: rate.high,
        }
    }
}

/// What the doctor found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Findings)]
pub(crate) struct FindingsOut {
    findings: Vec<FindingOut>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingOut {
    /// `good`, `weak` (answers are worse than they could be) or `missing` (something cannot work).
    level: &'static str,
    about: &'static str,
    /// What was found, with numbers.
    found: String,
    /// What to do; empty when all is well.
    mend: String,
}

impl FindingsOut {
    pub(crate) fn new(findings: Vec<Finding>) -> Self {
        let out = |one: Finding| FindingOut {
            level: match one.severity {
                Severity::Fine => "good",
                Severity::Weak => "weak",
                Severity::Missing => "missing",
            },
            about: one.about,
            found: one.found,
            mend: one.mend,
        };
        Self { findings: findings.into_iter().map(out).collect() }
    }
}

/// Who is looking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionOut {
    /// Whether no key is asked for here.
    open: bool,
    /// Whose key it is; none without one.
    operator: Option<OperatorOut>,
}

/// An operator, by their key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operator)]
struct OperatorOut {
    name: String,
    /// `owner` may everything, `engineer` trains and promotes, `marketer` sends events and the
    /// catalogue, `viewer` reads.
    role: &'static str,
    scopes: Vec<&'static str>,
}

impl SessionOut {
    pub(crate) fn new(open: bool, key: Option<(&str, Scopes)>) -> Self {
        let operator = key.map(|(name, scopes)| OperatorOut {
            name: name.to_owned(),
            role: role(scopes),
            scopes: names(scopes),
        });
        Self { open, operator }
    }
}

fn names(scopes: Scopes) -> Vec<&'static str> {
    Scope::ALL.into_iter().filter(|scope| scopes.allow(*scope)).map(Scope::name).collect()
}

fn role(scopes: Scopes) -> &'static str {
    if scopes.allow(Scope::Admin) {
        "owner"
    } else if scopes.allow(Scope::ModelsWrite) {
        "engineer"
    } else if scopes.allow(Scope::EventsWrite) || scopes.allow(Scope::CatalogueWrite) {
        "marketer"
    } else {
        "viewer"
    }
}

/// What the server runs with. Never a secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsOut {
    /// The sections of the configuration; `shopkeeper config --reference` says what each option is.
    sections: Vec<SectionOut>,
    keys: Vec<KeyOut>,
    /// What the door takes at once: the numbers of `[server]`.
    limits: Vec<OptionOut>,
}

/// A section of the configuration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Section)]
struct SectionOut {
    name: String,
    options: Vec<OptionOut>,
}

/// An option in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Setting)]
struct OptionOut {
    /// Its name within the section, parts joined by dots.
    name: String,
    #[schema(value_type = Object)]
    value: Value,
    #[schema(value_type = Object)]
    default: Value,
}

/// A key and what it may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
struct KeyOut {
    name: String,
    scopes: Vec<&'static str>,
    /// Requests a second, 0 for any number, and how many at once.
    requests_per_s: u32,
    burst: u32,
}

impl SettingsOut {
    pub(crate) fn new(app: &AppOptions, server: &ServerOptions, keys: &Keys) -> Self {
        let (own, usual) = (values(app), values(&AppOptions::default()));
        let sections = own.into_iter().map(|(name, value)| {
            let options = options(&value, &usual[&name]);
            SectionOut { name, options }
        });
        let (door, usual) = (values(server), values(&ServerOptions::default()));
        let is_limit = |option: &OptionOut| option.value.is_u64();
        let mut limits = options(&door.into(), &usual.into());
        limits.retain(is_limit);
        let key = |key: &govern::Key| KeyOut {
            name: key.name.to_string(),
            scopes: names(key.scopes),
            requests_per_s: key.requests_per_s,
            burst: key.burst,
        };
        let mut keys: Vec<KeyOut> = keys.iter().map(key).collect();
        keys.sort_by(|a, b| a.name.cmp(&b.name));
        Self { sections: sections.collect(), keys, limits }
    }
}

/// The fields of options that can always be put into JSON.
fn values(of: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Every option within `value`, and what it is by default.
fn options(value: &Value, usual: &Value) -> Vec<OptionOut> {
    fn walk(name: &str, value: &Value, usual: &Value, out: &mut Vec<OptionOut>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    let dot = if name.is_empty() { "" } else { "." };
                    walk(&format!("{name}{dot}{key}"), value, &usual[key], out);
                }
            }
            _ => {
                let (value, default) = (value.clone(), usual.clone());
                out.push(OptionOut { name: name.to_owned(), value, default });
            }
        }
    }
    let mut out = Vec::new();
    walk("", value, usual, &mut out);
    out
}
