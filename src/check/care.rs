//! Whether somebody looks after each page: reviews, owners, and services that say what one needs to know.

use std::collections::HashMap;

use jiff::{ToSpan as _, civil::Date};

use super::Settings;
use crate::{
    content::Entry,
    diagnostics::Diagnostic,
    schema::Value,
    site::{Ix, Site},
};

/// Types whose pages go out of date unless somebody looks at them: after so many days without a change, if the site
/// says nothing else.
const REVIEWS: &[(&str, i32)] = &[("service", 730), ("institution", 730), ("life-event", 730), ("faq", 1095)];

/// Checks all entries in the site's first language; translations follow them.
pub(super) fn check(site: &Site, settings: &Settings, out: &mut Vec<Diagnostic>) {
    let today = site.moment.at.date();
    let mut reviews: HashMap<&str, i32> = REVIEWS.iter().copied().collect();
    for (kind, days, place) in &settings.review {
        if site.types.get(kind).is_none() {
            let problem = Diagnostic::new("check.review-days").arg("type", kind).at(place.clone());
            out.push(problem.suggest(kind, site.types.names()));
        }
        reviews.insert(kind, *days);
    }
    reviews.retain(|_, days| *days > 0);
    for (ix, entry) in site.entries.iter().enumerate() {
        if entry.lang != site.settings.default_language() || site.archived[ix] {
            continue;
        }
        review(site, ix, &reviews, today, out);
        owner(site, ix, entry, out);
        if &*site.kind(ix).name == "service" && !entry.section {
            service(entry, out);
        }
    }
}

fn day(entry: &Entry, field: &str) -> Option<Date> {
    entry.fields.get(field).and_then(Value::as_date)
}

/// The day on which an entry was last changed or, before that, published.
pub(super) fn touched(entry: &Entry) -> Option<Date> {
    ["reviewed", "updated", "published", "documented_at"].iter().filter_map(|field| day(entry, field)).max()
}

fn review(site: &Site, ix: Ix, reviews: &HashMap<&str, i32>, today: Date, out: &mut Vec<Diagnostic>) {
    let entry = &site.entries[ix];
    if let Some(due) = day(entry, "review_by") {
        if due < today {
            out.push(Diagnostic::new("care.review-due").arg("day", due).at(entry.place("review_by", None)));
        }
        return;
    }
    let Some(&days) = reviews.get(&*site.kind(ix).name).filter(|_| !entry.section) else { return };
    let last = touched(entry);
    if let Some(last) = last.filter(|last| last.checked_add(days.days()).is_ok_and(|end| end < today)) {
        out.push(
            Diagnostic::new("care.not-reviewed").arg("day", last).arg("days", days).at(entry.place("updated", None)),
        );
    }
}

fn owner(site: &Site, ix: Ix, entry: &Entry, out: &mut Vec<Diagnostic>) {
    let kind = site.kind(ix);
    let named = ["owner", "contact", "responsible", "provider"].iter().any(|field| entry.fields.get(field).is_some());
    let asked =
        kind.official || ["service", "institution", "life-event", "statement", "dataset"].contains(&&*kind.name);
    if asked && kind.page && !entry.section && !named {
        out.push(Diagnostic::new("care.no-owner").at(entry.place("title", None)));
    }
}

fn service(entry: &Entry, out: &mut Vec<Diagnostic>) {
    let has =
        |fields: &[&str]| fields.iter().any(|field| entry.fields.get(field).is_some_and(|value| !value.is_empty()));
    let place = || entry.place("title", None);
    if !has(&["forms", "channels", "steps_online", "steps_paper"]) {
        out.push(Diagnostic::new("care.service-no-way").at(place()));
    }
    if !has(&["price", "prices", "amount"]) {
        out.push(Diagnostic::new("care.service-no-price").at(place()));
    }
    if !has(&["processing_time", "apply_until"]) {
        out.push(Diagnostic::new("care.service-no-time").at(place()));
    }
}

/// Forms to which no other page than their listing leads.
pub(super) fn forms(site: &Site, seen: &[super::Seen], out: &mut Vec<Diagnostic>) {
    for (ix, entry) in site.entries.iter().enumerate() {
        if &*site.kind(ix).name != "form" || entry.section || entry.lang != site.settings.default_language() {
            continue;
        }
        let url = &*site.urls[ix];
        let listing = site.parent(ix).map(|parent| &*site.urls[parent]);
        let is_listing =
            |page: &str| Some(page) == listing || page.starts_with(&format!("{}/", listing.unwrap_or("/")));
        if !seen.iter().any(|page| page.url != url && !is_listing(&page.url) && page.leads_to(url)) {
            out.push(Diagnostic::new("care.form-unlinked").arg("page", url).at(entry.place("title", None)));
        }
    }
}
