//! Who touched what, how much: a sparse matrix as flat arrays.
//!
//! Rows are usually customers and columns items. The arrays are plain, so a matrix can be sent
//! through serde, mapped, or sliced without a copy.

use crate::error::FitError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Rows of a product that are worked on at a time.
const GRAM_BLOCK: usize = 4096;

/// A matrix in compressed sparse rows: columns ascend within a row and appear once.
///
/// Memory: 8 (rows + 1) + 8 nnz bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Csr {
    cols: usize,
    /// `starts[r]..starts[r + 1]` is the range of row `r`; one longer than there are rows.
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

/// One row: parallel slices, columns ascending.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// Column indexes, ascending, each `< cols`.
    pub columns: &'a [u32],
    /// The value at each column.
    pub values: &'a [f32],
}

impl<'a> Row<'a> {
    /// `(column, value)` pairs, columns ascending.
    pub fn iter(self) -> impl ExactSizeIterator<Item = (u32, f32)> + 'a {
        self.columns.iter().copied().zip(self.values.iter().copied())
    }

    /// Entries in the row.
    pub fn len(self) -> usize {
        self.columns.len()
    }

    /// Whether the row has no entry.
    pub fn is_empty(self) -> bool {
        self.columns.is_empty()
    }
}

impl Csr {
    /// A matrix of `rows × cols` from `(row, column, value)` in any order; values of the same cell
    /// are summed in the order given. O(rows + nnz log(row length)).
    ///
    /// # Errors
    /// [`FitError::Input`] names the first triple outside the shape or with a value that is not
    /// finite.
    pub fn from_triples(
        rows: usize,
        cols: usize,
        triples: &[(u32, u32, f32)],
    ) -> Result<Self, FitError> {
        let mut starts = vec![0_usize; rows + 1];
        for (index, &(row, column, value)) in triples.iter().enumerate() {
            if row as usize >= rows || column as usize >= cols || !value.is_finite() {
                return Err(FitError::Input(format!(
                    "triple {index} is ({row}, {column}, {value}), want row < {rows}, \
                     column < {cols} and a finite value"
                )));
            }
            starts[row as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut cells = vec![(0_u32, 0_f32); triples.len()];
        let mut next = starts.clone();
        for &(row, column, value) in triples {
            let slot = &mut next[row as usize];
            cells[*slot] = (column, value);
            *slot += 1;
        }
        Ok(Self::from_row_iter(cols, starts.windows(2).map(|w| cells[w[0]..w[1]].to_vec())))
    }

    /// A matrix from one list of `(column, value)` per row, in any order; values of the same
    /// column are summed.
    ///
    /// # Errors
    /// [`FitError::Input`] when a column is not `< cols`.
    pub fn from_rows(
        cols: usize,
        rows: impl IntoIterator<Item = Vec<(u32, f32)>>,
    ) -> Result<Self, FitError> {
        let made = Self::from_row_iter(cols, rows.into_iter());
        match made.columns.iter().find(|column| **column as usize >= cols) {
            Some(column) => {
                Err(FitError::Input(format!("column {column} in a matrix of {cols} columns")))
            }
            None => Ok(made),
        }
    }

    pub(crate) fn from_row_iter(cols: usize, rows: impl Iterator<Item = Vec<(u32, f32)>>) -> Self {
        let mut made = Self { cols, starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for mut cells in rows {
            cells.sort_by_key(|cell| cell.0);
            let start = made.columns.len();
            for (column, value) in cells {
                if made.columns.len() > start && made.columns.last() == Some(&column) {
                    if let Some(last) = made.values.last_mut() {
                        *last += value;
                    }
                } else {
                    made.columns.push(column);
                    made.values.push(value);
                }
            }
            made.starts.push(made.columns.len());
        }
        made.columns.shrink_to_fit();
        made.values.shrink_to_fit();
        made
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Number of stored entries.
    pub fn nnz(&self) -> usize {
        self.columns.len()
    }

    /// Row `row`. Panics when `row >= rows`, as slices do.
    pub fn row(&self, row: usize) -> Row<'_> {
        let range = self.starts[row]..self.starts[row + 1];
        Row { columns: &self.columns[range.clone()], values: &self.values[range] }
    }

    /// All rows in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.rows()).map(|row| self.row(row))
    }

    /// The value at a cell, if stored. O(log row length).
    pub fn value(&self, row: usize, column: u32) -> Option<f32> {
        let row = self.row(row);
        row.columns.binary_search(&column).ok().map(|slot| row.values[slot])
    }

    /// The same cells with new values: `change(row, column, value)`.
    #[must_use]
    pub fn map(&self, change: impl Fn(u32, u32, f32) -> f32) -> Self {
        self.clone().mapped(change)
    }

    /// The same in place.
    #[must_use]
    pub fn mapped(mut self, change: impl Fn(u32, u32, f32) -> f32) -> Self {
        for row in 0..self.rows() {
            for slot in self.starts[row]..self.starts[row + 1] {
                self.values[slot] = change(row as u32, self.columns[slot], self.values[slot]);
            }
        }
        self
    }

    /// Rows become columns. O(rows + cols + nnz).
    #[must_use]
    pub fn transpose(&self) -> Self {
        let mut starts = vec![0_usize; self.cols + 1];
        for &column in &self.columns {
            starts[column as usize + 1] += 1;
        }
        for column in 0..self.cols {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut columns = vec![0_u32; self.nnz()];
        let mut values = vec![0_f32; self.nnz()];
        for row in 0..self.rows() {
            for (column, value) in self.row(row).iter() {
                let slot = &mut next[column as usize];
                columns[*slot] = row as u32;
                values[*slot] = value;
                *slot += 1;
            }
        }
        Self { cols: self.rows(), starts, columns, values }
    }

    /// Entries per column (how many customers touched each item).
    pub fn column_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.cols];
        for &column in &self.columns {
            counts[column as usize] += 1;
        }
        counts
    }

    /// Sum of values per column.
    pub fn column_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.cols];
        for (&column, &value) in self.columns.iter().zip(&self.values) {
            sums[column as usize] += f64::from(value);
        }
        sums
    }

    /// `self · dense` for one vector of length `cols`; the result has length `rows`.
    pub fn times(&self, dense: &[f32]) -> Vec<f32> {
        self.iter().map(|row| row.iter().map(|(c, v)| v * dense[c as usize]).sum()).collect()
    }

    /// `selfᵀ · right` as a dense row-major `cols × right.cols` matrix, for two matrices over the
    /// same rows; `gram` when both are the same. Uses all cores; O(Σ over rows of |row|·|right
    /// row|) time, 4·cols·right.cols bytes.
    ///
    /// # Errors
    /// [`FitError::Input`] when the row counts differ.
    pub fn transposed_times(&self, right: &Self) -> Result<Vec<f32>, FitError> {
        if self.rows() != right.rows() {
            let (left, right) = (self.rows(), right.rows());
            return Err(FitError::Input(format!("{left} rows against {right} rows")));
        }
        let by_column = self.transpose();
        let mut product = vec![0_f32; self.cols * right.cols];
        product.par_chunks_mut(right.cols.max(1)).enumerate().for_each(|(column, out)| {
            add_scaled_rows(by_column.row(column), right, out);
        });
        Ok(product)
    }

    /// `selfᵀ · self`, dense, row-major, `cols × cols`.
    pub fn gram(&self) -> Vec<f32> {
        let by_column = self.transpose();
        let mut product = vec![0_f32; self.cols * self.cols];
        product.par_chunks_mut(self.cols.max(1)).enumerate().for_each(|(column, out)| {
            add_scaled_rows(by_column.row(column), self, out);
        });
        product
    }

    /// Maps every row of `selfᵀ · self` without holding the product: for column `i`,
    /// `each(i, row)` gets that row sparsely (columns ascending, the diagonal included) and what it
    /// returns is collected in order of `i`. Uses all cores; memory beside the results is about
    /// 8·cols bytes per thread and one transpose.
    pub fn map_gram_rows<T: Send>(&self, each: impl Fn(u32, Row<'_>) -> T + Sync) -> Vec<T> {
        let by_column = self.transpose();
        self.gram_block(&by_column, 0..self.cols, &each)
    }

    /// `selfᵀ · self` with each row made smaller by `each`, as in [`Self::map_gram_rows`]. Rows
    /// are taken a few thousand at a time, so nothing but the result is ever held whole.
    #[must_use]
    pub fn gram_rows(&self, each: impl Fn(u32, Row<'_>) -> Vec<(u32, f32)> + Sync) -> Self {
        let by_column = self.transpose();
        let blocks = (0..self.cols).step_by(GRAM_BLOCK).flat_map(|from| {
            let to = self.cols.min(from + GRAM_BLOCK);
            self.gram_block(&by_column, from..to, &each)
        });
        Self::from_row_iter(self.cols, blocks)
    }

    fn gram_block<T: Send>(
        &self,
        by_column: &Self,
        block: Range<usize>,
        each: &(impl Fn(u32, Row<'_>) -> T + Sync),
    ) -> Vec<T> {
        let row = |sums: &mut Accumulator, column: usize| {
            for (row, weight) in by_column.row(column).iter() {
                sums.add_row(self.row(row as usize), weight);
            }
            let (columns, values) = sums.take();
            each(column as u32, Row { columns: &columns, values: &values })
        };
        block.into_par_iter().map_init(|| Accumulator::new(self.cols), row).collect()
    }
}

fn add_scaled_rows(weights: Row<'_>, rows: &Csr, out: &mut [f32]) {
    for (row, weight) in weights.iter() {
        for (column, value) in rows.row(row as usize).iter() {
            out[column as usize] += weight * value;
        }
    }
}

/// Sums of sparse rows: dense sums and the list of touched columns, so that taking the result
/// costs what was touched and not the width.
#[derive(Debug, Clone)]
pub struct Accumulator {
    sums: Vec<f32>,
    is_touched: Vec<bool>,
    touched: Vec<u32>,
}

impl Accumulator {
    /// An accumulator for rows of `cols` columns; 5 bytes each.
    pub fn new(cols: usize) -> Self {
        Self { sums: vec![0.0; cols], is_touched: vec![false; cols], touched: Vec::new() }
    }

    /// Adds `value` to `column`.
    #[inline]
    pub fn add(&mut self, column: u32, value: f32) {
        let slot = column as usize;
        if !self.is_touched[slot] {
            self.is_touched[slot] = true;
            self.touched.push(column);
        }
        self.sums[slot] += value;
    }

    /// Adds `weight · row`.
    pub fn add_row(&mut self, row: Row<'_>, weight: f32) {
        for (column, value) in row.iter() {
            self.add(column, weight * value);
        }
    }

    /// The sums so far, columns ascending; leaves the accumulator empty.
    pub fn take(&mut self) -> (Vec<u32>, Vec<f32>) {
        self.touched.sort_unstable();
        let columns = std::mem::take(&mut self.touched);
        let values = columns
            .iter()
            .map(|&column| {
                self.is_touched[column as usize] = false;
                std::mem::take(&mut self.sums[column as usize])
            })
            .collect();
        (columns, values)
    }
}
