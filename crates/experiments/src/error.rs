//! What can be wrong with the experiments of a config.

/// Why the experiments cannot run as configured. Each names the place and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExperimentError {
    /// A name that cannot stand in a record or a URL.
    #[error("{what} name {name:?}: expected 1 to 64 lower-case letters, digits, '_', '-' or '.'")]
    Name {
        /// `experiment`, `layer` or `arm`.
        what: &'static str,
        /// As configured.
        name: String,
    },
    /// Two experiments of one name.
    #[error("two experiments are called {name:?}; names must be unique")]
    Twice {
        /// The name.
        name: String,
    },
    /// Two arms of one name.
    #[error("experiment {experiment:?} has two arms called {arm:?}; names must be unique")]
    ArmTwice {
        /// The experiment.
        experiment: String,
        /// The name.
        arm: String,
    },
    /// Fewer than two arms.
    #[error("experiment {experiment:?} has {arms} arm(s); a comparison needs at least 2")]
    ArmsFew {
        /// The experiment.
        experiment: String,
        /// How many it has.
        arms: usize,
    },
    /// A weight that is no positive multiple of 1/10,000.
    #[error(
        "experiment {experiment:?}, arm {arm:?}: weight {weight} is not allowed; expected more \
         than 0, at most 1, with at most four digits after the point"
    )]
    Weight {
        /// The experiment.
        experiment: String,
        /// The arm.
        arm: String,
        /// As configured.
        weight: f64,
    },
    /// Weights that do not sum to 1.
    #[error("experiment {experiment:?}: the weights of its arms sum to {sum}; they must sum to 1")]
    WeightSum {
        /// The experiment.
        experiment: String,
        /// Their sum.
        sum: f64,
    },
    /// A percentage out of range.
    #[error(
        "experiment {experiment:?}: {field} is {value}; expected 0 to 100 with at most two digits \
         after the point"
    )]
    Percent {
        /// The experiment.
        experiment: String,
        /// `allocation_percent` or `from_percent`.
        field: &'static str,
        /// As configured.
        value: f64,
    },
    /// A layer asked for more units than there are.
    #[error(
        "experiment {experiment:?} takes {from} % to {to} % of layer {layer:?}; a layer ends at \
         100 %: lower allocations or use another layer"
    )]
    LayerFull {
        /// The experiment that does not fit.
        experiment: String,
        /// Its layer.
        layer: String,
        /// Where it would begin, in percent.
        from: f64,
        /// Where it would end, in percent.
        to: f64,
    },
    /// Two experiments want the same units.
    #[error(
        "experiments {left:?} and {right:?} overlap in layer {layer:?}; move one's from_percent"
    )]
    Overlap {
        /// One of them.
        left: String,
        /// The other.
        right: String,
        /// Their layer.
        layer: String,
    },
    /// No unit to draw by.
    #[error("experiment {experiment:?}: units is empty; name customer, device or session")]
    UnitsNone {
        /// The experiment.
        experiment: String,
    },
}
