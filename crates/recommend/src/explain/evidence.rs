//! Why is this item here? Reasons with evidence for one choice, the weightiest first.

use crate::ask::Surface;
use crate::candidates::{Channel, NO_EVIDENCE, Scene};
use crate::score::{Boosts, Factors};
use commerce::{Attribute, Reason};
use decide::slate::{Placed, Pool};
use features::TermKind;

/// Channels that are named at most.
const CHANNELS: usize = 3;

/// One choice, as far as its reasons depend on it.
pub(crate) struct Shown<'a> {
    pub(crate) placed: &'a Placed,
    /// Its place in the pool.
    pub(crate) place: usize,
    pub(crate) item: u32,
    pub(crate) factors: Factors,
    /// The dismissed item nearest to it.
    pub(crate) near: u32,
    pub(crate) surface: Surface,
}

/// The reasons of one choice: how it came here, what speaks for it, what spoke against it.
pub(crate) fn why(
    scene: &Scene<'_>,
    pool: &Pool,
    boosts: &Boosts<'_>,
    shown: &Shown<'_>,
) -> Vec<Reason> {
    let mut reasons = Vec::with_capacity(CHANNELS + 1);
    if shown.placed.pinned {
        reasons.push(plain("pinned"));
    }
    if shown.placed.explored {
        reasons.push(plain("explored"));
    }
    let policy = scene.options.scenarios.policy(scene.known.scenario);
    let shares = pool.shares(shown.place);
    let mut channels: Vec<(f32, Channel)> = Channel::of_sources(pool.mask(shown.place))
        .map(|channel| (policy.weights.of(channel) * shares[channel as usize], channel))
        .collect();
    channels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let spoken = channels.into_iter().filter_map(|(_, channel)| {
        of_channel(channel, pool.evidence(shown.place)[channel as usize], scene, shown)
    });
    for reason in spoken.take(CHANNELS) {
        // Two channels may say the same with the same evidence.
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.extend(boosts.of(shown.item, scene.items).map(boosted));
    if shown.factors.fatigue < 1.0 {
        let times = scene.known.past(shown.item).map_or(0, |past| past.shown);
        reasons.push(Reason { code: "fatigue".into(), evidence: vec![times.to_string().into()] });
    }
    if shown.factors.near_dismissed < 1.0 {
        reasons.push(about("near_dismissed", &[shown.near], scene));
    }
    reasons
}

fn plain(code: &'static str) -> Reason {
    Reason { code: code.into(), evidence: Vec::new() }
}

fn about(code: &'static str, items: &[u32], scene: &Scene<'_>) -> Reason {
    let name = |&item: &u32| scene.items.row(item).id().as_str().into();
    Reason { code: code.into(), evidence: items.iter().map(name).collect() }
}

fn boosted(boost: &crate::ask::Boost) -> Reason {
    use crate::ask::BoostOn;
    let (code, what): (_, Box<str>) = match &boost.on {
        BoostOn::Item(id) => ("boosted", id.as_str().into()),
        BoostOn::Category(name) | BoostOn::Brand(name) => ("boosted", name.clone()),
        BoostOn::Merchant(id) => ("boosted_merchant", id.as_str().into()),
        BoostOn::Attribute(Attribute { name, value }) => {
            ("boosted", format!("{name}={value}").into())
        }
    };
    Reason { code: code.into(), evidence: vec![what, boost.factor.to_string().into()] }
}

fn of_channel(
    channel: Channel,
    evidence: u32,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
) -> Option<Reason> {
    let known = scene.known;
    let because =
        |code: &'static str| (evidence != NO_EVIDENCE).then(|| about(code, &[evidence], scene));
    match channel {
        Channel::Similar if shown.surface == Surface::Similar => because("like_context"),
        Channel::Similar => because("similar_to"),
        Channel::Alike => {
            let latest: Vec<u32> = known.anchors.iter().take(2).map(|a| a.item).collect();
            (!latest.is_empty()).then(|| about("alike_customers", &latest, scene))
        }
        Channel::Embedding => {
            let embedding = scene.models.embedding.as_ref()?;
            let near = embedding.nearest_of(shown.item, known.anchors.iter().map(|a| a.item));
            Some(about("taste", near.as_slice(), scene))
        }
        Channel::Hot if evidence == shown.item => Some(plain("trending")),
        Channel::Hot => Some(plain("popular")),
        Channel::Live => because("seen_together"),
        Channel::Linear => because("liked_along"),
        Channel::Complements => because("goes_with"),
        Channel::Content => of_content(scene, shown),
        Channel::Interests => {
            let term = scene.items.term(evidence)?;
            Some(Reason { code: "declared".into(), evidence: vec![last_level(term.name)] })
        }
        Channel::Again => {
            let past = known.past(shown.item)?.purchase(shown.item, scene.items, known);
            let cycle = scene.models.repeats.own_cycle_days(&past, &scene.options.repeats);
            let days = [past.since_days.round(), cycle.round()];
            let evidence = days.map(|days| days.to_string().into()).to_vec();
            Some(Reason { code: "due_again".into(), evidence })
        }
        Channel::Given if shown.surface == Surface::Rank => Some(plain("asked")),
        Channel::Given | Channel::Fresh => None,
    }
}

/// The strongest term that the item shares with the taste, and what kind of term it is.
fn of_content(scene: &Scene<'_>, shown: &Shown<'_>) -> Option<Reason> {
    let terms = &scene.items.row(shown.item).terms;
    let carried = |term: &u32| terms.binary_search(term).is_ok();
    let is_page = shown.surface.wants_context();
    let mut kinds =
        scene.known.taste.iter().filter(|(term, _)| carried(term)).filter_map(|&(term, _)| {
            let term = scene.items.term(term)?;
            Some(match term.kind {
                TermKind::Brand => ("same_brand", term.name.into()),
                TermKind::Category => ("same_category", last_level(term.name)),
                TermKind::Merchant => ("same_merchant", term.name.into()),
                TermKind::Attribute => return None,
            })
        });
    match (is_page, kinds.next()) {
        (false, Some((code, name))) => Some(Reason { code: code.into(), evidence: vec![name] }),
        _ => {
            let anchor = scene
                .known
                .anchors
                .iter()
                .find(|anchor| scene.items.row(anchor.item).terms.iter().any(carried))?;
            Some(about("same_kind", &[anchor.item], scene))
        }
    }
}

/// The last level of a category path.
fn last_level(path: &str) -> Box<str> {
    path.rsplit(" > ").next().unwrap_or(path).into()
}
