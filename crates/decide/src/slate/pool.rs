//! Who proposed what? Candidates of one decision, merged, deduplicated, as flat arrays.

use commerce::Stop;

/// "No such thing": an evidence that is not there.
pub const NOTHING: u32 = u32::MAX;

/// Examples kept of what one guard stopped.
const EXAMPLES: usize = 3;

/// Candidates of one decision. Kept per thread and reused: after a few decisions nothing in it
/// allocates.
///
/// Memory: 8 bytes for each thing that could be proposed and `12 + 8 · sources` for each that was.
#[derive(Debug, Default)]
pub struct Pool {
    /// `places[what]` is right only where `stamps[what]` is this decision's epoch.
    stamps: Vec<u32>,
    places: Vec<u32>,
    epoch: u32,
    sources: usize,
    whats: Vec<u32>,
    masks: Vec<u32>,
    shares: Vec<f32>,
    evidence: Vec<u32>,
}

/// What [`Pool::sift`] stopped: a count and a few examples for each guard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sifted {
    counts: Vec<u32>,
    examples: Vec<Vec<u32>>,
}

impl Sifted {
    /// Nothing stopped yet by any of `guards` guards.
    #[must_use]
    pub fn new(guards: usize) -> Self {
        Self { counts: vec![0; guards], examples: vec![Vec::new(); guards] }
    }

    /// Notes that guard number `guard` stopped `what` ([`NOTHING`] when it has no number).
    pub fn stop(&mut self, guard: usize, what: u32) {
        self.counts[guard] += 1;
        if self.examples[guard].len() < EXAMPLES && what != NOTHING {
            self.examples[guard].push(what);
        }
    }

    /// How many guard number `guard` stopped.
    #[must_use]
    pub fn count(&self, guard: usize) -> u32 {
        self.counts[guard]
    }

    /// As the decision record has it; guards that stopped nothing are left out.
    #[must_use]
    pub fn stops(&self, guards: &[&'static str], name: impl Fn(u32) -> Box<str>) -> Vec<Stop> {
        (0..self.counts.len())
            .filter(|&guard| self.counts[guard] > 0)
            .map(|guard| Stop {
                guard: guards[guard].into(),
                count: self.counts[guard],
                examples: self.examples[guard].iter().map(|&what| name(what)).collect(),
            })
            .collect()
    }
}

impl Pool {
    /// Empties the pool for a decision over things `0..width` proposed by up to 32 `sources`.
    pub fn start(&mut self, width: usize, sources: usize) {
        debug_assert!(sources <= 32, "a mask has 32 bits");
        if self.stamps.len() < width {
            self.stamps.resize(width, 0);
            self.places.resize(width, 0);
        }
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.stamps.fill(0);
            self.epoch = 1;
        }
        self.sources = sources;
        self.whats.clear();
        self.masks.clear();
        self.shares.clear();
        self.evidence.clear();
    }

    /// Source number `source` proposes `what` with `share` in [0, 1] (how strongly, among its own
    /// proposals) because of `evidence`. A second proposal by the same source keeps the stronger.
    /// Things outside the width are ignored.
    #[inline]
    pub fn add(&mut self, what: u32, source: usize, share: f32, evidence: u32) {
        let Some(stamp) = self.stamps.get_mut(what as usize) else { return };
        if *stamp != self.epoch {
            *stamp = self.epoch;
            self.places[what as usize] = self.whats.len() as u32;
            self.whats.push(what);
            self.masks.push(0);
            self.shares.resize(self.shares.len() + self.sources, 0.0);
            self.evidence.resize(self.evidence.len() + self.sources, NOTHING);
        }
        let place = self.places[what as usize] as usize;
        let slot = place * self.sources + source;
        let first = self.masks[place] & (1 << source) == 0;
        self.masks[place] |= 1 << source;
        if first || share > self.shares[slot] {
            self.shares[slot] = share;
            self.evidence[slot] = evidence;
        }
    }

    /// Number of candidates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.whats.len()
    }

    /// Whether nothing was proposed, or all of it was stopped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whats.is_empty()
    }

    /// The things proposed, in the order of their first proposal until [`Pool::keep`] says else.
    #[must_use]
    pub fn whats(&self) -> &[u32] {
        &self.whats
    }

    /// Which sources proposed the candidate at `place`: a bit each.
    #[must_use]
    pub fn mask(&self, place: usize) -> u32 {
        self.masks[place]
    }

    /// How strongly each source proposed the candidate at `place`; 0 where it did not.
    #[must_use]
    pub fn shares(&self, place: usize) -> &[f32] {
        &self.shares[place * self.sources..][..self.sources]
    }

    /// Why each source proposed the candidate at `place`; [`NOTHING`] where it did not say.
    #[must_use]
    pub fn evidence(&self, place: usize) -> &[u32] {
        &self.evidence[place * self.sources..][..self.sources]
    }

    /// Where `what` is among the candidates, if it is.
    #[must_use]
    pub fn place_of(&self, what: u32) -> Option<usize> {
        (self.stamps.get(what as usize) == Some(&self.epoch))
            .then(|| self.places[what as usize] as usize)
    }

    /// Drops the candidates for which `guard` names one of the guards, and notes it in `sifted`.
    /// The others keep their order.
    pub fn sift(&mut self, sifted: &mut Sifted, mut guard: impl FnMut(u32) -> Option<usize>) {
        let mut kept = 0;
        for place in 0..self.whats.len() {
            let what = self.whats[place];
            match guard(what) {
                Some(number) => {
                    sifted.stop(number, what);
                    self.stamps[what as usize] = self.epoch.wrapping_sub(1);
                }
                None => {
                    self.move_to(place, kept);
                    kept += 1;
                }
            }
        }
        self.truncate(kept);
    }

    /// Keeps the candidates at `places`, in ascending order of place.
    pub fn keep(&mut self, places: &mut [u32]) {
        places.sort_unstable();
        let mut kept = 0;
        for place in 0..self.whats.len() {
            if places.get(kept).copied() == Some(place as u32) {
                self.move_to(place, kept);
                kept += 1;
            } else {
                self.stamps[self.whats[place] as usize] = self.epoch.wrapping_sub(1);
            }
        }
        self.truncate(kept);
    }

    fn move_to(&mut self, from: usize, to: usize) {
        if from != to {
            self.whats[to] = self.whats[from];
            self.masks[to] = self.masks[from];
            let range = from * self.sources..(from + 1) * self.sources;
            self.shares.copy_within(range.clone(), to * self.sources);
            self.evidence.copy_within(range, to * self.sources);
            self.places[self.whats[to] as usize] = to as u32;
        }
    }

    fn truncate(&mut self, len: usize) {
        self.whats.truncate(len);
        self.masks.truncate(len);
        self.shares.truncate(len * self.sources);
        self.evidence.truncate(len * self.sources);
    }
}
