//! Values as templates see them.

use std::{borrow::Cow, collections::BTreeMap};

use tera::{Map, Value};

use super::world::World;
use crate::{
    fingerprint::Fingerprint,
    language::Lang,
    schema::{self, Fields},
    site::{Ix, Page, PageKind, Site},
};

/// A map from names that the program knows.
pub(super) fn map<const N: usize>(pairs: [(&'static str, Value); N]) -> Value {
    // Tera makes a map of its own from any other; this one costs no hashes.
    BTreeMap::from(pairs).into()
}

/// A field's value: dates and times as ISO 8601 texts, money as cents, lists and groups as they are.
pub(super) fn field(value: &schema::Value) -> Value {
    match value {
        schema::Value::Text(text) => Value::from(&**text),
        schema::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::from(number),
            None => Value::from(number.as_f64()),
        },
        schema::Value::Money(cents) => Value::from(*cents),
        schema::Value::Boolean(value) => Value::from(*value),
        schema::Value::Date(_) | schema::Value::Datetime(_) | schema::Value::Time(_) => Value::from(value.to_text()),
        schema::Value::List(items) => Value::from(items.iter().map(field).collect::<Vec<_>>()),
        schema::Value::Group(inner) => fields(inner),
    }
}

/// All fields of a group.
pub(super) fn fields(fields: &Fields) -> Value {
    let mut map = Map::with_capacity(fields.len());
    for (name, value) in fields.iter() {
        map.insert(name.to_string().into(), field(value));
    }
    map.into()
}

/// A JSON value.
pub(super) fn json(value: &serde_json::Value) -> Value {
    Value::from_serializable(value)
}

/// The fingerprint of several together.
pub(super) fn mixed(prints: &[Fingerprint]) -> Fingerprint {
    let bytes: Vec<u8> = prints.iter().flat_map(|print| print.to_le_bytes()).collect();
    crate::fingerprint::fingerprint(&bytes)
}

/// A value's fingerprint: equal values have equal ones, on every run.
pub(super) fn fingerprint(value: &Value) -> Fingerprint {
    let mut bytes = Vec::with_capacity(1024);
    write(value, &mut bytes);
    crate::fingerprint::fingerprint(&bytes)
}

fn write(value: &Value, bytes: &mut Vec<u8>) {
    if let Some(map) = value.as_map() {
        bytes.push(b'{');
        // Maps keep the order in which they were made, and are made in one order.
        for (key, value) in map {
            bytes.extend(key.as_str().unwrap_or_default().as_bytes());
            bytes.push(0);
            write(value, bytes);
        }
        bytes.push(b'}');
    } else if let Some(items) = value.as_array() {
        bytes.push(b'[');
        items.iter().for_each(|item| write(item, bytes));
        bytes.push(b']');
    } else if let Some(text) = value.as_str() {
        bytes.push(b'"');
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    } else {
        bytes.extend(value.name().as_bytes());
        bytes.extend(value.to_string().as_bytes());
        bytes.push(0);
    }
}

/// What the site says of itself, in a language.
pub(super) fn site(world: &World, lang: Lang) -> Value {
    let settings = &world.site.settings;
    let contact = |key: &str| Value::from(settings.contact.get(key).map(String::as_str));
    let languages = settings.languages.iter().filter_map(|&language| {
        let front = world.site.front_page(language)?;
        Some(map([
            ("lang", Value::from(language.as_str())),
            (
                "name",
                Value::from(world.theme.strings.get(language, "language.name", None).unwrap_or(language.as_str())),
            ),
            ("url", Value::from(&*world.site.urls[front])),
        ]))
    });
    map([
        ("title", Value::from(settings.title.exact(lang.as_str()).unwrap_or(&settings.name))),
        ("name", Value::from(settings.name.as_str())),
        ("county", Value::from(settings.county.as_deref())),
        ("ehak", Value::from(settings.ehak.as_deref())),
        ("base_url", Value::from(settings.base_url.as_str())),
        ("url", Value::from(world.site.front_page(lang).map_or("/", |ix| &*world.site.urls[ix]))),
        ("languages", Value::from(languages.collect::<Vec<_>>())),
        ("email", contact("email")),
        ("phone", contact("phone")),
        ("address", contact("address")),
        ("registry_code", contact("registry_code")),
        ("contact", json(&serde_json::json!(settings.contact))),
        ("settings", fields(&world.settings)),
        ("links", json(&serde_json::json!(settings.links))),
        ("environment", Value::from(if world.preview { "preview" } else { "build" })),
        ("date", Value::from(world.site.moment.at.date().to_string())),
        ("relay_url", Value::from(settings.relay_url.as_deref())),
        ("coat_of_arms", Value::from(world.settings.text("coat_of_arms"))),
        ("feed_url", Value::from(format!("{}/rss-feeds/rss.xml", settings.prefix(lang)))),
    ])
}

/// Where a page stands: the way to it, itself in other languages, its neighbours in a guide.
pub(super) fn position(world: &World, page: &Page) -> Value {
    let site = &world.site;
    let trail = trail(site, page);
    let branch = trail.iter().map(|(_, url)| Value::from(&**url));
    let branch: Vec<Value> = branch.chain([Value::from(&*site.first_url(page))]).collect();
    let trail = trail.iter().map(|(title, url)| map([("title", Value::from(*title)), ("url", Value::from(&**url))]));
    let trail: Vec<Value> = trail.collect();
    let translations = site.translations(page);
    let name = |lang: Lang| world.theme.strings.get(lang, "language.name", None).unwrap_or("").to_owned();
    let shown = translations.iter().map(|other| {
        map([
            ("lang", Value::from(other.lang.as_str())),
            ("url", Value::from(other.url.as_str())),
            ("title", Value::from(name(other.lang))),
            ("current", Value::from(other.lang == page.lang)),
            ("available", Value::from(other.available)),
        ])
    });
    let alternates = translations.iter().filter(|other| other.available).map(|other| {
        map([("lang", Value::from(other.lang.as_str())), ("url", Value::from(site.settings.absolute(&other.url)))])
    });
    let missing = translations.iter().filter(|other| !other.available).map(|other| Value::from(other.lang.as_str()));
    let (previous, next) = neighbours(world, page);
    map([
        ("trail", Value::from(trail)),
        ("branch", Value::from(branch)),
        ("translations", Value::from(shown.collect::<Vec<_>>())),
        ("alternates", Value::from(alternates.collect::<Vec<_>>())),
        ("untranslated_in", Value::from(missing.collect::<Vec<_>>())),
        ("previous", previous),
        ("next", next),
    ])
}

/// The titles and addresses of all that is above a page, from the front page on.
fn trail<'a>(site: &'a Site, page: &'a Page) -> Vec<(&'a str, Cow<'a, str>)> {
    let step = |ix: Ix| (site.entries[ix].title(), Cow::Borrowed(&*site.urls[ix]));
    let above = page.entry().map(|ix| site.ancestors(ix)).unwrap_or_default();
    let mut trail: Vec<_> = above.into_iter().map(step).collect();
    match &page.kind {
        PageKind::Archive(ix, ..) | PageKind::Guide(ix) => trail.push(step(*ix)),
        PageKind::Taxonomy(_) | PageKind::NotFound => trail.extend(site.front_page(page.lang).map(step)),
        PageKind::Term(taxonomy, ..) => {
            trail.extend(site.front_page(page.lang).map(step));
            if let Some(url) = site.taxonomy_url(taxonomy, page.lang) {
                let title = site.settings.taxonomies.get(&**taxonomy).and_then(|t| t.label.get(page.lang));
                trail.push((title.unwrap_or(taxonomy), Cow::Owned(url)));
            }
        }
        PageKind::Entry(..) => {}
    }
    trail
}

/// The steps before and after a page of an ordered guide.
fn neighbours(world: &World, page: &Page) -> (Value, Value) {
    let none = || (Value::none(), Value::none());
    let site = &world.site;
    let PageKind::Entry(ix, 1) = page.kind else { return none() };
    let guide = if site.is_guide(ix) { Some(ix) } else { site.parent(ix).filter(|&parent| site.is_guide(parent)) };
    let Some(guide) = guide else { return none() };
    let steps = site.children(guide);
    let card = |at: Option<&Ix>| at.map_or_else(Value::none, |&ix| world.card_at(ix));
    match steps.iter().position(|&step| step == ix) {
        Some(at) => (card(at.checked_sub(1).map_or(Some(&guide), |before| steps.get(before))), card(steps.get(at + 1))),
        None => (Value::none(), card(steps.first())),
    }
}
