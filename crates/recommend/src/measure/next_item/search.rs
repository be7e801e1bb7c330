//! How are the settings found? On validation items, by a search anyone can repeat.
//!
//! Two stages, each random points and then coordinate refinement (`learn::search`): what the
//! sequential model learns, judged on every fourth customer with local solves in place of dense
//! ones; then ages and blend weights, with the fitted models held.

use super::{
    Data, Fit,
    judge::Judge,
    models::{Channel, NAMES, Settings},
};
use learn::{
    models::slist::Solve,
    progress::Progress,
    search::{Dial, Effort, Scale, search},
};

/// A dial and where its value lives.
type Knob = (Dial, fn(&mut Settings) -> &mut f32);

const fn dial(name: &'static str, low: f64, high: f64, scale: Scale) -> Dial {
    Dial { name, low, high, scale }
}

/// What the sequential model learns. Attribute rows are left out: likeness in the blend costs less.
const LEARNT: [Knob; 4] = [
    (dial("ridge", 5.0, 500.0, Scale::Log), |s| &mut s.slist.ridge),
    (dial("consistency", 0.0, 0.8, Scale::Linear), |s| &mut s.slist.consistency),
    (dial("past_decay", 0.3, 5.0, Scale::Log), |s| &mut s.slist.past_decay),
    (dial("future_decay", 0.1, 5.0, Scale::Log), |s| &mut s.slist.future_decay),
];

/// How its answers are asked for and blended.
const ASKED: [Knob; 7] = [
    (dial("ask_decay", 0.5, 8.0, Scale::Log), |s| &mut s.slist.ask_decay),
    (dial("likeness_decay", 0.5, 20.0, Scale::Log), |s| &mut s.likeness_decay),
    (dial("popularity", 0.0, 0.5, Scale::Linear), |s| &mut s.blend[0]),
    (dial("likeness", 0.0, 4.0, Scale::Linear), |s| &mut s.blend[1]),
    (dial("item-cf", 0.0, 4.0, Scale::Linear), |s| &mut s.blend[2]),
    (dial("ials", 0.0, 4.0, Scale::Linear), |s| &mut s.blend[3]),
    (dial("markov", 0.0, 1.0, Scale::Linear), |s| &mut s.blend[4]),
];

/// Candidates of the local solves that stand in for dense ones.
const CANDIDATES: usize = 100;

/// Better settings than `start`, by nDCG@10 of the blend on validation items.
pub(super) fn settings(data: &Data, start: Settings, progress: Progress<'_>) -> Fit<Settings> {
    let train = data.lists.without_last(2);
    let held = data.lists.without_last(1);
    let judge = Judge::new(&held, 1).thinned(4);
    let mut start = start;
    let solve = std::mem::replace(&mut start.slist.solve, Solve::Local { candidates: CANDIDATES });
    let fit = |name: &str, settings: &Settings| {
        Channel::fit(name, &train, &data.attributes, settings, Progress::SILENT)
    };
    let likeness = fit("likeness", &start)?;
    let learnt = turn(
        "slist",
        &LEARNT,
        start,
        Effort { seed: 0, random: 6, rounds: 1 },
        progress,
        |settings| {
            let slist = fit("slist", settings)?;
            judge.ndcg(&[
                (&slist, settings.blend_weight("slist")),
                (&likeness, settings.blend_weight("likeness")),
            ])
        },
    )?;
    let mut fitted = Vec::new();
    for name in NAMES {
        fitted.push((name, fit(name, &learnt)?));
    }
    let mut found = turn(
        "blend",
        &ASKED,
        learnt,
        Effort { seed: 0, random: 12, rounds: 2 },
        progress,
        |settings| {
            let aged: Vec<_> = fitted
                .iter()
                .map(|(name, channel)| (*name, channel.aged(name, settings)))
                .collect();
            let parts: Vec<_> =
                aged.iter().map(|(name, channel)| (channel, settings.blend_weight(name))).collect();
            let parts: Vec<_> = parts.into_iter().filter(|(_, weight)| *weight != 0.0).collect();
            judge.ndcg(&parts)
        },
    )?;
    found.slist.solve = solve;
    Ok(found)
}

/// Turns `knobs` to where `value` is largest.
fn turn(
    what: &str,
    knobs: &[Knob],
    start: Settings,
    effort: Effort,
    progress: Progress<'_>,
    mut value: impl FnMut(&Settings) -> Fit<f64>,
) -> Fit<Settings> {
    let at = |point: &[f64]| {
        let mut settings = start;
        for ((_, place), &setting) in knobs.iter().zip(point) {
            *place(&mut settings) = setting as f32;
        }
        settings
    };
    let dials: Vec<Dial> = knobs.iter().map(|(dial, _)| *dial).collect();
    let mut moved = start;
    let from: Vec<f64> = knobs.iter().map(|(_, place)| f64::from(*place(&mut moved))).collect();
    let found = search(what, &dials, &from, effort, progress, |point| value(&at(point)))?;
    Ok(at(&found.best.at))
}
