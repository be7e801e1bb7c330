//! The stack on a tiny generated data set: nothing hidden is seen, and what is learned is right.

use super::super::Rating;
use super::*;
use crate::measure::Files;
use learn::metrics::ApBase;

const DAY_S: i64 = 86_400;

/// 24 customers in three circles of taste, 30 items, 15 ratings each, with all facts.
fn files() -> Files {
    let mut text = String::new();
    for customer in 0..24 {
        for step in 0..15 {
            let item = (customer % 3 * 10 + step * (1 + customer % 2) + step / 10) % 30;
            let (stars, at_s) = (1 + (step + customer) % 5, (step + customer) * 9_000);
            text += &format!("{}\t{}\t{stars}\t{at_s}\n", customer + 1, item + 1);
        }
    }
    let mut files = Files::default();
    files.insert("u.data", text);
    let flags = |item: usize| -> String {
        (0..19).map(|genre| if genre == item / 10 || genre == 5 { "|1" } else { "|0" }).collect()
    };
    let items =
        (0..30).map(|item| format!("{}|t|01-Jan-{}||{}\n", item + 1, 1930 + 2 * item, flags(item)));
    files.insert("u.item", items.collect());
    let sex = |customer: usize| if customer.is_multiple_of(3) { 'F' } else { 'M' };
    let customers = (0..24).map(|c| format!("{}|{}|{}|writer|1\n", c + 1, 20 + c, sex(c)));
    files.insert("u.user", customers.collect());
    files
}

fn made() -> (Ratings, Facts, Settings) {
    let ratings = Ratings::parse(&files()).unwrap();
    let facts = Facts::parse(&files(), &ratings).unwrap();
    (ratings, facts, Settings::committed())
}

#[test]
fn facts_are_read_by_number_and_may_be_missing() {
    let (ratings, facts, _) = made();
    let item = &facts.items.as_ref().unwrap()[12];
    assert_eq!((item.genres.as_slice(), item.year), ([1, 5].as_slice(), 1954));
    let customer = facts.customers.as_ref().unwrap()[3];
    assert_eq!((customer.age, customer.is_male), (23, false));
    assert_eq!(facts.notes(), Vec::<String>::new());
    let none = Facts::parse(&Files::default(), &ratings).unwrap();
    assert_eq!(none, Facts::default());
    assert_eq!(none.notes().len(), 2);
    let mut bad = Files::default();
    bad.insert("u.user", "1|20|M|writer|1\n2|20|X|writer|1\n".to_owned());
    let error = Facts::parse(&bad, &ratings).unwrap_err().to_string();
    assert!(error.starts_with("u.user, line 2: expected id|age|M or F"), "{error}");
    bad.insert("u.user", String::new());
    bad.insert("u.item", "1|t|01-Jan-1990|||0|1\n".to_owned());
    let error = Facts::parse(&bad, &ratings).unwrap_err().to_string();
    assert!(error.starts_with("u.item, line 1: expected id|title"), "{error}");
}

#[test]
fn what_is_hidden_is_neither_known_nor_tested() {
    let (ratings, ..) = made();
    for split in [Split::Share, Split::EightOneOne] {
        let (whole, test) = ratings.split(split, 7).unwrap();
        let (known, hidden) = hide(whole.clone(), split, 7).unwrap();
        assert!(hidden.nnz() > 0 && known.valid.nnz() == 0);
        assert_eq!(known.train.nnz() + hidden.nnz(), whole.train.nnz() + whole.valid.nnz());
        for (customer, row) in hidden.iter().enumerate() {
            for &item in row.columns {
                assert_eq!(known.train.value(customer, item), None);
                assert_eq!(test.value(customer, item), None);
            }
        }
    }
}

#[test]
fn rows_are_unknown_items_and_never_what_is_taken() {
    let (ratings, facts, settings) = made();
    let recipe = Recipe { facts: &facts, settings: &settings, seed: 1 };
    let (whole, _) = ratings.split(Split::EightOneOne, 3).unwrap();
    let (known, hidden) = whole.without(|slot| slot % 4 == 0).unwrap();
    let (rows, _) = Rows::new(&known, recipe).unwrap();
    let mut items = rows.items.iter();
    for (customer, &length) in rows.lengths.iter().enumerate() {
        let taken = known.taken(customer);
        assert_eq!(length + taken.len(), ratings.items);
        assert!(items.by_ref().take(length).all(|item| !taken.contains(item)));
    }
    // All unknown items are rows here, so every hidden rating is one.
    let found = rows.is_in(&hidden).into_iter().filter(|is_in| *is_in).count();
    assert_eq!(found, hidden.nnz());
    assert!(rows.columns.iter().flatten().all(|value| value.is_finite()));
}

#[test]
fn threads_do_not_change_a_bit() {
    let (ratings, facts, settings) = made();
    let recipe = Recipe { facts: &facts, settings: &settings, seed: 2 };
    let (known, _) = ratings.split(Split::Share, 2).unwrap();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| recipe.fit(&known, "test", Progress::SILENT).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn candidates_stand_above_all_others() {
    let shape = (1, 6);
    let train = vec![Rating { customer: 0, item: 5, stars: 3.0, at_s: 0 }];
    let known = Known::new(shape, train, &[], ApBase::Relevant).unwrap();
    let blend = Scores { items: 6, cells: vec![4.0, 3.0, 2.0, 1.0, 1.5, 99.0] };
    let rows = Rows { lengths: vec![2], items: vec![0, 1], ..Rows::default() };
    let laid = lay(&rows, &[-2.0, 0.5], &blend, &known);
    let order = learn::topk::top_k(laid.row(0), 6, &known.taken(0));
    let order: Vec<u32> = order.into_iter().map(|(item, _)| item).collect();
    assert_eq!(order, [1, 0, 2, 4, 3]);
}

#[test]
fn climbing_finds_the_column_that_tells() {
    // Four lists of twelve rows, of which the second column tells the relevant one.
    let (lengths, rows) = (vec![12; 4], 48);
    let is_relevant: Vec<bool> = (0..rows).map(|row| row % 12 == (row / 12 * 5) % 12).collect();
    let noise: Vec<f32> = (0..rows).map(|row| (row * 7 % 12) as f32).collect();
    let telling: Vec<f32> = is_relevant.iter().map(|yes| f32::from(u8::from(*yes)) * 5.0).collect();
    let labelled = Labelled::new(&lengths, &is_relevant);
    let found = climb(&[&noise, &telling], vec![0.3, 0.0], &labelled);
    assert!(found.iter().all(|weight| *weight >= 0.0), "{found:?}");
    let scores = |weights: &[f32]| -> Vec<f32> {
        noise.iter().zip(&telling).map(|(a, b)| weights[0] * a + weights[1] * b).collect()
    };
    assert!(labelled.ndcg(&scores(&[0.3, 0.0])) < 0.9);
    assert!((labelled.ndcg(&scores(&found)) - 1.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn columns_are_what_they_say() {
    // Customer 0 rates item 0 on day 10; item 1 is rated by others on days 0, 9 and 30.
    let rate = |customer, item, stars, day| Rating { customer, item, stars, at_s: day * DAY_S };
    let list = vec![
        rate(0, 0, 5.0, 10),
        rate(1, 0, 3.0, 0),
        rate(1, 1, 4.0, 0),
        rate(2, 1, 4.0, 9),
        rate(3, 1, 2.0, 30),
    ];
    let known = Known::new((4, 3), list, &[], ApBase::Relevant).unwrap();
    let facts = Facts::default();
    let settings = Settings::committed();
    let recipe = Recipe { facts: &facts, settings: &settings, seed: 1 };
    let column = |name: &str| columns::made(&known, recipe, name);
    let near = |name: &str, customer: usize, item: usize, expected: f32| {
        let value = column(name).unwrap().row(customer)[item];
        assert!((value - expected).abs() < 1e-5, "{name}: {value}, want {expected}");
    };
    near("count", 0, 1, 3.0);
    near("older", 0, 1, 2.0 / 3.0);
    // Within three days of day 10 lie one rating of item 1 and the customer's own.
    near("days", 0, 1, ((1.0 + 60.0 * 3.0 / 5.0 + 0.01) / (2.0 + 60.0) / (3.1 / 5.0_f32)).ln());
    near("top-1", 0, 1, 1.0 / (12.0_f32 * 13.0).sqrt());
    near("rater", 0, 1, (2.0_f32.ln() + 9.0) / 5.0);
    // Customer 1 rated both items at once, on one page; everybody else has one rating.
    near("page", 0, 1, 4.0 / 5.0);
    // Item 0 has a mean of (5 + 3 + 5 · 3.5) / 7.
    let (own, cosine) = (5.0 - 25.5 / 7.0_f32, 1.0 / (12.0_f32 * 13.0).sqrt());
    near("stars", 0, 1, (own - own / 6.0) * cosine / (cosine + 0.3));
    assert!(column("genre").is_none() && column("age").is_none());
}

#[test]
fn leanings_follow_what_the_customer_has() {
    let (ratings, facts, settings) = made();
    let (known, _) = ratings.split(Split::Share, 4).unwrap();
    let recipe = Recipe { facts: &facts, settings: &settings, seed: 1 };
    for name in ["genre", "years"] {
        // Customers 0, 3, … have most of items 0 to 9; 2, 5, … of 20 to 29.
        let scores = columns::made(&known, recipe, name).unwrap();
        let mean = |customer: usize, items: std::ops::Range<usize>| {
            scores.row(customer)[items].iter().sum::<f32>() / 10.0
        };
        assert!(mean(0, 0..10) > mean(0, 20..30), "{name}");
        assert!(mean(2, 20..30) > mean(2, 0..10), "{name}");
    }
    // Women are customers 0, 3, …, who all rated item 0; of the men a fourth did.
    let sex = columns::made(&known, recipe, "sex").unwrap();
    assert!(sex.row(0)[0] > 0.0 && sex.row(1)[0] < 0.0);
}
