//! What came since the base was built? Small shared blocks of rows, scanned by every search.
//!
//! A change copies the one block it touches (at most 64 rows) and the list of blocks; all else is
//! shared with the index before it.

use super::rows::Rows;
use crate::filter::Filter;
use crate::kernels::{self, Kernel, Line};
use crate::top::TopK;
use std::sync::Arc;

const BLOCK: usize = 64;

/// Rows newer than the base; an id is in it at most once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    blocks: Vec<Arc<Block>>,
    len: usize,
}

#[derive(Debug, Clone)]
struct Block {
    ids: Vec<u32>,
    rows: Rows,
}

impl Tail {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| size_of_val(block.rows.lines())).sum()
    }

    /// Block and place of an id. Linear: a tail is short, and four thousand ids take half a
    /// microsecond.
    fn find(&self, id: u32) -> Option<(usize, usize)> {
        self.blocks.iter().enumerate().find_map(|(block, rows)| {
            rows.ids.iter().position(|&have| have == id).map(|place| (block, place))
        })
    }

    pub(crate) fn upsert(&mut self, dims: usize, id: u32, lines: &[Line]) {
        if let Some((block, place)) = self.find(id) {
            Arc::make_mut(&mut self.blocks[block]).rows.set(place, lines);
            return;
        }
        self.len += 1;
        match self.blocks.last_mut() {
            Some(last) if last.ids.len() < BLOCK => {
                let last = Arc::make_mut(last);
                last.ids.push(id);
                last.rows.push(lines);
            }
            _ => {
                let mut rows = Rows::with_capacity(dims, BLOCK);
                rows.push(lines);
                self.blocks.push(Arc::new(Block { ids: vec![id], rows }));
            }
        }
    }

    pub(crate) fn delete(&mut self, id: u32) {
        let Some((at, place)) = self.find(id) else { return };
        self.len -= 1;
        let block = Arc::make_mut(&mut self.blocks[at]);
        block.ids.swap_remove(place);
        block.rows.swap_remove(place);
        if block.ids.is_empty() {
            self.blocks.remove(at);
        }
    }

    pub(crate) fn search(
        &self,
        kernel: Kernel,
        query: &[Line],
        filter: &Filter<'_>,
        top: &mut TopK,
    ) {
        let mut scores = [0.0; BLOCK];
        for block in &self.blocks {
            let scores = &mut scores[..block.ids.len()];
            kernels::score_range(kernel, query, block.rows.lines(), 0, scores);
            for (&id, &score) in block.ids.iter().zip(&*scores) {
                if score >= top.floor() && filter.allows(id) {
                    top.offer(id, score);
                }
            }
        }
    }

    pub(crate) fn vector(&self, id: u32) -> Option<&[f32]> {
        self.find(id).map(|(block, place)| self.blocks[block].rows.values(place))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &[Line])> {
        self.blocks.iter().flat_map(|block| {
            block.ids.iter().enumerate().map(|(place, &id)| (id, block.rows.row(place)))
        })
    }
}
