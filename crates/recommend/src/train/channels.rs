//! How are the channel models fitted, and which method fits this size?

use super::linear::{self, Ground, How, Method};
use super::{TrainOptions, fit_error};
use crate::error::RecommendError;
use crate::models::{Embedding, ItemRows, Models, Repeats, fingerprint};
use commerce::EventKind;
use features::{Features, Items, NO_ITEM, Weights};
use learn::models::association::{AssociationOptions, Associations};
use learn::models::ials::{Ials, IalsOptions};
use learn::models::item_cf::{self, ItemCfOptions};
use learn::models::vmis_knn::{Decay, VmisKnn, VmisOptions};
use learn::progress::Progress;
use learn::sequences::{Event, Sequences};
use learn::sparse::Csr;
use serde::{Deserialize, Serialize};

const DAY_S: f32 = 86_400.0;

/// How channel models are fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelOptions {
    /// Latest touches of each history that are learned from. 10 to 65,536, default 200: time of the
    /// item models grows with its square.
    pub history_max: usize,
    /// Customers who must have touched an item before models speak of it. 1 to 1,000, default 2.
    pub customers_min: u32,
    /// Entries kept for each item of an item model. 10 to 2,000, default 100: 800 bytes an item.
    pub rows_max: usize,
    /// Items up to which the linear model is solved whole (EASE: n³ time, 8 n² bytes); above it
    /// each item is solved among its strongest companions (local EASE). 0 to 40,000, default 6,000.
    pub dense_items_max: usize,
    /// MiB that the sequential linear model (SLIST) may take while it is tried against EASE. 0 to
    /// 65,536, default 1,024; 0 never tries it. Large shops need more: about 40 bytes for each pair
    /// of items that one customer touched.
    pub sequential_mb: u64,
    /// Values of the embedding. 4 to 256, default 48: 200 bytes an item and a customer while
    /// fitting.
    pub dims: usize,
    /// Sweeps of the embedding's fit. 1 to 100, default 8.
    pub sweeps: usize,
}

impl Default for ChannelOptions {
    fn default() -> Self {
        Self {
            history_max: 200,
            customers_min: 2,
            rows_max: 100,
            dense_items_max: 6_000,
            sequential_mb: 1_024,
            dims: 48,
            sweeps: 8,
        }
    }
}

/// One touch worth learning from: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touched {
    pub(super) item: u32,
    pub(super) at_s: u32,
    pub(super) weight: f32,
    is_purchase: bool,
}

/// Histories of all who agreed, oldest touch first.
#[derive(Debug, Default)]
pub(super) struct Histories {
    starts: Vec<usize>,
    touches: Vec<Touched>,
}

/// When the parts of the labels begin, Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Times {
    pub(super) labels_s: u32,
    pub(super) calibrate_s: u32,
    pub(super) judge_s: u32,
}

/// Fewest touches from which any are held back.
const TOUCHES_MIN: usize = 500;

impl Histories {
    pub(super) fn read(features: &Features, options: &ChannelOptions) -> Self {
        let weights = Weights::default();
        let mut all = Self { starts: vec![0], touches: Vec::new() };
        features.histories(|history| {
            let start = all.touches.len();
            let liked = history.touches.iter().filter(|touch| touch.item != NO_ITEM);
            for touch in liked {
                let weight = weights.of_touch(touch);
                if weight > 0.0 {
                    let is_purchase = touch.kind == EventKind::Purchase;
                    let (item, at_s) = (touch.item, touch.at_s);
                    all.touches.push(Touched { item, at_s, weight, is_purchase });
                }
            }
            let kept = all.touches.len() - start;
            if kept > options.history_max {
                all.touches.drain(start..start + kept - options.history_max);
            }
            if kept > 0 {
                all.starts.push(all.touches.len());
            }
        });
        all
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(super) fn touches(&self) -> usize {
        self.touches.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[Touched]> {
        self.starts.windows(2).map(|range| &self.touches[range[0]..range[1]])
    }

    /// When labels begin so that `share` of the touches are labels, 8 : 1 : 1.
    pub(super) fn times(&self, share: f32) -> Option<Times> {
        if self.touches.len() < TOUCHES_MIN {
            return None;
        }
        let mut at_s: Vec<u32> = self.touches.iter().map(|touch| touch.at_s).collect();
        at_s.sort_unstable();
        let at = |share: f32| at_s[((1.0 - share) * (at_s.len() - 1) as f32) as usize];
        Some(Times { labels_s: at(share), calibrate_s: at(0.2 * share), judge_s: at(0.1 * share) })
    }

    /// The touches before `at_s`.
    pub(super) fn before(&self, at_s: u32) -> Self {
        let mut kept = Self { starts: vec![0], touches: Vec::new() };
        for history in self.iter() {
            kept.touches.extend(history.iter().filter(|touch| touch.at_s < at_s));
            if kept.starts.last() != Some(&kept.touches.len()) {
                kept.starts.push(kept.touches.len());
            }
        }
        kept
    }

    /// The items that at least `customers_min` touched, ascending, and for each item its place
    /// among them.
    fn spoken_of(&self, items: usize, customers_min: u32) -> (Vec<u32>, Vec<u32>) {
        let mut customers = vec![0_u32; items];
        let mut distinct = Vec::new();
        for history in self.iter() {
            distinct.clear();
            distinct.extend(history.iter().map(|touch| touch.item));
            distinct.sort_unstable();
            distinct.dedup();
            distinct.iter().for_each(|&item| customers[item as usize] += 1);
        }
        let enough = |item: &u32| customers[*item as usize] >= customers_min;
        let whole: Vec<u32> = (0..items as u32).filter(enough).collect();
        let mut part = vec![u32::MAX; items];
        for (place, &item) in whole.iter().enumerate() {
            part[item as usize] = place as u32;
        }
        (whole, part)
    }

    /// Customers × spoken-of items; a cell grows with the logarithm of the interest shown.
    fn matrix(&self, part: &[u32], columns: usize) -> Result<Csr, RecommendError> {
        let rows = self.iter().map(|history| {
            let known = history.iter().filter(|touch| part[touch.item as usize] != u32::MAX);
            known.map(|touch| (part[touch.item as usize], touch.weight)).collect()
        });
        let summed = Csr::from_rows(columns, rows);
        let summed = summed.map_err(|why| fit_error("the histories", &why))?;
        Ok(summed.mapped(|_, _, interest| (1.0 + interest).ln().min(3.0)))
    }

    fn sequences(&self, items: usize) -> Result<Sequences, RecommendError> {
        let mut sequences = Sequences::new(items);
        let mut events = Vec::new();
        for history in self.iter() {
            events.clear();
            events.extend(history.iter().map(|touch| Event {
                item: touch.item,
                at_s: touch.at_s.into(),
                weight: 1.0,
            }));
            sequences.push(&mut events).map_err(|why| fit_error("the histories", &why))?;
        }
        Ok(sequences)
    }

    /// Purchases of one customer within a day are one basket.
    fn baskets(&self, items: usize) -> Result<Csr, RecommendError> {
        let mut baskets = Vec::new();
        for history in self.iter() {
            let bought: Vec<&Touched> = history.iter().filter(|touch| touch.is_purchase).collect();
            for basket in bought.chunk_by(|a, b| b.at_s - a.at_s < 86_400) {
                if basket.len() > 1 {
                    baskets.push(basket.iter().map(|touch| (touch.item, 1.0)).collect());
                }
            }
        }
        Csr::from_rows(items, baskets).map_err(|why| fit_error("the baskets", &why))
    }

    fn repeats(&self, items: &Items) -> Repeats {
        let mut repeats = Repeats::default();
        let mut bought: Vec<(u32, f32)> = Vec::new();
        for history in self.iter() {
            bought.clear();
            let purchases = history.iter().filter(|touch| touch.is_purchase);
            bought.extend(purchases.map(|touch| (touch.item, touch.at_s as f32 / DAY_S)));
            bought.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for same in bought.chunk_by(|a, b| a.0 == b.0) {
                let days: Vec<f32> = same.iter().map(|&(_, day)| day).collect();
                repeats.add(same[0].0, items.row(same[0].0).leaf, &days);
            }
        }
        repeats
    }
}

/// Channel models and what should be said about them.
pub(super) struct Made {
    pub(super) models: Models,
    /// How the linear model was fitted.
    pub(super) linear: Method,
    pub(super) notes: Vec<String>,
}

/// Fits every channel model that `histories` have enough for.
pub(super) fn fit(
    features: &Features,
    histories: &Histories,
    training: &TrainOptions,
    how: How<'_>,
    progress: Progress<'_>,
) -> Result<Made, RecommendError> {
    let items = features.items();
    let options = &training.channels;
    let count = items.len() as usize;
    let mut notes = Vec::new();
    let mut models = Models {
        items: items.len(),
        fingerprint: fingerprint(&items, items.len()),
        as_of: items.as_of,
        repeats: histories.repeats(&items),
        ..Models::default()
    };
    let (whole, part) = histories.spoken_of(count, options.customers_min);
    if whole.len() < 2 {
        notes.push("no item model: fewer than two items were touched by two customers".into());
        return Ok(Made { models, linear: Method::Ease, notes });
    }
    let matrix = histories.matrix(&part, whole.len())?;
    let top_n = options.rows_max;
    let cf = ItemCfOptions { top_n, ..ItemCfOptions::default() };
    let similar = item_cf::fit(&matrix, cf, progress);
    let similar = similar.map_err(|why| fit_error("similar items", &why))?.into_rows();
    models.similar = Some(ItemRows::spread(&similar, &whole, count));
    let ground = Ground { histories, matrix: &matrix, whole: &whole, part: &part };
    let (rows, linear) = linear::fit(ground, how, options, progress, &mut notes)?;
    models.linear = Some(rows);
    let sweeps =
        IalsOptions { factors: options.dims, sweeps: options.sweeps, ..IalsOptions::default() };
    let factors =
        Ials::fit(&matrix, sweeps, progress).map_err(|why| fit_error("the embedding", &why))?;
    drop(matrix);
    models.embedding = Some(Embedding::new(factors, options.dims, whole)?);
    models.alike = Some(alike(histories, count, progress)?);
    models.complements = complements(histories, &items, progress, &mut notes)?;
    Ok(Made { models, linear, notes })
}

fn alike(
    histories: &Histories,
    items: usize,
    progress: Progress<'_>,
) -> Result<VmisKnn, RecommendError> {
    // Whole histories in the place of sessions: more of the asking path counts, long histories
    // count less, and what came soon after the shared item counts most.
    let options = VmisOptions {
        recent_sessions: 300,
        last_items: 20,
        position: Decay::Harmonic,
        first_match: Decay::Harmonic,
        length_power: 0.5,
        reach: 8.0,
        backward: 0.7,
        ..VmisOptions::default()
    };
    VmisKnn::fit(&histories.sequences(items)?, options, progress)
        .map_err(|why| fit_error("alike histories", &why))
}

fn complements(
    histories: &Histories,
    items: &Items,
    progress: Progress<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<ItemRows>, RecommendError> {
    let count = items.len() as usize;
    let baskets = histories.baskets(count)?;
    if baskets.rows() < 20 {
        notes.push(format!("no complement rules: {} baskets of two or more", baskets.rows()));
        return Ok(None);
    }
    let leaf: Vec<Option<u32>> = (0..items.len()).map(|item| items.row(item).leaf).collect();
    let rules = Associations::fit(&baskets, &leaf, &AssociationOptions::default(), progress)
        .map_err(|why| fit_error("complements", &why))?;
    let scored = |item| rules.rules(item).iter().map(|rule| (rule.item, rule.score)).collect();
    Ok(Some(ItemRows::new((0..items.len()).map(scored))))
}
