//! Which methods are there? One file each; the first line names the formula and its source.

pub mod association;
pub mod popularity;
pub mod vmis_knn;
