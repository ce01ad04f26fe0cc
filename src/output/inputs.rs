//! Whether anything changed since the last build.

use serde::{Deserialize, Serialize};

use rayon::prelude::*;

use crate::{
    fingerprint::{Fingerprint, fingerprint},
    source::SourceFile,
};

/// A file that was changed this shortly before the last build began may have been changed again
/// within the same tick of the file system's clock: its time proves nothing.
pub(super) const TICK: i128 = 2_000_000_000;

/// Everything that the site was made from.
///
/// Times are in nanoseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The files that were read, in order of their paths.
    pub files: Vec<Input>,
    /// A hash of all else that decides what is written: settings, flags, the theme inside the program,
    /// the program's version.
    pub settings: [u8; 32],
    /// When the build began, before it read its first file.
    pub built_at: i128,
    /// When the site changes by itself, because a page is due or expires.
    pub valid_until: Option<i128>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The path from the site's root.
    pub path: Box<str>,
    /// In bytes.
    pub size: u64,
    /// When it was changed.
    pub modified: i128,
    /// The fingerprint of its content.
    pub print: Fingerprint,
}

impl Inputs {
    /// Whether a build at the time `now`, with these `settings`, would read just what this one read.
    ///
    /// A file whose size and time are as they were is not read again, unless it was changed less than
    /// two seconds before that build began. `files` are all files of the site, in order of their paths.
    #[must_use]
    pub fn unchanged(&self, files: &[SourceFile], settings: &[u8; 32], now: i128) -> bool {
        self.settings == *settings
            && self.built_at <= now
            && self.valid_until.is_none_or(|until| now < until)
            && self.files.len() == files.len()
            && self.files.iter().zip(files).all(|(then, now)| *then.path == *now.path && then.size == now.size)
            && self.files.par_iter().zip(files).all(|(then, now)| self.same_content(then, now))
    }

    /// The fingerprint of `file` from the last build, if the file need not be read again to know it.
    #[must_use]
    pub fn known_print(&self, file: &SourceFile) -> Option<Fingerprint> {
        let at = self.files.binary_search_by(|input| (*input.path).cmp(&file.path)).ok()?;
        let then = &self.files[at];
        (then.size == file.size && self.same_time(then, file)).then_some(then.print)
    }

    fn same_time(&self, then: &Input, now: &SourceFile) -> bool {
        then.modified == now.modified && then.modified + TICK < self.built_at
    }

    fn same_content(&self, then: &Input, now: &SourceFile) -> bool {
        self.same_time(then, now) || now.bytes().is_ok_and(|bytes| fingerprint(&bytes) == then.print)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test makes the files")]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::source::Folder;

    const SETTINGS: [u8; 32] = [7; 32];

    fn walk(root: &Path) -> Vec<SourceFile> {
        Folder::open(root).unwrap().walk("", &mut Vec::new())
    }

    fn inputs(files: &[SourceFile], built_at: i128) -> Inputs {
        let input = |file: &SourceFile| Input {
            path: (*file.path).into(),
            size: file.size,
            modified: file.modified,
            print: fingerprint(&file.bytes().unwrap()),
        };
        Inputs { files: files.iter().map(input).collect(), settings: SETTINGS, built_at, valid_until: None }
    }

    fn site() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.md"), "tere").unwrap();
        fs::write(root.path().join("b.md"), "päev").unwrap();
        root
    }

    #[test]
    fn the_same_files_are_unchanged_and_any_difference_is_seen() {
        let root = site();
        let files = walk(root.path());
        let then = inputs(&files, files[1].modified + 10 * TICK);
        let now = then.built_at + 1;
        assert!(then.unchanged(&files, &SETTINGS, now));
        assert!(!then.unchanged(&files, &[8; 32], now), "other settings");
        assert!(!then.unchanged(&files[..1], &SETTINGS, now), "a file less");
        assert!(!then.unchanged(&files, &SETTINGS, then.built_at - 1), "the clock was set back");
        fs::write(root.path().join("a.md"), "terE").unwrap();
        assert!(!then.unchanged(&walk(root.path()), &SETTINGS, now), "another text of the same length");
    }

    #[test]
    fn a_touched_file_with_the_same_text_is_unchanged() {
        let root = site();
        let then = inputs(&walk(root.path()), i128::from(u32::MAX) * 1_000_000_000);
        fs::write(root.path().join("a.md"), "tere").unwrap();
        assert!(then.unchanged(&walk(root.path()), &SETTINGS, then.built_at));
    }

    #[test]
    fn the_time_of_a_file_younger_than_two_seconds_proves_nothing() {
        let root = site();
        let files = walk(root.path());
        let mut then = inputs(&files, files[0].modified + TICK);
        then.files[0].print = 7;
        assert!(!then.unchanged(&files, &SETTINGS, then.built_at), "read again, and found to differ");
        assert_eq!(then.known_print(&files[0]), None);
        then.built_at += TICK;
        assert!(then.unchanged(&files, &SETTINGS, then.built_at), "old enough to be trusted");
        assert_eq!(then.known_print(&files[0]), Some(7));
    }

    #[test]
    fn a_page_that_falls_due_ends_the_rest() {
        let root = site();
        let files = walk(root.path());
        let mut then = inputs(&files, 100);
        then.valid_until = Some(200);
        assert!(then.unchanged(&files, &SETTINGS, 199));
        assert!(!then.unchanged(&files, &SETTINGS, 200));
    }
}
