//! Columns that count: how an item stands with others, and with those who are like the customer.

use super::{super::super::facts::GENRES, Scores, View, models::pages};
use learn::error::FitError;

const DAY_S: i64 = 86_400;
/// First years of the spans of years after the first.
const SPANS: [u32; 12] = [1940, 1960, 1970, 1980, 1985, 1990, 1993, 1994, 1995, 1996, 1997, 1998];

type Made = Result<Option<Scores>, FitError>;

/// The same for every customer.
fn per_item(view: &View<'_>, values: &[f32]) -> Made {
    Ok(Some(view.fill(|_, out| out.copy_from_slice(values))))
}

/// Ratings of the item.
pub(super) fn count(view: &View<'_>) -> Made {
    per_item(view, &view.counts)
}

/// ln(1 + page) on which the item was rated, on average over its raters: what people come to first.
pub(super) fn page(view: &View<'_>) -> Made {
    let mut sums = vec![4_f32; view.counts.len()];
    for own in view.known.list.chunk_by(|a, b| a.customer == b.customer) {
        for (rating, page) in own.iter().zip(pages(own)) {
            sums[rating.item as usize] += (page as f32).ln_1p();
        }
    }
    sums.iter_mut().zip(&view.counts).for_each(|(sum, count)| *sum /= count + 2.0);
    per_item(view, &sums)
}

/// ln of how much the item's raters rate, on average.
pub(super) fn rater(view: &View<'_>) -> Made {
    let mut sums = vec![2.0 * 4.5_f32; view.counts.len()];
    for own in view.known.train.iter() {
        let length = (own.len().max(1) as f32).ln();
        own.columns.iter().for_each(|item| sums[*item as usize] += length);
    }
    sums.iter_mut().zip(&view.counts).for_each(|(sum, count)| *sum /= count + 2.0);
    per_item(view, &sums)
}

/// Over the item's genres: how much more of them the customer has than all customers, in tenths
/// of the latter share.
pub(super) fn genre(view: &View<'_>) -> Made {
    let Some(facts) = &view.facts.items else { return Ok(None) };
    let mut usual = [0_f32; GENRES];
    for (item, count) in facts.iter().zip(&view.counts) {
        item.genres.iter().for_each(|genre| usual[*genre] += count / view.total());
    }
    Ok(Some(view.fill(|customer, out| {
        let own = view.known.train.row(customer).columns;
        let mut leaning = [0_f32; GENRES];
        for &item in own {
            facts[item as usize].genres.iter().for_each(|genre| leaning[*genre] += 1.0);
        }
        for (share, usual) in leaning.iter_mut().zip(usual) {
            *share = 0.1 * (*share / own.len().max(1) as f32 - usual) / (usual + 0.02);
        }
        for (sum, item) in out.iter_mut().zip(facts) {
            *sum = item.genres.iter().map(|genre| leaning[*genre]).sum();
        }
    })))
}

/// ln of the share of the item's span of years in what the customer has, over its usual share.
pub(super) fn years(view: &View<'_>) -> Made {
    let Some(facts) = &view.facts.items else { return Ok(None) };
    let spans: Vec<usize> =
        facts.iter().map(|item| SPANS.partition_point(|first| *first <= item.year)).collect();
    let mut usual = [0_f32; SPANS.len() + 1];
    for (span, count) in spans.iter().zip(&view.counts) {
        usual[*span] += count / view.total();
    }
    Ok(Some(view.fill(|customer, out| {
        let own = view.known.train.row(customer).columns;
        let mut leaning = usual.map(|usual| 5.0 * usual);
        own.iter().for_each(|item| leaning[spans[*item as usize]] += 1.0);
        for (share, usual) in leaning.iter_mut().zip(usual) {
            let own_share = *share / (own.len() as f32 + 5.0);
            *share = (own_share / (usual + 1e-4) + 0.05).ln();
        }
        out.iter_mut().zip(&spans).for_each(|(sum, span)| *sum = leaning[*span]);
    })))
}

/// Ratings day by day, as sums over all days before.
struct Calendar {
    /// Days with ratings, ascending.
    days: Vec<i64>,
    /// Row d: ratings of every item before day d of `days`; one row more than there are days.
    before: Vec<Vec<f32>>,
    /// The same for all items together.
    all_before: Vec<f32>,
}

impl Calendar {
    fn new(view: &View<'_>) -> Self {
        let list = &view.known.list;
        let mut days: Vec<i64> = list.iter().map(|r| r.at_s.div_euclid(DAY_S)).collect();
        days.sort_unstable();
        days.dedup();
        let mut before = vec![vec![0_f32; view.counts.len()]; days.len() + 1];
        for rating in list {
            let day = days.partition_point(|day| *day < rating.at_s.div_euclid(DAY_S));
            before[day + 1][rating.item as usize] += 1.0;
        }
        for day in 1..before.len() {
            let (earlier, later) = before.split_at_mut(day);
            later[0].iter_mut().zip(&earlier[day - 1]).for_each(|(sum, more)| *sum += more);
        }
        let all_before = before.iter().map(|row| row.iter().sum()).collect();
        Self { days, before, all_before }
    }

    /// The row of ratings before `day`.
    fn row(&self, day: i64) -> usize {
        self.days.partition_point(|known| *known < day)
    }

    /// Days of each customer, ascending.
    fn own_days(view: &View<'_>) -> Vec<Vec<i64>> {
        let mut own = vec![Vec::new(); view.known.train.rows()];
        for rating in &view.known.list {
            let days: &mut Vec<i64> = &mut own[rating.customer as usize];
            let day = rating.at_s.div_euclid(DAY_S);
            if days.last() != Some(&day) {
                days.push(day);
            }
        }
        own
    }
}

/// ln of the item's share of all ratings within three days of the customer's own days, over its
/// share of all ratings: what was the talk of those days.
pub(super) fn days(view: &View<'_>) -> Made {
    let (calendar, own_days) = (Calendar::new(view), Calendar::own_days(view));
    let total = view.total();
    Ok(Some(view.fill(|customer, out| {
        if own_days[customer].is_empty() {
            return;
        }
        let mut all = 0.0;
        for day in &own_days[customer] {
            let (from, to) = (calendar.row(day - 3), calendar.row(day + 4));
            all += calendar.all_before[to] - calendar.all_before[from];
            let rows = calendar.before[to].iter().zip(&calendar.before[from]);
            out.iter_mut().zip(rows).for_each(|(sum, (to, from))| *sum += to - from);
        }
        for (sum, count) in out.iter_mut().zip(&view.counts) {
            let share = (*sum + 60.0 * count / total + 0.01) / (all + 60.0);
            *sum = (share / ((count + 0.1) / total)).ln();
        }
    })))
}

/// Share of the item's ratings that were given before the customer's last day.
pub(super) fn older(view: &View<'_>) -> Made {
    let (calendar, own_days) = (Calendar::new(view), Calendar::own_days(view));
    Ok(Some(view.fill(|customer, out| {
        let Some(last) = own_days[customer].last() else { return };
        let before = &calendar.before[calendar.row(*last)];
        for ((share, before), count) in out.iter_mut().zip(before).zip(&view.counts) {
            *share = before / count.max(1.0);
        }
    })))
}

/// ln of the item's share of raters of about the customer's age (a bell of 5 years), over the
/// usual one.
pub(super) fn age(view: &View<'_>) -> Made {
    let Some(facts) = &view.facts.customers else { return Ok(None) };
    let by_item = view.known.train.transpose();
    Ok(Some(view.fill(|customer, out| {
        let centre = facts[customer].age.clamp(5, 79) as f32;
        let bell = |age: u32| (-0.5 * ((age as f32 - centre) / 5.0).powi(2)).exp();
        let near: Vec<f32> = facts.iter().map(|other| bell(other.age)).collect();
        let usual = near.iter().sum::<f32>() / near.len() as f32;
        for (item, (sum, count)) in out.iter_mut().zip(&view.counts).enumerate() {
            let raters = by_item.row(item).columns.iter();
            let found: f32 = raters.map(|other| near[*other as usize]).sum();
            *sum = ((found + 15.0 * usual) / (count + 15.0) / usual).ln();
        }
    })))
}

/// ln of the item's share of raters of the customer's sex, over the usual one.
pub(super) fn sex(view: &View<'_>) -> Made {
    let Some(facts) = &view.facts.customers else { return Ok(None) };
    let men = facts.iter().filter(|customer| customer.is_male).count() as f32;
    // Where there is one sex only, the other's share must not be 0, or its logarithm is nothing.
    let usual = (men / facts.len() as f32).clamp(0.01, 0.99);
    let mut shares = vec![10.0 * usual; view.counts.len()];
    for rating in view.known.list.iter().filter(|r| facts[r.customer as usize].is_male) {
        shares[rating.item as usize] += 1.0;
    }
    shares.iter_mut().zip(&view.counts).for_each(|(sum, count)| *sum /= count + 10.0);
    Ok(Some(view.fill(|customer, out| {
        for (sum, share) in out.iter_mut().zip(&shares) {
            *sum = if facts[customer].is_male {
                (share / usual).ln()
            } else {
                ((1.0 - share) / (1.0 - usual)).ln()
            };
        }
    })))
}
