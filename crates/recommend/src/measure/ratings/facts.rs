//! What is known of items and customers beside the ratings?
//!
//! `u.item` (`id|title|release date|…|19 genre flags`) and `u.user` (`id|age|sex|…`) of
//! `MovieLens`-100K. Either may be missing: whatever reads them then does without, and says so.

use super::Ratings;
use crate::measure::{Files, MeasureError};

/// Genre flags at the end of a line of `u.item`.
pub(super) const GENRES: usize = 19;
/// The year of an item whose release date is not told: that of most items.
const YEAR_UNTOLD: u32 = 1995;

/// Facts of all items and customers, by their numbers from 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Facts {
    pub(super) items: Option<Vec<ItemFacts>>,
    pub(super) customers: Option<Vec<CustomerFacts>>,
}

/// What `u.item` says of one item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ItemFacts {
    /// Which of the 19 genres it has, ascending.
    pub(super) genres: Vec<usize>,
    /// Year of release.
    pub(super) year: u32,
}

/// What `u.user` says of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CustomerFacts {
    /// In years.
    pub(super) age: u32,
    pub(super) is_male: bool,
}

impl Facts {
    /// The facts in `files` of what `ratings` holds. Whom a file leaves out counts as nothing
    /// special: an item without genres, a customer of 30.
    pub(super) fn parse(files: &Files, ratings: &Ratings) -> Result<Self, MeasureError> {
        let nothing = ItemFacts { genres: Vec::new(), year: YEAR_UNTOLD };
        let expected = "id|title|day-month-year|…|19 genre flags, 0 or 1";
        let items = table(files, "u.item", expected, vec![nothing; ratings.items], parse_item)?;
        let nothing = CustomerFacts { age: 30, is_male: true };
        let expected = "id|age|M or F|…";
        let nobody = vec![nothing; ratings.customers];
        let customers = table(files, "u.user", expected, nobody, parse_customer)?;
        Ok(Self { items, customers })
    }

    /// A sentence for every file that is missing.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut say = |is_missing: bool, text: &str| {
            if is_missing {
                notes.push(text.to_owned());
            }
        };
        say(self.items.is_none(), "stacked: no u.item, so without genres and years of release");
        say(self.customers.is_none(), "stacked: no u.user, so without ages and sexes");
        notes
    }
}

fn table<T>(
    files: &Files,
    name: &str,
    expected: &str,
    mut rows: Vec<T>,
    parse: impl Fn(&str) -> Option<(usize, T)>,
) -> Result<Option<Vec<T>>, MeasureError> {
    let lines = match files.lines(name) {
        Ok(lines) => lines,
        Err(MeasureError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    for line in lines {
        let (id, facts) = parse(line.text).ok_or_else(|| line.bad(expected))?;
        // What nobody has rated is not ranked either.
        if let Some(row) = rows.get_mut(id) {
            *row = facts;
        }
    }
    Ok(Some(rows))
}

fn parse_item(text: &str) -> Option<(usize, ItemFacts)> {
    let fields: Vec<&str> = text.trim_end().split('|').collect();
    let id = fields.first()?.parse::<usize>().ok()?.checked_sub(1)?;
    let year = match *fields.get(2)? {
        "" => YEAR_UNTOLD,
        date => date.rsplit('-').next()?.parse().ok()?,
    };
    let flags = fields.get(fields.len().checked_sub(GENRES)?.max(3)..)?;
    let is_legal = flags.len() == GENRES && flags.iter().all(|flag| matches!(*flag, "0" | "1"));
    let genres = (0..GENRES).filter(|genre| flags.get(*genre) == Some(&"1")).collect();
    is_legal.then_some((id, ItemFacts { genres, year }))
}

fn parse_customer(text: &str) -> Option<(usize, CustomerFacts)> {
    let mut fields = text.split('|');
    let id = fields.next()?.parse::<usize>().ok()?.checked_sub(1)?;
    let age = fields.next()?.parse().ok()?;
    let is_male = match fields.next()? {
        "M" => true,
        "F" => false,
        _ => return None,
    };
    Some((id, CustomerFacts { age, is_male }))
}
