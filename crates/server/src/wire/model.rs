//! Models, trainings, experiments and the trail, as they are told.

use super::recommend::ModelOut;
use app::{Job, ModelVersion};
use experiments::{ExperimentResult, Rate};
use govern::TrailEntry;
use registry::{Card, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// One version of a model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelVersion)]
pub(crate) struct ModelVersionOut {
    /// The model's name.
    #[schema(example = "recommend")]
    name: String,
    /// Counts up from 1 with each training.
    version: u32,
    /// `candidate`, `serving` or `retired`.
    #[schema(example = "serving")]
    state: &'static str,
    /// What made it and how good it is.
    card: Option<CardOut>,
    /// Why its card cannot be read, if it cannot.
    damage: Option<String>,
}

/// What made a version and how good it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Card)]
pub(crate) struct CardOut {
    /// When the training ended.
    made_at: String,
    /// First and one past the last log offset read.
    offsets: (u64, u64),
    /// Times of the earliest and the latest fact used.
    times: (String, String),
    /// Training rows.
    rows: u64,
    /// How well it did.
    metrics: Vec<MetricOut>,
    /// Hash of the options it was trained under, 16 hexadecimal digits.
    options: String,
    /// Size of the artefact in bytes.
    artefact_bytes: u64,
    /// SHA-256 of the artefact.
    artefact_sha256: String,
    /// Seconds of training.
    train_s: f64,
    /// Most memory while training, in bytes.
    peak_memory_bytes: u64,
    /// The seed of all chance in it.
    seed: u64,
    /// Anything a person should know.
    notes: String,
}

/// One measured number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Metric, example = json!({
    "name": "ndcg@10", "value": 0.312, "interval": [0.309, 0.315], "protocol": "held-out last day"
}))]
pub(crate) struct MetricOut {
    /// Which measure.
    name: String,
    /// Its value.
    value: f64,
    /// Its 95 % interval.
    interval: Option<(f64, f64)>,
    /// How it was measured.
    protocol: String,
}

impl ModelVersionOut {
    pub(crate) fn new(version: ModelVersion) -> Self {
        let (card, damage) = match version.card {
            Ok(card) => (Some(CardOut::new(&card)), None),
            Err(damage) => (None, Some(damage)),
        };
        Self {
            name: version.model.name.into(),
            version: version.model.version,
            state: version.state.name(),
            card,
            damage,
        }
    }
}

impl CardOut {
    fn new(card: &Card) -> Self {
        let window = card.window;
        let metrics = card.metrics.iter().map(|metric| MetricOut {
            name: metric.name.to_string(),
            value: metric.value,
            interval: metric.interval,
            protocol: metric.protocol.to_string(),
        });
        Self {
            made_at: card.made_at.to_string(),
            offsets: (window.from_offset, window.to_offset),
            times: (window.from_at.to_string(), window.to_at.to_string()),
            rows: window.rows,
            metrics: metrics.collect(),
            options: format!("{:016x}", card.options_hash),
            artefact_bytes: card.artefact_bytes,
            artefact_sha256: card.artefact_sha256.to_string(),
            train_s: card.train_s,
            peak_memory_bytes: card.peak_memory_bytes,
            seed: card.seed,
            notes: card.notes.to_string(),
        }
    }
}

/// Which version serves now, and what the gates said of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Served)]
pub(crate) struct ServedOut {
    /// The version that serves.
    pub(crate) serving: ModelOut,
    /// What each gate said; none after a roll back.
    pub(crate) verdicts: Vec<VerdictOut>,
}

/// What a gate said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub(crate) struct VerdictOut {
    /// The metric it looked at.
    metric: String,
    /// Whether it let the version through.
    passed: bool,
    /// The verdict in words.
    #[schema(example = "ndcg@10 is 0.4820; at least 0.4700 is asked")]
    text: String,
}

impl From<Verdict> for VerdictOut {
    fn from(verdict: Verdict) -> Self {
        Self { metric: verdict.metric.into(), passed: verdict.passed, text: verdict.text }
    }
}

/// Something that runs beside serving.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobOut {
    /// Counts up from 1 since the start.
    id: u64,
    /// `train`.
    kind: &'static str,
    /// `running`, `done` or `failed`.
    #[schema(example = "running")]
    state: &'static str,
    /// The part done, in [0, 1].
    progress: f64,
    /// What it does now, what came of it, or why it failed.
    note: String,
    /// When it began.
    started_at: String,
    /// When it ended.
    ended_at: Option<String>,
}

impl From<Job> for JobOut {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state.name(),
            progress: job.progress,
            note: job.note,
            started_at: job.started_at.to_string(),
            ended_at: job.ended_at.map(|at| at.to_string()),
        }
    }
}

/// One experiment's results so far.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Experiment)]
pub(crate) struct ExperimentOut {
    /// Its name.
    name: String,
    /// Its arms; the first is what the others are compared with.
    arms: Vec<ArmResultOut>,
    /// Chi-square of units by arm against the weights.
    mismatch_statistic: f64,
    /// Its p-value.
    mismatch_p: f64,
    /// Whether the split is broken, so that no other number should be believed.
    mismatch_broken: bool,
}

/// What one arm brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArmResult)]
pub(crate) struct ArmResultOut {
    /// The arm.
    arm: String,
    /// Its configured probability.
    weight: f64,
    /// Answers given.
    answers: u64,
    /// Touches of their items.
    clicks: u64,
    /// Times their items went into a cart.
    carts: u64,
    /// Purchases that name one of them.
    purchases: u64,
    /// What those were worth, refunds taken off.
    #[schema(example = json!(["CNY 129.00"]))]
    value: Vec<String>,
    /// Answers clicked out of answers given.
    click_through: RateOut,
    /// Units that touched something out of units that got an answer.
    units_clicked: RateOut,
    /// Units that bought something out of units that got an answer.
    units_bought: RateOut,
    /// `units_clicked` minus the first arm's, with its 95 % interval.
    lift_clicked: Option<(f64, f64, f64)>,
    /// `units_bought` minus the first arm's, with its 95 % interval.
    lift_bought: Option<(f64, f64, f64)>,
}

/// A rate with its 95 % interval.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rate, example = json!({"hits": 12, "of": 200, "value": 0.06, "low": 0.035, "high": 0.102}))]
pub(crate) struct RateOut {
    /// How many did.
    hits: u64,
    /// Out of how many.
    of: u64,
    /// The rate.
    value: f64,
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
}

impl From<Rate> for RateOut {
    fn from(rate: Rate) -> Self {
        Self { hits: rate.hits, of: rate.of, value: rate.value, low: rate.low, high: rate.high }
    }
}

impl From<ExperimentResult> for ExperimentOut {
    fn from(result: ExperimentResult) -> Self {
        let arms = result.arms.into_iter().map(|arm| {
            let value = arm.counts.value.iter();
            ArmResultOut {
                arm: arm.arm.into(),
                weight: arm.weight,
                answers: arm.counts.answers,
                clicks: arm.counts.clicks,
                carts: arm.counts.carts,
                purchases: arm.counts.purchases,
                value: value
                    .map(|(currency, minor)| commerce::Money::new(*minor, *currency).to_string())
                    .collect(),
                click_through: arm.click_through.into(),
                units_clicked: arm.units_clicked.into(),
                units_bought: arm.units_bought.into(),
                lift_clicked: arm.lift_clicked,
                lift_bought: arm.lift_bought,
            }
        });
        Self {
            name: result.name.into(),
            arms: arms.collect(),
            mismatch_statistic: result.mismatch.statistic,
            mismatch_p: result.mismatch.p,
            mismatch_broken: result.mismatch.broken,
        }
    }
}

/// Something done by somebody with rights.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Audit, example = json!({
    "offset": 1042, "at": "2026-11-11T12:00:00Z", "actor": "ops", "action": "model.promote",
    "subject": "recommend/7", "note": "won the test of last week"
}))]
pub(crate) struct AuditOut {
    /// Where it stands in the log.
    offset: u64,
    /// When.
    at: String,
    /// Who.
    actor: String,
    /// What.
    action: String,
    /// To what.
    subject: String,
    /// Why.
    note: String,
}

impl From<TrailEntry> for AuditOut {
    fn from(entry: TrailEntry) -> Self {
        Self {
            offset: entry.offset,
            at: entry.at.to_string(),
            actor: entry.audit.actor.into(),
            action: entry.audit.action.into(),
            subject: entry.audit.subject.into(),
            note: entry.audit.note.into(),
        }
    }
}
