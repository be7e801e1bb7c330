//! Where does the next page begin? A token that holds the decision, the place and the page's size.
//!
//! The slate was ranked once and is kept in the decision's record, so pages never overlap, repeat
//! or shift when something happens in between. Whoever has the token has seen the first page; the
//! decision's id holds 74 bits of chance, so no token can be guessed.

use crate::Problem;
use commerce::DecisionId;

/// The token of the page of `count` items that begins at `start`.
pub(crate) fn token(decision: DecisionId, start: usize, count: usize) -> String {
    format!("{decision}.{start}.{count}")
}

/// What `token` says.
///
/// # Errors
/// `page_invalid` for a text that no server gave out.
pub(crate) fn read_token(token: &str) -> Result<(DecisionId, usize, usize), Problem> {
    let read = || {
        let (decision, rest) = token.split_once('.')?;
        let (start, count) = rest.split_once('.')?;
        let count: u16 = count.parse().ok().filter(|count| *count > 0)?;
        let start: u16 = start.parse().ok()?;
        Some((DecisionId::parse(decision).ok()?, start.into(), count.into()))
    };
    read().ok_or_else(|| Problem::new("page_invalid", "the token is not one of this server"))
}
