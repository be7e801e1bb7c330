//! How far is the work, and should it go on?
//!
//! One closure does both: trainers call [`Progress::step`] now and then, the closure draws a bar,
//! writes a line or counts, and answers whether to go on. The command line draws bars with it and
//! jobs cancel with it.

use std::{fmt, ops::ControlFlow};

/// One report of a long piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// What is being done, in a few words: `"ease: solve"`. A change of words is a new bar.
    pub what: &'a str,
    /// Units done so far, `0 ..= total`.
    pub done: u64,
    /// Units in all; 0 when unknown.
    pub total: u64,
}

/// The hook said stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// A hook that may be called from any thread. May be called many times per second: a hook that
/// draws thins the calls out itself.
pub type Hook<'a> = dyn Fn(Step<'_>) -> ControlFlow<()> + Sync + 'a;

/// A borrowed [`Hook`], or silence. Copy it freely into workers.
#[derive(Clone, Copy)]
pub struct Progress<'a>(Option<&'a Hook<'a>>);

impl<'a> Progress<'a> {
    /// Reports nothing and never cancels.
    pub const SILENT: Progress<'static> = Progress(None);

    /// Reports to `hook`.
    pub fn to(hook: &'a Hook<'a>) -> Self {
        Self(Some(hook))
    }

    /// Tells the hook where the work stands.
    ///
    /// # Errors
    /// [`Cancelled`] when the hook wants the work to stop; pass it up with `?`.
    pub fn step(&self, what: &str, done: u64, total: u64) -> Result<(), Cancelled> {
        match self.0.map(|hook| hook(Step { what, done, total })) {
            Some(ControlFlow::Break(())) => Err(Cancelled),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(to a hook)" } else { "Progress(silent)" })
    }
}
