//! What was costly to make and may be wanted again, kept outside the site.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    collections::{BTreeSet, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

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

    /// Makes the folder.
    ///
    /// # Errors
    /// Of the disk.
    pub fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)
    }

    /// Removes everything but what was put under `keys`. Files that no cache wrote are left alone.
    pub fn retain(&self, keys: &BTreeSet<String>) {
        let wanted: HashSet<PathBuf> = keys.iter().map(|key| self.place(key)).collect();
        let inside = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let hex = |path: &Path, length: usize| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.len() == length && name.bytes().all(|b| b.is_ascii_hexdigit())
        };
        let folders = inside(&self.folder).filter(|folder| hex(folder, 2));
        for file in folders.flat_map(|folder| inside(&folder)).filter(|file| hex(file, 62) && !wanted.contains(file)) {
            // What cannot be removed is only of no use.
            let _ = fs::remove_file(file);
        }
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

    #[test]
    fn what_is_not_wanted_any_more_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        fs::write(folder.path().join("minu.txt"), "jääb").unwrap();
        cache.put("uus", b"1").unwrap();
        cache.put("vana", b"2").unwrap();
        cache.retain(&["uus".to_owned()].into());
        assert_eq!((cache.get("uus").is_some(), cache.get("vana")), (true, None));
        assert!(folder.path().join("minu.txt").exists());
    }
}
