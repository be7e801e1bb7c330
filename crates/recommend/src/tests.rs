//! Does the recommender keep its promises?

mod deciding;
mod guarding;
mod shop;
mod speed;
mod telling;
mod training;
