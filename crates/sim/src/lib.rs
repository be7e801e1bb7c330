//! What would a shop do?
