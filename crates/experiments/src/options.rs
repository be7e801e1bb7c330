//! What may be configured? One `[[experiments]]` section for each experiment.

use serde::{Deserialize, Serialize};

/// What an arm is drawn for. One unit always sees one arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The signed-in customer.
    Customer,
    /// The browser or phone.
    Device,
    /// The visit.
    Session,
}

/// One experiment as typed by an operator; [`crate::Experiments::new`] checks it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentOptions {
    /// Its name in records, results and URLs. Lower-case letters, digits, `_`, `-`, `.`; at most
    /// 64; unique. Part of the hash: another name draws anew.
    pub name: Box<str>,
    /// Experiments of one layer never share a unit; experiments of two layers are independent.
    /// Default: a layer of its own, so that it is independent of all others.
    #[serde(default)]
    pub layer: Option<Box<str>>,
    /// The part of all units that takes part, 0 to 100 %. Default 100. At 0 nobody takes part
    /// and results stay readable.
    #[serde(default = "all")]
    pub allocation_percent: f64,
    /// Where its part of the layer begins, 0 to 100 %. Default: where the one before it in the
    /// layer ends. State it to let an experiment grow without moving its neighbours' units.
    #[serde(default)]
    pub from_percent: Option<f64>,
    /// What arms are drawn for: the first of these that is known of whoever asks. Default
    /// customer, then device, then session. Whoever has none of them takes no part.
    #[serde(default = "any_unit")]
    pub units: Vec<Unit>,
    /// Kinds of decision it applies to (`recommend.home`), or whole domains (`recommend`).
    /// Default: all.
    #[serde(default)]
    pub kinds: Vec<Box<str>>,
    /// At least two; the first is the one that the others are compared with.
    pub arms: Vec<ArmOptions>,
}

/// One arm of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmOptions {
    /// Its name, unique within the experiment.
    pub name: Box<str>,
    /// The probability of it, in multiples of 0.0001; the weights of an experiment sum to 1.
    pub weight: f64,
    /// The named policy that this arm runs under. Default: the one in force for everybody.
    #[serde(default)]
    pub policy: Option<Box<str>>,
}

fn all() -> f64 {
    100.0
}

fn any_unit() -> Vec<Unit> {
    vec![Unit::Customer, Unit::Device, Unit::Session]
}
