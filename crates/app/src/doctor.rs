//! What is missing, and how is it mended? Findings on what the shop sends us.

use crate::App;
use commerce::{EventKind, MerchantId};
use decide::Decider as _;
use std::collections::BTreeSet;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All is well.
    Fine,
    /// Answers are worse than they could be.
    Weak,
    /// Something cannot work.
    Missing,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was looked at.
    pub about: &'static str,
    /// What was found, with numbers.
    pub found: String,
    /// What to do.
    pub mend: String,
}

impl Finding {
    fn new(severity: Severity, about: &'static str, found: String, mend: &str) -> Self {
        let mend = if severity == Severity::Fine { String::new() } else { mend.into() };
        Self { severity, about, found, mend }
    }
}

/// Events from which on models beat plain popularity.
const EVENTS_LEAST: u64 = 1_000;
/// Purchases from which on association rules find anything.
const PURCHASES_LEAST: u64 = 200;
/// The part of the items that should have what is looked for.
const PART_LEAST: f64 = 0.8;

impl App {
    /// Looks at what there is and names what is missing.
    #[must_use]
    pub fn doctor(&self) -> Vec<Finding> {
        let mut findings = self.event_findings();
        findings.extend(self.catalogue_findings());
        findings.extend(self.model_findings());
        findings.push(self.memory_finding());
        findings
    }

    fn memory_finding(&self) -> Finding {
        let memory = self.state.features.memory();
        let ids_mb = self.log.stats().id_bytes / 1_000_000;
        let (mb, parties, items) = (memory.bytes() / 1_000_000, memory.parties, memory.items);
        let found = format!(
            "{mb} MB for {parties} parties and {items} items, {ids_mb} MB for ids of facts"
        );
        Finding::new(Severity::Fine, "memory", found, "")
    }

    fn event_findings(&self) -> Vec<Finding> {
        let counts = self.state.side.lock().counts;
        let all = counts.all();
        let grade = |bad: bool, how: Severity| if bad { how } else { Severity::Fine };
        let mut findings = vec![Finding::new(
            match all {
                0 => Severity::Missing,
                n if n < EVENTS_LEAST => Severity::Weak,
                _ => Severity::Fine,
            },
            "events",
            format!("{all} events"),
            "import the shop's history with `shopkeeper import`, or send events to POST /v1/events; from about 1,000 on models beat plain popularity",
        )];
        for (kind, how, why) in [
            (
                EventKind::ViewItem,
                Severity::Missing,
                "views carry most of what is known about taste; send view_item",
            ),
            (
                EventKind::AddToCart,
                Severity::Weak,
                "carts tell earnest interest from curiosity; send add_to_cart",
            ),
            (
                EventKind::Purchase,
                Severity::Missing,
                "without purchases there are no complements and no buy-again; send purchase with the order's items",
            ),
            (
                EventKind::ViewItemList,
                Severity::Weak,
                "without impressions the ranker cannot learn what was shown and ignored; send view_item_list with the decision_id of the answer",
            ),
        ] {
            let n = counts.of(kind);
            findings.push(Finding::new(
                grade(n == 0, how),
                kind.name(),
                format!("{n} events"),
                why,
            ));
        }
        let bought = counts.of(EventKind::Purchase);
        findings.push(Finding::new(
            grade(bought < PURCHASES_LEAST, Severity::Weak),
            "orders",
            format!("{bought} orders"),
            "complements need about 200 orders with several items",
        ));
        findings.push(Finding::new(
            grade(counts.priceless_purchases * 2 > bought && bought > 0, Severity::Weak),
            "order prices",
            format!("{} of {bought} orders have a price", bought - counts.priceless_purchases),
            "send items[].price and currency with purchase",
        ));
        findings.push(Finding::new(
            grade(counts.nameless * 2 > all && all > 0, Severity::Weak),
            "signed-in customers",
            format!("{} of {all} events name a customer", all - counts.nameless),
            "send customer_id once somebody has signed in, and a login event to join their device",
        ));
        findings.push(Finding::new(
            grade(counts.attributed == 0 && counts.decisions > 0, Severity::Weak),
            "outcomes",
            format!("{} events name the decision they came of; {} decisions", counts.attributed, counts.decisions),
            "send the answer's decision_id with clicks, carts and purchases, or no experiment can be read",
        ));
        findings
    }

    fn catalogue_findings(&self) -> Vec<Finding> {
        let items = self.state.features.items();
        let all = u64::from(items.len());
        let having = |test: &dyn Fn(&features::ItemRow) -> bool| {
            items.rows().filter(|(_, row)| test(row)).count() as u64
        };
        let checks: [(&'static str, u64, Severity, &str); 5] = [
            (
                "catalogue",
                having(&|row| row.known),
                Severity::Weak,
                "send items to PUT /v1/items or import a catalogue; items known from events alone have no title, price or category",
            ),
            (
                "titles",
                having(&|row| row.item.title_zh.is_some() || row.item.title_en.is_some()),
                Severity::Weak,
                "send title_zh or title_en; explanations and the console show them",
            ),
            (
                "categories",
                having(&|row| !row.item.category.is_empty()),
                Severity::Weak,
                "send the category path; new items are found by it, and filters need it",
            ),
            (
                "prices",
                having(&|row| row.price().is_some()),
                Severity::Weak,
                "send price and currency; price filters and ranking need them",
            ),
            (
                "sellable items",
                having(&features::ItemRow::sellable),
                Severity::Missing,
                "every item is inactive, gone or out of stock; send active and stock",
            ),
        ];
        let mut findings = Vec::new();
        for (about, n, how, mend) in checks {
            let part = if all == 0 { 0.0 } else { n as f64 / all as f64 };
            let least = if about == "sellable items" { f64::MIN_POSITIVE } else { PART_LEAST };
            let severity = if part >= least { Severity::Fine } else { how };
            findings.push(Finding::new(severity, about, format!("{n} of {all} items"), mend));
        }
        findings.extend(self.merchant_finding(&items));
        findings
    }

    /// Nothing for a shop that sells all by itself.
    fn merchant_finding(&self, items: &features::Items) -> Option<Finding> {
        let selling: BTreeSet<&MerchantId> =
            items.rows().filter_map(|(_, row)| row.item.merchant.as_ref()).collect();
        let side = self.state.side.lock();
        let named = selling.iter().filter(|id| side.merchants.contains_key(**id)).count();
        let part = named as f64 / selling.len() as f64;
        (!selling.is_empty()).then(|| {
            Finding::new(
                if part >= PART_LEAST { Severity::Fine } else { Severity::Weak },
                "merchants",
                format!("{named} of {} merchants have a name", selling.len()),
                "send merchants to POST /v1/merchants or import them; explanations show their names",
            )
        })
    }

    fn model_findings(&self) -> Vec<Finding> {
        let Some(card) = self.serving() else {
            return vec![Finding::new(
                Severity::Missing,
                "model",
                "no model serves".into(),
                "run `shopkeeper train`; until then answers are popular and live items only",
            )];
        };
        if !self.lineup.load().live.models().contains(&card.model()) {
            return vec![Finding::new(
                Severity::Missing,
                "model",
                format!("version {} was chosen to serve and cannot be read", card.version),
                "train again, roll back, or restore its file; the log of `shopkeeper serve` has the reason",
            )];
        }
        let days = self.now().since_ms(card.made_at) / commerce::At::DAY_MS;
        let behind = self.log.reader().end().saturating_sub(card.window.to_offset);
        vec![Finding::new(
            if days > 7 { Severity::Weak } else { Severity::Fine },
            "model",
            format!(
                "version {} serves, {days} days old, {behind} facts behind the log",
                card.version
            ),
            "train again; set [train] every_hours so that it happens by itself",
        )]
    }
}
