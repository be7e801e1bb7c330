//! How is one slate made? The whole decision, top to bottom.

use crate::ask::{RecommendAnswer, RecommendAsk, Surface};
use crate::candidates::{Channel, Scene, Scratch, asked, gather};
use crate::explain::{Shown, why};
use crate::guard::{Gate, Guard};
use crate::models::Models;
use crate::needs::Known;
use crate::options::{RecommendOptions, Scenario, ScenarioPolicy};
use crate::score::{
    Base, Blend, Boosts, Factors, Likeness, WIDTH, explain_score, fatigue, fill_inputs,
    price_factor,
};
use commerce::{Choice, Considered, ItemId, Reason};
use decide::slate::{
    Dice, Explore, NOTHING, Pin, Placed, Pool, Sifted, best, diversify, place, promote,
};
use decide::{Budget, Ctx, Decided};
use features::{Items, Signal, Span};
use rustc_hash::FxHashSet;
use std::cell::RefCell;

/// Candidates that the diversifier looks at, for each place of the slate: beyond these nothing is
/// ever picked in practice, and its time grows with them.
const DIVERSIFIED: usize = 5;
/// The share of all items that counts as best-sellers, and the most.
const HEAD_SHARE: f64 = 0.05;
const HEAD_MAX: usize = 500;

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// What a decision writes while it goes; reused, so that a warm one allocates next to nothing
/// before its answer.
#[derive(Default)]
struct Desk {
    scratch: Scratch,
    blended: Vec<f32>,
    inputs: Vec<f32>,
    scores: Vec<f32>,
    factors: Vec<Factors>,
    likeness: Likeness,
    order: Vec<u32>,
    picked: Vec<u32>,
    head: FxHashSet<u32>,
}

/// Answers `ask` in `ctx` under one policy.
pub(crate) fn decide(
    options: &RecommendOptions,
    models: &Models,
    ctx: &Ctx,
    ask: &RecommendAsk,
) -> Decided<RecommendAnswer> {
    DESK.with(|desk| match desk.try_borrow_mut() {
        Ok(mut desk) => at(&mut desk, options, models, ctx, ask),
        // Only when a decision asks for a decision; then it gets a desk of its own.
        Err(_) => at(&mut Desk::default(), options, models, ctx, ask),
    })
}

fn at(
    desk: &mut Desk,
    options: &RecommendOptions,
    models: &Models,
    ctx: &Ctx,
    ask: &RecommendAsk,
) -> Decided<RecommendAnswer> {
    let items = &*ctx.items;
    let ask = &*allowed(ask, ctx.consent.personal);
    let known = Known::read(&ctx.customer, items, ctx.now, ask, options);
    let gate = Gate::new(items, &known, models, options, ask);
    let scene = Scene {
        now: ctx.now,
        surface: ask.surface,
        items,
        models,
        options,
        known: &known,
        gate: &gate,
    };
    let policy = options.scenarios.policy(known.scenario);
    let mut sifted = Sifted::new(Guard::COUNT);
    let mut degraded = None;

    // Candidates.
    if propose_all(&mut desk.scratch, &scene, ask, &ctx.budget, &mut sifted) {
        degraded = Some("time was up before every channel was asked".to_owned());
    }
    let pool = &mut desk.scratch.pool;
    pool.sift(&mut sifted, |item| gate.stops(item).map(|guard| guard as usize));
    let considered_total = pool.len() as u32;

    // Scores.
    let blend = Blend::new(&policy.weights, &scene);
    // What the caller named is never cut.
    let most = options.candidates_max.max(ask.candidates.len() + ask.pins.len());
    cut(pool, &blend, most, &mut desk.blended, &mut desk.order);
    let ranker = models.ranker.as_ref().filter(|_| degraded.is_none() && !ctx.budget.spent());
    if models.ranker.is_some() && ranker.is_none() {
        degraded.get_or_insert_with(|| "time was up before the ranker was asked".to_owned());
    }
    let base = ranker.map_or(Base::Blended(&blend), Base::Ranked);
    let boosts = Boosts::new(&ask.boosts, items);
    score(desk, &scene, base, &boosts);

    // The slate.
    let mut notes = Notes::default();
    rank(desk, &scene, ask, policy, &mut notes);
    let placed = fill(desk, &scene, ask, policy, ctx.seed);
    let chosen: Vec<Choice> =
        placed.iter().map(|p| choice(desk, &scene, base, &boosts, p, ask)).collect();

    let answer = RecommendAnswer {
        surface: ask.surface,
        scenario: known.scenario,
        personal: ctx.consent.personal,
        items: placed
            .iter()
            .map(|p| id(items, desk.scratch.pool.whats()[p.what as usize]))
            .collect(),
    };
    Decided {
        answer,
        considered_total,
        considered: considered(desk, items, options.considered_max),
        stopped: sifted.stops(&Guard::NAMES, |item| items.row(item).id().as_str().into()),
        reasons: circumstances(models, ctx, &known, chosen.len(), &notes, ask),
        chosen,
        degraded,
    }
}

fn id(items: &Items, item: u32) -> ItemId {
    items.row(item).id().clone()
}

/// The ask without what we may not use: a visit's own items are behaviour too.
fn allowed(ask: &RecommendAsk, personal: bool) -> std::borrow::Cow<'_, RecommendAsk> {
    let behaviour = matches!(ask.surface, Surface::Session | Surface::Home | Surface::BuyAgain);
    if personal || !behaviour || ask.context.is_empty() {
        return std::borrow::Cow::Borrowed(ask);
    }
    std::borrow::Cow::Owned(RecommendAsk { context: Vec::new(), ..ask.clone() })
}

/// Lets every channel of the surface propose. True when time was up before all were asked.
pub(crate) fn propose_all(
    scratch: &mut Scratch,
    scene: &Scene<'_>,
    ask: &RecommendAsk,
    budget: &Budget,
    sifted: &mut Sifted,
) -> bool {
    let policy = scene.options.scenarios.policy(scene.known.scenario);
    scratch.pool.start(scene.items.len() as usize, Channel::COUNT);
    let pinned = ask.pins.iter().map(|pin| &pin.item);
    for given in ask.candidates.iter().chain(pinned) {
        match scene.items.ix(given) {
            Some(item) => scratch.pool.add(item, Channel::Given as usize, 1.0, NOTHING),
            None => sifted.stop(Guard::Unknown as usize, NOTHING),
        }
    }
    let channels = asked(scene.surface);
    for &channel in channels {
        if budget.spent() {
            return true;
        }
        if policy.weights.of(channel) > 0.0 || channels.len() == 1 {
            gather(channel, scene, scratch, sifted);
        }
    }
    if scene.surface != Surface::Rank && scene.surface != Surface::BuyAgain {
        if policy.explore > 0.0 {
            gather(Channel::Fresh, scene, scratch, sifted);
        }
        top_up(scene, scratch, ask);
    }
    false
}

/// When a filter left too little, adds the latest items that carry what it asks for.
fn top_up(scene: &Scene<'_>, scratch: &mut Scratch, ask: &RecommendAsk) {
    const CARRIERS: usize = 2_000;
    let wanted = ask.slate(scene.options.slate_max);
    if scratch.pool.len() >= 2 * wanted {
        return;
    }
    let Some(terms) = scene.gate.narrowest() else { return };
    let mut left = wanted;
    let carriers = terms.iter().flat_map(|&term| scene.items.with_term(term).iter().rev());
    for &item in carriers.take(CARRIERS) {
        if left == 0 {
            break;
        }
        if scratch.pool.place_of(item).is_none() && scene.gate.stops(item).is_none() {
            let popularity = scene.items.popularity(item, Span::Middle, scene.now) as f32;
            let share = 0.1 * popularity / (popularity + 10.0);
            scratch.pool.add(item, Channel::Content as usize, share, terms[0]);
            left -= 1;
        }
    }
}

/// Blends the channels and keeps the best candidates for the ranker.
pub(crate) fn cut(
    pool: &mut Pool,
    blend: &Blend,
    most: usize,
    blended: &mut Vec<f32>,
    order: &mut Vec<u32>,
) {
    let blends = |pool: &Pool, blended: &mut Vec<f32>| {
        blended.clear();
        blended.extend((0..pool.len()).map(|place| blend.score(pool.shares(place))));
    };
    blends(pool, blended);
    if pool.len() > most {
        // What the caller gave stays, and so does what may be explored.
        let kept = Channel::Given.bit() | Channel::Fresh.bit();
        for (place, score) in blended.iter_mut().enumerate() {
            if pool.mask(place) & kept != 0 {
                *score += 1.0;
            }
        }
        best(blended, most, order);
        pool.keep(order);
        blends(pool, blended);
    }
}

/// Base scores and what changes them, for every candidate.
fn score(desk: &mut Desk, scene: &Scene<'_>, base: Base<'_>, boosts: &Boosts<'_>) {
    let Desk { scratch, blended, inputs, scores, factors, likeness, .. } = desk;
    let pool = &scratch.pool;
    match base {
        Base::Blended(_) => {
            scores.clear();
            scores.extend_from_slice(blended);
        }
        Base::Ranked(ranker) => {
            fill_inputs(scene, pool, blended, inputs);
            ranker.scores(inputs, scores);
        }
    }
    likeness.start(scene.items, scene.models, pool.whats(), &scene.known.dismissed);
    let usual = usual_price(scene, pool);
    factors.clear();
    factors.extend(pool.whats().iter().enumerate().map(|(place, &item)| {
        let shown = scene.known.past(item).map_or(0, |past| past.shown);
        let feedback = &scene.options.feedback;
        let near = likeness.nearest_dismissed(place).1 >= feedback.dismissed_near_least;
        Factors {
            fatigue: fatigue(shown, feedback),
            near_dismissed: if near { feedback.dismissed_near_factor } else { 1.0 },
            boost: boosts.factor(item, scene.items),
            price: price_ln(scene, item)
                .map_or(1.0, |ln| price_factor(ln - usual, scene.options.price_power)),
        }
    }));
    for (score, factors) in scores.iter_mut().zip(factors.iter()) {
        *score *= factors.product();
    }
}

/// The price of `item` where it counts.
fn price_ln(scene: &Scene<'_>, item: u32) -> Option<f32> {
    let counts = scene.options.price_power > 0.0 && scene.surface != Surface::BuyAgain;
    counts.then(|| crate::needs::ln_price(scene.items, item)).flatten()
}

/// The middle price of the candidates: the mean of the logarithms; 0 where there is none.
fn usual_price(scene: &Scene<'_>, pool: &Pool) -> f32 {
    let prices = pool.whats().iter().filter_map(|&item| price_ln(scene, item));
    let (sum, count) = prices.fold((0.0, 0.0_f32), |(sum, count), ln| (sum + ln, count + 1.0));
    sum / count.max(1.0)
}

/// What happened on the way that people should know.
#[derive(Default)]
struct Notes {
    moved_up: usize,
    buried: usize,
}

/// Leaves in `desk.picked` the places of the candidates in the order in which they are shown.
fn rank(
    desk: &mut Desk,
    scene: &Scene<'_>,
    ask: &RecommendAsk,
    policy: &ScenarioPolicy,
    notes: &mut Notes,
) {
    let Desk { scratch, scores, likeness, order, picked, head, .. } = desk;
    let pool = &scratch.pool;
    let slate = ask.slate(scene.options.slate_max);
    let buried: FxHashSet<u32> = ask.bury.iter().filter_map(|id| scene.items.ix(id)).collect();
    let pinned: FxHashSet<u32> =
        ask.pins.iter().filter_map(|pin| scene.items.ix(&pin.item)).collect();
    // Candidates that only exploration proposed are not ranked: nothing speaks for them yet.
    let only_fresh = Channel::Fresh.bit();
    order.clear();
    order.extend((0..pool.len() as u32).filter(|&place| {
        let item = pool.whats()[place as usize];
        pool.mask(place as usize) != only_fresh
            && !pinned.contains(&item)
            && !buried.contains(&item)
    }));
    order.sort_unstable_by(|&a, &b| {
        scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b))
    });
    order.truncate(slate * DIVERSIFIED);
    if scene.surface == Surface::Rank {
        order.truncate(crate::ask::CANDIDATES_MAX);
    }
    for &place in order.iter() {
        likeness.read(scene.items, scene.models, place as usize, pool.whats()[place as usize]);
    }
    let ranked: Vec<f32> = order.iter().map(|&place| scores[place as usize]).collect();
    let alike =
        |a: u32, b: u32| likeness.of(order[a as usize] as usize, order[b as usize] as usize);
    diversify(&ranked, slate, policy.diversity, alike, picked);
    for place in picked.iter_mut() {
        *place = order[*place as usize];
    }
    if policy.tail_share > 0.0 && scene.surface != Surface::Rank {
        head.clear();
        let count = ((f64::from(scene.items.len()) * HEAD_SHARE) as usize).min(HEAD_MAX);
        head.extend(scene.items.popular(Span::Middle).take(count));
        let in_tail = |place: u32| !head.contains(&pool.whats()[place as usize]);
        let page = usize::from(ask.count.max(1));
        let least = (policy.tail_share * page as f32).ceil() as usize;
        let before = picked.clone();
        promote(picked, page, least, in_tail);
        let page_one = page.min(picked.len());
        notes.moved_up =
            picked[..page_one].iter().filter(|place| !before[..page_one].contains(place)).count();
    }
    let last = (0..pool.len() as u32).filter(|&p| buried.contains(&pool.whats()[p as usize]));
    let mut last: Vec<u32> = last.collect();
    last.sort_unstable_by(|&a, &b| {
        scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b))
    });
    notes.buried = last.len();
    picked.extend(last);
}

/// Places pins, explored and ranked candidates.
fn fill(
    desk: &mut Desk,
    scene: &Scene<'_>,
    ask: &RecommendAsk,
    policy: &ScenarioPolicy,
    seed: u64,
) -> Vec<Placed> {
    let Desk { scratch, picked, .. } = desk;
    let pool = &scratch.pool;
    let mut pins: Vec<Pin> = Vec::with_capacity(ask.pins.len());
    for pin in &ask.pins {
        let place = scene.items.ix(&pin.item).and_then(|item| pool.place_of(item));
        if let Some(what) = place.map(|place| place as u32)
            && pins.iter().all(|before| before.what != what)
        {
            pins.push(Pin { what, at: pin.at.into() });
        }
    }
    let explores = policy.explore > 0.0
        && !matches!(scene.surface, Surface::Rank | Surface::BuyAgain | Surface::Complements);
    let mut fresh = Vec::new();
    if explores {
        let taken: FxHashSet<u32> =
            picked.iter().copied().chain(pins.iter().map(|pin| pin.what)).collect();
        let exploration = &scene.options.exploration;
        let little = |&place: &u32| {
            let stats = &scene.items.row(pool.whats()[place as usize]).stats;
            stats.total(Signal::Shown) <= exploration.shown_max && !taken.contains(&place)
        };
        fresh.extend((0..pool.len() as u32).filter(little));
    }
    let page = usize::from(ask.count.max(1));
    let explore = Explore {
        share: policy.explore.into(),
        spared: scene.options.exploration.spared.into(),
        most: (scene.options.exploration.page_share_max * page as f32).ceil() as usize,
        window: page,
    };
    let slate = ask.slate(scene.options.slate_max);
    let mut dice = Dice::new(seed, "recommend.explore");
    place(picked, &mut fresh, &pins, explore, slate, &mut dice)
}

fn choice(
    desk: &Desk,
    scene: &Scene<'_>,
    base: Base<'_>,
    boosts: &Boosts<'_>,
    placed: &Placed,
    ask: &RecommendAsk,
) -> Choice {
    let pool = &desk.scratch.pool;
    let place = placed.what as usize;
    let item = pool.whats()[place];
    let inputs = match base {
        Base::Ranked(_) => &desk.inputs[place * WIDTH..][..WIDTH],
        Base::Blended(_) => &[],
    };
    let factors = desk.factors[place];
    let (near, _) = desk.likeness.nearest_dismissed(place);
    let shown = Shown { placed, place, item, factors, near, surface: ask.surface };
    Choice {
        what: scene.items.row(item).id().as_str().into(),
        score: desk.scores[place],
        propensity: placed.propensity,
        sources: pool.mask(place),
        parts: explain_score(base, pool, place, inputs, factors, scene.options.parts_max),
        reasons: why(scene, pool, boosts, &shown),
    }
}

fn considered(desk: &mut Desk, items: &Items, most: usize) -> Vec<Considered> {
    let Desk { scratch, scores, order, .. } = desk;
    best(scores, most, order);
    let pool = &scratch.pool;
    order
        .iter()
        .map(|&place| Considered {
            what: items.row(pool.whats()[place as usize]).id().as_str().into(),
            sources: pool.mask(place as usize),
            score: scores[place as usize],
        })
        .collect()
}

/// Why the slate as a whole is as it is.
fn circumstances(
    models: &Models,
    ctx: &Ctx,
    known: &Known,
    chosen: usize,
    notes: &Notes,
    ask: &RecommendAsk,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut say = |code: &'static str, evidence: Vec<Box<str>>| {
        reasons.push(Reason { code: code.into(), evidence });
    };
    let number = |n: usize| vec![n.to_string().into()];
    if ctx.consent.personal {
        let quiet = match known.scenario {
            Scenario::AtRisk => number(known.quiet_days as usize),
            Scenario::New | Scenario::Active => Vec::new(),
        };
        say(known.scenario.code(), quiet);
    } else {
        say("not_personal", Vec::new());
    }
    if models.is_empty() {
        say("no_models", Vec::new());
    } else if models.ranker.is_none() {
        say("no_ranker", Vec::new());
    }
    if notes.moved_up > 0 {
        say("long_tail", number(notes.moved_up));
    }
    if notes.buried > 0 {
        say("buried", number(notes.buried));
    }
    if chosen < usize::from(ask.count) {
        say("few_candidates", number(chosen));
    }
    reasons
}
