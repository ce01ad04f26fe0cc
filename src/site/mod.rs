//! The resolved model of a site: what is on it, where, in which languages, and what refers to what.
//!
//! It is built once from entries and settings and then only read. It knows nothing of HTML.

mod addresses;
mod alternates;
mod listings;
mod menus;
mod order;
mod pages;
mod redirects;
mod references;
mod search;
mod settings;
mod taxonomies;
mod tree;
mod visibility;

pub use addresses::join;
pub use listings::Listing;
pub use menus::MenuNode;
pub use order::Sort;
pub use pages::{Page, PageKind};
pub use redirects::Redirect;
pub use search::{BestBet, Search};
pub use settings::{Minify, Settings};
pub use taxonomies::{Taxonomies, Term};
pub use visibility::{LeftOut, State};

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::civil::DateTime;

use crate::{
    content::{Content, DataTable, Entry},
    diagnostics::{Diagnostic, Location},
    language::Lang,
    schema::{ContentType, TomlText, Types, Value},
    source::SourceFile,
};
use addresses::Addresses;

/// An entry's index in the model.
pub type Ix = usize;

/// The time and scope of a build.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The local time (Europe/Tallinn) for which the site is built.
    pub at: DateTime,
    /// Drafts are on the site too.
    pub drafts: bool,
}

/// The resolved site. A copy shares all that is large.
#[derive(Clone, Debug)]
pub struct Site {
    /// What `site.toml` says.
    pub settings: Arc<Settings>,
    /// The content types.
    pub types: Arc<Types>,
    /// All entries that are on the site.
    pub entries: Vec<Arc<Entry>>,
    /// The address of each entry's page; for entries without a page of their own, with an anchor.
    pub urls: Arc<[Box<str>]>,
    /// Which entries' time has passed, so that listings leave them out.
    pub archived: Arc<[bool]>,
    /// Every page that will be written, in order of its address.
    pub pages: Arc<[Page]>,
    /// The menus in each language.
    pub menus: Arc<HashMap<Lang, BTreeMap<String, Vec<MenuNode>>>>,
    /// The terms of each taxonomy.
    pub taxonomies: Arc<Taxonomies>,
    /// Old addresses.
    pub redirects: Arc<[Redirect]>,
    /// Tables by name.
    pub tables: Arc<BTreeMap<String, DataTable>>,
    /// Files beside the pages, published at their paths.
    pub resources: Arc<[SourceFile]>,
    /// What is not on the site, and why.
    pub left_out: LeftOut,
    /// The ids of entries that were left out.
    pub hidden: Vec<(Arc<str>, Lang)>,
    /// When the site will change by itself next.
    pub next_due: Option<DateTime>,
    /// When the site is built for.
    pub moment: Moment,
    /// The first entry of each id; those in other languages follow it.
    by_id: Arc<HashMap<Arc<str>, Ix>>,
    by_short_id: Arc<HashMap<Box<str>, Vec<Arc<str>>>>,
    by_url: Arc<HashMap<Box<str>, usize>>,
    by_type: Arc<BTreeMap<(usize, Lang), Vec<Ix>>>,
    tree: Arc<tree::Tree>,
    listings: Arc<BTreeMap<Ix, Listing>>,
}

/// What a site is made from.
pub struct Parts<'a> {
    /// `site.toml`, read.
    pub settings: Arc<Settings>,
    /// The content types.
    pub types: Arc<Types>,
    /// Pages and tables.
    pub content: Content,
    /// `redirects.toml`, if there is one.
    pub redirects: Option<TomlText<'a>>,
    /// Paths of files that are published as they are (`static/`).
    pub files: Vec<String>,
    /// When.
    pub moment: Moment,
}

impl Site {
    /// Builds the model; whatever does not fit together is reported.
    pub fn build(parts: Parts<'_>, out: &mut Vec<Diagnostic>) -> Self {
        let Parts { settings, types, content, redirects, files, moment } = parts;
        let Content { entries, resources, tables } = content;
        let mut site = Self {
            settings,
            types,
            entries: Vec::with_capacity(entries.len()),
            urls: Arc::default(),
            archived: Arc::default(),
            pages: Arc::default(),
            menus: Arc::default(),
            taxonomies: Arc::default(),
            redirects: Arc::default(),
            tables: Arc::new(tables),
            resources: resources.into(),
            left_out: LeftOut::default(),
            hidden: Vec::new(),
            next_due: None,
            moment,
            by_id: Arc::default(),
            by_short_id: Arc::default(),
            by_url: Arc::default(),
            by_type: Arc::default(),
            tree: Arc::default(),
            listings: Arc::default(),
        };
        site.admit(entries);
        site.index();
        references::resolve(&mut site, out);
        site.report_front_pages(out);
        site.tree = tree::Tree::grow(&site).into();
        site.listings = listings::gather(&site, &site.tree).into();
        site.address();
        site.sort_types();
        site.taxonomies = Taxonomies::gather(&site).into();
        site.lay_out_pages(&files, out);
        site.resolve_menus(out);
        site.resolve_redirects(redirects.as_ref(), &files, out);
        alternates::report_stale(&site, out);
        site
    }

    /// The same site with other bodies: `entries` differ from those they stand for in nothing else.
    #[must_use]
    pub fn with_bodies(&self, entries: &[Arc<Entry>]) -> Self {
        let mut site = self.clone();
        for entry in entries {
            if let Some(ix) = self.find(&entry.id, entry.lang) {
                // In the model references are written out in full.
                let Entry { fields, fingerprint, .. } = (*site.entries[ix]).clone();
                site.entries[ix] = Arc::new(Entry { fields, fingerprint, ..(**entry).clone() });
            }
        }
        site
    }

    /// The content type of an entry.
    pub fn kind(&self, ix: Ix) -> &ContentType {
        self.types.at(self.entries[ix].kind)
    }

    /// The entry of an id in a language.
    pub fn find(&self, id: &str, lang: Lang) -> Option<Ix> {
        let first = *self.by_id.get(id)?;
        let same = self.entries[first..].iter().take_while(|entry| *entry.id == *id);
        same.zip(first..).find(|(entry, _)| entry.lang == lang).map(|(_, ix)| ix)
    }

    /// The entry of an id in a language, or else in the default language, or else in any.
    pub fn find_any(&self, id: &str, lang: Lang) -> Option<Ix> {
        let others = self.settings.languages.iter().copied();
        std::iter::once(lang).chain(others).find_map(|lang| self.find(id, lang))
    }

    /// The whole id that a reference means: the id itself, or the only one of the wanted types (any
    /// type when none is named) that ends with it.
    pub fn resolve_id(&self, reference: &str, wanted: &[Box<str>]) -> Option<Arc<str>> {
        let fitting = |id: &str| {
            let ix = self.find_any(id, self.settings.default_language())?;
            let fits = wanted.is_empty() || wanted.iter().any(|name| **name == *self.kind(ix).name);
            fits.then(|| self.entries[ix].id.clone())
        };
        if let Some(whole) = fitting(reference.trim_matches('/')) {
            return Some(whole);
        }
        let mut short = self.by_short_id.get(reference)?.iter().filter_map(|id| fitting(id));
        let first = short.next()?;
        short.next().is_none().then_some(first)
    }

    /// The entry that a reference means (see [`Site::resolve_id`]), in a language as [`Site::find_any`] has it.
    pub fn entry_meant(&self, reference: &str, lang: Lang) -> Option<Ix> {
        self.find_any(&self.resolve_id(reference, &[])?, lang)
    }

    /// The page at an address.
    pub fn page_at(&self, url: &str) -> Option<&Page> {
        self.by_url.get(url).map(|&at| &self.pages[at])
    }

    /// Whether an entry of the site is a draft, or its time has passed.
    pub fn state(&self, ix: Ix) -> State {
        visibility::state(&self.entries[ix], self.kind(ix), self.moment.at).0
    }

    /// The place of the page at an address among [`Site::pages`].
    pub fn page_number(&self, url: &str) -> Option<usize> {
        self.by_url.get(url).copied()
    }

    /// The entries of a type in a language, in the type's order.
    pub fn of_type(&self, kind: usize, lang: Lang) -> &[Ix] {
        self.by_type.get(&(kind, lang)).map_or(&[], Vec::as_slice)
    }

    /// The pages directly below a section, in the section's order.
    pub fn children(&self, section: Ix) -> &[Ix] {
        self.tree.children(section)
    }

    /// What a section lists; of what is no section, nothing.
    pub fn listing(&self, section: Ix) -> &Listing {
        static NOTHING: Listing = Listing { items: Vec::new(), per_page: 1, years: BTreeMap::new() };
        self.listings.get(&section).unwrap_or(&NOTHING)
    }

    /// The sections directly below a section, in order.
    pub fn subsections(&self, section: Ix) -> &[Ix] {
        self.tree.subsections(section)
    }

    /// The section that an entry stands in.
    pub fn parent(&self, ix: Ix) -> Option<Ix> {
        self.tree.parent(ix)
    }

    /// The front page of a language.
    pub fn front_page(&self, lang: Lang) -> Option<Ix> {
        self.find("", lang)
    }

    /// The nearest section or page that an entry's page belongs to, outwards; the front page last.
    pub fn ancestors(&self, ix: Ix) -> Vec<Ix> {
        let mut ancestors: Vec<Ix> = std::iter::successors(self.parent(ix), |&at| self.parent(at)).collect();
        ancestors.reverse();
        ancestors
    }

    fn admit(&mut self, entries: Vec<Arc<Entry>>) {
        let mut archived = Vec::with_capacity(entries.len());
        for entry in entries {
            let (state, due) = visibility::state(&entry, self.types.at(entry.kind), self.moment.at);
            self.next_due = [self.next_due, due].into_iter().flatten().min();
            let begins = (*self.types.at(entry.kind).name == *"alert").then(|| entry.fields.get("starts")).flatten();
            let begins = begins.and_then(Value::begins).filter(|begins| *begins > self.moment.at);
            self.next_due = [self.next_due, begins].into_iter().flatten().min();
            let path = entry.path().to_string();
            let hidden = match state {
                State::Live | State::Archived => false,
                State::Draft => {
                    if !self.moment.drafts {
                        self.left_out.drafts.push(path);
                    }
                    !self.moment.drafts
                }
                State::Scheduled(from) => {
                    self.left_out.scheduled.push((path, from));
                    true
                }
                State::Expired => {
                    self.left_out.expired.push(path);
                    true
                }
            };
            if hidden {
                self.hidden.push((entry.id.clone(), entry.lang));
            } else {
                self.entries.push(entry);
                archived.push(state == State::Archived);
            }
        }
        self.archived = archived.into();
        self.left_out.scheduled.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    }

    fn index(&mut self) {
        let mut by_id: HashMap<Arc<str>, Ix> = HashMap::with_capacity(self.entries.len());
        let mut by_short_id: HashMap<Box<str>, Vec<Arc<str>>> = HashMap::with_capacity(self.entries.len());
        for (ix, entry) in self.entries.iter().enumerate() {
            by_id.entry(entry.id.clone()).or_insert(ix);
            let ids = by_short_id.entry(entry.short_id().into()).or_default();
            if ids.last() != Some(&entry.id) {
                ids.push(entry.id.clone());
            }
        }
        self.by_id = by_id.into();
        self.by_short_id = by_short_id.into();
    }

    fn report_front_pages(&self, out: &mut Vec<Diagnostic>) {
        for &lang in &self.settings.languages {
            if self.front_page(lang).is_none() {
                let default = lang == self.settings.default_language();
                let file = if default { "content/_index.md".to_owned() } else { format!("content/_index.{lang}.md") };
                let code = if default { "site.no-front-page" } else { "site.no-front-page-translation" };
                out.push(Diagnostic::new(code).arg("file", file).arg("language", lang).at(Location::file("site.toml")));
            }
        }
    }

    fn address(&mut self) {
        let addresses = Addresses::new(&self.settings, &self.entries);
        let mut urls: Vec<Box<str>> = self.entries.iter().map(|entry| addresses.of(entry).into()).collect();
        for (ix, entry) in self.entries.iter().enumerate() {
            let kind = self.types.at(entry.kind);
            if !kind.page && !entry.section {
                let home = self.home_of(ix, kind).map_or_else(|| "/".into(), |home| urls[home].clone());
                urls[ix] = format!("{home}#{}", crate::language::slug(entry.short_id())).into();
            }
        }
        self.urls = urls.into();
    }

    /// The page on which an entry without a page of its own is shown: the one its type names, the
    /// section it lies in, or the front page.
    fn home_of(&self, ix: Ix, kind: &ContentType) -> Option<Ix> {
        let lang = self.entries[ix].lang;
        let named = kind.shown_on.as_deref().and_then(|id| self.find(id, lang));
        named.or_else(|| self.parent(ix)).or_else(|| self.front_page(lang))
    }

    fn sort_types(&mut self) {
        let mut by_type: BTreeMap<(usize, Lang), Vec<Ix>> = BTreeMap::new();
        for (ix, entry) in self.entries.iter().enumerate().filter(|(_, entry)| !entry.section) {
            by_type.entry((entry.kind, entry.lang)).or_default().push(ix);
        }
        for ((kind, lang), ixs) in &mut by_type {
            Sort::parse(&self.types.at(*kind).sort).apply(ixs, &self.entries, *lang);
        }
        self.by_type = by_type.into();
    }

    fn lay_out_pages(&mut self, files: &[String], out: &mut Vec<Diagnostic>) {
        self.pages = pages::lay_out(self).into();
        self.by_url = pages::index(self, files, out).into();
    }

    fn resolve_menus(&mut self, out: &mut Vec<Diagnostic>) {
        let default = self.settings.default_language();
        let mut menus = HashMap::new();
        for &lang in &self.settings.languages {
            let out = (lang == default).then_some(&mut *out);
            menus.insert(lang, menus::resolve(&self.settings.menus, self, lang, default, out));
        }
        self.menus = menus.into();
    }

    fn resolve_redirects(&mut self, file: Option<&TomlText<'_>>, files: &[String], out: &mut Vec<Diagnostic>) {
        let mut all = file.map(|file| redirects::read(file, out)).unwrap_or_default();
        for (ix, entry) in self.entries.iter().enumerate() {
            for alias in entry.fields.get("aliases").into_iter().flat_map(Value::texts) {
                let place = entry.place("aliases", Some(alias));
                all.push(Redirect { from: alias.to_owned(), to: self.urls[ix].to_string(), status: 301, place });
            }
        }
        let exists = |path: &str| self.by_url.contains_key(path) || files.iter().any(|file| file == path);
        self.redirects = redirects::check(all, &exists, out).into();
    }
}

impl menus::MenuPages for Site {
    fn page(&self, id: &str, lang: Lang) -> Option<(String, String)> {
        let ix = self.find(id, lang)?;
        Some((self.entries[ix].title().to_owned(), self.urls[ix].to_string()))
    }

    fn exists(&self, id: &str) -> bool {
        self.find_any(id, self.settings.default_language()).is_some()
            || self.hidden.iter().any(|(hidden, _)| **hidden == *id)
    }

    fn below(&self, id: &str, lang: Lang) -> Vec<String> {
        let Some(ix) = self.find(id, lang) else { return Vec::new() };
        let below = self.subsections(ix).iter().chain(self.children(ix));
        below.map(|&ix| self.entries[ix].id.to_string()).collect()
    }

    fn ids(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| &*entry.id).collect()
    }
}
