//! What the law asks of pages: dates, statements that are not older than a year.

use super::sheet;
use crate::{
    content::{Entry, Origin},
    diagnostics::Diagnostic,
    schema::{Check, TomlText},
    site::Site,
};

pub(super) fn check(site: &Site, out: &mut Vec<Diagnostic>) {
    sheet::check(site, out);
    for (ix, entry) in site.entries.iter().enumerate() {
        if site.kind(ix).rules.iter().any(|rule| matches!(rule.check, Check::Recent { .. })) && !entry.section {
            age(site, ix, entry, out);
        }
        dates(site, ix, entry, out);
    }
}

/// The rules of the content type that depend on today.
fn age(site: &Site, ix: usize, entry: &Entry, out: &mut Vec<Diagnostic>) {
    let Origin::Page { file, front_matter, .. } = &entry.origin else { return };
    let Ok(text) = file.text() else { return };
    let toml = TomlText { path: file.path.clone(), text: &text, range: front_matter.clone() };
    let table = toml.parse(&mut Vec::new());
    site.kind(ix).check_age(&entry.fields, site.moment.at.date(), &toml, table.get_ref(), out);
}

/// AvTS § 32 (1) 4: each page says when it was published or last changed.
fn dates(site: &Site, ix: usize, entry: &Entry, out: &mut Vec<Diagnostic>) {
    let dated =
        ["published", "updated", "documented_at", "reviewed"].iter().any(|field| entry.fields.get(field).is_some());
    let original = entry.lang == site.settings.default_language();
    let has_page = site.kind(ix).page && !entry.section && matches!(entry.origin, Origin::Page { .. });
    if has_page && original && !dated && entry.text("template").is_none() {
        out.push(Diagnostic::new("law.no-date").at(entry.place("title", None)));
    }
}
