//! The catalogue of datasets in DCAT-AP 3.0, as the Estonian standard of data descriptions asks: JSON-LD
//! and Turtle from one list of statements.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::{Map, Value as Json, json};

use crate::{
    content::Entry,
    schema::{Fields, Value},
    site::Site,
};

const THEMES: &str = "http://publications.europa.eu/resource/authority/data-theme/";
const FREQUENCIES: &str = "http://publications.europa.eu/resource/authority/frequency/";
const ACCESS: &str = "http://publications.europa.eu/resource/authority/access-right/";
const MEDIA: &str = "https://www.iana.org/assignments/media-types/";
const CC0: &str = "https://creativecommons.org/publicdomain/zero/1.0/";

pub(super) fn files(site: &Site) -> Vec<(String, String)> {
    let lang = site.settings.default_language();
    let datasets: Vec<usize> = super::of_type(site, "dataset", lang).collect();
    if datasets.is_empty() {
        return Vec::new();
    }
    let catalogue = site.settings.absolute("/andmed/catalog.jsonld");
    let publisher = format!("{}/#publisher", site.settings.base_url);
    let mut graph = vec![
        json!({
            "@id": catalogue, "@type": "dcat:Catalog",
            "dct:title": text(&site.settings.name, lang.as_str()),
            "dct:description": text(&site.settings.name, lang.as_str()),
            "dct:publisher": { "@id": publisher },
            "foaf:homepage": { "@id": site.settings.absolute("/") },
            "dcat:dataset": datasets.iter().map(|&ix| json!({ "@id": site.settings.absolute(&site.urls[ix]) })).collect::<Vec<_>>(),
        }),
        json!({ "@id": publisher, "@type": "foaf:Agent", "foaf:name": text(&site.settings.name, lang.as_str()) }),
    ];
    for ix in datasets {
        dataset(site, &site.entries[ix], &site.settings.absolute(&site.urls[ix]), &publisher, &mut graph);
    }
    let known = known(site, &graph);
    graph.extend(known);
    let context = json!({
        "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#", "dcatap": "http://data.europa.eu/r5r/",
        "skos": "http://www.w3.org/2004/02/skos/core#", "eli": "http://data.europa.eu/eli/ontology#",
    });
    let turtle = turtle(&context, &graph);
    let json_ld = json!({ "@context": context, "@graph": graph }).to_string();
    vec![("andmed/catalog.jsonld".to_owned(), json_ld), ("andmed/catalog.ttl".to_owned(), turtle)]
}

/// What stands behind the addresses that the catalogue names: DCAT-AP asks for things of these classes, and whoever
/// reads the catalogue alone cannot see what they are.
fn known(site: &Site, graph: &[Json]) -> Vec<Json> {
    const CLASSES: [(&str, &str); 9] = [
        ("dcat:landingPage", "foaf:Document"),
        ("dcat:mediaType", "dct:MediaType"),
        ("dcat:theme", "skos:Concept"),
        ("dcatap:applicableLegislation", "eli:LegalResource"),
        ("dct:accessRights", "dct:RightsStatement"),
        ("dct:accrualPeriodicity", "dct:Frequency"),
        ("dct:conformsTo", "dct:Standard"),
        ("dct:license", "dct:LicenseDocument"),
        ("foaf:homepage", "foaf:Document"),
    ];
    let lang = site.settings.default_language();
    let themes = site.types.get("dataset").and_then(|kind| kind.schema.field("theme"));
    let mut things = BTreeMap::new();
    for node in graph {
        for (property, class) in CLASSES {
            let value = &node[property];
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for id in values.iter().filter_map(|value| value["@id"].as_str()) {
                let mut thing = json!({ "@id": id, "@type": class });
                if class == "skos:Concept" {
                    let name = id.strip_prefix(THEMES).unwrap_or(id);
                    let label = themes.map_or(name, |field| field.choice_label(name, lang));
                    thing["skos:prefLabel"] = text(label, lang.as_str());
                }
                things.insert(id.to_owned(), thing);
            }
        }
    }
    things.into_values().collect()
}

fn dataset(site: &Site, entry: &Entry, id: &str, publisher: &str, graph: &mut Vec<Json>) {
    let lang = entry.lang.as_str();
    let mut set = Map::new();
    set.insert("@id".into(), json!(id));
    set.insert("@type".into(), json!("dcat:Dataset"));
    set.insert("dct:identifier".into(), json!(entry.text("identifier").unwrap_or(id)));
    set.insert("dct:title".into(), text(entry.title(), lang));
    set.insert("dct:description".into(), text(entry.text("description").unwrap_or(&entry.summary), lang));
    set.insert("dct:publisher".into(), json!({ "@id": publisher }));
    let links = |field: &str, base: &str| -> Vec<Json> {
        let values = entry.fields.get(field).into_iter().flat_map(Value::texts);
        values.map(|name| json!({ "@id": format!("{base}{name}") })).collect()
    };
    for (property, field, base) in [
        ("dcat:theme", "theme", THEMES),
        ("dct:accrualPeriodicity", "frequency", FREQUENCIES),
        ("dct:accessRights", "access", ACCESS),
        ("dct:conformsTo", "conforms_to", ""),
        ("dcat:landingPage", "landing_page", ""),
        ("dcatap:applicableLegislation", "legal_basis", ""),
    ] {
        let all = links(field, base);
        if !all.is_empty() {
            set.insert(property.into(), Json::from(all));
        }
    }
    for (property, field) in [("dct:issued", "published"), ("dct:modified", "updated")] {
        if let Some(day) = entry.fields.get(field).and_then(Value::as_date) {
            set.insert(property.into(), json!({ "@type": "xsd:date", "@value": day.to_string() }));
        }
    }
    let keywords: Vec<Json> =
        entry.fields.get("keywords").into_iter().flat_map(Value::texts).map(|word| text(word, lang)).collect();
    if !keywords.is_empty() {
        set.insert("dcat:keyword".into(), Json::from(keywords));
    }
    if let Some(contact) = contact(site, entry, id, graph) {
        set.insert("dcat:contactPoint".into(), json!({ "@id": contact }));
    }
    let mut distributions = Vec::new();
    let items = entry.fields.get("distributions").map_or(&[][..], Value::as_list);
    for (number, fields) in items.iter().filter_map(Value::as_group).enumerate() {
        let own = format!("{id}#jaotus-{}", number + 1);
        graph.push(distribution(site, entry, fields, &own));
        distributions.push(json!({ "@id": own }));
    }
    set.insert("dcat:distribution".into(), Json::from(distributions));
    graph.push(Json::Object(set));
}

fn distribution(site: &Site, entry: &Entry, fields: &Fields, id: &str) -> Json {
    let url = fields.text("url").unwrap_or_default();
    let url = if url.starts_with('/') { site.settings.absolute(url) } else { url.to_owned() };
    let license = fields.text("license").or_else(|| entry.text("license")).unwrap_or(CC0);
    let mut value = json!({
        "@id": id, "@type": "dcat:Distribution",
        "dct:identifier": id,
        "dct:title": text(fields.text("title").unwrap_or_default(), entry.lang.as_str()),
        "dcat:accessURL": { "@id": url },
        "dcat:downloadURL": { "@id": url },
        "dct:license": { "@id": license },
    });
    if let (Some(map), Some(format)) = (value.as_object_mut(), fields.text("format")) {
        map.insert("dcat:mediaType".into(), json!({ "@id": format!("{MEDIA}{format}") }));
    }
    value
}

fn contact(site: &Site, entry: &Entry, id: &str, graph: &mut Vec<Json>) -> Option<String> {
    let person = &site.entries[site.entry_meant(entry.text("contact")?, entry.lang)?];
    let own = format!("{id}#kontakt");
    let mut card = json!({ "@id": own, "@type": "vcard:Kind", "vcard:fn": person.title() });
    if let (Some(map), Some(email)) = (card.as_object_mut(), person.text("email")) {
        map.insert("vcard:hasEmail".into(), json!({ "@id": format!("mailto:{email}") }));
    }
    graph.push(card);
    Some(own)
}

fn text(words: &str, lang: &str) -> Json {
    json!({ "@language": lang, "@value": words })
}

/// The same statements in Turtle.
fn turtle(context: &Json, graph: &[Json]) -> String {
    let mut out = String::new();
    for (prefix, address) in context.as_object().into_iter().flatten() {
        let _ = writeln!(out, "@prefix {prefix}: <{}> .", address.as_str().unwrap_or_default());
    }
    for node in graph.iter().filter_map(Json::as_object) {
        let _ = write!(out, "\n<{}>", iri(node["@id"].as_str().unwrap_or_default()));
        let mut first = true;
        for (property, value) in node.iter().filter(|(name, _)| *name != "@id") {
            let property = if property == "@type" { "a" } else { property };
            let objects: Vec<String> = match value {
                Json::Array(items) => items.iter().map(object).collect(),
                Json::String(name) if property == "a" => vec![name.clone()],
                other => vec![object(other)],
            };
            if objects.is_empty() {
                continue;
            }
            out += if first { "\n  " } else { " ;\n  " };
            let _ = write!(out, "{property} {}", objects.join(", "));
            first = false;
        }
        out += " .\n";
    }
    out
}

fn object(value: &Json) -> String {
    let get = |name: &str| value.get(name).and_then(Json::as_str);
    match (get("@id"), get("@value"), get("@language"), get("@type")) {
        (Some(id), ..) => format!("<{}>", iri(id)),
        (_, Some(words), Some(lang), _) => format!("{}@{lang}", Json::from(words)),
        (_, Some(words), _, Some(kind)) => format!("{}^^{kind}", Json::from(words)),
        _ => Json::from(value.as_str().unwrap_or_default()).to_string(),
    }
}

/// An address as Turtle takes it.
fn iri(address: &str) -> String {
    address.replace(['<', '>', '"', ' ', '{', '}', '|', '\\', '^', '`'], "_")
}
