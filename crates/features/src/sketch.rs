//! What goes with this item? The heaviest companions, in bounded space, decayed.
//!
//! Space-saving (Metwally, Agrawal, El Abbadi, 2005) with weights that decay: a newcomer to a full
//! sketch takes the place of the lightest companion and inherits its weight as its possible error,
//! so a companion's true weight lies in [weight − error, weight].

use crate::decay::{rescale, split};

/// One companion: 12 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) item: u32,
    pub(crate) weight: f32,
    pub(crate) error: f32,
}

/// The companions of one item, relative to an epoch of whole half-lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sketch {
    pub(crate) epoch: i32,
    pub(crate) pairs: Vec<Pair>,
}

impl Sketch {
    /// Counts `weight` for `item` at a moment given as [`split`] gives it.
    pub(crate) fn add(&mut self, item: u32, weight: f32, (epoch, grown): (i32, f64), cap: usize) {
        if epoch > self.epoch {
            let scale = rescale(self.epoch, epoch) as f32;
            for pair in &mut self.pairs {
                pair.weight *= scale;
                pair.error *= scale;
            }
            self.epoch = epoch;
        }
        let weight = (f64::from(weight) * grown * rescale(epoch, self.epoch)) as f32;
        if let Some(pair) = self.pairs.iter_mut().find(|pair| pair.item == item) {
            pair.weight += weight;
        } else if self.pairs.len() < cap {
            if self.pairs.len() == self.pairs.capacity() {
                let room = cap - self.pairs.len();
                self.pairs.reserve_exact(self.pairs.len().max(2).min(room));
            }
            self.pairs.push(Pair { item, weight, error: 0.0 });
        } else if let Some(least) =
            self.pairs.iter_mut().min_by(|a, b| a.weight.total_cmp(&b.weight))
        {
            *least = Pair { item, weight: least.weight + weight, error: least.weight };
        }
    }

    /// Companions at `now_s`: item, weight that is certain, weight at most.
    pub(crate) fn at(&self, now_s: u32, half_life_s: f64) -> impl Iterator<Item = (u32, f32, f32)> {
        let (epoch, grown) = split(now_s, half_life_s);
        let scale = rescale(self.epoch, epoch) / grown;
        let scaled = move |weight: f32| (f64::from(weight) * scale) as f32;
        self.pairs.iter().map(move |p| (p.item, scaled(p.weight - p.error), scaled(p.weight)))
    }
}
