//! Addresses: OVP's, from folders, file names and slugs; no trailing slash, Estonian letters folded.

use std::{collections::HashMap, sync::Arc};

use crate::{
    content::{Entry, fold_date},
    language::{self, Lang},
};

use super::Settings;

/// Works out addresses. Sections' slugs are looked up in their own language.
pub(super) struct Addresses<'a> {
    settings: &'a Settings,
    sections: HashMap<(&'a str, Lang), &'a Entry>,
}

impl<'a> Addresses<'a> {
    /// Gathers the sections of `entries`.
    pub(super) fn new(settings: &'a Settings, entries: &'a [Arc<Entry>]) -> Self {
        let sections = entries.iter().filter(|entry| entry.section).map(|entry| ((&*entry.id, entry.lang), &**entry));
        Self { settings, sections: sections.collect() }
    }

    /// The path of an entry that has a page of its own.
    pub(super) fn of(&self, entry: &Entry) -> String {
        self.path(&entry.id, entry.lang, entry.text("slug"))
    }

    /// The path of `id`, whether or not there is a page.
    fn path(&self, id: &str, lang: Lang, slug: Option<&str>) -> String {
        let mut path = self.settings.prefix(lang);
        if id.is_empty() {
            return if path.is_empty() { "/".to_owned() } else { path };
        }
        let mut from = 0;
        while let Some(at) = id[from..].find('/') {
            let folder = &id[..from + at];
            path.push('/');
            path.push_str(&self.folder(folder, lang));
            from += at + 1;
        }
        path.push('/');
        match slug {
            Some(slug) => path.push_str(&language::slug(slug)),
            None => path.push_str(&language::slug(fold_date(&id[from..]))),
        }
        path
    }

    /// A folder's part of an address: its section's slug in the language, else its name.
    fn folder(&self, folder: &str, lang: Lang) -> String {
        let slug = self.sections.get(&(folder, lang)).and_then(|section| section.text("slug"));
        let name = folder.rsplit('/').next().unwrap_or(folder);
        language::slug(slug.unwrap_or_else(|| fold_date(name)))
    }
}

/// Puts a part behind a path: `/uudised` and `leht/2` are `/uudised/leht/2`.
pub fn join(path: &str, part: &str) -> String {
    if path == "/" { format!("/{part}") } else { format!("{path}/{part}") }
}
