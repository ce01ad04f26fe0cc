//! What pages give to the search, and the index made of it.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::{
    content::Entry,
    diagnostics::Diagnostic,
    language::Lang,
    schema::{Fields, Value},
    search::{self, Best, Document, Index, Reader, Weight, Words},
    site::{Ix, Page, PageKind, Site},
};

/// The words of pages, gathered while they are made. Nothing else is kept of a page: small pieces that stay would
/// scatter over all the memory what the next pages are made in.
#[derive(Default)]
pub(super) struct Gathered(Mutex<Vec<(Ix, Words)>>);

impl Gathered {
    /// Reads a page that was made. Listings' further pages and what its author keeps out are left out.
    pub(super) fn page(&self, site: &Site, page: &Page, html: &[u8]) {
        let PageKind::Entry(ix, 1) = page.kind else { return };
        if is_hidden(&site.entries[ix]) {
            return;
        }
        let mut reader = Reader::default();
        reader.html(html);
        let words = words(site, ix, reader);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((ix, words));
    }

    /// The files of all languages' indexes.
    pub(super) fn files(self, site: &Site, out: &mut Vec<Diagnostic>) -> Vec<(String, Vec<u8>)> {
        let mut all = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        all.extend(without_pages(site));
        let (synonyms, best) = own(site, out);
        let mut languages: Vec<(Lang, Vec<Document>)> =
            site.settings.languages.iter().map(|&lang| (lang, Vec::new())).collect();
        for (ix, words) in all {
            let lang = site.entries[ix].lang;
            if let Some((_, documents)) = languages.iter_mut().find(|(other, _)| *other == lang) {
                documents.push(document(site, ix, words));
            }
        }
        let files = languages.into_par_iter().flat_map(|(lang, documents)| {
            let label = |kind: &str| {
                let label = site.types.get(kind).and_then(|kind| kind.label.get(lang));
                label.unwrap_or(kind).to_owned()
            };
            let best: Vec<Best> =
                best.iter().filter(|(other, _)| *other == lang).map(|(_, best)| best.clone()).collect();
            Index { lang, documents, label: &label, synonyms: &synonyms, best: &best }.files()
        });
        files.collect()
    }
}

/// The site's own synonyms and best bets; those that can do nothing are reported.
fn own(site: &Site, out: &mut Vec<Diagnostic>) -> (Vec<Vec<String>>, Vec<(Lang, Best)>) {
    let settings = &site.settings.search;
    let mut synonyms = Vec::new();
    for (group, place) in &settings.synonyms {
        if site.settings.languages.iter().all(|&lang| search::says_nothing(lang, group)) {
            let problem = Diagnostic::new("search.synonyms").arg("words", group.join(", "));
            out.push(problem.at(place.clone()));
        }
        synonyms.push(group.clone());
    }
    let mut best = Vec::new();
    for bet in &settings.best {
        let Some(id) = site.resolve_id(&bet.page, &[]) else {
            let problem = Diagnostic::new("search.best-page").arg("page", &bet.page).at(bet.place.clone());
            out.push(problem.suggest(&bet.page, site.entries.iter().map(|entry| &*entry.id)));
            continue;
        };
        for &lang in &site.settings.languages {
            if let Some(ix) = site.find(&id, lang) {
                best.push((lang, Best { queries: bet.words.clone(), url: site.urls[ix].clone() }));
            }
        }
    }
    (synonyms, best)
}

fn is_hidden(entry: &Entry) -> bool {
    entry.fields.get("search").and_then(Value::as_bool) == Some(false)
}

/// People, units, questions and others that are shown on a page of something else, at their own places.
fn without_pages(site: &Site) -> Vec<(Ix, Words)> {
    let entries = site.entries.iter().enumerate().filter(|(ix, entry)| {
        let kind = site.kind(*ix);
        // What is shown on every page is nothing to be found.
        !kind.page && !entry.section && &*kind.name != "alert" && !is_hidden(entry)
    });
    let entries: Vec<(Ix, &Entry)> = entries.map(|(ix, entry)| (ix, &**entry)).collect();
    let read = |&(ix, entry): &(Ix, &Entry)| {
        let mut reader = Reader::default();
        let kind = site.kind(ix);
        let references: Vec<&str> = kind.reference_fields().map(|field| &*field.name).collect();
        for (name, value) in entry.fields.iter().filter(|(name, _)| !references.contains(&&***name)) {
            match kind.schema.field(name) {
                _ if NOT_SHOWN.contains(&&**name) => {}
                Some(field) if !field.choices.is_empty() => {
                    value.texts().for_each(|text| reader.text(field.choice_label(text, entry.lang), Weight::Text));
                }
                _ => texts(value, &mut reader),
            }
        }
        (ix, words(site, ix, reader))
    };
    entries.par_iter().map(read).collect()
}

/// Fields that no reader sees.
const NOT_SHOWN: [&str; 8] = ["title", "slug", "aliases", "legacy_ids", "template", "type", "image", "summary"];

fn texts(value: &Value, reader: &mut Reader) {
    match value {
        Value::Text(text) if !text.starts_with("http") => reader.text(text, Weight::Text),
        Value::List(items) => items.iter().for_each(|item| texts(item, reader)),
        Value::Group(fields) => groups(fields, reader),
        _ => {}
    }
}

fn groups(fields: &Fields, reader: &mut Reader) {
    fields.iter().for_each(|(_, value)| texts(value, reader));
}

/// What the page of an entry says, and what is said of the entry besides.
fn words(site: &Site, ix: Ix, mut reader: Reader) -> Words {
    let entry = &site.entries[ix];
    let kind = site.kind(ix);
    reader.text(entry.title(), Weight::Title);
    reader.text(&entry.summary, Weight::Heading);
    entry.text("position").into_iter().for_each(|text| reader.text(text, Weight::Keyword));
    entry.fields.get("keywords").into_iter().flat_map(Value::texts).for_each(|word| reader.text(word, Weight::Keyword));
    if kind.page {
        reader.text(kind.label.get(entry.lang).unwrap_or_default(), Weight::Text);
    }
    reader.finish()
}

fn document(site: &Site, ix: Ix, words: Words) -> Document {
    let entry = &site.entries[ix];
    let kind = site.kind(ix);
    let day = |field: &str| entry.fields.get(field).and_then(Value::as_date);
    Document {
        url: site.urls[ix].clone(),
        title: entry.title().into(),
        summary: if entry.summary.is_empty() {
            entry.text("position").unwrap_or_default().into()
        } else {
            entry.summary.clone()
        },
        kind: (&*kind.name).into(),
        theme: theme(site, ix).map(Into::into),
        date: day("start").or_else(|| day("published")),
        rank: rank(site, ix),
        words,
    }
}

/// The theme of a service in words; of other pages the section of the site that they lie in.
fn theme(site: &Site, ix: Ix) -> Option<&str> {
    let entry = &site.entries[ix];
    if let (Some(value), Some(field)) = (entry.text("theme"), site.kind(ix).schema.field("theme")) {
        return Some(field.choice_label(value, entry.lang));
    }
    site.ancestors(ix)
        .into_iter()
        .find(|&above| !site.entries[above].id.is_empty())
        .map(|above| site.entries[above].title())
}

/// What people look for most stands first among pages with the same words: services before news, news
/// of today before those of long ago, what is to come before what is over.
fn rank(site: &Site, ix: Ix) -> f32 {
    let entry = &site.entries[ix];
    let of_type = match &*site.kind(ix).name {
        "service" => 1.35,
        "life-event" | "institution" => 1.2,
        "form" => 1.1,
        "news" | "notice" | "event" | "gallery" => 0.85,
        "document" | "procurement" | "grant" | "council-session" | "regulation-draft" => 0.85,
        _ => 1.0,
    };
    let today = site.moment.at.date();
    let age = entry.fields.get("published").and_then(Value::as_date).map_or(0, |day| (today - day).get_days());
    let dated = site.kind(ix).feed && !entry.section;
    let of_age = match age {
        _ if !dated => 1.0,
        ..=400 => 1.0,
        401..=1100 => 0.85,
        _ => 0.7,
    };
    of_type * of_age * if site.archived[ix] { 0.6 } else { 1.0 }
}
