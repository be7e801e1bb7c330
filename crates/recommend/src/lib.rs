//! What do we show this customer now?

pub mod measure;
