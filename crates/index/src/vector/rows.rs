//! Where do the vectors lie? Rows of whole cache lines, one after the other.

use crate::IndexError;
use crate::kernels::{self, Kernel, LANES, Line};
use serde::{Deserialize, Serialize};

/// How two vectors are compared. Scores are always "higher is better".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Metric {
    /// Inner product; vectors are kept as given. What matrix factorisation answers.
    InnerProduct,
    /// Cosine in [-1, 1]; vectors are scaled to length one when they come in. The zero vector
    /// stays zero and scores 0 against everything.
    Cosine,
    /// Minus the squared Euclidean distance.
    L2,
}

impl Metric {
    pub(crate) fn kernel(self) -> Kernel {
        match self {
            Self::InnerProduct | Self::Cosine => Kernel::Dot,
            Self::L2 => Kernel::MinusL2,
        }
    }

    /// Checks and prepares one vector (`u32::MAX` as the id of a query).
    pub(crate) fn lines(
        self,
        dims: usize,
        id: u32,
        values: &[f32],
    ) -> Result<Vec<Line>, IndexError> {
        if values.len() != dims {
            return Err(IndexError::Shape { expected: dims, got: values.len() });
        }
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            return Err(IndexError::Value { id, position, rule: "must be finite" });
        }
        let mut lines = kernels::to_lines(values);
        if self == Self::Cosine {
            // In f64: the squares of large f32 values overflow f32.
            let norm = values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
            if norm > 0.0 {
                for value in lines.iter_mut().flat_map(|line| &mut line.0) {
                    *value = (f64::from(*value) / norm) as f32;
                }
            }
        }
        Ok(lines)
    }
}

/// Vectors of `dims` values, padded with zeros to `width` cache lines each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    dims: usize,
    width: usize,
    lines: Vec<Line>,
}

impl Rows {
    pub(crate) fn new(dims: usize) -> Self {
        Self { dims, width: dims.div_ceil(LANES), lines: Vec::new() }
    }

    pub(crate) fn with_capacity(dims: usize, rows: usize) -> Self {
        let mut empty = Self::new(dims);
        empty.lines.reserve_exact(rows * empty.width);
        empty
    }

    /// `None` when `lines` is not a whole number of rows.
    pub(crate) fn from_lines(dims: usize, lines: Vec<Line>) -> Option<Self> {
        let width = dims.div_ceil(LANES);
        (width > 0 && lines.len().is_multiple_of(width)).then_some(Self { dims, width, lines })
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len() / self.width
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub(crate) fn row(&self, at: usize) -> &[Line] {
        &self.lines[at * self.width..][..self.width]
    }

    pub(crate) fn values(&self, at: usize) -> &[f32] {
        &kernels::as_values(self.row(at))[..self.dims]
    }

    pub(crate) fn push(&mut self, row: &[Line]) {
        debug_assert_eq!(row.len(), self.width, "rows of one index have one width");
        self.lines.extend_from_slice(row);
    }

    pub(crate) fn set(&mut self, at: usize, row: &[Line]) {
        self.lines[at * self.width..][..self.width].copy_from_slice(row);
    }

    /// Removes a row; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, at: usize) {
        let last = self.len() - 1;
        self.lines.copy_within(last * self.width.., at * self.width);
        self.lines.truncate(last * self.width);
    }
}
