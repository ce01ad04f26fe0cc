//! Answers queries: the one place where templates and texts meet the site.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Deref,
    sync::{Arc, RwLock},
};

use tera::{Tera, Value};

use super::{
    cards::{self, Card},
    images::Images,
    listing, page,
    query::{Query, Scope, Selection},
    templates::Templates,
    values,
};
use crate::{
    assets::Assets,
    content::Entry,
    fingerprint::Fingerprint,
    forms::Library,
    language::Lang,
    schema::Fields,
    site::{Ix, MenuNode, Site, Sort},
    theme::Theme,
};

/// Everything that pages are made from, unchangeable while they are made. A copy shares all that is large.
#[derive(Clone)]
pub struct World {
    /// What it is made of.
    pub parts: Parts,
    pub(super) cards: Arc<Vec<Card>>,
    sites: Arc<HashMap<Lang, (Value, Fingerprint)>>,
    memo: Arc<RwLock<HashMap<Query, (Value, Fingerprint)>>>,
}

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The site.
    pub site: Arc<Site>,
    /// The theme.
    pub theme: Arc<Theme>,
    /// The theme's settings, as the site makes them.
    pub settings: Arc<Fields>,
    /// The theme's published files.
    pub assets: Arc<Assets>,
    /// The site's pictures.
    pub images: Arc<Images>,
    /// The e-forms that pages may use.
    pub forms: Arc<Library>,
    /// Files that are published as they are, by their paths in the output.
    pub files: Arc<BTreeSet<String>>,
    /// The site is built to be previewed.
    pub preview: bool,
    /// The templates, read.
    pub templates: Arc<Templates>,
    /// The fingerprint of what every page rests on: settings, words, icons, content types, the program.
    pub frame: Fingerprint,
}

impl Deref for World {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl World {
    /// Gathers what pages are made from, and makes every entry's card; cards that are as they were in
    /// `earlier` are taken from there.
    pub fn new(parts: Parts, earlier: Option<&Self>) -> Self {
        let cards = cards::all(&parts.site, earlier).into();
        let mut world = Self { parts, cards, sites: Arc::default(), memo: Arc::default() };
        let sites = world.site.settings.languages.iter().map(|&lang| (lang, hashed(values::site(&world, lang))));
        world.sites = Arc::new(sites.collect());
        world
    }

    /// The same with other parts, of which neither the site's model nor its words or settings differ.
    #[must_use]
    pub fn with(&self, parts: Parts) -> Self {
        Self { parts, ..self.clone() }
    }

    pub(super) fn tera(&self) -> &Tera {
        &self.templates.tera
    }

    /// Answers a query and notes it for the page that is being rendered.
    pub fn ask(&self, query: Query) -> Value {
        let (value, print) = self.answer(&query);
        Scope::record(query, print);
        value
    }

    /// The answer to a query as of now, with its fingerprint.
    pub fn answer(&self, query: &Query) -> (Value, Fingerprint) {
        match query {
            Query::Card(id, lang) => self.card(id, *lang),
            Query::Frame => (Value::none(), self.frame),
            Query::Site(lang) => self.sites.get(lang).cloned().unwrap_or((Value::none(), 0)),
            Query::Asset(name) => self.asset(name),
            Query::Body(id, lang) => {
                let ix = self.site.entry_meant(id, *lang);
                let print = ix.map_or(0, |ix| self.site.entries[ix].text_fingerprint);
                (Value::none(), print)
            }
            Query::Address(url) => (Value::none(), u128::from(self.leads_somewhere(url))),
            Query::File(path) => (Value::none(), u128::from(self.files.contains(&**path))),
            Query::Template(name) => (Value::none(), self.templates.print(name)),
            Query::Link(target, lang) => {
                let url = self.site.entry_meant(target, *lang).map(|ix| self.site.urls[ix].to_string());
                let value = Value::from(url);
                let print = values::fingerprint(&value);
                (value, print)
            }
            Query::Position(url) => {
                let Some(page) = self.site.page_at(url) else { return (Value::none(), 0) };
                let value = values::position(self, page);
                let print = values::mixed(&[values::fingerprint(&value), page::identity(self, page)]);
                (value, print)
            }
            Query::Listing(url) => {
                self.site.page_at(url).map_or_else(|| (Value::none(), 0), |page| listing::listing(self, page))
            }
            Query::Term(taxonomy, name, lang) => hashed(Value::from(self.site.term_named(taxonomy, *lang, name))),
            Query::Form(id, _) | Query::FormAction(id) => (Value::none(), self.form_fingerprint(id)),
            Query::Image(src) => (Value::none(), self.images.fingerprint(src)),
            _ => self.remembered(query),
        }
    }

    /// Answers that cost something are worked out once a build.
    fn remembered(&self, query: &Query) -> (Value, Fingerprint) {
        if let Ok(memo) = self.memo.read()
            && let Some(answer) = memo.get(query)
        {
            return answer.clone();
        }
        let answer = match query {
            Query::Entries(selection, lang) => self.entries(selection, *lang),
            Query::Section(id, lang) => hashed(self.section(id, *lang)),
            Query::Menu(name, lang) => hashed(self.menu(name, *lang)),
            Query::Terms(taxonomy, lang) => hashed(self.terms(taxonomy, *lang)),
            Query::Data(name) => {
                hashed(self.site.tables.get(&**name).map_or_else(Value::none, |table| values::json(&table.value)))
            }
            Query::Alerts(lang) => self.alerts(*lang),
            _ => (Value::none(), 0),
        };
        if let Ok(mut memo) = self.memo.write() {
            memo.insert(query.clone(), answer.clone());
        }
        answer
    }

    /// A page stands at this address, or it leads to one.
    pub(super) fn leads_somewhere(&self, url: &str) -> bool {
        self.site.page_at(url).is_some() || self.site.redirects.iter().any(|redirect| redirect.from == url)
    }

    /// The card of the entry at `ix`.
    pub fn card_at(&self, ix: Ix) -> Value {
        self.cards[ix].value.clone()
    }

    fn card(&self, id: &str, lang: Lang) -> (Value, Fingerprint) {
        match self.site.entry_meant(id, lang) {
            Some(ix) => (self.card_at(ix), self.cards[ix].fingerprint),
            None => (Value::none(), 0),
        }
    }

    pub(super) fn list(&self, ixs: impl Iterator<Item = Ix>) -> (Value, Fingerprint) {
        let (cards, prints): (Vec<Value>, Vec<Fingerprint>) =
            ixs.map(|ix| (self.card_at(ix), self.cards[ix].fingerprint)).unzip();
        (Value::from(cards), values::mixed(&prints))
    }

    /// The cards of these entries, noted one by one.
    pub fn cards(&self, ixs: &[Ix]) -> Value {
        for &ix in ixs {
            let entry = &self.site.entries[ix];
            Scope::record(Query::Card((&*entry.id).into(), entry.lang), self.cards[ix].fingerprint);
        }
        Value::from(ixs.iter().map(|&ix| self.card_at(ix)).collect::<Vec<_>>())
    }

    fn entries(&self, selection: &Selection, lang: Lang) -> (Value, Fingerprint) {
        let limit = selection.limit.unwrap_or(usize::MAX);
        let base = self.candidates(selection, lang);
        let fits = |&ix: &Ix| self.fits(selection, ix);
        let sort = selection.sort.clone().or_else(|| selection.upcoming.clone());
        let sort = sort.or_else(|| selection.past.as_ref().map(|field| format!("-{field}").into()));
        match sort {
            None => self.list(base.into_iter().filter(fits).skip(selection.offset).take(limit)),
            Some(sort) => {
                let mut found: Vec<Ix> = base.into_iter().filter(fits).collect();
                Sort::parse(&sort).apply(&mut found, &self.site.entries, lang);
                self.list(found.into_iter().skip(selection.offset).take(limit))
            }
        }
    }

    fn candidates(&self, selection: &Selection, lang: Lang) -> Vec<Ix> {
        let within = selection.within.as_deref().and_then(|id| self.site.resolve_id(id, &[]));
        let inside = |&ix: &Ix| match &within {
            Some(id) => is_below(&self.site.entries[ix].id, id),
            None => true,
        };
        match selection.kind.as_deref().map(|name| self.site.types.find(name)) {
            Some(Some(kind)) => self.site.of_type(kind, lang).iter().copied().filter(inside).collect(),
            Some(None) => Vec::new(),
            None => {
                let own = |&ix: &Ix| self.site.entries[ix].lang == lang && !self.site.entries[ix].section;
                (0..self.site.entries.len()).filter(own).filter(inside).collect()
            }
        }
    }

    fn fits(&self, selection: &Selection, ix: Ix) -> bool {
        let entry = &self.site.entries[ix];
        let today = self.site.moment.at.date();
        let day = |field: &str| entry.fields.get(field).and_then(|value| value.as_date());
        (selection.archived || selection.past.is_some() || !self.site.archived[ix])
            && selection.fields.iter().all(|(field, wanted)| has(entry, field, wanted))
            && selection.upcoming.as_deref().is_none_or(|field| day(field).is_some_and(|day| day >= today))
            && selection.past.as_deref().is_none_or(|field| day(field).is_some_and(|day| day < today))
    }

    fn section(&self, id: &str, lang: Lang) -> Value {
        let Some(ix) = self.site.find(id.trim_matches('/'), lang).filter(|&ix| self.site.entries[ix].section) else {
            return Value::none();
        };
        self.section_at(ix)
    }

    fn section_at(&self, ix: Ix) -> Value {
        let live = |&&ix: &&Ix| !self.site.archived[ix];
        let children: Vec<Ix> = self.site.children(ix).iter().filter(live).copied().collect();
        values::map([
            ("card", self.card_at(ix)),
            (
                "sections",
                Value::from(self.site.subsections(ix).iter().map(|&ix| self.section_at(ix)).collect::<Vec<_>>()),
            ),
            ("pages", Value::from(children.iter().map(|&ix| self.card_at(ix)).collect::<Vec<_>>())),
            ("count", Value::from(children.len())),
        ])
    }

    fn menu(&self, name: &str, lang: Lang) -> Value {
        let nodes = self.site.menus.get(&lang).and_then(|menus| menus.get(name));
        Value::from(nodes.into_iter().flatten().map(menu_node).collect::<Vec<_>>())
    }

    fn terms(&self, taxonomy: &str, lang: Lang) -> Value {
        let term = |term: &crate::site::Term| {
            values::map([
                ("name", Value::from(term.name.as_str())),
                ("label", Value::from(term.label.as_str())),
                ("url", Value::from(self.site.term_url(taxonomy, lang, &term.slug))),
                ("count", Value::from(term.entries.len())),
            ])
        };
        Value::from(self.site.taxonomies.terms(taxonomy, lang).iter().map(term).collect::<Vec<_>>())
    }

    fn alerts(&self, lang: Lang) -> (Value, Fingerprint) {
        let kind = self.site.types.find("alert");
        let now = self.site.moment.at;
        let on = |&ix: &Ix| {
            let time = |field: &str| self.site.entries[ix].fields.get(field).and_then(|value| value.as_datetime());
            time("starts").is_none_or(|starts| starts <= now) && time("ends").is_none_or(|ends| now < ends)
        };
        let all = kind.map_or(&[][..], |kind| self.site.of_type(kind, lang));
        self.list(all.iter().copied().filter(on))
    }

    fn asset(&self, name: &str) -> (Value, Fingerprint) {
        let value = self.assets.get(name).map_or_else(Value::none, |asset| {
            values::map([
                ("url", Value::from(asset.url.as_str())),
                ("integrity", Value::from(asset.integrity.as_str())),
            ])
        });
        hashed(value)
    }
}

fn hashed(value: Value) -> (Value, Fingerprint) {
    let print = values::fingerprint(&value);
    (value, print)
}

fn is_below(id: &str, section: &str) -> bool {
    section.is_empty() || id.strip_prefix(section).is_some_and(|rest| rest.starts_with('/'))
}

/// The entry's field is `wanted`, or holds it.
fn has(entry: &Entry, field: &str, wanted: &str) -> bool {
    entry.fields.get(field).is_some_and(|value| value.texts().any(|text| text == wanted) || value.to_text() == wanted)
}

fn menu_node(node: &MenuNode) -> Value {
    values::map([
        ("id", Value::from(node.id.as_str())),
        ("title", Value::from(node.title.as_str())),
        ("url", Value::from(node.url.as_str())),
        ("external", Value::from(node.external)),
        ("children", Value::from(node.children.iter().map(menu_node).collect::<Vec<_>>())),
    ])
}
