//! Every page that the site will have: entries, listings and their further pages, archives,
//! taxonomies, guides on one page.

use std::{borrow::Cow, collections::HashMap};

use super::{Ix, Listing, Site, join};
use crate::{
    content::Entry,
    diagnostics::{Diagnostic, Location},
    language::Lang,
};

/// A page that will be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path from the root.
    pub url: Box<str>,
    /// Its language.
    pub lang: Lang,
    /// What it shows.
    pub kind: PageKind,
}

/// What a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// An entry; of a section, the given page of its listing, from 1.
    Entry(Ix, usize),
    /// A section's entries of a year, and the page of that listing.
    Archive(Ix, i16, usize),
    /// The terms of a taxonomy.
    Taxonomy(Box<str>),
    /// The entries that have a term, by the term's index, and the page of that listing.
    Term(Box<str>, usize, usize),
    /// A guide on one page.
    Guide(Ix),
    /// What is shown for addresses that do not exist.
    NotFound,
}

impl Page {
    /// The file that the page is written to, below the output folder.
    pub fn file(&self) -> String {
        let path = self.url.trim_start_matches('/');
        match (path, &self.kind) {
            (_, PageKind::NotFound) => path.to_owned(),
            ("", _) => "index.html".to_owned(),
            _ => format!("{path}/index.html"),
        }
    }

    /// The entry that the page belongs to.
    pub fn entry(&self) -> Option<Ix> {
        match self.kind {
            PageKind::Entry(ix, _) | PageKind::Archive(ix, ..) | PageKind::Guide(ix) => Some(ix),
            _ => None,
        }
    }

    /// The number of the page within its listing, from 1.
    pub fn number(&self) -> usize {
        match self.kind {
            PageKind::Entry(_, number) | PageKind::Archive(_, _, number) | PageKind::Term(_, _, number) => number,
            _ => 1,
        }
    }
}

impl Site {
    /// The address of a taxonomy in a language; nothing when the site gives it no pages.
    pub fn taxonomy_url(&self, taxonomy: &str, lang: Lang) -> Option<String> {
        let slug = crate::language::slug(self.settings.taxonomies.get(taxonomy)?.slug.get(lang).unwrap_or(taxonomy));
        Some(format!("{}/{slug}", self.settings.prefix(lang)))
    }

    /// The address of a term.
    pub fn term_url(&self, taxonomy: &str, lang: Lang, slug: &str) -> Option<String> {
        self.taxonomy_url(taxonomy, lang).map(|url| join(&url, slug))
    }

    /// The address of the term that the fields call `name`; nothing when it has no page.
    pub fn term_named(&self, taxonomy: &str, lang: Lang, name: &str) -> Option<String> {
        let term = self.taxonomies.terms(taxonomy, lang).iter().find(|term| term.name == name)?;
        self.term_url(taxonomy, lang, &term.slug)
    }

    /// The address of a listing's page.
    pub fn numbered(&self, first: &str, lang: Lang, number: usize) -> String {
        if number <= 1 {
            first.to_owned()
        } else {
            join(first, &format!("{}/{number}", self.settings.words.page.get(lang).unwrap_or("page")))
        }
    }

    /// The address of a page, or of the first page of the listing that it continues.
    pub fn first_url<'a>(&'a self, page: &'a Page) -> Cow<'a, str> {
        match &page.kind {
            PageKind::Entry(ix, _) => Cow::Borrowed(&*self.urls[*ix]),
            PageKind::Archive(ix, year, _) => Cow::Owned(join(&self.urls[*ix], &year.to_string())),
            PageKind::Term(taxonomy, at, _) => {
                let slug = &self.taxonomies.terms(taxonomy, page.lang)[*at].slug;
                self.term_url(taxonomy, page.lang, slug).map_or(Cow::Borrowed(&*page.url), Cow::Owned)
            }
            PageKind::Taxonomy(_) | PageKind::Guide(_) | PageKind::NotFound => Cow::Borrowed(&*page.url),
        }
    }

    /// An entry is the section of an ordered guide.
    pub fn is_guide(&self, ix: Ix) -> bool {
        let entry = &self.entries[ix];
        entry.section && entry.fields.get("guide").and_then(|value| value.as_bool()) == Some(true)
    }

    /// The address of a guide on one page.
    pub fn guide_url(&self, ix: Ix) -> String {
        join(&self.urls[ix], self.settings.words.all.get(self.entries[ix].lang).unwrap_or("all"))
    }
}

/// Lists all pages, in order of their addresses.
pub(super) fn lay_out(site: &Site) -> Vec<Page> {
    let mut pages = Vec::with_capacity(site.entries.len() + 64);
    let mut add = |url: String, lang: Lang, kind: PageKind| pages.push(Page { url: url.into(), lang, kind });
    for (ix, entry) in site.entries.iter().enumerate() {
        if entry.section {
            section(site, ix, entry, &mut add);
        } else if site.kind(ix).page {
            add(site.urls[ix].to_string(), entry.lang, PageKind::Entry(ix, 1));
        }
    }
    for taxonomy in site.taxonomies.names() {
        for &lang in &site.settings.languages {
            terms(site, taxonomy, lang, &mut add);
        }
    }
    for &lang in &site.settings.languages {
        if site.front_page(lang).is_some() {
            add(format!("{}/404.html", site.settings.prefix(lang)), lang, PageKind::NotFound);
        }
    }
    pages.sort_by(|a, b| a.url.cmp(&b.url));
    pages
}

fn section(site: &Site, ix: Ix, entry: &Entry, add: &mut impl FnMut(String, Lang, PageKind)) {
    let url = &site.urls[ix];
    let Listing { items, per_page, years } = site.listing(ix);
    for number in 1..=items.len().div_ceil(*per_page).max(1) {
        add(site.numbered(url, entry.lang, number), entry.lang, PageKind::Entry(ix, number));
    }
    for (&year, items) in years {
        let first = join(url, &year.to_string());
        for number in 1..=items.len().div_ceil(*per_page).max(1) {
            add(site.numbered(&first, entry.lang, number), entry.lang, PageKind::Archive(ix, year, number));
        }
    }
    if site.is_guide(ix) {
        add(site.guide_url(ix), entry.lang, PageKind::Guide(ix));
    }
}

fn terms(site: &Site, taxonomy: &str, lang: Lang, add: &mut impl FnMut(String, Lang, PageKind)) {
    let terms = site.taxonomies.terms(taxonomy, lang);
    let Some(url) = site.taxonomy_url(taxonomy, lang).filter(|_| !terms.is_empty()) else { return };
    for (at, term) in terms.iter().enumerate() {
        let first = join(&url, &term.slug);
        for number in 1..=term.entries.len().div_ceil(site.settings.per_page).max(1) {
            let kind = PageKind::Term(taxonomy.into(), at, number);
            add(site.numbered(&first, lang, number), lang, kind);
        }
    }
    add(url, lang, PageKind::Taxonomy(taxonomy.into()));
}

/// Finds pages by address; two at one address are reported.
pub(super) fn index(site: &Site, files: &[String], out: &mut Vec<Diagnostic>) -> HashMap<Box<str>, usize> {
    let mut by_url: HashMap<Box<str>, usize> = HashMap::with_capacity(site.pages.len());
    for (at, page) in site.pages.iter().enumerate() {
        if let Some(&other) = by_url.get(&page.url) {
            let problem = Diagnostic::new("site.address-twice").arg("url", &page.url).at(place(site, page));
            out.push(problem.related(place(site, &site.pages[other])));
        } else {
            by_url.insert(page.url.clone(), at);
        }
    }
    for file in files {
        let taken = |url: &str| by_url.get(url).map(|&at| &site.pages[at]);
        let url = file.strip_suffix("/index.html").unwrap_or(file);
        if let Some(page) = taken(if url.is_empty() { "/" } else { url }) {
            let problem = Diagnostic::new("site.address-twice").arg("url", &page.url).at(place(site, page));
            out.push(problem.related(Location::file(format!("static{file}"))));
        }
    }
    by_url
}

fn place(site: &Site, page: &Page) -> Location {
    let Some(ix) = page.entry() else { return Location::file("site.toml") };
    let entry = &site.entries[ix];
    let field = if entry.fields.get("slug").is_some() { "slug" } else { "title" };
    entry.place(field, None)
}
