//! How does the world speak to the shop's brain?
//!
//! HTTP in front, one trait behind ([`Shop`]), and between them the only JSON of the product.
//! Nothing is decided here: a request is named, admitted, read, handed over, and what comes back
//! is put on the wire.
//!
//! | room | the question it answers |
//! |---|---|
//! | `routes` | What is answered, where, and to whom? The one list of addresses |
//! | `calls` | What happens to every request, whatever it asks? |
//! | `body` | What did the sender send? Bounded before and after decompression |
//! | `wire` | What does the wire carry? Readers, shapes, page tokens |
//! | `api` | What can be asked at each address? |
//! | `agents` | What can a language model ask, and how is it told? MCP |
//! | `pages` | What do people see in a browser? |
//! | `problem` | What is said when something is wrong? RFC 9457 |
//! | `work` | Where does thinking happen? In place, a few at a time |
//! | `limits`, `metrics` | How often may this key call? How is the server doing? |
//! | `webhooks` | Who is told what happens, and does the word arrive? |
//! | `openapi` | What does the server offer, for programs that read? |
//! | `serve` | How are connections taken, and how does the server go down? |
//! | `facade` | What must be behind the door? |
//!
//! Strict or lenient? Whoever sends events sends them to others too, so unknown fields of an event
//! are ignored and named in its receipt's `warnings`. Everywhere else an unknown field is a
//! mistake that would otherwise go unseen (`fliter`), so it is refused with the names allowed.

mod agents;
mod api;
mod body;
mod calls;
mod door;
mod facade;
mod limits;
mod metrics;
mod openapi;
mod options;
mod pages;
mod problem;
mod routes;
mod serve;
mod webhooks;
mod wire;
mod work;

pub use facade::{Ingested, Shop};
pub use openapi::document;
pub use options::{ServerError, ServerOptions};
pub use problem::Problem;
pub use serve::Server;
pub use webhooks::WebhookOptions;
pub use wire::FieldProblem;

#[cfg(test)]
mod tests;
