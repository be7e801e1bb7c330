//! Which items were voted for, how much, and by whom most? Sparse sums for one answer.
//!
//! A hash table with open addressing, as large as the votes of one answer need and no larger: votes
//! go to items all over the shop, and a dense array would miss the cache with nearly each of them.

/// Places to begin with; a power of two.
const PLACES_MIN: usize = 1 << 10;

/// Sums over items, with the strongest voter of each. Reused: 20 bytes a place, at least half of
/// the places empty, forgotten by counting the epoch up.
#[derive(Debug, Clone, Default)]
pub struct Votes {
    cells: Vec<Cell>,
    epoch: u32,
    /// Taken places, in the order first voted for.
    taken: Vec<u32>,
    /// Places in use of `cells`, less one.
    mask: usize,
}

/// Empty unless `epoch` is that of the votes.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    item: u32,
    epoch: u32,
    sum: f32,
    strongest: f32,
    by: u32,
}

impl Votes {
    /// Forgets the last answer.
    pub fn start(&mut self) {
        if self.cells.is_empty() {
            self.cells.resize(PLACES_MIN, Cell::default());
            self.taken.reserve(PLACES_MIN / 2);
        }
        self.taken.clear();
        self.mask = PLACES_MIN - 1;
        self.next_epoch();
    }

    fn next_epoch(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.cells.fill(Cell::default());
            self.epoch = 1;
        }
    }

    /// `by` gives `item` `votes`, which may be negative.
    #[inline]
    pub fn add(&mut self, item: u32, votes: f32, by: u32) {
        let place = self.place_of(item);
        let cell = &mut self.cells[place];
        if cell.epoch != self.epoch {
            *cell = Cell { item, epoch: self.epoch, sum: votes, strongest: votes, by };
            self.taken.push(place as u32);
            if 2 * self.taken.len() > self.mask {
                self.grow();
            }
            return;
        }
        cell.sum += votes;
        if votes > cell.strongest {
            cell.strongest = votes;
            cell.by = by;
        }
    }

    /// Where `item` is, or the empty place where it belongs.
    #[inline]
    fn place_of(&self, item: u32) -> usize {
        // Fibonacci hashing: the high bits of the product are the well-mixed ones.
        let hash = u64::from(item).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut place = hash as usize & self.mask;
        while self.cells[place].epoch == self.epoch && self.cells[place].item != item {
            place = (place + 1) & self.mask;
        }
        place
    }

    /// Doubles the places in use.
    #[cold]
    fn grow(&mut self) {
        let kept: Vec<Cell> = self.taken.iter().map(|&place| self.cells[place as usize]).collect();
        self.mask = 2 * self.mask + 1;
        if self.cells.len() <= self.mask {
            self.cells.resize(self.mask + 1, Cell::default());
            self.taken.reserve(self.mask / 2);
        }
        self.next_epoch();
        self.taken.clear();
        for cell in kept {
            let place = self.place_of(cell.item);
            self.cells[place] = Cell { epoch: self.epoch, ..cell };
            self.taken.push(place as u32);
        }
    }

    /// The sum of `item`, which is then as if nobody had voted for it.
    pub fn remove(&mut self, item: u32) -> f32 {
        let place = self.place_of(item);
        let cell = &mut self.cells[place];
        if cell.epoch == self.epoch { std::mem::take(&mut cell.sum) } else { 0.0 }
    }

    /// Each item with its sum and who gave it most, in the order first voted for. Sums of zero are
    /// among them.
    pub fn drain(&mut self) -> impl Iterator<Item = (u32, f32, u32)> + '_ {
        let Self { cells, taken, .. } = self;
        taken.drain(..).map(|place| {
            let cell = cells[place as usize];
            (cell.item, cell.sum, cell.by)
        })
    }

    /// Places held, for whoever watches that a warm answer allocates nothing.
    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.cells.capacity() + self.taken.capacity()
    }
}
