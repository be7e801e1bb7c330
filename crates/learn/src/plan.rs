//! Which method fits this size, this memory and these cores?
//!
//! Every method's memory and work are functions of the size of the data, written here once; the
//! choice is then a walk from the most accurate method to the cheapest. Memory is what a fit holds
//! at its peak beside the histories themselves. Work is in multiply-adds; seconds come from
//! [`Machine::dense_rate`] and [`Machine::sparse_rate`], which are rough on purpose: a plan must
//! tell minutes from days, not seconds from seconds.

use crate::{
    models::{
        ease::EaseOptions, ials::IalsOptions, item_cf::ItemCfOptions, local_ease::LocalEaseOptions,
    },
    sparse::Csr,
};

/// How much data there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub customers: u64,
    /// Columns.
    pub items: u64,
    /// Stored cells.
    pub interactions: u64,
    /// Σ over customers of (length of the history)²: the work of counting pairs.
    pub pairs: u64,
}

impl Size {
    /// The size of a history matrix; O(customers).
    pub fn of(history: &Csr) -> Self {
        Self {
            customers: history.rows() as u64,
            items: history.cols() as u64,
            interactions: history.nnz() as u64,
            pairs: history.iter().map(|row| (row.len() as u64).pow(2)).sum(),
        }
    }
}

/// What may be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    /// Bytes a fit may hold.
    pub memory_bytes: u64,
    /// Cores a fit may keep busy, ≥ 1.
    pub cores: u64,
    /// Seconds a fit may take.
    pub time_s: f64,
    /// Multiply-adds per second and core in big dense products.
    pub dense_rate: f64,
    /// Multiply-adds per second and core in small solves and sparse sums.
    pub sparse_rate: f64,
}

impl Machine {
    /// The usual rates for these limits: 2 · 10¹⁰ dense and 10⁹ sparse multiply-adds per second and
    /// core.
    pub fn new(memory_bytes: u64, cores: u64, time_s: f64) -> Self {
        Self { memory_bytes, cores: cores.max(1), time_s, dense_rate: 2e10, sparse_rate: 1e9 }
    }

    fn allows(&self, cost: Cost) -> bool {
        cost.bytes <= self.memory_bytes && cost.seconds(self) <= self.time_s
    }
}

/// What a fit takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Peak memory beside the histories, in bytes.
    pub bytes: u64,
    /// Multiply-adds in big dense products.
    pub dense: f64,
    /// Multiply-adds in small solves and sparse sums.
    pub sparse: f64,
}

impl Cost {
    /// Estimated seconds with all cores of `machine`.
    pub fn seconds(&self, machine: &Machine) -> f64 {
        let one_core = self.dense / machine.dense_rate + self.sparse / machine.sparse_rate;
        one_core / machine.cores as f64
    }
}

/// The linear item model that fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ItemModel {
    /// `models::ease`: exact.
    Ease(EaseOptions),
    /// `models::local_ease`: each item's own regression on its strongest neighbours.
    LocalEase(LocalEaseOptions),
    /// `models::item_cf`: likeness only.
    ItemCf(ItemCfOptions),
}

/// Cost of dense EASE: the Gram matrix, its copy under work and one more of the same size.
pub fn ease_cost(size: Size) -> Cost {
    let n = size.items as f64;
    Cost { bytes: 12 * size.items * size.items, dense: n * n * n / 2.0, sparse: size.pairs as f64 }
}

/// Cost of local EASE. The pair lists are held as lists, as triples both ways, and as a matrix.
pub fn local_ease_cost(size: Size, options: LocalEaseOptions, cores: u64) -> Cost {
    let (pairs, sources) = (options.pairs as u64, options.sources as u64);
    let pairs = pairs.min(size.items);
    let sources = sources.min(size.items);
    let per_core = 5 * size.items + 4 * sources * sources;
    let lists = size.items * pairs * (8 + 2 * 12 + 2 * 8);
    let solve = (sources * sources * sources / 6 + 2 * sources * pairs) as f64;
    Cost {
        bytes: lists + size.items * sources * 16 + size.interactions * 12 + cores * per_core,
        dense: 0.0,
        sparse: size.pairs as f64 + size.items as f64 * solve,
    }
}

/// Cost of item CF.
pub fn item_cf_cost(size: Size, options: ItemCfOptions, cores: u64) -> Cost {
    let kept = (options.top_n as u64).min(size.items);
    Cost {
        bytes: size.items * kept * 24 + size.interactions * 12 + cores * 13 * size.items,
        dense: 0.0,
        sparse: size.pairs as f64,
    }
}

/// Cost of iALS.
pub fn ials_cost(size: Size, options: IalsOptions, cores: u64) -> Cost {
    let f = options.factors as f64;
    let rows = (size.customers + size.items) as f64;
    let sweep = size.interactions as f64 * f * (f + 2.0) + rows * f * f * (f / 6.0 + 1.5);
    let factors = options.factors as u64;
    Cost {
        bytes: 4 * factors * (size.customers + size.items)
            + 12 * size.interactions
            + cores * 4 * factors * factors,
        dense: 0.0,
        sparse: sweep * options.sweeps as f64,
    }
}

/// The most accurate item model that the machine allows, and what it takes. `None` when not even
/// item CF with 20 sources fits.
pub fn item_model(size: Size, machine: &Machine) -> Option<(ItemModel, Cost)> {
    let dense = (ItemModel::Ease(EaseOptions::default()), ease_cost(size));
    let local = [(200, 800), (100, 400), (50, 200), (25, 100)].map(|(sources, pairs)| {
        let options = LocalEaseOptions { sources, pairs, ..LocalEaseOptions::default() };
        (ItemModel::LocalEase(options), local_ease_cost(size, options, machine.cores))
    });
    let plain = [200, 100, 50, 20].map(|top_n| {
        let options = ItemCfOptions { top_n, ..ItemCfOptions::default() };
        (ItemModel::ItemCf(options), item_cf_cost(size, options, machine.cores))
    });
    let choices = std::iter::once(dense).chain(local).chain(plain);
    choices.into_iter().find(|(_, cost)| machine.allows(*cost))
}

/// The largest iALS that the machine allows, 128 factors at most. `None` below 8 factors.
pub fn ials(size: Size, machine: &Machine) -> Option<(IalsOptions, Cost)> {
    let choices = [128, 64, 32, 16, 8].map(|factors| {
        let options = IalsOptions { factors, ..IalsOptions::default() };
        (options, ials_cost(size, options, machine.cores))
    });
    choices.into_iter().find(|(_, cost)| machine.allows(*cost))
}
