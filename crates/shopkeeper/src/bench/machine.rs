//! What was it measured on, and how busy was that meanwhile?

use serde_json::{Value, json};
use std::fs;

/// The machine, as it says of itself; what it does not tell is left out.
pub(crate) fn describe() -> Value {
    let cpu = field("/proc/cpuinfo", "model name");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| kib_mb(&text));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    let mut machine = json!({
        "cores": cores,
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "optimised": !cfg!(debug_assertions),
        "load_1m": load(),
    });
    let told = [
        ("cpu", cpu.map(Value::from)),
        ("memory_mb", memory.map(Value::from)),
        ("kernel", kernel.map(|text| text.trim().into())),
    ];
    if let Some(map) = machine.as_object_mut() {
        map.extend(told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    machine
}

/// Threads that ran or wanted to, on average over the last minute: above the number of cores,
/// others slow us down. NaN where it is not told.
pub(crate) fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(f64::NAN)
}

/// A field of a file of `name: value` lines.
pub(crate) fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines
        .map(|(key, value)| (key.trim(), value.trim()))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

/// Mebibytes of `"1234 kB"`.
pub(crate) fn kib_mb(text: &str) -> Option<f64> {
    let kib: f64 = text.trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}
