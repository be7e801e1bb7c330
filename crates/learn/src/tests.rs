//! What the shared parts promise, on data small enough to check by hand.

mod measures;
mod searching;
mod shapes;
