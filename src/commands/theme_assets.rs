//! A theme's styles, scripts and other files, made ready to be published.

use crate::{
    assets::{Assets, css, script, svg},
    diagnostics::{Diagnostic, Location},
    schema::Fields,
    theme::{Colour, Palette, Scheme, Theme, Tokens},
};

/// Bundles styles and gathers scripts, fonts and pictures of the theme.
pub(super) fn make(theme: &Theme, settings: &Fields, out: &mut Vec<Diagnostic>) -> Assets {
    let mut assets = Assets::default();
    for folder in ["fonts/", "images/", "icons/", "scripts/"] {
        for (path, file) in theme.files.below(folder) {
            if path.ends_with(".svg") {
                let text = String::from_utf8_lossy(&file.bytes);
                if let Err(problems) = svg::check(&file.origin, &text) {
                    out.extend(problems);
                    continue;
                }
            }
            let bytes = match std::str::from_utf8(&file.bytes) {
                Ok(text) if path.ends_with(".js") => script::lean(text).into_bytes(),
                _ => file.bytes.to_vec(),
            };
            assets.add(path, bytes);
        }
    }
    let palette = palette(settings, out);
    let brand = brand(theme, palette.as_ref());
    contrast(theme, palette.as_ref(), out);
    let read = |path: &str| if path == "styles/brand.css" { Some(brand.as_str()) } else { theme.files.text(path) };
    for (path, _) in theme.files.below("styles/") {
        // Files in folders are parts of those beside the folders.
        let entry = path.ends_with(".css") && path.matches('/').count() == 1;
        if !entry || !is_entry(theme, path) {
            continue;
        }
        let address = |name: &str| assets.get(name).map(|asset| asset.url.clone());
        match css::bundle(path, &read, &address) {
            Ok(text) => drop(assets.add(path, text.into_bytes())),
            Err(problems) => out.extend(problems.into_iter().map(|problem| at_origin(theme, problem))),
        }
    }
    assets
}

/// The problem at the file that its author knows: a theme's files lie over each other, and lose their folder by it.
fn at_origin(theme: &Theme, mut problem: Diagnostic) -> Diagnostic {
    if let Some(place) = &mut problem.location
        && let Some(file) = theme.files.get(&place.file)
    {
        place.file = file.origin.as_str().into();
    }
    problem
}

/// The style sheet of the site's own colour, in the place of the theme's, and of the tokens set anew.
fn brand(theme: &Theme, palette: Option<&Palette>) -> String {
    let theirs = || theme.files.text("styles/brand.css").unwrap_or_default().to_owned();
    let mut css = palette.map_or_else(theirs, Palette::css);
    let lines: Vec<String> = theme.manifest.tokens.iter().map(|(name, value)| format!("  {name}: {value};")).collect();
    if !lines.is_empty() {
        css = format!("{css}\n:root {{\n{}\n}}\n", lines.join("\n"));
    }
    css
}

/// Reports the pairs of colours that the theme declares and that cannot be read on each other.
fn contrast(theme: &Theme, palette: Option<&Palette>, out: &mut Vec<Diagnostic>) {
    let tokens = Tokens::of(theme, palette);
    for pair in &theme.manifest.pairs {
        for (on, scheme) in pair.on.iter().flat_map(|on| Scheme::ALL.map(|scheme| (on, scheme))) {
            let Some(ratio) = tokens.contrast(&pair.text, on, scheme).filter(|ratio| *ratio < pair.least) else {
                continue;
            };
            let problem = Diagnostic::new("theme.contrast").arg("text", &pair.text).arg("on", on);
            let problem = problem.arg("ratio", format!("{ratio:.2}")).arg("least", pair.least);
            out.push(problem.arg("scheme", scheme.as_str()));
        }
    }
}

/// The palette of the site's colour. A text that is no colour is an error, one that is moved a note.
pub(super) fn palette(settings: &Fields, out: &mut Vec<Diagnostic>) -> Option<Palette> {
    let text = settings.text("brand_colour")?;
    let Some(colour) = Colour::parse(text) else {
        out.push(Diagnostic::new("theme.colour").arg("colour", text).at(Location::file("site.toml")));
        return None;
    };
    let palette = Palette::of(colour);
    if let Some(adjusted) = palette.adjusted {
        let problem = Diagnostic::new("theme.colour-adjusted").arg("colour", text).arg("adjusted", adjusted.css());
        out.push(problem.at(Location::file("site.toml")));
    }
    Some(palette)
}

/// A style sheet that no other imports.
fn is_entry(theme: &Theme, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let imports = |text: &str| {
        text.lines().any(|line| line.trim_start().starts_with("@import") && line.contains(&format!("{name}\"")))
    };
    !theme.files.below("styles/").any(|(other, _)| other != path && theme.files.text(other).is_some_and(imports))
}
