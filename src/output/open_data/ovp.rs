//! Pages and events in the shape of the state platform's search service, so that those who read it need
//! another host and nothing else.

use jiff::civil::DateTime;
use serde::Serialize;

use crate::{
    language::Lang,
    schema::Value,
    site::{PageKind, Site},
};

pub(super) fn files(site: &Site, lang: Lang) -> Vec<(String, String)> {
    let pages = site.pages.iter().filter(|page| page.lang == lang).filter_map(|page| match page.kind {
        PageKind::Entry(ix, 1) => Some(document(site, ix)),
        _ => None,
    });
    let events = super::of_type(site, "event", lang).map(|ix| event(site, ix));
    vec![
        (format!("api/v1/search/{lang}.json"), answer(pages.collect())),
        (format!("api/v1/events/{lang}.json"), answer(events.collect())),
    ]
}

fn answer<T: Serialize>(docs: Vec<T>) -> String {
    let found = Found { num_found: docs.len(), start: 0, docs };
    serde_json::to_string(&Answer { response: found }).unwrap_or_default()
}

#[derive(Serialize)]
struct Answer<T> {
    response: Found<T>,
}

#[derive(Serialize)]
struct Found<T> {
    #[serde(rename = "numFound")]
    num_found: usize,
    start: usize,
    docs: Vec<T>,
}

#[derive(Serialize)]
struct Document<'a> {
    id: String,
    ss_search_api_id: String,
    title: &'a str,
    label: &'a str,
    uri: &'a str,
    created: Option<String>,
    lead_text: &'a str,
    content: [&'a str; 1],
    content_type: Option<&'a str>,
    ss_entity_bundle: &'a str,
    langcode: &'a str,
}

#[derive(Serialize)]
struct Event<'a> {
    ss_search_api_id: String,
    title: &'a str,
    uri: &'a str,
    ds_start_date: Option<String>,
    ds_end_date: Option<String>,
    event_location: Option<&'a str>,
    lead_text: &'a str,
}

fn document(site: &Site, ix: usize) -> Document<'_> {
    let entry = &site.entries[ix];
    let kind = site.kind(ix);
    let created = entry.fields.get("published").and_then(Value::as_date).map(|day| day.at(0, 0, 0, 0));
    Document {
        id: format!("{}:{}", entry.id, entry.lang),
        ss_search_api_id: format!("entity:node/{}:{}", entry.id, entry.lang),
        title: entry.title(),
        label: entry.title(),
        uri: &site.urls[ix],
        created: created.and_then(utc),
        lead_text: &entry.summary,
        content: [&entry.summary],
        content_type: kind.label.get(entry.lang),
        ss_entity_bundle: &kind.name,
        langcode: entry.lang.as_str(),
    }
}

fn event(site: &Site, ix: usize) -> Event<'_> {
    let entry = &site.entries[ix];
    let time = |field: &str| entry.fields.get(field).and_then(Value::as_datetime).and_then(utc);
    Event {
        ss_search_api_id: format!("entity:node/{}:{}", entry.id, entry.lang),
        title: entry.title(),
        uri: &site.urls[ix],
        ds_start_date: time("start"),
        ds_end_date: time("end").or_else(|| time("start")),
        event_location: entry.text("location"),
        lead_text: &entry.summary,
    }
}

fn utc(at: DateTime) -> Option<String> {
    at.in_tz("Europe/Tallinn").ok().map(|zoned| zoned.timestamp().to_string())
}
