//! Does a reader find everything, from anywhere, also while more is written?

use super::*;

#[test]
fn reading_starts_at_any_offset_and_stops_at_any_bound() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for chunk in 0..60 {
        log.append(entries(chunk * 10..chunk * 10 + 10), Ack::Memory).unwrap();
    }
    assert!(log.stats().segments > 5, "{:?}", log.stats());
    let reader = log.reader();
    let mut dice = Dice(7);
    for _ in 0..200 {
        let (from, to) = (dice.below(620), dice.below(620));
        let mut cursor = reader.read(from..to);
        let mut got = Vec::new();
        while let Some(stored) = cursor.next_entry().unwrap() {
            got.push(stored.to_stored().entry);
        }
        assert_eq!(got, entries(from.min(600)..to.min(600).max(from.min(600))));
    }
}

#[test]
fn a_cursor_goes_on_when_more_has_become_visible() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let mut cursor = log.reader().read(0..u64::MAX);
    let mut got = Vec::new();
    for n in 0..400 {
        assert!(cursor.next_entry().unwrap().is_none());
        log.append(vec![entry(n)], Ack::Memory).unwrap();
        got.push(cursor.next_entry().unwrap().unwrap().to_stored().entry);
    }
    assert_eq!(got, entries(0..400));
}

#[test]
fn readers_and_the_writer_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let reader = log.reader();
            scope.spawn(move || {
                let mut cursor = reader.read(0..600);
                let mut next = 0;
                while next < 600 {
                    while let Some(stored) = cursor.next_entry().unwrap() {
                        assert_eq!(stored.to_stored().entry, entry(next));
                        next += 1;
                    }
                    std::thread::yield_now();
                }
            });
        }
        for n in 0..600 {
            log.append(vec![entry(n)], Ack::Memory).unwrap();
        }
    });
}

#[test]
fn entries_are_found_by_id_and_by_time() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    // Times fall while offsets rise, which senders may do.
    log.append((0..500).rev().map(entry).collect(), Ack::Disk).unwrap();
    log.append(entries(500..900), Ack::Disk).unwrap();
    let reader = log.reader();
    for n in [0, 1, 77, 499, 500, 899] {
        assert_eq!(reader.find(&entry(n).id).unwrap().unwrap().entry, entry(n));
    }
    assert_eq!(reader.find(b"never sent").unwrap(), None);
    assert_eq!(reader.get(500).unwrap().unwrap().entry, entry(500));
    assert_eq!(reader.get(900).unwrap(), None);
    for (from, to) in [(0, 1), (490, 510), (880, 2_000), (900, 901)] {
        let mut cursor = reader.between(1_000 * from as i64..1_000 * to as i64);
        let mut got = Vec::new();
        while let Some(stored) = cursor.next_entry().unwrap() {
            got.push(stored.at_ms as u64 / 1_000);
        }
        got.sort_unstable();
        assert_eq!(got, (from..to.min(900).max(from)).collect::<Vec<u64>>());
    }
}
