//! Which items did the anchors vote for, how much, and which anchor most?

/// Sums over items, with the strongest voter of each; dense, reused, and cleared by what was
/// touched. 12 bytes for each item of the shop, per thread.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    cells: Vec<Cell>,
    touched: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    sum: f32,
    strongest: f32,
    by: u32,
}

impl Votes {
    /// Gets ready for items `0..width`.
    pub(crate) fn start(&mut self, width: usize) {
        if self.cells.len() < width {
            self.cells.resize(width, Cell::default());
        }
    }

    /// `by` gives `item` `votes` (may be negative).
    #[inline]
    pub(crate) fn add(&mut self, item: u32, votes: f32, by: u32) {
        let Some(cell) = self.cells.get_mut(item as usize) else { return };
        // An item whose votes cancel to zero exactly is noted twice; `take` then finds it empty.
        if cell.sum == 0.0 {
            self.touched.push(item);
        }
        cell.sum += votes;
        if votes > cell.strongest {
            cell.strongest = votes;
            cell.by = by;
        }
    }

    /// Moves the items with positive sums to `out`, in the order first voted for.
    pub(crate) fn take(&mut self, out: &mut Vec<(u32, f32, u32)>) {
        for item in self.touched.drain(..) {
            let cell = std::mem::take(&mut self.cells[item as usize]);
            if cell.sum > 0.0 {
                out.push((item, cell.sum, cell.by));
            }
        }
    }
}
