//! How does any decision run?
