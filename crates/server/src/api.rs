//! What can be asked at each address? One file for each subject; `routes` lists them all.

pub(crate) mod browse;
pub(crate) mod catalogue;
pub(crate) mod decisions;
pub(crate) mod events;
pub(crate) mod experiments;
pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod models;
pub(crate) mod operation;
pub(crate) mod people;
pub(crate) mod recommend;
pub(crate) mod webhooks;
pub(crate) mod write;
