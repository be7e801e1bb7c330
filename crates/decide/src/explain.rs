//! How is a record put into sentences? What holds for every domain; each adds its own reasons.

use crate::Decider;
use commerce::DecisionRecord;

/// A language that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Reads `zh`, `en` and tags that begin with them (`zh-CN`).
    #[must_use]
    pub fn named(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// What people call the things that a record names; the id itself where there is no name.
pub trait Names {
    /// The title of an item.
    fn item(&self, id: &str) -> String;
    /// The name of a merchant.
    fn merchant(&self, id: &str) -> String;
}

/// The sentences that explain `record`: first how it came about, then each choice.
#[must_use]
pub fn explain<D: Decider>(
    policy: &D,
    record: &DecisionRecord,
    language: Language,
    names: &dyn Names,
) -> Vec<String> {
    let mut sentences = match language {
        Language::Zh => circumstances_zh(record),
        Language::En => circumstances_en(record),
    };
    sentences.extend(policy.explain(record, language, names));
    sentences
}

fn circumstances_zh(record: &DecisionRecord) -> Vec<String> {
    let mut said = vec![format!(
        "本次决策于 {} 作出，耗时 {:.1} 毫秒，共考虑 {} 个候选，选出 {} 个。",
        record.at,
        f64::from(record.took_us) / 1e3,
        record.considered_total,
        record.chosen.len(),
    )];
    said.push(match (record.consent.personal, record.consent.declared) {
        (true, true) => "顾客已同意个性化，因此使用了其行为数据。".into(),
        (true, false) => "顾客未作声明，按店铺默认设置使用了其行为数据。".into(),
        (false, true) => "顾客已拒绝个性化，因此没有使用其任何个人行为数据。".into(),
        (false, false) => "店铺默认不做个性化，因此没有使用顾客的个人行为数据。".into(),
    });
    said.extend(
        record.models.iter().map(|m| format!("使用的模型：{}，第 {} 版。", m.name, m.version)),
    );
    said.extend(record.arms.iter().map(|arm| {
        let percent = arm.propensity * 100.0;
        format!("处于实验“{}”的“{}”组（分配概率 {percent:.1}%）。", arm.experiment, arm.arm)
    }));
    said.extend(
        record.stopped.iter().map(|s| format!("规则“{}”拦下了 {} 个候选。", s.guard, s.count)),
    );
    said.extend(record.degraded.iter().map(|why| format!("这是一次降级的回答：{why}。")));
    if record.cut_at.is_some() {
        said.push("时间预算用尽，后面的步骤被略过。".into());
    }
    said
}

fn circumstances_en(record: &DecisionRecord) -> Vec<String> {
    let mut said = vec![format!(
        "Decided at {} in {:.1} ms: {} candidates considered, {} chosen.",
        record.at,
        f64::from(record.took_us) / 1e3,
        record.considered_total,
        record.chosen.len(),
    )];
    said.push(match (record.consent.personal, record.consent.declared) {
        (true, true) => {
            "The customer agreed to personalisation, so their behaviour was used.".into()
        }
        (true, false) => {
            "The customer made no choice; by the shop's default their behaviour was used.".into()
        }
        (false, true) => {
            "The customer declined personalisation, so nothing of their behaviour was used.".into()
        }
        (false, false) => {
            "By the shop's default nothing of the customer's behaviour was used.".into()
        }
    });
    said.extend(record.models.iter().map(|m| format!("Model: {}, version {}.", m.name, m.version)));
    said.extend(record.arms.iter().map(|arm| {
        let percent = arm.propensity * 100.0;
        format!(
            "Part of experiment \"{}\", arm \"{}\" (assigned with probability {percent:.1} %).",
            arm.experiment, arm.arm
        )
    }));
    said.extend(record.stopped.iter().map(|s| {
        let candidates = if s.count == 1 { "candidate" } else { "candidates" };
        format!("The guard \"{}\" stopped {} {candidates}.", s.guard, s.count)
    }));
    said.extend(record.degraded.iter().map(|why| format!("This is a lesser answer: {why}.")));
    if record.cut_at.is_some() {
        said.push("The time budget ran out, so later steps were left out.".into());
    }
    said
}
