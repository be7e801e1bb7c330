//! Association rules against hand-counted tables and scipy.

use super::*;

fn baskets(rows: &[&[u32]], items: usize) -> Csr {
    let rows = rows.iter().map(|row| row.iter().map(|&item| (item, 1.0)).collect());
    Csr::from_rows(items, rows).unwrap()
}

fn lenient() -> AssociationOptions {
    AssociationOptions { both_min: 1, g2_min: 0.0, prior_baskets: 0.0, ..Default::default() }
}

#[test]
fn counts_what_the_table_says() {
    // 0 and 1 twice together, 0 once alone, 2 and 1 once, 2 twice alone.
    let rows: [&[u32]; 6] = [&[0, 1], &[0, 1], &[0], &[1, 2], &[2], &[2]];
    let found = Associations::fit(&baskets(&rows, 3), &[], &lenient(), Progress::SILENT).unwrap();
    let [rule] = found.rules(0) else { panic!("{:?}", found.rules(0)) };
    assert_eq!((rule.item, rule.both), (1, 2));
    assert!((rule.confidence - 2.0 / 3.0).abs() < 1e-6);
    assert!((rule.lift - 6.0 * 2.0 / 9.0).abs() < 1e-6);
    assert!((rule.leverage - (2.0 / 6.0 - 9.0 / 36.0)).abs() < 1e-6);
    assert!(found.rules(2).is_empty(), "2 meets 1 less often than by chance");
    assert!(found.rules(99).is_empty());
}

#[test]
fn g2_is_the_reference() {
    // scipy 1.17.1: chi2_contingency(t, correction=False, lambda_="log-likelihood").statistic
    for ([both, only_a, only_b, neither], expected) in [
        ([1, 0, 0, 1], 2.772_588_722_239_781),
        ([10, 0, 0, 10], 27.725_887_222_397_812),
        ([5, 1_995, 0, 100_000], 39.330_521_654_900_81),
        ([1_000, 1_995, 1_000, 100_000], 4_730.736_813_061_248),
    ] {
        let n = both + only_a + only_b + neither;
        let table = Table { both, a: both + only_a, b: both + only_b, n };
        assert!((table.g2() - expected).abs() < 1e-6 * expected, "{} {expected}", table.g2());
    }
}

#[test]
fn look_alikes_come_after_complements() {
    let rows: Vec<&[u32]> =
        [&[0, 1][..], &[0, 2]].into_iter().cycle().take(20).chain([&[3][..]; 20]).collect();
    let category = [Some(7), Some(7), Some(8), None];
    let options = AssociationOptions { g2_min: 0.0, ..Default::default() };
    let found =
        Associations::fit(&baskets(&rows, 4), &category, &options, Progress::SILENT).unwrap();
    let items: Vec<u32> = found.rules(0).iter().map(|rule| rule.item).collect();
    assert_eq!(items, [2, 1]);
    assert!((found.rules(0)[0].score / found.rules(0)[1].score - 2.0).abs() < 1e-5);
}

#[test]
fn chance_and_huge_baskets_make_no_rule() {
    let everything: Vec<u32> = (0..101).collect();
    let rows: Vec<&[u32]> = [&[0, 1][..], &[2]].into_iter().chain([&everything[..]; 30]).collect();
    let found = Associations::fit(&baskets(&rows, 101), &[], &Default::default(), Progress::SILENT);
    let found = found.unwrap();
    assert_eq!(found.baskets(), 2);
    assert!((0..101).all(|item| found.rules(item).is_empty()));
}

#[test]
fn a_basket_adds_up_its_rules() {
    let rows: Vec<&[u32]> = [&[0, 1, 2][..], &[3]].into_iter().cycle().take(40).collect();
    let found =
        Associations::fit(&baskets(&rows, 4), &[], &Default::default(), Progress::SILENT).unwrap();
    let one = found.rules(0).iter().find(|rule| rule.item == 2).unwrap().score;
    assert_eq!(found.complete(&[0, 1], 5), [(2, 2.0 * one)]);
}

#[test]
fn names_what_is_out_of_range() {
    let options = AssociationOptions { rarity: 2.0, ..Default::default() };
    assert!(Associations::fit(&baskets(&[], 1), &[], &options, Progress::SILENT).is_err());
    let short = Associations::fit(&baskets(&[], 2), &[None], &Default::default(), Progress::SILENT);
    assert_eq!(short.unwrap_err().to_string(), "1 categories for 2 items");
}
