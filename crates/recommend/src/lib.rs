//! What do we show this customer now?
//!
//! **Facts in**: behaviour, items, stock, declared interests, consent, as [`features`] folds them.
//! **Decisions out**: `recommend.home`, `.similar`, `.complements`, `.cart`, `.session`,
//! `.buy_again`, `.rank`: a slate of items, each with its channels, its evidence, and a score whose
//! parts sum to it.
//!
//! **Always holds**, whatever the models say: an item that is inactive, gone, out of stock,
//! excluded, filtered out, dismissed, or bought and not yet due again is not answered; who declined
//! personalisation gets what anybody would get; every place carries the exact probability with which
//! it was filled; the same context and ask give the same bytes.
//!
//! | room | the question it answers |
//! |---|---|
//! | `ask` | what can be asked, and what is answered? |
//! | `options` | how may it be steered? The `[recommend]` section |
//! | `needs` | what must be known, and what is known? |
//! | `decide` | how is one slate made? All the ifs, top to bottom |
//! | `candidates` | what is thinkable? One channel a file |
//! | `score` | what is each expected to bring, and what is that made of? |
//! | `guard` | what may never be answered? |
//! | `explain` | how is a record put into sentences? |
//! | `fallback` | what do we show when the decision failed? |
//! | `train` | from history to models |
//! | `models` | which models take part? |
//! | `policy` | what is one policy? The [`decide::Decider`] |
//! | `measure` | how good is it, by public protocols? |

mod ask;
mod candidates;
mod decide;
mod error;
mod explain;
mod fallback;
mod guard;
pub mod measure;
mod models;
mod needs;
mod options;
mod policy;
mod score;
mod train;

pub use ask::{
    Boost, BoostOn, CANDIDATES_MAX, CONTEXT_MAX, ItemFilter, LIST_MAX, PinnedItem, RecommendAnswer,
    RecommendAsk, Surface,
};
pub use candidates::{Channel, asked};
pub use error::{AskError, OptionError, RecommendError};
pub use explain::{Voice, part_name, phrase, sentences};
pub use models::{Calibration, Embedding, ItemRows, Models, Purchased, Ranker, Repeats, Rhythm};
pub use options::{
    Exploration, Feedback, RecommendOptions, RepeatOptions, Scenario, ScenarioPolicy, Scenarios,
    SessionLimits, Weights,
};
pub use policy::Recommender;
pub use score::part;
pub use train::{ChannelOptions, Report, TrainOptions, Trained, train};

#[cfg(test)]
mod tests;
