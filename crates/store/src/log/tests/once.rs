//! Is every id stored once, in one order that all see?

use std::sync::{Arc, Mutex, mpsc};

use super::*;

#[test]
fn an_id_is_stored_once_within_a_batch_across_batches_and_across_restarts() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let receipts = log.append(vec![entry(5), entry(6), entry(5)], Ack::Disk).unwrap();
    let expected = [
        Receipt::Appended { offset: 0 },
        Receipt::Appended { offset: 1 },
        Receipt::Duplicate { offset: 0 },
    ];
    assert_eq!(receipts, expected);
    let again = log.append(entries(0..8), Ack::Memory).unwrap();
    assert_eq!(again[6], Receipt::Duplicate { offset: 1 });
    assert_eq!(again[7], Receipt::Appended { offset: 7 });
    drop(log);

    let log = open(dir.path());
    assert_eq!(numbers(&log), [5, 6, 0, 1, 2, 3, 4, 7]);
    let receipts = log.append(entries(0..9), Ack::Disk).unwrap();
    assert_eq!(receipts.iter().filter(|r| matches!(r, Receipt::Duplicate { .. })).count(), 8);
    assert_eq!(receipts[8], Receipt::Appended { offset: 8 });
}

#[test]
fn concurrent_senders_of_the_same_ids_agree_on_the_offsets() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let seen: Mutex<Vec<(u64, Receipt)>> = Mutex::default();
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let (log, seen) = (&log, &seen);
            scope.spawn(move || {
                let mut dice = Dice(seed);
                for _ in 0..60 {
                    let batch: Vec<u64> = (0..1 + dice.below(9)).map(|_| dice.below(400)).collect();
                    let ack = if dice.below(2) == 0 { Ack::Disk } else { Ack::Memory };
                    let sent = batch.iter().map(|&n| entry(n)).collect();
                    let receipts = log.append(sent, ack).unwrap();
                    seen.lock().unwrap().extend(batch.into_iter().zip(receipts));
                }
            });
        }
    });
    let stored = numbers(&log);
    let seen = seen.into_inner().unwrap();
    assert_eq!(stored.len() as u64, log.stats().entries);
    for (n, receipt) in &seen {
        assert_eq!(stored[receipt.offset() as usize], *n);
    }
    let appended = seen.iter().filter(|(_, r)| matches!(r, Receipt::Appended { .. })).count();
    assert_eq!(appended, stored.len(), "each stored entry was reported as appended once");
}

#[test]
fn the_follower_sees_all_in_order_before_the_sender_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.append(entries(0..10), Ack::Disk).unwrap();
    let seen: Arc<Mutex<Vec<Entry>>> = Arc::default();
    let fold = Arc::clone(&seen);
    let from = log.follow(move |first, new| {
        let mut fold = fold.lock().unwrap();
        assert_eq!(first, 10 + fold.len() as u64);
        fold.extend_from_slice(new);
    });
    assert_eq!(from, 10);
    std::thread::scope(|scope| {
        for t in 0..4_u64 {
            let (log, seen) = (&log, &seen);
            scope.spawn(move || {
                for n in 0..40 {
                    let ack = if n % 2 == 0 { Ack::Memory } else { Ack::Disk };
                    let sent = entry(1_000 * (t + 1) + n);
                    let offset = log.append(vec![sent.clone()], ack).unwrap()[0].offset();
                    assert_eq!(seen.lock().unwrap()[offset as usize - 10], sent);
                }
            });
        }
    });
    assert_eq!(seen.lock().unwrap().len(), 160);
}

#[test]
fn a_follower_that_panics_stops_the_log_but_not_the_truth() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.follow(|_, _| panic!("fold broke"));
    let error = log.append(entries(0..3), Ack::Disk).unwrap_err();
    assert!(error.to_string().contains("fold broke"), "{error}");
    let error = log.append(entries(3..4), Ack::Disk).unwrap_err();
    assert!(matches!(error, StoreError::Stopped { .. }), "{error}");
    drop(log);
    assert_eq!(numbers(&open(dir.path())), [0, 1, 2], "what was on disk is kept");
}

#[test]
fn submit_answers_by_callback_and_closing_answers_all_that_waits() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let (sender, receiver) = mpsc::channel();
    for n in 0..50 {
        let sender = sender.clone();
        log.submit(vec![entry(n)], Ack::Disk, move |answer| sender.send(answer).unwrap()).unwrap();
    }
    drop((log, sender));
    let offsets: Vec<u64> = receiver.iter().map(|answer| answer.unwrap()[0].offset()).collect();
    assert_eq!(offsets, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_callback_that_panics_does_not_take_the_log_down() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.submit(vec![entry(0)], Ack::Disk, |_| panic!("sender broke")).unwrap();
    assert_eq!(log.append(vec![entry(1)], Ack::Disk).unwrap()[0].offset(), 1);
    assert_eq!(numbers(&log), [0, 1]);
}

#[test]
fn entries_beyond_a_limit_are_refused_with_their_batch() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let bare = Entry { id: vec![], at_ms: 0, payload: vec![] };
    let long = Entry { id: vec![b'x'; 256], ..bare.clone() };
    let heavy = Entry { id: vec![b'x'], payload: vec![0; (16 << 20) + 1], at_ms: 0 };
    for (bad, what) in [(bare, "0 bytes"), (long, "256 bytes"), (heavy, "16777217 bytes")] {
        let error = log.append(vec![entry(1), bad], Ack::Disk).unwrap_err();
        assert!(matches!(error, StoreError::Refused { index: 1, .. }));
        assert!(error.to_string().contains(what), "{error}");
    }
    assert_eq!(numbers(&log), [0_u64; 0]);
}

#[test]
fn a_directory_is_open_once_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let reader = log.reader();
    let error = Log::open(dir.path(), &small()).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }));
    drop(log);
    // A reader that lives on does not hold the directory.
    drop(open(dir.path()));
    assert_eq!(reader.end(), 0);
}

#[test]
fn what_nobody_waits_for_gathers_and_goes_along_with_what_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let groups: Arc<Mutex<u32>> = Arc::default();
    let count = Arc::clone(&groups);
    log.follow(move |_, _| *count.lock().unwrap() += 1);
    let (told, heard) = mpsc::channel();
    for n in 0..1_000 {
        let told = told.clone();
        log.submit(vec![entry(n)], Ack::Later, move |receipts| {
            told.send(receipts.unwrap()[0].offset()).unwrap();
        })
        .unwrap();
    }
    let offset = log.append(vec![entry(1_000)], Ack::Memory).unwrap()[0].offset();
    assert_eq!(offset, 1_000, "they keep their order");
    assert_eq!(heard.iter().take(1_000).collect::<Vec<_>>(), (0..1_000).collect::<Vec<_>>());
    assert!(*groups.lock().unwrap() <= 200, "{} groups", groups.lock().unwrap());

    // Nothing else comes: they are written all the same.
    let told = told.clone();
    log.submit(vec![entry(1_001)], Ack::Later, move |receipts| {
        told.send(receipts.unwrap()[0].offset()).unwrap();
    })
    .unwrap();
    assert_eq!(heard.recv_timeout(std::time::Duration::from_secs(10)), Ok(1_001));
    assert_eq!(numbers(&log).len(), 1_002);
}
