//! A page under the rules, and where its findings stand in the site's files.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    rc::Rc,
};

use memchr::{memchr_iter, memmem};

use super::tree::{Id, Tree};
use crate::{
    content::{Entry, Origin},
    diagnostics::{Diagnostic, Location},
    site::{Page, Site},
};

/// One page: its HTML, its entry, and what was found.
pub(super) struct Subject<'a> {
    pub(super) site: &'a Site,
    pub(super) page: &'a Page,
    pub(super) tree: &'a Tree<'a>,
    /// The element that holds what is the page's own: `<main>`, or else the whole.
    pub(super) main: Id,
    pub(super) entry: Option<&'a Entry>,
    source: OnceCell<String>,
    /// Where the words that the source was asked for last stand in it.
    said: Cell<usize>,
    paragraphs: OnceCell<Paragraphs<'a>>,
    found: Vec<Diagnostic>,
    /// The elements outside of `main` with which something is wrong.
    blamed: Vec<Id>,
}

/// Elements, and what they say.
pub(super) type Paragraphs<'a> = Rc<[(Id, Cow<'a, str>)]>;

impl<'a> Subject<'a> {
    pub(super) fn new(site: &'a Site, page: &'a Page, tree: &'a Tree<'a>) -> Self {
        let main = tree.named(0, ["main"]).next().or_else(|| tree.named(0, ["body"]).next()).unwrap_or(0);
        let entry = page.entry().map(|ix| &*site.entries[ix]);
        Self {
            site,
            page,
            tree,
            main,
            entry,
            source: OnceCell::new(),
            said: Cell::new(0),
            paragraphs: OnceCell::new(),
            found: Vec::new(),
            blamed: Vec::new(),
        }
    }

    /// The text of the entry's file; empty where there is none.
    pub(super) fn source(&self) -> &str {
        self.source.get_or_init(|| match self.entry.map(|entry| &entry.origin) {
            Some(Origin::Page { file, .. }) => file.text().unwrap_or_default(),
            _ => String::new(),
        })
    }

    /// Whether the entry's own file says `words`; what it does not say comes from the theme or other entries.
    pub(super) fn says(&self, words: &str) -> bool {
        let (source, words) = (self.source().as_bytes(), words.as_bytes());
        if words.is_empty() {
            return false;
        }
        // What a page says comes mostly in the order of its source.
        let from = self.said.get();
        let behind = find(&source[from..], words).map(|at| from + at);
        let found = behind.or_else(|| find(&source[..source.len().min(from + words.len())], words));
        self.said.set(found.unwrap_or(from));
        found.is_some()
    }

    /// The page's own paragraphs, points and quotes that hold no others, with what they say.
    pub(super) fn paragraphs(&self) -> Paragraphs<'a> {
        let paragraphs = || {
            let all = self.tree.named(self.main, ["p", "li", "dd", "blockquote"]);
            let innermost = all.filter(|&id| self.tree.named(id, ["p", "li"]).next().is_none());
            innermost.map(|id| (id, self.tree.text(id))).collect()
        };
        Rc::clone(self.paragraphs.get_or_init(paragraphs))
    }

    /// Reports something that one finds by `words` in the entry's file.
    pub(super) fn report(&mut self, finding: Diagnostic, words: &str) {
        let Some(entry) = self.entry else {
            self.report_everywhere(finding);
            return;
        };
        let source = self.source();
        let place = match source.find(words).filter(|_| !words.is_empty()) {
            Some(at) => Location::in_text(entry.path().clone(), source, at..at + words.len()),
            None => Location::file(entry.path().clone()),
        };
        self.found.push(finding.at(place));
    }

    /// Reports something that no entry is to blame for: the theme makes it, on every page.
    pub(super) fn report_everywhere(&mut self, finding: Diagnostic) {
        let finding = finding.arg("page", &self.page.url);
        self.found.push(finding);
    }

    /// Reports at the entry when `id` is the page's own, and once for the site when it is the theme's.
    pub(super) fn report_at(&mut self, finding: Diagnostic, id: Id, words: &str) {
        if self.tree.is_inside(id, self.main) {
            self.report(finding.arg("page", &self.page.url), words);
        } else {
            self.blamed.push(id);
            self.report_everywhere(finding);
        }
    }

    /// The elements outside of `main` with which something is wrong.
    pub(super) fn blamed(&self) -> &[Id] {
        &self.blamed
    }

    /// The text of the entry's file, and what was found.
    pub(super) fn into_source_and_findings(self) -> (String, Vec<Diagnostic>) {
        self.source();
        (self.source.into_inner().unwrap_or_default(), self.found)
    }
}

/// Where `words` stand in a text. To prepare a search costs more than most searches for a few words.
fn find(text: &[u8], words: &[u8]) -> Option<usize> {
    match words {
        [first, ..] if words.len() <= 64 => memchr_iter(*first, text).find(|&at| text[at..].starts_with(words)),
        _ => memmem::find(text, words),
    }
}
