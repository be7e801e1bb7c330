//! Do the folds keep their promises?

mod shop;
mod views;
