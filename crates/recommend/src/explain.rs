//! How is a record put into sentences, in Chinese and in English?
//!
//! Two voices say the same: [`Voice::Operator`] speaks about the customer to whoever runs the shop,
//! [`Voice::Customer`] speaks to the customer, short enough to stand under a picture. Only codes and
//! evidence are in the record; the words are here, so a better wording reaches old records too.

mod evidence;
mod parts;
mod reasons;

pub(crate) use evidence::{Shown, why};
pub use parts::part_name;
#[cfg(test)]
pub(crate) use reasons::{CHOICE_CODES, SLATE_CODES};

use crate::ask::RecommendAsk;
use commerce::{Choice, DecisionRecord, Reason};
use decide::{Language, Names};

/// Who is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The people who run the shop.
    Operator,
    /// The customer.
    Customer,
}

/// The sentences about a slate: what holds for the whole, then one for each place that was asked
/// for; what waits on later pages is counted.
#[must_use]
pub fn sentences(record: &DecisionRecord, language: Language, names: &dyn Names) -> Vec<String> {
    let mut said: Vec<String> =
        record.reasons.iter().filter_map(|reason| reasons::about_slate(reason, language)).collect();
    let asked = RecommendAsk::decode(&record.ask).map_or(usize::MAX, |ask| ask.count.into());
    for (place, choice) in record.chosen.iter().take(asked).enumerate() {
        said.push(one_place(place, choice, language, names));
    }
    let later = record.chosen.len().saturating_sub(asked);
    if later > 0 {
        said.push(match language {
            Language::Zh => format!("另有 {later} 个排在后面的页里。"),
            Language::En => format!("{later} more stand on later pages."),
        });
    }
    if record.chosen.is_empty() {
        said.push(match language {
            Language::Zh => "没有可推荐的商品。".into(),
            Language::En => "There was nothing to recommend.".into(),
        });
    }
    said
}

fn one_place(place: usize, choice: &Choice, language: Language, names: &dyn Names) -> String {
    let name = names.item(&choice.what);
    let why =
        choice.reasons.iter().filter_map(|reason| phrase(reason, language, Voice::Operator, names));
    let parts = choice.parts.iter().map(|part| (part_name(part.code, language), part.value));
    let place = place + 1;
    match language {
        Language::Zh => {
            let why = why.collect::<Vec<_>>().join("；");
            let parts = parts.map(|(name, value)| format!("{name} {value:+.4}"));
            let parts = parts.collect::<Vec<_>>().join("，");
            let why = if why.is_empty() { String::new() } else { format!("{why}。") };
            format!("第 {place} 位“{name}”：{why}得分 {:.4}（{parts}）。", choice.score)
        }
        Language::En => {
            let why = why.collect::<Vec<_>>().join("; ");
            let parts = parts.map(|(name, value)| format!("{name} {value:+.4}"));
            let parts = parts.collect::<Vec<_>>().join(", ");
            let why = if why.is_empty() { String::new() } else { format!("{why}. ") };
            format!("{place}. “{name}”: {why}Score {:.4} ({parts}).", choice.score)
        }
    }
}

/// One reason as a phrase without a final stop; `None` for a code that this version does not know
/// or that has nothing to say in this voice.
#[must_use]
pub fn phrase(
    reason: &Reason,
    language: Language,
    voice: Voice,
    names: &dyn Names,
) -> Option<String> {
    match language {
        Language::Zh => reasons::zh(reason, voice, names),
        Language::En => reasons::en(reason, voice, names),
    }
}
