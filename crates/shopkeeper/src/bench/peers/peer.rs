//! How is another program asked, turn by turn? One line out, one JSON object back.
//!
//! What is compared is timed in turns, ours and theirs, so that whatever else the machine does
//! falls on both; the ratio of a turn means more than either time.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running program, killed when dropped.
#[derive(Debug)]
pub(super) struct Peer {
    child: Child,
    ears: ChildStdin,
    mouth: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    /// Starts it; what it writes on standard error is shown.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("starting {command:?}"))?;
        let (Some(ears), Some(mouth)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("a peer without standard input or output");
        };
        Ok(Self { child, ears, mouth: BufReader::new(mouth).lines() })
    }

    /// Tells it what to do, and waits for what came of it.
    pub(super) fn ask(&mut self, what: &str) -> Result<Value> {
        writeln!(self.ears, "{what}").context("asking a peer")?;
        self.heard()
    }

    /// The object that it says next; what it says besides is not for us.
    pub(super) fn heard(&mut self) -> Result<Value> {
        for line in &mut self.mouth {
            let line = line.context("listening to a peer")?;
            if line.starts_with('{') {
                let what = || format!("{line:?} is not a peer's figures");
                return serde_json::from_str(&line).with_context(what);
            }
        }
        bail!("the peer ended with {}", self.child.wait()?);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number of a peer's figures; NaN when it is not there.
pub(super) fn number(figures: &Value, name: &str) -> f64 {
    figures[name].as_f64().unwrap_or(f64::NAN)
}

/// The middle of some measurements; NaN without any.
pub(super) fn median(mut of: Vec<f64>) -> f64 {
    of.sort_unstable_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of ours, of theirs, and of ours over theirs turn by turn.
pub(super) fn medians(turns: &[(f64, f64)]) -> [f64; 3] {
    let of = |part: fn(&(f64, f64)) -> f64| median(turns.iter().map(part).collect());
    [of(|turn| turn.0), of(|turn| turn.1), of(|turn| turn.0 / turn.1)]
}

/// A folder for files that a peer reads, gone when dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("shopkeeper-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).context("making a folder for a peer's files")?;
        Ok(Self(path))
    }

    /// Writes a file and says where it is.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.0.join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind when it cannot be removed; the system's own sweep takes it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_peer_answers_each_line_and_its_end_is_told() {
        let script = "echo reading; echo '{\"fit_s\":1}'; read x; echo \"{\\\"said\\\":\\\"$x\\\"}\"; exit 3";
        let mut peer = Peer::start(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(number(&peer.heard().unwrap(), "fit_s"), 1.0);
        assert_eq!(peer.ask("pass").unwrap()["said"], "pass");
        assert!(peer.heard().unwrap_err().to_string().contains('3'));
    }

    #[test]
    fn the_ratio_is_that_of_each_turn() {
        let turns = [(1.0, 2.0), (10.0, 40.0), (2.0, 2.0)];
        assert_eq!(medians(&turns), [2.0, 2.0, 0.5]);
    }
}
