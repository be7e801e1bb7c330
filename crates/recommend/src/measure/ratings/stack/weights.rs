//! Which weights, none of them negative, rank the hidden ratings highest?
//!
//! One column at a time, up or down by a step for as long as nDCG@10 over the lists rises, with
//! three steps that get smaller. nDCG is flat nearly everywhere, so no slope is followed. Weights
//! start at those of `blend` and are not negative for the reason given there; what may take part
//! beside its parts are the columns that helped in it on validation parts.

use super::super::{K, Settings};
use learn::{
    metrics::{ApBase, Hits, Means},
    topk::top_k,
};
use rayon::prelude::*;

/// Columns that may join the parts of the blend, from weight 0 on.
const JOINING: &[&str] =
    &["engs", "ials-12", "ials-stars", "genre", "years", "age", "sex", "days", "stars"];
const STEPS: [f32; 3] = [0.3, 0.15, 0.07];
/// A smaller gain is luck.
const LEAST_GAIN: f64 = 2e-5;

/// The columns that take part among `names`, each with the weight it starts from.
pub(super) fn start(names: &[&str], settings: &Settings) -> Vec<(usize, f32)> {
    let weight = |name: &str| match settings.weight(name) {
        0.0 => JOINING.contains(&name).then_some(0.0),
        weight => Some(weight as f32),
    };
    names.iter().enumerate().filter_map(|(slot, name)| Some((slot, weight(name)?))).collect()
}

/// Lists of rows and the places of their relevant ones.
pub(super) struct Labelled {
    /// First row, length, and relevant places of every list that has any.
    lists: Vec<(usize, usize, Vec<u32>)>,
}

impl Labelled {
    pub(super) fn new(lengths: &[usize], is_relevant: &[bool]) -> Self {
        let mut from = 0;
        let lists = lengths.iter().map(|&length| {
            let labels = &is_relevant[from..from + length];
            let places = (0..length as u32).filter(|place| labels[*place as usize]).collect();
            from += length;
            (from - length, length, places)
        });
        Self { lists: lists.filter(|(.., places): &(_, _, Vec<u32>)| !places.is_empty()).collect() }
    }

    /// Mean nDCG@10 of the lists; a relevant item that is no row of its list cannot be reached.
    pub(super) fn ndcg(&self, scores: &[f32]) -> f64 {
        let of = |(from, length, relevant): &(usize, usize, Vec<u32>)| {
            let best = top_k(&scores[*from..from + length], K, &[]);
            let hits = Hits::new(best.into_iter().map(|(place, _)| place), relevant);
            Means::of(&hits, K, ApBase::Relevant)
        };
        let each: Vec<Means> = self.lists.par_iter().map(of).collect();
        each.into_iter().sum::<Means>().ndcg()
    }
}

/// Climbs from `weights` (one per column, ≥ 0) to better ones.
pub(super) fn climb(columns: &[&[f32]], mut weights: Vec<f32>, lists: &Labelled) -> Vec<f32> {
    let mut scores = vec![0_f32; columns.first().map_or(0, |column| column.len())];
    for (column, weight) in columns.iter().zip(&weights) {
        add(&mut scores, column, *weight);
    }
    let mut best = lists.ndcg(&scores);
    let mut tried = scores.clone();
    for step in STEPS {
        for (column, weight) in columns.iter().zip(&mut weights) {
            for step in [step, -step] {
                while *weight + step >= 0.0 {
                    tried.copy_from_slice(&scores);
                    add(&mut tried, column, step);
                    let value = lists.ndcg(&tried);
                    if value <= best + LEAST_GAIN {
                        break;
                    }
                    best = value;
                    *weight += step;
                    std::mem::swap(&mut scores, &mut tried);
                }
            }
        }
    }
    weights
}

fn add(scores: &mut [f32], column: &[f32], weight: f32) {
    for (score, value) in scores.iter_mut().zip(column) {
        *score += weight * value;
    }
}
