//! TOML files with their places: every mistake of a file is reported at once, at its line.

use std::{cell::RefCell, collections::BTreeMap, ops::Range, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::toml_syntax;
use crate::diagnostics::{Diagnostic, Location};

/// A text that holds TOML, whole or in part, with the path to name in diagnostics.
#[derive(Clone, Debug)]
pub struct TomlText<'a> {
    /// The file's path from the site's root.
    pub path: Arc<str>,
    /// The file's whole text.
    pub text: &'a str,
    /// The bytes of `text` that are TOML.
    pub range: Range<usize>,
}

impl<'a> TomlText<'a> {
    /// A file that is TOML from beginning to end.
    pub fn whole(path: impl Into<Arc<str>>, text: &'a str) -> Self {
        Self { path: path.into(), text, range: 0..text.len() }
    }

    /// Reads the TOML as far as it can be read. The first syntax error of each line becomes a diagnostic
    /// `source.toml-…`; those after it are most often its echoes.
    pub fn parse(&self, out: &mut Vec<Diagnostic>) -> Spanned<DeTable<'a>> {
        let text = &self.text[self.range.clone()];
        let (table, mut errors) = DeTable::parse_recoverable(text);
        let line = |error: &toml::de::Error| text[..error.span().unwrap_or_default().start].matches('\n').count();
        errors.sort_by_key(line);
        let open = errors.iter().find(|error| toml_syntax::is_open_list(error.message()));
        let mut last = None;
        for error in &errors {
            let (mut said, mut span) = (error.message(), error.span().unwrap_or_default());
            let within = open.filter(|_| toml_syntax::is_in_list(said));
            if let Some(open) = within {
                // What follows a list that does not end is taken for a part of it: the list ends before it.
                let end = text[..span.start].trim_end().len();
                (said, span) = (open.message(), end..end);
            }
            let place = self.place(span);
            if last.replace(place.line) != Some(place.line) {
                out.push(toml_syntax::diagnostic(said, &place.text).at(place));
            }
            if within.is_some() {
                break;
            }
        }
        table
    }

    /// The place of a span that was counted from the beginning of the TOML.
    pub fn place(&self, span: Range<usize>) -> Location {
        let start = self.range.start;
        Location::in_text(self.path.clone(), self.text, start + span.start..start + span.end)
    }
}

/// One table of a TOML file, read key by key; what was not asked for is reported by [`Table::finish`].
pub struct Table<'t, 'a> {
    file: &'t TomlText<'a>,
    table: &'t DeTable<'a>,
    span: Range<usize>,
    known: RefCell<Vec<&'static str>>,
    out: &'t RefCell<Vec<Diagnostic>>,
}

impl<'t, 'a> Table<'t, 'a> {
    /// Begins to read `table`.
    pub fn new(file: &'t TomlText<'a>, table: &'t Spanned<DeTable<'a>>, out: &'t RefCell<Vec<Diagnostic>>) -> Self {
        Self { file, table: table.get_ref(), span: table.span(), known: RefCell::default(), out }
    }

    fn inner(&self, table: &'t DeTable<'a>, span: Range<usize>) -> Self {
        Self { file: self.file, table, span, known: RefCell::default(), out: self.out }
    }

    /// A table within this one that was found by other means.
    #[must_use]
    pub fn within(&self, table: &'t DeTable<'a>, span: Range<usize>) -> Self {
        self.inner(table, span)
    }

    /// The value under `key`, whatever it is.
    pub fn get(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'a>>> {
        self.known.borrow_mut().push(key);
        self.table.get(key)
    }

    /// The keys that are there, in order.
    pub fn keys(&self) -> impl Iterator<Item = (&'t str, Range<usize>)> {
        self.table.keys().map(|key| (key.get_ref().as_ref(), key.span()))
    }

    /// The place of a span in this file.
    pub fn place(&self, span: Range<usize>) -> Location {
        self.file.place(span)
    }

    /// Where this table stands.
    pub fn here(&self) -> Location {
        self.place(self.span.clone())
    }

    /// Reports a diagnostic.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.out.borrow_mut().push(diagnostic);
    }

    fn wrong(&self, key: &str, wanted: &str, span: Range<usize>) {
        self.report(Diagnostic::new("source.wrong-kind").arg("key", key).arg("wanted", wanted).at(self.place(span)));
    }

    fn value<T>(
        &self,
        key: &'static str,
        wanted: &str,
        read: impl Fn(&'t DeValue<'a>) -> Option<T>,
    ) -> Option<(T, Range<usize>)> {
        let value = self.get(key)?;
        let read = read(value.get_ref());
        if read.is_none() {
            self.wrong(key, wanted, value.span());
        }
        read.map(|read| (read, value.span()))
    }

    /// A text.
    pub fn text(&self, key: &'static str) -> Option<String> {
        self.value(key, "\"…\"", |v| v.as_str().map(ToOwned::to_owned)).map(|(text, _)| text)
    }

    /// A text and its place.
    pub fn placed_text(&self, key: &'static str) -> Option<(String, Location)> {
        self.value(key, "\"…\"", |v| v.as_str().map(ToOwned::to_owned)).map(|(text, span)| (text, self.place(span)))
    }

    /// A text that must be there.
    pub fn required_text(&self, key: &'static str) -> String {
        let value = self.text(key);
        if value.is_none() && !self.table.contains_key(key) {
            self.report(Diagnostic::new("source.missing-key").arg("key", key).at(self.here()));
        }
        value.unwrap_or_default()
    }

    /// A truth value.
    pub fn boolean(&self, key: &'static str) -> Option<bool> {
        self.value(key, "true, false", DeValue::as_bool).map(|(value, _)| value)
    }

    /// A whole number of at least 0.
    pub fn count(&self, key: &'static str) -> Option<usize> {
        self.value(key, "1, 2, 3 …", |v| v.as_integer().and_then(|number| number.as_str().parse().ok())).map(|(v, _)| v)
    }

    /// A list of texts; one text alone is a list of one.
    pub fn texts(&self, key: &'static str) -> Vec<(String, Location)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let one = |item: &'t Spanned<DeValue<'a>>| match item.get_ref().as_str() {
            Some(text) => Some((text.to_owned(), self.place(item.span()))),
            None => {
                self.wrong(key, "[\"…\"]", item.span());
                None
            }
        };
        match value.get_ref().as_array() {
            Some(array) => array.iter().filter_map(one).collect(),
            None => one(value).into_iter().collect(),
        }
    }

    /// A text in several languages: `key.et = "…"`, or one text for all under the empty tag.
    pub fn localized(&self, key: &'static str) -> BTreeMap<String, String> {
        let Some(value) = self.get(key) else { return BTreeMap::new() };
        match value.get_ref() {
            DeValue::String(text) => BTreeMap::from([(String::new(), text.to_string())]),
            DeValue::Table(table) => {
                let mut texts = BTreeMap::new();
                for (language, text) in table {
                    match text.get_ref().as_str() {
                        Some(text) => drop(texts.insert(language.get_ref().to_string(), text.to_owned())),
                        None => self.wrong(key, "\"…\"", text.span()),
                    }
                }
                texts
            }
            _ => {
                self.wrong(key, "\"…\"", value.span());
                BTreeMap::new()
            }
        }
    }

    /// A table within.
    pub fn table(&self, key: &'static str) -> Option<Self> {
        let value = self.get(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(self.inner(table, value.span())),
            None => {
                self.wrong(key, "[…]", value.span());
                None
            }
        }
    }

    /// All tables within, by the names that the file gives them.
    pub fn tables(&self) -> Vec<(&'t str, Self)> {
        self.table
            .iter()
            .filter_map(|(key, value)| {
                let name = key.get_ref().as_ref();
                let Some(table) = value.get_ref().as_table() else {
                    self.wrong(name, "[…]", value.span());
                    return None;
                };
                Some((name, self.inner(table, value.span())))
            })
            .collect()
    }

    /// A list of tables.
    pub fn list(&self, key: &'static str) -> Vec<Self> {
        self.get(key).map_or_else(Vec::new, |value| self.items(key, value))
    }

    /// The tables of a list under any key.
    pub fn items(&self, key: &str, value: &'t Spanned<DeValue<'a>>) -> Vec<Self> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, "[[…]]", value.span());
            return Vec::new();
        };
        array
            .iter()
            .filter_map(|item| match item.get_ref().as_table() {
                Some(table) => Some(self.inner(table, item.span())),
                None => {
                    self.wrong(key, "[[…]]", item.span());
                    None
                }
            })
            .collect()
    }

    /// All entries by name, for tables whose keys are free.
    pub fn entries(&self) -> impl Iterator<Item = (&'t str, &'t Spanned<DeValue<'a>>)> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self) {
        let known = self.known.borrow();
        for (key, span) in self.keys() {
            if !known.contains(&key) {
                let problem = Diagnostic::new("source.unknown-key").arg("key", key).at(self.place(span));
                self.report(problem.suggest(key, known.iter().copied()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_file_is_found_at_once() {
        let text = "nimi = 1\nlanguages = [\"et\", 2]\ntitel = \"x\"\n";
        let file = TomlText::whole("site.toml", text);
        let out = RefCell::default();
        let parsed = file.parse(&mut out.borrow_mut());
        let table = Table::new(&file, &parsed, &out);
        assert_eq!(table.required_text("name"), "");
        assert_eq!(table.texts("languages").len(), 1);
        assert_eq!(table.text("title"), None);
        table.finish();
        let found: Vec<_> =
            out.take().iter().map(|d| (d.code.clone(), d.location.as_ref().map_or(0, |l| l.line))).collect();
        let found: Vec<_> = found.iter().map(|(code, line)| (code.as_str(), *line)).collect();
        assert_eq!(
            found,
            [("source.missing-key", 1), ("source.wrong-kind", 2), ("source.unknown-key", 1), ("source.unknown-key", 3)]
        );
    }
}
