//! Is it good enough to serve? Checks on a card's metrics, with verdicts that a person can read.

use crate::Card;
use serde::{Deserialize, Serialize};

/// Which way a metric improves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better: nDCG, AUC.
    #[default]
    Higher,
    /// Less is better: log loss, latency.
    Lower,
}

/// One check that a version must pass before it serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gate {
    /// `metric` is at least `bound`.
    AtLeast {
        /// Name of the metric.
        metric: Box<str>,
        /// The least that passes.
        bound: f64,
    },
    /// `metric` is at most `bound`.
    AtMost {
        /// Name of the metric.
        metric: Box<str>,
        /// The most that passes.
        bound: f64,
    },
    /// `metric` is not worse than the serving version's by more than `by`, under one protocol.
    /// Passes when nothing serves yet.
    NotWorse {
        /// Name of the metric.
        metric: Box<str>,
        /// How much worse still passes, in the metric's unit; 0 asks for at least as good.
        by: f64,
        /// Which way the metric improves.
        #[serde(default)]
        better: Better,
    },
}

/// What one gate said of one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The metric it looked at.
    pub metric: Box<str>,
    /// Whether it lets the version through.
    pub passed: bool,
    /// `ndcg@10 is 0.4820; at least 0.4700 is asked`.
    pub text: String,
}

/// Holds `candidate` against every gate; `serving` is the version it would replace.
///
/// A metric that is missing or not a number fails: what was not measured is not good enough.
#[must_use]
pub fn judge(gates: &[Gate], candidate: &Card, serving: Option<&Card>) -> Vec<Verdict> {
    gates.iter().map(|gate| gate.judge(candidate, serving)).collect()
}

impl Gate {
    /// The metric it looks at.
    #[must_use]
    pub fn metric(&self) -> &str {
        match self {
            Self::AtLeast { metric, .. }
            | Self::AtMost { metric, .. }
            | Self::NotWorse { metric, .. } => metric,
        }
    }

    fn judge(&self, candidate: &Card, serving: Option<&Card>) -> Verdict {
        let name = self.metric();
        let say = |passed, text| Verdict { metric: name.into(), passed, text };
        let Some(metric) = candidate.metric(name) else {
            return say(false, format!("{name} was not measured"));
        };
        let value = metric.value;
        if !value.is_finite() {
            return say(false, format!("{name} is {value}, which is no measurement"));
        }
        match self {
            Self::AtLeast { bound, .. } => {
                say(value >= *bound, format!("{name} is {value:.4}; at least {bound:.4} is asked"))
            }
            Self::AtMost { bound, .. } => {
                say(value <= *bound, format!("{name} is {value:.4}; at most {bound:.4} is asked"))
            }
            Self::NotWorse { by, better, .. } => {
                let Some(serving) = serving else {
                    return say(true, format!("{name} is {value:.4}; nothing serves yet"));
                };
                let version = serving.version;
                let Some(before) = serving.metric(name) else {
                    let text = format!("{name} is {value:.4}; version {version} lacks it");
                    return say(true, text);
                };
                if before.protocol != metric.protocol {
                    let text = format!(
                        "{name} was measured by {:?} here and by {:?} for version {version}; \
                         they cannot be compared",
                        metric.protocol, before.protocol
                    );
                    return say(false, text);
                }
                let lost = match better {
                    Better::Higher => before.value - value,
                    Better::Lower => value - before.value,
                };
                let text = format!(
                    "{name} is {value:.4} against {:.4} of version {version}; \
                     worse by at most {by:.4} is asked",
                    before.value
                );
                say(lost <= *by, text)
            }
        }
    }
}
