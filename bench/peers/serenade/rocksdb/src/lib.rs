//! What Serenade's HTTP server would call of RocksDB, and nothing behind it.
//!
//! It lets the crate compile without libclang; every call fails, and none is made by the bench.

use std::time::Duration;

/// The only error there is.
#[derive(Debug)]
pub struct Absent;

/// Options that are not kept.
#[derive(Debug, Default)]
pub struct Options;

impl Options {
    pub fn create_if_missing(&mut self, _: bool) {}
    pub fn optimize_for_point_lookup(&mut self, _: u64) {}
    pub fn set_allow_mmap_reads(&mut self, _: bool) {}
    pub fn set_allow_mmap_writes(&mut self, _: bool) {}
}

/// A store that cannot be opened.
#[derive(Debug)]
pub struct DB(());

impl DB {
    pub fn open_with_ttl(_: &Options, _: &str, _: Duration) -> Result<Self, Absent> {
        Err(Absent)
    }

    pub fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Absent> {
        Err(Absent)
    }

    pub fn put(&self, _: &[u8], _: &[u8]) -> Result<(), Absent> {
        Err(Absent)
    }
}
