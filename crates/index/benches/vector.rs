//! How fast and how right is vector search, unfiltered and filtered? `cargo bench -p index`
//!
//! Arguments after `--`: `rows dims metric(ip|l2|cos) [folder]`; with a folder the data are written
//! there as raw little-endian f32, so that a peer can be measured on the same.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench reports and may fail")]

use index::{
    AttributeIndex, AttributeOptions, Bitset, Filter, Metric, Search, Snapshot, VectorIndex,
    VectorOptions, kernels,
};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const QUERIES: usize = 2_000;

/// Seconds of processor time that this thread, or the whole process, has had: a busy machine does
/// not count against us.
#[expect(unsafe_code, reason = "the clocks of the processor are a system call")]
fn cpu_s(clock: libc::clockid_t) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place to write to for the length of the call.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn thread_s() -> f64 {
    cpu_s(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let number = |at: usize, or: usize| args.get(at).map_or(or, |text| text.parse().unwrap());
    let (rows, dims) = (number(0, 100_000), number(1, 128));
    let metric = match args.get(2).map_or("l2", String::as_str) {
        "ip" => Metric::InnerProduct,
        "cos" => Metric::Cosine,
        _ => Metric::L2,
    };
    let (values, queries) = data(rows, dims, metric);
    if let Some(folder) = args.get(3) {
        let bytes =
            |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>();
        std::fs::write(format!("{folder}/rows.f32"), bytes(&values)).unwrap();
        std::fs::write(format!("{folder}/queries.f32"), bytes(&queries)).unwrap();
    }
    println!("{rows} x {dims} {metric:?}, kernels {}", kernels::level_name());
    kernel_speed(&values, dims);
    search_speed(&values, &queries, dims, metric);
    attribute_speed(rows);
}

/// Rows around 1 000 centres; under inner product also stretched, as popularity stretches items.
fn data(rows: usize, dims: usize, metric: Metric) -> (Vec<f32>, Vec<f32>) {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let mut normal = move || {
        let (u, v): (f32, f32) = (1.0 - rng.random::<f32>(), rng.random());
        (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos()
    };
    let centres: Vec<f32> = (0..1_000 * dims).map(|_| normal()).collect();
    let mut rng = Pcg64Mcg::seed_from_u64(8);
    let mut some = |count: usize, stretched: bool| {
        let mut out = Vec::with_capacity(count * dims);
        for _ in 0..count {
            let centre = rng.random_range(0..1_000) * dims;
            let stretch = if stretched { (0.4 * normal()).exp() } else { 1.0 };
            out.extend((0..dims).map(|d| stretch * (centres[centre + d] + 0.5 * normal())));
        }
        out
    };
    (some(rows, metric == Metric::InnerProduct), some(QUERIES, false))
}

fn kernel_speed(values: &[f32], dims: usize) {
    let width = dims.div_ceil(kernels::LANES);
    let lines: Vec<_> = values.chunks(dims).flat_map(kernels::to_lines).collect();
    let query = lines[..width].to_vec();
    for (name, rows) in [("cache", 256 * 16 / dims), ("memory", values.len() / dims)] {
        let mut out = vec![0.0; rows];
        let rounds = 200_000_000 / (rows * dims) + 1;
        let started = thread_s();
        for _ in 0..rounds {
            let kernel = std::hint::black_box(kernels::Kernel::Dot);
            kernels::score_range(kernel, &query, &lines, 0, &mut out);
        }
        let s = (thread_s() - started) / (rounds * rows) as f64;
        println!(
            "dot in {name}: {:.2} ns/row, {:.1} GFLOP/s, {:.1} GB/s",
            s * 1e9,
            2e-9 * dims as f64 / s,
            64e-9 * width as f64 / s
        );
    }
}

fn search_speed(values: &[f32], queries: &[f32], dims: usize, metric: Metric) {
    let rows = values.len() / dims;
    let ids: Vec<u32> = (0..rows as u32).collect();
    let options = VectorOptions { scan_below: 0, ..VectorOptions::new(dims, metric) };
    let started = cpu_s(libc::CLOCK_PROCESS_CPUTIME_ID);
    let index = VectorIndex::build(options, &ids, values).unwrap();
    let s = cpu_s(libc::CLOCK_PROCESS_CPUTIME_ID) - started;
    let mb = index.stats().bytes >> 20;
    println!("build: {s:.1} CPU-s, {:.0} rows/s per core, {mb} MB", rows as f64 / s);
    change_speed(&index, queries, dims);
    for share in [1, 2, 20, 200] {
        // Spread over the ids by a hash, so that the filter knows nothing of the clusters.
        let set: Bitset = ids
            .iter()
            .copied()
            .filter(|id| id.wrapping_mul(0x9E37_79B1) >> 8 & 0xFFFF < 65_536 / share)
            .collect();
        let filter = if share == 1 { Filter::All } else { Filter::Only(&set) };
        let started = thread_s();
        let exact: Vec<Vec<u32>> = queries
            .chunks(dims)
            .take(500)
            .map(|query| {
                let hits = index.search_exact(query, 10, &filter).unwrap();
                hits.iter().map(|hit| hit.id).collect()
            })
            .collect();
        println!("allowed 1/{share}: exact {:.1} us", (thread_s() - started) * 1e6 / 500.0);
        for ef in [10, 20, 40, 64, 100, 200] {
            let search = Search { ef, filter };
            let mut took: Vec<f64> = Vec::new();
            let mut hit = 0;
            for (at, query) in queries.chunks(dims).enumerate() {
                let started = thread_s();
                let hits = index.search(query, 10, &search).unwrap();
                took.push((thread_s() - started) * 1e6);
                if let Some(exact) = exact.get(at) {
                    hit += hits.iter().filter(|hit| exact.contains(&hit.id)).count();
                }
            }
            took.sort_by(f64::total_cmp);
            let mean = took.iter().sum::<f64>() / took.len() as f64;
            println!(
                "  ef {ef}: recall {:.4}, {:.0} queries/s, mean {mean:.1} us, p99 {:.1} us",
                hit as f64 / 5_000.0,
                1e6 / mean,
                took[took.len() * 99 / 100]
            );
        }
    }
}

/// A thousand upserts, each its own snapshot; then the compaction that works them in.
fn change_speed(index: &VectorIndex, queries: &[f32], dims: usize) {
    let started = thread_s();
    let mut next = index.clone();
    for (id, query) in queries.chunks(dims).take(1_000).enumerate() {
        next = next.with_upserts(&[id as u32 * 7], query).unwrap();
    }
    println!("upsert: {:.1} us each, 1000 alone", (thread_s() - started) * 1e3);
    let bytes = next.to_bytes();
    let started = thread_s();
    VectorIndex::from_bytes(&bytes).unwrap();
    println!("open: {:.1} ms for {} MB", (thread_s() - started) * 1e3, bytes.len() >> 20);
    let started = cpu_s(libc::CLOCK_PROCESS_CPUTIME_ID);
    let next = next.compacted();
    let s = cpu_s(libc::CLOCK_PROCESS_CPUTIME_ID) - started;
    println!("compaction of 1000: {s:.2} CPU-s, {:?}", next.stats());
}

/// Entries of eight terms, drawn so that some are common and most are rare.
fn attribute_speed(entries: usize) {
    let mut rng = Pcg64Mcg::seed_from_u64(9);
    let mut terms = || -> Vec<(u32, f32)> {
        (0..8).map(|_| ((20_000.0 * rng.random::<f32>().powi(4)) as u32, 1.0)).collect()
    };
    let all: Vec<_> = (0..entries as u32).map(|id| (id, terms())).collect();
    let started = thread_s();
    let options = AttributeOptions::default();
    let index = AttributeIndex::build(options, all.iter().map(|(id, t)| (*id, &t[..]))).unwrap();
    let s = thread_s() - started;
    println!("attributes: {entries} entries built in {s:.2} s, {} MB", index.bytes() >> 20);
    let started = thread_s();
    let mut next = index.clone();
    for id in 0..1_000 {
        next = next.with_upsert(id, &terms()).unwrap();
    }
    println!("  upsert: {:.1} us", (thread_s() - started) * 1e3);
    for (name, index) in [("compact", &index), ("with 1000 in the tail", &next)] {
        let started = thread_s();
        for (_, query) in all.iter().take(1_000) {
            std::hint::black_box(index.search(query, 50, &Filter::All).unwrap());
        }
        println!("  query of 8 terms, {name}: {:.1} us", (thread_s() - started) * 1e3);
    }
}
