//! Which facts may a model see, and on which is it judged?
//!
//! Splits work on groups: `groups[g]` is how many facts customer or session `g` has, and the
//! answer says for every fact, in the same order, which part it falls into. Nothing else about the
//! facts is needed, so the same code splits ratings, orders and clicks. All are seeded and
//! independent of the number of threads.

use rand::{SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;

/// Where a fact falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Models are fitted on it.
    Train,
    /// Choices (hyper-parameters, blend weights) are made on it.
    Valid,
    /// Reported numbers come from it; nothing else may look at it.
    Test,
}

/// Per group, a random `train_share` of the facts is [`Part::Train`], the rest [`Part::Test`].
///
/// A group of n keeps round(train_share · n) facts (halves to even), as
/// `python_stratified_split` of the Microsoft recommenders repository does.
pub fn by_share(groups: &[usize], train_share: f64, seed: u64) -> Vec<Part> {
    assign(groups, seed, |n| {
        let train = ((train_share * n as f64).round_ties_even() as usize).min(n);
        [train, 0, n - train]
    })
}

/// Per group, shuffled and cut 8 : 1 : 1 as `RecBole` does by default (`RO`, `RS [0.8,0.1,0.1]`,
/// grouped by customer): validation and test get ⌊n / 10⌋ each, training the rest.
pub fn eight_one_one(groups: &[usize], seed: u64) -> Vec<Part> {
    assign(groups, seed, |n| [n - 2 * (n / 10), n / 10, n / 10])
}

/// Per group in the given (time) order: the last fact is [`Part::Test`], the one before it
/// [`Part::Valid`], the rest [`Part::Train`]. Groups of fewer than 3 facts are all training.
pub fn leave_last_out(groups: &[usize]) -> Vec<Part> {
    let mut parts = Vec::with_capacity(groups.iter().sum());
    for &n in groups {
        let train = if n < 3 { n } else { n - 2 };
        parts.extend((0..n).map(|place| match place.checked_sub(train) {
            None => Part::Train,
            Some(0) => Part::Valid,
            Some(_) => Part::Test,
        }));
    }
    parts
}

/// Fold number `0 .. folds` for every fact: each group is shuffled and dealt round, starting at a
/// fold that differs from group to group, so all folds have nearly equal size.
pub fn folds(groups: &[usize], folds: usize, seed: u64) -> Vec<u32> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut dealt = 0;
    let mut assigned = Vec::with_capacity(groups.iter().sum());
    for &n in groups {
        let mut hand: Vec<u32> =
            (0..n).map(|place| ((dealt + place) % folds.max(1)) as u32).collect();
        hand.shuffle(&mut rng);
        assigned.append(&mut hand);
        dealt += n;
    }
    assigned
}

fn assign(groups: &[usize], seed: u64, sizes: impl Fn(usize) -> [usize; 3]) -> Vec<Part> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut parts = Vec::with_capacity(groups.iter().sum());
    for &n in groups {
        let [train, valid, test] = sizes(n);
        let mut hand = Vec::with_capacity(n);
        hand.extend(std::iter::repeat_n(Part::Train, train));
        hand.extend(std::iter::repeat_n(Part::Valid, valid));
        hand.extend(std::iter::repeat_n(Part::Test, test));
        hand.shuffle(&mut rng);
        parts.append(&mut hand);
    }
    parts
}
