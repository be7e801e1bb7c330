//! What do pairs of events in the same list add to the normal equations?
//!
//! Let τ be a clock that advances by 1/past_decay per place and by days/gap_decay_days with time,
//! σ one with future_decay instead, and t run over the places of a list of length L. With item
//! weights w, past row s_t = Σ_{i<t} w_i exp(−(τ_{t−1} − τ_i)) and future row
//! f_t = Σ_{j≥t} w_j exp(−(σ_j − σ_t)):
//!
//! ```text
//! Σ_t s_t(i) s_t(k) = w_i w_k exp(−(τ_k − τ_i)) tail_k   (i ≤ k)
//!     tail_k = 1 + exp(−2 (τ_{k+1} − τ_k)) tail_{k+1},   tail_{L−1} = 0
//! Σ_t s_t(i) f_t(j) = w_i w_j flow_ij
//!     flow_ij = flow_{i,j−1} exp(−(σ_j − σ_{j−1})) + exp(−(τ_{j−1} − τ_i)),   flow_ii = 0
//! ```

use super::SlistOptions;
use crate::{
    error::FitError,
    progress::Progress,
    sequences::{Sequence, Sequences},
    sparse::{Accumulator, Csr},
};
use rayon::prelude::*;

const DAY_S: f64 = 86_400.0;
/// Items between two progress reports.
const STRIDE: usize = 1024;

/// A = α XᵀX + (1−α) SᵀS and C = α XᵀX + (1−α) SᵀT as sparse rows, without β ZᵀZ and λ, which stay
/// in factored form: ZᵀZ alone can fill a quarter of all cells.
#[derive(Debug)]
pub(in crate::models) struct System {
    /// A, symmetric.
    pub(in crate::models) gram: Csr,
    /// C, row = predecessor.
    pub(in crate::models) cross: Csr,
    /// √β Z as items × attributes and its transpose.
    pub(super) attributes: Option<(Csr, Csr)>,
}

impl System {
    pub(in crate::models) fn build(
        sequences: &Sequences,
        attributes: Option<Csr>,
        options: &SlistOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        let items = sequences.item_count();
        let events = Events::build(sequences, options);
        let mut gram = Vec::with_capacity(items);
        let mut cross = Vec::with_capacity(items);
        for from in (0..items).step_by(STRIDE) {
            progress.step("slist: pairs", from as u64, items as u64)?;
            let rows: Vec<_> = (from..items.min(from + STRIDE))
                .into_par_iter()
                .map_init(
                    || (Accumulator::new(items), Accumulator::new(items)),
                    |(gram, cross), item| {
                        events.add_item(item, options.consistency, gram, cross);
                        (gram.take(), cross.take())
                    },
                )
                .collect();
            for (gram_row, cross_row) in rows {
                gram.push(gram_row);
                cross.push(cross_row);
            }
        }
        let scale = options.attribute_weight.sqrt();
        let attributes = attributes.map(|raw| {
            let scaled = raw.map(|_, _, value| value * scale);
            let carriers = scaled.transpose();
            (scaled, carriers)
        });
        let stack = |rows: Vec<(Vec<u32>, Vec<f32>)>| {
            let rows =
                rows.into_iter().map(|(columns, values)| columns.into_iter().zip(values).collect());
            Csr::from_row_iter(items, rows)
        };
        Ok(Self { gram: stack(gram), cross: stack(cross), attributes })
    }

    /// Number of items.
    pub(super) fn items(&self) -> usize {
        self.gram.rows()
    }

    /// Number of attributes, 0 without any.
    pub(super) fn attribute_count(&self) -> usize {
        self.attributes.as_ref().map_or(0, |(attributes, _)| attributes.cols())
    }

    /// Adds row `item` of β ZᵀZ (symmetric, so also column `item`) through `add(other, value)`.
    pub(super) fn each_alike(&self, item: u32, mut add: impl FnMut(u32, f32)) {
        if let Some((attributes, carriers)) = &self.attributes {
            for (attribute, weight) in attributes.row(item as usize).iter() {
                for (other, value) in carriers.row(attribute as usize).iter() {
                    add(other, weight * value);
                }
            }
        }
    }
}

/// Flat arrays over the used events of all lists, and where each item occurs.
struct Events {
    starts: Vec<usize>,
    items: Vec<u32>,
    /// Event weight times the root of its list's weight.
    weights: Vec<f32>,
    past_clock: Vec<f64>,
    future_clock: Vec<f64>,
    tail: Vec<f32>,
    /// Whether the event is the last of its item in the list, so that it stands for it in X.
    is_last: Vec<bool>,
    /// Items × lists: `(list, event slot)` per occurrence.
    places: Vec<Vec<(u32, u32)>>,
}

impl Events {
    fn build(sequences: &Sequences, options: &SlistOptions) -> Self {
        let newest_s = sequences.iter().filter_map(|list| list.at_s.last()).max().copied();
        let mut made = Self {
            starts: vec![0],
            items: Vec::new(),
            weights: Vec::new(),
            past_clock: Vec::new(),
            future_clock: Vec::new(),
            tail: Vec::new(),
            is_last: Vec::new(),
            places: vec![Vec::new(); sequences.item_count()],
        };
        for list in sequences.iter() {
            let list = list.last(options.longest);
            made.push(list, options, newest_s.unwrap_or(0));
        }
        made
    }

    fn push(&mut self, list: Sequence<'_>, options: &SlistOptions, newest_s: i64) {
        let from = self.items.len();
        let index = self.starts.len() as u32 - 1;
        let age_days = list.at_s.last().map_or(0.0, |&at| (newest_s - at) as f64 / DAY_S);
        let list_weight = (-age_days / f64::from(options.list_decay_days)).exp() as f32;
        let first_s = list.at_s.first().copied().unwrap_or(0);
        for (place, event) in list.iter().enumerate() {
            let days = (event.at_s - first_s) as f64 / DAY_S / f64::from(options.gap_decay_days);
            self.places[event.item as usize].push((index, (from + place) as u32));
            self.items.push(event.item);
            self.weights.push(event.weight * list_weight.sqrt());
            self.past_clock.push(place as f64 / f64::from(options.past_decay) + days);
            self.future_clock.push(place as f64 / f64::from(options.future_decay) + days);
            self.is_last.push(!list.items[place + 1..].contains(&event.item));
            self.tail.push(0.0);
        }
        for slot in (from..self.items.len().saturating_sub(1)).rev() {
            let step = self.past_clock[slot + 1] - self.past_clock[slot];
            self.tail[slot] = 1.0 + (-2.0 * step).exp() as f32 * self.tail[slot + 1];
        }
        self.starts.push(self.items.len());
    }

    /// Adds row `item` of both products.
    fn add_item(
        &self,
        item: usize,
        consistency: f32,
        gram: &mut Accumulator,
        cross: &mut Accumulator,
    ) {
        let order = 1.0 - consistency;
        for &(list, place) in &self.places[item] {
            let range = self.starts[list as usize]..self.starts[list as usize + 1];
            let here = place as usize;
            let mut flow = 0.0;
            for other in range {
                let weight = self.weights[here] * self.weights[other];
                if consistency > 0.0 && self.is_last[here] && self.is_last[other] {
                    gram.add(self.items[other], consistency * weight);
                    cross.add(self.items[other], consistency * weight);
                }
                if order > 0.0 {
                    let early = here.min(other);
                    let late = here.max(other);
                    let fade = (self.past_clock[early] - self.past_clock[late]).exp() as f32;
                    gram.add(self.items[other], order * weight * fade * self.tail[late]);
                    if other > here {
                        let step = self.future_clock[other - 1] - self.future_clock[other];
                        let past = self.past_clock[here] - self.past_clock[other - 1];
                        flow = flow * step.exp() as f32 + past.exp() as f32;
                        cross.add(self.items[other], order * weight * flow);
                    }
                }
            }
        }
    }
}
