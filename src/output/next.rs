//! The tree that will be the site. Between builds it is the site before the last, so that the next build
//! has only to make up the difference: making and removing a folder costs more than rendering a page.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    folder::OutputFolder,
    manifest::{Manifest, Times, Written},
    sealed::{self, Sealed},
    shards::Shards,
    tree::{self, Carried},
};

const VERSION: u32 = 2;

/// What stands in the tree when no build is at work on it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Known {
    site: Manifest,
    /// The files that no build made, and with a slash at the end empty folders.
    foreign: Vec<Box<str>>,
}

/// The tree `next/`.
#[derive(Debug)]
pub(super) struct NextTree {
    root: PathBuf,
    known_at: PathBuf,
    known: Known,
    made: Shards<()>,
    /// Set when the first change is made, which makes `known` untrue on the disk.
    changed: OnceLock<()>,
}

/// A file of the tree that is to be filled.
pub(super) struct Slot {
    pub(super) file: File,
    /// Whether it holds an older content, which may be longer.
    reused: bool,
}

impl Slot {
    /// To be called when all was written.
    pub(super) fn finish(&self, size: u64) -> io::Result<Times> {
        if self.reused {
            self.file.set_len(size)?;
        }
        Ok(Times::of(&self.file.metadata()?))
    }
}

impl NextTree {
    /// The tree as the last build left it, or an empty one if that build was stopped.
    pub(super) fn open(folder: &OutputFolder) -> io::Result<Self> {
        let (root, known_at) = (folder.next(), folder.known());
        let known = match sealed::read(&known_at, VERSION) {
            Sealed::Whole(bytes) => postcard::from_bytes(&bytes).ok(),
            Sealed::Absent | Sealed::Damaged => None,
        };
        if known.is_none() {
            remove_all(&root)?;
        }
        let known = known.unwrap_or_default();
        Ok(Self { root, known_at, known, made: Shards::new(), changed: OnceLock::new() })
    }

    /// A file to be filled, in the place of whatever the tree holds there.
    pub(super) fn create(&self, path: &str) -> io::Result<Slot> {
        self.folder_of(path)?;
        let at = self.root.join(path);
        match File::create_new(&at) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return result.map(|file| Slot { file, reused: false }),
        }
        // Overwriting is the cheapest, but another name of the same file may be in the site that stands.
        if tree::has_one_name(&at) {
            return Ok(Slot { file: File::options().write(true).open(&at)?, reused: true });
        }
        tree::clear(&at);
        File::create_new(&at).map(|file| Slot { file, reused: false })
    }

    /// Takes away what [`NextTree::create`] made.
    fn remove(&self, path: &str) {
        tree::remove_with_empty_folders(&self.root, path);
    }

    /// Makes the tree the site `next`, of which the files `kept` still stand in `out` and the others
    /// were created; and takes over what in `out` is not of the site `previous`.
    pub(super) fn complete(
        &self,
        out: &Path,
        previous: &Manifest,
        next: &Manifest,
        kept: &[&Written],
    ) -> io::Result<Carried> {
        self.change()?;
        fs::create_dir_all(&self.root)?;
        self.known.site.files.par_iter().filter(|file| next.get(&file.path).is_none()).for_each(|file| {
            tree::remove_with_empty_folders(&self.root, &file.path);
        });
        kept.par_iter().try_for_each(|file| self.take_over(out, file))?;
        tree::carry_over(out, &self.root, previous, next, &self.known.foreign)
    }

    fn take_over(&self, out: &Path, file: &Written) -> io::Result<()> {
        let at = self.root.join(&*file.path);
        let known = self.known.site.get(&file.path);
        if known.is_some_and(|known| known.print == file.print && known.times == file.times)
            && Times::at(&at) == Some(file.times)
        {
            return Ok(());
        }
        self.folder_of(&file.path)?;
        tree::clear(&at);
        tree::link_or_copy(&out.join(&*file.path), &at)
    }

    /// Notes that the tree now is the site `site`, with the files `foreign`.
    pub(super) fn settle(&self, site: Manifest, foreign: Vec<Box<str>>) -> io::Result<()> {
        let known = Known { site: Manifest { inputs: None, memo: Vec::new(), ..site }, foreign };
        sealed::write(&self.known_at, VERSION, &postcard::to_stdvec(&known).map_err(io::Error::other)?)
    }

    /// Takes back the files `written` of a build that failed.
    pub(super) fn take_back<'a>(&mut self, written: impl Iterator<Item = &'a str>) -> io::Result<()> {
        if self.changed.get().is_none() {
            return Ok(());
        }
        written.for_each(|path| self.remove(path));
        let _ = fs::remove_dir(&self.root);
        let Known { site, foreign } = std::mem::take(&mut self.known);
        // What was overwritten is missing now, which the next build will see.
        self.settle(site, foreign)
    }

    /// Removes the tree: it is not known any more what it holds.
    pub(super) fn discard(&self) -> io::Result<()> {
        self.change()?;
        remove_all(&self.root)
    }

    /// Makes the folder that holds `path`, once. A file that is in the way is an old one.
    fn folder_of(&self, path: &str) -> io::Result<()> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if self.made.has(folder) {
            return Ok(());
        }
        self.change()?;
        let at = self.root.join(folder);
        if fs::create_dir(&at).is_err() && fs::create_dir_all(&at).is_err() {
            let above = at.ancestors().take_while(|above| *above != self.root);
            if let Some(file) = above.filter(|above| above.symlink_metadata().is_ok_and(|m| !m.is_dir())).last() {
                let _ = fs::remove_file(file);
            }
            fs::create_dir_all(&at)?;
        }
        self.made.insert(folder, ());
        Ok(())
    }

    /// Before the first change, what was known of the tree goes: a build that is stopped leaves it so.
    fn change(&self) -> io::Result<()> {
        if self.changed.get().is_some() {
            return Ok(());
        }
        match fs::remove_file(&self.known_at) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        self.changed.get_or_init(|| ());
        Ok(())
    }
}

fn remove_all(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
