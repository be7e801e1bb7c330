//! Do the folds keep their promises?

mod counters;
mod named;
mod readers;
mod replays;
mod shop;
mod snapshots;
mod structures;
mod views;
