//! Does the index find what looking at everything finds?

mod vector;
