//! Does the index find what looking at everything finds?

mod attributes;
mod filter;
mod kernels;
mod live;
mod vector;
