//! Markdown files become entries.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use rayon::prelude::*;
use toml::de::{DeTable, DeValue};

use super::{Entry, Hash, Name, Origin, Reading, names::Refused};
use crate::{
    diagnostics::{Diagnostic, Location},
    markdown,
    schema::{ContentType, Fields, TomlText},
    source::{SourceFile, split},
};

/// How much of a body a summary takes, in characters.
const SUMMARY: usize = 240;

/// Reads all pages, and names the files beside them.
pub(super) fn read(reading: &Reading<'_>, out: &mut Vec<Diagnostic>) -> (Vec<Arc<Entry>>, Vec<SourceFile>) {
    let (pages, resources): (Vec<_>, Vec<_>) =
        reading.folder.walk("content", out).into_iter().partition(|file| file.path.ends_with(".md"));
    let mut named = name_all(reading, pages, out);
    // The originals come first, so that a translation can take from them what it does not say itself.
    let default = reading.default_language();
    named.sort_by(|a, b| (a.0.lang != default, &a.0.id).cmp(&(b.0.lang != default, &b.0.id)));
    let split_at = named.partition_point(|(name, _)| name.lang == default);
    let translations = named.split_off(split_at);

    let kinds = section_kinds(&named, &translations);
    let context = Context { reading, kinds, originals: HashMap::new() };
    let mut entries = context.parse_all(named, out);
    let originals = entries.iter().enumerate().map(|(at, entry)| (entry.id.to_string(), at)).collect();
    let context = Context { originals, ..context };
    let translated = context.parse_translations(translations, &entries, out);
    entries.extend(translated);
    (entries, resources)
}

fn name_all(reading: &Reading<'_>, files: Vec<SourceFile>, out: &mut Vec<Diagnostic>) -> Vec<(Name, SourceFile)> {
    let mut seen: BTreeMap<(String, crate::language::Lang), std::sync::Arc<str>> = BTreeMap::new();
    let mut named = Vec::with_capacity(files.len());
    for file in files {
        let inner = file.path.strip_prefix("content/").unwrap_or(&file.path);
        let name = match Name::of(inner, reading.languages) {
            Ok(name) => name,
            Err(Refused::OtherLanguage(tag)) => {
                out.push(Diagnostic::new("content.other-language").arg("language", tag).at(Location::file(file.path)));
                continue;
            }
        };
        if let Some(other) = seen.insert((name.id.clone(), name.lang), file.path.clone()) {
            let problem = Diagnostic::new("content.twice").arg("other", &other).arg("language", name.lang);
            out.push(problem.at(Location::file(file.path)).related(Location::file(other)));
            continue;
        }
        named.push((name, file));
    }
    named
}

/// The types that sections give to the pages below them (`children_type`).
fn section_kinds(named: &[(Name, SourceFile)], translations: &[(Name, SourceFile)]) -> BTreeMap<String, String> {
    let mut kinds = BTreeMap::new();
    for (name, file) in translations.iter().chain(named).filter(|(name, _)| name.section) {
        let Ok(text) = file.text() else { continue };
        let Some(range) = split(&text).front_matter else { continue };
        let (table, _) = DeTable::parse_recoverable(&text[range]);
        if let Some(kind) = table.get_ref().get("children_type").and_then(|value| value.get_ref().as_str()) {
            kinds.insert(name.id.clone(), kind.to_owned());
        }
    }
    kinds
}

struct Context<'a> {
    reading: &'a Reading<'a>,
    kinds: BTreeMap<String, String>,
    originals: HashMap<String, usize>,
}

impl Context<'_> {
    fn parse_all(&self, named: Vec<(Name, SourceFile)>, out: &mut Vec<Diagnostic>) -> Vec<Arc<Entry>> {
        collect(named.into_par_iter().map(|(name, file)| self.parse(name, file, None)), out)
    }

    fn parse_translations(
        &self,
        named: Vec<(Name, SourceFile)>,
        originals: &[Arc<Entry>],
        out: &mut Vec<Diagnostic>,
    ) -> Vec<Arc<Entry>> {
        let parse = |(name, file): (Name, SourceFile)| {
            let original = self.originals.get(&name.id).map(|&at| &*originals[at]);
            self.parse(name, file, original)
        };
        collect(named.into_par_iter().map(parse), out)
    }

    fn parse(&self, name: Name, file: SourceFile, original: Option<&Entry>) -> (Option<Entry>, Vec<Diagnostic>) {
        let mut out = Vec::new();
        let entry = self.entry(name, file, original, &mut out);
        (entry, out)
    }

    fn entry(
        &self,
        name: Name,
        file: SourceFile,
        original: Option<&Entry>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Entry> {
        let text = file.text().map_err(|problem| out.push(problem)).ok()?;
        let parts = split(&text);
        if parts.unclosed {
            out.push(Diagnostic::new("content.front-matter-open").at(Location::in_text(
                file.path.clone(),
                &text,
                0..3,
            )));
            return None;
        }
        let Some(range) = parts.front_matter else {
            out.push(Diagnostic::new("content.no-front-matter").at(Location::in_text(file.path.clone(), &text, 0..0)));
            return None;
        };
        let toml = TomlText { path: file.path.clone(), text: &text, range: range.clone() };
        let before = out.len();
        let table = toml.parse(out);
        if out.len() > before {
            // What a broken table seems to lack is most often what could not be read.
            return None;
        }
        let body = &text[parts.body.clone()];
        let kind = self.kind(&name, table.get_ref(), original, &toml, out)?;
        let content_type = self.reading.types.at(kind);
        if original.is_some() && is_stub(content_type, table.get_ref(), body) {
            out.push(Diagnostic::new("content.stub").arg("language", name.lang).at(Location::file(file.path.clone())));
            return None;
        }
        let mut found = Vec::new();
        let mut fields = content_type.schema.read(table.get_ref(), &toml, &mut found);
        if let Some(original) = original {
            inherit(&mut fields, original, content_type, &mut found);
        }
        content_type.schema.fill_defaults(&mut fields);
        if !name.section {
            content_type.check_rules(&fields, &toml, table.get_ref(), &mut found);
        }
        out.append(&mut found);
        let own = content_type.summary.as_deref().and_then(|name| fields.text(name));
        let summary = fields.text("summary").or(own).map(ToOwned::to_owned);
        Some(Entry {
            id: name.id.into(),
            lang: name.lang,
            kind,
            section: name.section,
            summary: summary.unwrap_or_else(|| markdown::summary(body, SUMMARY)).into(),
            fingerprint: fields.fingerprint(),
            body_fingerprint: hash(body.as_bytes()),
            origin: Origin::Page { file, front_matter: range, body: parts.body },
            fields,
        })
    }

    /// The entry's type: what it says itself, or its original, or its section, or the folder it lies in;
    /// else a page.
    fn kind(
        &self,
        name: &Name,
        table: &DeTable<'_>,
        original: Option<&Entry>,
        toml: &TomlText<'_>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<usize> {
        let types = self.reading.types;
        if let Some(value) = table.get("type") {
            let named = value.get_ref().as_str()?;
            let found = types.find(named);
            if found.is_none() {
                let problem = Diagnostic::new("content.unknown-type").arg("type", named);
                out.push(problem.suggest(named, types.names()).at(toml.place(value.span())));
            }
            return found;
        }
        if let Some(original) = original {
            return Some(original.kind);
        }
        if name.section {
            return types.find("page");
        }
        let mut folder = name.id.as_str();
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if let Some(kind) = self.kinds.get(parent).and_then(|kind| types.find(kind)) {
                return Some(kind);
            }
            if let Some(kind) = types.by_folder(parent) {
                return Some(kind);
            }
            folder = parent;
        }
        self.kinds.get("").and_then(|kind| types.find(kind)).or_else(|| types.find("page"))
    }
}

fn collect(
    parsed: impl IndexedParallelIterator<Item = (Option<Entry>, Vec<Diagnostic>)>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Arc<Entry>> {
    let parsed: Vec<_> = parsed.collect();
    let mut entries = Vec::with_capacity(parsed.len());
    for (entry, mut found) in parsed {
        entries.extend(entry.map(Arc::new));
        out.append(&mut found);
    }
    entries
}

/// An editor that saves all languages at once leaves translations in which nothing is translated.
fn is_stub(content_type: &ContentType, table: &DeTable<'_>, body: &str) -> bool {
    let filled = |value: &DeValue<'_>| match value {
        DeValue::String(text) => !text.trim().is_empty(),
        DeValue::Array(array) => !array.is_empty(),
        DeValue::Table(inner) => !inner.is_empty(),
        _ => true,
    };
    let translatable = |name: &str| content_type.schema.field(name).is_some_and(|field| field.translatable);
    body.trim().is_empty()
        && !table.iter().any(|(key, value)| translatable(key.get_ref().as_ref()) && filled(value.get_ref()))
}

/// A translation takes from the original what does not depend on the language, unless it says it itself.
fn inherit(fields: &mut Fields, original: &Entry, content_type: &ContentType, found: &mut Vec<Diagnostic>) {
    /// These belong to one language version alone.
    const OWN: [&str; 5] = ["aliases", "legacy_ids", "updated", "draft", "type"];
    for field in content_type.schema.fields() {
        if field.translatable || OWN.contains(&field.name.as_ref()) || fields.get(&field.name).is_some() {
            continue;
        }
        if let Some(value) = original.fields.get(&field.name) {
            fields.insert(&field.name, value.clone());
            found.retain(|d| {
                !(d.code == "schema.required" && d.arguments.iter().any(|(_, name)| **name == *field.name))
            });
        }
    }
}

fn hash(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}
