//! Which pages go into the binary? Those that have been built: the console, the shop page, the SDK.
//!
//! Rust alone builds the server: what Node has not built is left out, and its address says so.

use flate2::{Compression, write::GzEncoder};
use std::fmt::Write as _;
use std::io::{Error, Result, Write as _};
use std::path::{Path, PathBuf};

/// Where pages are built, from the root of the repository, and below which address they are found.
const BUILT: [(&str, &str); 3] =
    [("console/dist", "/console"), ("storefront/dist", "/shop"), ("sdk/web/dist", "/sdk")];

fn main() -> Result<()> {
    let var = |name| std::env::var_os(name).map(PathBuf::from).ok_or(Error::other(name));
    let (root, out) = (var("CARGO_MANIFEST_DIR")?.join("../.."), var("OUT_DIR")?);
    let mut list = String::from("static FILES: &[File] = &[\n");
    for (place, (dir, address)) in BUILT.iter().enumerate() {
        let dir = root.join(dir);
        // Cargo builds again and again while a path that it watches is missing, so it is made;
        // where the tree cannot be written to, that is the price.
        let _ = std::fs::create_dir_all(&dir);
        println!("cargo::rerun-if-changed={}", dir.display());
        let mut files = Vec::new();
        if dir.is_dir() {
            walk(&dir, &mut files)?;
        }
        files.sort();
        for (number, file) in files.iter().enumerate() {
            let under = file.strip_prefix(&dir).map_err(Error::other)?;
            let path = format!("{address}/{}", under.display());
            let packed = out.join(format!("page-{place}-{number}.gz"));
            pack(file, &packed)?;
            let _ = writeln!(
                list,
                "    File {{ path: {path:?}, gzip: include_bytes!({:?}) }},",
                packed.display().to_string()
            );
        }
    }
    list.push_str("];\n");
    std::fs::write(out.join("pages.rs"), list)
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        match name {
            Some(name) if name.starts_with('.') || name.ends_with(".map") => {}
            _ if path.is_dir() => walk(&path, files)?,
            _ => files.push(path),
        }
    }
    Ok(())
}

fn pack(from: &Path, to: &Path) -> Result<()> {
    let mut encoder = GzEncoder::new(std::fs::File::create(to)?, Compression::best());
    encoder.write_all(&std::fs::read(from)?)?;
    encoder.finish().map(drop)
}
