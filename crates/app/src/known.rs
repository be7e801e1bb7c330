//! What was known of a customer at a moment? The named features, for people to read.
//!
//! Now is read from the state that serves; the past from a state of its own, into which all that had
//! happened by then is folded, by the code that serves. What items are called and belong to is that
//! of today: a catalogue is often told long after its items were touched.

use crate::{App, AppError};
use commerce::{At, Body, CustomerId, EventKind, Who};
use features::{CustomerView, Features, Items, TermKind};
use store::codec;

/// Half-life of interest: 30 days.
const HALF_LIFE_S: f64 = 30.0 * 86_400.0;
/// Entries of a feature that has one for each item, category, place.
const ENTRIES: usize = 10;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The value of a feature for a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The feature, as [`features::FEATURES`] names it.
    pub name: &'static str,
    /// The item, category, kind of event, … that it is about.
    pub about: Option<String>,
    /// The number.
    pub value: f64,
    /// What the number is.
    pub unit: &'static str,
}

impl App {
    /// What was known of a customer at `at`, or is known now. The past takes as long as folding the
    /// log.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn known(&self, customer: &CustomerId, at: Option<At>) -> Result<Vec<Known>, AppError> {
        let who = Who::customer(customer.clone());
        let Some(at) = at else {
            let features = &self.state.features;
            return Ok(read(&features.customer(&who, self.now()), &features.items()));
        };
        let features = Features::new(self.options.features.clone());
        let reader = self.log.reader();
        let mut cursor = reader.read(0..reader.end());
        while let Some(entry) = cursor.next_entry()? {
            let fact = codec::brief_at(&entry)?;
            if fact.at <= at || matches!(fact.body, Body::Item(_)) {
                features.fold(entry.offset, &fact);
            }
        }
        features.publish();
        Ok(read(&features.customer(&who, at), &features.items()))
    }
}

fn read(view: &CustomerView, items: &Items) -> Vec<Known> {
    let mut known = Vec::new();
    let mut tell = |name, about: Option<String>, value: f64, unit| {
        known.push(Known { name, about, value, unit });
    };
    let item = |ix: u32| Some(items.row(ix).id().to_string());
    for kind in EventKind::ALL {
        let total = view.total(kind);
        if total > 0 {
            tell("customer.total", Some(kind.name().into()), total as f64, "event lines");
        }
    }
    for (kind, label) in [(TermKind::Category, "category"), (TermKind::Brand, "brand")] {
        for (term, share) in view.taste(items, kind, HALF_LIFE_S).into_iter().take(ENTRIES) {
            let name = items.term(term).map_or_else(String::new, |term| term.name.to_owned());
            tell("customer.taste", Some(format!("{label} {name}")), share, "share");
        }
    }
    let mut interests = view.interest(HALF_LIFE_S);
    interests.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    for (ix, interest) in interests.into_iter().take(ENTRIES) {
        tell("customer.interest", item(ix), interest, "decayed views");
    }
    for (ix, pieces) in view.cart() {
        tell("customer.cart", item(ix), pieces.into(), "pieces");
    }
    for ix in view.wishlist() {
        tell("customer.wishlist", item(ix), 1.0, "items");
    }
    for ix in view.dismissed().into_iter().take(ENTRIES) {
        tell("customer.dismissed", item(ix), 1.0, "items");
    }
    for (ix, rating) in view.ratings().into_iter().take(ENTRIES) {
        tell("customer.ratings", item(ix), rating.into(), "0 to 5");
    }
    for (name, shares) in [
        ("customer.places", view.places(HALF_LIFE_S)),
        ("customer.channels", view.channels(HALF_LIFE_S)),
        ("customer.referrers", view.referrers(HALF_LIFE_S)),
        ("customer.device_classes", view.device_classes(HALF_LIFE_S)),
    ] {
        for (what, share) in shares.into_iter().take(ENTRIES) {
            tell(name, Some(what.to_string()), share, "share");
        }
    }
    let days = view.weekdays(HALF_LIFE_S);
    if days.iter().sum::<f64>() > 0.0 {
        for (day, share) in WEEKDAYS.into_iter().zip(days) {
            tell("customer.weekdays", Some(day.into()), share, "share");
        }
    }
    tell("customer.session", None, view.session().len() as f64, "event lines");
    known
}
