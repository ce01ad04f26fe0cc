//! What the generator remembers of the site that stands in the output folder.

use std::{
    fs::Metadata,
    io,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    inputs::Inputs,
    sealed::{self, Sealed},
};
use crate::fingerprint::Fingerprint;

/// Changes whenever the layout of [`Manifest`] does: a manifest of another version counts as damaged.
const VERSION: u32 = 2;

/// A file's size and time of change: enough to see that nobody touched it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Times {
    /// In bytes.
    pub(super) size: u64,
    /// In nanoseconds since 1970.
    pub(super) modified: i128,
}

impl Times {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            size: metadata.len(),
            modified: modified.map_or(0, |since| i128::try_from(since.as_nanos()).unwrap_or(0)),
        }
    }

    /// Of the file at `path` itself, not of what a link there points to.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let metadata = path.symlink_metadata().ok()?;
        metadata.is_file().then(|| Self::of(&metadata))
    }

    /// The time of change as the file system takes it.
    pub(super) fn time(self) -> SystemTime {
        let nanos = u64::try_from(self.modified).unwrap_or(0);
        UNIX_EPOCH + std::time::Duration::from_nanos(nanos)
    }
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The path from the output folder's root, with forward slashes.
    pub(super) path: Box<str>,
    /// The fingerprint of the content.
    pub(super) print: Fingerprint,
    /// As it was left by the build that wrote it.
    pub(super) times: Times,
    /// Of the file it was copied from, if it was.
    pub(super) origin: Option<Times>,
}

/// Every file of the site and what it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// In order of their paths.
    pub(super) files: Vec<Written>,
    /// What the site was made from; nothing when that is not known for certain.
    pub(super) inputs: Option<Inputs>,
    /// What the build wants to tell the next one.
    pub(super) memo: Vec<u8>,
}

/// What was found where the manifest should be.
pub(super) enum Found {
    Absent,
    Damaged,
    Whole(Manifest),
}

impl Manifest {
    pub(super) fn read(path: &Path) -> Found {
        match sealed::read(path, VERSION) {
            Sealed::Absent => Found::Absent,
            Sealed::Damaged => Found::Damaged,
            Sealed::Whole(bytes) => postcard::from_bytes(&bytes).map_or(Found::Damaged, Found::Whole),
        }
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let bytes = postcard::to_stdvec(self).map_err(io::Error::other)?;
        sealed::write(path, VERSION, &bytes)
    }

    pub(super) fn get(&self, path: &str) -> Option<&Written> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Whether every file still stands in `out` as it was left.
    pub(super) fn stands_in(&self, out: &Path) -> bool {
        self.files.par_iter().all(|file| Times::at(&out.join(&*file.path)) == Some(file.times))
    }

    /// The manifest of `out` after a build that was stopped between writing `next` and its last step:
    /// each file of either is ours, and is known if it stands as one of them says.
    pub(super) fn after_a_stop(self, next: Self, out: &Path) -> Self {
        let mut files: Vec<Written> = self.files;
        files.extend(next.files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, kept| {
            let same = later.path == kept.path;
            if same && Times::at(&out.join(&*kept.path)) != Some(kept.times) {
                std::mem::swap(later, kept);
            }
            same
        });
        Self { files, inputs: None, memo: Vec::new() }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test makes the files")]
mod tests {
    use std::fs;

    use super::*;

    fn written(folder: &Path, path: &str, content: &str) -> Written {
        fs::write(folder.join(path), content).unwrap();
        let times = Times::at(&folder.join(path)).unwrap();
        Written { path: path.into(), print: crate::fingerprint::fingerprint(content.as_bytes()), times, origin: None }
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest {
            files: vec![written(folder.path(), "a.html", "a"), written(folder.path(), "b.html", "b")],
            inputs: None,
            memo: b"memo".to_vec(),
        };
        let path = folder.path().join("manifest");
        manifest.write(&path).unwrap();
        assert!(matches!(Manifest::read(&path), Found::Whole(read) if read == manifest));
        assert_eq!(manifest.get("b.html"), Some(&manifest.files[1]));
        assert_eq!(manifest.get("c.html"), None);
    }

    #[test]
    fn a_touched_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest { files: vec![written(folder.path(), "a.html", "a")], ..Manifest::default() };
        assert!(manifest.stands_in(folder.path()));
        fs::write(folder.path().join("a.html"), "other").unwrap();
        assert!(!manifest.stands_in(folder.path()));
        fs::remove_file(folder.path().join("a.html")).unwrap();
        assert!(!manifest.stands_in(folder.path()));
    }

    #[test]
    fn after_a_stop_files_of_both_manifests_are_ours() {
        let folder = tempfile::tempdir().unwrap();
        let old = written(folder.path(), "both.html", "old");
        let gone = written(folder.path(), "gone.html", "gone");
        let new = written(folder.path(), "both.html", "a newer text");
        let before = Manifest { files: vec![old, gone.clone()], ..Manifest::default() };
        let next = Manifest { files: vec![new.clone()], memo: b"x".to_vec(), ..Manifest::default() };
        assert_eq!(before.after_a_stop(next, folder.path()).files, [new, gone]);
    }
}
