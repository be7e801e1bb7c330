//! How well is the next purchase foreseen from the ones before it?
//!
//! Amazon Beauty and Toys, 5-core, as prepared for S³-Rec (Zhou et al., CIKM 2020): one list per
//! customer in time order, no times. The last item is the test, the one before it the validation.
//!
//! * Every item is ranked, none sampled; items already in the list are left out, as S³-Rec's own
//!   full ranking does (no list holds an item twice, so no target is lost). An item that scores the
//!   same as the target is ranked before it.
//! * Settings and blend weights are chosen on the validation items, with models that saw only what
//!   comes before them. The reported models are then fitted on all but the last item, as is usual
//!   for closed forms; the rows named `… (train only)` are fitted without the validation items too,
//!   which only the ask then holds.
//! * Item numbers follow the order of the file, which knows the future: no model reads them.

mod judge;
mod models;
mod search;

use super::{Files, MeasureError, Measured, Outcome, Protocol, Row, Setup};
use judge::Judge;
use learn::{
    error::FitError,
    sequences::{Event, Sequences},
    sparse::Csr,
};
use models::{Channel, Settings};
use std::collections::BTreeMap;

/// Amazon Beauty.
pub(super) const BEAUTY: Protocol = Protocol {
    name: "beauty-loo",
    about: "Amazon Beauty 5-core, last item out, all 12,101 items ranked",
    folder: "amazon-beauty-5core",
    files: &["sequences.txt", "item2attributes.json"],
    seeds: &[0],
    primary: "ndcg@10",
    run: |setup| run(setup, models::BEAUTY),
};

/// Amazon Toys and Games.
pub(super) const TOYS: Protocol = Protocol {
    name: "toys-loo",
    about: "Amazon Toys and Games 5-core, last item out, all 11,924 items ranked",
    folder: "amazon-toys-5core",
    files: &["sequences.txt", "item2attributes.json"],
    seeds: &[0],
    primary: "ndcg@10",
    run: |setup| run(setup, models::TOYS),
};

fn run(setup: &Setup<'_>, settings: Settings) -> Result<Outcome, MeasureError> {
    let data = Data::parse(setup.files)?;
    let mut notes = vec![format!(
        "{} customers, {} items, {} events; closed forms: one fit, no seed matters",
        data.lists.len(),
        data.lists.item_count(),
        data.lists.event_count()
    )];
    let settings = &if setup.search {
        let found = search::settings(&data, settings, setup.progress)?;
        notes.push(format!("found on validation: {found:?}"));
        found
    } else {
        settings
    };
    let whole = data.lists.without_last(1);
    let judge = Judge::new(&data.lists, 1);
    let mut rows = measure(setup, &data, &whole, &judge, settings, "")?;
    let early = data.lists.without_last(2);
    rows.extend(measure(setup, &data, &early, &judge, settings, " (train only)")?);
    Ok(Outcome { rows, notes })
}

/// One row per wanted model and blend, fitted on `train`.
fn measure(
    setup: &Setup<'_>,
    data: &Data,
    train: &Sequences,
    judge: &Judge,
    settings: &Settings,
    suffix: &str,
) -> Result<Vec<Row>, MeasureError> {
    let mut rows = Vec::new();
    let row = |name: String, metrics, train_s| {
        let rss_mb = setup.meter.rss_mb();
        Row { model: name, runs: vec![Measured { metrics, train_s, rss_mb }] }
    };
    let wants_blend = setup.wants(&format!("blend{suffix}"));
    let mut fitted: BTreeMap<&str, (Channel, f64)> = BTreeMap::new();
    for name in models::NAMES {
        let full = format!("{name}{suffix}");
        let is_part = wants_blend && settings.blend_weight(name) != 0.0;
        if !setup.wants(&full) && !is_part {
            continue;
        }
        let started_s = setup.meter.now_s();
        let channel = Channel::fit(name, train, &data.attributes, settings, setup.progress)?;
        let train_s = setup.meter.now_s() - started_s;
        if setup.wants(&full) {
            rows.push(row(full, judge.measure(&[(&channel, 1.0)], setup.progress)?, train_s));
        }
        if is_part {
            fitted.insert(name, (channel, train_s));
        }
    }
    if wants_blend {
        let parts: Vec<_> = fitted
            .iter()
            .map(|(name, (channel, _))| (channel, settings.blend_weight(name)))
            .collect();
        let train_s = fitted.values().map(|(_, train_s)| train_s).sum();
        rows.push(row(format!("blend{suffix}"), judge.measure(&parts, setup.progress)?, train_s));
    }
    Ok(rows)
}

/// The two files as arrays, items and attributes counted from 0.
struct Data {
    lists: Sequences,
    attributes: Csr,
}

impl Data {
    fn parse(files: &Files) -> Result<Self, MeasureError> {
        let mut raw: Vec<Vec<u32>> = Vec::new();
        for line in files.lines("sequences.txt")? {
            let mut numbers = line.text.split_ascii_whitespace().skip(1);
            let items = numbers.try_fold(Vec::new(), |mut items, text| {
                items.push(text.parse::<u32>().ok()?.checked_sub(1)?);
                Some(items)
            });
            let items = items.filter(|items| items.len() >= 3);
            raw.push(items.ok_or_else(|| line.bad("a customer and 3 or more items from 1"))?);
        }
        let items = raw.iter().flatten().max().map_or(0, |&item| item as usize + 1);
        let mut lists = Sequences::new(items);
        for list in &raw {
            let mut events: Vec<Event> =
                (0..).zip(list).map(|(at_s, &item)| Event { item, at_s, weight: 1.0 }).collect();
            lists.push(&mut events)?;
        }
        let attributes = parse_attributes(files, items)?;
        Ok(Self { lists, attributes })
    }
}

/// items × attributes from `{"ITEM": [ATTRIBUTE, …], …}`, both from 1.
fn parse_attributes(files: &Files, items: usize) -> Result<Csr, MeasureError> {
    let mut triples = Vec::new();
    for line in files.lines("item2attributes.json")? {
        let bad = || line.bad("{\"item\": [attribute, …], …}, all numbers from 1");
        for entry in line.text.trim().trim_matches(['{', '}']).split(']') {
            let entry = entry.trim_start_matches([',', ' ']);
            if entry.is_empty() {
                continue;
            }
            let (item, attributes) = entry.split_once(':').ok_or_else(bad)?;
            let item: usize = item.trim().trim_matches('"').parse().map_err(|_| bad())?;
            if item == 0 || item > items {
                continue;
            }
            let numbers = attributes.trim().trim_start_matches('[').split(',');
            for number in numbers.map(str::trim).filter(|number| !number.is_empty()) {
                let number = number.parse::<u32>().ok().and_then(|number| number.checked_sub(1));
                triples.push((item as u32 - 1, number.ok_or_else(bad)?, 1.0));
            }
        }
    }
    let attributes = triples.iter().map(|triple| triple.1 as usize + 1).max().unwrap_or(0);
    Ok(Csr::from_triples(items, attributes, &triples)?.map(|_, _, _| 1.0))
}

/// What a customer had touched when asked, the latest first, as `(item, places ago)`.
fn recent(items: &[u32]) -> Vec<(u32, f32)> {
    items.iter().rev().zip(0_u16..).map(|(&item, age)| (item, f32::from(age))).collect()
}

/// Alias that keeps signatures short.
type Fit<T> = Result<T, FitError>;

#[cfg(test)]
mod tests;
