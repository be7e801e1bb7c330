//! Which methods are there? One file each; the first line names the formula and its source.

pub mod association;
pub mod attributes;
pub mod bpr;
pub mod calibrate;
pub mod ease;
pub mod ials;
pub mod item_cf;
pub mod item_weights;
pub mod listwise;
pub mod local_ease;
pub mod popularity;
pub mod sequence_map;
pub mod slist;
pub mod transition;
pub mod trees;
pub mod user_cf;
pub mod vmis_knn;
