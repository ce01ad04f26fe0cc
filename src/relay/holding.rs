//! The attachments' files: held between the two posts, kept once the submission is stored.
//!
//! ```text
//! data/holding/<key>           uploaded, flushed; perhaps never sent. Thrown away after some hours.
//! data/attachments/<nonce>/0   belongs to a stored submission.
//! ```
//!
//! What is kept is linked from what is held, before the commit, and unlinked if the commit fails. A
//! crash in between leaves a folder without a submission, which [`Files::sweep`] removes; the
//! citizen's next try still finds what is held.
#![expect(clippy::disallowed_methods, reason = "the relay's store touches the disk")]

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::token::{Nonce, from_hex, hex};

/// The name of a held file: 128 bits that only the citizen's own page knows.
pub(crate) type Key = [u8; 16];

/// The two folders.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    holding: PathBuf,
    kept: PathBuf,
    /// How much is held, within what is written at the moment; counted anew by each purge.
    held: Arc<AtomicU64>,
    most: u64,
    /// Linked in the transaction that is under way.
    linked: Vec<Nonce>,
}

impl Files {
    /// The folders below `data`, made if they are not there.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let files = Self {
            holding: data.join("holding"),
            kept: data.join("attachments"),
            held: Arc::default(),
            most: u64::MAX,
            linked: Vec::new(),
        };
        fs::create_dir_all(&files.holding)?;
        fs::create_dir_all(&files.kept)?;
        Ok(files)
    }

    /// Holds at most `most` bytes from now on.
    pub(crate) fn limited(self, most: u64) -> Self {
        self.recount();
        Self { most, ..self }
    }

    fn recount(&self) {
        let sizes = entries(&self.holding).filter_map(|path| Some(path.metadata().ok()?.len()));
        self.held.store(sizes.sum(), Ordering::Relaxed);
    }

    /// Makes room for `bytes` more of an upload; an error if there is none.
    pub(crate) fn grow(&self, bytes: usize) -> io::Result<()> {
        let bytes = bytes as u64;
        if self.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > self.most {
            self.shrink(bytes);
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        Ok(())
    }

    fn shrink(&self, bytes: u64) {
        let less = |held: u64| Some(held.saturating_sub(bytes));
        let _ = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// A new file to upload into.
    pub(crate) fn create(&self, key: &Key) -> io::Result<File> {
        File::create_new(self.holding.join(hex(key)))
    }

    /// Takes an upload back.
    pub(crate) fn discard(&self, key: &Key) {
        let path = self.holding.join(hex(key));
        let size = path.metadata().map_or(0, |data| data.len());
        if fs::remove_file(path).is_ok() {
            self.shrink(size);
        }
    }

    /// Whether an upload is still there.
    pub(crate) fn holds(&self, key: &Key) -> bool {
        self.holding.join(hex(key)).exists()
    }

    /// The content of an upload.
    pub(crate) fn held(&self, key: &Key) -> io::Result<Vec<u8>> {
        fs::read(self.holding.join(hex(key)))
    }

    /// Keeps uploads for the submission `nonce`, as part of the transaction that is under way.
    pub(crate) fn keep<'a>(&mut self, nonce: &Nonce, keys: impl Iterator<Item = &'a Key>) -> io::Result<()> {
        let folder = self.kept.join(hex(nonce));
        fs::create_dir_all(&folder)?;
        self.linked.push(*nonce);
        for (number, key) in keys.enumerate() {
            fs::hard_link(self.holding.join(hex(key)), folder.join(number.to_string()))?;
        }
        File::open(&folder)?.sync_all()?;
        File::open(&self.kept)?.sync_all()
    }

    /// The transaction is on the disk.
    pub(crate) fn commit(&mut self) {
        self.linked.clear();
    }

    /// The transaction was thrown away.
    pub(crate) fn rollback(&mut self) {
        for nonce in std::mem::take(&mut self.linked) {
            let _ = self.forget(&nonce);
        }
    }

    /// The content of a stored submission's attachment.
    pub(crate) fn kept(&self, nonce: &Nonce, number: usize) -> io::Result<Vec<u8>> {
        fs::read(self.kept.join(hex(nonce)).join(number.to_string()))
    }

    /// Removes a purged submission's attachments.
    pub(crate) fn forget(&self, nonce: &Nonce) -> io::Result<()> {
        match fs::remove_dir_all(self.kept.join(hex(nonce))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Throws away what was uploaded so long ago that no page with it is good any more. How many.
    pub(crate) fn purge_held(&self, older_than: Duration) -> usize {
        let old = |path: &Path| {
            let modified = path.metadata().and_then(|data| data.modified()).ok();
            modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > older_than)
        };
        let removed =
            entries(&self.holding).filter(|path| old(path)).filter(|path| fs::remove_file(path).is_ok()).count();
        self.recount();
        removed
    }

    /// Removes the kept folders that no submission has: `stored` says which do. How many.
    pub(crate) fn sweep(&self, mut stored: impl FnMut(&Nonce) -> bool) -> usize {
        entries(&self.kept)
            .filter(|path| path.file_name().and_then(|name| nonce(name.to_str()?)).is_some_and(|nonce| !stored(&nonce)))
            .filter(|path| fs::remove_dir_all(path).is_ok())
            .count()
    }

    /// Copies all kept attachments below `to`, as links where the file system has them.
    pub(crate) fn backup(&self, to: &Path) -> io::Result<usize> {
        let mut copied = 0;
        for folder in entries(&self.kept) {
            let target = to.join("attachments").join(folder.file_name().unwrap_or_default());
            fs::create_dir_all(&target)?;
            for file in entries(&folder) {
                let copy = target.join(file.file_name().unwrap_or_default());
                fs::hard_link(&file, &copy).or_else(|_| fs::copy(&file, &copy).map(|_| ()))?;
                copied += 1;
            }
        }
        Ok(copied)
    }
}

fn entries(of: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(of).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path())
}

fn nonce(name: &str) -> Option<Nonce> {
    Nonce::try_from(from_hex(name)?).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn opened() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opened");
        files.create(&[1; 16]).expect("created").write_all(b"one").expect("written");
        (folder, files)
    }

    #[test]
    fn uploads_are_kept_with_the_transaction_or_not_at_all() {
        let (_folder, mut files) = opened();
        files.keep(&[7; 16], [[1; 16]].iter()).expect("kept");
        files.rollback();
        assert!(files.kept(&[7; 16], 0).is_err() && files.holds(&[1; 16]));
        files.keep(&[7; 16], [[1; 16]].iter()).expect("kept");
        files.commit();
        files.rollback();
        assert_eq!(files.kept(&[7; 16], 0).expect("kept"), b"one");
        files.discard(&[1; 16]);
        assert_eq!(files.kept(&[7; 16], 0).expect("kept"), b"one");
        assert!(files.keep(&[8; 16], [[1; 16]].iter()).is_err(), "what is not held cannot be kept");
    }

    #[test]
    fn a_crash_before_the_commit_leaves_nothing_that_is_kept() {
        let (_folder, mut files) = opened();
        files.keep(&[7; 16], [[1; 16]].iter()).expect("kept");
        files.keep(&[8; 16], [[1; 16]].iter()).expect("kept");
        assert_eq!(files.sweep(|nonce| nonce[0] == 7), 1);
        assert!(files.kept(&[7; 16], 0).is_ok() && files.kept(&[8; 16], 0).is_err() && files.holds(&[1; 16]));
    }

    #[test]
    fn what_is_held_has_a_limit_and_gives_room_back() {
        let (_folder, files) = opened();
        let files = files.limited(10);
        assert!(files.grow(7).is_ok() && files.grow(1).is_err(), "three bytes are there already");
        files.shrink(7);
        files.discard(&[1; 16]);
        assert!(files.grow(10).is_ok() && files.grow(1).is_err());
        assert_eq!(files.purge_held(Duration::ZERO), 0);
        assert!(files.grow(10).is_ok(), "counted anew");
    }

    #[test]
    fn only_our_own_folder_names_are_nonces() {
        assert_eq!(nonce(&hex(&[7; 16])), Some([7; 16]));
        for name in ["", "..", "zz", "õõõõõõõõõõõõõõõõ", &"0".repeat(34)] {
            assert_eq!(nonce(name), None, "{name}");
        }
    }
}
