//! How may the recommender be steered? The `[recommend]` section.
//!
//! Every option has a unit, a range, a default and a reason; [`RecommendOptions::check`] names all
//! that are out of range at once. A value of these options and a value of models make one policy.

use crate::candidates::Channel;
use crate::error::OptionError;
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use std::ops::RangeInclusive;

/// The `[recommend]` section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecommendOptions {
    /// Items ranked once per decision, from which all pages are cut. 1 to 500, default 60: three
    /// screens of a phone. More makes records longer and exploration deeper.
    pub slate_max: u16,
    /// Candidates that reach the ranker. 10 to 5,000, default 500: beyond it the ranker's choice
    /// hardly changes and its time grows in proportion. The best by blended channel score go on.
    pub candidates_max: usize,
    /// Proposals taken from each channel. 10 to 2,000, default 150. Fewer lose recall on long
    /// pages; more only lengthen the merge.
    pub channel_max: usize,
    /// Latest touches of a customer that are looked at. 1 to 200, default 50. Time of the item
    /// channels grows in proportion; older touches count little (see `history_half_life_days`).
    pub history_max: usize,
    /// Days after which a touch counts half. 0.01 to 3,650, default 14. Small values follow the
    /// moment, large ones the long taste.
    pub history_half_life_days: f32,
    /// How much a visit's own last touches count beside that decay: each earlier touch of the visit
    /// counts this factor less. 0.1 to 1, default 0.8.
    pub session_decay: f32,
    /// How much a price counts: scores are multiplied by (price / usual price of the candidates) to
    /// this power. 0 to 1, default 0.15. 0 shows what is likeliest to be touched, whatever it
    /// brings; the more it is, the dearer the lists and the fewer the touches. What is due to be
    /// bought again is not moved by it. Prices are compared as numbers: with several currencies in
    /// one catalogue, set 0.
    pub price_power: f32,
    /// Candidates kept in the record. 0 to 1,000, default 50: enough to see what was nearly
    /// chosen. 0 keeps only the count.
    pub considered_max: usize,
    /// Feature contributions kept for each chosen item; the rest is summed into one part, so the
    /// parts still sum to the score. 1 to 64, default 8.
    pub parts_max: usize,
    /// The first three again for visits of somebody unknown, who come by the thousand a second.
    pub session: SessionLimits,
    /// What each scenario does differently.
    pub scenarios: Scenarios,
    /// What the customer's no means.
    pub feedback: Feedback,
    /// What is shown to learn about it.
    pub exploration: Exploration,
    /// What is bought again.
    pub repeats: RepeatOptions,
}

impl Default for RecommendOptions {
    fn default() -> Self {
        Self {
            slate_max: 60,
            candidates_max: 500,
            channel_max: 150,
            history_max: 50,
            history_half_life_days: 14.0,
            session_decay: 0.8,
            price_power: 0.15,
            considered_max: 50,
            parts_max: 8,
            session: SessionLimits::default(),
            scenarios: Scenarios::default(),
            feedback: Feedback::default(),
            exploration: Exploration::default(),
            repeats: RepeatOptions::default(),
        }
    }
}

/// How much a session ask looks at: little is known of the visit, so little more can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionLimits {
    /// Items ranked once per decision, unless a page asks for more. 1 to 500, default 20.
    pub slate_max: u16,
    /// Candidates that reach the ranker. 10 to 5,000, default 100. The time of a session ask grows
    /// nearly in proportion.
    pub candidates_max: usize,
    /// Proposals taken from each channel. 10 to 2,000, default 50.
    pub channel_max: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { slate_max: 20, candidates_max: 100, channel_max: 50 }
    }
}

/// How far somebody has come with this shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Hardly anything is known.
    #[default]
    New,
    /// Comes as usual.
    Active,
    /// Has not come for long.
    AtRisk,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: [Self; 3] = [Self::New, Self::Active, Self::AtRisk];

    /// Its name in options and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::AtRisk => "at_risk",
        }
    }

    /// The code of the reason that says so.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "scenario_new",
            Self::Active => "scenario_active",
            Self::AtRisk => "scenario_at_risk",
        }
    }
}

/// Who is in which scenario, and what each does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenarios {
    /// Touches up to which somebody counts as new. 0 to 1,000, default 3. 0: nobody but the
    /// unknown is new.
    pub new_touches_max: u32,
    /// Days without a touch after which somebody counts as at risk. 1 to 3,650, default 30.
    pub at_risk_days: f32,
    /// For the new.
    pub new: ScenarioPolicy,
    /// For the active.
    pub active: ScenarioPolicy,
    /// For those at risk.
    pub at_risk: ScenarioPolicy,
}

impl Default for Scenarios {
    fn default() -> Self {
        let active = ScenarioPolicy::default();
        Self {
            new_touches_max: 3,
            at_risk_days: 30.0,
            // Little is known: show more kinds of things, and what pleases most.
            new: ScenarioPolicy {
                diversity: 0.5,
                explore: 0.1,
                weights: Weights { hot: 0.8, ..Weights::default() },
                ..active.clone()
            },
            // A first impression again: no experiments, what was loved most and what is new.
            at_risk: ScenarioPolicy {
                diversity: 0.4,
                explore: 0.02,
                weights: Weights { hot: 0.4, again: 0.8, ..Weights::default() },
                ..active.clone()
            },
            active,
        }
    }
}

impl Scenarios {
    /// What `scenario` does.
    #[must_use]
    pub fn policy(&self, scenario: Scenario) -> &ScenarioPolicy {
        match scenario {
            Scenario::New => &self.new,
            Scenario::Active => &self.active,
            Scenario::AtRisk => &self.at_risk,
        }
    }
}

/// What one scenario does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScenarioPolicy {
    /// How much less an item counts that is wholly like one above it. 0 to 1, default 0.3. 0: the
    /// best by score, however alike; 1: nothing twice.
    pub diversity: f32,
    /// The probability that a place is given to a little-shown item. 0 to 0.5, default 0.05. 0
    /// learns nothing about new items and leaves off-policy evaluation without support.
    pub explore: f32,
    /// The least share of each page that lies outside the best-sellers. 0 to 1, default 0.2. Too
    /// high a share pushes out what customers want most.
    pub tail_share: f32,
    /// Weight of each channel in the blend that picks the ranker's candidates, and that stands in
    /// for the ranker before one is trained.
    pub weights: Weights,
}

impl Default for ScenarioPolicy {
    fn default() -> Self {
        Self { diversity: 0.3, explore: 0.05, tail_share: 0.2, weights: Weights::default() }
    }
}

/// Weight of each channel in the blend, 0 to 1 each; 0 turns a channel off. The blended score is
/// `Σ weight · share ÷ Σ weight`, with `share` in [0, 1] how strongly the channel proposes the item
/// among its own proposals. The defaults favour the linear model and the embedding, which together
/// are the best plain recommender on the public tables, then what is bound to the moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Items like those touched (default 0.5).
    pub similar: f32,
    /// What alike histories went on to (default 0.6).
    pub alike: f32,
    /// Nearest in the embedding (default 0.6).
    pub embedding: f32,
    /// Popular and rising (default 0.15).
    pub hot: f32,
    /// Touched together just now (default 0.5).
    pub live: f32,
    /// The linear item model (default 1).
    pub linear: f32,
    /// Goes with (default 0.3).
    pub complements: f32,
    /// Same category, brand, attributes (default 0.25).
    pub content: f32,
    /// Declared interests (default 0.3).
    pub interests: f32,
    /// Due to be bought again (default 0.5).
    pub again: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            similar: 0.5,
            alike: 0.6,
            embedding: 0.6,
            hot: 0.15,
            live: 0.5,
            linear: 1.0,
            complements: 0.3,
            content: 0.25,
            interests: 0.3,
            again: 0.5,
        }
    }
}

impl Weights {
    /// The weight of `channel`; channels that are not blended (the caller's own) have none.
    #[must_use]
    pub fn of(&self, channel: Channel) -> f32 {
        match channel {
            Channel::Similar => self.similar,
            Channel::Alike => self.alike,
            Channel::Embedding => self.embedding,
            Channel::Hot => self.hot,
            Channel::Live => self.live,
            Channel::Linear => self.linear,
            Channel::Complements => self.complements,
            Channel::Content => self.content,
            Channel::Interests => self.interests,
            Channel::Again => self.again,
            Channel::Given | Channel::Fresh => 0.0,
        }
    }
}

/// What the customer's no means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Feedback {
    /// Times an item may be shown and left untouched before it is damped. 0 to 100, default 2.
    pub fatigue_free: u32,
    /// Factor for each further such showing. 0 to 1, default 0.8; 1 turns fatigue off.
    pub fatigue_factor: f32,
    /// The damping never goes below this. 0 to 1, default 0.1.
    pub fatigue_floor: f32,
    /// Days for which a dismissed item is never shown. 0 to 3,650, default 180.
    pub dismissed_days: f32,
    /// Factor on items near a dismissed one. 0 to 1, default 0.5; 1 leaves them alone.
    pub dismissed_near_factor: f32,
    /// How alike items must be to be near, in [0, 1]. Default 0.7.
    pub dismissed_near_least: f32,
    /// Days for which a bought item is not shown again, unless it is one that is bought again.
    /// 0 to 3,650, default 365.
    pub bought_days: f32,
}

impl Default for Feedback {
    fn default() -> Self {
        Self {
            fatigue_free: 2,
            fatigue_factor: 0.8,
            fatigue_floor: 0.1,
            dismissed_days: 180.0,
            dismissed_near_factor: 0.5,
            dismissed_near_least: 0.7,
            bought_days: 365.0,
        }
    }
}

/// What is shown to learn about it. The probability itself is the scenario's `explore`; each draw is
/// even among all little-shown candidates that are not in the slate yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exploration {
    /// An item may be explored while it was shown at most this often. 0 to 1,000,000, default 200:
    /// enough to tell a click rate of 3 % from one of 6 %.
    pub shown_max: u32,
    /// First places of the slate that are never given away. 0 to 500, default 2.
    pub spared: u16,
    /// The most places given away on each page, as a share. 0 to 1, default 0.2.
    pub page_share_max: f32,
}

impl Default for Exploration {
    fn default() -> Self {
        Self { shown_max: 200, spared: 2, page_share_max: 0.2 }
    }
}

/// What is bought again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RepeatOptions {
    /// An item is one that is bought again when at least this share of its buyers did so. 0 to 1,
    /// default 0.2. 0: everything may come back at once.
    pub share_least: f32,
    /// Buyers that count as if seen for the item's category, so that one customer's habit is not
    /// everybody's. 0 to 1,000, default 10.
    pub prior_buyers: f32,
    /// The part of a cycle after which the item may be shown again. 0 to 1, default 0.6.
    pub cycle_share_least: f32,
    /// Days ahead for which "about to need" is judged. 1 to 365, default 7.
    pub horizon_days: f32,
}

impl Default for RepeatOptions {
    fn default() -> Self {
        Self { share_least: 0.2, prior_buyers: 10.0, cycle_share_least: 0.6, horizon_days: 7.0 }
    }
}

impl RecommendOptions {
    /// The same options with the limits of a session ask.
    #[must_use]
    pub fn for_sessions(&self) -> Self {
        let SessionLimits { slate_max, candidates_max, channel_max } = self.session;
        Self { slate_max, candidates_max, channel_max, ..self.clone() }
    }

    /// Names everything that is out of range; empty when all is well.
    #[must_use]
    pub fn check(&self) -> Vec<OptionError> {
        let mut wrong = Wrong::of("recommend");
        wrong.whole("slate_max", self.slate_max.into(), 1..=500);
        wrong.whole("candidates_max", self.candidates_max, 10..=5_000);
        wrong.whole("channel_max", self.channel_max, 10..=2_000);
        wrong.whole("session.slate_max", self.session.slate_max.into(), 1..=500);
        wrong.whole("session.candidates_max", self.session.candidates_max, 10..=5_000);
        wrong.whole("session.channel_max", self.session.channel_max, 10..=2_000);
        wrong.whole("history_max", self.history_max, 1..=200);
        wrong.real("history_half_life_days", self.history_half_life_days, 0.01..=3_650.0);
        wrong.real("session_decay", self.session_decay, 0.1..=1.0);
        wrong.real("price_power", self.price_power, 0.0..=1.0);
        wrong.whole("considered_max", self.considered_max, 0..=1_000);
        wrong.whole("parts_max", self.parts_max, 1..=64);
        self.check_scenarios(&mut wrong);
        let feedback = &self.feedback;
        wrong.whole("feedback.fatigue_free", feedback.fatigue_free as usize, 0..=100);
        wrong.real("feedback.fatigue_factor", feedback.fatigue_factor, 0.0..=1.0);
        wrong.real("feedback.fatigue_floor", feedback.fatigue_floor, 0.0..=1.0);
        wrong.real("feedback.dismissed_days", feedback.dismissed_days, 0.0..=3_650.0);
        wrong.real("feedback.dismissed_near_factor", feedback.dismissed_near_factor, 0.0..=1.0);
        wrong.real("feedback.dismissed_near_least", feedback.dismissed_near_least, 0.0..=1.0);
        wrong.real("feedback.bought_days", feedback.bought_days, 0.0..=3_650.0);
        let exploration = &self.exploration;
        wrong.whole("exploration.shown_max", exploration.shown_max as usize, 0..=1_000_000);
        wrong.whole("exploration.spared", exploration.spared.into(), 0..=500);
        wrong.real("exploration.page_share_max", exploration.page_share_max, 0.0..=1.0);
        let repeats = &self.repeats;
        wrong.real("repeats.share_least", repeats.share_least, 0.0..=1.0);
        wrong.real("repeats.prior_buyers", repeats.prior_buyers, 0.0..=1_000.0);
        wrong.real("repeats.cycle_share_least", repeats.cycle_share_least, 0.0..=1.0);
        wrong.real("repeats.horizon_days", repeats.horizon_days, 1.0..=365.0);
        wrong.all()
    }

    fn check_scenarios(&self, wrong: &mut Wrong) {
        let touches = self.scenarios.new_touches_max as usize;
        wrong.whole("scenarios.new_touches_max", touches, 0..=1_000);
        wrong.real("scenarios.at_risk_days", self.scenarios.at_risk_days, 1.0..=3_650.0);
        for scenario in Scenario::ALL {
            let policy = self.scenarios.policy(scenario);
            let path = |option: &str| format!("scenarios.{}.{option}", scenario.name());
            wrong.real(path("diversity"), policy.diversity, 0.0..=1.0);
            wrong.real(path("explore"), policy.explore, 0.0..=0.5);
            wrong.real(path("tail_share"), policy.tail_share, 0.0..=1.0);
            for channel in Channel::ALL {
                let option = path(&format!("weights.{}", channel.name()));
                wrong.real(option, policy.weights.of(channel), 0.0..=1.0);
            }
        }
    }

    /// A number that names these options: equal options, equal hash, on every machine (FNV-1a over
    /// the durable form).
    #[must_use]
    pub fn hash(&self) -> u64 {
        let bytes = postcard::to_stdvec(self).unwrap_or_default();
        bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}

/// What is out of range so far, in one section.
pub(crate) struct Wrong {
    section: &'static str,
    found: Vec<OptionError>,
}

impl Wrong {
    pub(crate) fn of(section: &'static str) -> Self {
        Self { section, found: Vec::new() }
    }

    pub(crate) fn whole(
        &mut self,
        option: impl AsRef<str>,
        found: usize,
        allowed: RangeInclusive<usize>,
    ) {
        self.check(option.as_ref(), &found, &allowed);
    }

    pub(crate) fn real(
        &mut self,
        option: impl AsRef<str>,
        found: f32,
        allowed: RangeInclusive<f32>,
    ) {
        self.check(option.as_ref(), &found, &allowed);
    }

    pub(crate) fn all(self) -> Vec<OptionError> {
        self.found
    }

    fn check<T: PartialOrd + Display>(
        &mut self,
        option: &str,
        found: &T,
        allowed: &RangeInclusive<T>,
    ) {
        if !allowed.contains(found) {
            let option = format!("{}.{option}", self.section);
            let allowed = format!("{} to {}", allowed.start(), allowed.end());
            self.found.push(OptionError { option, found: found.to_string(), allowed });
        }
    }
}
