//! How does long work show itself: a bar in a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use learn::progress::Step;
use std::{
    io::{IsTerminal, Write},
    ops::ControlFlow,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Plain lines about the same work come at most this often.
const QUIET: Duration = Duration::from_secs(5);

/// Draws on standard error. One bar at a time: a step with new words replaces the bar.
#[derive(Debug)]
pub(crate) struct Display {
    bar: Option<ProgressBar>,
    last: Mutex<(String, Instant)>,
}

impl Display {
    /// A display that suits what standard error is connected to.
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg:32} {bar:32} {pos}/{len} {elapsed}");
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, last: Mutex::new((String::new(), Instant::now())) }
    }

    /// The hook to give to [`learn::progress::Progress::to`].
    pub(crate) fn show(&self, step: Step<'_>) -> ControlFlow<()> {
        let Ok(mut last) = self.last.try_lock() else {
            return ControlFlow::Continue(()); // another worker is drawing
        };
        let is_new = last.0 != step.what;
        if is_new {
            step.what.clone_into(&mut last.0);
        }
        if let Some(bar) = &self.bar {
            if is_new {
                bar.set_message(step.what.to_owned());
            }
            bar.set_length(step.total);
            bar.set_position(step.done);
        } else if is_new || last.1.elapsed() > QUIET {
            last.1 = Instant::now();
            // Nobody can be told that standard error is gone.
            let _ = writeln!(std::io::stderr(), "{} {}/{}", step.what, step.done, step.total);
        }
        ControlFlow::Continue(())
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
