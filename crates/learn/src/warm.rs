//! What will be read next? Asks memory for it before it is needed.
//!
//! Models are larger than the caches, and an ask reads little pieces of them all over: each piece
//! costs a trip to memory, a hundred times what is done with it. The processor makes ten such trips
//! at once when it sees the addresses early and nothing in between waits for a value. So a caller
//! that knows its pieces first runs over all of them like this, and then works on them.

use std::hint::black_box;

/// Bytes that memory hands out at once.
const LINE: usize = 64;

/// Reads one value of each cache line of `values`.
#[inline]
pub fn warm<T: Copy>(values: &[T]) {
    for value in values.iter().step_by((LINE / size_of::<T>().max(1)).max(1)) {
        black_box(*value);
    }
}
