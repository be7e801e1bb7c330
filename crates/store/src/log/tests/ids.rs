//! Does the id table find every offset, and few that it should not?

use super::super::ids::{IdTable, hash_id};
use super::*;

#[test]
fn every_inserted_hash_is_found_through_all_growth() {
    let mut dice = Dice(3);
    let mut table = IdTable::with_room(0);
    let hashes: Vec<u64> = (0..200_000).map(|_| dice.next()).collect();
    for (offset, &hash) in (0..).zip(&hashes) {
        table.insert(hash, offset);
    }
    for (offset, &hash) in (0..).zip(&hashes) {
        assert!(table.candidates(hash).any(|found| found == offset));
    }
    let false_matches: usize = (0..200_000).map(|_| table.candidates(dice.next()).count()).sum();
    assert!(false_matches <= 1, "40 bits are compared: {false_matches} false matches");
    let per_entry = table.bytes() as f64 / hashes.len() as f64;
    assert!(per_entry < 11.0, "{per_entry} bytes per entry");
}

#[test]
fn inserting_many_at_once_is_inserting_each() {
    let mut dice = Dice(4);
    let mut table = IdTable::with_room(30_000);
    let hashes: Vec<u64> = (0..30_000).map(|_| dice.next()).collect();
    table.insert_all(&hashes[..10_000], 0);
    table.insert_all(&hashes[10_000..], 10_000);
    table.insert_all(&[], 30_000);
    for (offset, &hash) in (0..).zip(&hashes) {
        assert!(table.candidates(hash).any(|found| found == offset));
    }
}

#[test]
fn equal_hashes_keep_all_their_offsets() {
    let mut table = IdTable::with_room(10);
    for offset in 0..500 {
        table.insert(42, offset);
    }
    let mut found: Vec<u64> = table.candidates(42).collect();
    found.sort_unstable();
    assert_eq!(found, (0..500).collect::<Vec<_>>());
}

#[test]
fn the_hash_is_siphash_2_4_because_sidecars_store_it() {
    // Reference vector of the SipHash paper, appendix A: key 00..0f, input 00..0e.
    let key = std::array::from_fn(|i| i as u8);
    let input: Vec<u8> = (0..15).collect();
    assert_eq!(hash_id(&key, &input), 0xa129_ca61_49be_45e5);
}
