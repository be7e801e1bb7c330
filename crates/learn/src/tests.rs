//! What the shared parts promise, on data small enough to check by hand.

mod matrix_models;
mod measures;
mod searching;
mod shapes;
mod votes;
