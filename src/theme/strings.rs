//! The words of the templates: `strings/<language>.toml`, with plural forms by CLDR's names.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use toml::de::DeValue;

use super::{Files, text};
use crate::{
    diagnostics::Diagnostic,
    language::{self, Lang},
    schema::{Table, TomlText},
};

/// CLDR's plural categories.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// All words by language and key.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    languages: BTreeMap<Lang, BTreeMap<String, Entry>>,
}

#[derive(Clone, Debug)]
enum Entry {
    Text(String),
    Plural(BTreeMap<String, String>),
}

impl Strings {
    /// Reads all `strings/*.toml`. A key that another language has and this one lacks is a warning.
    pub fn read(files: &Files, out: &mut Vec<Diagnostic>) -> Self {
        let mut strings = Self::default();
        for (path, file) in files.below("strings/") {
            let tag = path.trim_start_matches("strings/").trim_end_matches(".toml");
            let Some(lang) = Lang::parse(tag) else { continue };
            // A nearer file adds to a farther one and need not repeat it.
            let layers: Vec<_> = file.layers().collect();
            for layer in layers.into_iter().rev() {
                let Some((origin, text)) = text(layer, out) else { continue };
                let read = one_file(&TomlText::whole(origin.as_str(), &text), out);
                strings.languages.entry(lang).or_default().extend(read);
            }
        }
        strings.report_missing(out);
        strings
    }

    /// The text under `key`; with `count`, the right plural form of it. Nothing when no language of
    /// the fallback chain (the language, Estonian, English) has it.
    pub fn get(&self, lang: Lang, key: &str, count: Option<u64>) -> Option<&str> {
        [lang, Lang::ET, Lang::EN].into_iter().find_map(|lang| {
            let entry = self.languages.get(&lang)?.get(key)?;
            Some(match entry {
                Entry::Text(text) => text.as_str(),
                Entry::Plural(forms) => {
                    let category = language::plural(lang, count.unwrap_or(0));
                    forms.get(category).or_else(|| forms.get("other"))?.as_str()
                }
            })
        })
    }

    /// All keys, for "did you mean".
    pub fn keys(&self) -> BTreeSet<&str> {
        self.languages.values().flat_map(|entries| entries.keys().map(String::as_str)).collect()
    }

    fn report_missing(&self, out: &mut Vec<Diagnostic>) {
        for (lang, entries) in &self.languages {
            for key in self.keys() {
                if !entries.contains_key(key) {
                    out.push(Diagnostic::new("theme.string-missing").arg("key", key).arg("language", lang));
                }
            }
        }
    }
}

fn one_file(file: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> BTreeMap<String, Entry> {
    let parsed = file.parse(out);
    let found = RefCell::new(std::mem::take(out));
    let mut entries = BTreeMap::new();
    collect("", &Table::new(file, &parsed, &found), &mut entries);
    *out = found.into_inner();
    entries
}

/// A table whose keys are all plural categories is one string; any other is a group of strings.
fn collect(prefix: &str, table: &Table<'_, '_>, entries: &mut BTreeMap<String, Entry>) {
    for (key, value) in table.entries() {
        let name = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        match value.get_ref() {
            DeValue::String(text) => {
                entries.insert(name, Entry::Text(text.to_string()));
            }
            DeValue::Table(inner) if inner.keys().all(|key| CATEGORIES.contains(&key.get_ref().as_ref())) => {
                let forms = inner.iter().filter_map(|(category, form)| {
                    Some((category.get_ref().to_string(), form.get_ref().as_str()?.to_owned()))
                });
                entries.insert(name, Entry::Plural(forms.collect()));
            }
            DeValue::Table(inner) => collect(&name, &table.within(inner, value.span()), entries),
            _ => table.report(
                Diagnostic::new("source.wrong-kind")
                    .arg("key", name)
                    .arg("wanted", "\"…\"")
                    .at(table.place(value.span())),
            ),
        }
    }
}
