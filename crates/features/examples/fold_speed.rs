//! How fast does it fold, and how much room does it take?
//!
//! Folds a generated shop (10 M event lines of 1 M customers over 100 k items unless told
//! otherwise) and prints rates and resident memory:
//! `cargo run --release -p features --example fold_speed -- [EVENTS] [CUSTOMERS] [ITEMS]`.

#![expect(clippy::print_stdout, reason = "an example that prints what it measured")]

use commerce::*;
use features::{FeatureOptions, Features};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let told: Vec<u64> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let size = |place: usize, otherwise| told.get(place).copied().unwrap_or(otherwise);
    let mut shop = Shop {
        seed: 7,
        events: size(0, 10_000_000),
        customers: size(1, 1_000_000),
        items: size(2, 100_000),
    };
    println!("empty process: {} MB resident", resident_mb());
    let features = Features::new(FeatureOptions::default());
    let (mut folding_s, mut on_cpu_s) = (0.0, 0.0);
    let mut batch = Vec::with_capacity(1_000);
    for offset in 0..shop.events + shop.items {
        batch.push(shop.fact(offset));
        if batch.len() == 1_000 || offset + 1 == shop.events + shop.items {
            let first = offset + 1 - batch.len() as u64;
            let (start, cpu) = (Instant::now(), cpu_s());
            for (offset, fact) in (first..).zip(&batch) {
                features.fold(offset, fact);
            }
            folding_s += start.elapsed().as_secs_f64();
            on_cpu_s += cpu_s() - cpu;
            batch.clear();
        }
    }
    features.publish();
    let facts = (shop.events + shop.items) as f64;
    println!("folded {facts} facts in {folding_s:.2} s: {:.0} facts/s", facts / folding_s);
    println!("of which on a core {on_cpu_s:.2} s: {:.2} µs a fact", on_cpu_s * 1e6 / facts);
    println!("resident after folding: {} MB", resident_mb());
    let report = features.memory();
    println!("{report:#?}\nin all {} MB", report.bytes() / 1_000_000);

    live(&features, &mut shop);
    views(&features, &shop);
    restart(&features)
}

/// One fact per batch, published after each, while a reader holds the last snapshot.
fn live(features: &Features, shop: &mut Shop) {
    let mut times: Vec<f64> = (0..20_000)
        .map(|_| {
            let held = features.items();
            let offset = features.folded();
            let fact = shop.fact(offset);
            let start = Instant::now();
            features.fold(offset, &fact);
            features.publish();
            drop(held);
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "fold and publish one by one: p50 {:.1} µs, p99 {:.1} µs",
        times[10_000], times[19_800]
    );
}

fn views(features: &Features, shop: &Shop) {
    let mut chance = Chance(11);
    let now = At::from_s(Shop::START_S + shop.events as i64);
    let mut touches = 0;
    let start = Instant::now();
    for _ in 0..100_000 {
        let n = chance.skewed(shop.customers);
        touches += features.customer(&Shop::customer(n), now).recent.len();
    }
    let each_us = start.elapsed().as_secs_f64() * 1e6 / 1e5;
    println!("views: {each_us:.2} µs each, {:.1} touches on average", touches as f64 / 1e5);
}

fn restart(features: &Features) -> Result<(), Box<dyn std::error::Error>> {
    let mut saved = Vec::new();
    let start = Instant::now();
    features.save(&mut saved)?;
    let saving_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let again = Features::load(FeatureOptions::default(), &mut saved.as_slice())?;
    let loading_s = start.elapsed().as_secs_f64();
    let mb = saved.len() as f64 / 1e6;
    println!(
        "snapshot of {mb:.0} MB: saved at {:.0} MB/s, loaded in {loading_s:.2} s at {:.0} MB/s",
        mb / saving_s,
        mb / loading_s
    );
    println!("loaded {} offsets; {} MB resident with both", again.folded(), resident_mb());
    Ok(())
}

/// A generated shop: popular items and busy customers, visits of a few events.
struct Shop {
    seed: u64,
    events: u64,
    customers: u64,
    items: u64,
}

impl Shop {
    const START_S: i64 = 1_700_000_000;

    fn customer(n: u64) -> Who {
        CustomerId::new(&format!("customer-{n}")).map_or(Who::default(), Who::customer)
    }

    /// The catalogue first, then behaviour, a quarter of a second apart.
    fn fact(&mut self, offset: u64) -> Fact {
        let mut chance = Chance(self.seed ^ offset.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let at = At::from_ms(Self::START_S * 1_000 + offset as i64 * 250);
        let body = if offset < self.items { item(offset) } else { self.event(offset, &mut chance) };
        Fact { id: id(FactId::new("generated")), at, received_at: at, body }
    }

    fn event(&self, offset: u64, chance: &mut Chance) -> Body {
        // Four hundred visits at a time, eight events each.
        let visit = offset / 3_200 * 400 + offset % 400;
        let n = Chance(visit).skewed(self.customers);
        let kind = match chance.below(100) {
            0..68 => EventKind::ViewItem,
            68..80 => EventKind::SelectItem,
            80..90 => EventKind::AddToCart,
            90..93 => EventKind::AddToWishlist,
            _ => EventKind::Purchase,
        };
        let mut event = Event::new(kind, Self::customer(n));
        event.who.session = SessionId::new(&format!("visit-{visit}")).ok();
        event.context.channel = Some("app".into());
        event.dwell_ms = Some(chance.below(60_000) as u32);
        event.lines.push(Line::one(item_id(chance.skewed(self.items))));
        Body::Event(event)
    }
}

fn item(n: u64) -> Body {
    let mut item = Item::bare(item_id(n));
    item.title_en = Some(format!("a thing with the number {n}").into());
    item.category = vec![format!("room {}", n % 12).into(), format!("shelf {}", n % 300).into()];
    item.brand = Some(format!("brand {}", n % 997).into());
    item.price = Some(Money::new(1_000 + (n % 9_000) as i64, Currency::CNY));
    item.stock = Some(20);
    Body::Item(item)
}

fn item_id(n: u64) -> ItemId {
    id(ItemId::new(&format!("item-{n}")))
}

#[expect(clippy::expect_used, reason = "generated ids are short printable text")]
fn id<T>(made: Result<T, IdError>) -> T {
    made.expect("a generated id is valid")
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Below `n`, the low numbers far more often: half of all fall into the first eighth.
    fn skewed(&mut self, n: u64) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        (unit.powi(3) * n as f64) as u64
    }
}

/// Seconds that this thread has run on a core: what a busy machine does not stretch.
fn cpu_s() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanos.unwrap_or(0.0) / 1e9
}

/// Resident memory of this process, in MB; 0 where it cannot be told.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1_000
}
