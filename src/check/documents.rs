//! What a PDF or DOCX file says of itself, and whether everybody can read it.
//!
//! Files are hostile until proven otherwise: nothing is unpacked beyond a limit, and a parser that gives up is a
//! finding, not an end. What was read is kept by the file's hash, so that a document is read once in its life.

mod content;

use std::io::{Cursor, Read as _};

use lopdf::{Dictionary, Document, LoadOptions, Object};
use quick_xml::{Reader, events::Event};

use crate::diagnostics::{Diagnostic, Location};

/// Larger files are not read; their size alone is a finding.
pub const LARGEST: u64 = 64 * 1024 * 1024;
/// How much of one stream or part is unpacked, in bytes.
const UNPACKED: usize = 48 * 1024 * 1024;
/// How much text is looked through, in bytes.
const MOST_TEXT: usize = 4 * 1024 * 1024;
/// How many pages' text is read.
const MOST_PAGES: usize = 400;
/// A document with more pages needs bookmarks.
const LONG: usize = 20;

/// What was found in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// It is a PDF; else a DOCX.
    pub pdf: bool,
    /// Why it could not be read.
    pub damaged: Option<String>,
    /// It wants a password.
    pub locked: bool,
    /// How many pages a PDF has.
    pub pages: usize,
    /// It is tagged.
    pub tagged: bool,
    /// Its language is named.
    pub language: bool,
    /// Its title.
    pub title: String,
    /// It has bookmarks.
    pub bookmarks: bool,
    /// It has fields to be filled in.
    pub fields: bool,
    /// How many headings a DOCX has.
    pub headings: usize,
    /// How many of its pictures lack an alternative text.
    pub silent_pictures: usize,
    /// Its text.
    pub text: String,
}

/// Whether a file of this name is a document that can be looked into.
#[must_use]
pub fn is_document(path: &str) -> bool {
    let path = path.to_lowercase();
    path.ends_with(".pdf") || path.ends_with(".docx")
}

/// Looks into a document. Whatever the bytes are, something comes of them.
#[must_use]
pub fn read(path: &str, bytes: &[u8]) -> Facts {
    let pdf = path.to_lowercase().ends_with(".pdf");
    // The parsers are other people's code on other people's files: should one of them panic, it is the file that
    // is damaged.
    let facts = std::panic::catch_unwind(|| if pdf { read_pdf(bytes) } else { read_docx(bytes) });
    let mut facts = facts.unwrap_or_else(|_| Facts { damaged: Some("?".to_owned()), ..Facts::default() });
    facts.pdf = pdf;
    let end = facts.text.floor_char_boundary(MOST_TEXT);
    facts.text.truncate(end);
    facts
}

fn read_pdf(bytes: &[u8]) -> Facts {
    let document = match Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(UNPACKED)) {
        Ok(document) => document,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => {
            return Facts { locked: true, ..Facts::default() };
        }
        Err(error) => return Facts { damaged: Some(error.to_string()), ..Facts::default() },
    };
    if document.is_encrypted() && !document.was_encrypted() {
        return Facts { locked: true, ..Facts::default() };
    }
    let Ok(catalog) = document.catalog() else {
        return Facts { damaged: Some("catalog".to_owned()), ..Facts::default() };
    };
    let inner = |key: &[u8]| document.get_dict_in_dict(catalog, key).ok();
    let marked = inner(b"MarkInfo").and_then(|info| info.get(b"Marked").ok()).and_then(|marked| marked.as_bool().ok());
    let info = document.get_dict_in_dict(&document.trailer, b"Info").ok();
    let pages = document.get_pages();
    let mut text = String::new();
    let mut reader = content::Pages::of(&document, UNPACKED);
    for &page in pages.values().take(MOST_PAGES) {
        text.push_str(&reader.text(page));
        if text.len() > MOST_TEXT {
            break;
        }
    }
    Facts {
        pages: pages.len(),
        tagged: marked == Some(true) && catalog.has(b"StructTreeRoot"),
        language: catalog.get(b"Lang").and_then(Object::as_str).is_ok_and(|lang| !lang.is_empty()),
        title: info.and_then(title).or_else(|| xmp_title(&document, catalog)).unwrap_or_default(),
        bookmarks: inner(b"Outlines").is_some_and(|outlines| outlines.has(b"First")),
        fields: inner(b"AcroForm")
            .is_some_and(|form| form.get(b"Fields").and_then(Object::as_array).is_ok_and(|fields| !fields.is_empty())),
        text,
        ..Facts::default()
    }
}

fn title(info: &Dictionary) -> Option<String> {
    let text = lopdf::decode_text_string(info.get(b"Title").ok()?).ok()?;
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// The title in the XMP metadata, where newer files have it.
fn xmp_title(document: &Document, catalog: &Dictionary) -> Option<String> {
    let (_, object) = document.dereference(catalog.get(b"Metadata").ok()?).ok()?;
    let stream = object.as_stream().ok()?;
    let bytes = stream.decompressed_content_with_limit(1024 * 1024).unwrap_or_else(|_| stream.content.clone());
    let xml = String::from_utf8_lossy(&bytes);
    let inside = xml.split_once("<dc:title>")?.1.split_once("</dc:title>")?.0;
    let text = inside.split_once("<rdf:li")?.1.split_once('>')?.1.split_once('<')?.0.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn read_docx(bytes: &[u8]) -> Facts {
    let damaged = |reason: String| Facts { damaged: Some(reason), ..Facts::default() };
    // A Word file with a password is no ZIP but an OLE container.
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Facts { locked: true, ..Facts::default() };
    }
    let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return damaged(error.to_string()),
    };
    let mut part = |name: &str| -> Result<String, String> {
        let file = archive.by_name(name).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        // What the archive says of its sizes is not believed.
        file.take(UNPACKED as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() > UNPACKED {
            return Err(format!("{name} > {} MB", UNPACKED / (1024 * 1024)));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let body = match part("word/document.xml") {
        Ok(body) => body,
        Err(reason) => return damaged(reason),
    };
    let styles = part("word/styles.xml").unwrap_or_default();
    let core = part("docProps/core.xml").unwrap_or_default();
    let mut facts = Facts { tagged: true, bookmarks: true, ..Facts::default() };
    facts.language = styles.contains("<w:lang ") || body.contains("<w:lang ");
    facts.title = between(&core, "<dc:title>", "</dc:title>").trim().to_owned();
    if let Err(reason) = read_word(&body, &heading_styles(&styles), &mut facts) {
        return damaged(reason);
    }
    facts
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> &'t str {
    text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(inside, _)| inside)
}

/// The ids of the styles that are headings: Word names them in English in every language.
fn heading_styles(styles: &str) -> Vec<String> {
    let headings = styles.split("<w:style ").skip(1).filter(|style| {
        let name = between(style, "<w:name w:val=\"", "\"").to_lowercase();
        name.starts_with("heading ") || name == "title"
    });
    headings.map(|style| between(style, "w:styleId=\"", "\"").to_owned()).filter(|id| !id.is_empty()).collect()
}

fn read_word(body: &str, headings: &[String], facts: &mut Facts) -> Result<(), String> {
    let mut reader = Reader::from_str(body);
    let mut in_text = false;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(()),
            Event::Start(tag) | Event::Empty(tag) => {
                let value = |name: &str| {
                    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
                    found.map(|attribute| attribute.value.into_owned())
                };
                match tag.name().as_ref() {
                    "w:t" => in_text = true,
                    "w:ta" => facts.text.push(' '),
                    "w:br" => facts.text.push('\n'),
                    "w:pStyle" => {
                        let style = value("w:val").unwrap_or_default();
                        facts.headings += usize::from(headings.contains(&style) || style.starts_with("Heading"));
                    }
                    "wp:docPr" => {
                        let told = value("descr").is_some_and(|text| !text.trim().is_empty());
                        facts.silent_pictures += usize::from(!told);
                    }
                    // The picture before it only decorates.
                    "adec:decorative" if value("val").as_deref() == Some("1") => {
                        facts.silent_pictures = facts.silent_pictures.saturating_sub(1);
                    }
                    _ => {}
                }
            }
            Event::Text(text) if in_text && facts.text.len() < MOST_TEXT => {
                facts.text.push_str(&text);
            }
            Event::End(tag) => match tag.name().as_ref() {
                "w:t" => in_text = false,
                "w:p" => facts.text.push('\n'),
                _ => {}
            },
            _ => {}
        }
    }
}

/// What is wrong with a document as such.
pub(super) fn check(path: &str, facts: &Facts, out: &mut Vec<Diagnostic>) {
    let mut report = |finding: Diagnostic| out.push(finding.at(Location::file(path)));
    if let Some(reason) = &facts.damaged {
        report(Diagnostic::new("documents.damaged").arg("reason", reason));
        return;
    }
    if facts.locked {
        report(Diagnostic::new("documents.locked"));
        return;
    }
    let words = facts.text.split_whitespace().count();
    if facts.pdf && facts.pages > 0 && words < facts.pages * 5 {
        // Nothing else can be said of a picture of a page.
        report(Diagnostic::new("documents.no-text").arg("pages", facts.pages));
        return;
    }
    if !facts.tagged {
        report(Diagnostic::new("documents.untagged"));
    }
    if !facts.language {
        report(Diagnostic::new("documents.no-language"));
    }
    if facts.title.is_empty() {
        report(Diagnostic::new("documents.no-title"));
    }
    if facts.pdf && facts.pages > LONG && !facts.bookmarks {
        report(Diagnostic::new("documents.no-bookmarks").arg("pages", facts.pages));
    }
    if !facts.pdf && facts.headings == 0 && words > 400 {
        report(Diagnostic::new("documents.no-headings"));
    }
    if facts.fields {
        report(Diagnostic::new("documents.form-instead"));
    } else if !facts.pdf && (30..400).contains(&words) {
        report(Diagnostic::new("documents.page-instead").arg("words", words));
    }
    if facts.silent_pictures > 0 {
        report(Diagnostic::new("documents.picture-alt").arg("count", facts.silent_pictures));
    }
}

/// Whether the document's name or beginning says that it is minutes or a list.
pub(super) fn is_minutes(path: &str, text: &str) -> bool {
    const WORDS: &[&str] = &["protokoll", "nimekiri", "nimistu", "osalejad", "minutes", "участник", "протокол"];
    let start = &text[..text.floor_char_boundary(400)];
    let (path, start) = (path.to_lowercase(), start.to_lowercase());
    WORDS.iter().any(|word| path.contains(word) || start.contains(word))
}
