//! How does an index lie in a file? A header that says what it is, then plain arrays.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `SKINDEX` and the kind of index |
//! | 4 | version of the format |
//! | 4 | CRC-32C of the payload |
//! | 8 | length of the payload |
//! | … | payload: numbers and arrays (length first), little-endian |
//!
//! The caller owns files: this module turns an index into bytes and back. A checksum that fits and
//! arrays that do not is still refused, so that bytes from elsewhere cannot cause a panic later.

use crate::IndexError;
use crate::kernels::{LANES, Line};
use std::io::{self, Write};

const MAGIC: &[u8; 7] = b"SKINDEX";
const VERSION: u32 = 1;
const HEADER: usize = 24;

/// What kind of index the bytes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Vectors = b'V',
    Attributes = b'A',
}

/// Collects a payload.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    bytes: Vec<u8>,
}

impl Payload {
    pub(crate) fn number(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(crate) fn u32s(&mut self, values: &[u32]) {
        self.number(values.len() as u64);
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(crate) fn u64s(&mut self, values: &[u64]) {
        self.number(values.len() as u64);
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(crate) fn f32s(&mut self, values: &[f32]) {
        self.number(values.len() as u64);
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(crate) fn lines(&mut self, lines: &[Line]) {
        self.number(lines.len() as u64);
        for line in lines {
            self.bytes.extend(line.0.iter().flat_map(|value| value.to_le_bytes()));
        }
    }

    pub(crate) fn write(&self, kind: Kind, out: &mut impl Write) -> io::Result<()> {
        let mut header = [0; HEADER];
        header[..7].copy_from_slice(MAGIC);
        header[7] = kind as u8;
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&crc32c::crc32c(&self.bytes).to_le_bytes());
        header[16..].copy_from_slice(&(self.bytes.len() as u64).to_le_bytes());
        out.write_all(&header)?;
        out.write_all(&self.bytes)
    }
}

/// Reads a payload back.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks header and checksum.
    pub(crate) fn open(bytes: &'a [u8], kind: Kind) -> Result<Self, IndexError> {
        let refuse = |why| Err(IndexError::Stored(why));
        let Some((header, payload)) = bytes.split_at_checked(HEADER) else {
            return refuse("shorter than its header");
        };
        if header[..7] != *MAGIC {
            return refuse("these bytes are no index");
        }
        if header[7] != kind as u8 {
            return refuse("another kind of index");
        }
        let mut fields = Reader { left: &header[8..] };
        let [version, sum] = [fields.u32()?, fields.u32()?];
        if version != VERSION {
            return refuse("another version of the format");
        }
        if fields.number()? != payload.len() as u64 {
            return refuse("the length does not fit its header: cut off or run on");
        }
        if crc32c::crc32c(payload) != sum {
            return refuse("the checksum does not fit: the bytes are damaged");
        }
        Ok(Self { left: payload })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], IndexError> {
        let (head, rest) =
            self.left.split_first_chunk::<N>().ok_or(IndexError::Stored("an array is cut off"))?;
        self.left = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, IndexError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(crate) fn number(&mut self) -> Result<u64, IndexError> {
        self.take().map(u64::from_le_bytes)
    }

    pub(crate) fn size(&mut self) -> Result<usize, IndexError> {
        usize::try_from(self.number()?).map_err(|_| IndexError::Stored("a size is too large"))
    }

    /// An array of `N`-byte elements; the length is checked before memory is taken.
    fn array<const N: usize, T>(&mut self, read: fn([u8; N]) -> T) -> Result<Vec<T>, IndexError> {
        let bytes = self.size()?.checked_mul(N).filter(|&bytes| bytes <= self.left.len());
        let bytes = bytes.ok_or(IndexError::Stored("an array is cut off"))?;
        let (head, rest) = self.left.split_at(bytes);
        self.left = rest;
        Ok(head.as_chunks::<N>().0.iter().map(|&chunk| read(chunk)).collect())
    }

    pub(crate) fn u32s(&mut self) -> Result<Vec<u32>, IndexError> {
        self.array(u32::from_le_bytes)
    }

    pub(crate) fn u64s(&mut self) -> Result<Vec<u64>, IndexError> {
        self.array(u64::from_le_bytes)
    }

    pub(crate) fn f32s(&mut self) -> Result<Vec<f32>, IndexError> {
        self.array(f32::from_le_bytes)
    }

    pub(crate) fn lines(&mut self) -> Result<Vec<Line>, IndexError> {
        self.array(|bytes: [u8; 4 * LANES]| {
            let mut line = Line::ZERO;
            for (value, bytes) in line.0.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *value = f32::from_le_bytes(*bytes);
            }
            line
        })
    }

    /// Refuses what is left over.
    pub(crate) fn finish(self) -> Result<(), IndexError> {
        if self.left.is_empty() { Ok(()) } else { Err(IndexError::Stored("bytes are left over")) }
    }
}
