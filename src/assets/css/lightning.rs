//! Styles by lightningcss.
//!
//! The oldest browsers are the first that know cascade layers (spring of 2022): what is newer, such as
//! nesting and `light-dark()`, is compiled for them. The list stands here and not in a file of data, so
//! that the same theme gives the same bytes until somebody changes it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use lightningcss::{
    bundler::{BundleErrorKind, Bundler, ResolveResult, SourceProvider},
    dependencies::{Dependency, DependencyOptions},
    error::{ErrorLocation, ParserError},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserFlags, ParserOptions},
    targets::{Browsers, Targets},
    traits::ToCss as _,
};

use super::{Address, Read, Target, new_address, quoted, target};
use crate::diagnostics::{Diagnostic, Location};

const OLDEST: Browsers = Browsers {
    android: Some(99 << 16),
    chrome: Some(99 << 16),
    edge: Some(99 << 16),
    firefox: Some(97 << 16),
    ie: None,
    ios_saf: Some((15 << 16) | (4 << 8)),
    opera: Some(86 << 16),
    safari: Some((15 << 16) | (4 << 8)),
    samsung: Some(18 << 16),
};

pub(super) fn bundle(entry: &str, read: Read<'_, '_>, address: Address<'_>) -> Result<String, Vec<Diagnostic>> {
    let files = Files { read };
    let mistakes = Arc::new(RwLock::new(Vec::new()));
    let options = ParserOptions {
        flags: ParserFlags::NESTING | ParserFlags::CUSTOM_MEDIA,
        // Goes on after a mistake, so that all of them are found.
        error_recovery: true,
        warnings: Some(Arc::clone(&mistakes)),
        ..ParserOptions::default()
    };
    let bundled = Bundler::new(&files, None, options).bundle(Path::new(entry));
    let mut found: Vec<Diagnostic> = mistakes
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .map(|mistake| placed(wrong(&mistake.kind), mistake.loc.as_ref(), read))
        .collect();
    let mut sheet = match bundled {
        Ok(sheet) if found.is_empty() => sheet,
        Ok(_) => return Err(found),
        Err(error) => {
            found.push(not_bundled(entry, &error.kind, error.loc.as_ref(), read));
            return Err(found);
        }
    };
    let targets = Targets::from(OLDEST);
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| vec![placed(other(&error.kind), error.loc.as_ref(), read)])?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: true,
            targets,
            analyze_dependencies: Some(DependencyOptions::default()),
            ..PrinterOptions::default()
        })
        .map_err(|error| vec![placed(other(&error.kind), error.loc.as_ref(), read)])?;
    put_addresses(printed.code, printed.dependencies.unwrap_or_default(), read, address)
}

/// Puts the public addresses where lightningcss left placeholders.
fn put_addresses(
    mut css: String,
    dependencies: Vec<Dependency>,
    read: Read<'_, '_>,
    address: Address<'_>,
) -> Result<String, Vec<Diagnostic>> {
    let mut found = Vec::new();
    for dependency in dependencies {
        let Dependency::Url(dependency) = dependency else { continue };
        let place = &dependency.loc;
        // The range is that of the URL; the column before `url(` is the one that people look for.
        let at = || location(&place.file_path, place.start.line, place.start.column.saturating_sub(4), read);
        match new_address(&place.file_path, &dependency.url, address, at) {
            Ok(new) => css = css.replace(&quoted(&dependency.placeholder), &quoted(&new)),
            Err(diagnostic) => found.push(diagnostic),
        }
    }
    if found.is_empty() { Ok(css) } else { Err(found) }
}

/// The theme's files, as lightningcss asks for them.
struct Files<'a, 't> {
    read: Read<'a, 't>,
}

/// Why an import cannot be followed.
#[derive(Debug, thiserror::Error)]
enum NoImport {
    #[error("no file {0}")]
    Missing(String),
    #[error("another server: {0}")]
    Remote(String),
}

impl SourceProvider for Files<'_, '_> {
    type Error = NoImport;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, NoImport> {
        let name = file.to_string_lossy();
        (self.read)(&name).ok_or_else(|| NoImport::Missing(name.into_owned()))
    }

    fn resolve(&self, specifier: &str, from: &Path) -> Result<ResolveResult, NoImport> {
        match target(&from.to_string_lossy(), specifier) {
            Target::File(path, _) if (self.read)(&path).is_some() => Ok(ResolveResult::File(PathBuf::from(path))),
            Target::File(path, _) => Err(NoImport::Missing(path)),
            Target::Remote | Target::Data | Target::Stays => Err(NoImport::Remote(specifier.to_owned())),
        }
    }
}

fn not_bundled(
    entry: &str,
    kind: &BundleErrorKind<'_, NoImport>,
    place: Option<&ErrorLocation>,
    read: Read<'_, '_>,
) -> Diagnostic {
    let diagnostic = match kind {
        BundleErrorKind::ResolverError(NoImport::Missing(name)) => {
            Diagnostic::new("assets.css-missing").arg("name", name)
        }
        BundleErrorKind::ResolverError(NoImport::Remote(url)) => Diagnostic::new("assets.css-remote").arg("url", url),
        BundleErrorKind::ParserError(kind) => wrong(kind),
        kind => other(kind),
    };
    // The entry itself is named by nobody.
    match place {
        Some(place) if read(entry).is_some() => diagnostic.at(error_place(place, read)),
        _ => diagnostic,
    }
}

/// What is usually wrong with a style sheet, in our own words.
fn wrong(kind: &ParserError<'_>) -> Diagnostic {
    match kind {
        ParserError::EndOfInput => Diagnostic::new("assets.css-end"),
        ParserError::SelectorError(_) | ParserError::QualifiedRuleInvalid => Diagnostic::new("assets.css-selector"),
        ParserError::UnexpectedToken(token) => {
            let written = token.to_css_string(PrinterOptions::default()).unwrap_or_default();
            Diagnostic::new("assets.css-token").arg("token", written)
        }
        kind => other(kind),
    }
}

/// Any other mistake, in the library's words.
fn other(message: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::new("assets.css-syntax").arg("message", message)
}

fn placed(diagnostic: Diagnostic, place: Option<&ErrorLocation>, read: Read<'_, '_>) -> Diagnostic {
    match place {
        Some(place) => diagnostic.at(error_place(place, read)),
        None => diagnostic,
    }
}

fn error_place(place: &ErrorLocation, read: Read<'_, '_>) -> Location {
    location(&place.filename, place.line + 1, place.column, read)
}

/// The place by its line and its column in UTF-16 units, both from 1.
fn location(file: &str, line: u32, column: u32, read: Read<'_, '_>) -> Location {
    let text = read(file)
        .and_then(|text| text.lines().nth(usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX)))
        .unwrap_or_default();
    let mut units = 0;
    let before = text.chars().take_while(|c| {
        units += u32::try_from(c.len_utf16()).unwrap_or(1);
        units < column
    });
    let column = u32::try_from(before.count()).unwrap_or(u32::MAX).saturating_add(1);
    Location { file: file.into(), line, column, length: 1, text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn css(text: &'static str) -> Result<String, Vec<Diagnostic>> {
        bundle("main.css", &|path| (path == "main.css").then_some(text), &|_| None)
    }

    #[test]
    fn styles_are_compiled_for_the_oldest_browsers_and_small() {
        let small = css(".a {\n  color: #ff0000;\n  & .b { margin: 0px 0px 0px 0px }\n}\n").unwrap();
        assert_eq!(small, ".a{color:red}.a .b{margin:0}");
    }

    #[test]
    fn what_is_not_known_yet_is_no_mistake() {
        for text in [
            "@view-transition{navigation:auto}",
            "@property --x{syntax:\"<length>\";inherits:false;initial-value:0}",
            "@layer a,b;@layer a{p{color:red}}",
            "@container (width>40rem){p{color:red}}",
            "p{text-wrap:balance;anchor-name:--x}",
            "p{color:light-dark(#000,#fff)}",
            "@media (forced-colors:active){p{color:canvastext}}",
            "p:has(>a){color:color-mix(in oklab,red,blue)}",
        ] {
            assert!(css(text).is_ok(), "{text}: {:?}", css(text));
        }
    }

    #[test]
    fn every_mistake_is_shown_at_its_place() {
        let found = css("p { color: red }\na:: { }\nb { color: red }\nc { color red }\n/* õ */ d[ { }\n").unwrap_err();
        let seen: Vec<_> =
            found.iter().map(|d| format!("{} {} {:?}", d.location.as_ref().unwrap(), d.code, d.arguments)).collect();
        insta::assert_snapshot!(seen.join("\n"), @r#"
        main.css:2:5 assets.css-selector []
        main.css:4:10 assets.css-token [("token", "red")]
        main.css:6:1 assets.css-end []
        "#);
    }

    #[test]
    fn columns_count_characters() {
        let place = location("a.css", 1, 5, &|_| Some("/*😀õ*/ x"));
        assert_eq!(place.column, 4);
    }
}
