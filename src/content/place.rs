//! Finds where a field stands in its file, for the diagnostics of later stages.

use toml::{Spanned, de::DeValue};

use super::{Entry, Origin};
use crate::{diagnostics::Location, schema::TomlText};

impl Entry {
    /// The place of `field`, or of the text `value` within it. The file is read again, since this is
    /// asked only when something is wrong.
    pub fn place(&self, field: &str, value: Option<&str>) -> Location {
        let whole = || Location::file(self.path().clone());
        let (file, range) = match &self.origin {
            Origin::Page { file, front_matter, .. } => (file, Some(front_matter.clone())),
            Origin::Row { file, .. } => (file, None),
        };
        let Ok(text) = file.text() else { return whole() };
        let Some(range) = range.filter(|range| range.end <= text.len()) else {
            // A row is found by what it says.
            let found = value.and_then(|value| text.find(value).map(|at| at..at + value.len()));
            return found.map_or_else(whole, |range| Location::in_text(file.path.clone(), &text, range));
        };
        let toml = TomlText { path: file.path.clone(), text: &text, range };
        let table = toml.parse(&mut Vec::new());
        let Some((key, found)) = table.get_ref().get_key_value(field) else { return toml.place(0..0) };
        match value.and_then(|value| find(found, value)) {
            Some(span) => toml.place(span),
            None => toml.place(key.span()),
        }
    }
}

/// The span of the text `wanted` somewhere within a value.
fn find(value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<std::ops::Range<usize>> {
    match value.get_ref() {
        DeValue::String(text) if text.as_ref() == wanted => Some(value.span()),
        DeValue::Array(array) => array.iter().find_map(|item| find(item, wanted)),
        DeValue::Table(table) => table.iter().find_map(|(_, item)| find(item, wanted)),
        _ => None,
    }
}
