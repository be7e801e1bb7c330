//! What is wrong with this JSON, all of it, and where?
//!
//! Bodies and queries are read field by field rather than by a derived decoder, because a sender
//! is helped by every mistake at once, each with its path, the value seen and the values allowed;
//! a decoder stops at the first and knows neither of the last two. Every field asked for is
//! remembered: what was sent but never asked for is unknown, and a test compares the names asked
//! for with those of the OpenAPI schema.

use super::report::{FieldProblem, NOTED_MAX, Path, Report, shown};
use commerce::{At, Currency, IdError, Money};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::fmt;

/// The longest free text (a title, a query), in bytes.
pub(crate) const TEXT_MAX: usize = 1_000;
/// The longest short text (a category, a channel, a brand), in bytes.
pub(crate) const WORD_MAX: usize = 200;

/// The fields of one JSON object.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: Path<'a>,
    report: &'a Report,
    asked: RefCell<Vec<&'static str>>,
    /// Query parameters are texts: there `"5"` is a number.
    texts: bool,
}

impl<'a> Fields<'a> {
    /// The fields of a whole body.
    pub(crate) fn of_body(map: &'a Map<String, Value>, report: &'a Report) -> Self {
        Self { map, path: Path::Root, report, asked: RefCell::default(), texts: false }
    }

    /// The parameters of a query.
    pub(crate) fn of_query(map: &'a Map<String, Value>, report: &'a Report) -> Self {
        Self { texts: true, ..Self::of_body(map, report) }
    }

    /// Says what is wrong with field `name`.
    pub(crate) fn wrong(&self, name: &str, allowed: impl fmt::Display) {
        let sent = self.map.get(name).filter(|value| !value.is_null());
        let seen = sent.map_or_else(|| "nothing".to_owned(), shown);
        self.wrong_at(Path::Field(&self.path, name), seen, &allowed);
    }

    /// Says which rule between fields is broken, at field `name`.
    pub(crate) fn broken(&self, name: &str, allowed: impl fmt::Display) {
        self.report.rules.set(self.report.rules.get() + 1);
        self.wrong(name, allowed);
    }

    fn wrong_at(&self, path: Path<'_>, seen: String, allowed: &dyn fmt::Display) {
        let mut problems = self.report.problems.borrow_mut();
        if problems.len() < NOTED_MAX {
            let (path, allowed) = (path.to_string(), allowed.to_string());
            problems.push(FieldProblem { path, seen, allowed });
        }
    }

    /// The value of `name`; `null` counts as not sent.
    fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Whether `name` was sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether nothing was found wrong so far.
    pub(crate) fn is_sound(&self) -> bool {
        self.report.problems.borrow().is_empty()
    }

    /// A text of at most `bytes_max` bytes; blanks around it are cut, an empty one is none.
    pub(crate) fn text(&self, name: &'static str, bytes_max: usize) -> Option<&'a str> {
        let value = self.value(name)?;
        let allowed = || format!("text of at most {bytes_max} bytes without control characters");
        match value.as_str().map(str::trim) {
            Some("") => None,
            Some(text) if text.len() <= bytes_max && !text.chars().any(char::is_control) => {
                Some(text)
            }
            _ => {
                self.wrong(name, allowed());
                None
            }
        }
    }

    /// A text of at most `bytes_max` bytes that may have lines and tabs; an empty one is none.
    pub(crate) fn lines(&self, name: &'static str, bytes_max: usize) -> Option<Box<str>> {
        let value = self.value(name)?;
        let sound = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        match value.as_str() {
            Some("") => None,
            Some(text) if text.len() <= bytes_max && text.chars().all(sound) => Some(text.into()),
            _ => {
                self.wrong(name, format!("text of at most {bytes_max} bytes"));
                None
            }
        }
    }

    /// As [`Fields::text`], owned.
    pub(crate) fn boxed(&self, name: &'static str, bytes_max: usize) -> Option<Box<str>> {
        self.text(name, bytes_max).map(Into::into)
    }

    /// An id, as text or as a whole number.
    pub(crate) fn id<T>(
        &self,
        name: &'static str,
        make: impl Fn(&str) -> Result<T, IdError>,
    ) -> Option<T> {
        self.id_of(self.value(name)?, Path::Field(&self.path, name), make)
    }

    fn id_of<T>(
        &self,
        value: &Value,
        path: Path<'_>,
        make: impl Fn(&str) -> Result<T, IdError>,
    ) -> Option<T> {
        let made = match value {
            Value::String(text) => make(text),
            Value::Number(number) if number.is_i64() || number.is_u64() => {
                make(&number.to_string())
            }
            _ => {
                self.wrong_at(path, shown(value), &"an id: text of 1 to 128 bytes");
                return None;
            }
        };
        made.map_err(|error| self.wrong_at(path, shown(value), &error)).ok()
    }

    /// An id that must be there.
    pub(crate) fn id_needed<T>(
        &self,
        name: &'static str,
        make: impl Fn(&str) -> Result<T, IdError>,
    ) -> Option<T> {
        if !self.has(name) {
            self.value(name);
            self.wrong(name, "an id: text of 1 to 128 bytes");
            return None;
        }
        self.id(name, make)
    }

    /// A list of at most `most` ids. In a query: repeated, or separated by commas.
    pub(crate) fn ids<T>(
        &self,
        name: &'static str,
        most: usize,
        make: impl Fn(&str) -> Result<T, IdError>,
    ) -> Vec<T> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let parts: Vec<Value>;
        let list = match value {
            Value::Array(list) => list,
            Value::String(text) if self.texts => {
                parts = text.split(',').map(|part| Value::from(part.trim())).collect();
                &parts
            }
            _ => {
                self.wrong(name, format!("a list of at most {most} ids"));
                return Vec::new();
            }
        };
        if !self.fits(name, list.len(), most) {
            return Vec::new();
        }
        let path = Path::Field(&self.path, name);
        let ids = list
            .iter()
            .enumerate()
            .filter_map(|(place, value)| self.id_of(value, Path::Place(&path, place), &make));
        ids.collect()
    }

    /// A list of at most `most` short texts.
    pub(crate) fn words(&self, name: &'static str, most: usize) -> Vec<Box<str>> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let parts: Vec<Value>;
        let list = match value {
            Value::Array(list) => list,
            Value::String(text) if self.texts => {
                parts = text.split(',').map(Value::from).collect();
                &parts
            }
            _ => {
                self.wrong(
                    name,
                    format!("a list of at most {most} texts of 1 to {WORD_MAX} bytes"),
                );
                return Vec::new();
            }
        };
        if !self.fits(name, list.len(), most) {
            return Vec::new();
        }
        let path = Path::Field(&self.path, name);
        let word = |(place, value): (usize, &Value)| {
            let text = value.as_str().map(str::trim);
            let sound = text.filter(|text| (1..=WORD_MAX).contains(&text.len()));
            if sound.is_none() {
                let allowed = format!("text of 1 to {WORD_MAX} bytes");
                self.wrong_at(Path::Place(&path, place), shown(value), &allowed);
            }
            sound.map(Into::into)
        };
        list.iter().enumerate().filter_map(word).collect()
    }

    /// A whole number within `least..=most`.
    pub(crate) fn whole(&self, name: &'static str, least: u64, most: u64) -> Option<u64> {
        let value = self.value(name)?;
        let found = match value {
            Value::String(text) if self.texts => text.parse().ok(),
            // 3.0 is what some languages make of 3.
            Value::Number(number) => number.as_u64().or_else(|| {
                number
                    .as_f64()
                    .filter(|f| f.fract() == 0.0 && (0.0..9e15).contains(f))
                    .map(|f| f as u64)
            }),
            _ => None,
        };
        let found = found.filter(|found| (least..=most).contains(found));
        if found.is_none() {
            self.wrong(name, format!("a whole number from {least} to {most}"));
        }
        found
    }

    /// As [`Fields::whole`] for `u32`.
    pub(crate) fn whole_u32(&self, name: &'static str, least: u32, most: u32) -> Option<u32> {
        let found = self.whole(name, least.into(), most.into())?;
        u32::try_from(found).ok()
    }

    /// A whole number that is not 0, of either sign.
    pub(crate) fn change(&self, name: &'static str) -> Option<i32> {
        let found = self.value(name)?.as_i64().filter(|found| *found != 0);
        let change = found.and_then(|found| i32::try_from(found).ok());
        if change.is_none() {
            self.wrong(name, "a whole number from -2147483648 to 2147483647 but 0");
        }
        change
    }

    /// A number within `least..=most`.
    pub(crate) fn number(&self, name: &'static str, least: f64, most: f64) -> Option<f64> {
        let value = self.value(name)?;
        let found = match value {
            Value::String(text) if self.texts => text.parse().ok(),
            other => other.as_f64(),
        };
        let found = found.filter(|found| (least..=most).contains(found));
        if found.is_none() {
            self.wrong(name, format!("a number from {least} to {most}"));
        }
        found
    }

    /// True or false.
    pub(crate) fn flag(&self, name: &'static str) -> Option<bool> {
        let value = self.value(name)?;
        let found = match value {
            Value::String(text) if self.texts => text.parse().ok(),
            other => other.as_bool(),
        };
        if found.is_none() {
            self.wrong(name, "true or false");
        }
        found
    }

    /// One of `named`'s words.
    pub(crate) fn word<T>(
        &self,
        name: &'static str,
        named: impl Fn(&str) -> Option<T>,
        allowed: &[&str],
    ) -> Option<T> {
        let found = self.value(name)?.as_str().and_then(named);
        if found.is_none() {
            self.wrong(name, allowed.join(", "));
        }
        found
    }

    /// One of `named`'s words that must be there.
    pub(crate) fn word_needed<T>(
        &self,
        name: &'static str,
        named: impl Fn(&str) -> Option<T>,
        allowed: &[&str],
    ) -> Option<T> {
        if !self.has(name) {
            self.value(name);
            self.wrong(name, allowed.join(", "));
            return None;
        }
        self.word(name, named, allowed)
    }

    /// A believable instant: RFC 3339, or Unix seconds, milliseconds or microseconds.
    pub(crate) fn time(&self, name: &'static str, now: At) -> Option<At> {
        let value = self.value(name)?;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => {
                self.wrong(name, "RFC 3339 such as 2026-11-11T20:00:00+08:00, or Unix seconds");
                return None;
            }
        };
        let read = At::parse(&text).and_then(|at| at.believable(now));
        read.map_err(|error| self.wrong(name, error)).ok()
    }

    /// The currency of this object's amounts.
    pub(crate) fn currency(&self, name: &'static str) -> Option<Currency> {
        let text = self.text(name, 16)?;
        Currency::parse(text).map_err(|error| self.wrong(name, error)).ok()
    }

    /// An amount of 0 or more of `currency`: exact as text, or a number that is a whole amount of
    /// minor units but for the rounding of binary fractions.
    pub(crate) fn money(&self, name: &'static str, currency: Currency) -> Option<Money> {
        let value = self.value(name)?;
        let money = match value {
            Value::String(text) => Money::parse(text, currency).map_err(|error| error.to_string()),
            Value::Number(number) => rounded(number.as_f64().unwrap_or(f64::NAN), currency),
            _ => Err(format!("an amount of {currency} such as 12.5")),
        };
        match money {
            Ok(money) if money.minor >= 0 => Some(money),
            Ok(_) => {
                self.wrong(name, "an amount of 0 or more");
                None
            }
            Err(allowed) => {
                self.wrong(name, allowed);
                None
            }
        }
    }

    /// The objects of a list of at most `most`, each read by `read`.
    pub(crate) fn objects<T>(
        &self,
        name: &'static str,
        most: usize,
        read: impl Fn(&Fields<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let Value::Array(list) = value else {
            self.wrong(name, format!("a list of at most {most} objects"));
            return Vec::new();
        };
        if !self.fits(name, list.len(), most) {
            return Vec::new();
        }
        let path = Path::Field(&self.path, name);
        let mut made = Vec::with_capacity(list.len());
        for (place, value) in list.iter().enumerate() {
            made.extend(self.inner(Path::Place(&path, place), value, &read));
        }
        made
    }

    /// One object, read by `read`.
    pub(crate) fn object<T>(
        &self,
        name: &'static str,
        read: impl Fn(&Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(name)?;
        self.inner(Path::Field(&self.path, name), value, &read)
    }

    fn inner<T>(
        &self,
        path: Path<'_>,
        value: &Value,
        read: &impl Fn(&Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let Value::Object(map) = value else {
            self.wrong_at(path, shown(value), &"an object");
            return None;
        };
        let inner =
            Fields { map, path, report: self.report, asked: RefCell::default(), texts: self.texts };
        let made = read(&inner);
        inner.note_unknown();
        made
    }

    /// Names and values of an object of short texts, such as attributes.
    pub(crate) fn pairs(&self, name: &'static str, most: usize) -> Vec<(&'a str, String)> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let allowed =
            || format!("an object of at most {most} texts, numbers, booleans or lists of them");
        let Value::Object(map) = value else {
            self.wrong(name, allowed());
            return Vec::new();
        };
        if !self.fits(name, map.len(), most) {
            return Vec::new();
        }
        let mut pairs = Vec::with_capacity(map.len());
        for (key, value) in map {
            let path = Path::Field(&self.path, name);
            let values = match value {
                Value::Array(list) => list.as_slice(),
                single => std::slice::from_ref(single),
            };
            for value in values {
                match plain(value).filter(|text| text.len() <= WORD_MAX && key.len() <= WORD_MAX) {
                    Some(text) => pairs.push((key.as_str(), text)),
                    None => self.wrong_at(Path::Field(&path, key), shown(value), &allowed()),
                }
            }
        }
        if !self.fits(name, pairs.len(), most) {
            pairs.clear();
        }
        pairs
    }

    fn fits(&self, name: &'static str, found: usize, most: usize) -> bool {
        if found > most {
            let path = Path::Field(&self.path, name);
            self.wrong_at(path, format!("{found} entries"), &format!("at most {most} entries"));
        }
        found <= most
    }

    /// Notes what was sent but never asked for. Called by [`Fields::objects`] for inner objects;
    /// the reader of a whole body calls it last.
    pub(crate) fn note_unknown(&self) {
        let asked = self.asked.borrow();
        let allowed = || asked.join(", ");
        let room = NOTED_MAX.saturating_sub(self.report.unknown.borrow().len());
        let unknown = self.map.keys().filter(|name| !asked.contains(&name.as_str()));
        for name in unknown.take(room) {
            let path = Path::Field(&self.path, name).to_string();
            let problem = FieldProblem {
                path: path.chars().take(WORD_MAX).collect(),
                seen: shown(&self.map[name.as_str()]),
                allowed: format!("one of the fields {}", allowed()),
            };
            self.report.unknown.borrow_mut().push(problem);
        }
        self.report.asked.borrow_mut().extend(asked.iter());
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.chars().any(char::is_control) => Some(text.trim().into()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// `value` in minor units, if it is a whole number of them but for binary rounding.
fn rounded(value: f64, currency: Currency) -> Result<Money, String> {
    let scaled = value * 10f64.powi(currency.minor_digits() as i32);
    let whole = scaled.round();
    if whole.abs() >= 9e15 {
        return Err(format!(
            "an amount of {currency} below {:e}",
            9e15 / 10f64.powi(currency.minor_digits() as i32)
        ));
    }
    if (scaled - whole).abs() < 1e-4 {
        return Ok(Money::new(whole as i64, currency));
    }
    let digits = currency.minor_digits();
    Err(format!("an amount of {currency} with at most {digits} digits after the point"))
}
