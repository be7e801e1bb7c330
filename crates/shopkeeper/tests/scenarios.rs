//! Does the real binary do what the stories under `scenarios/` tell?
//!
//! Each file is a story: files that a shop has, then steps: commands of the binary, a server
//! started and stopped (or killed), requests over real HTTP with what the answers must hold.
//! Stories with `data = "…"` need public data and run only with `SHOPKEEPER_DATA` set to the
//! folder that holds it; without it they say that they were passed over.

mod crash;
mod http;
mod story;

use std::path::{Path, PathBuf};

fn stories() -> std::io::Result<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut all = Vec::new();
    for domain in std::fs::read_dir(root)? {
        for file in std::fs::read_dir(domain?.path())? {
            all.push(file?.path());
        }
    }
    all.sort();
    Ok(all)
}

#[test]
#[expect(clippy::print_stdout, reason = "what was passed over is told to whoever runs the tests")]
fn every_story_comes_true() {
    let stories = stories().unwrap();
    assert!(!stories.is_empty(), "no stories under scenarios/");
    let mut failed = Vec::new();
    for path in stories {
        match story::tell(&path) {
            Ok(story::Told::True(steps)) => println!("{}: {steps} steps", path.display()),
            Ok(story::Told::PassedOver(why)) => println!("{}: passed over, {why}", path.display()),
            Err(why) => failed.push(format!("{}: {why}", path.display())),
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
