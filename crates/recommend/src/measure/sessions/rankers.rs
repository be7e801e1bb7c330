//! The models of the session protocols: each is fitted on the same sessions and asked the same way.

use learn::{
    error::FitError,
    models::{
        association::{AssociationOptions, Associations},
        popularity::DecayedCounts,
        sequence_map::SequenceMap,
        slist::{self, SlistOptions, Solve},
        transition::{self, TransitionOptions},
        vmis_knn::{Decay, NextOptions, NextScratch, VmisAsk, VmisKnn, VmisOptions, VmisScratch},
    },
    progress::Progress,
    sequences::Sequences,
    sparse::Accumulator,
};

/// Answers a session (oldest click first) with at most so many `(item, score)`, best first.
pub(super) type Ranker = Box<dyn FnMut(&[u32], usize, &mut Vec<(u32, f32)>)>;

type Fit = fn(&Sequences, &NextSettings, Progress<'_>) -> Result<Ranker, FitError>;

/// Every model with how it is fitted.
pub(super) const ALL: &[(&str, Fit)] = &[
    ("popularity", |sessions, _, _| popularity(sessions)),
    ("markov", |sessions, _, progress| markov(sessions, progress)),
    ("association", |sessions, _, progress| association(sessions, progress)),
    ("transition", |sessions, _, progress| skip_grams(sessions, progress)),
    ("sequential-linear", |sessions, _, progress| linear(sessions, progress)),
    ("vmis-knn", |sessions, _, progress| neighbours(sessions, published(), progress)),
    ("stan", |sessions, next, progress| neighbours(sessions, next.vmis.clone(), progress)),
    ("next", next_clicks),
];

/// Everything that was tuned for the last two rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NextSettings {
    pub(super) vmis: VmisOptions,
    pub(super) next: NextOptions,
}

impl Default for NextSettings {
    /// Random search, then small changes of the best, on `valid.tsv` and the last two days of `train.tsv`.
    fn default() -> Self {
        let vmis = VmisOptions {
            recent_sessions: 1_500,
            neighbours: 500,
            last_items: 15,
            session_items_max: 1_000,
            position: Decay::Exponential(2.85),
            first_match: Decay::Exponential(4.0),
            idf_power: 1.9,
            recency_days: 87.0,
            length_power: 0.12,
            reach: 1.17,
            backward: 0.79,
        };
        let next = NextOptions {
            returns: 0.887,
            returns_clicks: 7.8,
            hop: 0.107,
            hop_items: 10,
            list: 150,
        };
        Self { vmis, next }
    }
}

/// What the publisher's README gives as the result of its search.
fn published() -> VmisOptions {
    VmisOptions { recent_sessions: 1_502, neighbours: 288, last_items: 4, ..VmisOptions::default() }
}

fn popularity(sessions: &Sequences) -> Result<Ranker, FitError> {
    let ranked = popular(sessions, 2 * 20)?;
    Ok(Box::new(move |session, count, out| {
        out.clear();
        out.extend(ranked.iter().filter(|(item, _)| session.last() != Some(item)).take(count));
    }))
}

/// The most clicked items with a half-life of three days.
fn popular(sessions: &Sequences, count: usize) -> Result<Vec<(u32, f32)>, FitError> {
    let mut counts = DecayedCounts::new(sessions.item_count(), 3.0 * 86_400.0)?;
    let mut newest_s = 0;
    for event in sessions.iter().flat_map(learn::sequences::Sequence::iter) {
        counts.add(event.item, 1.0, event.at_s);
        newest_s = newest_s.max(event.at_s);
    }
    let top = counts.top(count, newest_s, |_| true);
    Ok(top.into_iter().map(|(item, count)| (item, count as f32)).collect())
}

/// First-order Markov chain: what followed the latest click directly.
fn markov(sessions: &Sequences, progress: Progress<'_>) -> Result<Ranker, FitError> {
    let options = TransitionOptions {
        decay: 1e-3,
        backward: 0.0,
        power: 0.0,
        ask_decay: 1e-3,
        ..TransitionOptions::default()
    };
    Ok(mapped(transition::fit(sessions, &options, progress)?))
}

/// Skipped steps and both directions count.
fn skip_grams(sessions: &Sequences, progress: Progress<'_>) -> Result<Ranker, FitError> {
    let options = TransitionOptions {
        decay: 2.14,
        backward: 0.98,
        power: 0.78,
        shrink: 5.6,
        ask_decay: 1.0,
        keep: 500,
    };
    Ok(mapped(transition::fit(sessions, &options, progress)?))
}

fn linear(sessions: &Sequences, progress: Progress<'_>) -> Result<Ranker, FitError> {
    let options = SlistOptions { solve: Solve::Local { candidates: 200 }, ..Default::default() };
    Ok(mapped(slist::fit(sessions, None, &options, progress)?))
}

fn mapped(map: SequenceMap) -> Ranker {
    let mut sums = Accumulator::new(map.item_count());
    let mut recent = Vec::new();
    Box::new(move |session, count, out| {
        recent.clear();
        let ages = session.iter().rev().take(12).enumerate();
        recent.extend(ages.map(|(age, &item)| (item, age as f32)));
        let latest = session.last().copied();
        *out = map.recommend(&recent, count, &mut sums, |item| latest == Some(item));
    })
}

fn association(sessions: &Sequences, progress: Progress<'_>) -> Result<Ranker, FitError> {
    let options = AssociationOptions { both_min: 1, g2_min: 0.0, ..AssociationOptions::default() };
    let rules = Associations::fit(&sessions.to_csr(), &[], &options, progress)?;
    Ok(Box::new(move |session, count, out| {
        *out = rules.complete(&session[session.len().saturating_sub(4)..], count);
    }))
}

fn neighbours(
    sessions: &Sequences,
    options: VmisOptions,
    progress: Progress<'_>,
) -> Result<Ranker, FitError> {
    let index = VmisKnn::fit(sessions, options, progress)?;
    let mut scratch = VmisScratch::default();
    Ok(Box::new(move |session, count, out| {
        index.query(&VmisAsk { session, ..VmisAsk::default() }, count, &mut scratch, out);
    }))
}

/// Neighbours, returns and a second hop; what is left of the list is filled with what is popular.
pub(super) fn next_clicks(
    sessions: &Sequences,
    settings: &NextSettings,
    progress: Progress<'_>,
) -> Result<Ranker, FitError> {
    let index = VmisKnn::fit(sessions, settings.vmis.clone(), progress)?;
    let next = settings.next;
    let popular = popular(sessions, 40)?;
    let mut scratch = NextScratch::default();
    Ok(Box::new(move |session, count, out| {
        index.next(&VmisAsk { session, ..VmisAsk::default() }, &next, count, &mut scratch, out);
        for &(item, _) in &popular {
            if out.len() >= count {
                break;
            }
            if session.last() != Some(&item) && out.iter().all(|(listed, _)| *listed != item) {
                out.push((item, 0.0));
            }
        }
    }))
}
