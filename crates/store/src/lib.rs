//! Where do facts live?
//!
//! | room | the question it answers |
//! |---|---|
//! | [`log`] | In which order did things happen, and when is one safe? |
//! | [`error`] | Why did the store say no, where, and what should a person do? |
//!
//! Durable formats are defined here and in `commerce` alone. Each carries a version.

pub mod error;
pub mod log;

pub use error::StoreError;
pub use log::{Ack, Entry, Log, LogOptions, Reader, Receipt};
