//! Is a torn tail cut, all other damage reported, and never the one taken for the other?

use std::fs;
use std::path::PathBuf;

use super::*;

/// Segment files of a log, rising.
fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "log"))
        .collect();
    paths.sort();
    paths
}

/// A log of one segment in which three groups were written, and the length after each.
///
/// It is left as by a process that was killed: without the mark that closing writes.
fn three_groups(dir: &Path) -> (PathBuf, Vec<usize>) {
    let log = open(dir);
    let path = segments(dir).remove(0);
    let mut lengths = Vec::new();
    for group in 0..3 {
        log.append(entries(group * 3..group * 3 + 3), Ack::Disk).unwrap();
        lengths.push(log.stats().disk_bytes as usize);
    }
    drop(log);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..lengths[2]]).unwrap();
    (path, lengths)
}

#[test]
fn a_tail_torn_at_any_byte_keeps_the_entries_before_it_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (path, lengths) = three_groups(dir.path());
    let whole = fs::read(&path).unwrap();
    for len in lengths[1]..whole.len() {
        fs::write(&path, &whole[..len]).unwrap();
        let log = open(dir.path());
        let kept = numbers(&log);
        assert!((6..9).contains(&kept.len()), "{len}: {kept:?}");
        assert_eq!(kept, (0..kept.len() as u64).collect::<Vec<_>>());
        let cut = log.recovery().cut.clone();
        assert_eq!(cut.map_or(0, |cut| cut.bytes), len as u64 - log.stats().disk_bytes);
        log.append(entries(0..12), Ack::Disk).unwrap();
        assert_eq!(numbers(&log), (0..12).collect::<Vec<_>>());
        drop(log);
        assert_eq!(numbers(&open(dir.path())).len(), 12);
    }
}

#[test]
fn zeros_after_the_last_entry_are_room_and_not_a_torn_tail() {
    let dir = tempfile::tempdir().unwrap();
    let (path, lengths) = three_groups(dir.path());
    let mut bytes = fs::read(&path).unwrap();
    bytes.resize(bytes.len() + 70_000, 0);
    fs::write(&path, &bytes).unwrap();
    let log = open(dir.path());
    assert_eq!(log.recovery().cut, None);
    assert_eq!(numbers(&log).len(), 9);
    drop(log);
    assert!(fs::metadata(&path).unwrap().len() < 70_000, "the room is given back");
    // One byte in it is enough for a tear, which is cut with all that follows.
    bytes[lengths[2] + 69_000] = 1;
    fs::write(&path, &bytes).unwrap();
    let log = open(dir.path());
    assert_eq!(log.recovery().cut.as_ref().unwrap().bytes, 70_000);
    assert_eq!(numbers(&log).len(), 9);
}

#[test]
fn room_is_prepared_and_given_back_at_the_end_and_in_sealed_files() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::open(dir.path(), &LogOptions::default()).unwrap();
    let path = segments(dir.path()).remove(0);
    let len = || fs::metadata(&path).unwrap().len();
    log.append(entries(0..3), Ack::Disk).unwrap();
    let (prepared, written) = (len(), log.stats().disk_bytes);
    assert!(prepared >= written + (60 << 10), "{prepared} for {written}");
    log.append(entries(3..6), Ack::Disk).unwrap();
    assert_eq!(len(), prepared, "what fits into the room does not make the file grow");
    drop(log);
    let log = open(dir.path());
    assert!(len() < 2_000, "{}", len());
    log.append(entries(6..200), Ack::Disk).unwrap();
    log.append(entries(200..202), Ack::Disk).unwrap();
    let sealed = segments(dir.path());
    assert!(sealed.len() > 1, "small segments are full by now");
    let reader = fs::read(&sealed[0]).unwrap();
    assert!(reader.ends_with(&entry(199).payload), "nothing follows the last entry");
}

#[test]
fn a_flipped_byte_in_the_last_group_is_a_tear_and_before_it_damage() {
    let dir = tempfile::tempdir().unwrap();
    let (path, lengths) = three_groups(dir.path());
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        fs::write(&path, &bytes).unwrap();
        match Log::open(dir.path(), &small()) {
            Ok(log) => {
                assert!(at >= lengths[1], "byte {at} was vouched for");
                assert!((6..9).contains(&numbers(&log).len()));
            }
            Err(StoreError::Corrupt { path: named, position, .. }) => {
                assert!(at < lengths[1], "byte {at} may have been torn");
                assert_eq!(named, path);
                assert!(position <= at as u64, "damage at {at} reported at {position}");
            }
            Err(StoreError::Version { .. }) => assert!((8..12).contains(&at)),
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
}

#[test]
fn closing_vouches_for_everything() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.append(entries(0..3), Ack::Memory).unwrap();
    drop(log);
    let path = segments(dir.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    bytes[120] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = Log::open(dir.path(), &small()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[test]
fn a_mark_vouches_for_what_was_synced_and_no_more() {
    use super::super::scan::{Scan, Step};
    use super::super::segment::Segment;
    let dir = tempfile::tempdir().unwrap();
    // Within a minute nothing is synced but what asks for it.
    let options = LogOptions { sync_within_ms: 60_000, ..LogOptions::default() };
    let log = Log::open(dir.path(), &options).unwrap();
    let path = segments(dir.path()).remove(0);
    let mut lengths = vec![64];
    for (n, ack) in
        [Ack::Memory, Ack::Memory, Ack::Disk, Ack::Memory, Ack::Memory].into_iter().enumerate()
    {
        log.append(vec![entry(n as u64)], ack).unwrap();
        lengths.push(log.stats().disk_bytes);
    }
    // A duplicate that must be on disk brings its first there too.
    log.append(vec![entry(4)], Ack::Disk).unwrap();
    log.append(vec![entry(5)], Ack::Memory).unwrap();
    let segment = Segment::open(&path, false).unwrap().unwrap();
    let (mut scan, mut marks) = (Scan::default(), Vec::new());
    scan.aim(64, log.stats().disk_bytes);
    loop {
        match scan.step(&segment.file, segment.seed).unwrap() {
            Step::Mark { vouched } => marks.push(vouched),
            Step::Entry { .. } => {}
            Step::End => break,
            broken @ Step::Broken { .. } => panic!("{broken:?}"),
        }
    }
    assert_eq!(marks, [64, 64, 64, lengths[3], lengths[3], lengths[5]]);
}

#[test]
fn a_payload_that_imitates_a_mark_vouches_for_nothing() {
    use super::super::frame::encode_mark;
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.append(entries(0..2), Ack::Disk).unwrap();
    let mut forged = Vec::new();
    encode_mark(&mut forged, 0, 0, 4_000);
    log.append(vec![Entry { id: b"e-2".to_vec(), at_ms: 0, payload: forged }], Ack::Disk).unwrap();
    let path = segments(dir.path()).remove(0);
    let len = log.stats().disk_bytes as usize;
    drop(log);
    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(len);
    // Break the head of the forging entry, as a tear would.
    let head = bytes.windows(3).position(|w| w == b"e-2").unwrap();
    bytes[head] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(numbers(&open(dir.path())), [0, 1]);
}

#[test]
fn a_segment_that_died_before_its_header_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.append(entries(0..5), Ack::Disk).unwrap();
    drop(log);
    fs::write(dir.path().join("00000000000000000005.log"), b"SKEEP").unwrap();
    let log = open(dir.path());
    assert_eq!(log.recovery().cut.as_ref().unwrap().bytes, 5);
    log.append(entries(0..7), Ack::Disk).unwrap();
    assert_eq!(numbers(&log), (0..7).collect::<Vec<_>>());
}

/// A log of several segments.
fn several(dir: &Path) -> Vec<PathBuf> {
    let log = open(dir);
    for chunk in 0..40 {
        log.append(entries(chunk * 10..chunk * 10 + 10), Ack::Memory).unwrap();
    }
    drop(log);
    let paths = segments(dir);
    assert!(paths.len() >= 4);
    paths
}

#[test]
fn lost_and_damaged_sidecars_are_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let paths = several(dir.path());
    assert_eq!(open(dir.path()).recovery().reread, 0);
    fs::remove_file(paths[0].with_extension("ids")).unwrap();
    let sidecar = paths[1].with_extension("ids");
    let mut bytes = fs::read(&sidecar).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&sidecar, bytes).unwrap();
    fs::copy(paths[0].with_extension("log"), paths[2].with_extension("ids")).unwrap();
    let log = open(dir.path());
    assert_eq!(log.recovery().reread, 3);
    let receipts = log.append(entries(0..400), Ack::Disk).unwrap();
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Duplicate { .. })));
    drop(log);
    assert_eq!(open(dir.path()).recovery().reread, 0);
}

#[test]
fn damage_in_a_sealed_segment_is_reported_by_readers_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let paths = several(dir.path());
    let mut bytes = fs::read(&paths[1]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&paths[1], bytes).unwrap();
    let log = open(dir.path());
    let mut cursor = log.reader().read(0..u64::MAX);
    let error = loop {
        match cursor.next_entry() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the damage was skipped"),
            Err(error) => break error,
        }
    };
    let StoreError::Corrupt { path, position, .. } = &error else { panic!("{error}") };
    assert_eq!(path, &paths[1]);
    assert!((*position as usize) <= middle && *position as usize + 150 > middle);
    assert!(cursor.next_entry().is_err(), "the cursor stays there");
    // Entries before and after can still be read.
    assert_eq!(log.reader().get(399).unwrap().unwrap().entry, entry(399));
    // Without the sidecar even opening meets the damage.
    drop(log);
    fs::remove_file(paths[1].with_extension("ids")).unwrap();
    assert!(matches!(Log::open(dir.path(), &small()), Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_missing_segment_and_a_foreign_one_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let paths = several(dir.path());
    let kept = fs::read(&paths[1]).unwrap();
    fs::remove_file(&paths[1]).unwrap();
    let error = Log::open(dir.path(), &small()).unwrap_err();
    assert!(error.to_string().contains("the next file starts at"), "{error}");

    let other = tempfile::tempdir().unwrap();
    let others = several(other.path());
    fs::copy(&others[1], &paths[1]).unwrap();
    let error = Log::open(dir.path(), &small()).unwrap_err();
    assert!(error.to_string().contains("another log"), "{error}");

    fs::write(&paths[1], kept).unwrap();
    assert_eq!(numbers(&open(dir.path())).len(), 400);
}

#[test]
fn a_log_without_its_first_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    (0..40).for_each(|n| drop(log.append(entries(n * 10..n * 10 + 10), Ack::Disk).unwrap()));
    drop(log);
    assert!(segments(dir.path()).len() > 2, "too few files to lose one");
    fs::remove_file(segments(dir.path()).remove(0)).unwrap();
    let message = Log::open(dir.path(), &small()).unwrap_err().to_string();
    assert!(message.contains("the files that held entries 0 to"), "{message}");
}
