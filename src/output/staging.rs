//! Staging: the complete new site beside the old one, then the exchange.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Read as _, Write as _},
    path::{Component, Path},
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;

use super::{
    exchange::put_in_place,
    folder::{Lock, OutputFolder, refused},
    inputs::{Inputs, TICK},
    manifest::{Found, Manifest, Times, Written},
    tree,
};
use crate::{
    diagnostics::{Diagnostic, Location},
    source::SourceFile,
};

/// Enough that threads seldom meet at the same one.
const SHARDS: usize = 64;

/// A site that is being written. Dropped without [`Staging::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Staging {
    folder: OutputFolder,
    /// What stands in the output folder.
    previous: Manifest,
    /// Whether `previous` is empty because the manifest could not be read.
    damaged: bool,
    files: Vec<Mutex<BTreeMap<Box<str>, Staged>>>,
    directories: Vec<Mutex<BTreeSet<Box<str>>>>,
    _lock: Lock,
}

/// A file of the new site.
#[derive(Clone, Copy, Debug)]
struct Staged {
    hash: [u8; 32],
    times: Times,
    origin: Option<Times>,
    /// Whether the file stands in the old site already, and is not in `next/` yet.
    kept: bool,
}

/// What is remembered of the build for the next one.
#[derive(Clone, Debug, Default)]
pub struct Stamp {
    /// What the site was made from; without it the next build is never skipped.
    pub inputs: Option<Inputs>,
    /// Anything that the next build wants to know if nothing changed: the warnings to be said again.
    pub memo: Vec<u8>,
}

/// What a commit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that are new or have another content.
    pub written: usize,
    /// Files that stayed as they were.
    pub unchanged: usize,
    /// Files of the old site that the new one does not have.
    pub removed: usize,
    /// What the person should know of files that no build made.
    pub diagnostics: Vec<Diagnostic>,
}

impl Staging {
    /// Takes the lock, clears up after a build that was stopped, and reads what the last one left.
    ///
    /// # Errors
    /// `output.locked`, `output.foreign-folder`, `output.unwritable`, `output.write-failed`.
    pub fn open(folder: OutputFolder) -> Result<Self, Diagnostic> {
        let lock = folder.lock()?;
        let (previous, damaged) = recover(&folder).map_err(|error| refused(folder.path(), &error))?;
        Ok(Self {
            previous,
            damaged,
            files: (0..SHARDS).map(|_| Mutex::default()).collect(),
            directories: (0..SHARDS).map(|_| Mutex::default()).collect(),
            folder,
            _lock: lock,
        })
    }

    /// What the site that stands was made from, if that is known.
    #[must_use]
    pub fn previous_inputs(&self) -> Option<&Inputs> {
        self.previous.inputs.as_ref()
    }

    /// What the last build wanted this one to know, if a build with these inputs would make the very
    /// site that stands in the output folder. Nothing needs to be done then.
    #[must_use]
    pub fn up_to_date(&self, files: &[SourceFile], settings: &[u8; 32], now: i128) -> Option<&[u8]> {
        let inputs = self.previous.inputs.as_ref()?;
        (inputs.unchanged(files, settings, now) && self.previous.stands_in(self.folder.path()))
            .then_some(&*self.previous.memo)
    }

    /// Writes a file of the new site. May be called from many threads at once.
    ///
    /// # Errors
    /// `output.bad-path`, `output.collision` when the path is taken, `output.file-and-folder` when it
    /// lies below a file or a folder has its name; `output.disk-full` and others of the disk.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        check_path(path)?;
        let hash = *blake3::hash(bytes).as_bytes();
        if let Some(old) = self.standing(path)
            && old.hash == hash
        {
            return self.claim(path, Staged { hash, times: old.times, origin: None, kept: true });
        }
        let mut file = self.create(path)?;
        let times = file.write_all(bytes).and_then(|()| file.metadata()).map_err(|error| self.failed(path, &error))?;
        self.claim(path, Staged { hash, times: Times::of(&times), origin: None, kept: false })
    }

    /// Copies the file `from` into the new site. One that was copied before and has not changed since
    /// is not read.
    ///
    /// # Errors
    /// As of [`Staging::write`], and `source.unreadable`.
    pub fn copy(&self, path: &str, from: &SourceFile) -> Result<(), Diagnostic> {
        check_path(path)?;
        let origin = Some(Times { size: from.size, modified: from.modified });
        let old = self.standing(path);
        if let Some(old) = old
            && old.origin == origin
            && from.modified + TICK < old.times.modified
        {
            return self.claim(path, Staged { hash: old.hash, times: old.times, origin, kept: true });
        }
        let mut source = File::open(&from.disk).map_err(|error| unreadable(from, &error))?;
        let mut file = self.create(path)?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = source.read(&mut buffer).map_err(|error| unreadable(from, &error))?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            file.write_all(&buffer[..read]).map_err(|error| self.failed(path, &error))?;
        }
        let hash = *hasher.finalize().as_bytes();
        if let Some(old) = old
            && old.hash == hash
        {
            drop(file);
            fs::remove_file(self.folder.next().join(path)).map_err(|error| self.failed(path, &error))?;
            return self.claim(path, Staged { hash, times: old.times, origin, kept: true });
        }
        let times = file.metadata().map_err(|error| self.failed(path, &error))?;
        self.claim(path, Staged { hash, times: Times::of(&times), origin, kept: false })
    }

    /// Takes the file over from the old site, if it stands there as a build left it. For files whose
    /// name holds a hash of all that decides their content, such as the variants of an image: they need
    /// not be made again to know that they are the same.
    ///
    /// # Errors
    /// As of [`Staging::write`].
    pub fn keep(&self, path: &str) -> Result<bool, Diagnostic> {
        check_path(path)?;
        let Some(old) = self.standing(path) else { return Ok(false) };
        self.claim(path, Staged { hash: old.hash, times: old.times, origin: None, kept: true })?;
        Ok(true)
    }

    /// Puts the new site in the old one's place. If it is the same, nothing is touched.
    ///
    /// # Errors
    /// Of the disk; the old site stands then.
    pub fn commit(mut self, stamp: Stamp) -> Result<Summary, Diagnostic> {
        let staged = self.gather();
        let written = staged.iter().filter(|(_, file)| !file.kept).count();
        let unchanged = staged.len() - written;
        let next = Manifest {
            files: staged
                .iter()
                .map(|(path, file)| Written {
                    path: path.clone(),
                    hash: file.hash,
                    times: file.times,
                    origin: file.origin,
                })
                .collect(),
            inputs: stamp.inputs,
            memo: stamp.memo,
        };
        let previous = std::mem::take(&mut self.previous);
        let removed = previous.files.iter().filter(|file| next.get(&file.path).is_none());
        let removed = removed.filter(|file| Times::at(&self.folder.path().join(&*file.path)).is_some()).count();
        let mut summary = Summary { written, unchanged, removed, diagnostics: Vec::new() };
        if written == 0 && removed == 0 && self.folder.path().is_dir() {
            if next != previous || self.damaged {
                next.write(&self.folder.manifest()).map_err(|error| refused(&self.folder.manifest(), &error))?;
            }
            return Ok(summary);
        }
        self.take_over(&staged)?;
        let carried = tree::carry_over(self.folder.path(), &self.folder.next(), &previous, &next)
            .map_err(|error| refused(self.folder.path(), &error))?;
        summary.diagnostics = carried.diagnostics(self.damaged);
        put_in_place(&self.folder, &previous, &next).map_err(|error| refused(self.folder.path(), &error))?;
        Ok(summary)
    }

    /// The file of the old site at `path`, if it stands as it was left.
    fn standing(&self, path: &str) -> Option<&Written> {
        let old = self.previous.get(path)?;
        (Times::at(&self.folder.path().join(path)) == Some(old.times)).then_some(old)
    }

    /// Links the files that stayed the same into the staged tree.
    fn take_over(&self, staged: &[(Box<str>, Staged)]) -> Result<(), Diagnostic> {
        self.directory("")?;
        staged.par_iter().filter(|(_, file)| file.kept).try_for_each(|(path, _)| {
            self.directory(parent(path))?;
            let (from, to) = (self.folder.path().join(&**path), self.folder.next().join(&**path));
            tree::link_or_copy(&from, &to).map_err(|error| self.failed(path, &error))
        })
    }

    fn create(&self, path: &str) -> Result<File, Diagnostic> {
        self.directory(parent(path))?;
        File::create_new(self.folder.next().join(path)).map_err(|error| self.failed(path, &error))
    }

    /// Makes a folder of the staged tree, once.
    fn directory(&self, path: &str) -> Result<(), Diagnostic> {
        let shard = &self.directories[shard(path)];
        if shard.lock().unwrap_or_else(PoisonError::into_inner).contains(path) {
            return Ok(());
        }
        fs::create_dir_all(self.folder.next().join(path)).map_err(|error| match error.kind() {
            // A file has the folder's name, or that of a folder above it.
            io::ErrorKind::AlreadyExists => Diagnostic::new("output.file-and-folder").arg("path", path),
            _ => self.failed(path, &error),
        })?;
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert(path.into());
        Ok(())
    }

    fn claim(&self, path: &str, file: Staged) -> Result<(), Diagnostic> {
        let mut shard = self.files[shard(path)].lock().unwrap_or_else(PoisonError::into_inner);
        match shard.insert(path.into(), file) {
            None => Ok(()),
            Some(_) => Err(Diagnostic::new("output.collision").arg("path", path)),
        }
    }

    /// All files of the new site, in order.
    fn gather(&mut self) -> Vec<(Box<str>, Staged)> {
        let shards = std::mem::take(&mut self.files).into_iter();
        let mut files: Vec<_> =
            shards.flat_map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
        files.par_sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        files
    }

    fn failed(&self, path: &str, error: &io::Error) -> Diagnostic {
        use io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory};
        match error.kind() {
            AlreadyExists if self.folder.next().join(path).is_file() => {
                Diagnostic::new("output.collision").arg("path", path)
            }
            AlreadyExists | IsADirectory | NotADirectory => Diagnostic::new("output.file-and-folder").arg("path", path),
            _ => refused(&self.folder.path().join(path), error),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a commit this is the old site, else the half of the new one. If it cannot be removed,
        // the next build will try again.
        let _ = fs::remove_dir_all(self.folder.next());
    }
}

/// Brings the state in order after whatever stopped the last build.
fn recover(folder: &OutputFolder) -> io::Result<(Manifest, bool)> {
    let (aside, next_manifest) = (folder.aside(), folder.next_manifest());
    if aside.exists() {
        if folder.path().exists() {
            fs::remove_dir_all(&aside)?;
        } else {
            fs::rename(&aside, folder.path())?;
        }
    }
    match fs::remove_dir_all(folder.next()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let (manifest, damaged) = match Manifest::read(&folder.manifest()) {
        Found::Whole(manifest) => (manifest, false),
        Found::Absent => (Manifest::default(), false),
        Found::Damaged => (Manifest::default(), true),
    };
    let (manifest, damaged) = match Manifest::read(&next_manifest) {
        Found::Absent => return Ok((manifest, damaged)),
        Found::Damaged => (manifest, true),
        Found::Whole(next) => (manifest.after_a_stop(next, folder.path()), damaged),
    };
    manifest.write(&folder.manifest())?;
    fs::remove_file(&next_manifest)?;
    Ok((manifest, damaged))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn shard(path: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or(0)
}

/// Refuses a path that leads out of the output folder, on this system or another.
fn check_path(path: &str) -> Result<(), Diagnostic> {
    let good = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 255;
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if inside && path.split('/').all(good) && !path.contains(|c: char| c.is_control() || c == '\\') {
        return Ok(());
    }
    Err(Diagnostic::new("output.bad-path").arg("path", path))
}

fn unreadable(file: &SourceFile, error: &io::Error) -> Diagnostic {
    Diagnostic::new("source.unreadable").arg("reason", error).at(Location::file(file.path.clone()))
}

#[cfg(test)]
mod tests;
