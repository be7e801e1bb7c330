//! What do customers say of what they bought? Chinese sentences that fit the rating.
//!
//! Facts carry the rating only; the words are made here, from the same fact, for whoever reads
//! reviews.

use crate::dice::Dice;
use crate::words::{LEAVES, STYLES};
use crate::{Shop, ids};
use commerce::{Body, EventKind, Fact};

const REVIEW: u64 = 51;

const GOOD: &[&str] = &[
    "质量很好，和描述一致",
    "用了几天，非常满意",
    "做工细致，超出预期",
    "性价比很高",
    "颜色很正，家里人都喜欢",
    "第二次买了，一如既往地好",
    "手感不错，值这个价",
    "比实体店划算",
];
const MIDDLING: &[&str] = &[
    "还行吧，中规中矩",
    "和想象的有一点差别",
    "一般般，对得起价格",
    "功能够用，细节有待提高",
    "包装普通，东西还可以",
];
const BAD: &[&str] = &[
    "有点失望，和图片不太一样",
    "用了两天就出问题了",
    "做工粗糙，不值这个价",
    "味道比较大，不敢用",
    "不推荐，已经申请退货",
];
const DELIVERY: &[&str] = &[
    "物流很快，隔天就到了。",
    "快递小哥态度好。",
    "发货有点慢。",
    "包装完好无损。",
    "等了好几天才到。",
];
const AGAIN: &[&str] = &["会回购。", "推荐给大家。", "下次还来。"];

/// The words of a `rate_item` fact of this shop; `None` for any other fact.
pub(crate) fn words(shop: &Shop, fact: &Fact) -> Option<String> {
    let Body::Event(event) = &fact.body else { return None };
    let rating = event.rating.filter(|_| event.kind == EventKind::RateItem)?;
    let number = ids::item_number(&event.lines.first()?.item)?;
    let traits = shop.shelf.get(number as usize)?;
    let salt = fact.id.as_str().bytes().fold(0u64, |h, b| h.wrapping_mul(31) ^ u64::from(b));
    let mut dice = Dice::of(shop.options.seed, REVIEW, salt);
    let mut pick = |from: &[&'static str]| from[dice.below(from.len() as u32) as usize];
    let opinion = match rating {
        4.0.. => pick(GOOD),
        3.0.. => pick(MIDDLING),
        _ => pick(BAD),
    };
    let what = LEAVES[traits.leaf as usize].zh;
    let style = STYLES[traits.style as usize].0;
    let delivery = pick(DELIVERY);
    let mut text = match pick(&["a", "b", "c"]) {
        "a" => format!("{what}{opinion}。{delivery}"),
        "b" => format!("{style}风格的{what}，{opinion}。"),
        _ => format!("{opinion}，{delivery}"),
    };
    if rating >= 5.0 {
        text.push_str(pick(AGAIN));
    }
    Some(text)
}
