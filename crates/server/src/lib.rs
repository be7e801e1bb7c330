//! How does the world speak to the shop's brain?
