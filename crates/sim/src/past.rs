//! What is all that happened? The visits, and what goes on around them: sign-ups, consent, stock,
//! offers, refunds and ratings.

use crate::customers::{Taste, consents, described, is_new, liking, pull};
use crate::dice::Dice;
use crate::items::{self, price_in};
use crate::seasons::{Phase, day, phase_of};
use crate::sessions::Visit;
use crate::stock::{Coming, Stock};
use crate::{Shop, ids};
use commerce::{At, Body, ConsentChange, Event, EventKind, Fact, Line, Money, StockMove, Who};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

const AFTER: u64 = 61;

/// Something that happens later: ordered by time, then by when it was known.
#[derive(Debug)]
struct Due {
    at: At,
    number: u64,
    body: Body,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// All facts of the shop's past but its first catalogue ([`Shop::merchants`], [`Shop::items`]), in
/// the order in which visits start. Holds a bit for each customer and the stock of each item.
#[derive(Debug)]
pub struct Past<'a> {
    shop: &'a Shop,
    next: u64,
    stock: Stock,
    /// Customers who were described, a bit each.
    described: Vec<u64>,
    due: BinaryHeap<Reverse<Due>>,
    later: u64,
    phase: Phase,
    day: i64,
    waiting: VecDeque<Fact>,
}

impl<'a> Past<'a> {
    pub(crate) fn new(shop: &'a Shop) -> Self {
        let mut past = Self {
            shop,
            next: 0,
            stock: Stock::at_first(shop),
            described: vec![0; shop.options.customers.max(1) as usize / 64 + 1],
            due: BinaryHeap::new(),
            later: 0,
            phase: Phase::Usual,
            day: day(shop.options.from) - 1,
            waiting: VecDeque::new(),
        };
        let coming = past.stock.open(shop, shop.options.from);
        coming.into_iter().for_each(|coming| past.await_delivery(coming));
        past
    }

    /// The stock as it is after all that was told so far.
    #[must_use]
    pub fn stock(&self) -> &Stock {
        &self.stock
    }

    /// The stock at the end.
    #[must_use]
    pub fn into_stock(self) -> Stock {
        self.stock
    }

    fn visit(&mut self) {
        let mut visit = Visit::new(self.shop, self.next).whole();
        self.next += 1;
        let now = visit.starts();
        self.catch_up(now);
        let (customer, taste) = (visit.customer, visit.taste.clone());
        let (word, bit) = (customer as usize / 64, 1u64 << (customer % 64));
        if visit.teller().who.customer.is_some() && self.described[word] & bit == 0 {
            self.described[word] |= bit;
            self.describe(&mut visit);
        }
        let before = self.waiting.len();
        visit.run(&mut self.stock, &mut self.waiting);
        self.follow_up(before, customer, &taste);
    }

    /// A customer's first time here by name.
    fn describe(&mut self, visit: &mut Visit<'_>) {
        let (customer, taste) = (visit.customer, visit.taste.clone());
        let teller = visit.teller();
        if is_new(self.shop, customer) {
            let event = teller.event(EventKind::SignUp, &[]);
            self.waiting.extend(teller.tell_event(event));
        }
        if let Some(about) = described(self.shop, customer, &taste) {
            self.waiting.extend(teller.tell(Body::Customer(about)));
        }
        let who = Who { session: None, device: None, ..teller.who.clone() };
        for (purpose, granted) in consents(self.shop, customer) {
            let change = ConsentChange { who: who.clone(), purpose, granted };
            self.waiting.extend(teller.tell(Body::Consent(change)));
        }
    }

    /// What the orders of a visit bring later: deliveries, ratings, things given back.
    fn follow_up(&mut self, from: usize, customer: u32, taste: &Taste) {
        let bought = |fact: &Fact| match &fact.body {
            Body::Event(event) if event.kind == EventKind::Purchase => {
                Some((fact.at, event.clone()))
            }
            _ => None,
        };
        let orders: Vec<(At, Event)> = self.waiting.range(from..).filter_map(bought).collect();
        for (at, order) in orders {
            for line in &order.lines {
                let Some(number) = ids::item_number(&line.item) else { continue };
                if let Some(coming) = self.stock.order(self.shop, number, at) {
                    self.await_delivery(coming);
                }
                self.judge(at, &order, line, (customer, taste, number));
            }
        }
    }

    /// Whether a customer rates what came, or gives it back: the better liked, the better rated.
    fn judge(
        &mut self,
        at: At,
        order: &Event,
        line: &Line,
        (customer, taste, number): (u32, &Taste, u32),
    ) {
        let key = (self.next << 24) ^ u64::from(number);
        let mut dice = Dice::of(self.shop.options.seed, AFTER, key);
        let liked = liking(self.shop, customer, taste, number, self.phase);
        let about = |kind, line: &Line| {
            let who = Who { session: None, ..order.who.clone() };
            Event {
                context: order.context.clone(),
                lines: vec![line.clone()],
                ..Event::new(kind, who)
            }
        };
        let mut days = |least: i64, span: u32| {
            let days = least + i64::from(dice.below(span));
            at.plus_ms(days * At::DAY_MS + i64::from(dice.below(40_000)) * At::SECOND_MS)
        };
        let (back_at, rated_at) = (days(2, 7), days(3, 12));
        if dice.chance(0.01 + 0.07 * (1.0 - pull(liked))) {
            let mut event = about(EventKind::Refund, line);
            (event.order, event.value) = (order.order.clone(), line.price);
            self.await_fact(back_at, Body::Event(event));
            let back = StockMove::Moved { item: line.item.clone(), change: 1 };
            self.await_fact(back_at, Body::Stock(back));
        }
        if dice.chance(0.25) {
            let quality = f64::from(self.shop.traits(number).quality);
            let stars = 3.6 + 0.3 * liked + 0.4 * quality + 0.7 * dice.bell();
            let mut event = about(EventKind::RateItem, line);
            event.rating = Some(stars.round().clamp(1.0, 5.0) as f32);
            self.await_fact(rated_at, Body::Event(event));
        }
    }

    fn await_delivery(&mut self, coming: Coming) {
        if let Some(item) = ids::item(coming.number) {
            let change = i32::try_from(coming.pieces).unwrap_or(i32::MAX);
            self.await_fact(coming.at, Body::Stock(StockMove::Moved { item, change }));
        }
    }

    fn await_fact(&mut self, at: At, body: Body) {
        self.later += 1;
        self.due.push(Reverse(Due { at, number: self.later, body }));
    }

    /// Everything that was to happen up to now.
    fn catch_up(&mut self, now: At) {
        while self.due.peek().is_some_and(|Reverse(due)| due.at <= now) {
            let Some(Reverse(due)) = self.due.pop() else { return };
            if let Body::Stock(StockMove::Moved { item, change }) = &due.body
                && let Some(number) = ids::item_number(item)
            {
                // Customers give back one piece at a time, suppliers bring several.
                self.stock.put(number, change.unsigned_abs(), *change > 1);
            }
            let Some(id) = ids::fact("l", due.number, 0) else { continue };
            self.waiting.push_back(Fact { id, at: due.at, received_at: due.at, body: due.body });
        }
        let today = day(now);
        if today != self.day {
            self.day = today;
            self.reprice(now);
        }
    }

    /// The items whose prices are others than the day before, when a season begins, peaks or ends.
    fn reprice(&mut self, now: At) {
        let before = std::mem::replace(&mut self.phase, phase_of(self.day));
        if before == self.phase {
            return;
        }
        for number in 0..self.shop.options.items.max(1) {
            let price: Money = price_in(self.shop, number, self.phase);
            if price == price_in(self.shop, number, before) {
                continue;
            }
            let mut item = items::item(self.shop, number);
            (item.price, item.stock) = (Some(price), self.stock.left(number));
            self.later += 1;
            let Some(id) = ids::fact("l", self.later, 0) else { continue };
            let fact = Fact { id, at: now, received_at: now, body: Body::Item(item) };
            self.waiting.push_back(fact);
        }
    }
}

impl Iterator for Past<'_> {
    type Item = Fact;

    fn next(&mut self) -> Option<Fact> {
        while self.waiting.is_empty() {
            if self.next >= self.shop.options.sessions {
                return None;
            }
            self.visit();
        }
        self.waiting.pop_front()
    }
}
