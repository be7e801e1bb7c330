//! What came of it? Means over seeds, paired differences, and how sure one can be.

use anyhow::Result;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io::Write;

/// What is measured: name, unit or meaning, digits in the table.
pub(crate) const MEASURES: [(&str, &str, usize); 8] = [
    ("revenue_per_visit", "yuan", 2),
    ("expected_revenue", "yuan a visit: what its lists bring on average, chances not drawn", 2),
    ("click_through", "clicks for each item shown", 4),
    ("purchases_per_visit", "items", 4),
    ("regret", "of a look at home: best possible list minus shown", 4),
    ("coverage", "share of the catalogue shown", 3),
    ("long_tail_exposure", "share of showings outside the 5 % most viewed", 3),
    ("gini", "of showings over items", 3),
];

/// One run: a figure for each of [`MEASURES`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured(pub(crate) [f64; MEASURES.len()]);

/// A mean over seeds and the half width of its 95 % interval; `None` with one seed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mean {
    value: f64,
    half: Option<f64>,
}

/// 97.5 % points of Student's t for 1, 2, … degrees of freedom; beyond, the normal's with Fisher's
/// first correction.
const STUDENT: [f64; 12] =
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179];

fn student(freedom: usize) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    let corrected = Z + (Z.powi(3) + Z) / (4.0 * freedom as f64);
    STUDENT.get(freedom.wrapping_sub(1)).copied().unwrap_or(corrected)
}

impl Mean {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let half = (values.len() > 1).then(|| {
            let squares: f64 = values.iter().map(|x| (x - value).powi(2)).sum();
            student(values.len() - 1) * (squares / (n - 1.0) / n).sqrt()
        });
        Self { value, half }
    }

    fn to_json(self) -> Value {
        let interval = self.half.map(|half| [self.value - half, self.value + half]);
        json!({ "mean": self.value, "interval": interval })
    }

    fn to_text(self, digits: usize, sign: bool) -> String {
        let value = self.value;
        let value = if sign { format!("{value:+.digits$}") } else { format!("{value:.digits$}") };
        self.half.map_or(value.clone(), |half| format!("{value} ± {half:.digits$}"))
    }
}

/// All runs: for each policy one [`Measured`] a seed.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) options: Value,
    /// The one that is judged first.
    pub(crate) policies: Vec<String>,
    pub(crate) measured: Vec<Vec<Measured>>,
}

impl Simulated {
    pub(crate) fn print(&self, out: &mut impl Write, as_json: bool) -> Result<()> {
        let text = if as_json { format!("{}\n", self.to_json()) } else { self.to_table() };
        out.write_all(text.as_bytes())?;
        Ok(())
    }

    fn mean(&self, policy: usize, measure: usize) -> Mean {
        Mean::of(&self.measured[policy].iter().map(|run| run.0[measure]).collect::<Vec<_>>())
    }

    /// The first policy minus another, seed by seed.
    fn difference(&self, other: usize, measure: usize) -> Mean {
        let pairs = self.measured[0].iter().zip(&self.measured[other]);
        Mean::of(&pairs.map(|(a, b)| a.0[measure] - b.0[measure]).collect::<Vec<_>>())
    }

    fn to_json(&self) -> Value {
        let each = |of: &dyn Fn(usize) -> Mean| -> Map<String, Value> {
            let named = MEASURES.iter().enumerate();
            named.map(|(m, (name, ..))| ((*name).to_owned(), of(m).to_json())).collect()
        };
        let side = |policy: usize| json!({ "policy": self.policies[policy], "measures": each(&|m| self.mean(policy, m)) });
        let against = |other: usize| {
            json!({
                "b": side(other),
                "a_minus_b": each(&|m| self.difference(other, m)),
            })
        };
        let against: Vec<Value> = (1..self.policies.len()).map(against).collect();
        json!({ "shop": self.options, "a": side(0), "against": against })
    }

    fn to_table(&self) -> String {
        let seeds = self.measured.first().map_or(0, Vec::len);
        let mut text = String::new();
        for other in 1..self.policies.len() {
            let (a, b) = (&self.policies[0], &self.policies[other]);
            let _ = writeln!(text, "{:20} {a:>18} {b:>18} {:>20}", "", "difference");
            for (measure, (name, _, digits)) in MEASURES.iter().enumerate() {
                let shown = |mean: Mean, sign| mean.to_text(*digits, sign);
                let _ = writeln!(
                    text,
                    "{name:20} {:>18} {:>18} {:>20}",
                    shown(self.mean(0, measure), false),
                    shown(self.mean(other, measure), false),
                    shown(self.difference(other, measure), true),
                );
            }
            text.push('\n');
        }
        for (name, meaning, _) in MEASURES {
            let _ = writeln!(text, "{name}: {meaning}");
        }
        let _ = writeln!(
            text,
            "{seeds} shops; ± is half of a 95 % interval over them, differences are paired"
        );
        text
    }
}

/// How unevenly showings fall on items: 0 when all are shown alike, near 1 when one takes all.
pub(crate) fn gini(shown: &[u32]) -> f64 {
    let mut sorted: Vec<u64> = shown.iter().map(|&times| times.into()).collect();
    sorted.sort_unstable();
    let (n, sum) = (sorted.len() as f64, sorted.iter().sum::<u64>() as f64);
    if sum <= 0.0 {
        return 0.0;
    }
    let ranked: f64 = (1_u64..).zip(&sorted).map(|(rank, &times)| (rank * times) as f64).sum();
    2.0 * ranked / (n * sum) - (n + 1.0) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simulated() -> Simulated {
        let run = |x: f64| Measured([x, x, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
        Simulated {
            options: json!({ "seeds": [1, 2, 3] }),
            policies: vec!["default".into(), "random".into()],
            measured: vec![vec![run(5.0), run(7.0), run(9.0)], vec![run(4.0), run(5.5), run(8.5)]],
        }
    }

    #[test]
    fn differences_are_paired() {
        let found = simulated().difference(1, 0);
        assert!((found.value - 1.0).abs() < 1e-12);
        // Deviation 0.5 over three seeds: 4.303 · 0.5 / √3.
        assert!((found.half.unwrap() - 1.242).abs() < 1e-3);
        assert_eq!(Mean::of(&[2.0]), Mean { value: 2.0, half: None });
    }

    #[test]
    fn the_table_and_the_object_say_the_same() {
        let simulated = simulated();
        let json = simulated.to_json();
        let difference = &json["against"][0]["a_minus_b"]["revenue_per_visit"];
        assert_eq!(difference["mean"], json!(1.0));
        assert!(difference["interval"][0].as_f64().unwrap() < 0.0);
        assert_eq!(json["a"]["measures"].as_object().unwrap().len(), MEASURES.len());
        assert!(simulated.to_table().contains("+1.00 ± 1.24"));
    }

    #[test]
    fn gini_knows_even_and_uneven() {
        assert!(gini(&[3, 3, 3, 3]).abs() < 1e-12);
        assert!((gini(&[0, 0, 0, 8]) - 0.75).abs() < 1e-12);
        assert!(gini(&[]).abs() < 1e-12 && gini(&[0, 0]).abs() < 1e-12);
    }

    #[test]
    fn students_points_join_the_corrected_normal() {
        assert!((student(1) - 12.706).abs() < 1e-9);
        assert!((student(13) - 2.160).abs() < 0.02 && student(13) < student(12));
    }
}
