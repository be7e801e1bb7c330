//! The solve for many items: a small ridge per item over its most telling predecessors.
//!
//! Column j of B solves (A + βZᵀZ + λI) b = C_j; all but K entries of b are taken as 0. The K are
//! the largest after one Jacobi step from C_j / diag, which sees items two steps away, so negative
//! weights ("touched the rival instead") are found too. O(K³/6) per item; nothing is n².

use super::{SlistOptions, dense::largest, pairs::System};
use crate::{
    error::FitError,
    progress::Progress,
    sparse::{Accumulator, Csr},
    topk::top_k_of,
};
use rayon::prelude::*;

/// Items between two progress reports.
const STRIDE: usize = 1024;

pub(super) fn solve(
    system: &System,
    options: &SlistOptions,
    candidates: usize,
    progress: Progress<'_>,
) -> Result<Csr, FitError> {
    let items = system.items();
    let predecessors = system.cross.transpose();
    let mut rows: Vec<Vec<(u32, f32)>> = vec![Vec::new(); items];
    for from in (0..items).step_by(STRIDE) {
        progress.step("slist: local solves", from as u64, items as u64)?;
        let columns = (from..items.min(from + STRIDE))
            .into_par_iter()
            .map_init(
                || Bench::new(system, &predecessors, options, candidates),
                |bench, item| bench.column(item as u32),
            )
            .collect::<Result<Vec<_>, FitError>>()?;
        for (offset, column) in columns.into_iter().enumerate() {
            for (predecessor, weight) in column {
                rows[predecessor as usize].push(((from + offset) as u32, weight));
            }
        }
    }
    let kept = rows.into_iter().map(|row| largest(row.into_iter(), options.keep));
    Ok(Csr::from_row_iter(items, kept))
}

/// What one worker needs to solve columns.
struct Bench<'a> {
    system: &'a System,
    predecessors: &'a Csr,
    options: &'a SlistOptions,
    candidates: usize,
    target: Accumulator,
    step: Accumulator,
    /// Place of an item among the candidates, or `u32::MAX`.
    place: Vec<u32>,
    gram: Vec<f64>,
}

impl<'a> Bench<'a> {
    fn new(
        system: &'a System,
        predecessors: &'a Csr,
        options: &'a SlistOptions,
        candidates: usize,
    ) -> Self {
        let items = system.items();
        Self {
            system,
            predecessors,
            options,
            candidates,
            target: Accumulator::new(items),
            step: Accumulator::new(items),
            place: vec![u32::MAX; items],
            gram: Vec::new(),
        }
    }

    /// Column `item` of the map: `(predecessor, weight)`.
    fn column(&mut self, item: u32) -> Result<Vec<(u32, f32)>, FitError> {
        self.target.add_row(self.predecessors.row(item as usize), 1.0);
        let target = &mut self.target;
        self.system.each_alike(item, |other, value| target.add(other, value));
        let (columns, values) = self.target.take();
        let chosen = self.choose(item, &columns, &values);
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let mut right: Vec<f64> = chosen
            .iter()
            .map(|other| columns.binary_search(other).map_or(0.0, |slot| f64::from(values[slot])))
            .collect();
        self.gather(&chosen);
        let mut own = vec![0.0; chosen.len()];
        let here = chosen.binary_search(&item).ok();
        if let Some(slot) = here {
            own[slot] = 1.0;
        }
        factor(&mut self.gram, chosen.len())?;
        substitute(&self.gram, &mut right);
        if let Some(slot) = here.filter(|_| self.options.self_weight != f32::INFINITY) {
            substitute(&self.gram, &mut own);
            let gamma = ((right[slot] - f64::from(self.options.self_weight)) / own[slot]).max(0.0);
            right.iter_mut().zip(&own).for_each(|(weight, p)| *weight -= gamma * p);
        }
        Ok(chosen.into_iter().zip(right.into_iter().map(|weight| weight as f32)).collect())
    }

    /// The candidates, ascending: the largest of |D⁻¹ (c − (A − D) D⁻¹ c)|, and the item itself,
    /// without which its own popularity would be explained by others.
    fn choose(&mut self, item: u32, columns: &[u32], values: &[f32]) -> Vec<u32> {
        for (&other, &value) in columns.iter().zip(values) {
            let share = value / self.diagonal(other);
            self.step.add(other, value);
            for (third, gram) in self.system.gram.row(other as usize).iter() {
                if third != other {
                    self.step.add(third, -gram * share);
                }
            }
        }
        let (columns, values) = self.step.take();
        let sized = columns
            .iter()
            .zip(&values)
            .filter(|(other, _)| **other != item)
            .map(|(&other, &value)| (other, (value / self.diagonal(other)).abs()));
        let mut chosen: Vec<u32> =
            top_k_of(sized, self.candidates).into_iter().map(|(other, _)| other).collect();
        if !columns.is_empty() {
            chosen.push(item);
        }
        chosen.sort_unstable();
        chosen
    }

    fn diagonal(&self, item: u32) -> f32 {
        self.system.gram.value(item as usize, item).unwrap_or(0.0) + self.options.ridge
    }

    /// The gram among the candidates, lower triangle, row-major.
    fn gather(&mut self, chosen: &[u32]) {
        let side = chosen.len();
        self.gram.clear();
        self.gram.resize(side * side, 0.0);
        for (place, &item) in chosen.iter().enumerate() {
            self.place[item as usize] = place as u32;
        }
        for (row, &item) in chosen.iter().enumerate() {
            let out = &mut self.gram[row * side..][..side];
            let places = &self.place;
            let mut add = |other: u32, value: f32| {
                if let Some(cell) = out.get_mut(places[other as usize] as usize) {
                    *cell += f64::from(value);
                }
            };
            for (other, value) in self.system.gram.row(item as usize).iter() {
                add(other, value);
            }
            self.system.each_alike(item, add);
            out[row] += f64::from(self.options.ridge);
        }
        for &item in chosen {
            self.place[item as usize] = u32::MAX;
        }
    }
}

/// Cholesky in place of the lower triangle of a row-major matrix.
fn factor(gram: &mut [f64], side: usize) -> Result<(), FitError> {
    for row in 0..side {
        let (above, rest) = gram.split_at_mut(row * side);
        let current = &mut rest[..side];
        for column in 0..row {
            let other = &above[column * side..][..=column];
            let dot = dot(&current[..column], &other[..column]);
            current[column] = (current[column] - dot) / other[column];
        }
        let left = current[row] - dot(&current[..row], &current[..row]);
        if left.is_nan() || left <= 0.0 {
            return Err(FitError::Numeric("slist: not positive definite; raise the ridge".into()));
        }
        current[row] = left.sqrt();
    }
    Ok(())
}

/// Solves L Lᵀ x = b in place.
fn substitute(factor: &[f64], right: &mut [f64]) {
    let side = right.len();
    for row in 0..side {
        let line = &factor[row * side..][..=row];
        right[row] = (right[row] - dot(&line[..row], &right[..row])) / line[row];
    }
    for row in (0..side).rev() {
        let line = &factor[row * side..][..=row];
        right[row] /= line[row];
        let solved = right[row];
        for (earlier, weight) in right[..row].iter_mut().zip(line) {
            *earlier -= weight * solved;
        }
    }
}

/// Eight sums side by side, so that the compiler can use wide registers.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (left_eights, left_rest) = left.as_chunks::<8>();
    let (right_eights, right_rest) = right.as_chunks::<8>();
    for (a, b) in left_eights.iter().zip(right_eights) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}
