//! What is each policy? The product under other options where options can say it, a plain function
//! where they cannot.
//!
//! A single channel is its weight alone, without diversity, exploration and the share of the long
//! tail, without a look at prices, and without a ranker: no option turns a trained ranker off, but
//! one is only trained from `train.recommend.hits_min` right candidates on, and more asks than that
//! are never collected.

use anyhow::{Context, Result, bail};
use app::AppOptions;
use recommend::{RecommendOptions, ScenarioPolicy, Weights};
use toml::Table;

/// How lists come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The product answers, home and page each as its own surface.
    Whole,
    /// The product answers with its best-sellers, on a page those of the same category.
    Popular,
    /// A plain function: anything.
    Random,
}

/// One policy, ready to open shops with.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) way: Way,
    pub(crate) options: AppOptions,
    /// Whether it has anything to learn from the past but what is counted anyway.
    pub(crate) trains: bool,
}

/// What decides the order when a channel proposes less than a page: nothing else can overtake it.
const FILL: f32 = 0.001;
/// The most right candidates that `hits_min` may ask for; far more than asks are looked at.
const NO_RANKER: usize = 100_000;

impl Policy {
    /// The policy called `name`, upon the options in force.
    pub(crate) fn named(base: &AppOptions, name: String) -> Result<Self> {
        let mut options = base.clone();
        // A comparison is the experiment here, and a slow build shall not answer with less.
        options.experiments.clear();
        options.shadow = None;
        options.policies.clear();
        options.decide.budget_ms = 10_000;
        options.train.gates.clear();
        let nothing = Weights {
            similar: 0.0,
            alike: 0.0,
            embedding: 0.0,
            hot: 0.0,
            live: 0.0,
            linear: 0.0,
            complements: 0.0,
            content: 0.0,
            interests: 0.0,
            again: 0.0,
        };
        let (way, trains) = match name.as_str() {
            "default" => (Way::Whole, true),
            "popularity" => {
                alone(&mut options, &Weights { hot: 1.0, ..nothing });
                (Way::Popular, false)
            }
            "item-cf" => {
                alone(&mut options, &Weights { similar: 1.0, hot: FILL, ..nothing });
                (Way::Whole, true)
            }
            "random" => (Way::Random, false),
            other => {
                let Some(changes) = base.policies.get(other) else {
                    let mut known: Vec<&str> = vec!["default", "popularity", "item-cf", "random"];
                    known.extend(base.policies.keys().map(String::as_str));
                    bail!("there is no policy {other:?}; allowed: {}", known.join(", "));
                };
                options.recommend = changed(&base.recommend, changes)
                    .with_context(|| format!("in policies.{other}"))?;
                (Way::Whole, true)
            }
        };
        Ok(Self { name, way, options, trains })
    }
}

/// Nothing but `weights`: the plain method, not the product around it.
fn alone(options: &mut AppOptions, weights: &Weights) {
    let policy =
        ScenarioPolicy { diversity: 0.0, explore: 0.0, tail_share: 0.0, weights: weights.clone() };
    options.recommend.price_power = 0.0;
    let scenarios = &mut options.recommend.scenarios;
    (scenarios.new, scenarios.active, scenarios.at_risk) = (policy.clone(), policy.clone(), policy);
    options.train.recommend.hits_min = NO_RANKER;
}

fn changed(base: &RecommendOptions, changes: &Table) -> Result<RecommendOptions> {
    let mut table = Table::try_from(base)?;
    merge(&mut table, changes);
    Ok(table.try_into()?)
}

fn merge(table: &mut Table, changes: &Table) {
    for (key, value) in changes {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(changes)) => merge(inner, changes),
            _ => drop(table.insert(key.clone(), value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_channels_are_alone_and_within_the_options_ranges() {
        let base = AppOptions::default();
        for name in ["popularity", "item-cf", "default", "random"] {
            let policy = Policy::named(&base, name.to_owned()).unwrap();
            app::App::check(&policy.options).unwrap();
        }
        let alone = Policy::named(&base, "item-cf".to_owned()).unwrap().options;
        let weights = &alone.recommend.scenarios.active.weights;
        assert!(weights.linear.abs() < f32::EPSILON && weights.similar > 0.99);
        assert!(alone.train.recommend.hits_min > alone.train.recommend.asks_max);
        assert!(Policy::named(&base, "best".to_owned()).is_err());
    }

    #[test]
    fn a_configured_policy_changes_only_what_it_names() {
        let mut base = AppOptions::default();
        let changes: Table = toml::from_str("[scenarios.active]\ndiversity = 0.9").unwrap();
        base.policies.insert("varied".to_owned(), changes);
        let varied = Policy::named(&base, "varied".to_owned()).unwrap().options.recommend;
        let mut expected = base.recommend.clone();
        expected.scenarios.active.diversity = 0.9;
        assert_eq!(varied, expected);
    }
}
