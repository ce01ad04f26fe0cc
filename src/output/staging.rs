//! Staging: the complete new site beside the old one, then the exchange.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Component, Path},
};

use super::{
    exchange::{Exchange, put_in_place},
    folder::{Lock, OutputFolder, refused},
    inputs::{Inputs, TICK},
    manifest::{Found, Manifest, Times, Written},
    next::NextTree,
    shards::Shards,
};
use crate::{
    diagnostics::{Diagnostic, Location},
    fingerprint::{Fingerprint, Fingerprinter, fingerprint},
    source::SourceFile,
};

/// A site that is being written. Dropped without [`Staging::commit`], it leaves the old one as it was.
#[derive(Debug)]
pub struct Staging {
    folder: OutputFolder,
    /// What stands in the output folder.
    previous: Manifest,
    /// Whether `previous` is empty because the manifest could not be read.
    damaged: bool,
    next: NextTree,
    files: Shards<Option<Staged>>,
    directories: Shards<()>,
    _lock: Lock,
}

/// A file of the new site.
#[derive(Clone, Copy, Debug)]
struct Staged {
    print: Fingerprint,
    times: Times,
    origin: Option<Times>,
    /// Whether the file stands in the old site already, and need not be in the new tree yet.
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

/// What a commit would do: the paths of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that the site does not have yet.
    pub added: Vec<Box<str>>,
    /// Files that would have another content.
    pub changed: Vec<Box<str>>,
    /// Files that would go.
    pub removed: Vec<Box<str>>,
}

impl Staging {
    /// Takes the lock, clears up after a build that was stopped, and reads what the last one left.
    ///
    /// # Errors
    /// `output.locked`, `output.foreign-folder`, `output.unwritable`, `output.write-failed`.
    pub fn open(folder: OutputFolder) -> Result<Self, Diagnostic> {
        let lock = folder.lock()?;
        let failed = |error: io::Error| refused(folder.path(), &error);
        let (previous, damaged) = recover(&folder).map_err(failed)?;
        let next = NextTree::open(&folder).map_err(failed)?;
        Ok(Self { previous, damaged, next, files: Shards::new(), directories: Shards::new(), folder, _lock: lock })
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

    /// Pages of the site that stands which the new one does not have, once all of it is staged.
    #[must_use]
    pub fn vanished(&self) -> Vec<String> {
        let paths = self.previous.files.iter().map(|file| &*file.path);
        let pages = paths.filter(|path| path.ends_with("/index.html") && !self.files.has(path));
        pages.map(ToOwned::to_owned).collect()
    }

    /// Writes a file of the new site. May be called from many threads at once.
    ///
    /// # Errors
    /// `output.bad-path`, `output.collision` when the path is taken, `output.file-and-folder` when it
    /// lies below a file or a folder has its name; `output.disk-full` and others of the disk.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        self.claim(path)?;
        let print = fingerprint(bytes);
        if let Some(old) = self.standing(path)
            && old.print == print
        {
            self.settle(path, Staged { print, times: old.times, origin: None, kept: true });
            return Ok(());
        }
        let write = || {
            let mut slot = self.next.create(path)?;
            slot.file.write_all(bytes)?;
            slot.finish(bytes.len() as u64)
        };
        let times = write().map_err(|error| self.failed(path, &error))?;
        self.settle(path, Staged { print, times, origin: None, kept: false });
        Ok(())
    }

    /// Copies the file `from` into the new site. One that was copied before and has not changed since
    /// is not read.
    ///
    /// # Errors
    /// As of [`Staging::write`], and `source.unreadable`.
    pub fn copy(&self, path: &str, from: &SourceFile) -> Result<(), Diagnostic> {
        self.claim(path)?;
        let origin = Some(Times { size: from.size, modified: from.modified });
        let old = self.standing(path);
        // Where its times prove nothing, its bytes do. Nothing is made for a file that stays: other threads make
        // the folders of theirs at the same time.
        let untouched = |old: &Written| old.origin == origin && from.modified + TICK < old.times.modified;
        if let Some(old) = old
            && (untouched(old) || read_in_parts(from, |_| Ok(()))? == old.print)
        {
            self.settle(path, Staged { print: old.print, times: old.times, origin, kept: true });
            return Ok(());
        }
        let (print, times) = self.copy_bytes(path, from)?;
        self.settle(path, Staged { print, times, origin, kept: false });
        Ok(())
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
        self.claim(path)?;
        self.settle(path, Staged { print: old.print, times: old.times, origin: None, kept: true });
        Ok(true)
    }

    /// Puts the new site in the old one's place. If it is the same, nothing is touched.
    ///
    /// # Errors
    /// Of the disk, and `output.incomplete` when a file could not be written before; the old site stands
    /// then.
    pub fn commit(mut self, stamp: Stamp) -> Result<Summary, Diagnostic> {
        let staged = self.files.drain();
        let result = self.exchange(&staged, stamp);
        if result.is_err() {
            // It cannot be said what the tree holds now. If it cannot be removed, the next build will try.
            let _ = self.next.discard();
        }
        result
    }

    /// Says what a commit would do in its place: the site stays as it is.
    pub fn compare(&mut self) -> Changes {
        let staged = self.files.drain();
        self.take_back(&staged);
        let (changed, added) = written(&staged).cloned().partition(|path| self.previous.get(path).is_some());
        let stays = |path: &str| staged.binary_search_by(|(staged, _)| (**staged).cmp(path)).is_ok();
        let removed = self.previous.files.iter().map(|file| &file.path).filter(|path| !stays(path)).cloned().collect();
        Changes { added, changed, removed }
    }

    /// Takes back what was written. What cannot be, the next build removes.
    fn take_back(&mut self, staged: &[(Box<str>, Option<Staged>)]) {
        let _ = self.next.take_back(written(staged).map(|path| &**path));
    }

    fn exchange(&mut self, staged: &[(Box<str>, Option<Staged>)], stamp: Stamp) -> Result<Summary, Diagnostic> {
        let next = Manifest { files: described(staged)?, inputs: stamp.inputs, memo: stamp.memo };
        let is_kept = staged.iter().map(|(_, file)| file.is_some_and(|file| file.kept));
        let kept: Vec<&Written> = next.files.iter().zip(is_kept).filter_map(|(f, kept)| kept.then_some(f)).collect();
        let previous = std::mem::take(&mut self.previous);
        let out = self.folder.path();
        let removed = previous.files.iter().filter(|file| next.get(&file.path).is_none());
        let removed = removed.filter(|file| Times::at(&out.join(&*file.path)).is_some()).count();
        let mut summary =
            Summary { written: next.files.len() - kept.len(), unchanged: kept.len(), removed, diagnostics: Vec::new() };
        let failed = |error: io::Error| refused(out, &error);
        if summary.written == 0 && removed == 0 && out.is_dir() {
            if next != previous || self.damaged {
                next.write(&self.folder.manifest()).map_err(failed)?;
            }
            let _ = self.next.take_back(std::iter::empty());
            return Ok(summary);
        }
        let carried = self.next.complete(out, &previous, &next, &kept).map_err(failed)?;
        summary.diagnostics = carried.diagnostics(self.damaged);
        match put_in_place(&self.folder, &previous, &next).map_err(failed)? {
            // What could not be named or put aside is made again by the next build.
            Exchange::Swapped if !carried.unnamed => {
                let _ = self.next.settle(previous, carried.all());
            }
            Exchange::Swapped | Exchange::FileByFile => {
                let _ = self.next.discard();
            }
        }
        Ok(summary)
    }

    /// Copies the bytes, and gives their fingerprint.
    fn copy_bytes(&self, path: &str, from: &SourceFile) -> Result<(Fingerprint, Times), Diagnostic> {
        let failed = |error: io::Error| self.failed(path, &error);
        let mut slot = self.next.create(path).map_err(failed)?;
        let mut size = 0;
        let print = read_in_parts(from, |part| {
            size += part.len() as u64;
            slot.file.write_all(part).map_err(failed)
        })?;
        let times = slot.finish(size).map_err(failed)?;
        Ok((print, times))
    }

    /// The file of the old site at `path`, if it stands as it was left.
    fn standing(&self, path: &str) -> Option<&Written> {
        let old = self.previous.get(path)?;
        (Times::at(&self.folder.path().join(path)) == Some(old.times)).then_some(old)
    }

    /// Takes the path for one file. Each of two threads that want the same, as a file or as a folder,
    /// first says what it wants and then looks for the other, so that at least one of them sees both.
    fn claim(&self, path: &str) -> Result<(), Diagnostic> {
        check_path(path)?;
        if !self.files.insert(path, None) {
            return Err(Diagnostic::new("output.collision").arg("path", path));
        }
        let both = |path: &str| Err(Diagnostic::new("output.file-and-folder").arg("path", path));
        if self.directories.has(path) {
            return both(path);
        }
        let mut below = path;
        while let Some((folder, _)) = below.rsplit_once('/')
            && self.directories.insert(folder, ())
        {
            if self.files.has(folder) {
                return both(folder);
            }
            below = folder;
        }
        Ok(())
    }

    fn settle(&self, path: &str, file: Staged) {
        self.files.replace(path, Some(file));
    }

    fn failed(&self, path: &str, error: &io::Error) -> Diagnostic {
        refused(&self.folder.path().join(path), error)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a commit there is nothing left here.
        let staged = self.files.drain();
        if !staged.is_empty() {
            self.take_back(&staged);
        }
    }
}

/// The paths of files that were written: all but those that stand in the old site already.
fn written(staged: &[(Box<str>, Option<Staged>)]) -> impl Iterator<Item = &Box<str>> {
    staged.iter().filter(|(_, file)| !file.is_some_and(|file| file.kept)).map(|(path, _)| path)
}

/// The files as the manifest has them.
fn described(staged: &[(Box<str>, Option<Staged>)]) -> Result<Vec<Written>, Diagnostic> {
    let file = |(path, file): &(Box<str>, Option<Staged>)| match file {
        Some(Staged { print, times, origin, .. }) => {
            Ok(Written { path: path.clone(), print: *print, times: *times, origin: *origin })
        }
        None => Err(Diagnostic::new("output.incomplete").arg("path", path)),
    };
    staged.iter().map(file).collect()
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

/// Refuses a path that leads out of the output folder, on this system or another.
fn check_path(path: &str) -> Result<(), Diagnostic> {
    let good = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 255;
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if inside && path.split('/').all(good) && !path.contains(|c: char| c.is_control() || c == '\\') {
        return Ok(());
    }
    Err(Diagnostic::new("output.bad-path").arg("path", path))
}

/// Hands out the bytes of a file, a part at a time, and gives their fingerprint.
fn read_in_parts(
    file: &SourceFile,
    mut part: impl FnMut(&[u8]) -> Result<(), Diagnostic>,
) -> Result<Fingerprint, Diagnostic> {
    let failed = |error: io::Error| unreadable(file, &error);
    let mut source = File::open(&file.disk).map_err(failed)?;
    let mut printer = Fingerprinter::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = source.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok(printer.digest128());
        }
        printer.update(&buffer[..read]);
        part(&buffer[..read])?;
    }
}

fn unreadable(file: &SourceFile, error: &io::Error) -> Diagnostic {
    Diagnostic::new("source.unreadable").arg("reason", error).at(Location::file(file.path.clone()))
}

#[cfg(test)]
mod tests;
