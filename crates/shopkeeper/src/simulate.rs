//! Which policy earns more? Two or more run the same made-up shop against the same customers, who
//! choose from what they are shown.
//!
//! For each seed there is one shop. Each policy gets an [`App`](app::App) of its own in a temporary
//! directory, the same past, a training where it learns, and then the same visits: draws belong to
//! a visit and an item ([`sim::Visitor`]), so policies differ by what they show and by nothing
//! else. What visitors do is told to the app at once, so lists react. Differences are taken seed by
//! seed; their intervals are Student's over seeds.

mod policy;
mod report;
mod shopping;

use crate::progress::Display;
use crate::settings::ConfigArgs;
use anyhow::{Result, bail};
use learn::progress::Step;
use policy::Policy;
use report::{Measured, Simulated};
use sim::{Shop, SimOptions};

/// Let made-up customers shop under two policies and compare what they earn
#[derive(Debug, clap::Args)]
#[command(after_help = "Policies:
  default     the whole decision, as configured
  popularity  best-sellers, of the same category on an item's page
  item-cf     the similar channel alone, best-sellers where it proposes too little
  random      any item in stock, of the same category on an item's page
  NAME        any of [policies] in the configuration

Examples:
  shopkeeper simulate --a default --b popularity
  shopkeeper simulate --a default --b popularity,item-cf,random --seeds 5 --json")]
pub(crate) struct SimulateArgs {
    /// The policy to judge
    #[arg(long, value_name = "NAME", default_value = "default")]
    a: String,
    /// What it is judged against; several are measured side by side
    #[arg(long, value_name = "NAME", value_delimiter = ',', required = true)]
    b: Vec<String>,
    /// Customers who may come
    #[arg(long, default_value_t = 3_000, value_parser = clap::value_parser!(u32).range(1..))]
    customers: u32,
    /// Items in the catalogue
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    items: u32,
    /// Sessions in the shop's past
    #[arg(long, default_value_t = 20_000)]
    sessions: u64,
    /// Visits that are measured
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
    visits: u64,
    /// How many shops; intervals need at least two
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first shop's seed; the others follow
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Print one JSON object on standard output instead of a table
    #[arg(long)]
    json: bool,
}

/// Days of a shop's past.
const DAYS: u32 = 60;

impl SimulateArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let settings = config.settings()?;
        let mut names = vec![self.a.clone()];
        for name in &self.b {
            if names.contains(name) {
                bail!("{name} is named twice; compare different policies");
            }
            names.push(name.clone());
        }
        let policies: Vec<Policy> = names
            .into_iter()
            .map(|name| Policy::named(&settings.app, name))
            .collect::<Result<_>>()?;
        let display = Display::new();
        let (mut done, total) = (0, self.seeds * policies.len() as u64);
        let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); policies.len()];
        for seed in self.seed..self.seed + self.seeds {
            let shop = self.shop(seed);
            for (policy, measured) in policies.iter().zip(&mut measured) {
                let what = format!("seed {seed}: {}", policy.name);
                let _ = display.show(Step { what: &what, done, total });
                measured.push(shopping::measure(policy, &shop, self.visits)?);
                done += 1;
            }
        }
        display.finish();
        let simulated = Simulated {
            options: self.told(),
            policies: policies.into_iter().map(|policy| policy.name).collect(),
            measured,
        };
        simulated.print(&mut std::io::stdout().lock(), self.json)
    }

    /// The shop of one seed, whose past ends with yesterday: the same day gives the same shop.
    fn shop(&self, seed: u64) -> Shop {
        let from = crate::demo::wall_day().plus_ms(-i64::from(DAYS) * commerce::At::DAY_MS);
        let Self { customers, items, sessions, .. } = *self;
        let usual = SimOptions::default();
        Shop::new(SimOptions { seed, items, customers, from, days: DAYS, sessions, ..usual })
    }

    fn told(&self) -> serde_json::Value {
        let Self { customers, items, sessions, visits, seeds, seed, .. } = self;
        serde_json::json!({
            "customers": customers, "items": items, "sessions": sessions, "visits": visits,
            "seeds": (*seed..seed + seeds).collect::<Vec<u64>>(),
        })
    }
}
