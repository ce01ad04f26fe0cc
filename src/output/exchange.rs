//! The new tree takes the old one's place.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{fs, io, path::Path};

use super::{
    folder::OutputFolder,
    manifest::{Manifest, Times},
    tree::{copy_with_time, remove_with_empty_folders},
};

/// Puts the staged tree in the place of the output folder, which holds the site `previous`.
///
/// First by one exchange; where the file system cannot, by two renames; and where the output folder
/// cannot be renamed at all, because something is mounted there, file by file.
pub(super) fn put_in_place(folder: &OutputFolder, previous: &Manifest, next: &Manifest) -> io::Result<Exchange> {
    next.write(&folder.next_manifest())?;
    let done = swap(folder, previous, next).inspect_err(|_| {
        let _ = fs::remove_file(folder.next_manifest());
    })?;
    fs::rename(folder.next_manifest(), folder.manifest())?;
    Ok(done)
}

/// How it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// The old site, if there was one, is now where the new one was staged.
    Swapped,
    /// The new files were moved into the output folder.
    FileByFile,
}

fn swap(folder: &OutputFolder, previous: &Manifest, next: &Manifest) -> io::Result<Exchange> {
    let (new, out) = (folder.next(), folder.path());
    match fs::metadata(out) {
        Err(_) => return fs::rename(new, out).map(|()| Exchange::Swapped),
        // Who may read the folder was decided by whoever made it.
        Ok(old) => fs::set_permissions(&new, old.permissions())?,
    }
    if exchange(&new, out).is_ok() {
        return Ok(Exchange::Swapped);
    }
    match two_renames(&new, out, &folder.aside()) {
        Err(error) if matches!(error.kind(), io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices) => {
            file_by_file(&new, out, previous, next).map(|()| Exchange::FileByFile)
        }
        result => result.map(|()| Exchange::Swapped),
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Between the two, for a moment, there is no site; a build that is stopped there is mended by the next.
pub(super) fn two_renames(new: &Path, out: &Path, aside: &Path) -> io::Result<()> {
    fs::rename(out, aside)?;
    if let Err(error) = fs::rename(new, out) {
        fs::rename(aside, out)?;
        return Err(error);
    }
    fs::rename(aside, new)
}

/// Each file is replaced at one stroke, the site as a whole is not.
pub(super) fn file_by_file(new: &Path, out: &Path, previous: &Manifest, next: &Manifest) -> io::Result<()> {
    for file in &next.files {
        let to = out.join(&*file.path);
        if Times::at(&to) == Some(file.times) {
            continue;
        }
        let Some(parent) = to.parent() else { continue };
        fs::create_dir_all(parent)?;
        let temporary = tempfile::Builder::new().prefix(".tmp-").tempfile_in(parent)?;
        copy_with_time(&new.join(&*file.path), temporary.path())?;
        temporary.persist(&to).map_err(|error| error.error)?;
    }
    for file in previous.files.iter().filter(|file| next.get(&file.path).is_none()) {
        remove_with_empty_folders(out, &file.path);
    }
    Ok(())
}
