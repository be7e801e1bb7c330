//! The commands that open a shop: import, export, train, replay, doctor.

use crate::progress::Display;
use crate::settings::ConfigArgs;
use anyhow::{Context, Result, bail};
use app::import::{ImportReport, Mapping};
use app::{App, Finding, Layout, Severity};
use learn::progress::Step;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) fn open(config: &ConfigArgs) -> Result<Arc<App>> {
    let settings = config.settings()?;
    let dir = settings.app.store.dir.clone();
    App::open(settings.app).with_context(|| format!("opening the shop in {}", dir.display()))
}

/// Bring a shop's past in from files
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper import UserBehavior.csv.gz
  shopkeeper import --preset complete-journey data/complete-journey/
  shopkeeper import --mapping my-shop.toml orders.parquet
  shopkeeper import --preset ga4 --print > my-shop.toml

Importing the same file again changes nothing. An interrupted import goes on where it was when it
is run again. Rows that cannot be read go to quarantine/ in the data directory, with the reason.")]
pub(crate) struct ImportArgs {
    /// Files (CSV, TSV, JSON lines, Parquet; gzip and zstd too) and folders of them
    inputs: Vec<PathBuf>,
    /// A layout that is well known; see --list
    #[arg(long, value_name = "NAME", conflicts_with = "mapping")]
    preset: Option<String>,
    /// A mapping file of your own
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// List the presets
    #[arg(long)]
    list: bool,
    /// Print the preset as a mapping file to start from
    #[arg(long, requires = "preset")]
    print: bool,
}

impl ImportArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let mut out = std::io::stdout().lock();
        if self.list {
            for (name, about, _) in app::import::PRESETS {
                writeln!(out, "{name:22} {about}")?;
            }
            return Ok(());
        }
        if let (true, Some(name)) = (self.print, &self.preset) {
            let preset = app::import::PRESETS.iter().find(|(preset, ..)| preset == name);
            let Some((.., text)) = preset else {
                bail!(Mapping::preset(name).err().context("preset")?)
            };
            write!(out, "{text}")?;
            return Ok(());
        }
        if self.inputs.is_empty() {
            bail!("name at least one file or folder; see shopkeeper import --help");
        }
        let layout = match (&self.preset, &self.mapping) {
            (Some(name), _) => Layout::Preset(name.as_str().into()),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("reading {}", path.display()))?;
                Mapping::parse(&text).with_context(|| format!("in {}", path.display()))?;
                Layout::Mapping(text.into())
            }
            (None, None) => Layout::Guessed,
        };
        let app = open(config)?;
        let report = import(&app, &self.inputs, &layout)?;
        write!(out, "{}", told(&report))?;
        if report.new + report.known + report.repeated == 0 {
            bail!("nothing was imported: not one row of these files could be read; see above");
        }
        Ok(())
    }
}

/// Imports with a progress bar and writes the state down at the end.
pub(crate) fn import(app: &App, inputs: &[PathBuf], layout: &Layout) -> Result<ImportReport> {
    let display = Display::new();
    let report = app.import_now(inputs, layout, "command line", &mut |at| {
        let _ = display.show(Step { what: &at.step, done: at.done, total: at.total });
    });
    display.finish();
    let report = report?;
    app.close()?;
    Ok(report)
}

fn told(report: &ImportReport) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    // Writing to a String cannot fail.
    for (path, rows) in &report.files {
        let empty = if *rows == 0 { ": there is none; was it written whole?" } else { "" };
        let _ = writeln!(text, "read {rows} rows of {}{empty}", path.display());
    }
    for path in &report.skipped {
        let _ = writeln!(text, "passed over {}: the mapping does not name it", path.display());
    }
    let resumed = if report.resumed { " (went on with an interrupted import)" } else { "" };
    let _ = writeln!(
        text,
        "{} new facts, {} known already, {} repeated, {} rows quarantined{resumed}",
        report.new, report.known, report.repeated, report.quarantined
    );
    for complaint in &report.problems {
        let (file, line) = &complaint.first;
        let hint = complaint.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {} rows: {}: {} (first {}:{line}, saw {:?}){hint}",
            complaint.rows,
            complaint.column,
            complaint.problem,
            file.display(),
            complaint.seen
        );
    }
    if let Some(path) = &report.quarantine {
        let _ = writeln!(text, "the quarantined rows are in {}", path.display());
    }
    text
}

/// Write every fact of the log as JSON lines
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper export > facts.jsonl
  shopkeeper export --from 1000000 --out new.jsonl")]
pub(crate) struct ExportArgs {
    /// First offset of the log
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Where to [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl ExportArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let app = open(config)?;
        let mut to: Box<dyn Write> = match &self.out {
            Some(path) => Box::new(
                std::fs::File::create(path)
                    .with_context(|| format!("writing {}", path.display()))?,
            ),
            None => Box::new(std::io::stdout().lock()),
        };
        let mut to = std::io::BufWriter::with_capacity(1 << 20, &mut to);
        let display = Display::new();
        let written = app.export(self.from..u64::MAX, &mut to, &mut |done, total| {
            let _ = display.show(Step { what: "exporting", done, total });
        });
        display.finish();
        written?;
        to.flush()?;
        Ok(())
    }
}

/// Train models on the log and let the new version serve if it passes its gates
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  shopkeeper train --dir data")]
pub(crate) struct TrainArgs {
    /// Keep the new version as a candidate; do not let it serve
    #[arg(long)]
    keep_back: bool,
}

impl TrainArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let app = open(config)?;
        train(&app, !self.keep_back)
    }
}

/// Trains with a progress bar.
pub(crate) fn train(app: &App, promote: bool) -> Result<()> {
    let display = Display::new();
    let trained = app.train_now("command line", promote, &|step| display.show(step));
    display.finish();
    let trained = trained?;
    let mut out = std::io::stdout().lock();
    write!(out, "{trained}")?;
    Ok(())
}

/// Ask recorded decisions again and compare the bytes
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper replay
  shopkeeper replay --decision 0193a1b2-…")]
pub(crate) struct ReplayArgs {
    /// One decision [default: all of them]
    #[arg(long, value_name = "ID")]
    decision: Option<String>,
}

impl ReplayArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let app = open(config)?;
        let mut out = std::io::stdout().lock();
        if let Some(text) = &self.decision {
            let id = commerce::DecisionId::parse(text)?;
            let record =
                app.decision(id)?.with_context(|| format!("no decision is called {id}"))?;
            let replayed = app.replay(&record)?;
            if replayed.differs.is_empty() {
                writeln!(
                    out,
                    "same bytes: {} chosen of {} considered",
                    record.chosen.len(),
                    record.considered_total
                )?;
                return Ok(());
            }
            bail!("the replay differs in: {}", replayed.differs.join(", "));
        }
        let count = app.replay_all(0..u64::MAX)?;
        writeln!(out, "{} decisions asked again, {} gave the same bytes", count.asked, count.same)?;
        for (id, fields) in &count.different {
            writeln!(out, "  {id} differs in: {}", fields.join(", "))?;
        }
        for (id, why) in &count.failed {
            writeln!(out, "  {id} could not be asked: {why}")?;
        }
        if count.asked != count.same {
            bail!(
                "{} of {} decisions could not be repeated",
                count.asked - count.same,
                count.asked
            );
        }
        Ok(())
    }
}

/// Say what is missing and how to mend it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  shopkeeper doctor --dir data")]
pub(crate) struct DoctorArgs {}

impl DoctorArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let app = open(config)?;
        let mut out = std::io::stdout().lock();
        for Finding { severity, about, found, mend } in app.doctor() {
            let mark = match severity {
                Severity::Fine => "ok     ",
                Severity::Weak => "weak   ",
                Severity::Missing => "missing",
            };
            writeln!(out, "{mark}  {about:20} {found}")?;
            if !mend.is_empty() {
                writeln!(out, "{:31}→ {mend}", "")?;
            }
        }
        Ok(())
    }
}
