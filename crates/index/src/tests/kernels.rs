//! Kernels against sums in f64.

use crate::kernels::*;
use proptest::prelude::*;

fn close(got: f32, expected: f64, size: f64) -> bool {
    (f64::from(got) - expected).abs() <= 1e-5 * (1.0 + size)
}

proptest! {
    #[test]
    fn slices_and_rows_agree_with_wide_sums(
        dims in 1_usize..100,
        rows in 1_usize..11,
        seed in prop::collection::vec(-4.0_f32..4.0, 1200),
    ) {
        let (query, data) = seed.split_at(dims);
        let data = &data[..rows * dims];
        let lines: Vec<Line> = data.chunks(dims).flat_map(to_lines).collect();
        let padded = to_lines(query);
        prop_assert_eq!(&as_values(&padded)[..dims], query);
        let picks: Vec<u32> = (0..rows as u32).rev().collect();
        for kernel in [Kernel::Dot, Kernel::MinusL2] {
            let (mut ranged, mut picked) = (vec![0.0; rows], vec![0.0; rows]);
            score_range(kernel, &padded, &lines, 0, &mut ranged);
            score_picks(kernel, &padded, &lines, &picks, &mut picked);
            picked.reverse();
            prop_assert_eq!(&ranged, &picked);
            for (row, &got) in data.chunks(dims).zip(&ranged) {
                let pairs = || query.iter().zip(row).map(|(&a, &b)| (f64::from(a), f64::from(b)));
                let size: f64 = pairs().map(|(a, b)| a * a + b * b).sum();
                let (expected, slices) = match kernel {
                    Kernel::Dot => (pairs().map(|(a, b)| a * b).sum(), dot(query, row)),
                    Kernel::MinusL2 => {
                        (-pairs().map(|(a, b)| (a - b) * (a - b)).sum::<f64>(), 0.0 - l2_squared(query, row))
                    }
                };
                prop_assert!(close(got, expected, size), "{got} {expected}");
                prop_assert_eq!(got, slices, "one row alone gives the same bits");
            }
        }
    }
}

#[test]
fn every_instruction_set_gives_what_the_others_give() {
    let value = |i: usize| ((i * 37 % 101) as f32 - 50.0) / 7.0;
    for dims in [1, 16, 17, 32, 50, 128] {
        let rows: Vec<f32> = (0..7 * dims).map(value).collect();
        let query: Vec<f32> = (0..dims).map(|i| value(i + 11)).collect();
        let lines: Vec<Line> = rows.chunks(dims).flat_map(to_lines).collect();
        for kernel in [Kernel::Dot, Kernel::MinusL2] {
            let told: Vec<Vec<f32>> = levels()
                .into_iter()
                .map(|level| {
                    let mut out = vec![0.0; 7];
                    score(level, kernel, &to_lines(&query), &lines, |at| at, &mut out);
                    for (row, &got) in rows.chunks(dims).zip(&out) {
                        assert_eq!(slices(level, kernel, &query, row), got, "{level:?}");
                    }
                    out
                })
                .collect();
            // What fuses agrees to the bit; the baseline of x86-64 rounds twice.
            assert_eq!(told[1..].first(), told.last().filter(|_| told.len() > 1));
            for (plain, best) in told[0].iter().zip(&told[told.len() - 1]) {
                let size: f32 = query.iter().map(|v| v * v).sum::<f32>() + 100.0 * dims as f32;
                assert!((plain - best).abs() <= 1e-5 * size, "{plain} {best}");
            }
        }
    }
}
