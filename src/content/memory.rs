//! What was read before, so that an edit reads one file and not ten thousand.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{Content, DataTable, Entry, Hash, Name, Reading, pages, tables};
use crate::{
    diagnostics::Diagnostic,
    source::{Changes, SourceFile},
};

/// Content as it was read last. It belongs to one folder, one set of content types and of languages:
/// when these change, begin with a new one.
#[derive(Debug, Default)]
pub struct Memory {
    files: Option<Files>,
    pages: HashMap<Arc<str>, Page>,
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
    /// Pages in the default language, in order of their ids.
    pub(super) originals: Vec<(Arc<Name>, SourceFile)>,
    /// Pages in other languages, in the same order.
    pub(super) translations: Vec<(Arc<Name>, SourceFile)>,
    /// Everything else.
    pub(super) resources: Vec<SourceFile>,
    /// What is wrong with their names.
    pub(super) diagnostics: Vec<Diagnostic>,
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
    pub(super) head: Hash,
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
    pub fn read(&mut self, reading: &Reading<'_>, changes: &Changes, out: &mut Vec<Diagnostic>) -> (Content, News) {
        let same_files = self.look(reading, changes);
        let (pages, mut news) = self.pages(reading, changes);
        let other_tables = self.tables(reading, changes);
        if !same_files || other_tables {
            news = News::Model;
        }
        let files = self.files.as_ref();
        out.extend(files.into_iter().flat_map(|files| files.diagnostics.iter().cloned()));
        let mut entries = Vec::with_capacity(pages.len());
        for page in pages {
            entries.extend(page.entry);
            out.extend(page.diagnostics.iter().cloned());
        }
        let tables = match &self.tables {
            Some(read) => {
                entries.extend(read.rows.iter().cloned());
                out.extend(read.diagnostics.iter().cloned());
                read.tables.clone()
            }
            None => BTreeMap::new(),
        };
        entries.sort_by(|a, b| (&a.id, a.lang).cmp(&(&b.id, b.lang)));
        let resources = files.map(|files| files.resources.clone()).unwrap_or_default();
        (Content { entries, resources, tables }, news)
    }

    /// Sees which files there are; gives whether they are the same as before.
    fn look(&mut self, reading: &Reading<'_>, changes: &Changes) -> bool {
        let edited = self.files.as_mut().is_some_and(|files| match changes {
            Changes::All => false,
            Changes::Paths(paths) => paths.iter().filter(|path| path.starts_with("content")).all(|path| {
                let file = reading.folder.find(path).filter(|file| *file.path == **path);
                file.is_some_and(|file| files.replace(file))
            }),
        });
        if !edited {
            self.files = Some(pages::list(reading));
        }
        edited
    }

    fn pages(&mut self, reading: &Reading<'_>, changes: &Changes) -> (Vec<Page>, News) {
        let Some(files) = &self.files else { return (Vec::new(), News::Model) };
        let none = BTreeSet::new();
        let changed = match changes {
            Changes::All => None,
            Changes::Paths(paths) => Some(paths),
        };
        // A new section may give its type to all that lies below it.
        let kinds = pages::section_kinds(files, &self.pages, changed);
        let known =
            if changed.is_none() || kinds != self.kinds { HashMap::new() } else { std::mem::take(&mut self.pages) };
        let read = pages::read(reading, &kinds, files, &known, changed.unwrap_or(&none));
        let news = if known.len() == read.len() { news(files, &known, &read) } else { News::Model };
        let paths = files.originals.iter().chain(&files.translations).map(|(_, file)| file.path.clone());
        self.pages = paths.zip(read.iter().cloned()).collect();
        self.kinds = kinds;
        (read, news)
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
        let pages = self.originals.iter_mut().chain(&mut self.translations).map(|(_, known)| known);
        match pages.chain(&mut self.resources).find(|known| known.path == file.path) {
            Some(known) => {
                *known = file;
                true
            }
            None => false,
        }
    }
}

/// Compares pages with what they were.
fn news(files: &Files, before: &HashMap<Arc<str>, Page>, now: &[Page]) -> News {
    let mut bodies = Vec::new();
    for ((_, file), page) in files.originals.iter().chain(&files.translations).zip(now) {
        let Some(earlier) = before.get(&file.path) else { return News::Model };
        match (&earlier.entry, &page.entry) {
            (None, None) => {}
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => {}
            (Some(a), Some(b))
                if earlier.head == page.head && a.fingerprint == b.fingerprint && a.summary == b.summary =>
            {
                bodies.push(b.clone());
            }
            _ => return News::Model,
        }
    }
    News::Bodies(bodies)
}
