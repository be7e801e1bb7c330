//! What do customers do? One visit after another, each a function of its number.

use crate::customers::{Taste, ease, has_second_device, liking, pull, taste};
use crate::dice::Dice;
use crate::seasons::{Phase, day, phase_of};
use crate::stock::Stock;
use crate::teller::{Prefixes, Seat, Teller};
use crate::words::{LEAVES, REFERRERS};
use crate::{Shop, SimOptions};
use commerce::{At, Event, EventKind, Fact};
use std::collections::{BTreeSet, VecDeque};

const SESSION: u64 = 21;
const HABIT: u64 = 22;
const AROUND: u64 = 23;
/// Items of a list.
const LIST: usize = 10;
/// How fast looks thin out down a list: place p is looked at with probability (1 + p)^−0.6.
const POSITION_BIAS: f64 = 0.6;
/// How much the moment changes what appeals.
const MOMENT: f64 = 0.7;
const PREFIXES: Prefixes = Prefixes { fact: "e", session: "s", order: "o" };

/// The probability that place `place` of a list, from 0, is looked at.
pub(crate) fn look(place: usize) -> f64 {
    (1.0 + place as f64).powf(-POSITION_BIAS)
}

/// The facts of all sessions, in the order in which sessions start.
#[derive(Debug)]
pub struct Sessions<'a> {
    shop: &'a Shop,
    next: u64,
    waiting: VecDeque<Fact>,
    /// Nothing runs out here: each session is a function of its number alone.
    stock: Stock,
}

impl<'a> Sessions<'a> {
    pub(crate) fn new(shop: &'a Shop) -> Self {
        Self { shop, next: 0, waiting: VecDeque::new(), stock: Stock::endless() }
    }
}

impl Iterator for Sessions<'_> {
    type Item = Fact;

    fn next(&mut self) -> Option<Fact> {
        while self.waiting.is_empty() {
            if self.next >= self.shop.options.sessions {
                return None;
            }
            Visit::new(self.shop, self.next).run(&mut self.stock, &mut self.waiting);
            self.next += 1;
        }
        self.waiting.pop_front()
    }
}

/// The category that a customer comes for.
pub(crate) fn wanted(taste: &Taste, dice: &mut Dice) -> u32 {
    match dice.below(20) {
        0..9 => taste.leaves[0],
        9..13 => taste.leaves[1],
        13..16 => taste.leaves[2],
        16..18 => taste.leaves[3],
        _ => dice.rank(LEAVES.len() as u32),
    }
}

/// What a customer always buys of a category whose things are used up: the best liked of those that
/// were tried.
pub(crate) fn regular(shop: &Shop, customer: u32, taste: &Taste, leaf: u32) -> Option<u32> {
    let shelf = &shop.shelves[leaf as usize];
    if LEAVES[leaf as usize].again_days == 0 || shelf.is_empty() {
        return None;
    }
    let mut habit = habit(shop, customer, leaf);
    let tried = (0..5).map(|_| shelf.start + habit.rank(shelf.end - shelf.start));
    let liked = |item| liking(shop, customer, taste, item, Phase::Usual);
    tried.map(|item| (liked(item), item)).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, item)| item)
}

/// Whether what is always bought of a category has run out: each customer has a rhythm of the
/// category's length and a phase of their own.
pub(crate) fn is_due(shop: &Shop, customer: u32, leaf: u32, now: At) -> bool {
    let days = now.since_ms(shop.options.from) as f64 / At::DAY_MS as f64;
    let phase = habit(shop, customer, leaf | 1 << 15).unit();
    (days / f64::from(LEAVES[leaf as usize].again_days) + phase).fract() < 0.25
}

fn habit(shop: &Shop, customer: u32, leaf: u32) -> Dice {
    let both = (u64::from(customer) << 16) | u64::from(leaf);
    Dice::of(shop.options.seed, HABIT, both)
}

/// One session as it happens.
pub(crate) struct Visit<'a> {
    shop: &'a Shop,
    dice: Dice,
    pub(crate) customer: u32,
    pub(crate) taste: Taste,
    teller: Teller<'a>,
    /// Also what goes on around the items: signing in, searching, checking out, stock.
    whole: Option<Dice>,
    events: u32,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(shop: &'a Shop, number: u64) -> Self {
        let SimOptions { seed, customers, sessions, .. } = shop.options;
        let mut dice = Dice::of(seed, SESSION, number);
        // A few come often: the square of a uniform number favours small customer numbers.
        let customers = customers.max(1);
        let customer = ((dice.unit().powi(2) * f64::from(customers)) as u32).min(customers - 1);
        let taste = taste(shop, customer);
        let start = shop.rush.at(number as f64 / sessions.max(1) as f64);
        let seat = Seat {
            signed_in: dice.chance(0.85),
            referrer: dice.below(REFERRERS.len() as u32),
            second_device: dice.chance(0.3) && has_second_device(shop, customer),
        };
        let phase = phase_of(day(start));
        let teller =
            Teller::new(shop, (customer, &taste, seat), (PREFIXES, number), (start, phase));
        Self { shop, dice, customer, taste, teller, whole: None, events: 0 }
    }

    /// The same visit with what goes on around the items.
    pub(crate) fn whole(mut self) -> Self {
        self.whole = Some(Dice::of(self.shop.options.seed, AROUND, self.teller.number));
        self
    }

    pub(crate) fn starts(&self) -> At {
        self.teller.now
    }

    pub(crate) fn teller(&mut self) -> &mut Teller<'a> {
        &mut self.teller
    }

    pub(crate) fn run(mut self, stock: &mut Stock, out: &mut VecDeque<Fact>) {
        let mut cart: Vec<u32> = Vec::new();
        self.sign_in(out);
        if let Some(item) = self.used_up() {
            self.put(item, stock, &mut cart, out);
        }
        let mut leaf = wanted(&self.taste, &mut self.dice);
        self.search(leaf, out);
        let mut picked = self.picked(leaf, out);
        while self.dice.chance(0.78) && self.events < 40 {
            let item = if let Some(item) = picked.pop_front() {
                self.tell(EventKind::SelectItem, &[item], 0, out);
                item
            } else {
                let Some(item) = self.found(leaf) else { return };
                item
            };
            let before = leaf;
            self.look_at(item, &mut leaf, stock, &mut cart, out);
            if leaf != before {
                picked = self.picked(leaf, out);
            }
        }
        self.check_out(&cart, stock, out);
    }

    /// Looks at an item's page, and does what follows from how much it is liked.
    fn look_at(
        &mut self,
        item: u32,
        leaf: &mut u32,
        stock: &mut Stock,
        cart: &mut Vec<u32>,
        out: &mut VecDeque<Fact>,
    ) {
        let liked = liking(self.shop, self.customer, &self.taste, item, self.teller.phase);
        let dwell_s = (12.0 * (1.0 + liked.max(0.0)) * (0.5 + self.dice.unit())) as u32;
        self.tell(EventKind::ViewItem, &[item], dwell_s, out);
        self.teller.now = self.teller.now.plus_ms(i64::from(dwell_s) * At::SECOND_MS);
        let pull = pull(liked);
        if self.dice.chance(0.35 * pull) {
            self.put(item, stock, cart, out);
            *leaf = companion(*leaf);
        } else if self.dice.chance(0.05 * pull) {
            self.tell(EventKind::AddToWishlist, &[item], 0, out);
        } else if liked < -1.5 && self.dice.chance(0.03) {
            self.tell(EventKind::DismissItem, &[item], 0, out);
        } else if self.dice.chance(0.15) {
            *leaf = wanted(&self.taste, &mut self.dice);
        }
    }

    /// Puts an item into the cart, if there is one left.
    fn put(&mut self, item: u32, stock: &Stock, cart: &mut Vec<u32>, out: &mut VecDeque<Fact>) {
        if stock.has(item) {
            self.tell(EventKind::AddToCart, &[item], 0, out);
            cart.push(item);
        }
    }

    /// Pays for what lies in the cart, or not. What is dear is left there more often, and what
    /// somebody else took meanwhile cannot be had.
    fn check_out(&mut self, cart: &[u32], stock: &mut Stock, out: &mut VecDeque<Fact>) {
        if cart.is_empty() || !self.dice.chance(0.55) {
            return;
        }
        let mut bought = Vec::with_capacity(cart.len());
        let mut left = Vec::new();
        for &item in cart {
            let pays = self.dice.chance(ease(self.shop.traits(item).leaf));
            if pays && stock.take(item) { bought.push(item) } else { left.push(item) }
        }
        if self.whole.as_mut().is_some_and(|dice| dice.chance(0.5)) && !left.is_empty() {
            self.tell(EventKind::RemoveFromCart, &left, 0, out);
        }
        if bought.is_empty() {
            return;
        }
        if self.whole.is_some() {
            self.tell(EventKind::BeginCheckout, &bought, 0, out);
        }
        let order = self.teller.order(&bought, 0);
        self.events += 1;
        out.extend(self.teller.tell_event(order));
        if self.whole.is_some() {
            out.extend(bought.iter().filter_map(|&item| self.teller.tell_sold(item)));
        }
    }

    fn sign_in(&mut self, out: &mut VecDeque<Fact>) {
        let known = self.teller.who.customer.is_some();
        if known && self.whole.as_mut().is_some_and(|dice| dice.chance(0.25)) {
            let event = self.teller.event(EventKind::Login, &[]);
            out.extend(self.teller.tell_event(event));
        }
    }

    fn search(&mut self, leaf: u32, out: &mut VecDeque<Fact>) {
        if self.whole.as_mut().is_some_and(|dice| dice.chance(0.3)) {
            let query = Some(LEAVES[leaf as usize].zh.into());
            let event = Event { query, ..self.teller.event(EventKind::Search, &[]) };
            out.extend(self.teller.tell_event(event));
        }
    }

    /// The thing that the customer always buys of a favourite category, when it has run out.
    fn used_up(&mut self) -> Option<u32> {
        let leaf = self.taste.leaves[self.dice.below(4) as usize];
        let regular = regular(self.shop, self.customer, &self.taste, leaf)?;
        is_due(self.shop, self.customer, leaf, self.teller.now).then_some(regular)
    }

    /// An item of the shelf: of a handful that come into view, popular ones more often, the one that
    /// appeals most at this moment.
    fn found(&mut self, leaf: u32) -> Option<u32> {
        const IN_VIEW: usize = 6;
        let shelf = self.shop.shelves.iter().cycle().skip(leaf as usize).take(LEAVES.len());
        let shelf = shelf.clone().find(|shelf| !shelf.is_empty())?.clone();
        let mut best = (f64::NEG_INFINITY, shelf.start);
        for place in 0..IN_VIEW {
            // Half of them because they sell well, half as it comes.
            let all = shelf.end - shelf.start;
            let along = if place % 2 == 0 { self.dice.rank(all) } else { self.dice.below(all) };
            let item = shelf.start + along;
            let liked = liking(self.shop, self.customer, &self.taste, item, self.teller.phase);
            let appeal = liked + MOMENT * self.dice.bell();
            if appeal > best.0 {
                best = (appeal, item);
            }
        }
        Some(best.1)
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
        let phase = self.teller.phase;
        let mut eye = |(place, item): (usize, u32)| {
            let looked = self.dice.chance(look(place));
            let liked = || liking(self.shop, self.customer, &self.taste, item, phase);
            (looked && self.dice.chance(pull(liked()))).then_some(item)
        };
        shown.into_iter().enumerate().filter_map(&mut eye).collect()
    }

    fn tell(&mut self, kind: EventKind, items: &[u32], dwell_s: u32, out: &mut VecDeque<Fact>) {
        let mut event = self.teller.event(kind, items);
        event.dwell_ms = (dwell_s > 0).then_some(dwell_s * 1_000);
        self.events += 1;
        out.extend(self.teller.tell_event(event));
    }
}

/// The category that goes with another.
pub(crate) fn companion(leaf: u32) -> u32 {
    let with = LEAVES[leaf as usize].with;
    LEAVES.iter().position(|other| other.en == with).map_or(leaf, |found| found as u32)
}
