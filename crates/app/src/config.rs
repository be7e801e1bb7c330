//! What may an operator choose? Every section of `shopkeeper.toml` but the server's own.

use experiments::ExperimentOptions;
use features::FeatureOptions;
use recommend::RecommendOptions;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The whole configuration of what lies behind the door.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppOptions {
    /// Where things are kept.
    pub store: StoreOptions,
    /// What is remembered of customers and items.
    pub features: FeatureOptions,
    /// What may be done with personal data.
    pub govern: govern::GovernOptions,
    /// How any decision runs.
    pub decide: DecideOptions,
    /// What is recommended, and how.
    pub recommend: RecommendOptions,
    /// Other ways to recommend, by name, for experiments' arms and the shadow: only what differs
    /// from `[recommend]`.
    pub policies: std::collections::BTreeMap<String, toml::Table>,
    /// Which of `[policies]` is asked beside the live one, without answering. Default: none.
    pub shadow: Option<String>,
    /// What is tried on whom.
    pub experiments: Vec<ExperimentOptions>,
    /// When models are trained.
    pub train: TrainOptions,
    /// The door's own section, which is read elsewhere and only passed over here.
    #[serde(skip_serializing)]
    pub server: serde::de::IgnoredAny,
}

impl AppOptions {
    /// Checks the numbers of the sections that are `app`'s own; each line names an option, what
    /// was seen and what is allowed.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (store, wide) = (&self.store, |n: usize| n as u64);
        let ranges = [
            ("store.segment_mib", store.segment_mib.into(), 1, 1_024),
            ("store.sync_within_ms", store.sync_within_ms, 1, 60_000),
            ("store.snapshot_every", store.snapshot_every, 10_000, 100_000_000),
            ("store.snapshots_kept", wide(store.snapshots_kept), 1, 100),
            ("govern.trail_entries", wide(self.govern.trail_entries), 0, 1_000_000),
            ("decide.budget_ms", self.decide.budget_ms, 1, 10_000),
            ("train.every_hours", self.train.every_hours.into(), 0, 8_760),
            ("train.keep", wide(self.train.keep), 0, 1_000),
        ];
        let wrong = ranges.iter().filter(|(_, seen, least, most)| !(least..=most).contains(&seen));
        let told = wrong.map(|(name, seen, least, most)| {
            format!("{name} is {seen}; allowed: {least} to {most}")
        });
        let mut told: Vec<String> = told.collect();
        told.extend(self.train.recommend.check().iter().map(ToString::to_string));
        for (place, gate) in self.train.gates.iter().enumerate() {
            let (name, seen) = match gate {
                registry::Gate::AtLeast { bound, .. } | registry::Gate::AtMost { bound, .. } => {
                    ("bound", bound)
                }
                registry::Gate::NotWorse { by, .. } => ("by", by),
            };
            if !seen.is_finite() {
                told.push(format!("train.gates[{place}].{name} is {seen}; allowed: a number"));
            }
        }
        if told.is_empty() { Ok(()) } else { Err(told.join("\n")) }
    }
}

/// `[store]`: where things are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreOptions {
    /// The data directory; made when it is not there. Default `data`.
    pub dir: PathBuf,
    /// Size at which a file of the log is sealed, in MiB, 1 to 1024. Default 128.
    pub segment_mib: u32,
    /// Longest time that facts acknowledged from memory stay off the disk, in milliseconds, 1 to
    /// 60000. Default 200.
    pub sync_within_ms: u64,
    /// Facts after which the state is written down, so that a restart reads at most this many
    /// again; 10,000 to 100,000,000. Default 1,000,000 (about one or two seconds of restart).
    pub snapshot_every: u64,
    /// Snapshots kept, 1 to 100. Default 2.
    pub snapshots_kept: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            dir: "data".into(),
            segment_mib: 128,
            sync_within_ms: 200,
            snapshot_every: 1_000_000,
            snapshots_kept: 2,
        }
    }
}

/// `[decide]`: how any decision runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecideOptions {
    /// How long a decision may think, in milliseconds, 1 to 10,000. Default 50. When time is up
    /// it answers with what it has, and the record says so.
    pub budget_ms: u64,
}

impl Default for DecideOptions {
    fn default() -> Self {
        Self { budget_ms: 50 }
    }
}

/// `[train]`: when models are trained beside serving, and what they must reach.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainOptions {
    /// Hours between trainings by the clock, 0 to 8,760; 0 trains only when asked. Default 24.
    pub every_hours: u32,
    /// What a version must reach before it serves. Default: nDCG@10 not more than 0.02 below the
    /// serving version's.
    pub gates: Vec<registry::Gate>,
    /// Versions kept besides the serving one and the one before it, 0 to 1,000. Default 5.
    pub keep: usize,
    /// How the recommender learns. Beside serving its threads run at the lowest priority, so that
    /// answers go first.
    pub recommend: recommend::TrainOptions,
}

impl Default for TrainOptions {
    fn default() -> Self {
        let gate = registry::Gate::NotWorse {
            metric: "ndcg@10".into(),
            by: 0.02,
            better: registry::Better::Higher,
        };
        Self {
            every_hours: 24,
            gates: vec![gate],
            keep: 5,
            recommend: recommend::TrainOptions::default(),
        }
    }
}
