//! What is asked and answered, on the wire.

use super::catalogue::attributes;
use super::event::read_who;
use super::fields::{Fields, WORD_MAX};
use app::{Language, Recommended};
use commerce::{Choice, Currency, DecisionRecord, ItemId, MerchantId};
use recommend::{
    Boost, BoostOn, CANDIDATES_MAX, CONTEXT_MAX, Channel, ItemFilter, LIST_MAX, PinnedItem,
    RecommendAsk, Scenario, Surface, part_name,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

const COUNT_DEFAULT: u16 = 10;

/// The last part of a surface's URL.
pub(crate) const fn segment(surface: Surface) -> &'static str {
    match surface {
        Surface::Home => "home",
        Surface::Similar => "similar",
        Surface::Complements => "complements",
        Surface::Cart => "cart",
        Surface::Session => "session",
        Surface::BuyAgain => "buy-again",
        Surface::Rank => "rank",
    }
}

/// How much of an answer is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Ids and scores.
    Ids,
    /// With channels and reasons.
    #[default]
    Reasons,
    /// With the parts of each score.
    Full,
}

impl Detail {
    const NAMES: [&'static str; 3] = ["ids", "reasons", "full"];

    fn named(name: &str) -> Option<Self> {
        match name {
            "ids" => Some(Self::Ids),
            "reasons" => Some(Self::Reasons),
            "full" => Some(Self::Full),
            _ => None,
        }
    }
}

/// What this shop allows and takes for granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The currency of amounts that come without one.
    pub(crate) currency: Currency,
    /// The most items on a page.
    pub(crate) count_max: u16,
}

/// Reads one ask; `surface` when the path of the request named it.
pub(crate) fn read_ask(
    fields: &Fields<'_>,
    surface: Option<Surface>,
    limits: Limits,
) -> Option<(RecommendAsk, Detail)> {
    let Limits { currency: shop_currency, count_max } = limits;
    let count_max = u32::from(count_max);
    let named = |name: &str| Surface::ALL.into_iter().find(|surface| segment(*surface) == name);
    let surface = match surface {
        Some(surface) => Some(surface),
        None => fields.word_needed("surface", named, &Surface::ALL.map(segment)),
    };
    let most = if surface == Some(Surface::Rank) { CANDIDATES_MAX } else { CONTEXT_MAX };
    let who = read_who(fields);
    let items = fields.ids("items", most, ItemId::new);
    let count = fields.whole_u32("count", 1, count_max).map(|count| count as u16);
    let filter = fields.object("filter", |filter| read_filter(filter, shop_currency));
    let boosts = fields.objects("boosts", LIST_MAX, read_boost);
    let pins = fields.objects("pins", LIST_MAX, |pin| {
        let item = pin.id_needed("item_id", ItemId::new);
        let at = pin.whole_u32("at", 0, count_max.saturating_sub(1));
        if !pin.has("at") {
            pin.wrong("at", format!("a place from 0 to {}", count_max.saturating_sub(1)));
        }
        Some(PinnedItem { item: item?, at: at? as u16 })
    });
    let bury = fields.ids("bury", LIST_MAX, ItemId::new);
    let detail = fields.word("detail", Detail::named, &Detail::NAMES).unwrap_or_default();
    let surface = surface?;
    check_surface(fields, surface, &items, &who);
    let count = count.unwrap_or(COUNT_DEFAULT.min(limits.count_max));
    let filter = filter.unwrap_or_default();
    let open = RecommendAsk::new(who, surface, count);
    let mut ask = RecommendAsk { filter, boosts, pins, bury, ..open };
    let place = if surface == Surface::Rank { &mut ask.candidates } else { &mut ask.context };
    *place = items;
    Some((ask, detail))
}

fn check_surface(fields: &Fields<'_>, surface: Surface, items: &[ItemId], who: &commerce::Who) {
    let name = segment(surface);
    let wants_items = !matches!(surface, Surface::Home | Surface::BuyAgain | Surface::Session);
    let session_alone = surface == Surface::Session && who.is_nobody();
    if (wants_items || session_alone) && items.is_empty() && fields.is_sound() {
        fields.wrong("items", format!("at least one item with {name}"));
    }
    if surface == Surface::BuyAgain && who.customer.is_none() && who.device.is_none() {
        fields.wrong("customer_id", "customer_id or device_id with buy-again");
    }
}

fn read_filter(fields: &Fields<'_>, shop_currency: Currency) -> Option<ItemFilter> {
    let currency = fields.currency("currency").unwrap_or(shop_currency);
    let filter = ItemFilter {
        categories: fields.words("categories", LIST_MAX),
        brands: fields.words("brands", LIST_MAX),
        merchants: fields.ids("merchants", LIST_MAX, MerchantId::new),
        price_min: fields.money("price_min", currency),
        price_max: fields.money("price_max", currency),
        in_stock: fields.flag("in_stock").unwrap_or(false),
        attributes: attributes(fields, "attributes", LIST_MAX),
        exclude: fields.ids("exclude", LIST_MAX, ItemId::new),
    };
    if let (Some(low), Some(high)) = (filter.price_min, filter.price_max)
        && high.minor < low.minor
    {
        fields.wrong("price_max", format!("{low} or more"));
    }
    Some(filter)
}

fn read_boost(fields: &Fields<'_>) -> Option<Boost> {
    let item = fields.id("item_id", ItemId::new).map(BoostOn::Item);
    let category = fields.boxed("category", WORD_MAX).map(BoostOn::Category);
    let brand = fields.boxed("brand", WORD_MAX).map(BoostOn::Brand);
    let merchant = fields.id("merchant_id", MerchantId::new).map(BoostOn::Merchant);
    let attribute = attributes(fields, "attribute", 1).pop().map(BoostOn::Attribute);
    let factor = fields.number("factor", 0.05, 20.0);
    if !fields.has("factor") {
        fields.wrong("factor", "a number from 0.05 to 20");
    }
    let mut on: Vec<BoostOn> =
        [item, category, brand, merchant, attribute].into_iter().flatten().collect();
    if on.len() != 1 {
        let allowed = "exactly one of item_id, category, brand, merchant_id, attribute";
        fields.wrong("item_id", allowed);
    }
    Some(Boost { on: on.pop()?, factor: factor? as f32 })
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub(crate) struct AnswerOut {
    /// Its id; send it back with the events that come of it.
    #[schema(example = "019a7356-4c00-7d3e-9c1f-0242ac120002")]
    decision_id: String,
    /// `recommend.home`, ….
    #[schema(example = "recommend.home")]
    kind: String,
    /// Whether it was made for this customer, or for anybody.
    personal: bool,
    /// How the customer was treated. Only with a first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = scenarios)]
    scenario: Option<&'static str>,
    /// Why it is a lesser answer, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<String>,
    /// This page's items, best first.
    items: Vec<ChoiceOut>,
    /// Experiments it is part of.
    arms: Vec<ArmOut>,
    /// Models that took part.
    models: Vec<ModelOut>,
    /// Token of the next page, for `GET /v1/recommend/pages/{token}`; none on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "019a7356-4c00-7d3e-9c1f-0242ac120002.10.10")]
    next_page: Option<String>,
    /// How long the decision took, in microseconds.
    took_us: u32,
}

/// One item of an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choice)]
pub(crate) struct ChoiceOut {
    /// Which item.
    #[schema(example = "kettle-1")]
    item_id: String,
    /// Its place in the whole slate, counted from 0.
    place: usize,
    /// What it is expected to bring.
    score: f32,
    /// The probability with which it was chosen for this place, in (0, 1].
    propensity: f32,
    /// Which channels proposed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["i2i", "session"]))]
    channels: Vec<&'static str>,
    /// Why it was chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<ReasonOut>,
    /// What the score is made of; the parts sum to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartOut>,
}

/// Why, as a code and what speaks for it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(crate) struct ReasonOut {
    /// The domain's code.
    #[schema(example = "similar_to")]
    code: String,
    /// Item ids, categories, counts, as the code defines.
    evidence: Vec<String>,
}

/// One addend of a score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Part)]
pub(crate) struct PartOut {
    /// What adds.
    name: &'static str,
    /// How much.
    value: f32,
}

/// An experiment's arm.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Arm)]
pub(crate) struct ArmOut {
    /// Which experiment.
    experiment: String,
    /// Which arm.
    arm: String,
    /// The probability with which it was assigned.
    propensity: f32,
}

/// A version of a model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelRef)]
pub(crate) struct ModelOut {
    /// The model's name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: u32,
}

/// The names of the scenarios.
fn scenarios() -> Object {
    let names = Scenario::ALL.map(Scenario::name);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("How the customer was treated. Only with a first page."))
        .enum_values(Some(names))
        .examples([names[1]])
        .build()
}

impl AnswerOut {
    pub(crate) fn first(recommended: &Recommended, count: u16, detail: Detail) -> Self {
        let Recommended { answer, record } = recommended;
        let page = Self::page(record, 0, count.into(), detail);
        Self { scenario: Some(answer.scenario.name()), ..page }
    }

    /// The page of `record` that begins at `start`.
    pub(crate) fn page(
        record: &DecisionRecord,
        start: usize,
        count: usize,
        detail: Detail,
    ) -> Self {
        let end = start.saturating_add(count).min(record.chosen.len());
        let chosen = record.chosen.get(start..end).unwrap_or_default();
        let items = chosen.iter().enumerate();
        Self {
            decision_id: record.id.to_string(),
            kind: record.kind.to_string(),
            personal: record.is_personal(),
            scenario: None,
            degraded: record.degraded.as_deref().map(Into::into),
            items: items.map(|(at, choice)| choice_out(choice, start + at, detail)).collect(),
            arms: arms_out(record),
            models: models_out(record),
            next_page: (end < record.chosen.len())
                .then(|| super::page::token(record.id, end, count)),
            took_us: record.took_us,
        }
    }
}

/// The names of the channels that proposed something.
pub(crate) fn channels_out(sources: u32) -> Vec<&'static str> {
    Channel::of_sources(sources).map(Channel::name).collect()
}

pub(crate) fn choice_out(choice: &Choice, place: usize, detail: Detail) -> ChoiceOut {
    let parts = choice.parts.iter();
    let name = |code| part_name(code, Language::En);
    ChoiceOut {
        item_id: choice.what.to_string(),
        place,
        score: choice.score,
        propensity: choice.propensity,
        channels: if detail == Detail::Ids { Vec::new() } else { channels_out(choice.sources) },
        reasons: if detail == Detail::Ids { Vec::new() } else { reasons_out(&choice.reasons) },
        parts: if detail == Detail::Full {
            parts.map(|part| PartOut { name: name(part.code), value: part.value }).collect()
        } else {
            Vec::new()
        },
    }
}

pub(crate) fn reasons_out(reasons: &[commerce::Reason]) -> Vec<ReasonOut> {
    let out = reasons.iter().map(|reason| ReasonOut {
        code: reason.code.to_string(),
        evidence: reason.evidence.iter().map(ToString::to_string).collect(),
    });
    out.collect()
}

pub(crate) fn arms_out(record: &DecisionRecord) -> Vec<ArmOut> {
    let out = record.arms.iter().map(|arm| ArmOut {
        experiment: arm.experiment.to_string(),
        arm: arm.arm.to_string(),
        propensity: arm.propensity,
    });
    out.collect()
}

pub(crate) fn models_out(record: &DecisionRecord) -> Vec<ModelOut> {
    let out = record.models.iter();
    out.map(|model| ModelOut { name: model.name.to_string(), version: model.version }).collect()
}
