//! A theme: its content types, templates, styles, scripts, strings and icons, and the site's own files
//! in their place.
//!
//! The shared theme is part of the program. A site may name another folder; a theme may extend another;
//! any file below the site's `theme/` wins over the theme's file of the same path.

mod files;
mod manifest;
mod overrides;
mod palette;
mod strings;
mod tokens;

pub use files::{File, Files};
pub use manifest::{Manifest, Pair};
pub use overrides::{Block, RECORD, blocks, recorded};
pub use palette::{Colour, Palette};
pub use strings::Strings;
pub use tokens::{Scheme, Token, Tokens};

use crate::{
    diagnostics::{Diagnostic, Location},
    schema::{ContentType, TomlText, Types},
    source::Folder,
};

/// A theme as a site uses it.
#[derive(Clone, Debug)]
pub struct Theme {
    /// What `theme.toml` says.
    pub manifest: Manifest,
    /// Every file, the site's own before the theme's.
    pub files: Files,
    /// The content types, the site's own among them.
    pub types: Types,
    /// The words of the templates in each language.
    pub strings: Strings,
}

impl Theme {
    /// Loads the theme `name` (one that is part of the program, or a folder, counted from the site)
    /// with the overrides of `site`.
    pub fn load(name: &str, site: Option<&Folder>, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let files = Files::load(name, site, out)?;
        let manifest = Manifest::read(&files, out)?;
        let types = types(&files, out);
        let strings = Strings::read(&files, out);
        overrides::check(&files, &manifest, &types, out);
        Some(Self { manifest, files, types, strings })
    }

    /// The names of the themes that are part of the program.
    pub fn embedded_names() -> Vec<String> {
        files::names()
    }

    /// The templates and components as Tera names them: the site's own `page.html`, `components/card.html`;
    /// a theme's under its name (`omavalitsus/page.html`), so that an override can extend what it overrides.
    pub fn templates(&self) -> Vec<Template<'_>> {
        let mut templates = Vec::new();
        for (path, file) in self.files.below("templates/").chain(self.files.below("components/")) {
            let name = path.strip_prefix("templates/").unwrap_or(path);
            if !has_extension(name, "html") && !has_extension(name, "xml") && !has_extension(name, "txt") {
                continue;
            }
            let layers: Vec<&File> = file.layers().collect();
            for layer in layers.into_iter().rev() {
                let name = layer.theme.as_ref().map_or_else(|| name.to_owned(), |theme| format!("{theme}/{name}"));
                templates.push(Template { name, file: layer });
            }
        }
        templates
    }

    /// The prefixes under which Tera looks for templates that the site does not override, the nearest first.
    pub fn template_prefixes(&self) -> Vec<String> {
        self.files.chain().iter().map(|theme| format!("{theme}/")).collect()
    }
}

/// A template's name and its file.
#[derive(Debug)]
pub struct Template<'a> {
    /// The name by which templates call it.
    pub name: String,
    /// Its file.
    pub file: &'a File,
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == extension)
}

fn types(files: &Files, out: &mut Vec<Diagnostic>) -> Types {
    let common = files.get("types/_common.toml").and_then(|file| text(file, out));
    if let Some((path, text)) = &common {
        ContentType::check_common(&TomlText::whole(path.as_str(), text), out);
    }
    let mut types = Vec::new();
    for (path, file) in files.below("types/") {
        if path.ends_with("/_common.toml") || !has_extension(path, "toml") {
            continue;
        }
        let Some(own) = text(file, out) else { continue };
        let common = common.as_ref().map(|(path, text)| TomlText::whole(path.as_str(), text));
        types.extend(ContentType::parse(&TomlText::whole(own.0.as_str(), &own.1), common.as_ref(), out));
    }
    let types = Types::new(types);
    types.check(out);
    types
}

/// A file's text with the path to name in diagnostics.
fn text(file: &File, out: &mut Vec<Diagnostic>) -> Option<(String, String)> {
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => Some((file.origin.clone(), text.trim_start_matches('\u{feff}').to_owned())),
        Err(_) => {
            out.push(Diagnostic::new("source.not-utf8").at(Location::file(file.origin.as_str())));
            None
        }
    }
}
