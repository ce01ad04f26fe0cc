//! `theme.toml`: the theme's name, version, what it needs, the settings that a site may make, and what
//! it promises to those who build on it.

use std::cell::RefCell;

use semver::{Version, VersionReq};

use super::{File, Files, text};
use crate::{
    diagnostics::Diagnostic,
    schema::{Field, Fields, Schema, Table, TomlText},
};

/// What the `theme.toml` of a theme and of those it extends say together.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// The theme's name.
    pub name: String,
    /// Its version.
    pub version: Option<Version>,
    /// What it is for, in the language of messages.
    pub description: crate::schema::Localized,
    /// The settings a site may make under `[settings]`, with their kinds.
    pub settings: Schema,
    /// Tokens that a theme above the first, or the site, sets anew: name and CSS value.
    pub tokens: Vec<(String, String)>,
    /// The blocks that stay until the next major version.
    pub blocks: Vec<String>,
    /// The tokens that stay until the next major version.
    pub kept_tokens: Vec<String>,
    /// Colours that stand on each other.
    pub pairs: Vec<Pair>,
}

/// A colour that is read on others.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The token of the text or control.
    pub text: String,
    /// The tokens that it stands on.
    pub on: Vec<String>,
    /// The contrast that it needs (WCAG 2.2, 1.4.3, 1.4.6, 1.4.11).
    pub least: f64,
}

impl Manifest {
    /// Reads the manifests; a theme that asks for a newer program is refused.
    pub fn read(files: &Files, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let Some(file) = files.get("theme.toml") else {
            out.push(Diagnostic::new("theme.no-manifest"));
            return None;
        };
        let mut manifest = Self::default();
        let layers: Vec<&File> = file.layers().collect();
        let mut ours = true;
        for layer in layers.into_iter().rev() {
            ours &= manifest.add(layer, out)?;
        }
        ours.then_some(manifest)
    }

    /// Adds what one `theme.toml` says; false when it needs a newer program.
    fn add(&mut self, layer: &File, out: &mut Vec<Diagnostic>) -> Option<bool> {
        let (origin, text) = text(layer, out)?;
        let file = TomlText::whole(origin.as_str(), &text);
        let parsed = file.parse(out);
        let settings = Schema::parse(&file, &parsed, "setting", out);
        let mut fields: Vec<Field> = self.settings.fields().to_vec();
        fields.retain(|field| !settings.fields().iter().any(|newer| newer.name == field.name));
        fields.extend(settings.fields().iter().cloned());
        self.settings = Schema::new(fields);
        let found = RefCell::new(std::mem::take(out));
        let table = Table::new(&file, &parsed, &found);
        for other in ["setting", "license", "authors", "extends"] {
            table.get(other);
        }
        // The site's own file is no theme: it has neither name nor version.
        if layer.theme.is_some() {
            self.name = table.required_text("name");
            self.version = version(&table);
            self.description = table.localized("description").into();
        }
        let ours = requirement(&table).is_none_or(|needs| needs.matches(&this_version()));
        self.tokens(&table);
        if let Some(contract) = table.table("contract") {
            self.blocks.extend(contract.texts("blocks").into_iter().map(|(name, _)| name));
            self.kept_tokens.extend(contract.texts("tokens").into_iter().map(|(name, _)| name));
            contract.finish();
        }
        for pair in table.list("pair") {
            let on = pair.texts("on").into_iter().map(|(name, _)| name).collect();
            let least = pair.text("least").and_then(|text| text.parse().ok()).unwrap_or(4.5);
            self.pairs.push(Pair { text: pair.required_text("text"), on, least });
            pair.finish();
        }
        table.finish();
        *out = found.into_inner();
        Some(ours)
    }

    /// `[tokens]`: only what the themes below keep, and nothing that ends a declaration.
    fn tokens(&mut self, table: &Table<'_, '_>) {
        let Some(tokens) = table.table("tokens") else { return };
        for (name, value) in tokens.entries() {
            let place = tokens.place(value.span());
            if !self.kept_tokens.iter().any(|known| known == name) {
                let problem = Diagnostic::new("theme.unknown-token").arg("token", name).at(place);
                tokens.report(problem.suggest(name, self.kept_tokens.iter().map(String::as_str)));
                continue;
            }
            match value.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() && !text.contains([';', '{', '}', '<', '\\']) => {
                    self.tokens.retain(|(known, _)| known != name);
                    self.tokens.push((name.to_owned(), text.trim().to_owned()));
                }
                _ => tokens.report(Diagnostic::new("theme.token-value").arg("token", name).at(place)),
            }
        }
    }

    /// Reads the `[settings]` of a `site.toml`.
    pub fn read_settings(&self, file: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Fields {
        // Syntax errors of the file were reported when the rest of it was read.
        let parsed = file.parse(&mut Vec::new());
        let empty = toml::de::DeTable::new();
        let table = parsed.get_ref().get("settings").and_then(|value| value.get_ref().as_table());
        let mut settings = self.settings.read(table.unwrap_or(&empty), file, out);
        self.settings.fill_defaults(&mut settings);
        settings
    }
}

fn this_version() -> Version {
    Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or_else(|_| Version::new(0, 0, 0))
}

fn version(table: &Table<'_, '_>) -> Option<Version> {
    let (text, place) = table.placed_text("version")?;
    let version = Version::parse(&text);
    if let Err(error) = &version {
        table.report(Diagnostic::new("theme.version").arg("version", &text).arg("reason", error).at(place));
    }
    version.ok()
}

fn requirement(table: &Table<'_, '_>) -> Option<VersionReq> {
    let (text, place) = table.placed_text("requires")?;
    match VersionReq::parse(&text) {
        Ok(needs) => {
            if !needs.matches(&this_version()) {
                let problem = Diagnostic::new("theme.too-new").arg("needs", &text).arg("have", this_version());
                table.report(problem.at(place));
            }
            Some(needs)
        }
        Err(error) => {
            table.report(Diagnostic::new("theme.version").arg("version", &text).arg("reason", error).at(place));
            None
        }
    }
}
