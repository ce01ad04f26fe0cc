//! What was read before, so that an edit reads one file and not ten thousand.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    sync::Arc,
};

use super::{Content, DataTable, Entry, Name, Reading, pages, tables};
use crate::{
    diagnostics::Diagnostic,
    fingerprint::Fingerprint,
    source::{Changes, SourceFile},
};

/// Content as it was read last. It belongs to one folder, one set of content types and of languages:
/// when these change, begin with a new one.
#[derive(Debug, Default)]
pub struct Memory {
    files: Option<Files>,
    /// What was read of each page, in the order of [`Files::pages`].
    pages: Vec<Page>,
    kinds: BTreeMap<String, String>,
    tables: Option<Tables>,
}

/// What reading again has found.
#[derive(Clone, Debug)]
pub enum News {
    /// Entries came, went, or say something else of themselves.
    Model,
    /// At most bodies of these entries differ.
    Bodies(Vec<Arc<Entry>>),
}

/// The files below `content/`.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// All pages: those in the default language first, each part in order of their ids.
    pub(super) pages: Vec<(Arc<Name>, SourceFile)>,
    /// How many of them are in the default language.
    pub(super) originals: usize,
    /// Everything else, in order of their paths.
    pub(super) resources: Vec<SourceFile>,
    /// What is wrong with their names.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where each page stands.
    pub(super) places: HashMap<Arc<str>, usize>,
}

/// A page as it was read.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// What it became; nothing when it could not be read.
    pub(super) entry: Option<Arc<Entry>>,
    /// What is wrong with it.
    pub(super) diagnostics: Arc<[Diagnostic]>,
    /// The type that it gives to the pages below it.
    pub(super) children_type: Option<Box<str>>,
    /// The hash of the text before the body.
    pub(super) head: Fingerprint,
    /// The entry it was translated from.
    pub(super) original: Option<Arc<Entry>>,
}

#[derive(Debug)]
struct Tables {
    tables: BTreeMap<String, DataTable>,
    rows: Vec<Arc<Entry>>,
    diagnostics: Vec<Diagnostic>,
}

impl Memory {
    /// Reads what changed, and says what that means for the site's model.
    pub fn read(&mut self, reading: &Reading<'_>, changes: &Changes, out: &mut Vec<Diagnostic>) -> News {
        let mut news = match self.edited(reading, changes) {
            Some(places) => self.read_again(reading, &places),
            None => self.read_all(reading, changes),
        };
        if self.tables(reading, changes) {
            news = News::Model;
        }
        out.extend(self.files.iter().flat_map(|files| files.diagnostics.iter().cloned()));
        out.extend(self.pages.iter().flat_map(|page| page.diagnostics.iter().cloned()));
        out.extend(self.tables.iter().flat_map(|read| read.diagnostics.iter().cloned()));
        news
    }

    /// All that was read.
    pub fn content(&self) -> Content {
        let mut entries: Vec<Arc<Entry>> = self.pages.iter().filter_map(|page| page.entry.clone()).collect();
        entries.extend(self.tables.iter().flat_map(|read| read.rows.iter().cloned()));
        entries.sort_by(|a, b| (&a.id, a.lang).cmp(&(&b.id, b.lang)));
        let resources = self.resources().to_vec();
        let tables = self.tables.as_ref().map(|read| read.tables.clone()).unwrap_or_default();
        Content { entries, resources, tables }
    }

    /// What lies beside the pages.
    pub fn resources(&self) -> &[SourceFile] {
        self.files.as_ref().map_or(&[], |files| &files.resources)
    }

    /// A file was read at this path or below it, as far as anything was read.
    pub fn knows(&self, path: &str) -> bool {
        let Some(files) = &self.files else { return true };
        let known = |known: &str| known.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let wrong = |found: &Diagnostic| found.location.as_ref().is_some_and(|place| known(&place.file));
        files.pages.iter().any(|(_, file)| known(&file.path))
            || files.resources.iter().any(|file| known(&file.path))
            || files.diagnostics.iter().any(wrong)
    }

    /// The places of the pages that changed, when there are the same files as before.
    fn edited(&mut self, reading: &Reading<'_>, changes: &Changes) -> Option<BTreeSet<usize>> {
        let (Changes::Paths(paths), Some(files)) = (changes, &mut self.files) else { return None };
        let mut places = BTreeSet::new();
        for path in paths.iter().filter(|path| path.starts_with("content")) {
            let file = reading.folder.find(path).filter(|file| *file.path == **path)?;
            if !files.replace(file) {
                return None;
            }
            places.extend(files.places.get(&**path));
        }
        Some(places)
    }

    /// Reads the pages at these places and their translations again.
    fn read_again(&mut self, reading: &Reading<'_>, places: &BTreeSet<usize>) -> News {
        let Some(files) = &self.files else { return News::Model };
        let mut bodies = Some(Vec::new());
        let translations: BTreeSet<usize> = places.iter().flat_map(|&at| files.translations(at)).collect();
        for &at in places.union(&translations) {
            let earlier = &self.pages[at];
            let original = files.original(at).and_then(|original| self.pages[original].entry.as_ref());
            if !places.contains(&at) && earlier.translates(original) {
                continue;
            }
            let (name, file) = &files.pages[at];
            let page = pages::page(reading, &self.kinds, name, file, original);
            if page.children_type != earlier.children_type {
                // It gives another type to all that lies below it.
                return self.read_all(reading, &Changes::All);
            }
            bodies = bodies.filter(|_| earlier.differs_in_body(&page));
            if let Some(bodies) = &mut bodies {
                bodies.extend(page.entry.clone());
            }
            self.pages[at] = page;
        }
        bodies.map_or(News::Model, News::Bodies)
    }

    /// Looks which files there are now, and reads those that are new or changed.
    fn read_all(&mut self, reading: &Reading<'_>, changes: &Changes) -> News {
        let before = self.files.take().unwrap_or_default();
        let files = pages::list(reading);
        let known = |path: &Arc<str>| {
            let same = matches!(changes, Changes::Paths(paths) if !paths.contains(&**path));
            before.places.get(path).filter(|_| same).map(|&at| &self.pages[at])
        };
        let kinds = pages::section_kinds(&files, known);
        // A new section may give its type to all that lies below it.
        let same = kinds == self.kinds;
        self.pages = pages::read(reading, &kinds, &files, |path| known(path).filter(|_| same));
        (self.files, self.kinds) = (Some(files), kinds);
        News::Model
    }

    /// Reads the tables again if one of them changed, and says so.
    fn tables(&mut self, reading: &Reading<'_>, changes: &Changes) -> bool {
        if self.tables.is_some() && !changes.touch("data") {
            return false;
        }
        let mut diagnostics = Vec::new();
        let (tables, rows) = tables::read(reading, &mut diagnostics);
        self.tables = Some(Tables { tables, rows, diagnostics });
        true
    }
}

impl Files {
    /// Takes note of a file's new size and time; `false` when it was not there before.
    fn replace(&mut self, file: SourceFile) -> bool {
        let known = match self.places.get(&file.path) {
            Some(&at) => Some(&mut self.pages[at].1),
            None => {
                let at = self.resources.binary_search_by(|known| known.path.cmp(&file.path));
                at.ok().map(|at| &mut self.resources[at])
            }
        };
        known.map(|known| *known = file).is_some()
    }

    /// The page that the one at a place was translated from.
    fn original(&self, at: usize) -> Option<usize> {
        let id = &self.pages[at].0.id;
        (at >= self.originals)
            .then(|| self.pages[..self.originals].binary_search_by(|(name, _)| name.id.cmp(id)).ok())
            .flatten()
    }

    /// The translations of the page at a place.
    fn translations(&self, at: usize) -> Range<usize> {
        if at >= self.originals {
            return 0..0;
        }
        let (id, translations) = (&self.pages[at].0.id, &self.pages[self.originals..]);
        let first = self.originals + translations.partition_point(|(name, _)| name.id < *id);
        first..self.originals + translations.partition_point(|(name, _)| name.id <= *id)
    }
}

impl Page {
    /// It was translated from an entry that was as `original` is.
    pub(super) fn translates(&self, original: Option<&Arc<Entry>>) -> bool {
        match (&self.original, original) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || (a.fingerprint == b.fingerprint && a.kind == b.kind),
            _ => false,
        }
    }

    /// It says the same of itself as `later` does.
    fn differs_in_body(&self, later: &Self) -> bool {
        match (&self.entry, &later.entry) {
            (None, None) => true,
            (Some(a), Some(b)) => self.head == later.head && a.fingerprint == b.fingerprint && a.summary == b.summary,
            _ => false,
        }
    }
}
