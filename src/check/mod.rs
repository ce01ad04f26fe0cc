//! The town hall's own inspector: rules over the model, over each finished page and over documents.
//!
//! A page's rules see one page's HTML and its entry, so that the preview can run them on the page that is open.
//! What depends on all pages together comes after them. Words, severities, standards and examples of the
//! rules live in `diagnostics/catalog`; what a site lets through is in its `[check]`.

mod accessibility;
mod care;
mod chrome;
pub mod documents;
mod law;
pub mod links;
pub mod metadata;
mod privacy;
mod repeated;
mod scripts;
mod settings;
pub mod sheet;
mod speech;
pub mod statement;
mod subject;
mod tree;
mod wording;
mod words;

pub use settings::{Settings, Weight, matches};

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::{
    content::Origin,
    diagnostics::{Diagnostic, Location},
    fingerprint::{Fingerprint, Fingerprinter, fingerprint},
    site::{Page, PageKind, Site},
    theme::Files,
};
use documents::Facts;
use links::Seen;
use repeated::Parts;
use subject::Subject;

/// Looks at a site's pages, texts and files.
pub struct Inspector<'a> {
    site: &'a Site,
    settings: &'a Settings,
    known: privacy::Known,
    /// Old addresses and where they lead now.
    moved: BTreeMap<&'a str, &'a str>,
    seen: Mutex<Vec<Seen>>,
    parts: Parts,
    print: OnceLock<Fingerprint>,
}

/// What was found on one page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inspected {
    /// What is wrong.
    found: Vec<Diagnostic>,
    /// What it says of other pages.
    seen: Seen,
}

/// Whatever the rules look for in a text as it was written: to look for all at once takes as long as for one.
static NOTABLE: LazyLock<Regex> =
    LazyLock::new(|| words::any(wording::patterns().chain([accessibility::pattern_of_colours()])));

impl<'a> Inspector<'a> {
    /// An inspector of `site`, whose `[check]` is `settings`.
    #[must_use]
    pub fn new(site: &'a Site, settings: &'a Settings) -> Self {
        let moved = site.redirects.iter().map(|redirect| (redirect.from.as_str(), redirect.to.as_str())).collect();
        let known = privacy::Known::of(site, settings);
        Self { site, settings, known, moved, seen: Mutex::default(), parts: Parts::default(), print: OnceLock::new() }
    }

    /// Everything that is wrong with one page: its HTML and, on an entry's own page, its source.
    #[must_use]
    pub fn page(&self, page: &Page, html: &[u8]) -> Vec<Diagnostic> {
        self.take(self.look(page, html))
    }

    /// Takes in what was found on a page, now or when it was the same: gives what is wrong.
    #[must_use]
    pub fn take(&self, inspected: Inspected) -> Vec<Diagnostic> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(inspected.seen);
        inspected.found
    }

    /// The fingerprint of all that decides what is found on a page, besides the content types and the program.
    #[must_use]
    pub fn print(&self, page: &Page, html: &[u8]) -> Fingerprint {
        let common = self.print.get_or_init(|| {
            let all = (&self.site.settings.base_url, self.settings, &self.known, &self.moved);
            fingerprint(format!("{all:?}").as_bytes())
        });
        let mut printer = Fingerprinter::new();
        printer.update(&common.to_le_bytes());
        printer.update(format!("{page:?}").as_bytes());
        if let Some(ix) = page.entry() {
            let entry = &self.site.entries[ix];
            printer.update(entry.path().as_bytes());
            printer.update(&entry.fingerprint.to_le_bytes());
            printer.update(&entry.text_fingerprint.to_le_bytes());
        }
        printer.update(html);
        printer.digest128()
    }

    /// Looks at one page.
    #[must_use]
    pub fn look(&self, page: &Page, html: &[u8]) -> Inspected {
        let text = simdutf8::basic::from_utf8(html).map_or_else(|_| String::from_utf8_lossy(html), Cow::Borrowed);
        let tree = tree::Tree::parse(&text, &self.parts);
        let mut subject = Subject::new(self.site, page, &tree);
        chrome::check(&mut subject, &self.settings.origins);
        // A listing's further pages, archives and terms show what other pages say.
        if matches!(page.kind, PageKind::Entry(_, 1)) {
            accessibility::check(&mut subject);
            wording::check(&mut subject);
        }
        let seen = links::check(&mut subject, &self.moved);
        self.parts.learn(&subject);
        let size = html.len() / 1024;
        if size > self.settings.weight.page {
            let finding = Diagnostic::new("weight.page").arg("page", &page.url).arg("size", size);
            subject.report(finding.arg("limit", self.settings.weight.page), "");
        }
        let (source, mut found) = subject.into_source_and_findings();
        if let PageKind::Entry(ix, 1) = page.kind {
            self.source(ix, &source, &mut found);
        }
        Inspected { found, seen }
    }

    /// What is wrong with an entry's text as it was written.
    fn source(&self, ix: usize, text: &str, out: &mut Vec<Diagnostic>) {
        let entry = &self.site.entries[ix];
        let Origin::Page { file, body, .. } = &entry.origin else { return };
        let minutes = privacy::is_minutes(self.site.kind(ix), entry);
        privacy::check(&self.known, &file.path, text, minutes, out);
        let notable = NOTABLE.is_match(text.get(body.clone()).unwrap_or_default());
        accessibility::check_text(&file.path, text, body.clone(), notable, out);
        if notable {
            wording::check_text(&file.path, text, body.clone(), entry.lang, out);
        }
    }

    /// What depends on all pages together, once [`Self::page`] has seen them; and on tables and pages without an
    /// address of their own.
    #[must_use]
    pub fn site(&self) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        links::across(self.site, &seen, &mut out);
        care::check(self.site, self.settings, &mut out);
        care::forms(self.site, &seen, &mut out);
        law::check(self.site, &mut out);
        let mut tables: Vec<_> = self.site.tables.values().map(|table| &table.file).collect();
        for (ix, entry) in self.site.entries.iter().enumerate() {
            match &entry.origin {
                Origin::Page { file, .. } if !self.site.kind(ix).page && !entry.section => {
                    self.source(ix, &file.text().unwrap_or_default(), &mut out);
                }
                Origin::Page { .. } => {}
                Origin::Row { file, .. } => tables.push(file),
            }
        }
        tables.sort_by(|a, b| a.path.cmp(&b.path));
        tables.dedup_by(|a, b| a.path == b.path);
        for file in tables {
            if let Ok(text) = file.text() {
                privacy::check(&self.known, &file.path, &text, true, &mut out);
            }
        }
        out
    }

    /// The addresses of other sites that pages name, in order, and a page that names each.
    #[must_use]
    pub fn outside(&self) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut links: Vec<(String, String)> =
            seen.iter().flat_map(|page| page.outside.iter().map(|link| (link.clone(), page.url.clone()))).collect();
        links.sort();
        links.dedup_by(|a, b| a.0 == b.0);
        links
    }

    /// A finding about a link to another site, at the page that names it.
    #[must_use]
    pub fn at_page(&self, finding: Diagnostic, url: &str, link: &str) -> Diagnostic {
        let Some(ix) = self.site.page_at(url).and_then(Page::entry) else { return finding };
        let entry = &self.site.entries[ix];
        let Origin::Page { file, .. } = &entry.origin else { return finding.at(Location::file(entry.path().clone())) };
        let text = file.text().unwrap_or_default();
        match text.find(link) {
            Some(at) => finding.at(Location::in_text(file.path.clone(), &text, at..at + link.len())),
            None => finding.at(Location::file(file.path.clone())),
        }
    }

    /// What is wrong with the name and the size of a file that is published as it is.
    #[must_use]
    pub fn file(&self, path: &str, size: u64) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.read(path, path, false, &mut out);
        let picture = is_picture(path);
        let limit = if picture { self.settings.weight.picture } else { self.settings.weight.document };
        let size = usize::try_from(size / 1024).unwrap_or(usize::MAX);
        if size > limit {
            let finding = Diagnostic::new(if picture { "weight.picture" } else { "weight.document" });
            out.push(finding.arg("size", size).arg("limit", limit).at(Location::file(path)));
        }
        out
    }

    /// What is wrong with a table or a text that is published as it is.
    #[must_use]
    pub fn text(&self, path: &str, text: &str) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        privacy::check(&self.known, path, text, true, &mut out);
        out
    }

    /// What is wrong with a script or a style sheet of the site's own.
    #[must_use]
    pub fn script(&self, path: &str, text: &str) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        let own = chrome::origin(&self.site.settings.base_url);
        let allowed = |host: &str| own.as_deref() == Some(host) || self.settings.origins.iter().any(|one| one == host);
        scripts::check(path, text, allowed, &mut out);
        out
    }

    /// What is wrong with the scripts and style sheets of the theme, and with those that the site puts into it.
    #[must_use]
    pub fn theme(&self, files: &Files) -> Vec<Diagnostic> {
        let all = files.below("scripts/").chain(files.below("styles/"));
        let texts = all.filter(|(path, _)| is_script_or_style(path));
        texts.flat_map(|(_, file)| self.script(&file.origin, &String::from_utf8_lossy(&file.bytes))).collect()
    }

    /// What is wrong with a document of which `facts` are known.
    #[must_use]
    pub fn document(&self, path: &str, facts: &Facts) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        documents::check(path, facts, &mut out);
        self.read(path, &facts.text, documents::is_minutes(path, &facts.text), &mut out);
        out
    }

    /// Looks for personal data in words that have no lines to show.
    fn read(&self, path: &str, words: &str, minutes: bool, out: &mut Vec<Diagnostic>) {
        let mut found = Vec::new();
        privacy::check(&self.known, path, words, minutes, &mut found);
        out.extend(found.into_iter().map(|finding| finding.at(Location::file(path))));
    }
}

/// Whether a file of this name is a picture.
#[must_use]
pub fn is_picture(path: &str) -> bool {
    let path = path.to_lowercase();
    [".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg"].iter().any(|ending| path.ends_with(ending))
}

/// Whether a file of this name is a script or a style sheet.
#[must_use]
pub fn is_script_or_style(path: &str) -> bool {
    scripts::is_script(path) || scripts::is_style(path)
}

/// Findings that every page repeats, because the theme or a setting makes them, are told once.
pub fn once(found: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    found.retain(|finding| {
        let arguments: Vec<_> = finding.arguments.iter().filter(|(name, _)| name != "page").cloned().collect();
        finding.location.is_some() || seen.insert((finding.code.clone(), arguments))
    });
}
