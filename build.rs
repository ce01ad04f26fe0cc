//! Gives the program a fingerprint of what it is made from: what one program kept, another may not take up.
#![expect(clippy::disallowed_methods, reason = "reads the program's own sources")]

use std::{
    env, fs,
    hash::{DefaultHasher, Hasher as _},
    path::{Path, PathBuf},
};

/// What decides what the program writes.
const SOURCES: [&str; 5] = ["src", "themes", "forms", "Cargo.toml", "Cargo.lock"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut hasher = DefaultHasher::new();
    hasher.write(env::var("TARGET").unwrap_or_default().as_bytes());
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
        add(&root.join(source), &mut hasher);
    }
    println!("cargo:rustc-env=RAEKODA_FINGERPRINT={:016x}", hasher.finish());
}

fn add(path: &Path, hasher: &mut DefaultHasher) {
    let mut inside: Vec<PathBuf> =
        fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    inside.sort();
    for inner in inside {
        hasher.write(inner.file_name().unwrap_or_default().as_encoded_bytes());
        add(&inner, hasher);
    }
    if let Ok(bytes) = fs::read(path) {
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
}
