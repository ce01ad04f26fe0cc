//! Taking files over from the old tree into the new one.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    fs::{self, File, FileTimes},
    io,
    path::{Component, Path},
};

use walkdir::WalkDir;

use super::manifest::{Manifest, Times};
use crate::diagnostics::Diagnostic;

/// What became of the files in the output folder that no build made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    /// Those that stand in the new tree as well, in order; a folder that is empty with a slash at its end.
    pub(super) foreign: Vec<Box<str>>,
    /// Those whose place the new site takes.
    pub(super) replaced: Vec<String>,
    /// Whether there is one whose name is not Unicode, so that it is not in the lists.
    pub(super) unnamed: bool,
}

impl Carried {
    /// Every file that no build made in the tree that they were carried over from.
    pub(super) fn all(self) -> Vec<Box<str>> {
        self.foreign.into_iter().chain(self.replaced.into_iter().map(Into::into)).collect()
    }

    /// What the person should know; `damaged` says that the manifest could not be read, so that every
    /// file of the old site looks like one that no build made.
    pub(super) fn diagnostics(&self, damaged: bool) -> Vec<Diagnostic> {
        if damaged {
            return vec![Diagnostic::new("output.manifest-damaged").arg("count", self.foreign.len())];
        }
        self.replaced.iter().map(|path| Diagnostic::new("output.foreign-replaced").arg("path", path)).collect()
    }
}

/// Makes everything in the tree `old` that is not of the site `previous` stand in the tree `new` too,
/// which holds the site `next` already, and of such files so far those that `before` names.
pub(super) fn carry_over(
    old: &Path,
    new: &Path,
    previous: &Manifest,
    next: &Manifest,
    before: &[Box<str>],
) -> io::Result<Carried> {
    let mut carried = Carried::default();
    let walk = old.exists().then(|| WalkDir::new(old).min_depth(1).sort_by_file_name());
    for entry in walk.into_iter().flatten() {
        let entry = entry?;
        let Ok(relative) = entry.path().strip_prefix(old) else { continue };
        let name = slashed(relative);
        let to = new.join(relative);
        if entry.file_type().is_dir() {
            // No build makes an empty folder, so this is somebody's.
            if fs::read_dir(entry.path())?.next().is_none() && fs::create_dir_all(to).is_ok() {
                carried.foreign.extend(name.map(|name| (name + "/").into()));
            }
            continue;
        }
        if name.as_deref().is_some_and(|name| previous.get(name).is_some()) {
            continue;
        }
        if name.as_deref().is_some_and(|name| is_taken(name, &to, new, next)) {
            carried.replaced.push(relative.to_string_lossy().into_owned());
            continue;
        }
        if !is_same_file(entry.path(), &to) {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            clear(&to);
            link_or_copy(entry.path(), &to)?;
        }
        match name {
            Some(name) => carried.foreign.push(name.into()),
            None => carried.unnamed = true,
        }
    }
    carried.foreign.sort_unstable();
    for gone in before.iter().filter(|path| carried.foreign.binary_search(path).is_err()) {
        let path = gone.trim_end_matches('/');
        if next.get(path).is_none() {
            remove_with_empty_folders(new, path);
        }
    }
    Ok(carried)
}

/// Whether the site `next` has the file `name`, or a file where `name` needs a folder.
fn is_taken(name: &str, to: &Path, new: &Path, next: &Manifest) -> bool {
    let above = name.match_indices('/').any(|(at, _)| next.get(&name[..at]).is_some());
    above || next.get(name).is_some() || (to.starts_with(new) && to.is_dir() && !to.is_symlink())
}

/// The path as the manifest names it, if it can be one of ours.
fn slashed(relative: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = relative
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    Some(parts?.join("/"))
}

/// A second name for the file, or where the file system has none, a copy of the same age.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => Err(error),
        Err(_) => copy_with_time(from, to),
        Ok(()) => Ok(()),
    }
}

/// A copy that counts as the same file: with its time.
pub(super) fn copy_with_time(from: &Path, to: &Path) -> io::Result<()> {
    let times = Times::of(&fs::metadata(from)?);
    fs::copy(from, to)?;
    File::options().write(true).open(to)?.set_times(FileTimes::new().set_modified(times.time()))
}

/// Removes a file or a folder that is in the way, if there is one. If it cannot be removed, what needed
/// the place will say so.
pub(super) fn clear(path: &Path) {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => drop(fs::remove_dir_all(path)),
        Ok(_) => drop(fs::remove_file(path)),
        Err(_) => {}
    }
}

/// Removes the file, or the empty folder, `path` of the tree `root`, and the folders that are empty then.
pub(super) fn remove_with_empty_folders(root: &Path, path: &str) {
    let gone = root.join(path);
    if fs::remove_file(&gone).is_err() {
        let _ = fs::remove_dir(&gone);
    }
    for folder in gone.ancestors().skip(1).take_while(|folder| *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Whether the file may be overwritten without changing it elsewhere.
#[cfg(unix)]
pub(super) fn has_one_name(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.nlink() == 1)
}

/// Whether the file may be overwritten without changing it elsewhere: not known here.
#[cfg(not(unix))]
pub(super) fn has_one_name(_: &Path) -> bool {
    false
}

/// Whether both are names of one file.
#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |path: &Path| fs::symlink_metadata(path).map(|found| (found.dev(), found.ino())).ok();
    id(a).is_some_and(|a| Some(a) == id(b))
}

/// Whether both are names of one file: not known here.
#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}
