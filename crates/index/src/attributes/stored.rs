//! An attribute index as bytes, and back, bit for bit. Posting lists are derived, not stored.

use super::base::Base;
use super::{AttributeIndex, AttributeOptions, Entry};
use crate::IndexError;
use crate::filter::{Bitset, ID_LIMIT};
use crate::stored::{Kind, Payload, Reader};
use std::io::{self, Write};
use std::sync::Arc;

impl AttributeIndex {
    /// Writes the index: 8 bytes per entry and term, 8 per entry.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let mut payload = Payload::default();
        payload.f32s(&[self.options.k1, self.options.b]);
        let base = &self.base;
        write_entries(&mut payload, &base.ids, &base.entry_starts, &base.terms, &base.weights);
        payload.u64s(self.dead.words());
        let ids: Vec<u32> = self.tail.iter().map(|entry| entry.id).collect();
        let mut starts = vec![0];
        let (mut terms, mut weights) = (Vec::new(), Vec::new());
        for entry in &self.tail {
            terms.extend(entry.terms.iter().map(|&(term, _)| term));
            weights.extend(entry.terms.iter().map(|&(_, weight)| weight));
            starts.push(terms.len() as u32);
        }
        write_entries(&mut payload, &ids, &starts, &terms, &weights);
        payload.write(Kind::Attributes, out)
    }

    /// The index as bytes; see [`Self::write_to`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory has no way to fail.
        let _ = self.write_to(&mut bytes);
        bytes
    }

    /// The index that was written.
    ///
    /// # Errors
    /// [`IndexError::Stored`] when the bytes are damaged, cut off, of another kind or version, or
    /// do not fit together; [`IndexError::Option`] when the options in them are out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IndexError> {
        let mut reader = Reader::open(bytes, Kind::Attributes)?;
        let [k1, b] = reader.f32s()?[..] else {
            return Err(IndexError::Stored("options are missing"));
        };
        let options = AttributeOptions { k1, b };
        options.check()?;
        let Arrays { ids, starts, terms, weights } = read_entries(&mut reader)?;
        if !ids.is_sorted_by(|a, b| a < b) {
            return Err(IndexError::Stored("ids are out of order"));
        }
        let base = Base::over(options, ids, starts, terms, weights);
        let dead = Bitset::from_words(reader.u64s()?);
        if dead.iter().last().is_some_and(|row| row as usize >= base.len()) {
            return Err(IndexError::Stored("a dead row does not exist"));
        }
        let dead_count = dead.count();
        let tail = read_entries(&mut reader)?;
        reader.finish()?;
        let mut index = Self { dead: Arc::new(dead), dead_count, ..Self::over(options, base) };
        for (at, &id) in tail.ids.iter().enumerate() {
            let range = tail.starts[at] as usize..tail.starts[at + 1] as usize;
            let terms = tail.terms[range.clone()].iter().copied();
            let terms = terms.zip(tail.weights[range].iter().copied()).collect();
            index = index.with_delete(id);
            index.tail.push(Arc::new(Entry { id, terms }));
        }
        Ok(index)
    }
}

struct Arrays {
    ids: Vec<u32>,
    starts: Vec<u32>,
    terms: Vec<u32>,
    weights: Vec<f32>,
}

fn write_entries(
    payload: &mut Payload,
    ids: &[u32],
    starts: &[u32],
    terms: &[u32],
    weights: &[f32],
) {
    payload.u32s(ids);
    payload.u32s(starts);
    payload.u32s(terms);
    payload.f32s(weights);
}

fn read_entries(reader: &mut Reader<'_>) -> Result<Arrays, IndexError> {
    let ids = reader.u32s()?;
    let starts = reader.u32s()?;
    let terms = reader.u32s()?;
    let weights = reader.f32s()?;
    let fit = starts.len() == ids.len() + 1
        && starts[0] == 0
        && starts.is_sorted()
        && starts[ids.len()] as usize == terms.len()
        && terms.len() == weights.len();
    if !fit {
        return Err(IndexError::Stored("entries and terms do not fit together"));
    }
    if ids.iter().chain(&terms).any(|&id| id >= ID_LIMIT) {
        return Err(IndexError::Stored("an id is too large"));
    }
    let ascending = starts
        .windows(2)
        .all(|ends| terms[ends[0] as usize..ends[1] as usize].is_sorted_by(|a, b| a < b));
    if !ascending || weights.iter().any(|weight| !(*weight > 0.0 && weight.is_finite())) {
        return Err(IndexError::Stored("terms are out of order or weigh nothing"));
    }
    Ok(Arrays { ids, starts, terms, weights })
}
