//! Does a disk that is full or read-only lead to a clear refusal, and is all well afterwards?

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use store::{Ack, Log, StoreError};

use super::{child, entry, killed::Told};

/// A small file system of its own, gone when dropped. Only root may make one.
struct SmallDisk {
    dir: tempfile::TempDir,
}

impl SmallDisk {
    fn new(size: &str) -> Option<Self> {
        let disk = Self { dir: tempfile::tempdir().unwrap() };
        let made = disk.mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]);
        if !made {
            eprintln!("skipped: only root can mount a small file system");
        }
        made.then_some(disk)
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn mount(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new("mount");
        command.args(arguments).arg(self.path()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.path()).stderr(Stdio::null()).status());
    }
}

/// Appends until the log refuses; how many were acknowledged, and the refusal.
fn fill(log: &Log) -> (u64, StoreError) {
    for n in 0.. {
        if let Err(error) = log.append(vec![entry(n)], Ack::Disk) {
            return (n, error);
        }
    }
    unreachable!("the disk is finite")
}

fn assert_holds(log: &Log, entries: u64) {
    for n in 0..entries {
        let stored = log.reader().get(n).unwrap().unwrap();
        assert_eq!(stored.entry, entry(n));
    }
}

#[test]
fn a_full_disk_refuses_with_a_reason_loses_nothing_and_the_log_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::new("400k") else { return };
    let dir = disk.path().join("log");
    let log = Log::open(&dir, &child::options()).unwrap();
    let (acknowledged, error) = fill(&log);
    let message = error.to_string();
    for part in ["writing", ".log", "No space left", "free space"] {
        assert!(message.contains(part), "{message}");
    }
    assert_holds(&log, acknowledged);
    // Full for a while: refused each time, and a duplicate is still known as one.
    for _ in 0..5 {
        log.append((acknowledged..acknowledged + 2_000).map(entry).collect(), Ack::Disk)
            .unwrap_err();
        let known = log.append(vec![entry(3)], Ack::Disk).unwrap();
        assert_eq!(known, [store::Receipt::Duplicate { offset: 3 }]);
    }
    assert!(log.stopped().is_none());
    assert!(disk.mount(&["-o", "remount,size=4m"]));
    let more = (0..acknowledged + 50).map(entry).collect();
    let receipts = log.append(more, Ack::Disk).unwrap();
    for (n, receipt) in (0..).zip(receipts) {
        assert_eq!(receipt.offset(), n);
        assert_eq!(matches!(receipt, store::Receipt::Appended { .. }), n >= acknowledged);
    }
    drop(log);
    let log = Log::open(&dir, &child::options()).unwrap();
    assert_eq!(log.reader().end(), acknowledged + 50, "nothing that was refused is there");
    assert_holds(&log, acknowledged + 50);
}

#[test]
fn a_disk_that_fills_under_many_senders_refuses_them_all() {
    let Some(disk) = SmallDisk::new("700k") else { return };
    let mut told = Told::default();
    let output = child::command(disk.path(), 1).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().for_each(|line| told.hear(line));
    assert!(told.errors.len() >= 4, "every sender was refused: {:?}", told.errors);
    assert!(told.errors.iter().all(|e| e.contains("No space left")), "{:?}", told.errors);
    assert!(disk.mount(&["-o", "remount,size=8m"]));
    told.check(disk.path());
}

#[test]
fn a_file_size_limit_stops_the_log_with_a_reason_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // 8 blocks of 512 bytes; the signal that would kill the process is ignored.
    let limit = r#"trap "" XFSZ; ulimit -f 8; exec "$0" "$@""#;
    let child = child::command(dir.path(), 1);
    let mut command = Command::new("sh");
    command.args(["-c", limit]).arg(child.get_program()).args(child.get_args());
    command.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    let mut told = Told::default();
    String::from_utf8(output.stdout).unwrap().lines().for_each(|line| told.hear(line));
    assert!(!told.errors.is_empty());
    for error in &told.errors {
        assert!(error.contains("File too large"), "{error}");
        assert!(error.contains("raise the file size limit"), "{error}");
    }
    told.check(dir.path());
}

fn refusal(dir: &Path) -> String {
    Log::open(dir, &child::options()).unwrap_err().to_string()
}

#[test]
fn a_read_only_file_system_is_refused_on_opening() {
    let Some(disk) = SmallDisk::new("1m") else { return };
    let dir = disk.path().join("log");
    drop(Log::open(&dir, &child::options()).unwrap());
    assert!(disk.mount(&["-o", "remount,ro"]));
    for dir in [dir, disk.path().join("new")] {
        let message = refusal(&dir);
        assert!(message.contains(dir.to_str().unwrap()), "{message}");
        assert!(message.contains("Read-only file system"), "{message}");
        assert!(message.contains("mount this file system writable"), "{message}");
    }
}

#[test]
fn a_directory_without_permission_is_refused_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o555)).unwrap();
    if fs::write(dir.path().join("probe"), b"").is_ok() {
        eprintln!("skipped: permission bits do not bind root");
        return;
    }
    let message = refusal(&dir.path().join("log"));
    assert!(message.contains("let this process read and write there"), "{message}");
}

#[test]
fn a_file_in_the_place_of_the_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file: PathBuf = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    for dir in [file.clone(), file.join("log")] {
        let message = refusal(&dir);
        assert!(message.contains("a file stands where a directory is needed"), "{message}");
    }
}
