//! What do customers do? One session after another, each a function of its number.

use crate::customers::{Taste, liking, style, taste};
use crate::dice::Dice;
use crate::items::{id, price, traits};
use crate::words::{LEAVES, REFERRERS};
use crate::{Shop, SimOptions};
use commerce::{
    At, Body, Context, CustomerId, DeviceId, Event, EventKind, Fact, FactId, Line, Money, OrderId,
    SessionId, Who,
};
use std::collections::{BTreeSet, VecDeque};

const SESSION: u64 = 21;
const HABIT: u64 = 22;
/// Items of a list.
const LIST: usize = 10;
/// How fast looks thin out down a list: place p is looked at with probability (1 + p)^−0.6.
const POSITION_BIAS: f64 = 0.6;

/// The facts of all sessions, in the order in which sessions start.
#[derive(Debug)]
pub struct Sessions<'a> {
    shop: &'a Shop,
    next: u64,
    waiting: VecDeque<Fact>,
}

impl<'a> Sessions<'a> {
    pub(crate) fn new(shop: &'a Shop) -> Self {
        Self { shop, next: 0, waiting: VecDeque::new() }
    }
}

impl Iterator for Sessions<'_> {
    type Item = Fact;

    fn next(&mut self) -> Option<Fact> {
        while self.waiting.is_empty() {
            if self.next >= self.shop.options.sessions {
                return None;
            }
            Visit::new(self.shop, self.next).run(&mut self.waiting);
            self.next += 1;
        }
        self.waiting.pop_front()
    }
}

/// How likely something liked this much is to be taken up once it is looked at.
fn pull(liked: f64) -> f64 {
    1.0 / (1.0 + (1.8 - liked).exp())
}

/// One session as it happens.
struct Visit<'a> {
    shop: &'a Shop,
    number: u64,
    dice: Dice,
    customer: u32,
    taste: Taste,
    who: Who,
    context: Context,
    now: At,
    events: u32,
}

impl<'a> Visit<'a> {
    fn new(shop: &'a Shop, number: u64) -> Self {
        let SimOptions { seed, customers, from, days, sessions, .. } = shop.options;
        let mut dice = Dice::of(seed, SESSION, number);
        // A few come often: the square of a uniform number favours small customer numbers.
        let customer = ((dice.unit().powi(2) * f64::from(customers)) as u32).min(customers - 1);
        let taste = taste(shop, customer);
        let span_ms = i64::from(days) * At::DAY_MS;
        let start = from.plus_ms((span_ms as f64 * (number as f64 / sessions as f64)) as i64);
        let signed_in = dice.chance(0.85);
        let who = Who {
            customer: signed_in.then(|| CustomerId::new(&format!("c{customer}")).ok()).flatten(),
            device: DeviceId::new(&format!("d{customer}")).ok(),
            session: SessionId::new(&format!("s{number}")).ok(),
        };
        let context = Context {
            place: Some(taste.place.into()),
            channel: Some(if taste.phone { "app" } else { "web" }.into()),
            referrer: Some(REFERRERS[dice.below(REFERRERS.len() as u32) as usize].into()),
            device_class: Some(if taste.phone { "phone" } else { "desktop" }.into()),
        };
        Self { shop, number, dice, customer, taste, who, context, now: start, events: 0 }
    }

    fn run(mut self, out: &mut VecDeque<Fact>) {
        let mut cart: Vec<u32> = Vec::new();
        if let Some(item) = self.used_up() {
            self.tell(EventKind::AddToCart, &[item], 0, out);
            cart.push(item);
        }
        let mut leaf = self.wanted();
        let mut picked = self.picked(leaf, out);
        while self.dice.chance(0.78) && self.events < 40 {
            let item = if let Some(item) = picked.pop_front() {
                self.tell(EventKind::SelectItem, &[item], 0, out);
                item
            } else {
                let Some(item) = self.found(leaf) else { return };
                item
            };
            let liked = liking(self.shop, self.customer, &self.taste, leaf, item);
            let dwell_s = (12.0 * (1.0 + liked.max(0.0)) * (0.5 + self.dice.unit())) as u32;
            self.tell(EventKind::ViewItem, &[item], dwell_s, out);
            self.now = self.now.plus_ms(i64::from(dwell_s) * At::SECOND_MS);
            let pull = pull(liked);
            let before = leaf;
            if self.dice.chance(0.35 * pull) {
                self.tell(EventKind::AddToCart, &[item], 0, out);
                cart.push(item);
                leaf = self.companion(leaf);
            } else if self.dice.chance(0.05 * pull) {
                self.tell(EventKind::AddToWishlist, &[item], 0, out);
            } else if liked < -1.5 && self.dice.chance(0.03) {
                self.tell(EventKind::DismissItem, &[item], 0, out);
            } else if self.dice.chance(0.15) {
                leaf = self.wanted();
            }
            if leaf != before {
                picked = self.picked(leaf, out);
            }
        }
        if !cart.is_empty() && self.dice.chance(0.55) {
            self.tell(EventKind::Purchase, &cart, 0, out);
        }
    }

    /// The thing that the customer always buys of a favourite category, when it has run out:
    /// each has a rhythm of the category's length and a phase of their own.
    fn used_up(&mut self) -> Option<u32> {
        let leaf = self.taste.leaves[self.dice.below(4) as usize];
        let again_days = LEAVES[leaf as usize].again_days;
        let shelf = &self.shop.shelves[leaf as usize];
        if again_days == 0 || shelf.is_empty() {
            return None;
        }
        let both = (u64::from(self.customer) << 16) | u64::from(leaf);
        let mut habit = Dice::of(self.shop.options.seed, HABIT, both);
        let regular = shelf.start + habit.rank(shelf.end - shelf.start);
        let days = self.now.since_ms(self.shop.options.from) as f64 / At::DAY_MS as f64;
        let through = (days / f64::from(again_days) + habit.unit()).fract();
        (through < 0.25).then_some(regular)
    }

    /// The category that the customer came for.
    fn wanted(&mut self) -> u32 {
        match self.dice.below(20) {
            0..9 => self.taste.leaves[0],
            9..13 => self.taste.leaves[1],
            13..16 => self.taste.leaves[2],
            16..18 => self.taste.leaves[3],
            _ => self.dice.rank(LEAVES.len() as u32),
        }
    }

    /// The category that goes with another.
    fn companion(&self, leaf: u32) -> u32 {
        let with = LEAVES[leaf as usize].with;
        LEAVES.iter().position(|other| other.en == with).map_or(leaf, |found| found as u32)
    }

    /// An item of the shelf: popular ones more often, and mostly in the customer's own style.
    fn found(&mut self, leaf: u32) -> Option<u32> {
        let shelf = self.shop.shelves.iter().cycle().skip(leaf as usize).take(LEAVES.len());
        let shelf = shelf.clone().find(|shelf| !shelf.is_empty())?.clone();
        let own = style(self.shop, self.customer, leaf);
        let mut item = shelf.start;
        for _ in 0..6 {
            item = shelf.start + self.dice.rank(shelf.end - shelf.start);
            if traits(self.shop, item).style == own || self.dice.chance(0.25) {
                break;
            }
        }
        Some(item)
    }

    /// Shows a list of the category, popular ones first, to those who look around by lists, and
    /// tells what catches their eye: few look far down, and what nobody looks at nobody picks.
    fn picked(&mut self, leaf: u32, out: &mut VecDeque<Fact>) -> VecDeque<u32> {
        let shelf = self.shop.shelves[leaf as usize].clone();
        let lists = self.shop.options.lists;
        if lists <= 0.0 || shelf.len() < 2 || !self.dice.chance(lists) {
            return VecDeque::new();
        }
        let draws = (0..LIST).map(|_| shelf.start + self.dice.rank(shelf.end - shelf.start));
        let shown: BTreeSet<u32> = draws.collect();
        let shown: Vec<u32> = shown.into_iter().collect();
        self.tell(EventKind::ViewItemList, &shown, 0, out);
        let mut eye = |(place, item): (usize, u32)| {
            let looked = self.dice.chance((1.0 + place as f64).powf(-POSITION_BIAS));
            let liked = || liking(self.shop, self.customer, &self.taste, leaf, item);
            (looked && self.dice.chance(pull(liked()))).then_some(item)
        };
        shown.into_iter().enumerate().filter_map(&mut eye).collect()
    }

    fn tell(&mut self, kind: EventKind, items: &[u32], dwell_s: u32, out: &mut VecDeque<Fact>) {
        let mut event = Event::new(kind, self.who.clone());
        event.context = self.context.clone();
        let priced = |&item: &u32| {
            id(item).map(|id| Line { item: id, quantity: 1, price: Some(price(self.shop, item)) })
        };
        event.lines = items.iter().filter_map(priced).collect();
        event.dwell_ms = (dwell_s > 0).then_some(dwell_s * 1_000);
        if kind == EventKind::Purchase {
            event.order = OrderId::new(&format!("o{}", self.number)).ok();
            let total =
                |sum: Money, line: &Line| line.price.map_or(Ok(sum), |p| sum.checked_add(p));
            event.value =
                event.lines.iter().try_fold(Money::new(0, commerce::Currency::CNY), total).ok();
        }
        self.events += 1;
        self.now = self.now.plus_ms(3 * At::SECOND_MS);
        if let Ok(id) = FactId::new(&format!("e{}-{}", self.number, self.events)) {
            out.push_back(Fact {
                id,
                at: self.now,
                received_at: self.now,
                body: Body::Event(event),
            });
        }
    }
}
