//! What a finished page must be, whoever wrote it: the theme, a component or an entry.

use std::collections::HashSet;

use super::subject::Subject;
use crate::diagnostics::Diagnostic;

/// Checks the document as a whole.
pub(super) fn check(subject: &mut Subject<'_>, origins: &[String]) {
    document(subject);
    headings(subject);
    ids(subject);
    names(subject);
    tables(subject);
    outsiders(subject, origins);
}

fn document(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let lang = subject.page.lang.as_str();
    let html = tree.named(0, ["html"]).next();
    if html.and_then(|id| tree.attribute(id, "lang")) != Some(lang) {
        subject.report_everywhere(Diagnostic::new("accessibility.page-language").arg("language", lang));
    }
    if tree.named(0, ["title"]).next().is_none_or(|id| tree.text(id).is_empty()) {
        subject.report_everywhere(Diagnostic::new("accessibility.page-title"));
    }
    if tree.named(0, ["h1"]).filter(|&id| !tree.is_hidden(id)).count() != 1 {
        subject.report_everywhere(Diagnostic::new("accessibility.heading-one"));
    }
}

/// Skipped levels. Those within a text are reported where the text is read; here are those that come of
/// text and theme together.
fn headings(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let mut last = 0;
    for id in tree.named(subject.main, ["h1", "h2", "h3", "h4", "h5", "h6"]) {
        let level = tree.name(id).as_bytes()[1] - b'0';
        let text = tree.text(id);
        if tree.is_hidden(id) {
            continue;
        }
        if last > 0 && level > last + 1 && !subject.says(&text) {
            let finding = Diagnostic::new("accessibility.heading-skipped").arg("heading", &text);
            subject.report_everywhere(finding.arg("level", level));
        }
        last = level;
        if text.chars().count() > 120 {
            subject.report(Diagnostic::new("accessibility.heading-long").arg("heading", &text), &text);
        }
    }
}

fn ids(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let mut seen = HashSet::new();
    for id in tree.elements(0) {
        if let Some(name) = tree.attribute(id, "id")
            && !seen.insert(name)
        {
            subject.report_at(Diagnostic::new("accessibility.id-twice").arg("id", name), id, name);
        }
        let known = tree.repeated().iter().filter(|repeated| repeated.id == id);
        for name in known.filter_map(|repeated| repeated.part.as_ref()).flat_map(|part| &part.ids) {
            if !seen.insert(name) {
                subject.report_at(Diagnostic::new("accessibility.id-twice").arg("id", name), id, name);
            }
        }
    }
}

/// Pictures, links, buttons, fields and frames have names.
fn names(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let labelled: HashSet<&str> = tree.named(0, ["label"]).filter_map(|id| tree.attribute(id, "for")).collect();
    for id in tree.elements(0) {
        let hidden = || tree.attribute(id, "aria-hidden") == Some("true") || tree.is_hidden(id);
        let refers = || tree.attribute(id, "aria-labelledby").is_some();
        match tree.name(id) {
            "img" if tree.attribute(id, "alt").is_none() && !hidden() => {
                let src = tree.attribute(id, "src").unwrap_or_default().to_owned();
                subject.report_at(Diagnostic::new("accessibility.image-alt").arg("src", &src), id, &src);
            }
            "a" if tree.attribute(id, "href").is_some() && tree.is_unnamed(id) && !refers() && !hidden() => {
                let href = tree.attribute(id, "href").unwrap_or_default().to_owned();
                subject.report_at(Diagnostic::new("accessibility.link-empty").arg("href", &href), id, &href);
            }
            "button" if tree.is_unnamed(id) && !refers() && !hidden() => {
                subject.report_at(Diagnostic::new("accessibility.button-empty"), id, "");
            }
            "iframe" if tree.attribute(id, "title").is_none_or(|title| title.trim().is_empty()) => {
                let src = tree.attribute(id, "src").unwrap_or_default().to_owned();
                subject.report_at(Diagnostic::new("accessibility.frame-title").arg("src", &src), id, &src);
            }
            "input" | "select" | "textarea" => {
                let kind = tree.attribute(id, "type").unwrap_or_default();
                let needs = !["hidden", "submit", "button", "reset", "image"].contains(&kind);
                let named = tree.attribute(id, "id").is_some_and(|id| labelled.contains(id))
                    || tree.attribute(id, "aria-label").is_some()
                    || tree.attribute(id, "title").is_some()
                    || refers()
                    || tree.is_within(id, &["label"]);
                if needs && !named && !hidden() {
                    let name = tree.attribute(id, "name").unwrap_or_default().to_owned();
                    subject.report_at(Diagnostic::new("accessibility.field-label").arg("name", &name), id, &name);
                }
            }
            _ => {}
        }
    }
}

fn tables(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    for id in tree.named(0, ["table"]) {
        let layout = tree.attribute(id, "role").is_some_and(|role| role == "presentation" || role == "none");
        // Of a table in Markdown one is told where Markdown is read.
        let written = tree.around(id).next().and_then(|at| tree.attribute(at, "class")) == Some("table-scroll");
        if !layout && !written && tree.named(id, ["th"]).all(|th| tree.text(th).is_empty()) {
            let first = tree.named(id, ["td"]).map(|td| tree.text(td)).find(|text| !text.is_empty());
            let words = first.unwrap_or_default();
            subject.report_at(Diagnostic::new("accessibility.table-header").arg("cell", &words), id, &words);
        }
    }
}

/// What a page loads from other sites gives visitors' addresses away.
fn outsiders(subject: &mut Subject<'_>, origins: &[String]) {
    let tree = subject.tree;
    let own = origin(&subject.site.settings.base_url).unwrap_or_default();
    for id in tree.elements(0) {
        let name = tree.name(id);
        let loads: &[&str] = match name {
            "script" | "iframe" | "embed" | "source" | "audio" | "track" | "input" => &["src"],
            "img" | "video" => &["src", "srcset", "poster"],
            "object" => &["data"],
            "link" if loads_something(tree.attribute(id, "rel").unwrap_or_default()) => &["href"],
            _ => continue,
        };
        for address in loads.iter().filter_map(|attribute| tree.attribute(id, attribute)) {
            let Some(host) = origin(address).filter(|host| *host != own && !origins.contains(host)) else { continue };
            let finding = Diagnostic::new("privacy.third-party").arg("origin", &host).arg("element", name);
            subject.report_at(finding, id, address);
        }
    }
}

fn loads_something(rel: &str) -> bool {
    let loading =
        ["stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"];
    rel.split_ascii_whitespace().any(|one| loading.contains(&one))
}

/// The scheme and host of an absolute address, in lower case.
pub(super) fn origin(address: &str) -> Option<String> {
    let address = address.trim();
    let (scheme, rest) = match address.strip_prefix("//") {
        Some(rest) => ("https", rest),
        None => address.split_once("://").filter(|(scheme, _)| ["http", "https", "ws", "wss"].contains(scheme))?,
    };
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    Some(format!("{scheme}://{}", host.to_lowercase()))
}
