//! Which items were voted for, how much, and by whom most? Sparse sums for one answer.
//!
//! A hash table with open addressing, as large as the votes of an answer need and no larger: votes
//! go to items all over the shop, and a dense array would miss the cache with nearly each of them.

/// Fewest places; a power of two.
const PLACES_MIN: usize = 1 << 8;
/// The item of an empty place.
const NOBODY: u32 = u32::MAX;

/// Sums over items, with the strongest voter of each. Reused: 16 bytes a place, at least half of
/// the places empty. Items are numbers below 2³² − 1.
#[derive(Debug, Clone, Default)]
pub struct Votes {
    /// Empty but for `taken`; as many as the largest answer needed.
    cells: Vec<Cell>,
    /// Places in use for this answer, a power of two, less one.
    mask: usize,
    /// Taken places, in the order first voted for.
    taken: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    item: u32,
    sum: f32,
    strongest: f32,
    by: u32,
}

const EMPTY: Cell = Cell { item: NOBODY, sum: 0.0, strongest: 0.0, by: 0 };

impl Votes {
    /// Forgets the last answer, and makes room for about `expected` items; it grows with more.
    pub fn start(&mut self, expected: usize) {
        for place in self.taken.drain(..) {
            self.cells[place as usize] = EMPTY;
        }
        self.size((2 * expected).next_power_of_two().max(PLACES_MIN));
    }

    fn size(&mut self, places: usize) {
        self.mask = places - 1;
        if self.cells.len() < places {
            self.cells.resize(places, EMPTY);
            self.taken.reserve(places / 2);
        }
    }

    /// `by` gives `item` `votes`, which may be negative.
    #[inline]
    pub fn add(&mut self, item: u32, votes: f32, by: u32) {
        debug_assert!(item != NOBODY, "the greatest number stands for nobody");
        let place = self.place_of(item);
        let cell = &mut self.cells[place];
        if cell.item == NOBODY {
            *cell = Cell { item, sum: votes, strongest: votes, by };
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
        // Fibonacci hashing: the high half of the product is the well-mixed one.
        let hash = u64::from(item).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut place = hash as usize & self.mask;
        while self.cells[place].item != item && self.cells[place].item != NOBODY {
            place = (place + 1) & self.mask;
        }
        place
    }

    /// Doubles the places in use.
    #[cold]
    fn grow(&mut self) {
        let kept: Vec<Cell> = self.taken.iter().map(|&place| self.cells[place as usize]).collect();
        for place in self.taken.drain(..) {
            self.cells[place as usize] = EMPTY;
        }
        self.size(2 * (self.mask + 1));
        for cell in kept {
            let place = self.place_of(cell.item);
            self.cells[place] = cell;
            self.taken.push(place as u32);
        }
    }

    /// The sum of `item`, which is then as if its votes had cancelled.
    pub fn remove(&mut self, item: u32) -> f32 {
        let place = self.place_of(item);
        let cell = &mut self.cells[place];
        if cell.item == item { std::mem::take(&mut cell.sum) } else { 0.0 }
    }

    /// Each item with its sum and who gave it most, in the order first voted for. Sums of zero are
    /// among them.
    pub fn drain(&mut self) -> impl Iterator<Item = (u32, f32, u32)> + '_ {
        let Self { cells, taken, .. } = self;
        taken.drain(..).map(|place| {
            let cell = std::mem::replace(&mut cells[place as usize], EMPTY);
            (cell.item, cell.sum, cell.by)
        })
    }

    /// Places held, for whoever watches that a warm answer allocates nothing.
    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.cells.capacity() + self.taken.capacity()
    }
}
