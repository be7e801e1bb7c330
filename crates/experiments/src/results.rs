//! Did it help, and can the numbers be trusted?

use crate::{ArmCounts, Experiments, Rate, Tally, chi_square_p, difference};

/// A sample-ratio mismatch this unlikely by chance means that assignment or logging is broken,
/// and no other number of the experiment should be believed (Fabijan et al., KDD 2019, use .0005).
const MISMATCH_P: f64 = 0.000_5;

/// What one arm brought, against the first arm.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmResult {
    /// The arm.
    pub arm: Box<str>,
    /// Its configured probability.
    pub weight: f64,
    /// Everything counted.
    pub counts: ArmCounts,
    /// Answers clicked out of answers given. Descriptive: answers to one unit hang together, so
    /// its interval is too narrow when units ask often.
    pub click_through: Rate,
    /// Units that touched something out of units that got an answer.
    pub units_clicked: Rate,
    /// Units that bought something out of units that got an answer.
    pub units_bought: Rate,
    /// `units_clicked` minus the first arm's: value and 95 % interval. None for the first arm.
    pub lift_clicked: Option<(f64, f64, f64)>,
    /// `units_bought` minus the first arm's: value and 95 % interval. None for the first arm.
    pub lift_bought: Option<(f64, f64, f64)>,
}

/// Did units fall to arms as the weights say?
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mismatch {
    /// Pearson's chi-square of units by arm.
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
    /// Whether it is too unlikely to be chance (p below .0005).
    pub broken: bool,
}

/// One experiment's results so far.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentResult {
    /// Its name.
    pub name: Box<str>,
    /// Its arms in the order of the config; the first is what the others are compared with.
    pub arms: Vec<ArmResult>,
    /// Sample-ratio mismatch.
    pub mismatch: Mismatch,
}

impl Tally {
    /// The results of every configured experiment, in the order of the config.
    #[must_use]
    pub fn results(&self, experiments: &Experiments) -> Vec<ExperimentResult> {
        experiments.options().map(|options| self.result(options)).collect()
    }

    fn result(&self, options: &crate::ExperimentOptions) -> ExperimentResult {
        let mut arms: Vec<ArmResult> = Vec::with_capacity(options.arms.len());
        for arm in &options.arms {
            let counts = self.arm(&options.name, &arm.name).cloned().unwrap_or_default();
            let units_clicked = Rate::new(counts.units_clicked, counts.units);
            let units_bought = Rate::new(counts.units_bought, counts.units);
            let base = arms.first();
            arms.push(ArmResult {
                arm: arm.name.clone(),
                weight: arm.weight,
                click_through: Rate::new(counts.answers_clicked, counts.answers),
                lift_clicked: base.map(|base| difference(units_clicked, base.units_clicked)),
                lift_bought: base.map(|base| difference(units_bought, base.units_bought)),
                units_clicked,
                units_bought,
                counts,
            });
        }
        let units: Vec<u64> = arms.iter().map(|arm| arm.counts.units).collect();
        let weights: Vec<f64> = arms.iter().map(|arm| arm.weight).collect();
        let (statistic, p) = chi_square_p(&units, &weights);
        ExperimentResult {
            name: options.name.clone(),
            arms,
            mismatch: Mismatch { statistic, p, broken: p < MISMATCH_P },
        }
    }
}
