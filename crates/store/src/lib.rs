//! Where do facts live?
