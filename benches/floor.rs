//! The floor under any build of a site: read the sources, write the output, and nothing between.
//!
//! ```text
//! floor SOURCES MODEL OUT THREADS
//! ```
//!
//! Reads every file below SOURCES, then writes below OUT the files that MODEL lists, one a line as
//! `SIZE<TAB>PATH`. The bytes are filler: what counts is how many there are and in how many files.
//! Compiled by `benches/run` with `rustc -O`; it is no part of the package.

use std::{
    env,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

const FILLER: &[u8] = &[b' '; 1 << 20];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [sources, model, out, threads] = arguments.as_slice() else {
        eprintln!("floor SOURCES MODEL OUT THREADS");
        std::process::exit(2);
    };
    let threads = threads.parse().unwrap_or(1);

    let mut files = Vec::new();
    walk(Path::new(sources), &mut files)?;
    in_parallel(&files, threads, |path, buffer| {
        buffer.clear();
        File::open(path)?.read_to_end(buffer).map(drop)
    })?;

    let model = fs::read_to_string(model)?;
    let outputs: Vec<(usize, PathBuf)> = model
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(size, path)| (size.parse().unwrap_or(0), Path::new(out).join(path)))
        .collect();
    let mut made = PathBuf::new();
    for folder in outputs.iter().filter_map(|(_, path)| path.parent()) {
        if folder != made {
            fs::create_dir_all(folder)?;
            made = folder.to_owned();
        }
    }
    in_parallel(&outputs, threads, |(size, path), _| {
        let mut file = File::create(path)?;
        let mut left = *size;
        while left > 0 {
            let part = left.min(FILLER.len());
            file.write_all(&FILLER[..part])?;
            left -= part;
        }
        Ok(())
    })
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Does `work` on every item, with a buffer that each thread keeps.
fn in_parallel<T: Sync>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T, &mut Vec<u8>) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let turn = || {
        let mut buffer = Vec::new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item, &mut buffer)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(turn)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}
