//! Which rows does the ranker learn from? Candidates as they were proposed just before a touch.
//!
//! A replay of the log stops before a sample of the touches of interest. There the home feed is
//! asked for the one who is about to touch, with the early channel models and the features of that
//! moment: a case is what the channels proposed, and the candidate that is then touched is the right
//! one. When impressions are logged, a list that was shown is a case too: what was touched within an
//! hour was right, and what stood above the last touch was seen and passed over. What stood below it
//! may never have been looked at, so it says nothing: otherwise the ranker would learn places, not
//! items (the cascade of Craswell et al. 2008).
//!
//! Of the others a few are kept, each counted as many times as it stands for, so that a calibrated
//! probability is that of the whole list.
//!
//! The log does not say what was seen and left before a touch, but what is popular was seen more. So
//! an ask whose right item is popular counts less, by a power of its popularity (Steck 2011);
//! otherwise the ranker would learn what is met, not what is liked once it is met.

use super::TrainOptions;
use super::channels::Times;
use crate::ask::{RecommendAsk, Surface};
use crate::candidates::{Channel, Scene, Scratch};
use crate::decide::{cut, propose_all};
use crate::error::RecommendError;
use crate::guard::{Gate, Guard};
use crate::models::Models;
use crate::needs::Known;
use crate::options::RecommendOptions;
use crate::score::{Blend, WIDTH, fill_inputs};
use commerce::{Body, Event, EventKind, Fact};
use decide::Budget;
use decide::slate::{Dice, Sifted};
use features::{Features, Span};
use learn::models::trees::TreeRows;
use learn::progress::Progress;
use std::borrow::Borrow;
use std::collections::VecDeque;

/// How long after a list was shown a touch still belongs to it.
const LIST_S: i64 = 3_600;
/// Lists that wait for their touches, at most.
const WAITING: usize = 2_000;
/// The most that an ask whose right item is little known counts.
const FAME_MOST: f32 = 5.0;
/// Facts between two reports of progress.
const PROGRESS_EVERY: u64 = 50_000;

/// A part of the labels by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Grow,
    Calibrate,
    Judge,
}

/// Rows of one part.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) inputs: Vec<f32>,
    pub(super) labels: Vec<f32>,
    pub(super) weights: Vec<f32>,
}

impl Rows {
    pub(super) fn hits(&self) -> usize {
        self.labels.iter().filter(|&&label| label > 0.5).count()
    }

    pub(super) fn rows(&self) -> TreeRows<'_> {
        TreeRows {
            features: &self.inputs,
            feature_count: WIDTH,
            labels: &self.labels,
            weights: &self.weights,
            groups: &[],
        }
    }

    fn push(&mut self, row: &[f32], label: bool, weight: f32) {
        self.inputs.extend_from_slice(row);
        self.labels.push(f32::from(label));
        self.weights.push(weight);
    }
}

/// One whole list to be judged: its candidates, and which of them was right.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) items: Vec<u32>,
    pub(super) inputs: Vec<f32>,
    pub(super) blended: Vec<f32>,
    pub(super) popularity: Vec<f32>,
    /// The place of the right one, if the channels proposed it at all.
    pub(super) right: Option<usize>,
}

/// Everything collected.
#[derive(Debug, Default)]
pub(super) struct Cases {
    grow: Rows,
    calibrate: Rows,
    pub(super) judged: Vec<Judged>,
    asks: usize,
    found: usize,
    pub(super) lists: usize,
}

impl Cases {
    pub(super) fn part(&self, part: Part) -> &Rows {
        if part == Part::Grow { &self.grow } else { &self.calibrate }
    }

    pub(super) fn asks(&self) -> usize {
        self.asks
    }

    /// Asks whose right candidate was proposed.
    pub(super) fn found(&self) -> usize {
        self.found
    }
}

/// A shown list that waits for its touches.
struct Waiting {
    who: commerce::Who,
    shown_ms: i64,
    items: Vec<u32>,
    inputs: Vec<f32>,
    touched: Vec<bool>,
    part: Part,
}

struct Collector<'a> {
    options: &'a RecommendOptions,
    training: &'a TrainOptions,
    models: &'a Models,
    times: Times,
    /// The chance with which a touch, or a list, becomes a case.
    touch_share: f64,
    cases: Cases,
    waiting: VecDeque<Waiting>,
    dice: Dice,
    scratch: Scratch,
    blended: Vec<f32>,
    order: Vec<u32>,
    inputs: Vec<f32>,
}

/// What cases are collected by.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) options: &'a RecommendOptions,
    pub(super) training: &'a TrainOptions,
    pub(super) models: &'a Models,
    pub(super) times: Times,
    /// Touches in all of the log, about.
    pub(super) touches: usize,
}

/// Replays `facts` and collects cases from `times.labels_s` on.
pub(super) fn collect<F: Borrow<Fact>>(
    now: &Features,
    facts: impl Iterator<Item = (u64, F)>,
    plan: Plan<'_>,
    progress: Progress<'_>,
) -> Result<Cases, RecommendError> {
    let Plan { options, training, models, times, touches } = plan;
    let until = now.folded();
    let expected = (touches as f64 * f64::from(training.label_share)).max(1.0);
    let mut collector = Collector {
        options,
        training,
        models,
        times,
        touch_share: (training.asks_max as f64 / expected).min(1.0),
        cases: Cases::default(),
        waiting: VecDeque::new(),
        dice: Dice::new(training.seed, "recommend.train"),
        scratch: Scratch::default(),
        blended: Vec::new(),
        order: Vec::new(),
        inputs: Vec::new(),
    };
    let mut cancelled = false;
    let facts = facts.take_while(|(offset, _)| *offset < until).take_while(|(offset, _)| {
        cancelled = offset.is_multiple_of(PROGRESS_EVERY)
            && progress.step("ranker: replay", *offset, until).is_err();
        !cancelled
    });
    features::replay(now.options().clone(), facts, |state, _, fact| collector.before(state, fact));
    if cancelled {
        return Err(RecommendError::Cancelled);
    }
    while let Some(list) = collector.waiting.pop_front() {
        collector.settle(&list);
    }
    Ok(collector.cases)
}

impl Collector<'_> {
    fn part(&self, at_s: u32) -> Part {
        if at_s >= self.times.judge_s {
            Part::Judge
        } else if at_s >= self.times.calibrate_s {
            Part::Calibrate
        } else {
            Part::Grow
        }
    }

    fn before(&mut self, state: &Features, fact: &Fact) {
        let Body::Event(event) = &fact.body else { return };
        let at_s = u32::try_from(fact.at.s().max(0)).unwrap_or(u32::MAX);
        if at_s < self.times.labels_s || event.who.is_nobody() {
            return;
        }
        while self.waiting.front().is_some_and(|list| fact.at.ms() - list.shown_ms > LIST_S * 1_000)
            || self.waiting.len() > WAITING
        {
            if let Some(list) = self.waiting.pop_front() {
                self.settle(&list);
            }
        }
        if event.kind.is_interest() {
            self.note(state, event);
            if self.dice.share() < self.touch_share {
                self.next_touch(state, fact, event, self.part(at_s));
            }
        } else if event.kind == EventKind::ViewItemList
            && event.lines.len() > 1
            && self.dice.share() < self.touch_share
        {
            self.shown_list(state, fact, event, self.part(at_s));
        }
    }

    /// Lists that wait learn of a touch.
    fn note(&mut self, state: &Features, event: &Event) {
        let mine = self.waiting.iter_mut().filter(|list| same(&list.who, &event.who));
        let items = state.items();
        for list in mine {
            for item in event.lines.iter().filter_map(|line| items.ix(&line.item)) {
                if let Some(place) = list.items.iter().position(|&shown| shown == item) {
                    list.touched[place] = true;
                }
            }
        }
    }

    /// Asks the home feed just before a touch.
    fn next_touch(&mut self, state: &Features, fact: &Fact, event: &Event, part: Part) {
        state.publish();
        let items = state.items();
        let Some(touched) = event.lines.first().and_then(|line| items.ix(&line.item)) else {
            return;
        };
        let view = state.customer(&event.who, fact.at);
        // What was touched a moment ago is the same visit to the same page.
        if view.recent.last().is_some_and(|touch| touch.item == touched) {
            return;
        }
        let ask = RecommendAsk::new(event.who.clone(), Surface::Home, 10);
        let known = Known::read(&view, &items, fact.at, &ask, self.options);
        self.propose(&items, &known, fact, &ask);
        self.cases.asks += 1;
        let right = self.scratch.pool.place_of(touched);
        self.cases.found += usize::from(right.is_some());
        match (part, right) {
            (Part::Judge, right) => {
                let popularity = |&item: &u32| items.popularity(item, Span::Middle, fact.at) as f32;
                let whats = self.scratch.pool.whats();
                self.cases.judged.push(Judged {
                    items: whats.to_vec(),
                    popularity: whats.iter().map(popularity).collect(),
                    inputs: self.inputs.clone(),
                    blended: self.blended.clone(),
                    right,
                });
            }
            (Part::Grow, Some(right)) => {
                let times = self.counted(&items, right, fact);
                self.keep(right, part, times);
            }
            // What is promised is the chance of a touch as they come.
            (Part::Calibrate, Some(right)) => self.keep(right, part, 1.0),
            (Part::Grow | Part::Calibrate, None) => {}
        }
    }

    /// How many times an ask counts whose right candidate is as popular as this one.
    fn counted(&self, items: &features::Items, right: usize, fact: &Fact) -> f32 {
        let pool = self.scratch.pool.whats();
        let popularity = |&item: &u32| items.popularity(item, Span::Middle, fact.at) as f32;
        let usual = pool.iter().map(popularity).sum::<f32>() / pool.len() as f32;
        let fame = (1.0 + popularity(&pool[right])) / (1.0 + usual);
        fame.powf(-self.training.popularity_power).min(FAME_MOST)
    }

    /// Keeps the right candidate and a sample of the others, the whole ask counted `times` times.
    fn keep(&mut self, right: usize, part: Part, times: f32) {
        let count = self.scratch.pool.len();
        let kept = self.training.negatives.min(count - 1);
        if kept == 0 {
            return;
        }
        let Self { cases, inputs, dice, .. } = self;
        let rows = if part == Part::Grow { &mut cases.grow } else { &mut cases.calibrate };
        let row = |place: usize| &inputs[place * WIDTH..][..WIDTH];
        rows.push(row(right), true, times);
        let weight = times * (count - 1) as f32 / kept as f32;
        for _ in 0..kept {
            let place = (right + 1 + dice.below(count - 1)) % count;
            rows.push(row(place), false, weight);
        }
    }

    /// Reads the inputs of a list that is being shown.
    fn shown_list(&mut self, state: &Features, fact: &Fact, event: &Event, part: Part) {
        state.publish();
        let items = state.items();
        let view = state.customer(&event.who, fact.at);
        let mut ask = RecommendAsk::new(event.who.clone(), Surface::Rank, 10);
        ask.candidates = event.lines.iter().map(|line| line.item.clone()).collect();
        let known = Known::read(&view, &items, fact.at, &ask, self.options);
        self.propose(&items, &known, fact, &ask);
        let shown = self.scratch.pool.whats().to_vec();
        self.cases.lists += 1;
        self.waiting.push_back(Waiting {
            who: event.who.clone(),
            shown_ms: fact.at.ms(),
            touched: vec![false; shown.len()],
            items: shown,
            inputs: self.inputs.clone(),
            part,
        });
    }

    /// Turns a list whose touches are known into rows, down to the last touch.
    fn settle(&mut self, list: &Waiting) {
        let Some(last) = list.touched.iter().rposition(|&touched| touched) else { return };
        if list.part == Part::Judge {
            return;
        }
        let rows =
            if list.part == Part::Grow { &mut self.cases.grow } else { &mut self.cases.calibrate };
        for (row, &touched) in list.inputs.chunks_exact(WIDTH).zip(&list.touched[..=last]) {
            rows.push(row, touched, 1.0);
        }
    }

    /// Leaves the candidates in the pool, their blend and their inputs.
    fn propose(&mut self, items: &features::Items, known: &Known, fact: &Fact, ask: &RecommendAsk) {
        let gate = Gate::new(items, known, self.models, self.options, ask);
        let scene = Scene {
            now: fact.at,
            surface: ask.surface,
            items,
            models: self.models,
            options: self.options,
            known,
            gate: &gate,
        };
        let mut sifted = Sifted::new(Guard::COUNT);
        let Self { scratch, blended, order, inputs, .. } = self;
        propose_all(scratch, &scene, ask, &Budget::recorded(None), &mut sifted);
        let pool = &mut scratch.pool;
        let fresh = Channel::Fresh.bit();
        let mut places: Vec<u32> =
            (0..pool.len() as u32).filter(|&place| pool.mask(place as usize) != fresh).collect();
        pool.keep(&mut places);
        pool.sift(&mut sifted, |item| gate.stops(item).map(|guard| guard as usize));
        let policy = self.options.scenarios.policy(known.scenario);
        cut(
            pool,
            &Blend::new(&policy.weights, &scene),
            self.options.candidates_max,
            blended,
            order,
        );
        fill_inputs(&scene, pool, blended, inputs);
    }
}

/// Whether two events are by the same party.
fn same(a: &commerce::Who, b: &commerce::Who) -> bool {
    (a.customer.is_some() && a.customer == b.customer)
        || (a.customer.is_none() && a.device.is_some() && a.device == b.device)
        || (a.session.is_some() && a.session == b.session)
}

#[cfg(test)]
mod tests;
