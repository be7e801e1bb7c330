//! How is it told? What somebody does in one visit, as facts with ids, times, prices and places.

use crate::customers::{Taste, who};
use crate::items::price_in;
use crate::seasons::Phase;
use crate::words::REFERRERS;
use crate::{Shop, ids};
use commerce::{
    At, Body, Context, Currency, DecisionId, Event, EventKind, Fact, Line, Money, StockMove, Who,
};

/// How the ids of one kind of visit begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefixes {
    pub(crate) fact: &'static str,
    pub(crate) session: &'static str,
    pub(crate) order: &'static str,
}

/// On which device, and whether signed in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) second_device: bool,
    pub(crate) signed_in: bool,
    pub(crate) referrer: u32,
}

/// Tells of one visit.
#[derive(Clone, Debug)]
pub(crate) struct Teller<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) who: Who,
    pub(crate) context: Context,
    pub(crate) number: u64,
    pub(crate) phase: Phase,
    pub(crate) now: At,
    /// Facts told so far.
    pub(crate) told: u32,
    prefixes: Prefixes,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(
        shop: &'a Shop,
        (customer, taste, seat): (u32, &Taste, Seat),
        (prefixes, number): (Prefixes, u64),
        (now, phase): (At, Phase),
    ) -> Self {
        let mut who = who(customer, seat.second_device, seat.signed_in);
        who.session = ids::session(prefixes.session, number);
        let phone = taste.phone != seat.second_device;
        let context = Context {
            place: Some(taste.place.into()),
            channel: Some(if phone { "app" } else { "web" }.into()),
            referrer: Some(REFERRERS[seat.referrer as usize % REFERRERS.len()].into()),
            device_class: Some(if phone { "phone" } else { "desktop" }.into()),
        };
        Self { shop, who, context, number, phase, now, told: 0, prefixes }
    }

    /// An event of `kind` about `items`, in order, at their prices of the day.
    pub(crate) fn event(&self, kind: EventKind, items: &[u32]) -> Event {
        let mut event = Event::new(kind, self.who.clone());
        event.context = self.context.clone();
        event.lines.reserve_exact(items.len());
        event.lines.extend(items.iter().filter_map(|&number| {
            let price = Some(price_in(self.shop, number, self.phase));
            ids::item(number).map(|item| Line { item, quantity: 1, price })
        }));
        event
    }

    /// An order of `items`, the `part`th of this visit.
    pub(crate) fn order(&self, items: &[u32], part: u64) -> Event {
        let mut event = self.event(EventKind::Purchase, items);
        event.order = ids::order(self.prefixes.order, self.number + (part << 48));
        let total = |sum: Money, line: &Line| line.price.map_or(Ok(sum), |p| sum.checked_add(p));
        event.value = event.lines.iter().try_fold(Money::new(0, Currency::CNY), total).ok();
        event
    }

    /// The next fact of the visit.
    pub(crate) fn tell(&mut self, body: Body) -> Option<Fact> {
        self.told += 1;
        let id = ids::fact(self.prefixes.fact, self.number, self.told)?;
        Some(Fact { id, at: self.now, received_at: self.now, body })
    }

    /// An event, three seconds after what came before.
    pub(crate) fn tell_event(&mut self, event: Event) -> Option<Fact> {
        self.now = self.now.plus_ms(3 * At::SECOND_MS);
        self.tell(Body::Event(event))
    }

    /// One piece fewer of an item.
    pub(crate) fn tell_sold(&mut self, number: u32) -> Option<Fact> {
        let item = ids::item(number)?;
        self.tell(Body::Stock(StockMove::Moved { item, change: -1 }))
    }

    /// An event that followed from a decision.
    pub(crate) fn outcome(
        &self,
        kind: EventKind,
        items: &[u32],
        decision: Option<DecisionId>,
    ) -> Event {
        Event { decision, ..self.event(kind, items) }
    }
}
