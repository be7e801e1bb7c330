//! What does each reason say? One line per code, language and voice.

use super::Voice;
use commerce::Reason;
use decide::{Language, Names};

/// Every code that a choice or a slate can carry. A test closes the list: each has words.
#[cfg(test)]
pub(crate) const CHOICE_CODES: [&str; 22] = [
    "like_context",
    "similar_to",
    "alike_customers",
    "taste",
    "popular",
    "trending",
    "seen_together",
    "liked_along",
    "goes_with",
    "same_category",
    "same_brand",
    "same_merchant",
    "same_kind",
    "declared",
    "due_again",
    "asked",
    "explored",
    "pinned",
    "boosted",
    "boosted_merchant",
    "fatigue",
    "near_dismissed",
];

/// Codes of reasons that hold for the slate as a whole.
#[cfg(test)]
pub(crate) const SLATE_CODES: [&str; 9] = [
    "scenario_new",
    "scenario_active",
    "scenario_at_risk",
    "not_personal",
    "no_ranker",
    "no_models",
    "long_tail",
    "few_candidates",
    "buried",
];

/// The evidence as names in quotes, joined as each language does.
fn named(reason: &Reason, open: &str, close: &str, and: &str, names: &dyn Names) -> String {
    let quoted =
        reason.evidence.iter().take(2).map(|item| format!("{open}{}{close}", names.item(item)));
    quoted.collect::<Vec<_>>().join(and)
}

fn plain(reason: &Reason, at: usize) -> &str {
    reason.evidence.get(at).map_or("?", |text| text)
}

pub(super) fn zh(reason: &Reason, voice: Voice, names: &dyn Names) -> Option<String> {
    let items = || named(reason, "“", "”", "和", names);
    let (who, whose) = match voice {
        Voice::Operator => ("顾客", "顾客的"),
        Voice::Customer => ("您", "您的"),
    };
    let first = plain(reason, 0);
    let merchant = || names.merchant(first);
    Some(match &*reason.code {
        "like_context" => format!("与{}相似", items()),
        "similar_to" => format!("与{who}最近看过的{}相似", items()),
        "alike_customers" => format!("看过{}的人，后来也看了它", items()),
        "taste" if reason.evidence.is_empty() => format!("符合{whose}一贯的口味"),
        "taste" => format!("符合{whose}口味，比如{}", items()),
        "popular" => "近期大家都在看".into(),
        "trending" => "热度正在快速上升".into(),
        "seen_together" => format!("刚刚有不少人把它和{}放在一起看", items()),
        "liked_along" => format!("喜欢{}的人，往往也喜欢它", items()),
        "goes_with" => format!("常与{}一起购买", items()),
        "same_category" => format!("同属{who}常逛的“{first}”"),
        "same_brand" => format!("出自{who}关注的品牌“{first}”"),
        "same_merchant" => format!("由{who}常光顾的“{}”出售", merchant()),
        "same_kind" => format!("与{}同类", items()),
        "declared" => format!("{who}说过对“{first}”感兴趣"),
        "due_again" => {
            format!("{who}上次购买是 {first} 天前，通常约 {} 天买一次", plain(reason, 1))
        }
        "asked" if voice == Voice::Operator => "调用方给出的候选".into(),
        "explored" if voice == Voice::Operator => {
            "展示还很少，随机给它一次机会，以了解是否受欢迎".into()
        }
        "explored" => "新鲜推荐".into(),
        "pinned" if voice == Voice::Operator => "店铺指定放在这个位置".into(),
        "pinned" => "店铺推荐".into(),
        "boosted" if voice == Voice::Operator => {
            format!("店铺规则把“{first}”的得分乘以 {}", plain(reason, 1))
        }
        "boosted_merchant" if voice == Voice::Operator => {
            format!("店铺规则把商家“{}”商品的得分乘以 {}", merchant(), plain(reason, 1))
        }
        "fatigue" if voice == Voice::Operator => {
            format!("已展示 {first} 次都没有点开，因此降权")
        }
        "near_dismissed" if voice == Voice::Operator => {
            format!("与顾客表示不感兴趣的{}相近，因此降权", items())
        }
        _ => return None,
    })
}

pub(super) fn en(reason: &Reason, voice: Voice, names: &dyn Names) -> Option<String> {
    let items = || named(reason, "“", "”", " and ", names);
    let (who, whose) = match voice {
        Voice::Operator => ("the customer", "the customer’s"),
        Voice::Customer => ("you", "your"),
    };
    let first = plain(reason, 0);
    let merchant = || names.merchant(first);
    Some(match &*reason.code {
        "like_context" => format!("similar to {}", items()),
        "similar_to" => format!("similar to {}, which {who} looked at recently", items()),
        "alike_customers" => format!("people who looked at {} went on to this", items()),
        "taste" if reason.evidence.is_empty() => format!("close to {whose} taste"),
        "taste" => format!("close to {whose} taste, going by {}", items()),
        "popular" => "popular these days".into(),
        "trending" => "rising fast".into(),
        "seen_together" => format!("looked at together with {} just now", items()),
        "liked_along" => format!("people who like {} tend to like this", items()),
        "goes_with" => format!("often bought together with {}", items()),
        "same_category" => format!("in “{first}”, a category {who} came back to"),
        "same_brand" => format!("by “{first}”, a brand {who} looked for"),
        "same_merchant" => format!("sold by “{}”, which {who} came back to", merchant()),
        "same_kind" => format!("of the same kind as {}", items()),
        "declared" if voice == Voice::Customer => format!("you told us you like “{first}”"),
        "declared" => format!("the customer named “{first}” as an interest"),
        "due_again" => format!(
            "last bought {first} days ago, and usually bought again after about {}",
            plain(reason, 1)
        ),
        "asked" if voice == Voice::Operator => "a candidate of the caller".into(),
        "explored" if voice == Voice::Operator => {
            "rarely shown so far; given a place by chance to learn how it is liked".into()
        }
        "explored" => "something new".into(),
        "pinned" if voice == Voice::Operator => "put at this place by the shop".into(),
        "pinned" => "picked by the shop".into(),
        "boosted" if voice == Voice::Operator => {
            format!("score multiplied by {} by the shop’s rule for “{first}”", plain(reason, 1))
        }
        "boosted_merchant" if voice == Voice::Operator => {
            let factor = plain(reason, 1);
            format!("score multiplied by {factor} by the shop’s rule for merchant “{}”", merchant())
        }
        "fatigue" if voice == Voice::Operator => {
            format!("held back: shown {first} times and left untouched")
        }
        "near_dismissed" if voice == Voice::Operator => {
            format!("held back: close to {}, which the customer dismissed", items())
        }
        _ => return None,
    })
}

/// What a reason says about the slate as a whole.
pub(super) fn about_slate(reason: &Reason, language: Language) -> Option<String> {
    let first = plain(reason, 0);
    let (zh, en) = match &*reason.code {
        "scenario_new" => (
            "顾客是新客，已知行为很少：展示更多品类，并偏向大家喜欢的商品。".into(),
            "The customer is new and little is known: more kinds of items, leaning to what most people like.".into(),
        ),
        "scenario_active" => (
            "顾客近期活跃，按其近期行为推荐。".into(),
            "The customer is active: recent behaviour leads.".into(),
        ),
        "scenario_at_risk" => (
            format!("顾客已有 {first} 天没有来过：多用畅销和复购商品，少做试探。"),
            format!("The customer has not come for {first} days: best-sellers and repeat purchases lead, with fewer experiments."),
        ),
        "not_personal" => (
            "这份列表不含个性化：对任何人都会这样推荐。".into(),
            "This list is not personal: anybody would be shown the same.".into(),
        ),
        "no_ranker" => (
            "排序模型尚未训练，以各召回通道的加权得分代替。".into(),
            "No ranker is trained yet; a weighted blend of the channels stands in for it.".into(),
        ),
        "no_models" => (
            "尚无训练好的模型，只用热度、商品属性和实时行为推荐。".into(),
            "No models are trained yet: popularity, attributes and live behaviour do the work.".into(),
        ),
        "long_tail" => (
            format!("为避免整页都是畅销品，有 {first} 个长尾商品被上移。"),
            format!("{first} lesser-known items were moved up so that no page is best-sellers only."),
        ),
        "few_candidates" => (
            format!("符合条件的商品只有 {first} 个。"),
            format!("Only {first} items met the conditions."),
        ),
        "buried" => (
            format!("应调用方要求，{first} 个商品被排到最后。"),
            format!("{first} items were put last because the caller asked for it."),
        ),
        _ => return None,
    };
    Some(match language {
        Language::Zh => zh,
        Language::En => en,
    })
}
