//! Is the newest sound snapshot found, whole, whatever happened to the others?

use super::*;

fn info(offset: u64) -> SnapshotInfo {
    SnapshotInfo { offset, state_version: 3 }
}

fn state(offset: u64, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i as u64 * 31 + offset) as u8).collect()
}

fn save(snapshots: &Snapshots, offset: u64, len: usize) {
    snapshots.save(info(offset), |out| out.write_all(&state(offset, len))).unwrap();
}

fn load(snapshots: &Snapshots, end: u64) -> Option<(SnapshotInfo, Vec<u8>)> {
    let read = |_, from: &mut dyn Read| {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map(|_| bytes)
    };
    snapshots.load(end, read).unwrap()
}

#[test]
fn the_newest_is_read_back_whole_and_old_ones_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "features", 2).unwrap();
    let other = Snapshots::open(dir.path(), "features_2", 2).unwrap();
    assert_eq!(load(&snapshots, 100), None);
    save(&other, 99, 5);
    for (offset, len) in [(1, 0), (2, 1), (3, BLOCK_LEN), (4, 3 * BLOCK_LEN + 17)] {
        save(&snapshots, offset, len);
        assert_eq!(load(&snapshots, 100), Some((info(offset), state(offset, len))));
    }
    assert_eq!(snapshots.offsets().unwrap(), [3, 4]);
    assert_eq!(other.offsets().unwrap(), [99]);
}

#[test]
fn the_bytes_of_a_snapshot_are_golden() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "s", 1).unwrap();
    snapshots.save(info(258), |out| out.write_all(b"state")).unwrap();
    let bytes = fs::read(snapshots.path(258)).unwrap();
    let line = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let hex: String = bytes.chunks(16).map(|bytes| line(bytes) + "\n").collect();
    // A difference means that old snapshots would be refused: add a version instead.
    expect_test::expect![[r#"
        534b454550534e500100000003000000
        02010000000000000000000000000000
        00000000000000000000000000000000
        000000000000000000000000d27fc11f
        0500000049764c987374617465000000
        00b2d64fa30500000000000000
    "#]]
    .assert_eq(&hex);
}

#[test]
fn a_snapshot_ahead_of_the_log_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "s", 3).unwrap();
    save(&snapshots, 10, 5);
    save(&snapshots, 20, 5);
    assert_eq!(load(&snapshots, 20).unwrap().0, info(20));
    assert_eq!(load(&snapshots, 19).unwrap().0, info(10));
    assert_eq!(load(&snapshots, 9), None);
}

#[test]
fn damage_anywhere_falls_back_to_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "s", 2).unwrap();
    save(&snapshots, 10, 1_000);
    save(&snapshots, 20, 300);
    let path = snapshots.path(20);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(load(&snapshots, 99).unwrap().0, info(10), "flipped byte {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(load(&snapshots, 99).unwrap().0, info(10), "cut at {at}");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(load(&snapshots, 99).unwrap().0, info(20));
}

#[test]
fn blocks_that_changed_places_do_not_check() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "s", 1).unwrap();
    save(&snapshots, 1, 3 * BLOCK_LEN);
    let path = snapshots.path(1);
    let mut bytes = fs::read(&path).unwrap();
    let (first, second) = bytes[HEADER_LEN..].split_at_mut(BLOCK_LEN + 8);
    first.swap_with_slice(&mut second[..BLOCK_LEN + 8]);
    fs::write(&path, bytes).unwrap();
    assert_eq!(load(&snapshots, 9), None);
}

#[test]
fn a_reader_that_refuses_a_version_gets_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "s", 3).unwrap();
    save(&snapshots, 1, 5);
    snapshots
        .save(SnapshotInfo { offset: 2, state_version: 4 }, |out| out.write_all(b"newer"))
        .unwrap();
    let read = |info: SnapshotInfo, _: &mut dyn Read| match info.state_version {
        3 => Ok("known"),
        _ => Err(io::ErrorKind::Unsupported.into()),
    };
    // The first one has five bytes that nobody reads; they must check all the same.
    assert_eq!(snapshots.load(9, read).unwrap(), Some((info(1), "known")));
}

#[test]
fn a_writer_that_fails_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(dir.path(), "s", 1).unwrap();
    save(&snapshots, 1, 5);
    let failed = snapshots.save(info(2), |out| {
        out.write_all(&[0; 1_000])?;
        Err(io::Error::other("the fold broke"))
    });
    assert!(failed.unwrap_err().to_string().contains("the fold broke"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(load(&snapshots, 9).unwrap().0, info(1));
    assert!(Snapshots::open(dir.path(), "../s", 1).is_err());
}

#[test]
fn what_a_dead_process_left_unfinished_is_removed_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b/snapshots");
    let snapshots = Snapshots::open(&deep, "s", 1).unwrap();
    fs::write(deep.join("s-00000000000000000007.new"), b"half").unwrap();
    snapshots
        .save(info(1), |out| {
            // Opened again while a snapshot is being written.
            Snapshots::open(&deep, "s", 1).unwrap();
            out.write_all(b"whole")
        })
        .unwrap();
    assert_eq!(fs::read_dir(&deep).unwrap().count(), 1);
    assert_eq!(load(&snapshots, 9).unwrap().1, b"whole");
}
