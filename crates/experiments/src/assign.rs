//! Which arm does this unit see?
//!
//! Two draws of a bucket in 0..10,000: `layer:NAME` says which experiment of the layer has this
//! unit, `arm:NAME` says which arm of it. A bucket is SHA-256 of `salt/unit`, its first eight
//! bytes read as a big-endian number, modulo 10,000. That costs a fraction of a microsecond, is
//! independent for every salt, and can be recomputed by an analyst in one line of Python or SQL:
//!
//! ```text
//! int(hashlib.sha256(b"arm:ranker/c-42").hexdigest()[:16], 16) % 10000
//! ```

use crate::{ExperimentError, ExperimentOptions, Unit};
use commerce::{ArmRef, Who};
use sha2::{Digest as _, Sha256};
use std::ops::Range;

/// Into how many equal parts units are divided: allocations and weights are multiples of 1/10,000.
pub const BUCKETS: u32 = 10_000;

/// The bucket of `unit` under `salt`, in 0..[`BUCKETS`]; see the module for the formula.
#[must_use]
pub fn bucket(salt: &str, unit: &str) -> u32 {
    (digest(salt, unit.as_bytes()) % u64::from(BUCKETS)) as u32
}

/// The first eight bytes of SHA-256 of `salt/unit`: the same in every release and on every machine.
pub(crate) fn digest(salt: &str, unit: &[u8]) -> u64 {
    let digest = Sha256::new().chain_update(salt).chain_update("/").chain_update(unit).finalize();
    let mut first = [0u8; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

/// The experiments of a config, checked and laid out.
#[derive(Clone, Debug, Default)]
pub struct Experiments {
    running: Vec<Experiment>,
}

#[derive(Clone, Debug)]
struct Experiment {
    options: ExperimentOptions,
    layer_salt: String,
    arm_salt: String,
    /// Its part of the layer.
    taken: Range<u32>,
    /// Where each arm ends, ascending; the last is [`BUCKETS`].
    arm_ends: Vec<u32>,
}

/// One arm that a decision runs under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assigned<'a> {
    /// Which experiment.
    pub experiment: &'a str,
    /// Which arm.
    pub arm: &'a str,
    /// The policy that the arm runs under, when it names one.
    pub policy: Option<&'a str>,
    /// What it was drawn for.
    pub unit: Unit,
    /// The exact probability of this arm given that the unit takes part, in (0, 1].
    pub propensity: f32,
}

impl Assigned<'_> {
    /// As the decision record keeps it.
    #[must_use]
    pub fn to_ref(self) -> ArmRef {
        ArmRef {
            experiment: self.experiment.into(),
            arm: self.arm.into(),
            propensity: self.propensity,
        }
    }
}

impl Experiments {
    /// Checks `options` and lays experiments of one layer side by side.
    ///
    /// # Errors
    /// The first [`ExperimentError`] found, in the order of the config.
    pub fn new(options: &[ExperimentOptions]) -> Result<Self, ExperimentError> {
        let mut running: Vec<Experiment> = Vec::with_capacity(options.len());
        for one in options {
            if running.iter().any(|other| other.options.name == one.name) {
                return Err(ExperimentError::Twice { name: one.name.to_string() });
            }
            let experiment = lay_out(one, &running)?;
            running.push(experiment);
        }
        Ok(Self { running })
    }

    /// Whether nothing is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// The options they were made from, in the order of the config.
    pub fn options(&self) -> impl Iterator<Item = &ExperimentOptions> {
        self.running.iter().map(|experiment| &experiment.options)
    }

    /// The arms that a decision of `kind` for `who` runs under, in the order of the config.
    pub fn assign<'a>(
        &'a self,
        kind: &'a str,
        who: &'a Who,
    ) -> impl Iterator<Item = Assigned<'a>> + 'a {
        self.running.iter().filter_map(move |experiment| experiment.assign(kind, who))
    }

    /// The unit of `who` that experiment `name` draws for, if it is configured and one is known.
    #[must_use]
    pub fn unit_of<'a>(&self, name: &str, who: &'a Who) -> Option<(Unit, &'a str)> {
        let experiment = self.running.iter().find(|one| &*one.options.name == name)?;
        unit_of(&experiment.options.units, who)
    }
}

impl Experiment {
    fn assign<'a>(&'a self, kind: &str, who: &Who) -> Option<Assigned<'a>> {
        if !self.applies_to(kind) {
            return None;
        }
        let (unit, id) = unit_of(&self.options.units, who)?;
        let whole_layer = self.taken == (0..BUCKETS);
        if !whole_layer && !self.taken.contains(&bucket(&self.layer_salt, id)) {
            return None;
        }
        let drawn = bucket(&self.arm_salt, id);
        let place = self.arm_ends.partition_point(|end| *end <= drawn);
        let arm = self.options.arms.get(place)?;
        let start = if place == 0 { 0 } else { self.arm_ends[place - 1] };
        let share = self.arm_ends[place] - start;
        Some(Assigned {
            experiment: &self.options.name,
            arm: &arm.name,
            policy: arm.policy.as_deref(),
            unit,
            propensity: share as f32 / BUCKETS as f32,
        })
    }

    fn applies_to(&self, kind: &str) -> bool {
        let domain = kind.split_once('.').map_or(kind, |(domain, _)| domain);
        let kinds = &self.options.kinds;
        kinds.is_empty() || kinds.iter().any(|one| **one == *kind || **one == *domain)
    }
}

/// The first unit of `order` that is known of `who`.
pub(crate) fn unit_of<'a>(order: &[Unit], who: &'a Who) -> Option<(Unit, &'a str)> {
    order.iter().find_map(|unit| {
        let id = match unit {
            Unit::Customer => who.customer.as_ref().map(commerce::CustomerId::as_str),
            Unit::Device => who.device.as_ref().map(commerce::DeviceId::as_str),
            Unit::Session => who.session.as_ref().map(commerce::SessionId::as_str),
        };
        id.map(|id| (*unit, id))
    })
}

/// Checks one experiment and finds its place in its layer among those `before` it.
fn lay_out(
    options: &ExperimentOptions,
    before: &[Experiment],
) -> Result<Experiment, ExperimentError> {
    let name = checked_name("experiment", &options.name)?;
    let layer_salt = match &options.layer {
        Some(layer) => format!("layer:{}", checked_name("layer", layer)?),
        None => format!("own:{name}"),
    };
    if options.units.is_empty() {
        return Err(ExperimentError::UnitsNone { experiment: name.into() });
    }
    let arm_ends = arm_ends(options)?;
    let neighbours = || before.iter().filter(|other| other.layer_salt == layer_salt);
    let from = match options.from_percent {
        Some(percent) => percent_buckets(name, "from_percent", percent)?,
        None => neighbours().next_back().map_or(0, |other| other.taken.end),
    };
    let to = from + percent_buckets(name, "allocation_percent", options.allocation_percent)?;
    let layer = || options.layer.as_deref().unwrap_or(name).to_owned();
    if to > BUCKETS {
        return Err(ExperimentError::LayerFull {
            experiment: name.into(),
            layer: layer(),
            from: f64::from(from) / 100.0,
            to: f64::from(to) / 100.0,
        });
    }
    if let Some(other) =
        neighbours().find(|other| from.max(other.taken.start) < to.min(other.taken.end))
    {
        return Err(ExperimentError::Overlap {
            left: other.options.name.to_string(),
            right: name.into(),
            layer: layer(),
        });
    }
    let arm_salt = format!("arm:{name}");
    Ok(Experiment { options: options.clone(), layer_salt, arm_salt, taken: from..to, arm_ends })
}

fn arm_ends(options: &ExperimentOptions) -> Result<Vec<u32>, ExperimentError> {
    let experiment = || options.name.to_string();
    if options.arms.len() < 2 {
        let arms = options.arms.len();
        return Err(ExperimentError::ArmsFew { experiment: experiment(), arms });
    }
    let mut ends: Vec<u32> = Vec::with_capacity(options.arms.len());
    for (place, arm) in options.arms.iter().enumerate() {
        let name = checked_name("arm", &arm.name)?;
        if options.arms[..place].iter().any(|other| other.name == arm.name) {
            return Err(ExperimentError::ArmTwice { experiment: experiment(), arm: name.into() });
        }
        let weight = arm.weight;
        let share = whole_buckets(weight * f64::from(BUCKETS)).filter(|share| *share > 0);
        let Some(share) = share else {
            let arm = name.into();
            return Err(ExperimentError::Weight { experiment: experiment(), arm, weight });
        };
        ends.push(ends.last().copied().unwrap_or(0) + share);
    }
    if ends.last() != Some(&BUCKETS) {
        let sum = f64::from(ends.last().copied().unwrap_or(0)) / f64::from(BUCKETS);
        return Err(ExperimentError::WeightSum { experiment: experiment(), sum });
    }
    Ok(ends)
}

fn percent_buckets(
    experiment: &str,
    field: &'static str,
    value: f64,
) -> Result<u32, ExperimentError> {
    let buckets = whole_buckets(value * f64::from(BUCKETS) / 100.0);
    buckets.ok_or_else(|| ExperimentError::Percent { experiment: experiment.into(), field, value })
}

/// A number of buckets, if `value` is one but for rounding of decimals.
fn whole_buckets(value: f64) -> Option<u32> {
    let whole = value.round();
    let sound = (0.0..=f64::from(BUCKETS)).contains(&whole) && (value - whole).abs() < 1e-6;
    sound.then_some(whole as u32)
}

fn checked_name<'a>(what: &'static str, name: &'a str) -> Result<&'a str, ExperimentError> {
    let allowed =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
    if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(name)
    } else {
        Err(ExperimentError::Name { what, name: name.chars().take(80).collect() })
    }
}
