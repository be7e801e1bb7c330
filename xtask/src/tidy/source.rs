//! Which characters of a Rust file are code, which are comment, which are text?
//!
//! Not a parser: it knows comments, strings, characters and lifetimes, and that is enough to look
//! at identifiers without being fooled by prose.

/// A Rust file, line by line: the code with everything else blanked, and the comments.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) code: Vec<String>,
    pub(crate) comments: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    Line,
    /// Depth of nesting.
    Block(u32),
    Text,
    /// Number of hashes.
    Raw(usize),
}

impl Source {
    pub(crate) fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let (mut code, mut comments) = (vec![String::new()], vec![String::new()]);
        let mut state = State::Code;
        let mut at = 0;
        while at < chars.len() {
            if chars[at] == '\n' {
                code.push(String::new());
                comments.push(String::new());
                if state == State::Line {
                    state = State::Code;
                }
                at += 1;
                continue;
            }
            let (next, length) = step(state, &chars, at);
            let end = (at + length).min(chars.len());
            for &char in &chars[at..end] {
                let (in_code, in_comment) = match (state, next) {
                    (State::Code, State::Code) => (char, ' '),
                    (State::Line | State::Block(_), _) | (_, State::Line | State::Block(_)) => {
                        (' ', char)
                    }
                    _ => (' ', ' '),
                };
                if let (Some(code), Some(comment)) = (code.last_mut(), comments.last_mut()) {
                    code.push(in_code);
                    comment.push(in_comment);
                }
            }
            state = next;
            at = end;
        }
        Self { code, comments }
    }

    /// Identifiers with their line, from 1.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().enumerate().flat_map(|(line, code)| {
            let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            let named =
                words.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'));
            named.map(move |word| (line + 1, word))
        })
    }
}

/// The state after the characters at `at`, and how many those are (never past a line's end).
fn step(state: State, chars: &[char], at: usize) -> (State, usize) {
    let is = |offset: usize, expected: char| chars.get(at + offset) == Some(&expected);
    match state {
        State::Code if is(0, '/') && is(1, '/') => (State::Line, 2),
        State::Code if is(0, '/') && is(1, '*') => (State::Block(1), 2),
        State::Code if is(0, '"') => (State::Text, 1),
        State::Code if is(0, 'r') && !glued(chars, at) => match raw_start(chars, at) {
            Some(hashes) => (State::Raw(hashes), hashes + 2),
            None => (State::Code, 1),
        },
        State::Code if is(0, '\'') => (State::Code, character(chars, at)),
        State::Code => (State::Code, 1),
        State::Line => (State::Line, 1),
        State::Block(depth) if is(0, '/') && is(1, '*') => (State::Block(depth + 1), 2),
        State::Block(1) if is(0, '*') && is(1, '/') => (State::Code, 2),
        State::Block(depth) if is(0, '*') && is(1, '/') => (State::Block(depth - 1), 2),
        State::Block(depth) => (State::Block(depth), 1),
        State::Text if is(0, '\\') && !is(1, '\n') => (State::Text, 2),
        State::Text if is(0, '"') => (State::Code, 1),
        State::Text => (State::Text, 1),
        State::Raw(hashes) if is(0, '"') && (1..=hashes).all(|offset| is(offset, '#')) => {
            (State::Code, hashes + 1)
        }
        State::Raw(hashes) => (State::Raw(hashes), 1),
    }
}

/// Whether the character before belongs to the same word; a `b` of a byte string may stand there.
fn glued(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| chars[at]);
    before.is_some_and(|c| (c.is_alphanumeric() && c != 'b') || c == '_')
}

/// Number of hashes when a raw text starts at `at`.
fn raw_start(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// Length of a character literal, or 1 for the tick of a lifetime.
fn character(chars: &[char], at: usize) -> usize {
    let escaped = chars.get(at + 1) == Some(&'\\');
    let first = if escaped { 3 } else { 2 };
    let reach = if escaped { 12 } else { 2 };
    (first..=reach).find(|&offset| chars.get(at + offset) == Some(&'\'')).map_or(1, |end| end + 1)
}
