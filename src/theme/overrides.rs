//! What stands in for a theme's files: whether it still fits what it replaces.

use std::{collections::BTreeSet, sync::Arc};

use super::{File, Files, Manifest, Theme, has_extension};
use crate::{
    diagnostics::{Diagnostic, Location, nearest},
    schema::Types,
};

/// The file in which overrides record the hashes of what they stand in for.
pub const RECORD: &str = "overrides.toml";

/// The folders that a theme has; other files lie beside `theme.toml`.
const FOLDERS: [&str; 9] =
    ["types", "templates", "components", "styles", "scripts", "strings", "icons", "images", "fonts"];

/// Reports overrides that match nothing, that were made of an older file, or that fill no block.
pub(super) fn check(files: &Files, manifest: &Manifest, types: &Types, out: &mut Vec<Diagnostic>) {
    for (path, file) in files.below("") {
        // The farthest theme replaces nothing; all nearer files may.
        let own = file.theme.as_ref() != files.chain().last();
        if own && file.overridden.is_none() {
            out.extend(matches_nothing(path, file, files, types));
        }
        if own && path.ends_with(".html") {
            unknown_blocks(path, file, files, manifest, out);
        }
    }
    if let Some(record) = files.get(RECORD) {
        record.layers().for_each(|layer| drifted(layer, files, out));
    }
}

/// A file that nobody looks for: in a folder that themes do not have, or with a name that is nearly one
/// that the theme has.
fn matches_nothing(path: &str, file: &File, files: &Files, types: &Types) -> Option<Diagnostic> {
    let problem = |meant: Option<String>| {
        let problem = Diagnostic::new("theme.override-nothing").arg("path", path);
        Some(Diagnostic { suggestion: meant, ..problem.at(Location::file(file.origin.as_str())) })
    };
    let (folder, name) = path.split_once('/')?;
    if !FOLDERS.contains(&folder) {
        return match nearest(folder, FOLDERS) {
            Some(meant) => problem(Some(format!("{meant}/{name}"))),
            // Examples, notes and the like are nobody's business.
            None => None,
        };
    }
    if !["templates", "components", "styles", "scripts", "strings"].contains(&folder) {
        return None;
    }
    let stem = name.trim_end_matches(".html");
    let of_type = types.names().any(|kind| stem == kind || stem.strip_prefix("list-") == Some(kind));
    let prefix = format!("{folder}/");
    let base = files.chain().last();
    let theirs = files.below(&prefix).filter(|(_, other)| other.layers().last().and_then(|f| f.theme.as_ref()) == base);
    let meant = nearest(path, theirs.map(|(path, _)| path)).filter(|_| !of_type)?;
    // Two names of one letter are near to each other as well.
    (strsim::damerau_levenshtein(path, meant) <= 2).then(|| problem(Some(meant.to_owned())))?
}

/// Compares the hashes that a layer recorded with the files as they are now.
fn drifted(record: &File, files: &Files, out: &mut Vec<Diagnostic>) {
    for (path, hash) in recorded(record) {
        let place = || Location::file(record.origin.as_str());
        let mine = files.get(&path).and_then(|file| file.layers().find(|layer| layer.theme == record.theme));
        match mine.map(|file| file.overridden.as_deref()) {
            // An override that was deleted is no longer anybody's.
            None => {}
            Some(None) => out.push(Diagnostic::new("theme.override-nothing").arg("path", &path).at(place())),
            Some(Some(theirs)) if theirs.hash() != hash => {
                let problem = Diagnostic::new("theme.drifted").arg("path", &path).arg("theirs", &theirs.origin);
                out.push(problem.at(Location::file(mine.map_or("", |file| file.origin.as_str()))));
            }
            Some(Some(_)) => {}
        }
    }
}

/// The paths and hashes of a record.
pub fn recorded(record: &File) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(&record.bytes);
    let table: toml::Table = text.parse().unwrap_or_default();
    table.into_iter().filter_map(|(path, hash)| Some((path, hash.as_str()?.to_owned()))).collect()
}

/// A template that extends another fills blocks; one that no ancestor has is never shown.
fn unknown_blocks(path: &str, file: &File, files: &Files, manifest: &Manifest, out: &mut Vec<Diagnostic>) {
    let Ok(text) = std::str::from_utf8(&file.bytes) else { return };
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut next = parent(text, path, file, files);
    if next.is_none() {
        return;
    }
    let mut steps = 0;
    while let Some((path, ancestor)) = next.take().filter(|_| steps < 20) {
        let Ok(text) = std::str::from_utf8(&ancestor.bytes) else { break };
        known.extend(blocks(text).into_iter().map(|block| block.name.to_owned()));
        next = parent(text, &path, ancestor, files);
        steps += 1;
    }
    for block in blocks(text).into_iter().filter(|block| block.depth == 0 && !known.contains(block.name)) {
        let problem = Diagnostic::new("theme.unknown-block").arg("block", block.name).arg("template", path);
        let place = Location::in_text(file.origin.as_str(), text, block.at..block.at + block.name.len());
        let names = known.iter().map(String::as_str).chain(manifest.blocks.iter().map(String::as_str));
        out.push(problem.at(place).suggest(block.name, names));
    }
}

/// The template that a template extends, with its path.
fn parent<'a>(text: &str, path: &str, file: &'a File, files: &'a Files) -> Option<(String, &'a File)> {
    let name = text.split("{%").skip(1).find_map(|tag| {
        let rest = tag.trim_start_matches('-').trim_start().strip_prefix("extends")?.trim_start();
        rest.strip_prefix('"')?.split('"').next()
    })?;
    if let Some((theme, inner)) = name.split_once('/').filter(|(theme, _)| files.chain().iter().any(|t| &**t == *theme))
    {
        let inner = format!("templates/{inner}");
        let theme: Option<Arc<str>> = Some(theme.into());
        let found = files.get(&inner)?.layers().find(|layer| layer.theme == theme)?;
        return Some((inner, found));
    }
    let whole = format!("templates/{name}");
    if whole == path {
        return file.overridden.as_deref().map(|file| (whole, file));
    }
    files.get(&whole).map(|file| (whole, file))
}

/// A block of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name stands.
    pub at: usize,
    /// In how many others it stands.
    pub depth: usize,
}

/// The blocks of a template in their order.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(start) = text[at..].find("{%").map(|start| at + start + 2) {
        let inner = text[start..].trim_start_matches('-').trim_start();
        if inner.starts_with("endblock") {
            depth = depth.saturating_sub(1);
        } else if let Some(rest) = inner.strip_prefix("block").filter(|rest| rest.starts_with(char::is_whitespace)) {
            let rest = rest.trim_start();
            let name = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
            found.push(Block { name, at: text.len() - rest.len(), depth });
            depth += 1;
        }
        at = start;
    }
    found
}

impl Theme {
    /// Every file of the theme that stands in for another, with the layers below it.
    pub fn overrides(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.below("").filter(|(path, file)| {
            file.overridden.is_some() && *path != RECORD && *path != "theme.toml" && !has_extension(path, "md")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_with_their_depth() {
        let text = "{% block a %}{%- block b -%}{% endblock b %}{% endblock %}{% blocked %}{% block c %}{% endblock %}";
        let found: Vec<_> = blocks(text).into_iter().map(|block| (block.name, block.depth)).collect();
        assert_eq!(found, [("a", 0), ("b", 1), ("c", 0)]);
        assert_eq!(&text[blocks(text)[2].at..][..1], "c");
    }
}
