//! How are facts brought into order of time without holding them all? They are written to a spool
//! file as they are read; only 32 bytes of each stay in memory, are sorted, and say where to read.

use super::ImportError;
use commerce::{Body, EventKind, Fact};
use rustc_hash::FxHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where a fact stands in the spool, and what it is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    /// The catalogue comes first, then what happened.
    happened: bool,
    at_ms: i64,
    /// Lines of one order, and facts that say the same, stand together. 0: neither.
    group: u64,
    position: u64,
    bytes: u32,
}

/// Facts on their way into the log.
pub(crate) struct Spool {
    dir: PathBuf,
    file: File,
    writer: Option<BufWriter<File>>,
    written: u64,
    slots: Vec<Slot>,
    next: usize,
    /// Rows that were set aside while it was written.
    pub(crate) quarantined: u64,
}

/// Some facts in order of time.
pub(crate) struct Batch {
    pub(crate) facts: Vec<Fact>,
    /// Facts left out because they say what another says.
    pub(crate) repeated: u64,
}

/// The name of an import of these files under this mapping.
pub(crate) fn name_of(what: &impl Hash) -> String {
    let mut hasher = FxHasher::default();
    what.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The size of a file and the CRC-32C of its bytes.
pub(crate) fn fingerprint(path: &Path) -> Result<(u64, u32), ImportError> {
    let cannot = |source| ImportError::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(cannot)?;
    let mut buffer = vec![0u8; 1 << 20];
    let (mut bytes, mut crc) = (0u64, 0u32);
    loop {
        let got = file.read(&mut buffer).map_err(cannot)?;
        if got == 0 {
            return Ok((bytes, crc));
        }
        crc = crc32c::crc32c_append(crc, &buffer[..got]);
        bytes += got as u64;
    }
}

impl Spool {
    fn dir(work_dir: &Path, name: &str) -> PathBuf {
        work_dir.join("imports").join(name)
    }

    fn cannot(&self) -> impl Fn(io::Error) -> ImportError + use<> {
        let path = self.dir.clone();
        move |source| ImportError::Write { path: path.clone(), source }
    }

    /// A new, empty spool.
    pub(crate) fn create(work_dir: &Path, name: &str) -> Result<Self, ImportError> {
        let dir = Self::dir(work_dir, name);
        let make = || {
            fs::create_dir_all(&dir)?;
            let mut options = File::options();
            let path = dir.join("facts");
            let writer = options.create(true).truncate(true).write(true).open(&path)?;
            Ok((File::open(&path)?, BufWriter::with_capacity(1 << 20, writer)))
        };
        let (file, writer) =
            make().map_err(|source| ImportError::Write { path: dir.clone(), source })?;
        Ok(Self {
            dir,
            file,
            writer: Some(writer),
            written: 0,
            slots: Vec::new(),
            next: 0,
            quarantined: 0,
        })
    }

    /// The spool of an import that was interrupted while appending.
    pub(crate) fn resume(work_dir: &Path, name: &str) -> Result<Option<Self>, ImportError> {
        let dir = Self::dir(work_dir, name);
        let Ok(order) = fs::read(dir.join("order")) else { return Ok(None) };
        let open = || -> io::Result<Option<Self>> {
            let Some(slots) = decode_slots(&order) else { return Ok(None) };
            let file = File::open(dir.join("facts"))?;
            let done = fs::read_to_string(dir.join("done")).unwrap_or_default();
            let next = done.trim().parse().unwrap_or(0).min(slots.len());
            let written = file.metadata()?.len();
            let set_aside = fs::read_to_string(dir.join("quarantined")).unwrap_or_default();
            let quarantined = set_aside.trim().parse().unwrap_or(0);
            let dir = dir.clone();
            Ok(Some(Self { dir, file, writer: None, written, slots, next, quarantined }))
        };
        open().map_err(|source| ImportError::Read { path: dir.clone(), source })
    }

    /// Writes a fact.
    pub(crate) fn push(&mut self, fact: &Fact) -> Result<(), ImportError> {
        let cannot = self.cannot();
        let bytes = framed(fact).map_err(|e| cannot(io::Error::other(e.to_string())))?;
        let happened = !matches!(fact.body, Body::Item(_) | Body::Customer(_) | Body::Merchant(_));
        let slot = Slot {
            happened,
            at_ms: fact.at.ms(),
            group: group_of(fact),
            position: self.written,
            bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        };
        if let Some(writer) = &mut self.writer {
            writer.write_all(&bytes).map_err(cannot)?;
        }
        self.written += bytes.len() as u64;
        self.slots.push(slot);
        Ok(())
    }

    /// Ends writing and sorts; from now on the import can be resumed.
    pub(crate) fn sorted(mut self, quarantined: u64) -> Result<Self, ImportError> {
        let cannot = self.cannot();
        self.quarantined = quarantined;
        fs::write(self.dir.join("quarantined"), quarantined.to_string()).map_err(&cannot)?;
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(|e| cannot(e.into_error()))?;
            file.sync_data().map_err(&cannot)?;
        }
        self.slots.sort_unstable();
        let partial = self.dir.join("order.part");
        fs::write(&partial, encode_slots(&self.slots)).map_err(&cannot)?;
        fs::rename(&partial, self.dir.join("order")).map_err(&cannot)?;
        Ok(self)
    }

    /// All facts of the spool.
    pub(crate) fn len(&self) -> u64 {
        self.slots.len() as u64
    }

    /// Facts handed out so far.
    pub(crate) fn done(&self) -> u64 {
        self.next as u64
    }

    /// The next facts in order, lines of one order joined, at most about `size`.
    pub(crate) fn next_batch(&mut self, size: usize) -> Result<Batch, ImportError> {
        let mut batch = Batch { facts: Vec::with_capacity(size), repeated: 0 };
        let mut last: Option<Slot> = None;
        while self.next < self.slots.len() {
            let slot = self.slots[self.next];
            let together = last.is_some_and(|last: Slot| {
                slot.group != 0 && slot.group == last.group && slot.at_ms == last.at_ms
            });
            if batch.facts.len() >= size && !together {
                break;
            }
            let fact = self.read(slot)?;
            self.next += 1;
            match (together, batch.facts.last_mut()) {
                (true, Some(before)) if before.body == fact.body && !slot.happened => {
                    batch.repeated += 1;
                }
                (true, Some(before)) => {
                    if let Some(fact) = join(before, fact) {
                        batch.facts.push(fact);
                    }
                }
                _ => batch.facts.push(fact),
            }
            last = Some(slot);
        }
        Ok(batch)
    }

    fn read(&mut self, slot: Slot) -> Result<Fact, ImportError> {
        let cannot = self.cannot();
        let mut bytes = vec![0u8; slot.bytes as usize];
        self.file.seek(SeekFrom::Start(slot.position)).map_err(&cannot)?;
        self.file.read_exact(&mut bytes).map_err(&cannot)?;
        unframed(&bytes).map_err(|why| cannot(io::Error::other(why)))
    }

    /// Notes that everything handed out is in the log, durably.
    pub(crate) fn mark_done(&self) -> Result<(), ImportError> {
        fs::write(self.dir.join("done"), self.next.to_string()).map_err(self.cannot())
    }

    /// Removes the spool: everything is in.
    pub(crate) fn remove(self) -> Result<(), ImportError> {
        fs::remove_dir_all(&self.dir).map_err(self.cannot())
    }
}

/// A fact as the log would keep it: id length, id, time, payload.
fn framed(fact: &Fact) -> Result<Vec<u8>, store::StoreError> {
    let entry = store::codec::entry_of(fact)?;
    let mut bytes = Vec::with_capacity(entry.id.len() + entry.payload.len() + 10);
    bytes.extend_from_slice(&(entry.id.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&entry.id);
    bytes.extend_from_slice(&entry.at_ms.to_le_bytes());
    bytes.extend_from_slice(&entry.payload);
    Ok(bytes)
}

fn unframed(bytes: &[u8]) -> Result<Fact, String> {
    let entry = || {
        let (len, rest) = bytes.split_first_chunk::<2>()?;
        let (id, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*len)))?;
        let (at_ms, payload) = rest.split_first_chunk::<8>()?;
        let at_ms = i64::from_le_bytes(*at_ms);
        Some(store::Entry { id: id.to_vec(), at_ms, payload: payload.to_vec() })
    };
    let entry = entry().ok_or("the spool is damaged; remove it and import again")?;
    store::codec::fact_of(&entry).map_err(|e| e.to_string())
}

/// Lines of one order belong together, and so do upserts that say the same.
fn group_of(fact: &Fact) -> u64 {
    let mut hasher = FxHasher::default();
    match &fact.body {
        Body::Event(event) if event.kind == EventKind::Purchase => {
            let Some(order) = &event.order else { return 0 };
            (order, &event.who).hash(&mut hasher);
        }
        Body::Item(item) => item.id.hash(&mut hasher),
        Body::Customer(customer) => customer.id.hash(&mut hasher),
        _ => return 0,
    }
    hasher.finish().max(1)
}

/// Adds the lines of `more` to the order in `fact`; gives `more` back when it is something else.
fn join(fact: &mut Fact, more: Fact) -> Option<Fact> {
    match (&mut fact.body, more) {
        (Body::Event(order), Fact { body: Body::Event(line), .. })
            if order.order.is_some() && order.order == line.order && order.who == line.who =>
        {
            order.lines.extend(line.lines);
            None
        }
        (_, more) => Some(more),
    }
}

const SLOT_BYTES: usize = 29;

fn encode_slots(slots: &[Slot]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(slots.len() * SLOT_BYTES + 4);
    for slot in slots {
        bytes.push(u8::from(slot.happened));
        bytes.extend_from_slice(&slot.at_ms.to_le_bytes());
        bytes.extend_from_slice(&slot.group.to_le_bytes());
        bytes.extend_from_slice(&slot.position.to_le_bytes());
        bytes.extend_from_slice(&slot.bytes.to_le_bytes());
    }
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// Nothing when the bytes are damaged: the import then reads its files again.
fn decode_slots(bytes: &[u8]) -> Option<Vec<Slot>> {
    let (body, crc) = bytes.split_last_chunk::<4>()?;
    if crc32c::crc32c(body) != u32::from_le_bytes(*crc) || body.len() % SLOT_BYTES != 0 {
        return None;
    }
    let word = |slot: &[u8], from: usize| slot[from..from + 8].try_into().ok();
    body.chunks_exact(SLOT_BYTES)
        .map(|slot| {
            Some(Slot {
                happened: slot[0] == 1,
                at_ms: i64::from_le_bytes(word(slot, 1)?),
                group: u64::from_le_bytes(word(slot, 9)?),
                position: u64::from_le_bytes(word(slot, 17)?),
                bytes: u32::from_le_bytes(slot[25..29].try_into().ok()?),
            })
        })
        .collect()
}
