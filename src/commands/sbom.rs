//! `raekoda build --sbom`: what the written site is made of.

use crate::{
    diagnostics::Diagnostic,
    output::{Materials, Part, ShippedFile, is_material, sbom},
    render::World,
    source::SourceFile,
};

/// Where the bill stands in the written site.
const FILE: &str = "sbom.cdx.json";

/// The bill of materials of a site whose files in `copies` are published as they are.
pub(super) fn file(world: &World, copies: &[(String, SourceFile)], out: &mut Vec<Diagnostic>) -> (String, Vec<u8>) {
    let (site, theme) = (&world.site, &world.theme);
    let mut files: Vec<ShippedFile> = Vec::new();
    for name in world.assets.names() {
        let Some(asset) = world.assets.get(name) else { continue };
        let source = theme.files.get(name);
        let bytes = source.map(|file| &*file.bytes).unwrap_or_default();
        files.push(ShippedFile::new(asset.path(), source.and_then(|file| file.theme.as_deref()), &asset.bytes, bytes));
    }
    for (path, file) in copies.iter().filter(|(path, _)| is_material(path)) {
        match file.bytes() {
            Ok(bytes) => files.push(ShippedFile::new(path, None, &bytes, &bytes)),
            Err(problem) => out.push(problem),
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    let manifests: Vec<toml::Table> = theme
        .files
        .get("theme.toml")
        .into_iter()
        .flat_map(|file| file.layers())
        .filter_map(|layer| std::str::from_utf8(&layer.bytes).ok()?.parse().ok())
        .collect();
    let part = |name: &str| {
        let manifest =
            manifests.iter().find(|manifest| manifest.get("name").and_then(toml::Value::as_str) == Some(name));
        let word = |key: &str| Some(manifest?.get(key)?.as_str()?.to_owned());
        Part { name: name.to_owned(), version: word("version"), licence: word("license") }
    };
    let materials = Materials {
        name: &site.settings.name,
        url: &site.settings.base_url,
        program: env!("CARGO_PKG_VERSION"),
        day: site.moment.at.date(),
        themes: theme.files.chain().iter().map(|name| part(name)).collect(),
        files,
    };
    (FILE.to_owned(), sbom(&materials).into_bytes())
}
