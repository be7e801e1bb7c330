//! What is bought together with this, more than chance would have it?
//!
//! Rules `a → b` over baskets, with `n` baskets, `n_a` and `n_b` holding an item, `n_ab` both:
//!
//! ```text
//! support    = n_ab / n                    confidence = n_ab / n_a
//! lift       = n · n_ab / (n_a · n_b)      leverage   = n_ab / n − n_a · n_b / n²
//! G²         = 2 Σ cells  observed · ln(observed / expected)            of the 2 × 2 table
//! score      = (n_ab + κ · p_b) / (n_a + κ) / p_b^α · f                 p_b = n_b / n
//! ```
//!
//! (Agrawal, Srikant 1994; lift and leverage: Brin 1997, Piatetsky-Shapiro 1991; G²: Dunning 1993.)
//! The score is the confidence, shrunk towards what `b` is bought anyway by κ baskets of prior, and
//! divided by that: α = 0 ranks by confidence (what sells anyway), α = 1 by lift (what is special
//! to the pair). Complements are not look-alikes: `f` lowers pairs of one category, which are
//! usually alternatives. Left out: rules with more than one item on the left; a basket's
//! suggestions add up single rules instead.
//!
//! Cost: O(Σ |basket|²) time over all cores, which `basket_items_max` bounds; 28 bytes a rule.

#[cfg(test)]
mod tests;

use crate::{error::FitError, progress::Progress, sparse::Csr, topk};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Which rules are kept and how they are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AssociationOptions {
    /// Fewest baskets that must hold both items, at least 1.
    pub both_min: u32,
    /// Smallest G²; 10.83 = one in a thousand by chance, 0 keeps every lift above 1.
    pub g2_min: f32,
    /// κ: baskets of prior that say "as often as ever", ≥ 0.
    pub prior_baskets: f32,
    /// α: 0 ranks by confidence, 1 by lift; 0..=1.
    pub rarity: f32,
    /// Factor on the score of two items of one category, 0..=1; 0 drops such rules.
    pub same_category: f32,
    /// Rules kept per item.
    pub rules_per_item: usize,
    /// Larger baskets are left out: they are resellers or data faults, and cost the square.
    pub basket_items_max: usize,
}

impl Default for AssociationOptions {
    fn default() -> Self {
        Self {
            both_min: 3,
            g2_min: 10.83,
            prior_baskets: 10.0,
            rarity: 0.6,
            same_category: 0.5,
            rules_per_item: 50,
            basket_items_max: 100,
        }
    }
}

/// One rule `a → b` of item `a`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// `b`.
    pub item: u32,
    /// `n_ab`, baskets that hold both.
    pub both: u32,
    /// `n_ab / n_a`, in (0, 1].
    pub confidence: f32,
    /// Above 1: together more often than by chance.
    pub lift: f32,
    /// Share of baskets beyond chance, in (0, 0.25].
    pub leverage: f32,
    /// Dunning's G²; above 10.83 one in a thousand by chance.
    pub g2: f32,
    /// What rules are ranked by; > 0.
    pub score: f32,
}

/// The best rules of every item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Associations {
    starts: Vec<u32>,
    rules: Vec<Rule>,
    baskets: u32,
}

impl Associations {
    /// Finds the rules. `baskets` has a row per basket and a column per item; values other than 0
    /// mean "in it". `category[item]` is any number, `None` = unknown and like no other; an empty
    /// slice means no item has one.
    ///
    /// # Errors
    /// [`FitError::Input`] for options out of range or a category slice of the wrong length;
    /// [`FitError::Cancelled`].
    pub fn fit(
        baskets: &Csr,
        category: &[Option<u32>],
        options: &AssociationOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FitError> {
        options.check()?;
        if !category.is_empty() && category.len() != baskets.cols() {
            let (have, want) = (category.len(), baskets.cols());
            return Err(FitError::Input(format!("{have} categories for {want} items")));
        }
        progress.step("association: pairs", 0, 1)?;
        let fits = |row: &usize| baskets.row(*row).len() <= options.basket_items_max;
        let rows = (0..baskets.rows()).filter(fits).map(|row| {
            let held = baskets.row(row).iter().filter(|(_, value)| *value != 0.0);
            held.map(|(item, _)| (item, 1.0)).collect::<Vec<_>>()
        });
        let held = Csr::from_rows(baskets.cols(), rows)?;
        let holders = held.column_counts();
        let n = held.rows() as u32;
        let found = held.map_gram_rows(|a, row| {
            let rules = row.iter().filter(|&(b, _)| b != a).filter_map(|(b, both)| {
                let table =
                    Table { both: both as u32, a: holders[a as usize], b: holders[b as usize], n };
                let alike =
                    category.get(a as usize).copied().flatten().is_some_and(|of_a| {
                        category.get(b as usize).copied().flatten() == Some(of_a)
                    });
                table.rule(b, alike, options)
            });
            best_rules(rules.collect(), options.rules_per_item)
        });
        progress.step("association: pairs", 1, 1)?;
        let mut made = Self { starts: vec![0], rules: Vec::new(), baskets: n };
        for rules in found {
            made.rules.extend(rules);
            made.starts.push(made.rules.len() as u32);
        }
        Ok(made)
    }

    /// Baskets that were counted.
    pub fn baskets(&self) -> u32 {
        self.baskets
    }

    /// The rules of `item`, best first; empty for an unknown item.
    pub fn rules(&self, item: u32) -> &[Rule] {
        let item = item as usize;
        match (self.starts.get(item), self.starts.get(item + 1)) {
            (Some(&from), Some(&to)) => &self.rules[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The `count` best complements of a whole basket, best first: scores of single rules add up;
    /// what is in the basket is left out.
    pub fn complete(&self, basket: &[u32], count: usize) -> Vec<(u32, f32)> {
        let mut scores: FxHashMap<u32, f32> = FxHashMap::default();
        for rule in basket.iter().flat_map(|&item| self.rules(item)) {
            if !basket.contains(&rule.item) {
                *scores.entry(rule.item).or_default() += rule.score;
            }
        }
        topk::top_k_of(scores, count)
    }
}

impl AssociationOptions {
    fn check(&self) -> Result<(), FitError> {
        let unit = 0.0..=1.0;
        let is_fine = self.both_min >= 1
            && self.g2_min >= 0.0
            && self.prior_baskets >= 0.0
            && unit.contains(&self.rarity)
            && unit.contains(&self.same_category);
        if is_fine {
            return Ok(());
        }
        Err(FitError::Input(format!("association options out of range: {self:?}")))
    }
}

/// Counts of the 2 × 2 table of two items.
struct Table {
    both: u32,
    a: u32,
    b: u32,
    n: u32,
}

impl Table {
    fn rule(&self, item: u32, alike: bool, options: &AssociationOptions) -> Option<Rule> {
        let [both, a, b, n] = [self.both, self.a, self.b, self.n].map(f64::from);
        let g2 = self.g2();
        let lift = n * both / (a * b);
        if self.both < options.both_min || lift <= 1.0 || g2 < f64::from(options.g2_min) {
            return None;
        }
        let share = b / n;
        let prior = f64::from(options.prior_baskets);
        let shrunk = (both + prior * share) / (a + prior);
        let factor = if alike { f64::from(options.same_category) } else { 1.0 };
        let score = shrunk / share.powf(f64::from(options.rarity)) * factor;
        (score > 0.0).then_some(Rule {
            item,
            both: self.both,
            confidence: (both / a) as f32,
            lift: lift as f32,
            leverage: (both / n - a * b / (n * n)) as f32,
            g2: g2 as f32,
            score: score as f32,
        })
    }

    fn g2(&self) -> f64 {
        let [both, a, b, n] = [self.both, self.a, self.b, self.n].map(f64::from);
        let cells = [
            (both, a * b),
            (a - both, a * (n - b)),
            (b - both, (n - a) * b),
            (n - a - b + both, (n - a) * (n - b)),
        ];
        let seen = cells.into_iter().filter(|(seen, _)| *seen > 0.0);
        2.0 * seen.map(|(seen, margins)| seen * (seen * n / margins).ln()).sum::<f64>()
    }
}

fn best_rules(mut rules: Vec<Rule>, count: usize) -> Vec<Rule> {
    rules.sort_unstable_by(|x, y| y.score.total_cmp(&x.score).then(x.item.cmp(&y.item)));
    rules.truncate(count);
    rules
}
