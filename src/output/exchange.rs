//! The new tree takes the old one's place.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{fs, io, path::Path};

use super::{
    folder::OutputFolder,
    manifest::{Manifest, Times},
    tree::copy_with_time,
};

/// Puts the staged tree in the place of the output folder, which holds the site `previous`.
///
/// First by one exchange; where the file system cannot, by two renames; and where the output folder
/// cannot be renamed at all, because something is mounted there, file by file.
pub(super) fn put_in_place(folder: &OutputFolder, previous: &Manifest, next: &Manifest) -> io::Result<()> {
    next.write(&folder.next_manifest())?;
    if let Err(error) = swap(folder, previous, next) {
        let _ = fs::remove_file(folder.next_manifest());
        return Err(error);
    }
    fs::rename(folder.next_manifest(), folder.manifest())
}

fn swap(folder: &OutputFolder, previous: &Manifest, next: &Manifest) -> io::Result<()> {
    let (new, out) = (folder.next(), folder.path());
    match fs::metadata(out) {
        Err(_) => return fs::rename(new, out),
        // Who may read the folder was decided by whoever made it.
        Ok(old) => fs::set_permissions(&new, old.permissions())?,
    }
    if exchange(&new, out).is_ok() {
        return Ok(());
    }
    match two_renames(&new, out, &folder.aside()) {
        Err(error) if matches!(error.kind(), io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices) => {
            file_by_file(&new, out, previous, next)
        }
        result => result,
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
        let gone = out.join(&*file.path);
        let _ = fs::remove_file(&gone);
        // Only folders that are empty now go.
        for folder in gone.ancestors().skip(1).take_while(|folder| *folder != out) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
    Ok(())
}
