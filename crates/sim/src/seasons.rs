//! What day is it? How many come and what things cost, through the hours and the year: the summer
//! sale around 18 June (618), Double 11, Double 12.

use crate::dice::Dice;
use commerce::At;

const OFFER: u64 = 31;
/// Shops and customers keep Beijing time.
const ZONE_MS: i64 = 8 * At::HOUR_MS;
/// The part of the catalogue that takes part in a season of offers.
const TAKING_PART: f64 = 0.4;

/// A season of offers, by the days of the year from its first to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Season {
    /// What people call it.
    pub name: &'static str,
    /// Month and day on which prices begin to fall.
    from: (u32, u32),
    /// The first of the days on which everybody comes.
    peak: (u32, u32),
    /// The last day.
    to: (u32, u32),
}

/// The year's seasons.
pub const SEASONS: [Season; 3] = [
    Season { name: "618", from: (6, 1), peak: (6, 16), to: (6, 18) },
    Season { name: "双11", from: (10, 31), peak: (11, 10), to: (11, 11) },
    Season { name: "双12", from: (12, 9), peak: (12, 12), to: (12, 12) },
];

/// How far into a season a day lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Prices are as usual.
    Usual,
    /// The run-up: half the cut.
    RunUp(Season),
    /// The days themselves: the whole cut.
    Peak(Season),
}

/// Days since 1970 in Beijing.
pub(crate) fn day(at: At) -> i64 {
    at.plus_ms(ZONE_MS).ms().div_euclid(At::DAY_MS)
}

/// The instant at which a day of [`day`] begins.
pub(crate) fn starts(day: i64) -> At {
    At::from_ms(day * At::DAY_MS - ZONE_MS)
}

/// Month and day of a day since 1970 (Hinnant, "chrono-compatible low-level date algorithms").
fn month_day(day: i64) -> (u32, u32) {
    let of_era = (day + 719_468).rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    ((if month < 10 { month + 3 } else { month - 9 }) as u32, day as u32)
}

pub(crate) fn phase_of(day: i64) -> Phase {
    let today = month_day(day);
    let found = SEASONS.iter().find(|s| (s.from..=s.to).contains(&today));
    match found {
        Some(&season) if today >= season.peak => Phase::Peak(season),
        Some(&season) => Phase::RunUp(season),
        None => Phase::Usual,
    }
}

/// How many come on this day, the usual Monday being 1.
pub(crate) fn visits_factor(day: i64) -> f64 {
    let weekend = matches!((day + 3).rem_euclid(7), 5 | 6);
    let week = if weekend { 1.25 } else { 1.0 };
    week * match phase_of(day) {
        Phase::Usual => 1.0,
        Phase::RunUp(_) => 1.3,
        Phase::Peak(_) => 3.0,
    }
}

/// How many come in each hour of a day: few at night, most after supper.
const HOURS: [f64; 24] = [
    0.5, 0.3, 0.2, 0.1, 0.1, 0.2, 0.4, 0.7, 0.9, 1.1, 1.2, 1.2, 1.3, 1.2, 1.1, 1.1, 1.1, 1.1, 1.2,
    1.4, 1.7, 1.8, 1.5, 0.9,
];

/// What an item's price is multiplied by on this day: 1 but in a season of offers, where those that
/// take part fall by 8 to 35 %, half of it in the run-up.
pub(crate) fn price_factor(seed: u64, item: u32, phase: Phase) -> f64 {
    let (season, part) = match phase {
        Phase::Usual => return 1.0,
        Phase::RunUp(season) => (season, 0.5),
        Phase::Peak(season) => (season, 1.0),
    };
    let number = (u64::from(item) << 8) | u64::from(season.from.0);
    let mut dice = Dice::of(seed, OFFER, number);
    if dice.chance(TAKING_PART) { 1.0 - part * (0.08 + 0.27 * dice.unit()) } else { 1.0 }
}

/// When do visits come? A clock that runs by how many come, not by how much time passes.
#[derive(Clone, Debug)]
pub(crate) struct Rush {
    from: At,
    /// Visits up to the end of each hour, as a share of all.
    shares: Vec<f64>,
}

impl Rush {
    pub(crate) fn new(from: At, days: u32) -> Self {
        let weigh = |hour: i64| {
            let at = from.plus_ms(hour * At::HOUR_MS + At::HOUR_MS / 2);
            let of_day = at.plus_ms(ZONE_MS).ms().rem_euclid(At::DAY_MS) / At::HOUR_MS;
            visits_factor(day(at)) * HOURS[of_day as usize % HOURS.len()]
        };
        let mut shares: Vec<f64> = (0..i64::from(days.max(1)) * 24)
            .scan(0.0, |sum, hour| {
                *sum += weigh(hour);
                Some(*sum)
            })
            .collect();
        let all = shares.last().copied().unwrap_or(1.0);
        shares.iter_mut().for_each(|share| *share /= all);
        Self { from, shares }
    }

    /// The instant by which `share` of all visits (0 to 1) have come.
    pub(crate) fn at(&self, share: f64) -> At {
        let hour = self.shares.partition_point(|&until| until <= share).min(self.shares.len() - 1);
        let before = if hour == 0 { 0.0 } else { self.shares[hour - 1] };
        let within = ((share - before) / (self.shares[hour] - before)).clamp(0.0, 1.0);
        self.from.plus_ms(((hour as f64 + within) * At::HOUR_MS as f64) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_knows_the_seasons() {
        let on = |text: &str| phase_of(day(At::parse(&format!("{text}T12:00:00+08:00")).unwrap()));
        assert_eq!(on("2026-06-18"), Phase::Peak(SEASONS[0]));
        assert_eq!(on("2026-06-19"), Phase::Usual);
        assert_eq!(on("2024-02-29"), Phase::Usual);
        assert_eq!(on("2027-11-01"), Phase::RunUp(SEASONS[1]));
        assert_eq!(on("2026-11-11"), Phase::Peak(SEASONS[1]));
        assert_eq!(on("2026-12-12"), Phase::Peak(SEASONS[2]));
    }

    #[test]
    fn the_rush_never_goes_back_and_fills_the_span() {
        let rush = Rush::new(At::from_s(1_790_000_000), 60);
        let times: Vec<At> = (0..=1_000).map(|n| rush.at(f64::from(n) / 1_000.0)).collect();
        assert!(times.is_sorted());
        assert_eq!(times[0], At::from_s(1_790_000_000));
        assert_eq!(times[1_000], times[0].plus_ms(60 * At::DAY_MS));
    }
}
