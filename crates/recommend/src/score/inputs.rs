//! What does the ranker see of a candidate? One flat row of numbers.
//!
//! Serving and training fill rows with the same code from the same features, so the two cannot
//! drift apart. Missing values are NaN, which the trees take as missing. The order is part of a trained
//! ranker: add at the end only, and train again.

use crate::candidates::{Channel, Scene};
use decide::slate::Pool;
use features::{Rates, Signal, TermKind};

/// Channels whose shares are inputs: those that can be trained on, in channel order.
const CHANNELS: usize = 10;
const _: () = assert!(Channel::Again as usize == CHANNELS - 1, "the blended channels come first");

/// Names of the inputs: code, Chinese, English.
pub(crate) const INPUTS: [(&str, &str, &str); 39] = [
    ("similar", "相似商品", "similar items"),
    ("alike", "相似顾客", "alike customers"),
    ("embedding", "口味向量", "taste vector"),
    ("hot", "热门", "popularity list"),
    ("live", "实时共现", "live companions"),
    ("linear", "线性关联", "linear model"),
    ("complements", "搭配购买", "bought together"),
    ("content", "同类属性", "shared attributes"),
    ("interests", "声明兴趣", "declared interests"),
    ("again", "复购周期", "repeat cycle"),
    ("blend", "通道加权", "blended channels"),
    ("channels", "命中通道数", "channels that agree"),
    ("popularity_week", "一周热度", "popularity of the week"),
    ("popularity_now", "当前热度", "popularity of now"),
    ("trend", "上升趋势", "trend"),
    ("click_rate", "点击率", "click rate"),
    ("cart_rate", "加购率", "cart rate"),
    ("buy_rate", "购买率", "buy rate"),
    ("dismiss_rate", "不感兴趣率", "dismiss rate"),
    ("rating", "评分", "rating"),
    ("price", "价格", "price"),
    ("rebate", "返利比例", "rebate"),
    ("age", "上架时间", "age of the item"),
    ("shown_total", "累计展示", "times shown to all"),
    ("taste", "偏好重合度", "overlap with their taste"),
    ("price_fit", "价格习惯", "usual price"),
    ("touches", "看过次数", "times they touched it"),
    ("strength", "近期兴趣", "their recent interest in it"),
    ("since_touch", "距上次查看", "time since their last touch"),
    ("bought", "买过次数", "times they bought it"),
    ("shown", "已展示次数", "times shown to them"),
    ("history", "历史长度", "length of their history"),
    ("session", "本次浏览深度", "depth of this visit"),
    ("quiet", "离开天数", "days since they came"),
    ("surface", "推荐位置", "surface"),
    ("hour", "时段", "hour of the day"),
    ("taste_category", "品类偏好", "taste for its category"),
    ("taste_brand", "品牌偏好", "taste for its brand"),
    ("taste_attributes", "属性偏好", "taste for its attributes"),
];

/// Width of a row.
pub(crate) const WIDTH: usize = INPUTS.len();

/// Fills `rows` with one row for each candidate of `pool`; `blended[place]` is its blend.
pub(crate) fn fill_inputs(scene: &Scene<'_>, pool: &Pool, blended: &[f32], rows: &mut Vec<f32>) {
    rows.clear();
    rows.resize(pool.len() * WIDTH, 0.0);
    let rates = scene.items.rates(scene.now);
    let common = common(scene);
    scene.items.warm(pool.whats());
    for (place, row) in rows.chunks_exact_mut(WIDTH).enumerate() {
        let item = pool.whats()[place];
        row[..CHANNELS].copy_from_slice(&pool.shares(place)[..CHANNELS]);
        row[CHANNELS] = blended[place];
        row[CHANNELS + 1] = (pool.mask(place) & ((1 << CHANNELS) - 1)).count_ones() as f32;
        of_item(scene, &rates, item, &mut row[12..24]);
        let [taste, leanings @ ..] = of_taste(scene, item);
        row[24] = taste;
        of_customer_and_item(scene, item, &mut row[25..31]);
        row[31..36].copy_from_slice(&common);
        row[36..].copy_from_slice(&leanings);
    }
}

fn ln1(value: f64) -> f32 {
    (1.0 + value as f32).ln()
}

fn of_item(scene: &Scene<'_>, rates: &Rates<'_>, item: u32, row: &mut [f32]) {
    let stats = &scene.items.row(item).stats;
    let rates = rates.of(stats);
    let total = |signal| stats.total(signal) as f32;
    let views = total(Signal::View) + total(Signal::Select);
    let rate = |count: f32, prior: f32| (count + 20.0 * prior) / (views + 20.0);
    row[0] = ln1(rates.middle);
    row[1] = ln1(rates.short);
    row[2] = rates.trend as f32;
    row[3] = rates.click_rate as f32;
    row[4] = rate(total(Signal::Cart), 0.05);
    row[5] = rate(total(Signal::Purchase), 0.02);
    row[6] = rate(total(Signal::Dismiss), 0.0);
    row[7] = stats.rating().map_or(f32::NAN, |(count, mean)| {
        let count = count as f32;
        (mean * count + 3.5 * 5.0) / (count + 5.0)
    });
    row[8] = crate::needs::ln_price(scene.items, item).unwrap_or(f32::NAN);
    row[9] = scene.items.row(item).item.rebate_ppm as f32 * 1e-6;
    row[10] = (1.0 + scene.known.days_since(stats.first_s)).ln();
    row[11] = (1.0 + total(Signal::Shown)).ln();
}

fn of_customer_and_item(scene: &Scene<'_>, item: u32, row: &mut [f32]) {
    let known = scene.known;
    let price = crate::needs::ln_price(scene.items, item);
    row[0] = match (known.price, price) {
        (Some((mean, spread)), Some(price)) => ((price - mean) / spread).clamp(-8.0, 8.0),
        _ => 0.0,
    };
    match known.past(item) {
        Some(past) => {
            row[1] = past.touches as f32;
            row[2] = past.strength;
            row[3] = match past.touched_s {
                0 => f32::NAN,
                at_s => (1.0 + known.days_since(at_s)).ln(),
            };
            row[4] = past.bought as f32;
            row[5] = past.shown as f32;
        }
        None => row[3] = f32::NAN,
    }
}

/// The item's terms in the customer's own taste: their share of what was touched of late, and how
/// much its categories, its brand and its attributes are preferred.
fn of_taste(scene: &Scene<'_>, item: u32) -> [f32; 4] {
    let mut sums = [0.0; 4];
    let terms = scene.items.row(item).terms.iter();
    for leaning in terms.filter_map(|term| scene.known.own_taste.get(term)) {
        sums[0] += leaning.share;
        match leaning.kind {
            TermKind::Category => sums[1] += leaning.lean,
            TermKind::Brand => sums[2] += leaning.lean,
            TermKind::Attribute => sums[3] += leaning.lean,
            TermKind::Merchant => {}
        }
    }
    sums
}

/// What is the same for every candidate of an ask.
fn common(scene: &Scene<'_>) -> [f32; 5] {
    let known = scene.known;
    let quiet = if known.quiet_days.is_finite() { (1.0 + known.quiet_days).ln() } else { f32::NAN };
    [
        (1.0 + known.touches as f32).ln(),
        (1.0 + known.session_touches as f32).ln(),
        quiet,
        f32::from(scene.surface as u8),
        (known.now_s / 3_600 % 24) as f32,
    ]
}
