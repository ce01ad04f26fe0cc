//! Services: schema.org and CPSV-AP in JSON-LD, and the state catalogue's own field names in JSON and CSV.

use serde_json::{Value as Json, json};

use super::tables::csv;
use crate::{content::Entry, language::Lang, schema::Value, site::Site};

pub(super) fn files(site: &Site, lang: Lang) -> Vec<(String, String)> {
    let services: Vec<usize> = super::of_type(site, "service", lang).filter(|&ix| !site.archived[ix]).collect();
    if services.is_empty() {
        return Vec::new();
    }
    let all: Vec<Json> = services.iter().map(|&ix| service(site, ix)).collect();
    let context = json!({
        "schema": "https://schema.org/", "cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/",
        "dct": "http://purl.org/dc/terms/", "skos": "http://www.w3.org/2004/02/skos/core#",
    });
    let rows = all.iter().map(|service| {
        COLUMNS.iter().map(|column| match &service[*column] {
            Json::String(text) => text.clone(),
            Json::Array(items) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("; "),
            Json::Null => String::new(),
            other => other.to_string(),
        })
    });
    let path = |ending: &str| format!("api/v1/services/{lang}.{ending}");
    let mut files =
        vec![(path("json"), serde_json::to_string(&all).unwrap_or_default()), (path("csv"), csv(&COLUMNS, rows))];
    drop(all);
    let linked: Vec<Json> = services.iter().map(|&ix| linked(site, ix)).collect();
    files.push((path("jsonld"), json!({ "@context": context, "@graph": linked }).to_string()));
    files
}

const COLUMNS: [&str; 12] = [
    "identifier",
    "name",
    "description",
    "url",
    "domain",
    "serviceType",
    "audience",
    "status",
    "price",
    "processingTime",
    "applicationForm",
    "updatedAt",
];

/// A service by the names of the state's catalogue of services.
fn service(site: &Site, ix: usize) -> Json {
    let entry = &site.entries[ix];
    let schema = &site.kind(ix).schema;
    let label = |field: &str| -> Json {
        let known = schema.field(field);
        let words = |name: &str| known.map_or(name, |known| known.choice_label(name, entry.lang)).to_owned();
        match entry.fields.get(field) {
            Some(Value::List(_)) => texts(entry, field).map(words).collect(),
            Some(value) => value.as_str().map_or(Json::Null, |name| Json::from(words(name))),
            None => Json::Null,
        }
    };
    let groups =
        |field: &str| entry.fields.get(field).map_or(&[][..], Value::as_list).iter().filter_map(Value::as_group);
    let provider = entry.text("provider").and_then(|id| named(site, id, entry.lang));
    json!({
        "identifier": entry.text("identifier"),
        "name": entry.title(),
        "description": entry.text("description"),
        "url": site.settings.absolute(&site.urls[ix]),
        "langcode": entry.lang.as_str(),
        "domain": label("theme"),
        "serviceType": label("service_type"),
        "audience": label("audience"),
        "status": label("status"),
        "price": entry.text("price"),
        "processingTime": entry.text("processing_time"),
        "applicationForm": texts(entry, "forms").filter_map(|id| address(site, id, entry.lang)).collect::<Vec<_>>(),
        "relatedEvent": texts(entry, "life_events").filter_map(|id| named(site, id, entry.lang)).collect::<Vec<_>>(),
        "provider": {
            "name": site.settings.name,
            "registrationCode": site.settings.contact.get("registry_code"),
            "department": provider,
            "employee": texts(entry, "responsible").filter_map(|id| named(site, id, entry.lang)).collect::<Vec<_>>(),
        },
        "prerequisites": entry.text("prerequisites"),
        "relatedDocuments": texts(entry, "required_documents").collect::<Vec<_>>(),
        "legalBasisUrl": groups("legal_basis").map(|act| json!({
            "urlType": "Õigusakt", "title": act.text("title"), "url": act.text("url"),
        })).collect::<Vec<_>>(),
        "availableChannel": groups("channels").map(|channel| json!({
            "additionalType": channel.text("kind"),
            "url": channel.text("url").map(|url| if url.starts_with('/') { site.settings.absolute(url) } else { url.to_owned() }),
            "payment": channel.text("payment"),
        })).collect::<Vec<_>>(),
        "serviceStatistics": entry.fields.get("statistics").map(Value::to_json),
        "updatedAt": entry.fields.get("updated").or_else(|| entry.fields.get("published")).map(Value::to_json),
    })
}

/// A service as `GovernmentService` and `cpsv:PublicService` at once.
fn linked(site: &Site, ix: usize) -> Json {
    let entry = &site.entries[ix];
    let lang = entry.lang.as_str();
    let url = site.settings.absolute(&site.urls[ix]);
    let words = |text: &str| json!({ "@language": lang, "@value": text });
    let authority = format!("{}/#publisher", site.settings.base_url);
    let acts = entry.fields.get("legal_basis").map_or(&[][..], Value::as_list).iter().filter_map(Value::as_group);
    let acts: Vec<Json> = acts
        .filter_map(|act| {
            Some(json!({ "@id": act.text("url")?, "@type": "http://data.europa.eu/eli/ontology#LegalResource" }))
        })
        .collect();
    let inputs = texts(entry, "required_documents").enumerate().map(|(number, name)| {
        let id = format!("{url}#sisend-{}", number + 1);
        json!({ "@id": id, "@type": "cv:Evidence", "dct:identifier": id, "dct:title": words(name) })
    });
    let channels = entry.fields.get("channels").map_or(&[][..], Value::as_list).iter().filter_map(Value::as_group);
    let channels = channels.enumerate().map(|(number, channel)| {
        json!({
            "@id": format!("{url}#kanal-{}", number + 1), "@type": "cv:Channel",
            "dct:identifier": format!("{}-{}", channel.text("kind").unwrap_or_default(), number + 1),
        })
    });
    let cost = entry.text("price").map(|price| {
        let id = format!("{url}#hind");
        json!({ "@id": id, "@type": "cv:Cost", "dct:identifier": id, "dct:description": words(price) })
    });
    let outcome = entry.text("outcome").map(|outcome| {
        json!({ "@id": format!("{url}#tulemus"), "@type": "cv:Output", "dct:title": words(outcome), "dct:identifier": format!("{url}#tulemus") })
    });
    let mut value = json!({
        "@id": url,
        "@type": ["cpsv:PublicService", "schema:GovernmentService"],
        "dct:identifier": entry.text("identifier").unwrap_or(&url),
        "dct:title": words(entry.title()),
        "dct:description": words(entry.text("description").unwrap_or(&entry.summary)),
        "schema:name": words(entry.title()),
        "schema:url": url,
        "cv:hasCompetentAuthority": {
            "@id": authority, "@type": "cv:PublicOrganisation", "skos:prefLabel": words(&site.settings.name),
            "dct:spatial": { "@id": "http://publications.europa.eu/resource/authority/country/EST", "@type": "dct:Location" },
        },
        "cv:hasLegalResource": acts,
        "cpsv:hasInput": inputs.collect::<Vec<_>>(),
        "cv:hasChannel": channels.collect::<Vec<_>>(),
        "cpsv:produces": outcome,
        "cv:hasCost": cost,
        "schema:processingTime": entry.text("processing_time").map(words),
        "cv:isGroupedBy": texts(entry, "life_events").filter_map(|id| Some(json!({
            "@id": address(site, id, entry.lang)?, "@type": ["cv:LifeEvent", "cv:Event"],
            "dct:identifier": id, "dct:title": words(&named(site, id, entry.lang)?),
        }))).collect::<Vec<_>>(),
    });
    if let Some(map) = value.as_object_mut() {
        map.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
    }
    value
}

fn texts<'e>(entry: &'e Entry, field: &str) -> impl Iterator<Item = &'e str> + use<'e> {
    entry.fields.get(field).into_iter().flat_map(Value::texts)
}

fn named(site: &Site, id: &str, lang: Lang) -> Option<String> {
    let id = site.resolve_id(id, &[])?;
    site.find_any(&id, lang).map(|ix| site.entries[ix].title().to_owned())
}

fn address(site: &Site, id: &str, lang: Lang) -> Option<String> {
    let id = site.resolve_id(id, &[])?;
    site.find_any(&id, lang).map(|ix| site.settings.absolute(&site.urls[ix]))
}
