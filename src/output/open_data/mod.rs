//! Open data: what the site knows, for machines, at addresses that stay.
//!
//! Everything comes from the model; nothing is written twice by hand. `api/openapi.json` describes it all.

mod catalogue;
mod ovp;
mod services;
mod tables;

use serde_json::{Value as Json, json};

use crate::{language::Lang, site::Site};

/// Every file: its path and its text.
pub fn open_data(site: &Site) -> Vec<(String, String)> {
    let mut files = catalogue::files(site);
    for &lang in &site.settings.languages {
        files.extend(services::files(site, lang));
        files.extend(tables::files(site, lang));
        files.extend(ovp::files(site, lang));
    }
    let openapi = describe(site, &files);
    files.push(("api/openapi.json".to_owned(), openapi.to_string()));
    files
}

/// The published items of a content type in a language.
fn of_type<'s>(site: &'s Site, kind: &str, lang: Lang) -> impl Iterator<Item = usize> + use<'s> {
    let found = site.types.find(kind);
    found.map_or(&[][..], |kind| site.of_type(kind, lang)).iter().copied()
}

/// The description of all files in `OpenAPI` 3.1.
fn describe(site: &Site, files: &[(String, String)]) -> Json {
    let paths = files.iter().map(|(path, _)| {
        let kind = match path.rsplit('.').next() {
            Some("csv") => "text/csv",
            Some("ttl") => "text/turtle",
            Some("jsonld") => "application/ld+json",
            _ => "application/json",
        };
        let answer = json!({ "200": { "description": "OK", "content": { kind: {} } } });
        (
            format!("/{path}"),
            json!({ "get": { "operationId": path.replace(['/', '.', '-'], "_"), "responses": answer } }),
        )
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": site.settings.name,
            "version": "1",
            "license": { "name": "CC0 1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/" },
        },
        "servers": [{ "url": site.settings.base_url }],
        "paths": paths.collect::<serde_json::Map<_, _>>(),
    })
}
