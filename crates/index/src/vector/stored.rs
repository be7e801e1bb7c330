//! A vector index as bytes, and back, bit for bit.

use super::base::Base;
use super::graph::{Graph, Layer, NONE, Twins};
use super::rows::{Metric, Rows};
use super::tail::Tail;
use super::{VectorIndex, VectorOptions};
use crate::IndexError;
use crate::filter::{Bitset, ID_LIMIT};
use crate::stored::{Kind, Payload, Reader};
use std::io::{self, Write};
use std::sync::Arc;

impl VectorIndex {
    /// Writes the index: `64 × ⌈dims / 16⌉ + 4 × degree + 4` bytes per vector, a little more for
    /// what is dead and for the layers of the graph.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let mut payload = Payload::default();
        let VectorOptions { dims, metric, degree, build_effort, scan_below, seed } = self.options;
        let metric = match metric {
            Metric::InnerProduct => 0,
            Metric::Cosine => 1,
            Metric::L2 => 2,
        };
        for value in [dims, metric, degree, build_effort, scan_below] {
            payload.number(value as u64);
        }
        payload.number(seed);
        payload.u32s(&self.base.ids);
        payload.lines(self.base.rows.lines());
        let layers = self.base.graph.iter().flat_map(|graph| &graph.layers);
        payload.number(layers.clone().count() as u64);
        for layer in layers {
            payload.u32s(&layer.links);
        }
        payload.u64s(self.dead.words());
        let tail: Vec<_> = self.tail.iter().collect();
        payload.u32s(&tail.iter().map(|&(id, _)| id).collect::<Vec<_>>());
        payload.lines(&tail.iter().flat_map(|(_, lines)| *lines).copied().collect::<Vec<_>>());
        payload.write(Kind::Vectors, out)
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
        let mut reader = Reader::open(bytes, Kind::Vectors)?;
        let options = read_options(&mut reader)?;
        let ids = reader.u32s()?;
        let rows = read_rows(&mut reader, options.dims, &ids)?;
        let layers = reader.number()?;
        let layers = (0..layers)
            .map(|_| read_layer(&mut reader, options.degree, ids.len()))
            .collect::<Result<Vec<_>, _>>()?;
        let whole = layers.last().map_or(0, Layer::nodes);
        let growing = layers.is_sorted_by_key(Layer::nodes);
        if !layers.is_empty() && (whole != ids.len() || !growing) {
            return Err(IndexError::Stored("the graph does not fit the rows"));
        }
        let dead = Bitset::from_words(reader.u64s()?);
        if dead.iter().last().is_some_and(|row| row as usize >= ids.len()) {
            return Err(IndexError::Stored("a dead row does not exist"));
        }
        let tail_ids = reader.u32s()?;
        let tail_rows = read_rows(&mut reader, options.dims, &tail_ids)?;
        reader.finish()?;
        let graph = (!layers.is_empty()).then(|| Graph { layers, twins: Twins::of(&rows) });
        let dead_count = dead.count();
        let base = Arc::new(Base::assemble(options.metric, ids, rows, graph));
        let mut index =
            Self { options, base, dead: Arc::new(dead), dead_count, tail: Tail::default() };
        for (row, id) in tail_ids.into_iter().enumerate() {
            index.bury(id);
            index.tail.upsert(options.dims, id, tail_rows.row(row));
        }
        Ok(index)
    }
}

fn read_options(reader: &mut Reader<'_>) -> Result<VectorOptions, IndexError> {
    let dims = reader.size()?;
    let metric = match reader.number()? {
        0 => Metric::InnerProduct,
        1 => Metric::Cosine,
        2 => Metric::L2,
        _ => return Err(IndexError::Stored("an unknown metric")),
    };
    let options = VectorOptions {
        dims,
        metric,
        degree: reader.size()?,
        build_effort: reader.size()?,
        scan_below: reader.size()?,
        seed: reader.number()?,
    };
    options.check()?;
    Ok(options)
}

fn read_rows(reader: &mut Reader<'_>, dims: usize, ids: &[u32]) -> Result<Rows, IndexError> {
    if ids.iter().any(|&id| id >= ID_LIMIT) {
        return Err(IndexError::Stored("an id is too large"));
    }
    Rows::from_lines(dims, reader.lines()?)
        .filter(|rows| rows.len() == ids.len())
        .ok_or(IndexError::Stored("the rows do not fit the ids"))
}

/// Links lead only to rows of the same layer, so a walk cannot leave it.
fn read_layer(reader: &mut Reader<'_>, degree: usize, rows: usize) -> Result<Layer, IndexError> {
    let links = reader.u32s()?;
    let layer = Layer { degree, links };
    let nodes = layer.nodes();
    let whole = nodes > 0 && layer.links.len().is_multiple_of(degree) && nodes <= rows;
    if !whole || layer.links.iter().any(|&link| link != NONE && link as usize >= nodes) {
        return Err(IndexError::Stored("a link leads nowhere"));
    }
    Ok(layer)
}
