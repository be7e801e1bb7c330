//! How is the whole built from one config?
