//! What does the wire carry? Readers of what comes in, shapes of what goes out, and nothing else
//! of ours is ever put into JSON.

pub(crate) mod browse;
pub(crate) mod catalogue;
pub(crate) mod decision;
pub(crate) mod event;
pub(crate) mod fact;
pub(crate) mod fields;
pub(crate) mod imports;
pub(crate) mod model;
pub(crate) mod operation;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod recommend;
pub(crate) mod report;
pub(crate) mod shapes;
pub(crate) mod webhooks;

pub use report::FieldProblem;
