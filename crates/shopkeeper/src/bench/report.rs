//! What was measured, for people and for programs.

use super::machine;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io::Write as _;

/// The figures of one bench, in the order in which they were measured.
#[derive(Debug)]
pub(crate) struct Report {
    bench: &'static str,
    machine: Value,
    figures: Vec<Figure>,
    notes: Vec<String>,
}

#[derive(Debug)]
struct Figure {
    name: String,
    value: f64,
    /// What it should not exceed.
    aim: Option<f64>,
}

impl Report {
    pub(crate) fn new(bench: &'static str) -> Self {
        Self { bench, machine: machine::describe(), figures: Vec::new(), notes: Vec::new() }
    }

    /// Adds a figure. One that could not be measured (NaN) is left out.
    pub(crate) fn figure(&mut self, name: impl Into<String>, value: f64) {
        self.push(name.into(), value, None);
    }

    /// Adds a figure that should not exceed `aim`.
    pub(crate) fn aimed(&mut self, name: impl Into<String>, value: f64, aim: f64) {
        self.push(name.into(), value, Some(aim));
    }

    fn push(&mut self, name: String, value: f64, aim: Option<f64>) {
        if value.is_finite() {
            self.figures.push(Figure { name, value, aim });
        } else {
            self.note(format!("{name} could not be measured"));
        }
    }

    /// Adds a sentence that a reader of the figures should know.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Writes one JSON object or a table to standard output.
    pub(crate) fn print(&self, as_json: bool) -> Result<()> {
        let text = if as_json { format!("{}\n", self.to_json()) } else { self.to_table() };
        std::io::stdout().write_all(text.as_bytes()).context("writing to standard output")
    }

    fn to_json(&self) -> Value {
        let figures: Map<_, _> =
            self.figures.iter().map(|f| (f.name.clone(), json!(rounded(f.value)))).collect();
        json!({ "bench": self.bench, "machine": self.machine, "figures": figures })
    }

    fn to_table(&self) -> String {
        let mut text = format!("{} · {}\n\n", self.bench, self.machine);
        // Writing to a String cannot fail.
        for Figure { name, value, aim } in &self.figures {
            let _ = write!(text, "{name:34} {:>14}", plain(*value));
            if let Some(aim) = aim {
                let verdict = if value <= aim { "reached" } else { "NOT REACHED" };
                let _ = write!(text, "   aim ≤ {:<8} {verdict}", plain(*aim));
            }
            text.push('\n');
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        text
    }
}

/// Whole numbers whole, others with three digits.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

/// Six digits behind the point are more than any of these figures has.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_beyond_its_aim_says_so_and_one_that_is_missing_too() {
        let mut report = Report::new("recommend");
        report.aimed("fast_ms", 1.25, 2.0);
        report.aimed("slow_ms", 12.0, 2.0);
        report.figure("lost_ms", f64::NAN);
        let table = report.to_table();
        let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line("fast_ms").contains("1.250") && line("fast_ms").ends_with(" reached"));
        assert!(line("slow_ms").contains("12") && line("slow_ms").ends_with("NOT REACHED"));
        assert_eq!(line("lost_ms"), "lost_ms could not be measured");
        let json = report.to_json();
        assert_eq!(json["figures"], json!({ "fast_ms": 1.25, "slow_ms": 12.0 }));
        assert!(json["machine"]["cores"].as_u64().unwrap() > 0);
    }
}
