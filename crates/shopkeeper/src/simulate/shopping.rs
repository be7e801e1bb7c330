//! What happens under one policy in one shop? Its past is told, it is trained, the visits come.

use super::policy::{Policy, Way};
use super::report::{Measured, gini};
use anyhow::{Context, Result};
use app::{Ack, App};
use commerce::{Body, DecisionId, EventKind, Fact, FactId, ItemId, Who};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use recommend::{ItemFilter, RecommendAsk, Surface};
use sim::{Asks, Shop, Stock, Visitor, truth};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// Items of a home list and of the list on an item's page.
const HOME: u16 = 20;
const PAGE: u16 = 10;
/// The share of the catalogue that counts as its head: what the past looked at most.
const HEAD_SHARE: f64 = 0.05;
/// Facts that are told at once.
const BATCH: usize = 4_000;

/// A directory of this process's own, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("shopkeeper-simulate-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir(&dir).with_context(|| format!("making {}", dir.display()))?;
        Ok(Self(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What `visits` visits bring under `policy`.
pub(crate) fn measure(policy: &Policy, shop: &Shop, visits: u64) -> Result<Measured> {
    let scratch = Scratch::new()?;
    let mut options = policy.options.clone();
    options.store.dir.clone_from(&scratch.0);
    let app = App::open(options).context("opening a shop to simulate")?;
    let mut shopping = Shopping::new(policy, &app, shop)?;
    if policy.trains {
        let trained = app.train_now("simulate", true, &|_| ControlFlow::Continue(()))?;
        tracing::debug!(policy = policy.name, %trained);
    }
    for visit in 0..visits {
        shopping.visit(visit)?;
    }
    Ok(shopping.measured(visits))
}

/// A shop under one policy while its visitors come.
struct Shopping<'a> {
    way: Way,
    app: &'a Arc<App>,
    shop: &'a Shop,
    stock: Stock,
    /// Each item's category, and the items of each.
    leaf: Vec<Box<str>>,
    leaves: BTreeMap<Box<str>, Vec<u32>>,
    ids: Vec<ItemId>,
    in_head: Vec<bool>,
    shown: Vec<u32>,
    tally: Tally,
}

/// Sums over visits.
#[derive(Default)]
struct Tally {
    revenue_minor: i64,
    purchases: u64,
    clicks: u64,
    tail: u64,
    homes: u64,
    regret: f64,
    expected_yuan: f64,
}

impl<'a> Shopping<'a> {
    /// Tells the app the shop's catalogue and past.
    fn new(policy: &Policy, app: &'a Arc<App>, shop: &'a Shop) -> Result<Self> {
        let at = shop.options().from;
        let told =
            |id: String, body| Some(Fact { id: FactId::new(&id).ok()?, at, received_at: at, body });
        let items: Vec<_> = shop.items().collect();
        let merchants =
            shop.merchants().filter_map(|m| told(format!("merchant:{}", m.id), Body::Merchant(m)));
        let catalogue =
            items.iter().filter_map(|i| told(format!("item:{}", i.id), Body::Item(i.clone())));
        let mut viewed = vec![0_u32; items.len()];
        let mut past = shop.past();
        let mut batch = Vec::with_capacity(BATCH);
        for fact in merchants.chain(catalogue).chain(past.by_ref()) {
            if let Body::Event(event) = &fact.body
                && event.kind == EventKind::ViewItem
                && let Some(number) = event.lines.first().and_then(|line| shop.number(&line.item))
            {
                viewed[number as usize] += 1;
            }
            batch.push(fact);
            if batch.len() == BATCH {
                app.append(&batch, Ack::Memory)?;
                batch.clear();
            }
        }
        app.append(&batch, Ack::Memory)?;
        let leaf: Vec<Box<str>> =
            items.iter().map(|item| item.category.last().cloned().unwrap_or_default()).collect();
        let mut leaves: BTreeMap<Box<str>, Vec<u32>> = BTreeMap::new();
        for (number, leaf) in (0..).zip(&leaf) {
            leaves.entry(leaf.clone()).or_default().push(number);
        }
        Ok(Self {
            way: policy.way,
            app,
            shop,
            stock: past.into_stock(),
            leaf,
            leaves,
            shown: vec![0; items.len()],
            in_head: head(&viewed),
            ids: items.into_iter().map(|item| item.id).collect(),
            tally: Tally::default(),
        })
    }

    fn visit(&mut self, number: u64) -> Result<()> {
        let mut visitor = Visitor::new(self.shop, number, self.app.now());
        let mut step = 0;
        while let Some(asks) = visitor.asks().cloned() {
            let (slate, decision) = match self.way {
                Way::Random => (self.anything(&asks, (number << 8) | step), None),
                way => self.ask(way, &asks, visitor.who())?,
            };
            if asks == Asks::Home {
                self.judge(visitor.customer(), &slate);
            }
            self.tally.expected_yuan += visitor.expects(&slate, &self.stock).yuan;
            let facts = visitor.see(&slate, decision, self.app.now(), &mut self.stock);
            facts.iter().for_each(|fact| self.count(fact));
            self.app.append(&facts, Ack::Memory)?;
            step += 1;
        }
        Ok(())
    }

    /// What the product answers.
    fn ask(&self, way: Way, asks: &Asks, who: &Who) -> Result<(Vec<ItemId>, Option<DecisionId>)> {
        let home = |count| RecommendAsk::new(who.clone(), Surface::Home, count);
        let ask = match (asks, way) {
            (Asks::Home, _) => home(HOME),
            (Asks::Page(item), Way::Popular) => {
                let leaf = self.shop.number(item).map(|number| self.leaf[number as usize].clone());
                let filter = ItemFilter {
                    categories: leaf.into_iter().collect(),
                    exclude: vec![item.clone()],
                    ..ItemFilter::default()
                };
                RecommendAsk { filter, ..home(PAGE) }
            }
            (Asks::Page(item), _) => {
                RecommendAsk::new(who.clone(), Surface::Similar, PAGE).about([item.clone()])
            }
        };
        let answered = self.app.recommend(&ask)?;
        let mut items = answered.answer.items;
        items.truncate(ask.count.into());
        Ok((items, Some(answered.record.id)))
    }

    /// Items drawn evenly from those in stock.
    fn anything(&self, asks: &Asks, seed: u64) -> Vec<ItemId> {
        let (among, count): (Vec<u32>, u16) = match asks {
            Asks::Home => ((0..self.ids.len() as u32).collect(), HOME),
            Asks::Page(item) => {
                let number = self.shop.number(item).unwrap_or(0);
                let alike = self.leaves.get(&self.leaf[number as usize]).cloned();
                (alike.unwrap_or_default().into_iter().filter(|&n| n != number).collect(), PAGE)
            }
        };
        let mut among: Vec<u32> = among.into_iter().filter(|&n| self.stock.has(n)).collect();
        let mut dice = Pcg64Mcg::seed_from_u64(seed);
        let count = usize::from(count).min(among.len());
        for place in 0..count {
            let other = dice.random_range(place..among.len());
            among.swap(place, other);
        }
        among[..count].iter().map(|&n| self.ids[n as usize].clone()).collect()
    }

    /// How far a home list is from the best that could be shown.
    fn judge(&mut self, customer: u32, slate: &[ItemId]) {
        let (now, places) = (self.app.now(), usize::from(HOME));
        let stock = &self.stock;
        let (_, best) = truth::best(self.shop, customer, places, now, |n| stock.has(n));
        self.tally.regret += best - truth::worth(self.shop, customer, slate, places, now);
        self.tally.homes += 1;
    }

    fn count(&mut self, fact: &Fact) {
        let Body::Event(event) = &fact.body else { return };
        match event.kind {
            EventKind::ViewItemList => {
                for number in event.lines.iter().filter_map(|line| self.shop.number(&line.item)) {
                    self.shown[number as usize] += 1;
                    self.tally.tail += u64::from(!self.in_head[number as usize]);
                }
            }
            EventKind::SelectItem => self.tally.clicks += 1,
            EventKind::Purchase => {
                self.tally.purchases += event.lines.len() as u64;
                self.tally.revenue_minor += event.value.map_or(0, |value| value.minor);
            }
            _ => {}
        }
    }

    fn measured(&self, visits: u64) -> Measured {
        let Tally { revenue_minor, purchases, clicks, tail, homes, regret, expected_yuan } =
            self.tally;
        let (visits, all) = (visits as f64, self.shown.len() as f64);
        let shown: u64 = self.shown.iter().map(|&times| u64::from(times)).sum();
        let shown = (shown as f64).max(1.0);
        Measured([
            revenue_minor as f64 / 100.0 / visits,
            expected_yuan / visits,
            clicks as f64 / shown,
            purchases as f64 / visits,
            regret / (homes as f64).max(1.0),
            self.shown.iter().filter(|&&times| times > 0).count() as f64 / all,
            tail as f64 / shown,
            gini(&self.shown),
        ])
    }
}

/// Which items are among the most viewed.
fn head(viewed: &[u32]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..viewed.len()).collect();
    order.sort_by_key(|&number| std::cmp::Reverse(viewed[number]));
    let mut in_head = vec![false; viewed.len()];
    let count = (viewed.len() as f64 * HEAD_SHARE).ceil() as usize;
    order.into_iter().take(count).for_each(|number| in_head[number] = true);
    in_head
}
