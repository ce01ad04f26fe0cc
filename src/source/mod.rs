//! Reads a site's folder: files with their paths, sizes and times; text; front matter split from body.
//!
//! This is the only stage that reads the site from the disk. What it gives is named by paths from the
//! site's root with forward slashes in Unicode normal form C, so that the same site is the same on
//! every system.
#![expect(clippy::disallowed_methods, reason = "this module is the one that reads")]

mod changes;
mod document;

pub use crate::schema::{Table, TomlText};
pub use changes::Changes;
pub use document::{Split, split};

use std::{
    fs,
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use unicode_normalization::{UnicodeNormalization, is_nfc};
use walkdir::WalkDir;

use crate::diagnostics::{Diagnostic, Location};

/// The largest text file that is read, in bytes: a page of this size is a mistake.
pub const TEXT_LIMIT: u64 = 10 * 1024 * 1024;

/// A site's (or theme's) folder.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    real: PathBuf,
}

/// A file of the folder.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path from the folder's root, with forward slashes, in Unicode normal form C.
    pub path: Arc<str>,
    /// Where it lies on the disk.
    pub disk: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed, in nanoseconds since 1970.
    pub modified: i128,
}

impl Folder {
    /// Opens the folder.
    ///
    /// # Errors
    /// `source.not-found` when there is no such folder.
    pub fn open(root: &Path) -> Result<Self, Diagnostic> {
        match fs::canonicalize(root) {
            Ok(real) if real.is_dir() => Ok(Self { root: root.to_owned(), real }),
            _ => Err(Diagnostic::new("source.not-found").arg("path", root.display())),
        }
    }

    /// The folder as it was named.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All files below `sub` (empty: below the root), in order of their paths. Hidden files are left
    /// out; a link that leads out of the folder is a diagnostic.
    pub fn walk(&self, sub: &str, out: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
        let base = self.root.join(sub);
        if !base.is_dir() {
            return Vec::new();
        }
        let mut files = Vec::new();
        let mut walk = WalkDir::new(&base).follow_links(true).into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map(|p| self.name(p)).unwrap_or_default();
                    out.push(unreadable(
                        path,
                        &error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links")),
                    ));
                    continue;
                }
            };
            let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
            let leads_out = entry.path_is_symlink() && !self.holds(entry.path());
            if leads_out && !hidden {
                let name = self.name(entry.path());
                out.push(Diagnostic::new("source.outside").arg("path", &name).at(Location::file(name)));
            }
            if hidden || leads_out {
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            if entry.file_type().is_file() {
                match entry.metadata() {
                    Ok(meta) => files.push(self.file(entry.path(), meta.len(), meta.modified().ok())),
                    Err(error) => out.push(unreadable(self.name(entry.path()), &io::Error::from(error))),
                }
            }
        }
        files.sort_unstable_by(|a, b| (&a.path, &a.disk).cmp(&(&b.path, &b.disk)));
        report_same_names(&mut files, out);
        files
    }

    /// One file by its path from the root, or nothing when there is none inside the folder.
    pub fn find(&self, path: &str) -> Option<SourceFile> {
        let relative = Path::new(path);
        if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
            return None;
        }
        let disk = self.root.join(relative);
        let meta = fs::metadata(&disk).ok()?;
        (meta.is_file() && self.holds(&disk)).then(|| self.file(&disk, meta.len(), meta.modified().ok()))
    }

    /// Something has this path from the root: a file, a folder or a link.
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).symlink_metadata().is_ok()
    }

    fn file(&self, disk: &Path, size: u64, modified: Option<std::time::SystemTime>) -> SourceFile {
        let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        SourceFile {
            path: self.name(disk).into(),
            disk: disk.to_owned(),
            size,
            modified: modified.map_or(0, |since| i128::try_from(since.as_nanos()).unwrap_or(0)),
        }
    }

    fn holds(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|real| real.starts_with(&self.real))
    }

    fn name(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let name = parts.join("/");
        if is_nfc(&name) { name } else { name.nfc().collect() }
    }
}

impl SourceFile {
    /// The file's bytes.
    ///
    /// # Errors
    /// `source.unreadable` when the system refuses.
    pub fn bytes(&self) -> Result<Vec<u8>, Diagnostic> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0).saturating_add(1));
        // The size is known; without the limit the system would be asked for it again.
        let read = fs::File::open(&self.disk).and_then(|file| file.take(u64::MAX).read_to_end(&mut bytes));
        read.map(|_| bytes).map_err(|error| unreadable(self.path.clone(), &error))
    }

    /// The file's text, without a byte order mark.
    ///
    /// # Errors
    /// `source.too-large` over [`TEXT_LIMIT`], `source.not-utf8`, `source.unreadable`.
    pub fn text(&self) -> Result<String, Diagnostic> {
        if self.size > TEXT_LIMIT {
            let mb = |bytes: u64| bytes / (1024 * 1024);
            return Err(Diagnostic::new("source.too-large")
                .arg("size", mb(self.size))
                .arg("limit", mb(TEXT_LIMIT))
                .at(Location::file(self.path.clone())));
        }
        let mut bytes = self.bytes()?;
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        if let Ok(text) = simdutf8::basic::from_utf8(&bytes) {
            // To copy is cheaper than to look at each letter once more.
            return Ok(text.to_owned());
        }
        String::from_utf8(bytes).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|&&b| b == b'\n').count() + 1;
            Diagnostic::new("source.not-utf8")
                .at(Location::at_line(self.path.clone(), u32::try_from(line).unwrap_or(u32::MAX)))
        })
    }
}

fn unreadable(path: impl Into<Arc<str>>, error: &io::Error) -> Diagnostic {
    Diagnostic::new("source.unreadable").arg("reason", error).at(Location::file(path))
}

/// Two files whose names differ only in Unicode normal form would be one page: the second is refused.
fn report_same_names(files: &mut Vec<SourceFile>, out: &mut Vec<Diagnostic>) {
    files.dedup_by(|later, kept| {
        let same = later.path == kept.path;
        if same {
            out.push(Diagnostic::new("source.same-name").arg("path", &kept.path).at(Location::file(kept.path.clone())));
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, bytes).expect("written");
        }
        let folder = Folder::open(dir.path()).expect("opens");
        (dir, folder)
    }

    #[test]
    fn files_come_in_order_and_hidden_ones_do_not() {
        let (_dir, folder) = folder_with(&[("content/b.md", b""), ("content/a/c.md", b""), ("content/.git/x", b"")]);
        let paths: Vec<_> = folder.walk("content", &mut Vec::new()).into_iter().map(|f| f.path.to_string()).collect();
        assert_eq!(paths, ["content/a/c.md", "content/b.md"]);
    }

    #[test]
    fn both_unicode_forms_of_a_name_are_one() {
        let (_dir, folder) =
            folder_with(&[("content/la\u{308}a\u{308}ne.md", b""), ("content/l\u{e4}\u{e4}ne.md", b"")]);
        let mut out = Vec::new();
        let files = folder.walk("content", &mut out);
        assert_eq!(files.len(), 1);
        assert_eq!(&*files[0].path, "content/lääne.md");
        assert_eq!(out[0].code, "source.same-name");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let (_dir, folder) = folder_with(&[("a.md", b"\xEF\xBB\xBFtere")]);
        assert_eq!(folder.find("a.md").expect("found").text().expect("read"), "tere");
    }

    #[test]
    fn other_encodings_are_a_diagnostic_at_the_line() {
        let (_dir, folder) = folder_with(&[("a.md", b"tere\n\xF5un")]);
        let problem = folder.find("a.md").expect("found").text().expect_err("not UTF-8");
        assert_eq!((problem.code.as_str(), problem.location.expect("placed").line), ("source.not-utf8", 2));
    }

    #[test]
    fn paths_that_climb_out_find_nothing() {
        let (_dir, folder) = folder_with(&[("content/a.md", b"")]);
        assert!(folder.find("../etc/passwd").is_none());
        assert!(folder.find("content/../content/a.md").is_none());
        assert!(folder.find("content/a.md").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused() {
        let (dir, folder) = folder_with(&[("content/a.md", b"")]);
        std::os::unix::fs::symlink("/etc", dir.path().join("content/etc")).expect("linked");
        let mut out = Vec::new();
        assert_eq!(folder.walk("content", &mut out).len(), 1);
        assert_eq!(out[0].code, "source.outside");
    }
}
