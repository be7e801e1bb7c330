//! How does it feel? A generated shop, trained and served, with simulated customers at work.

use crate::serve::{log, serve};
use crate::settings::{ConfigArgs, Settings};
use crate::shop::train;
use anyhow::{Context, Result};
use app::{Ack, App};
use commerce::{Body, Fact, FactId, Item, Who};
use learn::progress::Step;
use recommend::{RecommendAsk, Surface};
use sim::{Asks, Shop, SimOptions, Stock, Visitor};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Items of the first answer that are explained on the terminal.
const ITEMS_SHOWN: usize = 5;
/// Days of the shop's past.
const DAYS: u32 = 60;
/// Items that a simulated customer is shown at once.
const PAGE: u16 = 10;

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
        let pictures = settings.app.store.dir.join("pictures");
        settings.server.pictures = Some(pictures.clone());
        let app = App::open(settings.app.clone())?;
        if app.health().items == 0 {
            let shop = self.shop();
            draw(&shop, &pictures)?;
            fill(&app, &shop, shop.items().map(pictured), shop.past().map(told_pictured))?;
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

    /// The shop, whose past ends at the start of today: the same day gives the same shop.
    fn shop(&self) -> Shop {
        let from = wall_day().plus_ms(-i64::from(DAYS) * commerce::At::DAY_MS);
        let Self { seed, items, customers, sessions, .. } = *self;
        let usual = SimOptions::default();
        Shop::new(SimOptions { seed, items, customers, from, days: DAYS, sessions, ..usual })
    }

    fn live(&self, app: &Arc<App>, settings: &Settings) -> Result<()> {
        let visits = self.visits_per_minute;
        if visits > 0 {
            let (app, shop) = (Arc::clone(app), self.shop());
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
                "\nanswering at http://{address}\n  the shop:    http://{address}/shop/\n  the console: http://{address}/console/\n  the API:     http://{address}/openapi.json\n  curl 'http://{address}/v1/recommend/home?customer_id=c1&count=5'\nstop with Ctrl-C"
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

/// The item with the address at which pages find its picture.
fn pictured(item: Item) -> Item {
    Item { image: Some(format!("/shop/pictures/{}.svg", item.id).into()), ..item }
}

/// The same for what the shop tells of items later: prices change, pictures stay.
fn told_pictured(fact: Fact) -> Fact {
    match fact.body {
        Body::Item(item) => Fact { body: Body::Item(pictured(item)), ..fact },
        _ => fact,
    }
}

/// Draws every item into `dir`.
fn draw(shop: &Shop, dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    for item in shop.items() {
        let path = dir.join(format!("{}.svg", item.id));
        let picture = shop.picture(&item.id).unwrap_or_default();
        std::fs::write(&path, picture).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// Puts a generated shop's merchants, `items` and `events` into the log.
pub(crate) fn fill(
    app: &App,
    shop: &Shop,
    items: impl Iterator<Item = Item>,
    events: impl Iterator<Item = Fact>,
) -> Result<()> {
    let display = crate::progress::Display::new();
    let now = app.now();
    let told = |id: String, body| {
        Some(Fact { id: FactId::new(&id).ok()?, at: now, received_at: now, body })
    };
    let merchants = shop.merchants().filter_map(|merchant| {
        told(format!("sim-merchant:{}", merchant.id), Body::Merchant(merchant))
    });
    let items = items.filter_map(|item| told(format!("sim-item:{}", item.id), Body::Item(item)));
    let mut batch = Vec::with_capacity(4_000);
    let mut done = 0;
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

/// Customers come one after another, at the pace asked for, until the process ends, and choose from
/// what they are shown.
fn keep_coming(app: &App, shop: &Shop, visits_per_minute: u32) {
    let pause = Duration::from_secs(60) / visits_per_minute.max(1);
    let mut stock = Stock::endless();
    // Numbers that no earlier run has used: its visits were fewer than sixteen a second.
    let first = u64::try_from(app.now().s()).unwrap_or(0) * 16;
    for visit in first.. {
        std::thread::sleep(pause);
        if let Err(error) = one_visit(app, Visitor::new(shop, visit, app.now()), &mut stock) {
            tracing::warn!(%error, "a simulated customer was not heard");
            return;
        }
    }
}

/// Answers a visitor until they are gone.
fn one_visit(app: &App, mut visitor: Visitor<'_>, stock: &mut Stock) -> Result<()> {
    while let Some(asks) = visitor.asks() {
        let (surface, about) = match asks {
            Asks::Home => (Surface::Home, Vec::new()),
            Asks::Page(item) => (Surface::Similar, vec![item.clone()]),
        };
        let ask = RecommendAsk::new(visitor.who().clone(), surface, PAGE);
        let answered = app.recommend(&RecommendAsk { context: about, ..ask })?;
        let slate = &answered.answer.items;
        let page = &slate[..slate.len().min(usize::from(PAGE))];
        let facts = visitor.see(page, Some(answered.record.id), app.now(), stock);
        app.append(&facts, Ack::Memory)?;
    }
    Ok(())
}
