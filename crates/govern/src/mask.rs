//! How is a person named in a log? Shortened so far that an engineer who already has the id can
//! recognise it and nobody else can call, write or look it up.

use std::fmt;

/// An id, phone number or e-mail address that prints shortened: `cu…42`, `138…78`, `l…@shop.example`.
#[derive(Clone, Copy)]
pub struct Masked<'a>(pub &'a str);

/// `text` shown shortened; see [`Masked`].
#[must_use]
pub fn masked(text: &str) -> Masked<'_> {
    Masked(text)
}

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, host)) = self.0.split_once('@') {
            return write!(f, "{}…@{host}", first(name, 1));
        }
        match self.0.chars().count() {
            0..=3 => f.write_str("…"),
            4..=7 => write!(f, "{}…", first(self.0, 1)),
            8..=10 => write!(f, "{}…{}", first(self.0, 2), last(self.0, 2)),
            _ => write!(f, "{}…{}", first(self.0, 3), last(self.0, 2)),
        }
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn first(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

fn last(text: &str, count: usize) -> &str {
    text.char_indices().nth_back(count - 1).map_or(text, |(start, _)| &text[start..])
}

/// Free text with every e-mail address and every number of 7 digits or more (phone, card,
/// identity number; blanks, dots and hyphens within it do not hide it) shortened.
///
/// Finds what it can: names and street addresses are not found, so free text of customers does
/// not belong into logs even masked.
#[must_use]
pub fn masked_text(text: &str) -> String {
    use fmt::Write as _;
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let word = token(rest);
        if let Some(digits) = long_number(rest) {
            let _ = write!(shown, "{}", Masked(&rest[..digits])); // writing to a String cannot fail
            rest = &rest[digits..];
        } else if is_email(word) {
            let _ = write!(shown, "{}", Masked(word));
            rest = &rest[word.len()..];
        } else if is_email_part(next) {
            // Up to the end of a run of digits or letters, so that no number is entered midway.
            let same = |c: char| is_email_part(c) && c.is_ascii_digit() == next.is_ascii_digit();
            let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
            shown.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            shown.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    shown
}

/// Bytes of the number that `text` begins with, if it has 7 digits or more.
fn long_number(text: &str) -> Option<usize> {
    let (mut digits, mut end) = (0, 0);
    for (place, c) in text.char_indices() {
        if c.is_ascii_digit() || ('０'..='９').contains(&c) {
            digits += 1;
            end = place + c.len_utf8();
        } else if digits == 0 && c != '+' || place > end || !matches!(c, '+' | '-' | ' ' | '.') {
            break;
        }
    }
    (digits >= 7).then_some(end)
}

/// The run of characters of an e-mail address that `text` begins with.
fn token(text: &str) -> &str {
    let end = text.find(|c| !is_email_part(c) && c != '@').unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

fn is_email_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%')
}

fn is_email(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !host.contains('@')
}
