//! How fast and how right is vector search, unfiltered and filtered? `cargo bench -p index`
//!
//! Arguments after `--`: `rows dims metric(ip|l2|cos) [folder]`; with a folder the data are written
//! there as raw little-endian f32, so that a peer can be measured on the same.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use index::kernels;
use index::{Bitset, Filter, Metric, Search, VectorIndex, VectorOptions};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::time::Instant;

const QUERIES: usize = 2_000;

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
    for (name, rows) in [("cache", 512 * 16 / dims), ("memory", values.len() / dims)] {
        let mut out = vec![0.0; rows];
        let rounds = 200_000_000 / (rows * dims) + 1;
        let started = Instant::now();
        for _ in 0..rounds {
            let kernel = std::hint::black_box(kernels::Kernel::Dot);
            kernels::score_range(kernel, &query, &lines, 0, &mut out);
        }
        let s = started.elapsed().as_secs_f64() / (rounds * rows) as f64;
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
    let started = Instant::now();
    let index = VectorIndex::build(options, &ids, values).unwrap();
    let s = started.elapsed().as_secs_f64();
    println!("build: {s:.1} s, {:.0} rows/s, {} MB", rows as f64 / s, index.stats().bytes >> 20);
    for share in [1, 2, 20, 200] {
        // Spread over the ids by a hash, so that the filter knows nothing of the clusters.
        let set: Bitset = ids
            .iter()
            .copied()
            .filter(|id| id.wrapping_mul(0x9E37_79B1) >> 8 & 0xFFFF < 65_536 / share)
            .collect();
        let filter = if share == 1 { Filter::All } else { Filter::Only(&set) };
        let started = Instant::now();
        let exact: Vec<Vec<u32>> = queries
            .chunks(dims)
            .take(500)
            .map(|query| {
                let hits = index.search_exact(query, 10, &filter).unwrap();
                hits.iter().map(|hit| hit.id).collect()
            })
            .collect();
        println!(
            "allowed 1/{share}: exact {:.1} us",
            started.elapsed().as_secs_f64() * 1e6 / 500.0
        );
        for ef in [10, 20, 40, 64, 100, 200] {
            let search = Search { ef, filter };
            let mut took: Vec<f64> = Vec::new();
            let mut hit = 0;
            for (at, query) in queries.chunks(dims).enumerate() {
                let started = Instant::now();
                let hits = index.search(query, 10, &search).unwrap();
                took.push(started.elapsed().as_secs_f64() * 1e6);
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
