//! How good is each model on public data? Files in, a table or one JSON object out.

use crate::progress::Display;
use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;
use learn::progress::Progress;
use recommend::measure::{self, Files, Meter, Protocol, Report, Setup};
use serde_json::{Map, Value, json};
use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    time::Instant,
};

/// `eval` and what it measures.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    domain: Domain,
}

#[derive(Debug, clap::Subcommand)]
enum Domain {
    /// Rank items for customers and sessions, as published protocols do
    #[command(after_help = protocols())]
    Recommend(RecommendArgs),
}

#[derive(Debug, clap::Args)]
struct RecommendArgs {
    /// Which protocol to reproduce; listed below
    #[arg(long)]
    protocol: String,
    /// The data set's folder, or a folder that holds it (also under rec/)
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Seeds of splits and models; the protocol's own when left out
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    seeds: Vec<u64>,
    /// Measure only these models
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    models: Vec<String>,
    /// Search the hyper-parameters again, on validation parts of the training data only
    #[arg(long)]
    search: bool,
    /// Print one JSON object on standard output instead of a table
    #[arg(long)]
    json: bool,
}

fn protocols() -> String {
    let mut text = "Protocols:\n".to_owned();
    for protocol in measure::PROTOCOLS {
        let _ = writeln!(text, "  {:18} {}", protocol.name, protocol.about);
    }
    text + "\nExample:\n  shopkeeper eval recommend --protocol ml-100k-75-25 --data ~/data/rec"
}

/// Runs `eval`.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let Domain::Recommend(args) = &args.domain;
    let protocol = measure::protocol(&args.protocol)?;
    let files = read_files(protocol, &args.data)?;
    let display = Display::new();
    let show = |step: learn::progress::Step<'_>| display.show(step);
    let setup = Setup {
        files: &files,
        seeds: if args.seeds.is_empty() { protocol.seeds } else { &args.seeds },
        search: args.search,
        models: &args.models,
        progress: Progress::to(&show),
        meter: &Machine(Instant::now()),
    };
    let report = measure::run(protocol, &setup);
    display.finish();
    let report = report.with_context(|| format!("measuring {}", protocol.name))?;
    // What a run says of itself must not get among the numbers that a program reads.
    for note in &report.notes {
        writeln!(std::io::stderr(), "{note}").context("writing to standard error")?;
    }
    let text = if args.json { format!("{}\n", to_json(&report)) } else { to_table(&report) };
    std::io::stdout().write_all(text.as_bytes()).context("writing to standard output")
}

/// This process's clock and memory.
struct Machine(Instant);

impl Meter for Machine {
    fn now_s(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    fn rss_mb(&self) -> f64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kib.map_or(f64::NAN, |kib| kib / 1024.0)
    }
}

fn read_files(protocol: &Protocol, root: &Path) -> anyhow::Result<Files> {
    let places =
        [root.to_owned(), root.join(protocol.folder), root.join("rec").join(protocol.folder)];
    let first = protocol.files.first().copied().unwrap_or_default();
    let Some(folder) = places.iter().find(|place| find(place, first).is_some()) else {
        let looked: Vec<_> = places.iter().map(|place| place.display().to_string()).collect();
        bail!("no {first} or {first}.gz in any of {}", looked.join(", "));
    };
    let mut files = Files::default();
    for name in protocol.files {
        // A missing file is named by whoever needs it.
        if let Some(path) = find(folder, name) {
            files.insert(name, read_text(&path)?);
        }
    }
    Ok(files)
}

/// The file of this name, or the one gzipped.
pub(crate) fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let plain = folder.join(name);
    let zipped = folder.join(format!("{name}.gz"));
    [plain, zipped].into_iter().find(|path| path.is_file())
}

/// The text of a file, unzipped if its name ends in `.gz`.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let bytes = if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut plain)
            .with_context(|| format!("unzipping {}", path.display()))?;
        plain
    } else {
        bytes
    };
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

fn to_json(report: &Report) -> Value {
    let rows: Vec<Value> = report
        .rows
        .iter()
        .map(|row| {
            let names = row.metric_names();
            let metrics: Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), json!(row.mean(name)))).collect();
            json!({
                "model": row.model,
                "metrics": metrics,
                "train_s": row.train_s(),
                "rss_mb": row.rss_mb(),
            })
        })
        .collect();
    json!({ "protocol": report.protocol, "seeds": report.seeds, "rows": rows, "best": report.best })
}

fn to_table(report: &Report) -> String {
    let names = report.rows.first().map(|row| row.metric_names()).unwrap_or_default();
    let width = report.rows.iter().map(|row| row.model.len()).max().unwrap_or(0).max(5);
    let mut text = format!("{} · seeds {:?}\n\n{:width$}", report.protocol, report.seeds, "model");
    for name in &names {
        let _ = write!(text, "  {name:>15}");
    }
    text += "   train s   rss MiB\n";
    for row in &report.rows {
        let _ = write!(text, "{:width$}", row.model);
        for name in &names {
            let _ = write!(text, "  {:>7.4} ± {:.4}", row.mean(name), row.deviation(name));
        }
        let _ = writeln!(text, "  {:>8.2}  {:>8.0}", row.train_s(), row.rss_mb());
    }
    let _ = writeln!(text, "\nbest by {}: {}", report.primary, report.best);
    text
}
