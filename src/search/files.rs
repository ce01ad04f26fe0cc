//! The index's files: shards, blocks of pages, and what a search needs first.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use serde_json::{Map, Value as Json, json};

use crate::language::Collator;

use super::{
    estonian,
    index::{Forms, Index, Terms},
    postings,
    stem::stop_words,
};

/// A shard grows to about so many bytes.
const SHARD: usize = 20 * 1024;
/// So many pages are described in one block.
const BLOCK: usize = 32;
/// So many of the commonest stems can mend a misspelt word.
const COMMON: usize = 16_000;
/// From here days are counted.
const FIRST_DAY: Date = date(2000, 1, 1);

pub(super) struct Parts<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) terms: &'a Terms,
    pub(super) forms: Option<Forms>,
    pub(super) synonyms: BTreeMap<String, Vec<String>>,
    pub(super) best: Vec<(Vec<String>, usize)>,
}

pub(super) fn write(parts: &Parts<'_>) -> Vec<(String, Vec<u8>)> {
    let mut files = Files { folder: format!("search/{}", parts.index.lang), files: Vec::new() };
    let shards = shards(parts.terms, &mut files);
    let blocks = blocks(parts.index, &mut files);
    let words = files.add('w', "txt", common(parts.terms));
    let documents = &parts.index.documents;
    let mut index = Map::new();
    index.insert("pages".into(), json!(documents.len()));
    index.insert("block".into(), json!(BLOCK));
    index.insert("blocks".into(), json!(blocks));
    index.insert("shards".into(), json!(shards));
    index.insert("words".into(), json!(words));
    index.insert("types".into(), types(parts.index));
    index.insert("themes".into(), themes(parts.index));
    index.insert("dates".into(), json!(dates(parts.index)));
    index.insert("stop".into(), json!(stop_words(parts.index.lang)));
    index.insert("synonyms".into(), json!(parts.synonyms));
    index.insert("best".into(), json!(parts.best));
    if let Some(forms) = &parts.forms {
        index.insert("forms".into(), json!(forms));
    }
    if parts.index.lang.as_str() == "et" {
        index.insert("estonian".into(), serde_json::from_str(estonian::TABLE).unwrap_or_default());
    }
    let path = format!("{}/index.json", files.folder);
    files.files.push((path, Json::Object(index).to_string().into_bytes()));
    files.files
}

/// Files that are named by their content.
struct Files {
    folder: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Files {
    fn add(&mut self, letter: char, ending: &str, text: String) -> String {
        let hash = &blake3::hash(text.as_bytes()).to_hex()[..8];
        let name = format!("{letter}-{hash}.{ending}");
        self.files.push((format!("{}/{name}", self.folder), text.into_bytes()));
        name
    }
}

/// Lines of a stem, a tab and its pages; each shard's first stem and its name come back.
fn shards(terms: &Terms, files: &mut Files) -> Vec<(String, String)> {
    let mut names = Vec::new();
    let (mut text, mut first) = (String::new(), "");
    for (term, pages) in terms {
        if text.is_empty() {
            first = term;
            text.push('\n');
        }
        text.push_str(term);
        text.push('\t');
        postings::write(&mut text, pages);
        text.push('\n');
        if text.len() >= SHARD {
            names.push((first.to_owned(), files.add('t', "txt", std::mem::take(&mut text))));
        }
    }
    if !text.is_empty() {
        names.push((first.to_owned(), files.add('t', "txt", text)));
    }
    names
}

fn blocks(index: &Index<'_>, files: &mut Files) -> Vec<String> {
    let block = |documents: &[super::Document]| {
        let pages = documents.iter().map(|document| {
            json!([document.url, document.title, document.summary, document.date.map(|date| date.to_string())])
        });
        Json::from(pages.collect::<Vec<_>>()).to_string()
    };
    index.documents.chunks(BLOCK).map(|documents| files.add('d', "json", block(documents))).collect()
}

/// The commonest stems in order, each with a letter for how common it is.
fn common(terms: &Terms) -> String {
    let mut common: Vec<(&str, usize)> = terms
        .iter()
        .filter(|(term, _)| term.chars().count() >= 3 && !term.chars().any(|c| c.is_numeric()))
        .map(|(term, pages)| (term.as_str(), pages.len()))
        .collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    common.truncate(COMMON);
    common.sort_unstable();
    let mut text = String::new();
    for (term, count) in common {
        text.push_str(term);
        postings::number(&mut text, count.ilog2().min(31));
        text.push('\n');
    }
    text
}

/// Types as ranges of pages: name, words, first, and the one after the last.
fn types(index: &Index<'_>) -> Json {
    let mut from = 0;
    let runs = index.documents.chunk_by(|a, b| a.kind == b.kind).map(|run| {
        let first = from;
        from += run.len();
        json!([run[0].kind, (index.label)(&run[0].kind), first, from])
    });
    runs.collect()
}

/// Themes as lists of ranges of pages: words, then first and the one after the last, and so on.
fn themes(index: &Index<'_>) -> Json {
    let mut themes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut from = 0;
    for run in index.documents.chunk_by(|a, b| a.kind == b.kind && a.theme == b.theme) {
        let first = from;
        from += run.len();
        if let Some(theme) = &run[0].theme {
            themes.entry(theme).or_default().extend([first, from]);
        }
    }
    let mut themes: Vec<_> = themes.into_iter().collect();
    let order = Collator::new(index.lang);
    themes.sort_by(|a, b| order.compare(a.0, b.0));
    json!(themes)
}

/// The days of the pages, each as its distance from the one before: twice the distance, odd for later days.
fn dates(index: &Index<'_>) -> String {
    let mut text = String::new();
    let mut before = 0_i32;
    for document in &index.documents {
        let day = document.date.map_or(0, |date| (date - FIRST_DAY).get_days().max(0));
        let distance = before - day;
        let folded = if distance < 0 { distance.unsigned_abs() * 2 - 1 } else { distance.unsigned_abs() * 2 };
        postings::number(&mut text, folded);
        before = day;
    }
    text
}
