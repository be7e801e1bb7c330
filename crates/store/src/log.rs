//! Where do events live, in which order, and when is one safe?
//!
//! The log is a directory of append-only segment files. Every entry has a sender's id, a time,
//! a payload, and gets a dense **offset** 0, 1, 2 … What it promises:
//!
//! * **Once.** An id is stored once in the whole history, whoever sends it again, at the same
//!   moment or years later; the answer then names the offset of the first. This costs about 10
//!   bytes of memory per entry ([`LogStats::id_bytes`]) plus a sixteenth of a byte for seeking.
//! * **Durable before acknowledged.** With [`Ack::Disk`] a batch, its duplicates included, is
//!   on disk before it is answered. With [`Ack::Memory`] it is written to the operating system,
//!   so it survives this process, and reaches the disk within
//!   [`sync_within_ms`](LogOptions::sync_within_ms).
//! * **Visible before acknowledged.** What follows the log ([`Log::follow`]) has seen a batch
//!   before it is answered, in log order, whatever the acknowledgement.
//! * **A full disk refuses, and no more.** What finds no room is refused and taken back; the log
//!   goes on as soon as there is room again.
//! * **Nothing is believed after any other failure.** After a failed write or sync the log takes
//!   nothing more until it is opened again and has read what truly is in its files; reading goes on.
//! * **No silent repair.** Opening cuts a torn tail, in which nothing was ever acknowledged, and
//!   says so. All other damage is an error with file and byte position. (One thing cannot be
//!   told apart: damage to the very last group of a process that was killed looks like a tear.)
//!
//! One process at a time: the directory is locked while it is open. A batch is not a
//! transaction: after a crash its first entries may be stored and its last not, which the
//! sender's retry completes, because it was not acknowledged.

mod frame;
mod ids;
mod queue;
mod read;
mod recover;
mod scan;
mod segment;
mod sidecar;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use parking_lot::{Mutex, RwLock};

pub use frame::{ID_LEN_MAX, PAYLOAD_LEN_MAX};
pub use read::{Cursor, EntryRef, Reader, Stored};
pub use recover::{Cut, Recovery};

use self::queue::{Done, Queue, Request};
use self::segment::Segment;
use crate::StoreError;
use crate::dir::make_dir;

/// Something that happened, as the log sees it: an id, a time, bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The sender's id, 1 to [`ID_LEN_MAX`] bytes. The same id is stored once.
    pub id: Vec<u8>,
    /// When it happened according to the sender, Unix milliseconds; any value.
    pub at_ms: i64,
    /// What happened, encoded; at most [`PAYLOAD_LEN_MAX`] bytes.
    pub payload: Vec<u8>,
}

/// What must be true before a batch is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ack {
    /// It is on disk: survives the loss of power.
    #[default]
    Disk,
    /// It is written: survives the death of this process, and reaches the disk within
    /// [`LogOptions::sync_within_ms`].
    Memory,
    /// Nobody waits for the answer: it is written, as with [`Ack::Memory`], within some
    /// milliseconds, together with whatever else comes.
    Later,
}

/// The answer for one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// Stored now, at this offset.
    Appended {
        /// Its offset.
        offset: u64,
    },
    /// An entry with the same id was stored before; this one was not.
    Duplicate {
        /// Offset of the first one.
        offset: u64,
    },
}

impl Receipt {
    /// Where the entry with this id stands.
    #[must_use]
    pub fn offset(self) -> u64 {
        match self {
            Self::Appended { offset } | Self::Duplicate { offset } => offset,
        }
    }
}

/// How a log is kept.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// Size at which a segment is sealed and the next begins. Bytes, 4 KiB to 1 GiB, default
    /// 128 MiB. Opening reads one segment in full, the others' sidecars: smaller segments open
    /// faster, larger ones make fewer files.
    pub segment_bytes: u64,
    /// Longest time that [`Ack::Memory`] entries stay off the disk. Milliseconds, 1 to 60,000,
    /// default 200. Smaller loses less when power is lost, larger syncs less often.
    pub sync_within_ms: u64,
    /// Bytes that may wait to be written before senders wait or are refused. 1 MiB to 1 GiB,
    /// default 64 MiB. A single batch may be as large but not larger.
    pub queue_bytes_max: usize,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { segment_bytes: 128 << 20, sync_within_ms: 200, queue_bytes_max: 64 << 20 }
    }
}

impl LogOptions {
    fn clamped(&self) -> Self {
        Self {
            segment_bytes: self.segment_bytes.clamp(4 << 10, 1 << 30),
            sync_within_ms: self.sync_within_ms.clamp(1, 60_000),
            queue_bytes_max: self.queue_bytes_max.clamp(1 << 20, 1 << 30),
        }
    }
}

/// What a log holds and costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogStats {
    /// Visible entries.
    pub entries: u64,
    /// Segment files.
    pub segments: usize,
    /// Bytes of the segment files.
    pub disk_bytes: u64,
    /// Memory that remembering the ids takes, bytes.
    pub id_bytes: usize,
    /// Memory that finding offsets takes, bytes.
    pub seek_bytes: usize,
}

/// Called with the first offset of some new entries and the entries.
pub type Follower = Box<dyn FnMut(u64, &[Entry]) + Send>;

/// An open log. Shared between threads by reference or `Arc`; closed, with everything on disk,
/// when dropped.
#[derive(Debug)]
pub struct Log {
    shared: Arc<Shared>,
    recovery: Recovery,
    queue_bytes_max: usize,
    writer: Option<JoinHandle<()>>,
    /// Held open: its lock is the claim on the directory.
    _lock: File,
}

/// What the writer and the readers share.
struct Shared {
    dir: PathBuf,
    log_id: [u8; 16],
    /// All segments, rising; the last one grows.
    segments: RwLock<Vec<Arc<Segment>>>,
    /// Also holds ids at or beyond `end`, of entries that are being written.
    ids: RwLock<ids::IdTable>,
    /// Number of visible entries.
    end: AtomicU64,
    queue: Queue,
    follower: Mutex<Option<Follower>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("dir", &self.dir).field("end", &self.end()).finish()
    }
}

impl Shared {
    fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// The segment that holds a visible offset.
    fn segment_of(&self, offset: u64) -> Arc<Segment> {
        let segments = self.segments.read();
        let after = segments.partition_point(|segment| segment.header.first <= offset);
        Arc::clone(&segments[after.saturating_sub(1)])
    }

    fn last_segment(&self) -> Arc<Segment> {
        self.segment_of(u64::MAX)
    }
}

impl Log {
    /// Opens the log in `dir`, or makes a new one there.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it open, [`StoreError::Io`] if the
    /// directory cannot be read and written, [`StoreError::Corrupt`] and
    /// [`StoreError::Version`] if its files cannot be believed.
    pub fn open(dir: &Path, options: &LogOptions) -> Result<Self, StoreError> {
        make_dir(dir)?;
        let lock = lock(dir)?;
        let options = options.clamped();
        let found = recover::recover(dir)?;
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            log_id: found.log_id,
            segments: RwLock::new(found.segments),
            ids: RwLock::new(found.ids),
            end: AtomicU64::new(found.recovery.entries),
            queue: Queue::new(options.queue_bytes_max),
            follower: Mutex::new(None),
        });
        let writer = writer::Writer::new(Arc::clone(&shared), &options, found.hashes);
        let guard = StopOnPanic(Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name("log-writer".into())
            .spawn(move || {
                let _guard = guard;
                writer.run();
            })
            .map_err(|e| StoreError::io("starting the writer of", dir, e))?;
        let (queue_bytes_max, recovery) = (options.queue_bytes_max, found.recovery);
        Ok(Self { shared, recovery, queue_bytes_max, writer: Some(thread), _lock: lock })
    }

    /// Stores a batch and waits until it is as durable as `ack` asks and visible to readers and
    /// to the follower. One receipt per entry, in the same order. Waits while the queue is full.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if an entry breaks a limit, [`StoreError::Stopped`] if this or an
    /// earlier write failed, [`StoreError::Io`] and [`StoreError::Corrupt`] if the stored entry
    /// of a matching id cannot be read. In each case nothing of the batch is acknowledged; with
    /// `Stopped` it may still be found stored when the log is opened again.
    pub fn append(&self, entries: Vec<Entry>, ack: Ack) -> Result<Vec<Receipt>, StoreError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        // The receiver waits below, so sending cannot fail.
        let done = Box::new(move |answer| drop(sender.send(answer)));
        self.enqueue(entries, ack, done, true)?;
        receiver.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Stores a batch without blocking: `done` is called by the writer thread with the answer
    /// that [`append`](Self::append) would give, and must be quick.
    ///
    /// # Errors
    /// [`StoreError::Refused`] and [`StoreError::Stopped`] as for `append`, and
    /// [`StoreError::Busy`] if too much waits. `done` is then never called.
    pub fn submit(
        &self,
        entries: Vec<Entry>,
        ack: Ack,
        done: impl FnOnce(Result<Vec<Receipt>, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.enqueue(entries, ack, Box::new(done), false)
    }

    fn enqueue(
        &self,
        entries: Vec<Entry>,
        ack: Ack,
        done: Done,
        may_wait: bool,
    ) -> Result<(), StoreError> {
        let bytes = check(&entries, self.queue_bytes_max)?;
        let hashes = entries.iter().map(|e| ids::hash_id(&self.shared.log_id, &e.id)).collect();
        let request = Request { entries, hashes, ack, bytes, done };
        self.shared.queue.push(request, may_wait)
    }

    /// Waits until everything acknowledged so far, also from memory, is on disk.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if that failed.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.append(Vec::new(), Ack::Disk).map(drop)
    }

    /// From now on calls `follower` with all new entries in log order, after they are as durable
    /// as asked and before they are acknowledged. Returns the offset of the first entry it will
    /// be given: all earlier ones can be read now.
    ///
    /// It runs on the writer thread, so its time is added to every acknowledgement. It may read
    /// the log and `submit`, but not `append` or `follow`, which would wait for itself. If it
    /// panics the log stops, because what it shows would no longer be what is stored.
    pub fn follow(&self, follower: impl FnMut(u64, &[Entry]) + Send + 'static) -> u64 {
        let mut slot = self.shared.follower.lock();
        *slot = Some(Box::new(follower));
        self.shared.end()
    }

    /// Why the log takes nothing more, if it does not.
    #[must_use]
    pub fn stopped(&self) -> Option<StoreError> {
        self.shared.queue.closed()
    }

    /// A reader of this log.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { shared: Arc::clone(&self.shared) }
    }

    /// What opening found and did.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// What the log holds and costs now.
    #[must_use]
    pub fn stats(&self) -> LogStats {
        let segments = self.shared.segments.read();
        let mut stats = LogStats {
            entries: self.shared.end(),
            segments: segments.len(),
            disk_bytes: 0,
            id_bytes: self.shared.ids.read().bytes(),
            seek_bytes: 0,
        };
        for segment in segments.iter() {
            let extent = segment.extent.read();
            stats.disk_bytes += extent.end;
            stats.seek_bytes += extent.sparse.capacity() * size_of::<u32>();
        }
        stats
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer has been told to every sender by `StopOnPanic`.
            drop(writer.join());
        }
    }
}

/// Refuses all that waits if the writer thread dies, so that no sender waits for ever.
struct StopOnPanic(Arc<Shared>);

impl Drop for StopOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.queue.stop(&StoreError::Closed);
        }
    }
}

/// Claims a directory for this process until the file is closed.
fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("LOCK");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| StoreError::io("opening", &path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(e)) => Err(StoreError::io("locking", &path, e)),
    }
}

/// Checks a batch against the limits and returns the bytes it takes.
fn check(entries: &[Entry], bytes_max: usize) -> Result<usize, StoreError> {
    let mut bytes = 0;
    for (index, entry) in entries.iter().enumerate() {
        let refused = |what| Err(StoreError::Refused { index, what });
        if !(1..=ID_LEN_MAX).contains(&entry.id.len()) {
            return refused(format!("its id has {} bytes, 1 to {ID_LEN_MAX}", entry.id.len()));
        }
        if entry.payload.len() > PAYLOAD_LEN_MAX {
            let len = entry.payload.len();
            return refused(format!("its payload has {len} bytes, at most {PAYLOAD_LEN_MAX}"));
        }
        bytes += frame::frame_len(&entry.id, &entry.payload);
        if bytes > bytes_max {
            return refused(format!("the batch is over {bytes_max} bytes here; split it"));
        }
    }
    Ok(bytes)
}
