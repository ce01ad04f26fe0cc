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
    /// How many stand in the new tree as well.
    pub(super) count: usize,
    /// Those whose place the new site takes.
    pub(super) replaced: Vec<String>,
}

impl Carried {
    /// What the person should know; `damaged` says that the manifest could not be read, so that every
    /// file of the old site looks like one that no build made.
    pub(super) fn diagnostics(self, damaged: bool) -> Vec<Diagnostic> {
        if damaged {
            return vec![Diagnostic::new("output.manifest-damaged").arg("count", self.count)];
        }
        self.replaced.iter().map(|path| Diagnostic::new("output.foreign-replaced").arg("path", path)).collect()
    }
}

/// Links everything in the tree `old` that is not of the site `previous` into the tree `new`, which
/// holds the site `next` already.
pub(super) fn carry_over(old: &Path, new: &Path, previous: &Manifest, next: &Manifest) -> io::Result<Carried> {
    let mut carried = Carried::default();
    if !old.exists() {
        return Ok(carried);
    }
    for entry in WalkDir::new(old).min_depth(1).sort_by_file_name() {
        let entry = entry?;
        let Ok(relative) = entry.path().strip_prefix(old) else { continue };
        let to = new.join(relative);
        if entry.file_type().is_dir() {
            // No build makes an empty folder, so this is somebody's.
            if fs::read_dir(entry.path())?.next().is_none() && !to.exists() {
                fs::create_dir_all(to)?;
            }
            continue;
        }
        let name = slashed(relative);
        if name.as_deref().is_some_and(|name| previous.get(name).is_some()) {
            continue;
        }
        let taken = fs::symlink_metadata(&to).is_ok()
            || to.ancestors().skip(1).take_while(|above| *above != new).any(Path::is_file);
        if taken || name.as_deref().is_some_and(|name| next.get(name).is_some()) {
            carried.replaced.push(relative.to_string_lossy().into_owned());
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        link_or_copy(entry.path(), &to)?;
        carried.count += 1;
    }
    Ok(carried)
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
