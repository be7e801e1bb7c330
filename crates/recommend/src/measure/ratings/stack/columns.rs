//! What is told of every item for every customer?
//!
//! Each column is made from training ratings, and from what is known of items and customers beside
//! them; the six parts of the blend come first. Those that depend on the customer's whole taste
//! are standardised per customer over the unknown items, as the blend's parts are.
//!
//! `days` and `older` compare a customer's days with those on which others rated an item, later
//! ones too: right under a random split, where test ratings are as old as training ones, and
//! nowhere else. `page` and `rater` read the order and length of others' whole histories.

mod items;
mod models;

use super::{
    super::{
        Facts, Known,
        blend::{Scores, blend},
        channels::channel,
    },
    CANDIDATES, Recipe,
};
use learn::{error::FitError, sparse::Csr, topk::top_k};

/// A way to make one column.
struct Column {
    name: &'static str,
    /// Whether it is standardised per customer.
    is_taste: bool,
    /// None when the facts it needs are missing.
    of: fn(&View<'_>) -> Result<Option<Scores>, FitError>,
}

const fn column(
    name: &'static str,
    is_taste: bool,
    of: fn(&View<'_>) -> Result<Option<Scores>, FitError>,
) -> Column {
    Column { name, is_taste, of }
}

/// What is added to the parts of the blend.
const COLUMNS: &[Column] = &[
    column("engs", true, models::ease_by_stars_pages_genres),
    column("ials-100", true, |view| models::ials(view, 100, 0.2, 0.02, 1, &view.known.train)),
    column("ials-12", true, |view| models::ials(view, 12, 0.3, 0.012, 2, &view.known.train)),
    column("ials-stars", true, models::ials_by_stars),
    column("top-3", true, |view| models::closest(view, 3)),
    column("top-1", false, |view| models::closest(view, 1)),
    column("stars", false, models::stars),
    column("count", false, items::count),
    column("page", false, items::page),
    column("rater", false, items::rater),
    column("genre", false, items::genre),
    column("years", false, items::years),
    column("days", false, items::days),
    column("older", false, items::older),
    column("age", false, items::age),
    column("sex", false, items::sex),
];

/// Training ratings and what more than one column reads from them.
struct View<'a> {
    known: &'a Known,
    facts: &'a Facts,
    seed: u64,
    /// Ratings per item.
    counts: Vec<f32>,
    /// Cosines of items, row-major: pairs over √((n_i + 10) (n_j + 10)), 0 on the diagonal.
    cosines: Vec<f32>,
}

impl<'a> View<'a> {
    fn new(known: &'a Known, recipe: Recipe<'a>) -> Self {
        let counts: Vec<f32> = known.train.column_counts().iter().map(|&n| n as f32).collect();
        let mut cosines = known.train.gram();
        let items = counts.len();
        for (item, row) in cosines.chunks_exact_mut(items.max(1)).enumerate() {
            for (cell, count) in row.iter_mut().zip(&counts) {
                *cell /= ((count + 10.0) * (counts[item] + 10.0)).sqrt();
            }
            row[item] = 0.0;
        }
        Self { known, facts: recipe.facts, seed: recipe.seed, counts, cosines }
    }

    /// Training ratings in all, at least 1.
    fn total(&self) -> f32 {
        self.known.list.len().max(1) as f32
    }

    /// A column from a closure that fills one customer's zeroed row.
    fn fill(&self, row: impl Fn(usize, &mut [f32]) + Sync) -> Scores {
        Scores::of(&self.known.train, row)
    }
}

/// The candidates of every customer, and all columns for them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Candidates of each list, customers in order (those of many fits one after the other).
    pub(super) lengths: Vec<usize>,
    /// Their items, list by list, best first.
    pub(super) items: Vec<u32>,
    pub(super) names: Vec<&'static str>,
    /// One value per row, column by column.
    pub(super) columns: Vec<Vec<f32>>,
}

impl Rows {
    /// The rows of `known`, and its blend.
    pub(super) fn new(known: &Known, recipe: Recipe<'_>) -> Result<(Self, Scores), FitError> {
        let mut parts: Vec<(&'static str, f64, Scores)> = Vec::new();
        for &(name, weight) in recipe.settings.weights.iter().filter(|(_, weight)| *weight != 0.0) {
            let Some(part) = channel(name) else { continue };
            let scores = (part.fit)(known, &recipe.settings.dials[name], recipe.seed)?;
            parts.push((name, weight, scores.standardise(&known.train)));
        }
        let scores: Vec<&Scores> = parts.iter().map(|(.., scores)| scores).collect();
        let weights: Vec<f64> = parts.iter().map(|(_, weight, _)| *weight).collect();
        let nothing = FitError::Input("the blend has no parts to choose candidates by".to_owned());
        let blended = blend(&scores, &weights).ok_or(nothing)?;
        let mut rows = Self::default();
        for customer in 0..known.train.rows() {
            let best = top_k(blended.row(customer), CANDIDATES, &known.taken(customer));
            rows.lengths.push(best.len());
            rows.items.extend(best.into_iter().map(|(item, _)| item));
        }
        for (name, _, scores) in parts {
            rows.push(name, &scores);
        }
        let view = View::new(known, recipe);
        for column in COLUMNS {
            // One at a time, so that no more than one is held for all items.
            let Some(scores) = (column.of)(&view)? else { continue };
            let scores = if column.is_taste { scores.standardise(&known.train) } else { scores };
            rows.push(column.name, &scores);
        }
        Ok((rows, blended))
    }

    fn push(&mut self, name: &'static str, scores: &Scores) {
        let mut column = Vec::with_capacity(self.items.len());
        let mut items = self.items.iter();
        for (customer, &length) in self.lengths.iter().enumerate() {
            let row = scores.row(customer);
            column.extend(items.by_ref().take(length).map(|item| row[*item as usize]));
        }
        self.names.push(name);
        self.columns.push(column);
    }

    /// For every row whether `hidden` holds it.
    pub(super) fn is_in(&self, hidden: &Csr) -> Vec<bool> {
        let mut items = self.items.iter();
        let mut is_in = Vec::with_capacity(self.items.len());
        for (customer, &length) in self.lengths.iter().enumerate() {
            let own = hidden.row(customer).columns;
            is_in.extend(items.by_ref().take(length).map(|item| own.binary_search(item).is_ok()));
        }
        is_in
    }

    /// Appends the rows of another fit of the same columns.
    pub(super) fn append(&mut self, more: Self) {
        if self.columns.is_empty() {
            *self = more;
            return;
        }
        debug_assert_eq!(self.names, more.names, "fits of the same data have the same columns");
        self.lengths.extend(more.lengths);
        self.items.extend(more.items);
        for (column, more) in self.columns.iter_mut().zip(more.columns) {
            column.extend(more);
        }
    }

    /// The values row by row.
    pub(super) fn by_row(&self) -> Vec<f32> {
        let width = self.columns.len();
        let mut values = vec![0_f32; self.items.len() * width];
        for (column, cells) in self.columns.iter().enumerate() {
            for (row, cell) in cells.iter().enumerate() {
                values[row * width + column] = *cell;
            }
        }
        values
    }
}

/// One column of all items.
#[cfg(test)]
pub(super) fn made(known: &Known, recipe: Recipe<'_>, name: &str) -> Option<Scores> {
    let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
    (column.of)(&View::new(known, recipe)).unwrap()
}
