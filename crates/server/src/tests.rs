//! Does the door keep its promises? Against a real listener, with a small shop behind it.

mod agents;
mod client;
mod closing;
mod codes;
mod fake;
mod importing;
mod listening;
mod looking;
mod reading;
mod running;
mod writing;
