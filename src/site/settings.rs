//! `site.toml`: the municipality's name, languages, addresses, menus and connections.

use std::{cell::RefCell, collections::BTreeMap};

use super::search::Search;
use crate::{
    diagnostics::{Diagnostic, Location},
    language::Lang,
    schema::{Localized, Table, TomlText},
};

/// What `site.toml` says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The municipality's name, as the site's visitors know it.
    pub name: String,
    /// The site's title where it differs from the name.
    pub title: Localized,
    /// The code of the municipality in the classification of administrative units (EHAK).
    pub ehak: Option<String>,
    /// The county.
    pub county: Option<String>,
    /// The languages; the first is at the root.
    pub languages: Vec<Lang>,
    /// The site's public address without a slash at the end.
    pub base_url: String,
    /// The theme's name, or the path of its folder.
    pub theme: String,
    /// E-mail, phone, address, registry code and whatever else the site gives of itself.
    pub contact: BTreeMap<String, String>,
    /// HTML elements that Markdown may hold.
    pub allowed_html: Vec<String>,
    /// How HTML is made small.
    pub minify: Minify,
    /// The taxonomies with their own addresses and names.
    pub taxonomies: BTreeMap<String, Taxonomy>,
    /// Menus by name.
    pub menus: BTreeMap<String, Vec<MenuItem>>,
    /// Addresses of outside services by name.
    pub links: BTreeMap<String, String>,
    /// Where the form-relay is, if there is one.
    pub relay_url: Option<String>,
    /// Words in addresses: `page` for numbered pages, `all` for a guide on one page.
    pub words: Words,
    /// How often feeds, listings and the like are cut.
    pub per_page: usize,
    /// Widths in pixels of an image's variants.
    pub image_widths: Vec<u32>,
    /// Brotli and gzip copies are written beside texts.
    pub compress: bool,
    /// What the site adds to its search.
    pub search: Search,
}

/// How HTML is made small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Minify {
    /// Templates' white space is collapsed once, when the theme is loaded.
    #[default]
    Lean,
    /// Each page goes through minify-html as well.
    Full,
    /// Nothing is done.
    Off,
}

/// A taxonomy's own words.
#[derive(Clone, Debug, Default)]
pub struct Taxonomy {
    /// The first part of its address.
    pub slug: Localized,
    /// Its name.
    pub label: Localized,
}

/// Words in addresses.
#[derive(Clone, Debug)]
pub struct Words {
    /// Before the number of a listing's further pages.
    pub page: Localized,
    /// After a guide's address: all of it on one page.
    pub all: Localized,
}

/// A menu's item as it was written.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// Where it leads.
    pub target: MenuTarget,
    /// Its text, where it is not the page's own title.
    pub title: Localized,
    /// What opens below it.
    pub children: MenuChildren,
    /// Where it was written.
    pub place: Location,
}

/// Where a menu's item leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuTarget {
    /// A page or section of the site, by its id.
    Page(String),
    /// An address.
    Url(String),
    /// Another menu stands in its place.
    Menu(String),
    /// Nowhere: a heading.
    Heading,
}

/// What opens below a menu's item.
#[derive(Clone, Debug)]
pub enum MenuChildren {
    /// These items.
    Items(Vec<MenuItem>),
    /// The sections and pages below the item's own page.
    Sections,
}

impl Settings {
    /// Reads `site.toml`. `theme_settings` is left for the theme, which knows its fields.
    pub fn read(file: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Self {
        let parsed = file.parse(out);
        let found = RefCell::new(std::mem::take(out));
        let table = Table::new(file, &parsed, &found);
        let settings = Self {
            name: table.required_text("name"),
            title: localized(&table, "title"),
            ehak: table.text("ehak"),
            county: table.text("county"),
            languages: languages(&table),
            base_url: base_url(&table),
            theme: table.text("theme").unwrap_or_else(|| "omavalitsus".to_owned()),
            contact: table.table("contact").map(|t| free_texts(&t)).unwrap_or_default(),
            allowed_html: table.texts("allowed_html").into_iter().map(|(name, _)| name).collect(),
            minify: minify(&table),
            taxonomies: table.table("taxonomies").map(|t| taxonomies(&t)).unwrap_or_default(),
            menus: table.table("menus").map(|t| menus(&t)).unwrap_or_default(),
            links: table.table("links").map(|t| free_texts(&t)).unwrap_or_default(),
            relay_url: table.table("relay").and_then(|relay| {
                let url = relay.text("url").map(|url| url.trim_end_matches('/').to_owned());
                relay.finish();
                url
            }),
            words: words(table.table("addresses")),
            per_page: table.count("per_page").unwrap_or(20).max(1),
            image_widths: widths(&table),
            compress: table.boolean("compress").unwrap_or(false),
            search: table.table("search").map(Search::read).unwrap_or_default(),
        };
        // The theme reads its own settings, the check reads its own.
        table.get("settings");
        table.get("check");
        table.finish();
        *out = found.into_inner();
        settings
    }

    /// The language at the root.
    pub fn default_language(&self) -> Lang {
        self.languages[0]
    }

    /// The address of a path on this site with the host before it.
    pub fn absolute(&self, path: &str) -> String {
        if path == "/" { format!("{}/", self.base_url) } else { format!("{}{path}", self.base_url) }
    }

    /// What comes before the paths of a language: nothing for the first, `/en` for another.
    pub fn prefix(&self, lang: Lang) -> String {
        if lang == self.default_language() { String::new() } else { format!("/{}", lang.as_str()) }
    }
}

fn localized(table: &Table<'_, '_>, key: &'static str) -> Localized {
    Localized::from(table.localized(key))
}

fn languages(table: &Table<'_, '_>) -> Vec<Lang> {
    let mut languages = Vec::new();
    for (tag, place) in table.texts("languages") {
        match Lang::parse(&tag) {
            Some(lang) if !languages.contains(&lang) => languages.push(lang),
            _ => table.report(Diagnostic::new("site.language").arg("tag", tag).at(place)),
        }
    }
    if languages.is_empty() {
        languages.push(Lang::ET);
    }
    languages
}

fn base_url(table: &Table<'_, '_>) -> String {
    let Some((url, place)) = table.placed_text("base_url") else { return "http://localhost".to_owned() };
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['?', '#', ' ', '"', '<'])) {
        table.report(Diagnostic::new("site.base-url").arg("url", &url).at(place));
    }
    url.trim_end_matches('/').to_owned()
}

fn minify(table: &Table<'_, '_>) -> Minify {
    match table.placed_text("minify") {
        None => Minify::default(),
        Some((name, place)) => match name.as_str() {
            "lean" => Minify::Lean,
            "full" => Minify::Full,
            "off" => Minify::Off,
            _ => {
                let problem = Diagnostic::new("site.choice").arg("key", "minify").arg("value", &name);
                table.report(
                    problem.suggest(&name, ["lean", "full", "off"]).arg("choices", "lean, full, off").at(place),
                );
                Minify::default()
            }
        },
    }
}

fn free_texts(table: &Table<'_, '_>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (key, value) in table.entries() {
        match value.get_ref().as_str() {
            Some(text) => drop(texts.insert(key.to_owned(), text.to_owned())),
            None => table.report(
                Diagnostic::new("source.wrong-kind")
                    .arg("key", key)
                    .arg("wanted", "\"…\"")
                    .at(table.place(value.span())),
            ),
        }
    }
    texts
}

fn taxonomies(table: &Table<'_, '_>) -> BTreeMap<String, Taxonomy> {
    let mut taxonomies = BTreeMap::new();
    for (name, inner) in table.tables() {
        let taxonomy = Taxonomy { slug: localized(&inner, "slug"), label: localized(&inner, "label") };
        inner.finish();
        taxonomies.insert(name.to_owned(), taxonomy);
    }
    taxonomies
}

fn words(table: Option<Table<'_, '_>>) -> Words {
    let standard = |pairs: [(&str, &str); 3]| {
        Localized::from(BTreeMap::from(pairs.map(|(lang, word)| (lang.to_owned(), word.to_owned()))))
    };
    let mut words = Words {
        page: standard([("et", "leht"), ("en", "page"), ("ru", "stranitsa")]),
        all: standard([("et", "koik"), ("en", "all"), ("ru", "vse")]),
    };
    if let Some(table) = table {
        let page = localized(&table, "page");
        let all = localized(&table, "all");
        if !page.is_empty() {
            words.page = page;
        }
        if !all.is_empty() {
            words.all = all;
        }
        table.finish();
    }
    words
}

fn widths(table: &Table<'_, '_>) -> Vec<u32> {
    let Some(value) = table.get("image_widths") else { return vec![480, 960, 1600] };
    let widths: Option<Vec<u32>> = value
        .get_ref()
        .as_array()
        .map(|array| array.iter().filter_map(|item| item.get_ref().as_integer()?.as_str().parse().ok()).collect());
    widths.filter(|widths| !widths.is_empty() && widths.iter().all(|w| (16..=8000).contains(w))).unwrap_or_else(|| {
        let problem = Diagnostic::new("source.wrong-kind").arg("key", "image_widths").arg("wanted", "[480, 960, 1600]");
        table.report(problem.at(table.place(value.span())));
        vec![480, 960, 1600]
    })
}

fn menus(table: &Table<'_, '_>) -> BTreeMap<String, Vec<MenuItem>> {
    table.entries().map(|(name, value)| (name.to_owned(), items(table.items(name, value)))).collect()
}

fn items(tables: Vec<Table<'_, '_>>) -> Vec<MenuItem> {
    tables.into_iter().map(item).collect()
}

fn item(table: Table<'_, '_>) -> MenuItem {
    let target = match (table.text("page"), table.text("url"), table.text("menu")) {
        (Some(page), None, None) => MenuTarget::Page(page),
        (None, Some(url), None) => MenuTarget::Url(url),
        (None, None, Some(menu)) => MenuTarget::Menu(menu),
        (None, None, None) => MenuTarget::Heading,
        _ => {
            table.report(Diagnostic::new("site.menu-target").at(table.here()));
            MenuTarget::Heading
        }
    };
    let children = match table.get("children") {
        Some(value) if value.get_ref().as_str() == Some("sections") => MenuChildren::Sections,
        Some(value) => MenuChildren::Items(items(table.items("children", value))),
        None => MenuChildren::Items(Vec::new()),
    };
    let item = MenuItem { target, title: localized(&table, "title"), children, place: table.here() };
    table.finish();
    item
}
