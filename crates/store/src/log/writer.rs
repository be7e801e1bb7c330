//! Who writes the log, and when is a batch answered?
//!
//! One thread. It takes all that waits as one **group**, sorts out ids that were seen before,
//! writes the new entries with one `write`, syncs once if any batch of the group asked for the
//! disk, shows the entries to readers and to the follower, and then answers every batch. While
//! it syncs, the next group gathers: the slower the disk, the larger the groups. A group for which
//! the disk has no room is refused whole and taken back; any other failure ends the log.
//!
//! Groups go where zeros were written before: then a sync brings their bytes to the disk and nothing
//! else. In a file that grows it must wait for the file system's journal too, which waits for what
//! all others write.

use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use super::frame::{self, Frame, Header};
use super::queue::{Request, Turn};
use super::read::Cursor;
use super::segment::Segment;
use super::{Ack, Entry, LogOptions, Receipt, Shared, sidecar};
use crate::StoreError;

/// Bytes written without a sync after which one is made, however recent they are.
const UNSYNCED_BYTES_MAX: u64 = 32 << 20;
/// Bytes of room prepared at a time: a quarter of what is written, within these bounds.
const ROOM_BYTES: (u64, u64) = (64 << 10, 4 << 20);

pub(super) struct Writer {
    shared: Arc<Shared>,
    segment_bytes: u64,
    sync_within: Duration,
    active: Arc<Segment>,
    /// Hashes of the ids in the active segment, for its sidecar.
    hashes: Vec<u64>,
    /// Offset of the next entry.
    end: u64,
    /// Bytes of the active segment that are written, and that are on disk.
    written: u64,
    synced: u64,
    /// Length of the file: what is written, and zeros where the next groups go.
    prepared: u64,
    /// When the oldest bytes that are not on disk were written.
    dirty_since: Option<Instant>,
    /// Finds the first entry of an id seen before.
    lookup: Cursor,
    buf: Vec<u8>,
}

/// What a group comes to before it is written.
#[derive(Default)]
struct Plan {
    /// New entries, in order of offset.
    fresh: Vec<Entry>,
    hashes: Vec<u64>,
    /// Where each of them will stand in the active segment.
    positions: Vec<u64>,
    answers: Vec<(Request, Result<Vec<Receipt>, StoreError>)>,
    wants_disk: bool,
}

/// Why a group was not stored.
enum Trouble {
    /// There was no room. What was written of the group is taken back, so the log can go on.
    NoRoom(StoreError),
    /// Nobody knows what is on the disk now.
    Fatal(StoreError),
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, options: &LogOptions, hashes: Vec<u64>) -> Self {
        let active = shared.last_segment();
        let written = active.extent.read().end;
        Self {
            segment_bytes: options.segment_bytes,
            sync_within: Duration::from_millis(options.sync_within_ms),
            end: shared.end(),
            lookup: Cursor::new(Arc::clone(&shared), 0..0, None),
            synced: written,
            prepared: written,
            dirty_since: None,
            buf: Vec::new(),
            shared,
            active,
            hashes,
            written,
        }
    }

    /// Serves until the log is closed or a write fails.
    pub(super) fn run(mut self) {
        loop {
            let deadline = self.dirty_since.map(|since| since + self.sync_within);
            let done = match self.shared.queue.take_group(deadline) {
                Turn::Group(group) => self.commit(group),
                Turn::Deadline => self.sync(),
                Turn::Close => break,
            };
            if let Err(error) = done {
                tracing::error!(%error, "the log stops taking entries");
                self.shared.queue.stop(&error);
                return;
            }
        }
        if let Err(error) = self.close() {
            tracing::error!(%error, "closing the log");
        }
    }

    /// Writes one group and answers all of it, also when it fails.
    fn commit(&mut self, group: Vec<Request>) -> Result<(), StoreError> {
        let base = self.end;
        let mut plan = Plan::default();
        let rolled = self.roll_if_full().map_err(Trouble::Fatal);
        self.plan(group, &mut plan);
        let stored = rolled.and_then(|()| {
            self.store(&mut plan)?;
            self.publish(base, &plan).map_err(Trouble::Fatal)
        });
        let refusal = stored.as_ref().err().map(|trouble| match trouble {
            Trouble::NoRoom(error) => error.clone(),
            Trouble::Fatal(error) => StoreError::Stopped { why: Arc::new(error.clone()) },
        });
        for (request, answer) in plan.answers {
            request.answer(refusal.clone().map_or(answer, Err));
        }
        match stored {
            Err(Trouble::Fatal(error)) => Err(error),
            Ok(()) | Err(Trouble::NoRoom(_)) => Ok(()),
        }
    }

    /// Gives every entry of the group its offset, and the new ones their bytes.
    fn plan(&mut self, group: Vec<Request>, plan: &mut Plan) {
        self.buf.clear();
        frame::encode_mark(&mut self.buf, self.active.seed, now_ms(), self.synced);
        for mut request in group {
            plan.wants_disk |= request.ack == Ack::Disk;
            let answer = self.stored_before(&request).map(|before| {
                let entries = std::mem::take(&mut request.entries);
                self.place(entries, &request.hashes, &before, plan)
            });
            plan.answers.push((request, answer));
        }
    }

    /// For each entry of a request, the offset of the visible entry with the same id.
    fn stored_before(&mut self, request: &Request) -> Result<Vec<Option<u64>>, StoreError> {
        let pairs = request.entries.iter().zip(&request.hashes);
        pairs.map(|(entry, &hash)| self.lookup.offset_of(hash, &entry.id)).collect()
    }

    fn place(
        &mut self,
        entries: Vec<Entry>,
        hashes: &[u64],
        before: &[Option<u64>],
        plan: &mut Plan,
    ) -> Vec<Receipt> {
        let mut ids = self.shared.ids.write();
        let mut receipts = Vec::with_capacity(entries.len());
        for ((entry, &hash), &before) in entries.into_iter().zip(hashes).zip(before) {
            let in_group = |offset: &u64| {
                let index = offset.checked_sub(self.end);
                index.is_some_and(|index| plan.fresh[index as usize].id == entry.id)
            };
            if let Some(offset) = before.or_else(|| ids.candidates(hash).find(in_group)) {
                receipts.push(Receipt::Duplicate { offset });
                continue;
            }
            let offset = self.end + plan.fresh.len() as u64;
            plan.positions.push(self.written + self.buf.len() as u64);
            let frame = Frame { at_ms: entry.at_ms, id: &entry.id, payload: &entry.payload };
            frame::encode(&mut self.buf, self.active.seed, &frame);
            ids.insert(hash, offset);
            plan.hashes.push(hash);
            plan.fresh.push(entry);
            receipts.push(Receipt::Appended { offset });
        }
        receipts
    }

    /// Brings the new entries into the file, and onto the disk if that was asked for.
    fn store(&mut self, plan: &mut Plan) -> Result<(), Trouble> {
        if !plan.fresh.is_empty() {
            self.write().map_err(|error| match self.take_back(&error, plan) {
                true => Trouble::NoRoom(error),
                false => Trouble::Fatal(error),
            })?;
            self.hashes.append(&mut plan.hashes);
            self.end += plan.fresh.len() as u64;
        }
        // A duplicate must be on disk too before it is acknowledged as such.
        let late = self.dirty_since.is_some_and(|since| since.elapsed() >= self.sync_within);
        if plan.wants_disk || late || self.written - self.synced > UNSYNCED_BYTES_MAX {
            self.sync().map_err(Trouble::Fatal)?;
        }
        Ok(())
    }

    /// Undoes a write that found no room: file and ids are as before. False when that is not
    /// possible or not what happened.
    ///
    /// A failed sync is never undone: after it nobody knows what is on the disk. A failed write is
    /// different: what it left lies behind everything that was ever acknowledged.
    fn take_back(&mut self, error: &StoreError, plan: &Plan) -> bool {
        if !error.is_no_room() || self.active.file.set_len(self.written).is_err() {
            return false;
        }
        self.prepared = self.written;
        let mut ids = self.shared.ids.write();
        for (offset, &hash) in (self.end..).zip(&plan.hashes) {
            ids.remove(hash, offset);
        }
        true
    }

    fn write(&mut self) -> Result<(), StoreError> {
        let written = self.active.file.write_all_at(&self.buf, self.written);
        written.map_err(|e| StoreError::io("writing", &self.active.path, e))?;
        self.written += self.buf.len() as u64;
        self.dirty_since.get_or_insert_with(Instant::now);
        if self.written > self.prepared {
            self.prepare();
        }
        Ok(())
    }

    /// Makes room for the next groups. Without room on the disk they do without.
    fn prepare(&mut self) {
        let room = (self.written / 4).clamp(ROOM_BYTES.0, ROOM_BYTES.1);
        let room = room.min(self.segment_bytes.saturating_sub(self.written));
        let zeros = vec![0; usize::try_from(room).unwrap_or(0)];
        self.prepared = match self.active.file.write_all_at(&zeros, self.written) {
            Ok(()) => self.written + room,
            Err(_) => self.written,
        };
    }

    /// Ends the active segment's file where what is written ends, on the disk too.
    fn trim(&mut self) -> Result<(), StoreError> {
        let fail = |e| StoreError::io("trimming", &self.active.path, e);
        self.active.file.set_len(self.written).map_err(fail)?;
        self.active.file.sync_all().map_err(fail)?;
        self.prepared = self.written;
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        if self.written > self.synced {
            let synced = self.active.file.sync_data();
            synced.map_err(|e| StoreError::io("syncing", &self.active.path, e))?;
            self.synced = self.written;
        }
        self.dirty_since = None;
        Ok(())
    }

    /// Shows the new entries to readers and to the follower.
    fn publish(&self, base: u64, plan: &Plan) -> Result<(), StoreError> {
        // Held over both, so that `Log::follow` finds every entry on exactly one side.
        let mut follower = self.shared.follower.lock();
        {
            let mut extent = self.active.extent.write();
            for (entry, &position) in plan.fresh.iter().zip(&plan.positions) {
                extent.note(position, entry.at_ms);
            }
            extent.end = self.written;
        }
        self.shared.end.store(self.end, Ordering::Release);
        let Some(follow) = follower.as_mut().filter(|_| !plan.fresh.is_empty()) else {
            return Ok(());
        };
        catch_unwind(AssertUnwindSafe(|| follow(base, &plan.fresh)))
            .map_err(|panic| StoreError::Follower { offset: base, what: words_of(&*panic) })
    }

    /// Seals the active segment and starts the next one.
    fn roll_if_full(&mut self) -> Result<(), StoreError> {
        if self.written < self.segment_bytes || self.hashes.is_empty() {
            return Ok(());
        }
        self.sync()?;
        self.trim()?;
        if let Err(error) = sidecar::write(&self.active, &self.hashes) {
            tracing::warn!(%error, "kept no sidecar; the next start reads this segment again");
        }
        let header = Header { first: self.end, log_id: self.shared.log_id };
        let next = match Segment::create(&self.shared.dir, header) {
            // Then the active one grows on, if there is room for as much as that.
            Err(error) if error.is_no_room() && Segment::remove(&self.shared.dir, header) => {
                return Ok(());
            }
            created => created?,
        };
        self.active = Arc::new(next);
        self.shared.segments.write().push(Arc::clone(&self.active));
        self.hashes.clear();
        self.written = self.active.extent.read().end;
        (self.synced, self.prepared) = (self.written, self.written);
        Ok(())
    }

    /// Leaves everything on disk, with a last mark that vouches for it.
    fn close(&mut self) -> Result<(), StoreError> {
        self.sync()?;
        self.buf.clear();
        frame::encode_mark(&mut self.buf, self.active.seed, now_ms(), self.synced);
        self.write()?;
        self.sync()?;
        self.trim()
    }
}

/// Wall-clock time, Unix milliseconds. Only marks carry it; nothing is decided by it.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}
