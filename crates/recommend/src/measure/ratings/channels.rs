//! Which models are measured on ratings, with which settings?
//!
//! A channel is a name, its dials, the values found for them, and a fit from training ratings to a
//! score of every item for every customer. `--search` looks for better values on a validation part
//! carved out of the training part.
//!
//! The committed values come from small grids, not from a full `--search`: those of the EASE and
//! iALS channels and of `near-cf` from validation parts (a quarter of the training ratings) of two
//! random 75/25 splits other than the seeded ones; those of `item-cf`, `user-cf` and `bpr` are
//! plausible values never tuned. Both protocols use them.

use super::{Known, blend::Scores};
use learn::{
    error::FitError,
    models::{
        bpr::{Bpr, BprOptions},
        ease::{EaseOptions, Gram, Nearness},
        ials::{Ials, IalsOptions},
        item_cf::{self, ItemCfOptions, Likeness},
        user_cf::{UserCf, UserCfOptions},
    },
    progress::Progress,
    search::{Dial, Scale},
    sparse::Csr,
};
use rayon::prelude::*;

/// One model as the protocols see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Channel {
    /// Its row in the table.
    pub(super) name: &'static str,
    /// What a search may change.
    pub(super) dials: &'static [Dial],
    /// The values found, one per dial.
    pub(super) found: &'static [f64],
    /// Fits with these dial values and this seed.
    pub(super) fit: fn(&Known, &[f64], u64) -> Result<Scores, FitError>,
}

const fn dial(name: &'static str, low: f64, high: f64, scale: Scale) -> Dial {
    Dial { name, low, high, scale }
}

const IALS: &[Dial] = &[
    dial("factors", 12.0, 96.0, Scale::Whole),
    dial("unseen_weight", 0.05, 1.0, Scale::Log),
    dial("ridge", 0.003, 0.05, Scale::Log),
    dial("ridge_power", 0.5, 1.0, Scale::Linear),
];

/// Every model, plain ones first.
pub(super) const CHANNELS: &[Channel] = &[
    Channel { name: "popularity", dials: &[], found: &[], fit: popularity },
    Channel {
        name: "item-cf",
        dials: &[
            dial("target_share", 0.1, 0.9, Scale::Linear),
            dial("shrinkage", 1.0, 200.0, Scale::Log),
            dial("top_n", 20.0, 800.0, Scale::Log),
        ],
        found: &[0.5, 20.0, 150.0],
        fit: item_cf,
    },
    Channel {
        name: "near-cf",
        dials: &[
            dial("near_s", 10.0, 100_000.0, Scale::Log),
            dial("shrinkage", 1.0, 200.0, Scale::Log),
        ],
        found: &[100.0, 10.0],
        fit: near_cf,
    },
    Channel {
        name: "user-cf",
        dials: &[
            dial("neighbours", 20.0, 500.0, Scale::Log),
            dial("size_power", 0.2, 0.8, Scale::Linear),
            dial("popularity_power", 0.0, 0.8, Scale::Linear),
            dial("sharpness", 0.5, 6.0, Scale::Log),
        ],
        found: &[100.0, 0.4, 0.3, 2.0],
        fit: user_cf,
    },
    Channel {
        name: "bpr",
        dials: &[
            dial("factors", 16.0, 96.0, Scale::Whole),
            dial("epochs", 20.0, 120.0, Scale::Whole),
            dial("rate", 0.01, 0.2, Scale::Log),
            dial("ridge", 0.001, 0.05, Scale::Log),
        ],
        found: &[48.0, 60.0, 0.05, 0.01],
        fit: bpr,
    },
    Channel {
        name: "ease-400",
        dials: &[],
        found: &[],
        fit: |known, _, _| ease(known, &[400.0, 0.0], 0),
    },
    Channel {
        name: "ease",
        dials: &[dial("ridge", 20.0, 2000.0, Scale::Log), dial("dropout", 0.01, 2.0, Scale::Log)],
        found: &[200.0, 0.6],
        fit: ease,
    },
    Channel {
        name: "customer-ease",
        dials: &[dial("ridge", 20.0, 5000.0, Scale::Log), dial("dropout", 0.01, 2.0, Scale::Log)],
        found: &[500.0, 0.01],
        fit: customer_ease,
    },
    Channel { name: "ials", dials: IALS, found: &[24.0, 0.3, 0.015, 1.0], fit: ials },
    Channel { name: "ials-wide", dials: IALS, found: &[64.0, 0.3, 0.02, 1.0], fit: ials },
    Channel {
        name: "ease-near",
        dials: &[
            dial("ridge", 20.0, 1000.0, Scale::Log),
            dial("dropout", 0.01, 2.0, Scale::Log),
            dial("near_s", 20.0, 10_000.0, Scale::Log),
            dial("far", 0.1, 4.0, Scale::Log),
        ],
        found: &[130.0, 0.3, 100.0, 1.0],
        fit: ease_near,
    },
];

/// The channel called `name`.
pub(super) fn channel(name: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.name == name)
}

fn popularity(known: &Known, _: &[f64], _: u64) -> Result<Scores, FitError> {
    let counts: Vec<f32> =
        known.train.column_counts().iter().map(|&n| (n as f32).ln_1p()).collect();
    Ok(Scores::of(&known.train, |_, out| out.copy_from_slice(&counts)))
}

fn item_cf(known: &Known, at: &[f64], _: u64) -> Result<Scores, FitError> {
    let options = ItemCfOptions {
        likeness: Likeness::Asymmetric { target_share: at[0] as f32 },
        shrinkage: at[1] as f32,
        top_n: at[2] as usize,
    };
    let model = item_cf::fit(&known.train, options, Progress::SILENT)?;
    Ok(Scores::of(&known.train, |customer, out| {
        model.score_into(&history(&known.train, customer), out);
    }))
}

/// Cosine of items by how often one customer touched both in one sitting.
fn near_cf(known: &Known, at: &[f64], _: u64) -> Result<Scores, FitError> {
    let nearness = Nearness { near_s: at[0] as f32, far: 0.0 };
    let gram = Gram::near_in_time(&known.lists, nearness);
    let shrinkage = at[1] as f32;
    let counts = known.train.column_counts();
    let scale = |item: usize| 1.0 / (counts[item] as f32 + shrinkage).sqrt();
    Ok(Scores::of(&known.train, |customer, out| {
        for &source in known.train.row(customer).columns {
            for (target, cell) in gram.row(source).iter().enumerate() {
                out[target] += cell * scale(target) * scale(source as usize);
            }
        }
    }))
}

fn user_cf(known: &Known, at: &[f64], _: u64) -> Result<Scores, FitError> {
    let options = UserCfOptions {
        neighbours: at[0] as usize,
        size_power: at[1] as f32,
        popularity_power: at[2] as f32,
        sharpness: at[3] as f32,
    };
    let model = UserCf::fit(&known.train, options)?;
    Ok(Scores::of(&known.train, |customer, out| {
        let own = history(&known.train, customer);
        model.score_into(&own, Some(customer as u32), &mut model.scratch(), out);
    }))
}

fn bpr(known: &Known, at: &[f64], seed: u64) -> Result<Scores, FitError> {
    let options = BprOptions {
        factors: at[0] as usize,
        epochs: at[1] as usize,
        rate: at[2] as f32,
        ridge: at[3] as f32,
        negative_power: 0.0,
        seed,
    };
    let model = Bpr::fit(&known.train, options, Progress::SILENT)?;
    Ok(Scores::of(&known.train, |customer, out| {
        model.score_into(model.customer(customer as u32), out);
    }))
}

fn ease(known: &Known, at: &[f64], _: u64) -> Result<Scores, FitError> {
    let options = EaseOptions { ridge: at[0] as f32, dropout: at[1] as f32 };
    let model = Gram::of(&known.train, 0.0).solve(options, Progress::SILENT)?;
    Ok(Scores::of(&known.train, |customer, out| {
        model.score_into(&history(&known.train, customer), out);
    }))
}

/// EASE with the sides changed: every customer is explained by the other customers.
fn customer_ease(known: &Known, at: &[f64], _: u64) -> Result<Scores, FitError> {
    let options = EaseOptions { ridge: at[0] as f32, dropout: at[1] as f32 };
    let by_item = known.train.transpose();
    let model = Gram::of(&by_item, 0.0).solve(options, Progress::SILENT)?;
    Ok(Scores::of(&known.train, |customer, out| {
        for other in 0..known.train.rows() {
            let weight = model.row(other as u32)[customer];
            for &item in known.train.row(other).columns {
                out[item as usize] += weight;
            }
        }
    }))
}

fn ials(known: &Known, at: &[f64], seed: u64) -> Result<Scores, FitError> {
    let options = IalsOptions {
        factors: at[0] as usize,
        sweeps: 10,
        unseen_weight: at[1] as f32,
        ridge: at[2] as f32,
        ridge_power: at[3] as f32,
        seed,
    };
    let model = Ials::fit(&known.train, options, Progress::SILENT)?;
    Ok(Scores::of(&known.train, |customer, out| {
        model.score_into(model.customer(customer as u32), out);
    }))
}

fn ease_near(known: &Known, at: &[f64], _: u64) -> Result<Scores, FitError> {
    let nearness = Nearness { near_s: at[2] as f32, far: at[3] as f32 };
    let options = EaseOptions { ridge: at[0] as f32, dropout: at[1] as f32 };
    let gram = Gram::near_in_time(&known.lists, nearness);
    let model = gram.solve(options, Progress::SILENT)?;
    Ok(Scores::of(&known.train, |customer, out| {
        model.score_into(&history(&known.train, customer), out);
    }))
}

fn history(train: &Csr, customer: usize) -> Vec<(u32, f32)> {
    train.row(customer).iter().collect()
}

impl Scores {
    /// Scores from a closure that adds one customer's scores to a zeroed row; on all cores.
    pub(super) fn of(train: &Csr, score: impl Fn(usize, &mut [f32]) + Sync) -> Self {
        let items = train.cols();
        let mut cells = vec![0_f32; train.rows() * items];
        let rows = cells.par_chunks_mut(items.max(1)).enumerate();
        rows.for_each(|(customer, out)| score(customer, out));
        Self { items, cells }
    }
}
