//! What was costly to make and may be wanted again, kept outside the site.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{fs, io, path::PathBuf};

use super::sealed::{self, Sealed};

const VERSION: u32 = 1;

/// A folder of things found by a key that says everything that decides them. It may be deleted at any
/// time; an entry that is damaged counts as absent.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in `folder`, which is made when something is put there.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// What was put under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        match sealed::read(&self.place(key), VERSION) {
            Sealed::Whole(bytes) => Some(bytes),
            Sealed::Absent | Sealed::Damaged => None,
        }
    }

    /// Keeps `bytes` under `key`.
    ///
    /// # Errors
    /// Of the disk. The site is none the worse for it: only the next build is slower.
    pub fn put(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let place = self.place(key);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        sealed::write(&place, VERSION, bytes)
    }

    fn place(&self, key: &str) -> PathBuf {
        let name = blake3::hash(key.as_bytes()).to_hex();
        self.folder.join(&name[..2]).join(&name[2..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_entry_counts_as_absent_and_can_be_put_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("images"));
        assert_eq!(cache.get("vald-480.webp"), None);
        cache.put("vald-480.webp", b"bytes").unwrap();
        assert_eq!(cache.get("vald-480.webp").as_deref(), Some(&b"bytes"[..]));
        assert_eq!(cache.get("../vald-480.webp"), None);
        fs::write(cache.place("vald-480.webp"), b"half").unwrap();
        assert_eq!(cache.get("vald-480.webp"), None);
        cache.put("vald-480.webp", b"bytes").unwrap();
        assert_eq!(cache.get("vald-480.webp").as_deref(), Some(&b"bytes"[..]));
    }
}
