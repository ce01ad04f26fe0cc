//! Markdown files become entries.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use rayon::prelude::*;
use toml::de::{DeTable, DeValue};

use super::{
    Entry, Name, Origin, Reading,
    memory::{Files, Page},
    names::Refused,
};
use crate::{
    diagnostics::{Diagnostic, Location},
    fingerprint::fingerprint,
    markdown,
    schema::{ContentType, Fields, TomlText, leave_out_echoes},
    source::{SourceFile, split},
};

/// How much of a body a summary takes, in characters.
const SUMMARY: usize = 240;

/// Names all files below `content/`.
pub(super) fn list(reading: &Reading<'_>) -> Files {
    let mut diagnostics = Vec::new();
    let out = &mut diagnostics;
    let (pages, resources): (Vec<_>, Vec<_>) =
        reading.folder.walk("content", out).into_iter().partition(|file| file.path.ends_with(".md"));
    let mut pages = name_all(reading, pages, out);
    // The originals come first, so that a translation can take from them what it does not say itself.
    let default = reading.default_language();
    pages.sort_by(|a, b| (a.0.lang != default, &a.0.id).cmp(&(b.0.lang != default, &b.0.id)));
    let originals = pages.partition_point(|(name, _)| name.lang == default);
    let places = pages.iter().enumerate().map(|(at, (_, file))| (file.path.clone(), at)).collect();
    Files { pages, originals, resources, diagnostics, places }
}

/// Reads all pages, originals before translations; what is known of one is taken as it is.
pub(super) fn read<'a>(
    reading: &Reading<'_>,
    kinds: &BTreeMap<String, String>,
    files: &Files,
    known: impl Fn(&Arc<str>) -> Option<&'a Page> + Sync,
) -> Vec<Page> {
    let (originals, translations) = files.pages.split_at(files.originals);
    let read = |name: &Name, file: &SourceFile, original: Option<&Arc<Entry>>| {
        let known = known(&file.path).filter(|page| page.translates(original));
        known.cloned().unwrap_or_else(|| page(reading, kinds, name, file, original))
    };
    let mut pages: Vec<Page> =
        originals.par_iter().with_min_len(16).map(|(name, file)| read(name, file, None)).collect();
    let originals: HashMap<Arc<str>, Arc<Entry>> =
        pages.iter().filter_map(|page| page.entry.clone()).map(|entry| (entry.id.clone(), entry)).collect();
    let translate = |(name, file): &(Arc<Name>, SourceFile)| read(name, file, originals.get(&*name.id));
    pages.par_extend(translations.par_iter().with_min_len(16).map(translate));
    pages
}

fn name_all(reading: &Reading<'_>, files: Vec<SourceFile>, out: &mut Vec<Diagnostic>) -> Vec<(Arc<Name>, SourceFile)> {
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
        named.push((Arc::new(name), file));
    }
    named
}

/// The types that sections give to the pages below them (`children_type`).
pub(super) fn section_kinds<'a>(
    files: &Files,
    known: impl Fn(&Arc<str>) -> Option<&'a Page>,
) -> BTreeMap<String, String> {
    let (originals, translations) = files.pages.split_at(files.originals);
    let mut kinds = BTreeMap::new();
    for (name, file) in translations.iter().chain(originals).filter(|(name, _)| name.section) {
        let kind = match known(&file.path) {
            Some(page) => page.children_type.clone(),
            None => file.text().ok().and_then(|text| children_type(&text)),
        };
        kinds.extend(kind.map(|kind| (name.id.clone(), kind.into())));
    }
    kinds
}

fn children_type(text: &str) -> Option<Box<str>> {
    let range = split(text).front_matter?;
    let (table, _) = DeTable::parse_recoverable(&text[range]);
    table.get_ref().get("children_type").and_then(|value| value.get_ref().as_str()).map(Into::into)
}

/// Reads a page; of a translation, with the entry it was translated from.
pub(super) fn page(
    reading: &Reading<'_>,
    kinds: &BTreeMap<String, String>,
    name: &Name,
    file: &SourceFile,
    original: Option<&Arc<Entry>>,
) -> Page {
    let mut out = Vec::new();
    let text = file.text().map_err(|problem| out.push(problem)).ok();
    let context = Context { reading, kinds };
    let entry =
        text.as_ref().and_then(|text| context.entry(name, file, text, original.map(|entry| &**entry), &mut out));
    Page {
        head: text.as_ref().map_or(0, |text| fingerprint(&text.as_bytes()[..split(text).body.start])),
        children_type: text.filter(|_| name.section).and_then(|text| children_type(&text)),
        entry: entry.map(Arc::new),
        diagnostics: out.into(),
        original: original.cloned(),
    }
}

struct Context<'a> {
    reading: &'a Reading<'a>,
    kinds: &'a BTreeMap<String, String>,
}

impl Context<'_> {
    fn entry(
        &self,
        name: &Name,
        file: &SourceFile,
        text: &str,
        original: Option<&Entry>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Entry> {
        let parts = split(text);
        if parts.unclosed {
            out.push(Diagnostic::new("content.front-matter-open").at(Location::in_text(file.path.clone(), text, 0..3)));
            return None;
        }
        let Some(range) = parts.front_matter else {
            out.push(Diagnostic::new("content.no-front-matter").at(Location::in_text(file.path.clone(), text, 0..0)));
            return None;
        };
        let toml = TomlText { path: file.path.clone(), text, range: range.clone() };
        let before = out.len();
        let table = toml.parse(out);
        if out.len() > before {
            let (broken, table) = (out.split_off(before), table.get_ref());
            let beside = self.beside(name, table, original, &toml, &broken);
            out.extend(broken.into_iter().chain(beside));
            return None;
        }
        let body = &text[parts.body.clone()];
        let kind = self.kind(name, table.get_ref(), original, &toml, out)?;
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
        // A section is a page like any other of its type if it names one; else it only lists what it holds.
        if !name.section || table.get_ref().get("type").is_some() {
            content_type.check_rules(&fields, &toml, table.get_ref(), &mut found);
        }
        out.append(&mut found);
        let own = content_type.summary.as_deref().and_then(|name| fields.text(name));
        let summary = fields.text("summary").or(own).map(ToOwned::to_owned);
        Some(Entry {
            id: name.id.as_str().into(),
            lang: name.lang,
            kind,
            section: name.section,
            summary: summary.unwrap_or_else(|| markdown::summary(body, SUMMARY)).into(),
            fingerprint: fields.fingerprint(),
            text_fingerprint: fingerprint(text.as_bytes()),
            origin: Origin::Page { file: file.clone(), front_matter: range, body: parts.body },
            fields,
        })
    }

    /// What else is wrong with a table that is `broken` in some lines: told at once, so that nobody who mends the one
    /// meets the other at the next build.
    fn beside(
        &self,
        name: &Name,
        table: &DeTable<'_>,
        original: Option<&Entry>,
        toml: &TomlText<'_>,
        broken: &[Diagnostic],
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if let Some(kind) = self.kind(name, table, original, toml, &mut found) {
            self.reading.types.at(kind).schema.read(table, toml, &mut found);
        }
        leave_out_echoes(broken, &mut found);
        found
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
