//! Where do facts live?
//!
//! | room | the question it answers |
//! |---|---|
//! | [`log`] | In which order did things happen, and when is one safe? |
//! | [`codec`] | How does a fact become bytes, and how do old bytes become today's fact? |
//! | [`snapshot`] | What was the state at this offset? |
//! | [`table`] | Which row has this key now, and what was it before? |
//! | [`blob`] | Where do large immutable things live? |
//! | [`error`] | Why did the store say no, where, and what should a person do? |
//!
//! Durable formats are defined here and in `commerce` alone; each carries a version. The store is
//! synchronous and knows no async runtime: [`Log::submit`] takes a callback for those who must
//! not wait. All of it is concrete types: a trait will come with the second implementation, with
//! the shape that [`Log`] has now (append a batch, follow, read from an offset), the customer as
//! partition key.

pub mod blob;
pub mod codec;
mod dir;
pub mod error;
pub mod log;
pub mod snapshot;
pub mod table;

pub use blob::{Blob, BlobId, Blobs};
pub use error::StoreError;
pub use log::{Ack, Entry, EntryRef, Log, LogOptions, Reader, Receipt};
pub use snapshot::{SnapshotInfo, Snapshots};
pub use table::{Row, Table};
