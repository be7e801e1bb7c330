//! The solve for many items: a small ridge per item over its most telling predecessors.
//!
//! Column j of B solves (A + βZᵀZ + λI) b = C_j; all but K entries of b are taken as 0. The K are
//! the largest after one Jacobi step from C_j / diag, which sees items two steps away, so negative
//! weights ("touched the rival instead") are found too. O(K³/6) per item; nothing is n².

use super::{SlistOptions, dense::largest, pairs::System};
use crate::{
    dense::solve_spd,
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
    gram: Vec<f32>,
    /// Attributes of the item at hand, else 0.
    carried: Vec<f32>,
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
            carried: vec![0.0; system.attribute_count()],
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
        let mut right: Vec<f32> = chosen
            .iter()
            .map(|other| columns.binary_search(other).map_or(0.0, |slot| values[slot]))
            .collect();
        self.gather(&chosen);
        if self.options.self_weight == f32::INFINITY {
            solve_spd(&mut self.gram, &mut right)?;
            return Ok(chosen.into_iter().zip(right).collect());
        }
        let mut gram = self.gram.clone();
        solve_spd(&mut gram, &mut right)?;
        let mut own = vec![0.0; chosen.len()];
        let here = chosen.binary_search(&item).unwrap_or_default();
        own[here] = 1.0;
        solve_spd(&mut self.gram, &mut own)?;
        let gamma = ((right[here] - self.options.self_weight) / own[here]).max(0.0);
        right.iter_mut().zip(&own).for_each(|(weight, p)| *weight -= gamma * p);
        Ok(chosen.into_iter().zip(right).collect())
    }

    /// The candidates, ascending: the largest of |D⁻¹ (c − (A − D) D⁻¹ c')|, with c' the largest
    /// of c, and the item itself, without which its own popularity would be explained by others.
    fn choose(&mut self, item: u32, columns: &[u32], values: &[f32]) -> Vec<u32> {
        if columns.is_empty() {
            return Vec::new();
        }
        let direct = columns.iter().zip(values).map(|(&other, &value)| (other, value));
        let leaders = direct.clone().map(|(other, value)| (other, value / self.diagonal(other)));
        for (other, share) in top_k_of(leaders, self.candidates) {
            for (third, gram) in self.system.gram.row(other as usize).iter() {
                if third != other {
                    self.step.add(third, -gram * share);
                }
            }
        }
        direct.for_each(|(other, value)| self.step.add(other, value));
        let (columns, values) = self.step.take();
        let sized = columns
            .iter()
            .zip(&values)
            .filter(|(other, _)| **other != item)
            .map(|(&other, &value)| (other, (value / self.diagonal(other)).abs()));
        let mut chosen: Vec<u32> =
            top_k_of(sized, self.candidates).into_iter().map(|(other, _)| other).collect();
        chosen.push(item);
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
            for (other, value) in self.system.gram.row(item as usize).iter() {
                if let Some(cell) = out.get_mut(self.place[other as usize] as usize) {
                    *cell = value;
                }
            }
            out[row] += self.options.ridge;
            if let Some((attributes, _)) = &self.system.attributes {
                let carried = attributes.row(item as usize);
                carried
                    .iter()
                    .for_each(|(attribute, value)| self.carried[attribute as usize] = value);
                for (cell, &other) in out[..=row].iter_mut().zip(chosen) {
                    let shared = attributes.row(other as usize).iter();
                    let alike =
                        shared.map(|(attribute, value)| value * self.carried[attribute as usize]);
                    *cell += alike.sum::<f32>();
                }
                carried.iter().for_each(|(attribute, _)| self.carried[attribute as usize] = 0.0);
            }
        }
        for &item in chosen {
            self.place[item as usize] = u32::MAX;
        }
    }
}
