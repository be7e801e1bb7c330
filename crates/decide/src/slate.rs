//! How does a ranking-shaped decision turn many candidates into one slate?
//!
//! Plain functions on flat arrays, shared by the domains that rank (recommend, search, creatives).
//! A domain calls them in this order and keeps every `if` to itself:
//!
//! ```text
//! Pool::start → Pool::add …      merge and dedupe what the sources propose
//! Pool::sift                     drop what a guard stops, and say which guard stopped what
//! best                           the k highest scores, ties in a stable order
//! diversify                      greedy marginal relevance, lazily and exactly
//! promote                        at least so many of a kind in each window
//! place                          pins and exploration, with the exact propensity of each place
//! ```
//!
//! Things are known by dense numbers below `width` (an item's place in a snapshot); nothing here
//! knows what they are. No clock and no dice but a [`Dice`] made from the decision's seed.

mod dice;
mod diversify;
mod place;
mod pool;

pub use dice::Dice;
pub use diversify::{best, diversify, promote};
pub use place::{Explore, Pin, Placed, place};
pub use pool::{NOTHING, Pool, Sifted};

#[cfg(test)]
mod tests;
