//! Contacts, decisions, regulations, grants and the budget as rows: JSON and CSV of the same columns.

use serde_json::{Map, Value as Json};

use crate::{language::Lang, site::Site};

/// A content type's name, the files' name, and the columns besides title and address.
const TABLES: [(&str, &str, &[&str]); 7] = [
    ("person", "contacts", &["position", "role", "unit", "phone", "email", "reception"]),
    ("unit", "units", &["kind", "parent", "phone", "email", "reception"]),
    ("document", "decisions", &["kind", "number", "issuer", "documented_at", "published", "register_url"]),
    ("regulation", "regulations", &["kind", "number", "date", "in_force_from", "issuer", "rt_id"]),
    ("budget", "budget", &["year", "stage", "income", "expenses", "investments", "published"]),
    ("grant", "grants", &["recipient_code", "amount", "purpose", "date", "programme"]),
    ("institution", "institutions", &["kind", "registry_code", "address", "phone", "email"]),
];

pub(super) fn files(site: &Site, lang: Lang) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (kind, name, columns) in TABLES {
        let rows: Vec<Map<String, Json>> = super::of_type(site, kind, lang).map(|ix| row(site, ix, columns)).collect();
        if rows.is_empty() {
            continue;
        }
        let header: Vec<&str> = ["title", "url"].into_iter().chain(columns.iter().copied()).collect();
        let cells = rows.iter().map(|row| header.iter().map(|column| cell(&row[*column])));
        files.push((format!("api/v1/{name}/{lang}.csv"), csv(&header, cells)));
        files.push((format!("api/v1/{name}/{lang}.json"), Json::from(rows).to_string()));
    }
    files
}

fn row(site: &Site, ix: usize, columns: &[&str]) -> Map<String, Json> {
    let entry = &site.entries[ix];
    let mut row = Map::new();
    row.insert("title".into(), Json::from(entry.title()));
    row.insert("url".into(), Json::from(site.settings.absolute(&site.urls[ix])));
    for column in columns {
        let value = entry.fields.get(column).map_or(Json::Null, |value| match value {
            crate::schema::Value::Group(_) => Json::from(value.to_text()),
            other => other.to_json(),
        });
        row.insert((*column).to_owned(), value);
    }
    row
}

fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Rows with their header (RFC 4180). A cell that a spreadsheet would take for a formula begins with an
/// apostrophe.
pub(super) fn csv<R: Iterator<Item = String>>(header: &[&str], rows: impl Iterator<Item = R>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has the header's length.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer
            .write_record(row.map(|cell| if cell.starts_with(['=', '@', '\t']) { format!("'{cell}") } else { cell }));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
