//! What does a customer do with what is shown? A visit that goes on by the lists it is handed.
//!
//! ```text
//! while let Some(asks) = visitor.asks() {       // Home, or the page of an item
//!     let slate = …;                            // whatever is to be measured
//!     facts = visitor.see(&slate, decision, now, &mut stock);
//! }
//! ```
//!
//! Every choice is drawn by the visit and the item, not from one stream: two policies that show the
//! same item to the same visit meet the same mood (common random numbers), so what differs between
//! them is what they show.

use crate::customers::{Taste, ease, has_second_device, liking, pull, taste};
use crate::dice::Dice;
use crate::items::price_in;
use crate::seasons::{day, phase_of};
use crate::sessions::{companion, is_due, look, regular, wanted};
use crate::stock::Stock;
use crate::teller::{Prefixes, Seat, Teller};
use crate::words::REFERRERS;
use crate::{Shop, ids};
use commerce::{At, Body, DecisionId, Event, EventKind, Fact, ItemId, Who};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const LIVE: u64 = 71;
const PREFIXES: Prefixes = Prefixes { fact: "v", session: "v", order: "vo" };
/// Pages that a visit looks at, at most.
const PAGES_MAX: usize = 12;
/// How much more is liked what a customer came for, and how much less all else.
const CAME_FOR: f64 = 0.9;
const CAME_FOR_ELSE: f64 = 0.2;
/// How much more is liked what is always bought, when it has run out.
const USED_UP: f64 = 1.5;
/// How likely what is opened is put into the cart, and what lies there is paid for, at most.
const CARTS: f64 = 0.35;
const PAYS: f64 = 0.55;

/// How much of a list is looked at. On an item's page it stands below: half of the looks end before.
fn patience(asked: &Asks) -> f64 {
    if *asked == Asks::Home { 1.0 } else { 0.5 }
}

/// What is drawn for a visit, or for an item in it.
#[derive(Clone, Copy)]
enum Draw {
    Looks,
    Picks,
    Carts,
    Wishes,
    Dismisses,
    Dwells,
    Pays,
    GoesOn,
    Browses,
}

/// What a visitor wants to be shown next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A home list.
    Home,
    /// What is like the item whose page is open.
    Page(ItemId),
}

/// What a list brings on average, over all that chance could do with it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected {
    /// Items that catch the eye.
    pub picks: f64,
    /// Yuan of what is then put into the cart and paid for, if every pick is opened.
    pub yuan: f64,
}

/// One visit of a customer who chooses from what they are shown.
#[derive(Clone, Debug)]
pub struct Visitor<'a> {
    teller: Teller<'a>,
    customer: u32,
    taste: Taste,
    visit: u64,
    came_for: u32,
    /// What is always bought and has run out.
    used_up: Vec<u32>,
    asks: Option<Asks>,
    /// What caught the eye and was not opened yet, with the decision that showed it.
    picked: VecDeque<(u32, Option<DecisionId>)>,
    opened: BTreeSet<u32>,
    cart: Vec<(u32, Option<DecisionId>)>,
}

impl<'a> Visitor<'a> {
    /// Visit number `visit` from now on, at `now`: who comes and in which mood is a function of the
    /// shop's seed and that number.
    #[must_use]
    pub fn new(shop: &'a Shop, visit: u64, now: At) -> Self {
        let mut dice = Dice::of(shop.options.seed, LIVE, visit);
        let customers = shop.options.customers.max(1);
        let customer = ((dice.unit().powi(2) * f64::from(customers)) as u32).min(customers - 1);
        Self::of(shop, customer, visit, now)
    }

    /// The same for a customer who is chosen by number, from 0.
    #[must_use]
    pub fn of(shop: &'a Shop, customer: u32, visit: u64, now: At) -> Self {
        let mut dice = Dice::of(shop.options.seed, LIVE + 1, visit);
        let taste = taste(shop, customer);
        let seat = Seat {
            signed_in: true,
            referrer: dice.below(REFERRERS.len() as u32),
            second_device: dice.chance(0.3) && has_second_device(shop, customer),
        };
        let came_for = wanted(&taste, &mut dice);
        let due = taste.leaves.iter().filter(|&&leaf| is_due(shop, customer, leaf, now));
        let used_up = due.filter_map(|&leaf| regular(shop, customer, &taste, leaf)).collect();
        let when = (now, phase_of(day(now)));
        let teller = Teller::new(shop, (customer, &taste, seat), (PREFIXES, visit), when);
        Self {
            teller,
            customer,
            taste,
            visit,
            came_for,
            used_up,
            asks: Some(Asks::Home),
            picked: VecDeque::new(),
            opened: BTreeSet::new(),
            cart: Vec::new(),
        }
    }

    /// Who it is, as an ask names them.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.teller.who
    }

    /// The customer's number, as [`crate::truth`] takes it.
    #[must_use]
    pub fn customer(&self) -> u32 {
        self.customer
    }

    /// What they want to see next; `None` once they are gone.
    #[must_use]
    pub fn asks(&self) -> Option<&Asks> {
        self.asks.as_ref()
    }

    /// Shows them `slate`, the answer to what they asked: what they then do until they want to see
    /// something else, as facts at `now`, each outcome with the `decision` that it follows.
    /// What is bought is taken from `stock`; what is not there cannot be.
    pub fn see(
        &mut self,
        slate: &[ItemId],
        decision: Option<DecisionId>,
        now: At,
        stock: &mut Stock,
    ) -> Vec<Fact> {
        let mut facts = Vec::new();
        self.teller.now = now;
        let Some(asked) = self.asks.take() else { return facts };
        self.look_down(slate, decision, &asked, &mut facts);
        while let Some((item, shown_by)) = self.picked.pop_front() {
            if !self.opened.insert(item) {
                continue;
            }
            self.open(item, shown_by, stock, &mut facts);
            let more = self.opened.len() < PAGES_MAX;
            if more && self.chance(Draw::GoesOn, item, 0.8) {
                if self.chance(Draw::Browses, item, 0.6) {
                    self.asks = ids::item(item).map(Asks::Page);
                    break;
                }
            } else {
                self.picked.clear();
            }
        }
        if self.asks.is_none() {
            self.leave(stock, &mut facts);
        }
        facts
    }

    /// What [`Visitor::see`] would make of `slate` on average: the same chances, not drawn. Items
    /// that were opened in this visit bring nothing more.
    #[must_use]
    pub fn expects(&self, slate: &[ItemId], stock: &Stock) -> Expected {
        let mut expected = Expected::default();
        let Some(asked) = &self.asks else { return expected };
        let all = self.teller.shop.shelf.len() as u32;
        let shown = slate.iter().filter_map(ids::item_number).filter(|&number| number < all);
        for (place, item) in shown.enumerate().filter(|(_, item)| !self.opened.contains(item)) {
            let pull = pull(self.liked(item));
            let picks = patience(asked) * look(place) * pull;
            expected.picks += picks;
            if stock.has(item) {
                let Teller { shop, phase, .. } = self.teller;
                let paid = CARTS * pull * PAYS * ease(shop.traits(item).leaf);
                let minor = price_in(shop, item, phase).minor;
                expected.yuan += picks * paid * minor as f64 / 100.0;
            }
        }
        expected
    }

    /// How much an item is liked in this visit: by taste, and more when they came for it or need it.
    fn liked(&self, item: u32) -> f64 {
        let Teller { shop, phase, .. } = self.teller;
        let mood = if u32::from(shop.traits(item).leaf) == self.came_for {
            CAME_FOR
        } else {
            -CAME_FOR_ELSE
        };
        let need = if self.used_up.contains(&item) { USED_UP } else { 0.0 };
        liking(shop, self.customer, &self.taste, item, phase) + mood + need
    }

    fn dice(&self, what: Draw, item: u32) -> Dice {
        let key = (self.visit << 24) ^ u64::from(item);
        Dice::of(self.teller.shop.options.seed, LIVE + 2 + what as u64, key)
    }

    fn chance(&self, what: Draw, item: u32, p: f64) -> bool {
        self.dice(what, item).chance(p)
    }

    /// Looks down a list, less and less closely, and notes what catches the eye.
    fn look_down(
        &mut self,
        slate: &[ItemId],
        decision: Option<DecisionId>,
        asked: &Asks,
        facts: &mut Vec<Fact>,
    ) {
        let all = self.teller.shop.shelf.len() as u32;
        let shown = slate.iter().filter_map(ids::item_number).filter(|&number| number < all);
        let shown: Vec<u32> = shown.collect();
        if shown.is_empty() {
            return;
        }
        self.tell(self.teller.outcome(EventKind::ViewItemList, &shown, decision), facts);
        let patience = patience(asked);
        let mut dismissed = Vec::new();
        for (place, &item) in shown.iter().enumerate() {
            if !self.chance(Draw::Looks, item, patience * look(place)) {
                continue;
            }
            let liked = self.liked(item);
            if self.chance(Draw::Picks, item, pull(liked)) {
                self.picked.push_back((item, decision));
            } else if liked < -1.5 && self.chance(Draw::Dismisses, item, 0.01) {
                dismissed.push(item);
            }
        }
        for item in dismissed {
            self.tell(self.teller.outcome(EventKind::DismissItem, &[item], decision), facts);
        }
    }

    /// Opens an item's page, reads it, and puts it into the cart or not.
    fn open(
        &mut self,
        item: u32,
        decision: Option<DecisionId>,
        stock: &Stock,
        facts: &mut Vec<Fact>,
    ) {
        let liked = self.liked(item);
        self.tell(self.teller.outcome(EventKind::SelectItem, &[item], decision), facts);
        let mut view = self.teller.outcome(EventKind::ViewItem, &[item], decision);
        let dwell_s = 12.0 * (1.0 + liked.max(0.0)) * (0.5 + self.dice(Draw::Dwells, item).unit());
        view.dwell_ms = Some((dwell_s * 1_000.0) as u32);
        self.tell(view, facts);
        let pull = pull(liked);
        if stock.has(item) && self.chance(Draw::Carts, item, CARTS * pull) {
            self.tell(self.teller.outcome(EventKind::AddToCart, &[item], decision), facts);
            self.cart.push((item, decision));
            // One thing calls for another.
            self.came_for = companion(self.teller.shop.traits(item).leaf.into());
        } else if self.chance(Draw::Wishes, item, 0.05 * pull) {
            self.tell(self.teller.outcome(EventKind::AddToWishlist, &[item], decision), facts);
        }
    }

    /// Pays for what lies in the cart, or not: one order for each decision that it came from.
    fn leave(&mut self, stock: &mut Stock, facts: &mut Vec<Fact>) {
        let mut orders: BTreeMap<Option<DecisionId>, Vec<u32>> = BTreeMap::new();
        for (item, decision) in std::mem::take(&mut self.cart) {
            let ease = ease(self.teller.shop.traits(item).leaf);
            if self.chance(Draw::Pays, item, PAYS * ease) && stock.take(item) {
                orders.entry(decision).or_default().push(item);
            }
        }
        for (part, (decision, items)) in (0..).zip(orders) {
            let order = Event { decision, ..self.teller.order(&items, part) };
            self.tell(order, facts);
            if !stock.is_endless() {
                facts.extend(items.iter().filter_map(|&item| self.teller.tell_sold(item)));
            }
        }
    }

    /// All at one moment: what is asked next knows it, and the order is that of the log.
    fn tell(&mut self, event: Event, facts: &mut Vec<Fact>) {
        facts.extend(self.teller.tell(Body::Event(event)));
    }
}
