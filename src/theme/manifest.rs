//! `theme.toml`: the theme's name, version, what it needs, and the settings that a site may make.

use std::cell::RefCell;

use semver::{Version, VersionReq};

use super::{Files, text};
use crate::{
    diagnostics::Diagnostic,
    schema::{Fields, Schema, Table, TomlText},
};

/// What `theme.toml` says.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The theme's name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// The settings a site may make under `[settings]`, with their kinds.
    pub settings: Schema,
}

impl Manifest {
    /// Reads the manifest; a theme that asks for a newer program is refused.
    pub fn read(files: &Files, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let Some(file) = files.get("theme.toml") else {
            out.push(Diagnostic::new("theme.no-manifest"));
            return None;
        };
        let (origin, text) = text(file, out)?;
        let file = TomlText::whole(origin.as_str(), &text);
        let parsed = file.parse(out);
        let settings = Schema::parse(&file, &parsed, "setting", out);
        let found = RefCell::new(std::mem::take(out));
        let table = Table::new(&file, &parsed, &found);
        for other in ["setting", "tokens", "description", "license", "authors", "contract"] {
            table.get(other);
        }
        let name = table.required_text("name");
        let version = version(&table);
        let ours = requirement(&table).is_none_or(|needs| needs.matches(&this_version()));
        table.finish();
        *out = found.into_inner();
        ours.then_some(Self { name, version, settings })
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

fn version(table: &Table<'_, '_>) -> Version {
    let Some((text, place)) = table.placed_text("version") else { return Version::new(0, 0, 0) };
    Version::parse(&text).unwrap_or_else(|error| {
        table.report(Diagnostic::new("theme.version").arg("version", &text).arg("reason", error).at(place));
        Version::new(0, 0, 0)
    })
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
