//! Does a table keep its rows, their history, and two administrators apart?

use super::*;

fn value(table: &Table, key: &str) -> Option<Vec<u8>> {
    table.get(key).map(|row| row.value.to_vec())
}

#[test]
fn rows_and_their_history_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let table = Table::open(dir.path()).unwrap();
    assert!(table.put("model/a", b"1", If::Anything, 10).unwrap());
    assert!(table.put("model/b", b"2", If::Anything, 11).unwrap());
    assert!(table.put("key/x", b"3", If::Anything, 12).unwrap());
    assert!(table.put("model/a", b"4", If::Anything, 13).unwrap());
    assert!(table.remove("model/b", If::Anything, 14).unwrap());
    check(&table);
    drop(table);
    check(&Table::open(dir.path()).unwrap());

    fn check(table: &Table) {
        assert_eq!(value(table, "model/a"), Some(b"4".to_vec()));
        assert_eq!(value(table, "model/b"), None);
        let scanned = table.scan("model/");
        assert_eq!(scanned.iter().map(|(key, _)| &**key).collect::<Vec<_>>(), ["model/a"]);
        let history = table.history("model/b").unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!(history[0].as_ref().unwrap().at_ms, 11);
        assert_eq!(history[1], None);
    }
}

#[test]
fn a_change_is_made_only_if_its_condition_holds() {
    let dir = tempfile::tempdir().unwrap();
    let table = Table::open(dir.path()).unwrap();
    assert!(table.put("k", b"1", If::Absent, 0).unwrap());
    assert!(!table.put("k", b"2", If::Absent, 0).unwrap());
    let seen = table.get("k").unwrap().change;
    assert!(table.put("k", b"3", If::Unchanged(seen), 0).unwrap());
    assert!(!table.put("k", b"4", If::Unchanged(seen), 0).unwrap());
    assert!(!table.remove("k", If::Unchanged(seen), 0).unwrap());
    assert!(!table.remove("other", If::Unchanged(seen), 0).unwrap());
    assert_eq!(value(&table, "k"), Some(b"3".to_vec()));
}

#[test]
fn two_administrators_lose_no_change() {
    let dir = tempfile::tempdir().unwrap();
    let table = Table::open(dir.path()).unwrap();
    table.put("count", &0_u64.to_le_bytes(), If::Absent, 0).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut made = 0;
                while made < 25 {
                    let row = table.get("count").unwrap();
                    let count = u64::from_le_bytes((*row.value).try_into().unwrap());
                    let next = (count + 1).to_le_bytes();
                    let done = table.put("count", &next, If::Unchanged(row.change), 0).unwrap();
                    made += usize::from(done);
                }
            });
        }
    });
    assert_eq!(value(&table, "count"), Some(100_u64.to_le_bytes().to_vec()));
}

#[test]
fn the_bytes_of_a_change_are_golden() {
    // A difference means that old tables would be misread: add a version instead.
    assert_eq!(encode("key", Some(b"v")).unwrap(), b"\x01\x01\x03\x00keyv");
    assert_eq!(encode("key", None).unwrap(), b"\x01\x00\x03\x00key");
}

#[test]
fn a_key_that_is_too_long_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let table = Table::open(dir.path()).unwrap();
    let error = table.put(&"k".repeat(70_000), b"", If::Anything, 0).unwrap_err();
    assert!(error.to_string().contains("70000 bytes"), "{error}");
}
