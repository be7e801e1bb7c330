//! How are numbers and texts laid out in a snapshot? Little-endian, lengths first.
//!
//! Reading bounds every allocation by what was really read, so that damaged bytes cost an error
//! and not the memory.

use crate::snapshot::LoadError;
use std::io::{Read, Write};

/// Bytes that are handed to the writer, or asked of the reader, at once.
const BLOCK: usize = 1 << 16;

/// Writes through one block of memory.
pub(crate) struct Out<'a> {
    to: &'a mut dyn Write,
    block: Vec<u8>,
}

impl<'a> Out<'a> {
    pub(crate) fn new(to: &'a mut dyn Write) -> Self {
        Self { to, block: Vec::with_capacity(2 * BLOCK) }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK { self.flush() } else { Ok(()) }
    }

    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        self.to.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    pub(crate) fn u8(&mut self, n: u8) -> std::io::Result<()> {
        self.bytes(&[n])
    }

    pub(crate) fn u32(&mut self, n: u32) -> std::io::Result<()> {
        self.bytes(&n.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, n: u64) -> std::io::Result<()> {
        self.bytes(&n.to_le_bytes())
    }

    pub(crate) fn f64(&mut self, n: f64) -> std::io::Result<()> {
        self.u64(n.to_bits())
    }

    pub(crate) fn len(&mut self, len: usize) -> std::io::Result<()> {
        self.u32(u32::try_from(len).map_err(std::io::Error::other)?)
    }

    pub(crate) fn sized(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.len(bytes.len())?;
        self.bytes(bytes)
    }

    pub(crate) fn u32s(&mut self, all: &[u32]) -> std::io::Result<()> {
        self.len(all.len())?;
        all.iter().try_for_each(|&n| self.u32(n))
    }
}

/// Reads through one block of memory.
pub(crate) struct In<'a> {
    from: &'a mut dyn Read,
    block: Vec<u8>,
    at: usize,
}

impl<'a> In<'a> {
    pub(crate) fn new(from: &'a mut dyn Read) -> Self {
        Self { from, block: Vec::new(), at: 0 }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], LoadError> {
        if self.block.len() - self.at < N {
            self.refill(N)?;
        }
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.block[self.at..self.at + N]);
        self.at += N;
        Ok(bytes)
    }

    /// Moves what is left to the front and reads until there are `n` bytes.
    fn refill(&mut self, n: usize) -> Result<(), LoadError> {
        self.block.drain(..self.at);
        self.at = 0;
        while self.block.len() < n {
            let end = self.block.len();
            self.block.resize(end + BLOCK, 0);
            let read = self.from.read(&mut self.block[end..]);
            self.block.truncate(end + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => return Err(LoadError::Damaged { what: "it ends too early" }),
                Ok(_) => {}
                Err(why) if why.kind() == std::io::ErrorKind::Interrupted => {}
                Err(why) => return Err(LoadError::Io(why)),
            }
        }
        Ok(())
    }

    pub(crate) fn u8(&mut self) -> Result<u8, LoadError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, LoadError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, LoadError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Result<f64, LoadError> {
        self.u64().map(f64::from_bits)
    }

    pub(crate) fn len(&mut self) -> Result<usize, LoadError> {
        self.u32().map(|n| n as usize)
    }

    pub(crate) fn sized(&mut self) -> Result<Vec<u8>, LoadError> {
        let mut left = self.len()?;
        let mut bytes = Vec::with_capacity(left.min(BLOCK));
        while left > 0 {
            let part = left.min(BLOCK);
            if self.block.len() - self.at < part {
                self.refill(part)?;
            }
            bytes.extend_from_slice(&self.block[self.at..self.at + part]);
            self.at += part;
            left -= part;
        }
        Ok(bytes)
    }

    pub(crate) fn text(&mut self) -> Result<String, LoadError> {
        let damaged = |_| LoadError::Damaged { what: "a name is not UTF-8" };
        String::from_utf8(self.sized()?).map_err(damaged)
    }

    /// A list of as many entries as its length says, read one by one.
    pub(crate) fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, LoadError>,
    ) -> Result<Vec<T>, LoadError> {
        let len = self.len()?;
        let mut all = Vec::with_capacity(len.min(BLOCK / size_of::<T>().max(1)));
        for _ in 0..len {
            all.push(one(self)?);
        }
        Ok(all)
    }
}
