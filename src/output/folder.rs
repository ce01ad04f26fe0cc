//! Where the site is written, and the folder beside it that holds what the generator must remember.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Component, Path, PathBuf},
};

use crate::diagnostics::Diagnostic;

/// The output folder. It need not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFolder {
    out: PathBuf,
    state: PathBuf,
}

/// Held while a build writes; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl OutputFolder {
    /// The folder `out`, into which a site made from `sources` will be written.
    ///
    /// Symbolic links are followed here, once: if `out` is a link to a folder, that folder is
    /// exchanged and the link stays.
    ///
    /// # Errors
    /// `output.overlaps-source` when `out` is, holds or lies in one of `sources` (a swap would destroy
    /// it, and a build would read what it wrote); `output.not-a-folder` when `out` is a file.
    pub fn new(out: &Path, sources: &[&Path]) -> Result<Self, Diagnostic> {
        let real = resolve(out).map_err(|error| refused(out, &error))?;
        for source in sources {
            let source_real = resolve(source).map_err(|error| refused(source, &error))?;
            if real.starts_with(&source_real) || source_real.starts_with(&real) {
                return Err(Diagnostic::new("output.overlaps-source")
                    .arg("path", out.display())
                    .arg("source", source.display()));
            }
        }
        let not_a_folder = || Diagnostic::new("output.not-a-folder").arg("path", out.display());
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else { return Err(not_a_folder()) };
        match fs::metadata(&real) {
            Ok(found) if !found.is_dir() => return Err(not_a_folder()),
            _ => {}
        }
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".raekoda");
        Ok(Self { state: parent.join(hidden), out: real })
    }

    /// The folder that visitors see.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.out
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.state.join("lock")
    }

    pub(super) fn manifest(&self) -> PathBuf {
        self.state.join("manifest")
    }

    pub(super) fn next_manifest(&self) -> PathBuf {
        self.state.join("manifest.next")
    }

    /// The tree that is being staged; after the exchange, the old one.
    pub(super) fn next(&self) -> PathBuf {
        self.state.join("next")
    }

    /// What stands in the tree `next`.
    pub(super) fn known(&self) -> PathBuf {
        self.state.join("next.known")
    }

    /// Where the old tree waits while two renames do what one exchange cannot.
    pub(super) fn aside(&self) -> PathBuf {
        self.state.join("aside")
    }

    /// Makes the folder of the state and takes the lock.
    ///
    /// # Errors
    /// `output.foreign-folder` when the output folder holds files and was not made by this program;
    /// `output.locked` when another build is at work; `output.unwritable`.
    pub(super) fn lock(&self) -> Result<Lock, Diagnostic> {
        let ours = self.manifest().exists() || self.next_manifest().exists();
        if !ours && has_entries(&self.out) {
            return Err(Diagnostic::new("output.foreign-folder").arg("path", self.out.display()));
        }
        let refused = |error: io::Error| refused(&self.out, &error);
        make_private(&self.state).map_err(refused)?;
        let mut file = File::options().create(true).read(true).append(true).open(self.lock_file()).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked(&mut file, &self.out)),
            // Some network file systems have no locks; a build there is better than none.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        file.set_len(0).map_err(refused)?;
        writeln!(file, "{}", std::process::id()).map_err(refused)?;
        // Kept out of git whatever the site's own .gitignore says.
        fs::write(self.state.join(".gitignore"), "*\n").map_err(refused)?;
        Ok(Lock { _file: file })
    }
}

fn locked(file: &mut File, out: &Path) -> Diagnostic {
    let mut pid = String::new();
    let known = file.read_to_string(&mut pid).is_ok() && pid.trim().parse::<u32>().is_ok();
    Diagnostic::new("output.locked").arg("path", out.display()).arg("pid", if known { pid.trim() } else { "?" })
}

/// What the system says to writing at `path`, as a diagnostic.
pub(super) fn refused(path: &Path, error: &io::Error) -> Diagnostic {
    use io::ErrorKind::{FileTooLarge, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => Diagnostic::new("output.disk-full").arg("path", path.display()),
        PermissionDenied | ReadOnlyFilesystem => Diagnostic::new("output.unwritable").arg("path", path.display()),
        _ => Diagnostic::new("output.write-failed").arg("path", path.display()).arg("reason", error),
    }
}

/// Makes the folder of the state, for nobody else to read: the site before the last may hold what was
/// taken back since.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    match builder.create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn has_entries(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// `path` without symbolic links and `..`, even where its end does not exist yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut real = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            part => real.push(part),
        }
        if let Ok(found) = fs::canonicalize(&real) {
            real = found;
        }
    }
    Ok(real)
}
