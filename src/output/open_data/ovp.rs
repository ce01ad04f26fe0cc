//! Pages and events in the shape of the state platform's search service, so that those who read it need
//! another host and nothing else.

use jiff::civil::DateTime;
use serde_json::{Value as Json, json};

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
    let events: Vec<Json> = super::of_type(site, "event", lang).map(|ix| event(site, ix)).collect();
    let answer =
        |docs: Vec<Json>| json!({ "response": { "numFound": docs.len(), "start": 0, "docs": docs } }).to_string();
    vec![
        (format!("api/v1/search/{lang}.json"), answer(pages.collect())),
        (format!("api/v1/events/{lang}.json"), answer(events)),
    ]
}

fn document(site: &Site, ix: usize) -> Json {
    let entry = &site.entries[ix];
    let kind = site.kind(ix);
    let created = entry.fields.get("published").and_then(Value::as_date).map(|day| day.at(0, 0, 0, 0));
    json!({
        "id": format!("{}:{}", entry.id, entry.lang),
        "ss_search_api_id": format!("entity:node/{}:{}", entry.id, entry.lang),
        "title": entry.title(),
        "label": entry.title(),
        "uri": site.urls[ix],
        "created": created.and_then(utc),
        "lead_text": entry.summary,
        "content": [entry.summary],
        "content_type": kind.label.get(entry.lang),
        "ss_entity_bundle": kind.name,
        "langcode": entry.lang.as_str(),
    })
}

fn event(site: &Site, ix: usize) -> Json {
    let entry = &site.entries[ix];
    let time = |field: &str| entry.fields.get(field).and_then(Value::as_datetime).and_then(utc);
    json!({
        "ss_search_api_id": format!("entity:node/{}:{}", entry.id, entry.lang),
        "title": entry.title(),
        "uri": site.urls[ix],
        "ds_start_date": time("start"),
        "ds_end_date": time("end").or_else(|| time("start")),
        "event_location": entry.text("location"),
        "lead_text": entry.summary,
    })
}

fn utc(at: DateTime) -> Option<String> {
    at.in_tz("Europe/Tallinn").ok().map(|zoned| zoned.timestamp().to_string())
}
