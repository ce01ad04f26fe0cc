//! What a page says of itself to machines: schema.org in JSON-LD.

use serde::Serialize;
use serde_json::{Value as Json, json};
use tera::Value;

use super::{functions::safe, query::Query, world::World};
use crate::{
    content::{Entry, Origin},
    markdown,
    site::{Ix, Page, PageKind},
};

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: &'a [Json],
}

/// The `<script>` element of a page.
pub(super) fn script(world: &World, page: &Page) -> Value {
    let graph = graph(world, page);
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
    let is_front = matches!(page.kind, PageKind::Entry(ix, 1) if world.site.entries[ix].id.is_empty());
    let mut graph = vec![organization(world, is_front)];
    if let Some(breadcrumbs) = breadcrumbs(world, page) {
        graph.push(breadcrumbs);
    }
    if let PageKind::Entry(ix, 1) = page.kind
        && !is_front
    {
        graph.push(thing(world, page, ix));
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

/// Whose site it is, on every page; how to reach them, on the front page.
fn organization(world: &World, is_front: bool) -> Json {
    let settings = &world.site.settings;
    let contact = |key: &str| settings.contact.get(key).filter(|_| is_front);
    without_nulls(json!({
        "@type": "GovernmentOrganization",
        "@id": organization_id(world),
        "name": settings.name,
        "url": settings.absolute("/"),
        "email": contact("email"),
        "telephone": contact("phone"),
        "address": contact("address"),
        "identifier": contact("registry_code"),
    }))
}

fn organization_id(world: &World) -> String {
    format!("{}/#publisher", world.site.settings.base_url)
}

/// The questions that a section shows with their answers; nothing where it shows something else.
fn questions(world: &World, page: &Page, section: Ix) -> Option<Json> {
    let site = &world.site;
    let items = &site.listing(section).items;
    let are_questions = |&ix: &Ix| site.kind(ix).schema_org.as_deref() == Some("FAQPage");
    if !site.entries[section].section || items.is_empty() || !items.iter().all(are_questions) {
        return None;
    }
    world.ask(Query::Listing(page.url.clone()));
    let question = |&ix: &Ix| {
        let entry = &site.entries[ix];
        world.ask(Query::Body((&*entry.id).into(), entry.lang));
        let Origin::Page { file, body, .. } = &entry.origin else { return None };
        let text = file.text().ok()?;
        let answer = markdown::plain_text(text.get(body.clone())?);
        Some(json!({
            "@type": "Question",
            "name": entry.title(),
            "acceptedAnswer": { "@type": "Answer", "text": answer },
        }))
    };
    Some(items.iter().filter_map(question).collect())
}

fn thing(world: &World, page: &Page, ix: Ix) -> Json {
    let site = &world.site;
    let entry = &site.entries[ix];
    let questions = questions(world, page, ix);
    let kind = if questions.is_some() { "FAQPage" } else { site.kind(ix).schema_org.as_deref().unwrap_or("WebPage") };
    let field = |name: &str| entry.fields.get(name).map(|value| value.to_json());
    let mut thing = json!({
        "@type": kind,
        "name": entry.title(),
        "description": entry.summary,
        "url": site.settings.absolute(&page.url),
        "inLanguage": page.lang.as_str(),
        "image": image(world, entry),
        "mainEntity": questions,
    });
    let publisher = json!({ "@id": organization_id(world) });
    let published = field("published");
    let more = match kind {
        "NewsArticle" => json!({
            "headline": entry.title(),
            "datePublished": published,
            "dateModified": field("updated").or_else(|| field("published")),
            "publisher": publisher,
        }),
        "Event" => json!({
            "startDate": field("start"),
            "endDate": field("end"),
            "location": place(entry),
            "organizer": { "@type": "Organization", "name": entry.text("organiser").unwrap_or(&site.settings.name) },
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        }),
        "GovernmentService" => json!({
            "serviceOperator": publisher,
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
            "hiringOrganization": publisher,
            "jobLocation": { "@type": "Place", "address": site.settings.contact.get("address") },
        }),
        "Dataset" => json!({
            "datePublished": published,
            "dateModified": field("updated"),
            "license": field("license"),
            "creator": publisher,
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
