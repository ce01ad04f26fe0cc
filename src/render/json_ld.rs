//! What a page says of itself to machines: schema.org in JSON-LD.

use serde::Serialize;
use serde_json::{Value as Json, json};
use tera::Value;

use super::{functions::safe, world::World};
use crate::{
    content::Entry,
    site::{Ix, Page, PageKind},
};

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: &'a [Json],
}

/// The `<script>` element of a page; empty where there is nothing to say.
pub(super) fn script(world: &World, page: &Page) -> Value {
    let graph = graph(world, page);
    if graph.is_empty() {
        return safe("");
    }
    let text = serde_json::to_string(&Document { context: "https://schema.org", graph: &graph }).unwrap_or_default();
    // Within <script> only `</` could end the element; `<` need not stand in JSON as it is.
    safe(&format!("<script type=\"application/ld+json\">{}</script>", text.replace('<', "\\u003c")))
}

fn image(world: &World, entry: &Entry) -> Option<String> {
    let src = entry.fields.get("image")?.as_group()?.text("src")?;
    let (url, ..) = world.images.url(src, 1200)?;
    Some(world.site.settings.absolute(&url))
}

fn graph(world: &World, page: &Page) -> Vec<Json> {
    let mut graph = Vec::new();
    if let Some(breadcrumbs) = breadcrumbs(world, page) {
        graph.push(breadcrumbs);
    }
    match page.kind {
        PageKind::Entry(ix, 1) if world.site.entries[ix].id.is_empty() => graph.push(organization(world)),
        PageKind::Entry(ix, 1) => graph.push(thing(world, page, ix)),
        _ => {}
    }
    graph
}

fn breadcrumbs(world: &World, page: &Page) -> Option<Json> {
    let ix = page.entry()?;
    let site = &world.site;
    let steps: Vec<Ix> = site.ancestors(ix).into_iter().chain([ix]).collect();
    (steps.len() > 1).then(|| {
        let items = (1..).zip(steps).map(|(number, ix): (usize, Ix)| {
            json!({
                "@type": "ListItem",
                "position": number,
                "name": site.entries[ix].title(),
                "item": site.settings.absolute(&site.urls[ix]),
            })
        });
        json!({ "@type": "BreadcrumbList", "itemListElement": items.collect::<Vec<_>>() })
    })
}

fn organization(world: &World) -> Json {
    let settings = &world.site.settings;
    let contact = |key: &str| settings.contact.get(key);
    without_nulls(json!({
        "@type": "GovernmentOrganization",
        "name": settings.name,
        "url": settings.absolute("/"),
        "email": contact("email"),
        "telephone": contact("phone"),
        "address": contact("address"),
        "identifier": contact("registry_code"),
    }))
}

fn thing(world: &World, page: &Page, ix: Ix) -> Json {
    let site = &world.site;
    let entry = &site.entries[ix];
    let kind = site.kind(ix).schema_org.as_deref().unwrap_or("WebPage");
    let field = |name: &str| entry.fields.get(name).map(|value| value.to_json());
    let mut thing = json!({
        "@type": kind,
        "name": entry.title(),
        "description": entry.summary,
        "url": site.settings.absolute(&page.url),
        "inLanguage": page.lang.as_str(),
        "image": image(world, entry),
    });
    let published = field("published");
    let more = match kind {
        "NewsArticle" => json!({
            "headline": entry.title(),
            "datePublished": published,
            "dateModified": field("updated").or_else(|| field("published")),
            "publisher": { "@type": "GovernmentOrganization", "name": site.settings.name },
        }),
        "Event" => json!({
            "startDate": field("start"),
            "endDate": field("end"),
            "location": place(entry),
            "organizer": { "@type": "Organization", "name": entry.text("organiser").unwrap_or(&site.settings.name) },
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        }),
        "GovernmentService" => json!({
            "serviceOperator": { "@type": "GovernmentOrganization", "name": site.settings.name },
            "areaServed": site.settings.name,
            "audience": entry.fields.get("audience").map(|value| {
                let names = value.texts().map(|name| json!({ "@type": "Audience", "audienceType": name }));
                names.collect::<Vec<_>>()
            }),
        }),
        "JobPosting" => json!({
            "title": entry.title(),
            "datePosted": published,
            "validThrough": field("deadline"),
            "hiringOrganization": { "@type": "GovernmentOrganization", "name": site.settings.name },
            "jobLocation": { "@type": "Place", "address": site.settings.contact.get("address") },
        }),
        "Dataset" => json!({
            "datePublished": published,
            "dateModified": field("updated"),
            "license": field("license"),
            "creator": { "@type": "GovernmentOrganization", "name": site.settings.name },
        }),
        _ => json!({ "datePublished": published, "dateModified": field("updated") }),
    };
    if let (Json::Object(thing), Json::Object(more)) = (&mut thing, more) {
        thing.extend(more);
    }
    without_nulls(thing)
}

fn place(entry: &Entry) -> Json {
    let address = entry.fields.get("address").map(|value| value.to_text());
    json!({ "@type": "Place", "name": entry.text("location"), "address": address })
}

fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(map) => Json::Object(
            map.into_iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k, without_nulls(v))).collect(),
        ),
        other => other,
    }
}
