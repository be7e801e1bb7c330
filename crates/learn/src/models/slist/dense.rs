//! The exact solve: one inverse, then the map row by row, never held densely.
//!
//! P lives in the n² cells that held A, its Cholesky factor's inverse in another n²; each row of
//! P C − P diag(γ) is made in 4 n bytes per core, cut to its largest weights and forgotten.

use super::{SlistOptions, pairs::System};
use crate::{error::FitError, models::ease, progress::Progress, sparse::Csr, topk::top_k_of};
use rayon::prelude::*;

/// Rows between two progress reports.
const STRIDE: usize = 512;

pub(super) fn solve(
    system: &System,
    options: &SlistOptions,
    progress: Progress<'_>,
) -> Result<Csr, FitError> {
    let items = system.items();
    let mut inverse = dense_gram(system, options.ridge);
    ease::invert(&mut inverse, items, progress)?;
    let gamma = self_penalties(system, options, &inverse);
    let mut rows = Vec::with_capacity(items);
    for from in (0..items).step_by(STRIDE) {
        progress.step("slist: weights", from as u64, items as u64)?;
        rows.par_extend((from..items.min(from + STRIDE)).into_par_iter().map_init(
            || (vec![0_f32; items], vec![0_f32; system.attribute_count()]),
            |(out, carried), item| {
                let solved = &inverse[item * items..][..items];
                times_cross(system, solved, out, carried);
                for ((weight, &p), &gamma) in out.iter_mut().zip(solved).zip(&gamma) {
                    *weight -= p * gamma;
                }
                largest(out.iter().copied().enumerate().map(|(j, w)| (j as u32, w)), options.keep)
            },
        ));
    }
    Ok(Csr::from_row_iter(items, rows.into_iter()))
}

/// The `keep` entries of largest modulus, zeros left out.
pub(super) fn largest(
    entries: impl Iterator<Item = (u32, f32)> + Clone,
    keep: usize,
) -> Vec<(u32, f32)> {
    let sized = entries.clone().filter(|entry| entry.1 != 0.0);
    let best = top_k_of(sized.map(|(column, weight)| (column, weight.abs())), keep);
    let mut columns: Vec<u32> = best.into_iter().map(|(column, _)| column).collect();
    columns.sort_unstable();
    let mut next = 0;
    entries
        .filter(|(column, _)| {
            let found = columns.get(next) == Some(column);
            next += usize::from(found);
            found
        })
        .collect()
}

/// `out = rowᵀ C`, with `carried` as room for rowᵀ Z.
fn times_cross(system: &System, row: &[f32], out: &mut [f32], carried: &mut [f32]) {
    out.fill(0.0);
    for (&p, cross) in row.iter().zip(system.cross.iter()) {
        for (column, value) in cross.iter() {
            out[column as usize] += p * value;
        }
    }
    let Some((attributes, carriers)) = &system.attributes else { return };
    carried.fill(0.0);
    for (&p, carries) in row.iter().zip(attributes.iter()) {
        for (attribute, weight) in carries.iter() {
            carried[attribute as usize] += p * weight;
        }
    }
    for (&sum, carrier) in carried.iter().zip(carriers.iter()) {
        for (column, weight) in carrier.iter() {
            out[column as usize] += sum * weight;
        }
    }
}

/// γ: what each item may not learn from itself.
fn self_penalties(system: &System, options: &SlistOptions, inverse: &[f32]) -> Vec<f32> {
    let items = system.items();
    if options.self_weight == f32::INFINITY {
        return vec![0.0; items];
    }
    let columns = system.cross.transpose();
    (0..items)
        .into_par_iter()
        .map(|item| {
            let solved = &inverse[item * items..][..items];
            let mut own = 0.0;
            for (other, value) in columns.row(item).iter() {
                own += solved[other as usize] * value;
            }
            system.each_alike(item as u32, |other, value| own += solved[other as usize] * value);
            ((own - options.self_weight) / solved[item]).max(0.0)
        })
        .collect()
}

fn dense_gram(system: &System, ridge: f32) -> Vec<f32> {
    let items = system.items();
    let mut dense = vec![0_f32; items * items];
    dense.par_chunks_mut(items.max(1)).enumerate().for_each(|(item, row)| {
        for (column, value) in system.gram.row(item).iter() {
            row[column as usize] = value;
        }
        system.each_alike(item as u32, |column, value| row[column as usize] += value);
        row[item] += ridge;
    });
    dense
}
