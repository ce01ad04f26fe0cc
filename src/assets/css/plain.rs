//! Styles put together as they are, for a program built without lightningcss.

use super::{Address, Read, Target, new_address, quoted, target};
use crate::diagnostics::{Diagnostic, Location};

/// Deeper than any sensible theme: files that import each other in a ring.
const DEEPEST: usize = 16;

pub(super) fn bundle(entry: &str, read: Read<'_, '_>, address: Address<'_>) -> Result<String, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let css = match read(entry) {
        Some(text) => file(entry, text, read, address, 0, &mut found),
        None => return Err(vec![Diagnostic::new("assets.css-missing").arg("name", entry)]),
    };
    if found.is_empty() { Ok(css) } else { Err(found) }
}

fn file(
    name: &str,
    text: &str,
    read: Read<'_, '_>,
    address: Address<'_>,
    depth: usize,
    found: &mut Vec<Diagnostic>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(next) = text[at..].find("@import").map(|n| at + n) {
        out.push_str(&addressed(name, text, at..next, address, found));
        let end = text[next..].find(';').map_or(text.len(), |n| next + n);
        let (specifier, conditions) = import(text[next + "@import".len()..end].trim());
        let place = || Location::in_text(name, text, next..end);
        at = (end + 1).min(text.len());
        match target(name, specifier) {
            Target::File(path, _) => match read(&path) {
                Some(inner) if depth < DEEPEST => {
                    let css = file(&path, inner, read, address, depth + 1, found);
                    out.push_str(&wrapped(conditions, css));
                }
                _ => found.push(Diagnostic::new("assets.css-missing").arg("name", path).at(place())),
            },
            Target::Remote | Target::Data | Target::Stays => {
                found.push(Diagnostic::new("assets.css-remote").arg("url", specifier).at(place()));
            }
        }
    }
    out.push_str(&addressed(name, text, at..text.len(), address, found));
    out
}

/// What is imported, and under which conditions: `"a.css" layer(x) print`.
fn import(rule: &str) -> (&str, &str) {
    let (inner, close) = match rule.strip_prefix("url(") {
        Some(inner) => (inner, ")"),
        None => (rule.get(1..).unwrap_or_default(), &rule[..rule.len().min(1)]),
    };
    let (specifier, conditions) = inner.split_once(close).unwrap_or((inner, ""));
    (specifier.trim().trim_matches(['"', '\'']), conditions.trim())
}

fn wrapped(conditions: &str, css: String) -> String {
    if conditions.is_empty() {
        return css;
    }
    if let Some((layer, media)) = conditions.strip_prefix("layer(").and_then(|rest| rest.split_once(')')) {
        return wrapped(media.trim(), format!("@layer {layer}{{{css}}}\n"));
    }
    format!("@media {conditions}{{{css}}}\n")
}

/// Part of a file, with the public addresses in its `url(…)`.
fn addressed(
    name: &str,
    text: &str,
    part: std::ops::Range<usize>,
    address: Address<'_>,
    found: &mut Vec<Diagnostic>,
) -> String {
    let mut out = String::new();
    let mut at = part.start;
    while let Some(start) = text[at..part.end].find("url(").map(|n| at + n) {
        let end = text[start..part.end].find(')').map_or(part.end, |n| start + n);
        let url = text[start + 4..end].trim().trim_matches(['"', '\'']);
        out.push_str(&text[at..start]);
        match new_address(name, url, address, || Location::in_text(name, text, start..end)) {
            Ok(new) => out.push_str(&format!("url({}", quoted(&new))),
            Err(diagnostic) => found.push(diagnostic),
        }
        at = end;
    }
    out.push_str(&text[at..part.end]);
    out
}
