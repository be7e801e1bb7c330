//! How does it feel? A generated shop, trained and served, with simulated customers at work.

use crate::serve::{log, serve};
use crate::settings::{ConfigArgs, Settings};
use crate::shop::train;
use anyhow::{Context, Result};
use app::{Ack, App};
use commerce::{Body, Fact, FactId, Who};
use learn::progress::Step;
use recommend::{RecommendAsk, Surface};
use sim::{Shop, SimOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Items of the first answer that are explained on the terminal.
const ITEMS_SHOWN: usize = 5;

/// Try it on a generated shop
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper demo
  shopkeeper demo --items 20000 --customers 50000 --sessions 200000")]
pub(crate) struct DemoArgs {
    /// Items in the catalogue
    #[arg(long, default_value_t = 2_000)]
    items: u32,
    /// Customers who may come
    #[arg(long, default_value_t = 3_000)]
    customers: u32,
    /// Sessions in the shop's past
    #[arg(long, default_value_t = 20_000)]
    sessions: u64,
    /// The same seed gives the same shop
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Address and port
    #[arg(long, default_value = "127.0.0.1:7788")]
    listen: SocketAddr,
    /// Sessions per minute of customers who keep coming; 0 for none
    #[arg(long, default_value_t = 60)]
    visits_per_minute: u32,
    /// Prepare, answer once and end
    #[arg(long)]
    once: bool,
}

impl DemoArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        log(false);
        let mut settings = config.settings()?;
        if config.dir.is_none() {
            settings.app.store.dir =
                PathBuf::from(format!("data/demo-{}-{}", self.seed, self.items));
        }
        settings.server.open = true;
        settings.server.listen = self.listen;
        let app = App::open(settings.app.clone())?;
        if app.health().items == 0 {
            fill(&app, &self.shop(0, 60, self.sessions), u64::MAX)?;
        }
        if app.serving().is_none() {
            train(&app, true)?;
        }
        show(&app)?;
        if self.once {
            return Ok(app.close()?);
        }
        self.live(&app, &settings)
    }

    /// The shop in the `days` days that end now, or from now on.
    fn shop(&self, from_day: i64, days: u32, sessions: u64) -> Shop {
        // The past always ends at the start of today, so that the same day gives the same shop.
        let today = wall_day();
        let from = today.plus_ms((from_day - i64::from(days)) * commerce::At::DAY_MS);
        let Self { seed, items, customers, .. } = *self;
        let usual = SimOptions::default();
        Shop::new(SimOptions { seed, items, customers, from, days, sessions, ..usual })
    }

    fn live(&self, app: &Arc<App>, settings: &Settings) -> Result<()> {
        let visits = self.visits_per_minute;
        if visits > 0 {
            let (app, shop) = (Arc::clone(app), self.shop(1, 1, u64::from(visits) * 24 * 60));
            std::thread::Builder::new()
                .name("customers".into())
                .spawn(move || keep_coming(&app, &shop, visits))
                .context("starting the customers")?;
        }
        serve(app, settings, |address| {
            let mut out = std::io::stdout().lock();
            // Nobody is left to be told when standard output is gone.
            let _ = writeln!(
                out,
                "\nanswering at http://{address}\n  curl 'http://{address}/v1/recommend/home?customer_id=c1&count=5'\n  the API: http://{address}/openapi.json   metrics: http://{address}/metrics\nstop with Ctrl-C"
            );
        })
    }
}

/// The start of today, in UTC.
pub(crate) fn wall_day() -> commerce::At {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    commerce::At::from_s(days * 86_400)
}

/// Puts a generated shop's catalogue and the first `events_max` events of its past into the log.
pub(crate) fn fill(app: &App, shop: &Shop, events_max: u64) -> Result<()> {
    let display = crate::progress::Display::new();
    let now = app.now();
    let told = |id: String, body| {
        Some(Fact { id: FactId::new(&id).ok()?, at: now, received_at: now, body })
    };
    let merchants = shop.merchants().filter_map(|merchant| {
        told(format!("sim-merchant:{}", merchant.id), Body::Merchant(merchant))
    });
    let items =
        shop.items().filter_map(|item| told(format!("sim-item:{}", item.id), Body::Item(item)));
    let mut batch = Vec::with_capacity(4_000);
    let mut done = 0;
    let events = shop.sessions().take(usize::try_from(events_max).unwrap_or(usize::MAX));
    for fact in merchants.chain(items).chain(events) {
        batch.push(fact);
        if batch.len() == 4_000 {
            done += batch.len() as u64;
            app.append(&batch, Ack::Memory)?;
            batch.clear();
            let _ = display.show(Step { what: "filling the shop", done, total: 0 });
        }
    }
    app.append(&batch, Ack::Memory)?;
    display.finish();
    Ok(app.close()?)
}

/// One explained answer on the terminal: how it came about, and why its first items are there.
fn show(app: &App) -> Result<()> {
    let customer = commerce::CustomerId::new("c1")?;
    let answered = app.recommend(&RecommendAsk::new(Who::customer(customer), Surface::Home, 5))?;
    let mut shown = (*answered.record).clone();
    shown.chosen.truncate(ITEMS_SHOWN);
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nfor customer c1, in {:.2} ms:", f64::from(shown.took_us) / 1e3)?;
    for language in [app::Language::Zh, app::Language::En] {
        for sentence in app.explain(&shown, language) {
            writeln!(out, "  {sentence}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Customers come one after another, at the pace asked for, until the process ends.
fn keep_coming(app: &App, shop: &Shop, visits_per_minute: u32) {
    let pause = Duration::from_secs(60) / visits_per_minute.max(1) / 5; // about five events a visit
    let run = app.now().ms();
    for mut fact in shop.sessions() {
        std::thread::sleep(pause);
        let now = app.now();
        let Ok(id) = FactId::new(&format!("{}-live{run}", fact.id)) else { continue };
        (fact.id, fact.at, fact.received_at) = (id, now, now);
        if let Err(error) = app.append(&[fact], Ack::Memory) {
            tracing::warn!(%error, "a simulated customer was not heard");
            return;
        }
    }
}
