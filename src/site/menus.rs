//! Menus as they stand in each language: pages found, other menus put in, circles refused.

use std::collections::BTreeMap;

use super::settings::{MenuChildren, MenuItem, MenuTarget};
use crate::{diagnostics::Diagnostic, language::Lang};

/// A menu's item in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuNode {
    /// The id of the page it leads to; empty for outside addresses and headings.
    pub id: String,
    /// Its text.
    pub title: String,
    /// Where it leads; empty for a heading.
    pub url: String,
    /// It leads out of the site.
    pub external: bool,
    /// What opens below it.
    pub children: Vec<MenuNode>,
}

/// What a menu asks of the site.
pub(super) trait MenuPages {
    /// Title and address of a page in a language; nothing when it is not translated.
    fn page(&self, id: &str, lang: Lang) -> Option<(String, String)>;
    /// The page exists in some language.
    fn exists(&self, id: &str) -> bool;
    /// The ids of the sections and pages directly below, in order.
    fn below(&self, id: &str, lang: Lang) -> Vec<String>;
    /// All ids, for "did you mean".
    fn ids(&self) -> Vec<&str>;
}

/// Resolves all menus in one language. Problems are reported only when `out` is given, so that each is
/// said once and not once a language.
pub(super) fn resolve(
    menus: &BTreeMap<String, Vec<MenuItem>>,
    pages: &dyn MenuPages,
    lang: Lang,
    default: Lang,
    mut out: Option<&mut Vec<Diagnostic>>,
) -> BTreeMap<String, Vec<MenuNode>> {
    let mut resolver = Resolver { menus, pages, lang, default, out: out.take(), open: Vec::new() };
    menus.iter().map(|(name, items)| (name.clone(), resolver.menu(name, items))).collect()
}

struct Resolver<'a> {
    menus: &'a BTreeMap<String, Vec<MenuItem>>,
    pages: &'a dyn MenuPages,
    lang: Lang,
    default: Lang,
    out: Option<&'a mut Vec<Diagnostic>>,
    open: Vec<&'a str>,
}

impl<'a> Resolver<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if let Some(out) = &mut self.out {
            out.push(diagnostic);
        }
    }

    fn menu(&mut self, name: &'a str, items: &'a [MenuItem]) -> Vec<MenuNode> {
        self.open.push(name);
        let nodes = self.items(items);
        self.open.pop();
        nodes
    }

    fn items(&mut self, items: &'a [MenuItem]) -> Vec<MenuNode> {
        items.iter().flat_map(|item| self.item(item)).collect()
    }

    fn item(&mut self, item: &'a MenuItem) -> Vec<MenuNode> {
        let own = item.title.exact(self.lang.as_str()).map(ToOwned::to_owned);
        let fallback = || item.title.get(self.default).unwrap_or_default().to_owned();
        let node = match &item.target {
            MenuTarget::Menu(name) => return self.included(name, item),
            MenuTarget::Url(url) => Some(MenuNode {
                id: String::new(),
                title: own.unwrap_or_else(fallback),
                external: !url.starts_with('/') || url.starts_with("//"),
                url: url.clone(),
                children: Vec::new(),
            }),
            MenuTarget::Heading => Some(MenuNode {
                id: String::new(),
                title: own.unwrap_or_else(fallback),
                url: String::new(),
                external: false,
                children: Vec::new(),
            }),
            MenuTarget::Page(id) => self.page(id, own, item),
        };
        let Some(mut node) = node else { return Vec::new() };
        node.children = match &item.children {
            MenuChildren::Items(items) => self.items(items),
            MenuChildren::Sections => {
                let below = self.pages.below(&node.id, self.lang);
                below.iter().filter_map(|id| self.page(id, None, item)).collect()
            }
        };
        vec![node]
    }

    fn page(&mut self, id: &str, title: Option<String>, item: &MenuItem) -> Option<MenuNode> {
        if !self.pages.exists(id) {
            let problem = Diagnostic::new("site.menu-page").arg("page", id).suggest(id, self.pages.ids());
            self.report(problem.at(item.place.clone()));
            return None;
        }
        let (own, url) = self.pages.page(id, self.lang)?;
        Some(MenuNode { id: id.to_owned(), title: title.unwrap_or(own), url, external: false, children: Vec::new() })
    }

    fn included(&mut self, name: &'a str, item: &MenuItem) -> Vec<MenuNode> {
        if let Some(at) = self.open.iter().position(|open| *open == name) {
            let mut chain = self.open[at..].to_vec();
            chain.push(name);
            // Seen from each menu of the circle; said once, from the first by name.
            if self.open[at..].iter().min() == self.open.first() {
                let problem = Diagnostic::new("site.menu-cycle").arg("chain", chain.join(" → "));
                self.report(problem.at(item.place.clone()));
            }
            return Vec::new();
        }
        match self.menus.get_key_value(name) {
            Some((name, items)) => self.menu(name, items),
            None => {
                let names = self.menus.keys().map(String::as_str);
                let problem = Diagnostic::new("site.menu-unknown").arg("menu", name).suggest(name, names);
                self.report(problem.at(item.place.clone()));
                Vec::new()
            }
        }
    }
}
