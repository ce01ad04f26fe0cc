//! Queries: everything that a page asks of the site, as values.
//!
//! A template sees its own page and asks for all else by a query. The answer has a fingerprint, and
//! each page keeps the queries it asked with the fingerprints it got. A page has to be rendered again
//! exactly when its own source, its templates or one of these answers changed; that rule serves full
//! builds, the preview and a theme's dry run alike. Absence is an answer too.

use std::{cell::RefCell, sync::Arc};

use serde::{Deserialize, Serialize};

use super::world::World;
use crate::{diagnostics::Diagnostic, fingerprint::Fingerprint, language::Lang};

/// A question about the site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Query {
    /// An entry's card: everything but its body.
    Card(Box<str>, Lang),
    /// The rendered body of an entry.
    Body(Box<str>, Lang),
    /// Entries, filtered and in order.
    Entries(Box<Selection>, Lang),
    /// A section with what stands below it.
    Section(Box<str>, Lang),
    /// A menu.
    Menu(Box<str>, Lang),
    /// The terms of a taxonomy.
    Terms(Box<str>, Lang),
    /// The address of a term, by the taxonomy and the term's name.
    Term(Box<str>, Box<str>, Lang),
    /// A table below `data/`.
    Data(Box<str>),
    /// The alerts that are on.
    Alerts(Lang),
    /// What kind of page stands at an address, the path to it from the front page, and the page in
    /// other languages.
    Position(Box<str>),
    /// The list that a page shows, and where its further pages are.
    Listing(Box<str>),
    /// Whether an address is that of a page, or one that leads on.
    Address(Box<str>),
    /// Whether a file is published at a path.
    File(Box<str>),
    /// A template with all that it extends, includes and calls.
    Template(Box<str>),
    /// Where a link in a text leads.
    Link(Box<str>, Lang),
    /// A picture's sizes and files.
    Image(Box<str>),
    /// The address of a style, script or other file of the theme.
    Asset(Box<str>),
    /// An e-form on the page.
    Form(Box<str>, Lang),
    /// Where an e-form is sent that the theme writes itself.
    FormAction(Box<str>),
    /// What the site says of itself in a language.
    Site(Lang),
    /// Settings, words, icons and content types: what every page rests on.
    Frame,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selection {
    /// Of this content type.
    pub kind: Option<Box<str>>,
    /// Below this section.
    pub within: Option<Box<str>>,
    /// Whose fields have these values; a list has a value when it holds it.
    pub fields: Vec<(Box<str>, Box<str>)>,
    /// Whose date in this field is today or later.
    pub upcoming: Option<Box<str>>,
    /// Whose date in this field was before today.
    pub past: Option<Box<str>>,
    /// In the order of this field.
    pub sort: Option<Box<str>>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Without the first so many.
    pub offset: usize,
    /// Also those whose time has passed.
    pub archived: bool,
}

/// Something a page asked, and the fingerprint of what it was told.
pub type Read = (Query, Fingerprint);

/// What happens while one page is rendered: what it asks, what goes wrong, what else must be made.
pub(super) struct Scope {
    /// The site as it is now.
    pub world: Arc<World>,
    /// The language of the page.
    pub lang: Lang,
    /// The page's address.
    pub url: Box<str>,
    /// Queries and answers, in order.
    pub reads: Vec<Read>,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// Image variants that the page shows.
    pub images: Vec<super::images::Needed>,
    /// Links to places within pages, to be checked when all pages are made.
    pub anchors: Vec<super::AnchorLink>,
    /// The entries whose bodies are being rendered, so that a circle of bodies ends.
    pub open: Vec<Box<str>>,
}

thread_local! {
    // Tera's components see neither the caller's context nor the globals, so what belongs to the page
    // that this thread is rendering is found here. Template functions never hand work to other threads.
    static SCOPE: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

impl Scope {
    /// A fresh scope for the page at `url`.
    pub(super) fn new(world: Arc<World>, lang: Lang, url: &str) -> Self {
        Self {
            world,
            lang,
            url: url.into(),
            reads: Vec::new(),
            diagnostics: Vec::new(),
            images: Vec::new(),
            anchors: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Runs `work` with this scope in force, and gives both back.
    pub(super) fn run<T>(self, work: impl FnOnce() -> T) -> (T, Option<Self>) {
        /// Takes the scope out again even when `work` panics, so that the thread can go on.
        struct Guard;
        impl Drop for Guard {
            fn drop(&mut self) {
                SCOPE.with_borrow_mut(Option::take);
            }
        }
        SCOPE.set(Some(self));
        let guard = Guard;
        let result = work();
        let scope = SCOPE.with_borrow_mut(Option::take);
        drop(guard);
        (result, scope)
    }

    /// Works with the scope of the page that this thread renders; nothing outside of one.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        SCOPE.with_borrow_mut(|scope| scope.as_mut().map(work))
    }

    /// The site that the page which this thread renders belongs to.
    pub(super) fn world() -> Option<Arc<World>> {
        Self::with(|scope| scope.world.clone())
    }

    /// The language of the page that this thread renders.
    pub(super) fn language() -> Lang {
        Self::with(|scope| scope.lang).unwrap_or(Lang::ET)
    }

    /// Notes a query and its answer.
    pub(super) fn record(query: Query, answer: Fingerprint) {
        Self::with(|scope| scope.reads.push((query, answer)));
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Card(id, lang) => write!(f, "entry(id=\"{id}\") [{lang}]"),
            Self::Body(id, lang) => write!(f, "body(id=\"{id}\") [{lang}]"),
            Self::Entries(selection, lang) => write!(f, "entries({selection}) [{lang}]"),
            Self::Section(id, lang) => write!(f, "section(id=\"{id}\") [{lang}]"),
            Self::Menu(name, lang) => write!(f, "menu(name=\"{name}\") [{lang}]"),
            Self::Terms(taxonomy, lang) => write!(f, "terms(taxonomy=\"{taxonomy}\") [{lang}]"),
            Self::Term(taxonomy, name, lang) => {
                write!(f, "term_url(taxonomy=\"{taxonomy}\", name=\"{name}\") [{lang}]")
            }
            Self::Data(name) => write!(f, "data(name=\"{name}\")"),
            Self::Alerts(lang) => write!(f, "alerts() [{lang}]"),
            Self::Position(url) => write!(f, "position({url})"),
            Self::Listing(url) => write!(f, "list({url})"),
            Self::Address(url) => write!(f, "address({url})"),
            Self::File(path) => write!(f, "file({path})"),
            Self::Template(name) => write!(f, "template({name})"),
            Self::Link(target, lang) => write!(f, "link({target}) [{lang}]"),
            Self::Image(src) => write!(f, "image(src=\"{src}\")"),
            Self::Asset(name) => write!(f, "asset(name=\"{name}\")"),
            Self::Form(id, lang) => write!(f, "form(id=\"{id}\") [{lang}]"),
            Self::FormAction(id) => write!(f, "form_action(id=\"{id}\")"),
            Self::Site(lang) => write!(f, "site [{lang}]"),
            Self::Frame => f.write_str("settings"),
        }
    }
}

impl std::fmt::Display for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = Vec::new();
        let mut add = |name: &str, value: &Option<Box<str>>| {
            if let Some(value) = value {
                parts.push(format!("{name}=\"{value}\""));
            }
        };
        add("type", &self.kind);
        add("in", &self.within);
        add("upcoming", &self.upcoming);
        add("past", &self.past);
        add("sort", &self.sort);
        parts.extend(self.fields.iter().map(|(field, value)| format!("where.{field}=\"{value}\"")));
        parts.extend(self.limit.map(|limit| format!("limit={limit}")));
        if self.offset > 0 {
            parts.push(format!("offset={}", self.offset));
        }
        if self.archived {
            parts.push("archived=true".to_owned());
        }
        f.write_str(&parts.join(", "))
    }
}
