//! What is each part of a score called?

use crate::candidates::Channel;
use crate::score::{INPUTS, part};
use decide::Language;

/// The name of the score part with this code, for people.
#[must_use]
pub fn part_name(code: u16, language: Language) -> &'static str {
    let (zh, en) = words(code);
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

fn words(code: u16) -> (&'static str, &'static str) {
    match code {
        part::START => ("起点", "start"),
        part::REST => ("其他因素", "other inputs"),
        part::FATIGUE => ("展示疲劳", "shown too often"),
        part::NEAR_DISMISSED => ("接近不感兴趣的商品", "close to a dismissed item"),
        part::BOOST => ("店铺加权", "the shop’s boost"),
        part::PRICE => ("成交金额", "what a sale brings"),
        part::INPUT.. => {
            let input = INPUTS.get(usize::from(code - part::INPUT));
            input.map_or(("未知因素", "unknown input"), |(_, zh, en)| (zh, en))
        }
        _ => {
            let channel = Channel::ALL.get(usize::from(code - 1));
            channel.map_or(("未知因素", "unknown input"), |channel| channel_words(*channel))
        }
    }
}

fn channel_words(channel: Channel) -> (&'static str, &'static str) {
    match channel {
        Channel::Similar => ("相似商品", "similar items"),
        Channel::Alike => ("相似顾客", "alike customers"),
        Channel::Embedding => ("口味向量", "taste vector"),
        Channel::Hot => ("热门", "popularity"),
        Channel::Live => ("实时共现", "live companions"),
        Channel::Linear => ("线性关联", "linear model"),
        Channel::Complements => ("搭配购买", "bought together"),
        Channel::Content => ("同类属性", "shared attributes"),
        Channel::Interests => ("声明兴趣", "declared interests"),
        Channel::Again => ("复购周期", "repeat cycle"),
        Channel::Given => ("指定候选", "the caller’s candidate"),
        Channel::Fresh => ("新品", "little shown"),
    }
}
