//! Documents and table rows become entries: typed fields, checked, in their language.
//!
//! Bodies stay on the disk until a page is rendered; what is kept of each entry is small, so that a
//! site of fifty thousand pages fits in memory.

mod memory;
mod names;
mod pages;
mod place;
mod tables;

pub use memory::{Memory, News};
pub use names::{Name, fold_date};
pub use tables::DataTable;

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use crate::{
    diagnostics::Diagnostic,
    fingerprint::Fingerprint,
    language::Lang,
    schema::{Fields, Types},
    source::{Changes, Folder, SourceFile},
};

/// A page, a section or a row of a table, in one language.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The path below `content/` without language and ending; `table/row` for a row; empty for the
    /// front page. The same in every language.
    pub id: Arc<str>,
    /// Its language.
    pub lang: Lang,
    /// The index of its content type.
    pub kind: usize,
    /// It is a section's own page (`_index.md`).
    pub section: bool,
    /// Where it comes from.
    pub origin: Origin,
    /// Its fields.
    pub fields: Fields,
    /// Its summary: the field, or else the first paragraph of the body.
    pub summary: Box<str>,
    /// The fingerprint of everything but the body.
    pub fingerprint: Fingerprint,
    /// The fingerprint of the whole text, which the body is a part of; 0 where there is no body.
    pub text_fingerprint: Fingerprint,
}

/// Where an entry comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A Markdown file.
    Page {
        /// The file.
        file: SourceFile,
        /// Where the front matter lies in its text, in bytes.
        front_matter: Range<usize>,
        /// Where the body lies in its text, in bytes.
        body: Range<usize>,
    },
    /// A row of a table below `data/`.
    Row {
        /// The table's file.
        file: SourceFile,
        /// The row, from 0.
        row: usize,
    },
}

impl Entry {
    /// The path of the file it comes from.
    pub fn path(&self) -> &Arc<str> {
        match &self.origin {
            Origin::Page { file, .. } | Origin::Row { file, .. } => &file.path,
        }
    }

    /// The last part of its id.
    pub fn short_id(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or(&self.id)
    }

    /// A text field that is not empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(|value| value.as_str()).filter(|text| !text.is_empty())
    }

    /// The title, or the id where it is missing.
    pub fn title(&self) -> &str {
        self.text("title").unwrap_or(&self.id)
    }
}

/// Everything that a site's folder holds, read and checked.
#[derive(Debug, Default)]
pub struct Content {
    /// All entries, ordered by id and language.
    pub entries: Vec<Arc<Entry>>,
    /// Other files below `content/`: pictures and documents beside the pages.
    pub resources: Vec<SourceFile>,
    /// The tables below `data/` by name.
    pub tables: BTreeMap<String, DataTable>,
}

/// What content is read by.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The site's folder.
    pub folder: &'a Folder,
    /// The content types.
    pub types: &'a Types,
    /// The site's languages, the default first.
    pub languages: &'a [Lang],
}

impl Reading<'_> {
    /// Reads pages and tables. Every mistake of every file is reported.
    pub fn read(&self, out: &mut Vec<Diagnostic>) -> Content {
        let mut memory = Memory::default();
        memory.read(self, &Changes::All, out);
        memory.content()
    }

    fn default_language(&self) -> Lang {
        self.languages[0]
    }
}
