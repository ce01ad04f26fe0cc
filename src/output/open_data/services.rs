//! Services: schema.org and CPSV-AP in JSON-LD, and the state catalogue's own field names in JSON and CSV.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::tables::csv;
use crate::{
    content::Entry,
    language::Lang,
    schema::{Fields, Value},
    site::Site,
};

pub(super) fn files(site: &Site, lang: Lang) -> Vec<(String, String)> {
    let services: Vec<usize> = super::of_type(site, "service", lang).filter(|&ix| !site.archived[ix]).collect();
    if services.is_empty() {
        return Vec::new();
    }
    let path = |ending: &str| format!("api/v1/services/{lang}.{ending}");
    let all: Vec<Service> = services.iter().map(|&ix| Service::of(site, ix)).collect();
    let mut files = vec![
        (path("json"), serde_json::to_string(&all).unwrap_or_default()),
        (path("csv"), csv(&COLUMNS, all.iter().map(|service| service.row().into_iter()))),
    ];
    drop(all);
    let context = json!({
        "schema": "https://schema.org/", "cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/",
        "dct": "http://purl.org/dc/terms/", "skos": "http://www.w3.org/2004/02/skos/core#",
    });
    let authority = json!({
        "@id": format!("{}/#publisher", site.settings.base_url), "@type": "cv:PublicOrganisation",
        "skos:prefLabel": Text { language: lang.as_str(), value: &site.settings.name },
        "dct:spatial": {
            "@id": "http://publications.europa.eu/resource/authority/country/EST", "@type": "dct:Location",
        },
    });
    let graph = services.iter().map(|&ix| LinkedService::of(site, ix, &authority)).collect();
    files.push((path("jsonld"), serde_json::to_string(&Linked { context, graph }).unwrap_or_default()));
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
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Service<'s> {
    identifier: Option<&'s str>,
    name: &'s str,
    description: Option<&'s str>,
    url: String,
    langcode: &'s str,
    domain: Words<'s>,
    service_type: Words<'s>,
    audience: Words<'s>,
    status: Words<'s>,
    price: Option<&'s str>,
    processing_time: Option<&'s str>,
    application_form: Vec<String>,
    related_event: Vec<&'s str>,
    provider: Provider<'s>,
    prerequisites: Option<&'s str>,
    related_documents: Vec<&'s str>,
    legal_basis_url: Vec<Act<'s>>,
    available_channel: Vec<Channel<'s>>,
    service_statistics: Option<Json>,
    updated_at: Option<String>,
}

/// What a field of choices says, in words.
#[derive(Serialize)]
#[serde(untagged)]
enum Words<'s> {
    Nothing,
    One(&'s str),
    Many(Vec<&'s str>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider<'s> {
    name: &'s str,
    registration_code: Option<&'s str>,
    department: Option<&'s str>,
    employee: Vec<&'s str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Act<'s> {
    url_type: &'static str,
    title: Option<&'s str>,
    url: Option<&'s str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Channel<'s> {
    additional_type: Option<&'s str>,
    url: Option<String>,
    payment: Option<&'s str>,
}

impl<'s> Service<'s> {
    fn of(site: &'s Site, ix: usize) -> Self {
        let entry = &*site.entries[ix];
        let lang = entry.lang;
        let words = |field: &str| {
            let known = site.kind(ix).schema.field(field);
            let label = |name: &'s str| known.map_or(name, |known| known.choice_label(name, lang));
            match entry.fields.get(field) {
                Some(Value::List(_)) => Words::Many(texts(entry, field).map(label).collect()),
                Some(value) => value.as_str().map_or(Words::Nothing, |name| Words::One(label(name))),
                None => Words::Nothing,
            }
        };
        let named = |field: &str| texts(entry, field).filter_map(|id| named(site, id, lang)).collect();
        let absolute = |url: &str| if url.starts_with('/') { site.settings.absolute(url) } else { url.to_owned() };
        let channel = |channel: &'s Fields| Channel {
            additional_type: channel.text("kind"),
            url: channel.text("url").map(absolute),
            payment: channel.text("payment"),
        };
        let act = |act: &'s Fields| Act { url_type: "Õigusakt", title: act.text("title"), url: act.text("url") };
        Self {
            identifier: entry.text("identifier"),
            name: entry.title(),
            description: entry.text("description"),
            url: site.settings.absolute(&site.urls[ix]),
            langcode: entry.lang.as_str(),
            domain: words("theme"),
            service_type: words("service_type"),
            audience: words("audience"),
            status: words("status"),
            price: entry.text("price"),
            processing_time: entry.text("processing_time"),
            application_form: texts(entry, "forms").filter_map(|id| address(site, id, lang)).collect(),
            related_event: named("life_events"),
            provider: Provider {
                name: &site.settings.name,
                registration_code: site.settings.contact.get("registry_code").map(String::as_str),
                department: entry.text("provider").and_then(|id| self::named(site, id, lang)),
                employee: named("responsible"),
            },
            prerequisites: entry.text("prerequisites"),
            related_documents: texts(entry, "required_documents").collect(),
            legal_basis_url: groups(entry, "legal_basis").map(act).collect(),
            available_channel: groups(entry, "channels").map(channel).collect(),
            service_statistics: entry.fields.get("statistics").map(Value::to_json),
            updated_at: entry.fields.get("updated").or_else(|| entry.fields.get("published")).map(Value::to_text),
        }
    }

    /// The cells of [`COLUMNS`].
    fn row(&self) -> [String; COLUMNS.len()] {
        let words = |words: &Words<'_>| match words {
            Words::Nothing => String::new(),
            Words::One(word) => (*word).to_owned(),
            Words::Many(words) => words.join("; "),
        };
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        [
            text(self.identifier),
            self.name.to_owned(),
            text(self.description),
            self.url.clone(),
            words(&self.domain),
            words(&self.service_type),
            words(&self.audience),
            words(&self.status),
            text(self.price),
            text(self.processing_time),
            self.application_form.join("; "),
            text(self.updated_at.as_deref()),
        ]
    }
}

/// A graph in JSON-LD.
#[derive(Serialize)]
struct Linked<'s> {
    #[serde(rename = "@context")]
    context: Json,
    #[serde(rename = "@graph")]
    graph: Vec<LinkedService<'s>>,
}

/// A service as `GovernmentService` and `cpsv:PublicService` at once.
#[derive(Serialize)]
struct LinkedService<'s> {
    #[serde(flatten)]
    itself: Node<'s>,
    #[serde(rename = "schema:name")]
    name: Text<'s>,
    #[serde(rename = "schema:url")]
    url: String,
    #[serde(rename = "cv:hasCompetentAuthority")]
    authority: &'s Json,
    #[serde(rename = "cv:hasLegalResource", skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Node<'s>>,
    #[serde(rename = "cpsv:hasInput", skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<Node<'s>>,
    #[serde(rename = "cv:hasChannel", skip_serializing_if = "Vec::is_empty")]
    channels: Vec<Node<'s>>,
    #[serde(rename = "cpsv:produces", skip_serializing_if = "Option::is_none")]
    outcome: Option<Node<'s>>,
    #[serde(rename = "cv:hasCost", skip_serializing_if = "Option::is_none")]
    cost: Option<Node<'s>>,
    #[serde(rename = "schema:processingTime", skip_serializing_if = "Option::is_none")]
    processing_time: Option<Text<'s>>,
    #[serde(rename = "cv:isGroupedBy", skip_serializing_if = "Vec::is_empty")]
    events: Vec<Node<'s>>,
}

/// Something with an address of its own.
#[derive(Serialize)]
struct Node<'s> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kinds: &'static [&'static str],
    #[serde(rename = "dct:identifier", skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    #[serde(rename = "dct:title", skip_serializing_if = "Option::is_none")]
    title: Option<Text<'s>>,
    #[serde(rename = "dct:description", skip_serializing_if = "Option::is_none")]
    description: Option<Text<'s>>,
}

/// A text in a language.
#[derive(Clone, Copy, Serialize)]
struct Text<'s> {
    #[serde(rename = "@language")]
    language: &'s str,
    #[serde(rename = "@value")]
    value: &'s str,
}

impl<'s> LinkedService<'s> {
    fn of(site: &'s Site, ix: usize, authority: &'s Json) -> Self {
        let entry = &*site.entries[ix];
        let language = entry.lang.as_str();
        let url = site.settings.absolute(&site.urls[ix]);
        let words = |value: &'s str| Text { language, value };
        let part = |id: String, kinds: &'static [&'static str]| Node {
            identifier: Some(id.clone()),
            id,
            kinds,
            title: None,
            description: None,
        };
        let act = |act: &'s Fields| {
            let id = act.text("url")?.to_owned();
            Some(Node { identifier: None, ..part(id, &["http://data.europa.eu/eli/ontology#LegalResource"]) })
        };
        let input = |(number, name): (usize, &'s str)| Node {
            title: Some(words(name)),
            ..part(format!("{url}#sisend-{number}"), &["cv:Evidence"])
        };
        let channel = |(number, channel): (usize, &'s Fields)| Node {
            identifier: Some(format!("{}-{number}", channel.text("kind").unwrap_or_default())),
            ..part(format!("{url}#kanal-{number}"), &["cv:Channel"])
        };
        let event = |id: &str| {
            let title = named(site, id, entry.lang).map(words)?;
            let node = part(address(site, id, entry.lang)?, &["cv:LifeEvent", "cv:Event"]);
            Some(Node { identifier: Some(id.to_owned()), title: Some(title), ..node })
        };
        Self {
            itself: Node {
                id: url.clone(),
                kinds: &["cpsv:PublicService", "schema:GovernmentService"],
                identifier: Some(entry.text("identifier").unwrap_or(&url).to_owned()),
                title: Some(words(entry.title())),
                description: Some(words(entry.text("description").unwrap_or(&entry.summary))),
            },
            name: words(entry.title()),
            authority,
            acts: groups(entry, "legal_basis").filter_map(act).collect(),
            inputs: (1..).zip(texts(entry, "required_documents")).map(input).collect(),
            channels: (1..).zip(groups(entry, "channels")).map(channel).collect(),
            outcome: entry
                .text("outcome")
                .map(|outcome| Node { title: Some(words(outcome)), ..part(format!("{url}#tulemus"), &["cv:Output"]) }),
            cost: entry
                .text("price")
                .map(|price| Node { description: Some(words(price)), ..part(format!("{url}#hind"), &["cv:Cost"]) }),
            processing_time: entry.text("processing_time").map(words),
            events: texts(entry, "life_events").filter_map(event).collect(),
            url,
        }
    }
}

fn texts<'e>(entry: &'e Entry, field: &str) -> impl Iterator<Item = &'e str> + use<'e> {
    entry.fields.get(field).into_iter().flat_map(Value::texts)
}

fn groups<'e>(entry: &'e Entry, field: &str) -> impl Iterator<Item = &'e Fields> + use<'e> {
    entry.fields.get(field).map_or(&[][..], Value::as_list).iter().filter_map(Value::as_group)
}

fn named<'s>(site: &'s Site, id: &str, lang: Lang) -> Option<&'s str> {
    site.entry_meant(id, lang).map(|ix| site.entries[ix].title())
}

fn address(site: &Site, id: &str, lang: Lang) -> Option<String> {
    site.entry_meant(id, lang).map(|ix| site.settings.absolute(&site.urls[ix]))
}
