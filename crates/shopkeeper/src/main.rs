//! The binary: serve, import, train, eval, replay, doctor, bench.

fn main() {}
