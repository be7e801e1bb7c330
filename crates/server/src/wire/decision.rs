//! What was decided and why, as it is told to people and their programs.

use super::recommend::{
    ArmOut, ChoiceOut, Detail, ModelOut, ReasonOut, arms_out, channels_out, choice_out, models_out,
    reasons_out,
};
use app::{Profile, Replayed};
use commerce::{DecisionRecord, Who};
use govern::Why;
use serde::Serialize;
use utoipa::ToSchema;

/// A decision and everything needed to defend it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct DecisionOut {
    /// Its id.
    #[schema(example = "019a7356-4c00-7d3e-9c1f-0242ac120002")]
    decision_id: String,
    /// `recommend.home`, ….
    kind: String,
    /// When it was taken, RFC 3339.
    #[schema(example = "2026-11-11T12:00:00Z")]
    at: String,
    /// For whom.
    who: WhoOut,
    /// Whether it was made for this customer, or for anybody.
    personal: bool,
    /// Whether the customer said so, as against the shop's default.
    consent_declared: bool,
    /// Item features had seen every fact before this offset of the log.
    items_as_of: u64,
    /// Customer features had seen every fact before this offset of the log.
    customers_as_of: u64,
    /// Hash of the options in force, 16 hexadecimal digits.
    policy: String,
    /// Experiments it was part of.
    arms: Vec<ArmOut>,
    /// Models that took part.
    models: Vec<ModelOut>,
    /// How many candidates were thought of.
    considered_total: u32,
    /// The best of them, best first.
    considered: Vec<ConsideredOut>,
    /// What guards stopped.
    stopped: Vec<StopOut>,
    /// What was answered, in order: the whole slate.
    chosen: Vec<ChoiceOut>,
    /// Why the answer as a whole is as it is.
    reasons: Vec<ReasonOut>,
    /// Why it is a lesser answer, if it is.
    degraded: Option<String>,
    /// Whether time ran out, so that later steps were left out.
    out_of_time: bool,
    /// How long it took, in microseconds.
    took_us: u32,
}

/// Who it was, as far as known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Who)]
pub(crate) struct WhoOut {
    /// The signed-in customer.
    customer_id: Option<String>,
    /// The browser or phone.
    device_id: Option<String>,
    /// The visit.
    session_id: Option<String>,
}

/// Something that was thought of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Considered)]
pub(crate) struct ConsideredOut {
    /// What.
    what: String,
    /// What it was expected to bring.
    score: f32,
    /// Which channels proposed it.
    channels: Vec<&'static str>,
}

/// What a guard stopped.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stop)]
pub(crate) struct StopOut {
    /// Which guard.
    guard: String,
    /// How many candidates it stopped.
    count: u32,
    /// A few of them.
    examples: Vec<String>,
}

impl DecisionOut {
    pub(crate) fn new(record: &DecisionRecord) -> Self {
        let considered = record.considered.iter().map(|one| ConsideredOut {
            what: one.what.to_string(),
            score: one.score,
            channels: channels_out(one.sources),
        });
        let stopped = record.stopped.iter().map(|stop| StopOut {
            guard: stop.guard.to_string(),
            count: stop.count,
            examples: stop.examples.iter().map(ToString::to_string).collect(),
        });
        let chosen = record.chosen.iter().enumerate();
        Self {
            decision_id: record.id.to_string(),
            kind: record.kind.to_string(),
            at: record.at.to_string(),
            who: WhoOut::new(&record.who),
            personal: record.is_personal(),
            consent_declared: record.consent.declared,
            items_as_of: record.as_of.items,
            customers_as_of: record.as_of.customers,
            policy: format!("{:016x}", record.policy),
            arms: arms_out(record),
            models: models_out(record),
            considered_total: record.considered_total,
            considered: considered.collect(),
            stopped: stopped.collect(),
            chosen: chosen.map(|(at, one)| choice_out(one, at, Detail::Full)).collect(),
            reasons: reasons_out(&record.reasons),
            degraded: record.degraded.as_deref().map(Into::into),
            out_of_time: record.cut_at.is_some(),
            took_us: record.took_us,
        }
    }
}

impl WhoOut {
    pub(crate) fn new(who: &Who) -> Self {
        Self {
            customer_id: who.customer.as_ref().map(ToString::to_string),
            device_id: who.device.as_ref().map(ToString::to_string),
            session_id: who.session.as_ref().map(ToString::to_string),
        }
    }
}

/// A decision in sentences.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationOut {
    /// Its id.
    pub(crate) decision_id: String,
    /// `zh` or `en`.
    pub(crate) lang: &'static str,
    /// How it came about, then each choice.
    #[schema(example = json!(["Decided at 2026-11-11T12:00:00Z in 3.1 ms: 500 candidates considered, 10 chosen."]))]
    pub(crate) sentences: Vec<String>,
}

/// What came of asking again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replay)]
pub(crate) struct ReplayOut {
    /// Whether the same ask in the same state gave the same bytes.
    same: bool,
    /// The fields in which it differs.
    differs: Vec<&'static str>,
    /// What it answers now.
    decision: DecisionOut,
}

impl ReplayOut {
    pub(crate) fn new(replayed: Replayed) -> Self {
        let decision = DecisionOut::new(&replayed.record);
        Self { same: replayed.differs.is_empty(), differs: replayed.differs, decision }
    }
}

/// What is known of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub(crate) struct ProfileOut {
    /// The shop's id.
    customer_id: String,
    /// Categories declared at sign-up.
    interests: Vec<String>,
    /// Country, province or city.
    place: Option<String>,
    /// What else the shop said: name and value.
    attributes: Vec<(String, String)>,
    /// Devices joined with them.
    devices: Vec<String>,
    /// What we may do with what we know, and on whose word.
    consents: Vec<ConsentOut>,
    /// Events of each kind.
    counts: Vec<CountOut>,
    /// What they touched last, newest first.
    recent: Vec<TouchOut>,
    /// Categories they like and how much, best first.
    #[schema(example = json!([["Kitchen", 3.2]]))]
    categories: Vec<(String, f64)>,
    /// Brands they like and how much, best first.
    brands: Vec<(String, f64)>,
}

/// Whether a use is allowed, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsentState)]
pub(crate) struct ConsentOut {
    /// The use.
    purpose: &'static str,
    /// Whether it is allowed.
    allowed: bool,
    /// On whose word: `customer`, `device` or `default`.
    by: &'static str,
    /// When they said it.
    at: Option<String>,
}

/// How often something was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Count)]
pub(crate) struct CountOut {
    /// The kind of event.
    event: &'static str,
    /// How often.
    count: u64,
}

/// Something that was done to an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Touch)]
pub(crate) struct TouchOut {
    /// When.
    at: String,
    /// What.
    event: &'static str,
    /// To which item.
    item_id: String,
}

impl ProfileOut {
    pub(crate) fn new(id: &commerce::CustomerId, profile: Profile) -> Self {
        let declared = profile.declared.as_ref();
        let texts = |list: &[Box<str>]| list.iter().map(ToString::to_string).collect();
        let named = |list: Vec<(Box<str>, f64)>| {
            list.into_iter().map(|(name, weight)| (name.into(), weight)).collect()
        };
        let attributes = declared.map_or(&[][..], |customer| &customer.attributes);
        let consents = profile.consents.iter().map(|(purpose, permission)| {
            let (by, at) = match permission.why {
                Why::Customer(at) => ("customer", Some(at)),
                Why::Device(at) => ("device", Some(at)),
                Why::Default => ("default", None),
            };
            let at = at.map(|at| at.to_string());
            ConsentOut { purpose: purpose.name(), allowed: permission.allowed, by, at }
        });
        let counts = profile.counts.iter();
        let recent = profile.recent.iter();
        Self {
            customer_id: id.to_string(),
            interests: declared.map_or_else(Vec::new, |customer| texts(&customer.interests)),
            place: declared.and_then(|customer| customer.place.as_deref()).map(Into::into),
            attributes: attributes
                .iter()
                .map(|one| (one.name.to_string(), one.value.to_string()))
                .collect(),
            devices: profile.devices.iter().map(ToString::to_string).collect(),
            consents: consents.collect(),
            counts: counts
                .map(|(kind, count)| CountOut { event: kind.name(), count: *count })
                .collect(),
            recent: recent
                .map(|(at, kind, item)| TouchOut {
                    at: at.to_string(),
                    event: kind.name(),
                    item_id: item.to_string(),
                })
                .collect(),
            categories: named(profile.categories),
            brands: named(profile.brands),
        }
    }
}
