//! Which shop is measured? A generated one, made once, kept, and used again.

use super::process::Served;
use crate::demo::{fill, wall_day};
use crate::settings::ConfigArgs;
use anyhow::{Context, Result, bail};
use app::App;
use commerce::At;
use serde::{Deserialize, Serialize};
use sim::{Shop, SimOptions};
use std::time::Instant;

/// The file that says that a directory holds a whole shop, and which.
const MARK: &str = "bench.json";
/// Days of the shop's past.
const DAYS: u32 = 60;

/// How large, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) items: u32,
    pub(crate) customers: u32,
    pub(crate) events: u64,
    pub(crate) seed: u64,
}

/// A shop that is filled and trained.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Made {
    pub(crate) size: Size,
    /// Where the past begins, Unix milliseconds.
    from_ms: i64,
    /// Facts in the log after filling.
    pub(crate) facts: u64,
    pub(crate) log_mb: f64,
    /// How long filling took, in seconds.
    pub(crate) fill_s: f64,
    /// How long `shopkeeper train` took, the reading of the log included, in seconds.
    pub(crate) train_s: f64,
    /// The most memory that it held, in MiB.
    pub(crate) train_peak_mb: f64,
}

impl Made {
    /// The shop from today on: what its customers do while it is measured.
    pub(crate) fn going_on(&self, sessions: u64) -> Shop {
        simulated(
            self.size,
            At::from_ms(self.from_ms).plus_ms(i64::from(DAYS) * At::DAY_MS),
            sessions,
        )
    }
}

/// The shop in the product's directory; fills and trains it first unless it is there.
pub(crate) fn ready(config: &ConfigArgs, product: &Served, size: Size) -> Result<Made> {
    let dir = &product.dir;
    let mark = dir.join(MARK);
    if mark.exists() {
        let text = std::fs::read_to_string(&mark).context("reading which shop is there")?;
        let made: Made =
            serde_json::from_str(&text).with_context(|| format!("reading {}", mark.display()))?;
        if made.size != size {
            bail!("{} holds another shop, {:?}; name another --dir", dir.display(), made.size);
        }
        return Ok(made);
    }
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let made = make(config, product, size)?;
    std::fs::write(&mark, serde_json::to_string(&made)?)
        .context("noting that the shop is whole")?;
    Ok(made)
}

/// Facts have ids of their own, so filling a half-filled directory again completes it.
fn make(config: &ConfigArgs, product: &Served, size: Size) -> Result<Made> {
    let mut settings = config.settings()?;
    settings.app.store.dir.clone_from(&product.dir);
    let from = wall_day().plus_ms(-i64::from(DAYS) * At::DAY_MS);
    let started = Instant::now();
    let health = {
        let app = App::open(settings.app)?;
        let shop = simulated(size, from, sessions(size, from));
        let most = usize::try_from(size.events).unwrap_or(usize::MAX);
        fill(&app, &shop, shop.items(), shop.sessions().take(most))?;
        app.health()
    };
    let fill_s = started.elapsed().as_secs_f64();
    let (took, train_peak_mb) = product.run(&["train"])?;
    Ok(Made {
        size,
        from_ms: from.ms(),
        facts: health.log_facts,
        log_mb: health.log_bytes as f64 / f64::from(1 << 20),
        fill_s,
        train_s: took.as_secs_f64(),
        train_peak_mb,
    })
}

/// How many sessions make about as many events as asked for, and rather more: their number is
/// exact only once they are counted, and those beyond it are left out.
fn sessions(size: Size, from: At) -> u64 {
    const SAMPLE: u64 = 20_000;
    let events = simulated(size, from, SAMPLE).sessions().count() as u64;
    size.events * SAMPLE / events.max(1) * 101 / 100 + 1
}

fn simulated(size: Size, from: At, sessions: u64) -> Shop {
    let Size { seed, items, customers, .. } = size;
    // Every event is about one item or an order's, so that "events a second" means what it says.
    Shop::new(SimOptions { seed, items, customers, from, days: DAYS, sessions, lists: 0.0 })
}
