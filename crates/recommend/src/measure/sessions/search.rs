//! Which settings are best on rows that are neither trained on nor tested?

use super::rankers::{NextSettings, next_clicks};
use super::{Session, Setup, Sums, for_prefixes, sequences};
use learn::{
    error::FitError,
    models::vmis_knn::Decay,
    progress::Progress,
    search::{Dial, Effort, Scale},
    sequences::Sequences,
};

/// What a search found, in a form to use and in one to read.
pub(super) struct Found {
    pub(super) settings: NextSettings,
    pub(super) note: String,
}

/// Last days of the training part that are predicted by what came before.
const HELD_OUT_S: i64 = 2 * 86_400;

const DIALS: &[Dial] = &[
    dial("last_items", 2.0, 30.0, Scale::Whole),
    dial("position", 0.5, 20.0, Scale::Log),
    dial("first_match", 0.5, 40.0, Scale::Log),
    dial("idf_power", 0.0, 3.0, Scale::Linear),
    dial("recency_days", 1.0, 300.0, Scale::Log),
    dial("length_power", 0.0, 1.0, Scale::Linear),
    dial("reach", 0.3, 30.0, Scale::Log),
    dial("backward", 0.0, 1.0, Scale::Linear),
    dial("returns", 0.02, 3.0, Scale::Log),
    dial("returns_clicks", 1.0, 40.0, Scale::Log),
    dial("hop", 0.005, 1.0, Scale::Log),
    dial("hop_items", 1.0, 20.0, Scale::Whole),
];

const fn dial(name: &'static str, low: f64, high: f64, scale: Scale) -> Dial {
    Dial { name, low, high, scale }
}

/// Makes MRR@20 / .34 + hit rate@20 / .67 largest, over both validation parts together.
pub(super) fn search(
    setup: &Setup<'_>,
    train: &[Session],
    valid: &[Session],
    items: usize,
) -> Result<Found, FitError> {
    let ended_at_s = |session: &Session| session.last().map_or(i64::MIN, |event| event.at_s);
    let cut_s = train.iter().map(ended_at_s).max().unwrap_or(0) - HELD_OUT_S;
    let (late, early): (Vec<Session>, Vec<Session>) =
        train.iter().cloned().partition(|session| ended_at_s(session) >= cut_s);
    let parts = [(sequences(&early, items)?, late.as_slice()), (sequences(train, items)?, valid)];
    let effort = Effort { seed: setup.seeds.first().copied().unwrap_or(1), random: 40, rounds: 3 };
    let start = to_dials(&NextSettings::default());
    let found = learn::search::search(
        "bol-sessions: search",
        DIALS,
        &start,
        effort,
        setup.progress,
        |at| judge(&parts, &from_dials(at)),
    )?;
    let dials = DIALS.iter().zip(&found.best.at);
    let named: Vec<String> = dials.map(|(dial, at)| format!("{} {at:.3}", dial.name)).collect();
    let note = format!(
        "next: {} trials, MRR/.34 + HR/.67 = {:.4} on validation at {}",
        found.tried.len(),
        found.best.value,
        named.join(", ")
    );
    Ok(Found { settings: from_dials(&found.best.at), note })
}

fn judge(parts: &[(Sequences, &[Session])], settings: &NextSettings) -> Result<f64, FitError> {
    let mut sums = Sums::default();
    let mut answer = Vec::new();
    for (fitted, judged) in parts {
        let mut ranker = next_clicks(fitted, settings, Progress::SILENT)?;
        for_prefixes(judged, |before, after| {
            ranker(before, super::K, &mut answer);
            let items: Vec<u32> = answer.iter().map(|(item, _)| *item).collect();
            sums.add(&items, after);
        });
    }
    let n = sums.predictions.max(1) as f64;
    Ok(sums.reciprocal_rank / n / 0.34 + sums.hits / n / 0.67)
}

fn to_dials(settings: &NextSettings) -> Vec<f64> {
    let NextSettings { vmis, next } = settings;
    let clicks = |decay: Decay| if let Decay::Exponential(clicks) = decay { clicks } else { 4.0 };
    [
        vmis.last_items as f32,
        clicks(vmis.position),
        clicks(vmis.first_match),
        vmis.idf_power,
        vmis.recency_days,
        vmis.length_power,
        vmis.reach,
        vmis.backward,
        next.returns,
        next.returns_clicks,
        next.hop,
        next.hop_items as f32,
    ]
    .map(f64::from)
    .to_vec()
}

fn from_dials(at: &[f64]) -> NextSettings {
    let mut settings = NextSettings::default();
    let NextSettings { vmis, next } = &mut settings;
    let mut values = at.iter().copied();
    let mut value = || values.next().unwrap_or_default();
    vmis.last_items = value() as usize;
    vmis.position = Decay::Exponential(value() as f32);
    vmis.first_match = Decay::Exponential(value() as f32);
    vmis.idf_power = value() as f32;
    vmis.recency_days = value() as f32;
    vmis.length_power = value() as f32;
    vmis.reach = value() as f32;
    vmis.backward = value() as f32;
    next.returns = value() as f32;
    next.returns_clicks = value() as f32;
    next.hop = value() as f32;
    next.hop_items = value() as usize;
    settings
}
