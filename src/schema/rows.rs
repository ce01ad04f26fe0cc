//! Rows of data tables, in which a field may stand in several languages: `position.en` in TOML,
//! `position_en` in CSV.

use std::{borrow::Cow, ops::Range};

use toml::{
    Spanned,
    de::{DeArray, DeString, DeTable, DeValue},
};

use super::{Field, Fields, Kind, Schema, TomlText, read::Reader, typed::split};
use crate::{diagnostics::Diagnostic, language::Lang};

impl Schema {
    /// Reads a row of a table in every one of `languages`, the default first; the result has the row's
    /// fields in each language in the same order. What a row does not say in a language, it says in the
    /// default language, or in the one it has.
    ///
    /// As with [`Schema::read`], every problem is reported (once), and defaults are not filled in. A key
    /// that is no field, such as the row's id, is to be taken out before.
    pub fn read_row(
        &self,
        row: &DeTable<'_>,
        languages: &[Lang],
        toml: &TomlText<'_>,
        out: &mut Vec<Diagnostic>,
    ) -> Vec<Fields> {
        let mut tables: Vec<DeTable<'_>> = languages.iter().map(|_| DeTable::new()).collect();
        for (key, value) in row {
            self.sort_in(key, value, languages, toml, &mut tables, out);
        }
        let mut tables = tables.iter();
        let Some(first) = tables.next() else { return Vec::new() };
        let first = self.read(first, toml, out);
        let mut rows = vec![first.clone()];
        for table in tables {
            let mut fields = first.clone();
            for (name, value) in Reader::new(toml, out).fields(self.fields(), table, None).iter() {
                fields.insert(name, value.clone());
            }
            rows.push(fields);
        }
        rows
    }

    /// Puts one value of the row into the tables of the languages that it is for.
    fn sort_in<'a>(
        &self,
        key: &Spanned<DeString<'a>>,
        value: &Spanned<DeValue<'a>>,
        languages: &[Lang],
        toml: &TomlText<'_>,
        tables: &mut [DeTable<'a>],
        out: &mut Vec<Diagnostic>,
    ) {
        let name: &str = key.get_ref();
        if let Some((field, at)) = self.suffixed(name, languages) {
            put(tables, at, &Spanned::new(key.span(), Cow::Owned(field.name.to_string())), value);
            return;
        }
        let translated = self.field(name).filter(|field| field.translatable && !field.kind.is_table());
        match (translated, value.get_ref()) {
            (Some(field), DeValue::Table(texts)) => {
                for (tag, text) in texts {
                    let tag_name: &str = tag.get_ref();
                    match languages.iter().position(|lang| lang.as_str() == tag_name) {
                        Some(at) => put(tables, at, key, text),
                        None => out.push(
                            Diagnostic::new("schema.unknown-language")
                                .arg("field", &field.name)
                                .arg("language", tag_name)
                                .suggest(tag_name, languages.iter().map(Lang::as_str))
                                .at(toml.place(tag.span())),
                        ),
                    }
                }
            }
            _ => put(tables, 0, key, value),
        }
    }

    /// The translatable field and the language of a name such as `position_en`.
    fn suffixed(&self, name: &str, languages: &[Lang]) -> Option<(&Field, usize)> {
        if self.field(name).is_some() {
            return None;
        }
        let (base, tag) = name.rsplit_once('_')?;
        let at = languages.iter().position(|lang| lang.as_str() == tag)?;
        self.field(base).filter(|field| field.translatable).map(|field| (field, at))
    }

    /// The cells of a CSV row (column, text, place in the file) as a table that [`Schema::read_row`]
    /// takes: empty cells are left out, lists are split at `;`, a column `image.alt` is the part `alt` of
    /// `image`.
    #[must_use]
    pub fn csv_row<'a>(&self, cells: impl IntoIterator<Item = (&'a str, &'a str, Range<usize>)>) -> DeTable<'a> {
        let mut row = DeTable::new();
        for (column, cell, span) in cells {
            let (column, cell) = (column.trim(), cell.trim());
            if column.is_empty() || cell.is_empty() {
                continue;
            }
            let (name, part) = column.split_once('.').map_or((column, None), |(name, part)| (name, Some(part)));
            let text = |text: &'a str| Spanned::new(span.clone(), DeValue::String(Cow::Borrowed(text)));
            let base = self.field(name).or_else(|| name.rsplit_once('_').and_then(|(base, _)| self.field(base)));
            let is_list = base.is_some_and(|field| matches!(field.kind, Kind::List | Kind::Choices));
            let value = match part {
                None if is_list => {
                    let mut items = DeArray::new();
                    split(cell).for_each(|item| items.push(text(item)));
                    Spanned::new(span.clone(), DeValue::Array(items))
                }
                _ => text(cell),
            };
            match part {
                None => drop(row.insert(keyed(name, &span), value)),
                Some(part) => put_part(&mut row, name, part, value, &span),
            }
        }
        row
    }
}

/// Puts a value into the table of the language `at`; the default language takes any until it has its own.
fn put<'a>(tables: &mut [DeTable<'a>], at: usize, key: &Spanned<DeString<'a>>, value: &Spanned<DeValue<'a>>) {
    let name: &str = key.get_ref();
    if let Some(first) = tables.first_mut().filter(|first| at == 0 || !first.contains_key(name)) {
        first.insert(key.clone(), value.clone());
    }
    if at > 0
        && let Some(own) = tables.get_mut(at)
    {
        own.insert(key.clone(), value.clone());
    }
}

fn put_part<'a>(row: &mut DeTable<'a>, name: &'a str, part: &'a str, value: Spanned<DeValue<'a>>, span: &Range<usize>) {
    if let Some(group) = row.get_mut(name) {
        if let DeValue::Table(group) = group.get_mut() {
            group.insert(keyed(part, span), value);
        }
        return;
    }
    let mut group = DeTable::new();
    group.insert(keyed(part, span), value);
    row.insert(keyed(name, span), Spanned::new(span.clone(), DeValue::Table(group)));
}

fn keyed<'a>(name: &'a str, span: &Range<usize>) -> Spanned<DeString<'a>> {
    Spanned::new(span.clone(), Cow::Borrowed(name))
}
